"""Saved state of a picture of the network: checked, compared, and updated when a person is sealed or erased. Pure.

A state is plain JSON: `asked`, the query of the URL as pairs of name and value; `arranged`, id → [x, y] in pixels at
zoom 1; `pinned`, ids; `look` and other objects of the canvas, whose keys are words of the canvas.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection
from typing import Any

from graphsvc.errors import RequestError
from graphsvc.records.relations import CUSTOM_PREFIX, RELATIONS, LinkKey
from graphsvc.views.picture.network import link_of, link_text, opening, opens

MOST_BYTES = 1_000_000
MOST_NODES = 5_000
# Parameters of the URL that contain ids of entities, including hidden ones, which are not in the picture.
ID_NAMES = frozenset({"id", "open", "add", "hide"})
# Parameter that contains a link; if empty, only the links in other such parameters are drawn.
_LINK = "link"
# Parameter that contains a group to fold: its kind, then its id.
_FOLD = "fold"
# Parameters that identify the open picture and are not part of its content.
_WHICH = frozenset({"picture", "version", "sitting", "offer", "panel"})
_FURTHEST = 1e7  # pixels
_DEEPEST = 6
_LONGEST = 2_000  # characters in a text
_WORD = re.compile(r"[a-z][A-Za-z0-9_-]{0,39}", re.ASCII)
_FIGURE = re.compile(r"[0-9]{1,4}(?:[.-][0-9]{1,2}){0,2}", re.ASCII)  # a number or a date
_KEPT_APART = ("asked", "arranged", "pinned")
_MOST_ALONE = 500  # entities added one by one, without a start
_NEAR = 1.0  # pixels; smaller moves do not count

State = dict[str, Any]
# Old id → present id; None if the entity is gone for good.
Follow = Callable[[str], str | None]


def parse_state(text: str) -> State:
    """Parse the state that a browser sent as JSON.

    Raises:
        RequestError: it is not a state, or too large to save.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _large()
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _none("it is no JSON") from None
    return check_state(value)


def check_state(value: Any) -> State:
    """Check a state and return what is saved of it: all but the parameters that identify the open picture.

    Raises:
        RequestError: it is not a state, or too large to save.
    """
    if not isinstance(value, dict):
        raise _none("it is no object")
    pairs, arranged, pinned = value.get("asked", []), value.get("arranged", {}), value.get("pinned", [])
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        raise _none("`asked` takes pairs of a name and a value")
    if not isinstance(arranged, dict) or not all(_is_text(node) and _is_place(at) for node, at in arranged.items()):
        raise _none("`arranged` takes two numbers for each id")
    if not isinstance(pinned, list) or not all(_is_text(node) for node in pinned):
        raise _none("`pinned` takes ids")
    rest = {name: entry for name, entry in value.items() if name not in _KEPT_APART}
    if not _is_plain(rest, _DEEPEST):
        raise _none("its look takes plain values under plain names")
    state: State = {
        "asked": [[name, text] for name, text in pairs if name not in _WHICH],
        "arranged": {node: [round(x, 1), round(y, 1)] for node, (x, y) in arranged.items()},
        "pinned": list(dict.fromkeys(pinned)),
        **rest,
    }
    if len(all_ids(state)) > MOST_NODES:
        raise RequestError(f"A view that is kept has at most {MOST_NODES:,} entities. Nothing was saved; show fewer.")
    if len(json.dumps(state, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _large()
    return state


def all_ids(state: State) -> set[str]:
    """Return every id in a state.

    Example:
        >>> sorted(all_ids({"asked": [["open", "~PAID~P1"], ["depth", "2"], ["hide", "P9"]], "arranged": {"P2": [0, 0]}, "pinned": []}))
        ['P1', 'P2', 'P9']
    """
    ids = {identifier for name, value in state["asked"] for identifier in _ids(name, value)}
    return {*ids, *map(entity, (*state["arranged"], *state["pinned"]))} - {""}


def _ids(name: str, value: str) -> tuple[str, ...]:
    """Return the ids in a parameter of a URL.

    Example:
        >>> _ids("id", "P1"), _ids("open", "~PAID~P1"), _ids("link", "P1~PAID~P2"), _ids("link", ""), _ids("depth", "2")
        (('P1',), ('P1',), ('P1', 'P2'), (), ())
        >>> _ids("fold", "gang:G1"), _ids("fold", "gang"), _ids("fold", "community:2")
        (('G1',), (), ())
    """
    if name == _FOLD:
        by, _, key = value.partition(":")
        return (key,) if key and by != "community" else ()
    if name == _LINK:
        link = _link(value)
        return (link[0], link[2]) if link else ()
    if name not in ID_NAMES:
        return ()
    return (opening(value)[0],) if name == "open" else (value,)


def _link(value: str) -> LinkKey | None:
    try:
        return link_of(value)
    except ValueError:
        return None


def entity(node: str) -> str:
    """Return the id of the entity that a node shows: for a folded group, its gang, workplace or crossing, or empty.

    Example:
        >>> entity("P1"), entity("group:gang:G1"), entity("group:community:2")
        ('P1', 'G1', '')
    """
    group, colon, rest = node.partition(":")
    if group != "group" or not colon:
        return node
    by, _, key = rest.partition(":")
    return "" if by == "community" else key


def shown_ids(state: State) -> set[str]:
    """Return the ids that a state shows: all of its ids except hidden ones."""
    return all_ids(state) - {value for name, value in state["asked"] if name == "hide"}


def only(state: State, present_ids: Collection[str]) -> State:
    """Return a state without the ids that are not in `present_ids`.

    Example:
        >>> only({"asked": [["id", "P1"], ["id", "P2"]], "arranged": {"P2": [0, 0]}, "pinned": ["P2"]}, {"P1"})
        {'asked': [['id', 'P1']], 'arranged': {}, 'pinned': []}
    """
    known = {*present_ids, ""}
    return {
        **state,
        "asked": [[name, value] for name, value in state["asked"] if set(_ids(name, value)) <= known],
        "arranged": {node: at for node, at in state["arranged"].items() if entity(node) in known},
        "pinned": [node for node in state["pinned"] if entity(node) in known],
    }


def bare(state: State) -> State:
    """Return a state without text that its author typed: only ids, positions and numeric filters.

    Example:
        >>> bare({"asked": [["id", "P1"], ["depth", "2"], ["find", "Bo"]], "arranged": {}, "pinned": [], "look": {"by": "Bo"}})
        {'asked': [['id', 'P1'], ['depth', '2']], 'arranged': {}, 'pinned': []}
    """
    pairs = [[name, value] for name, value in state["asked"] if _is_bare(name, value)]
    return {"asked": pairs, "arranged": state["arranged"], "pinned": state["pinned"]}


def _is_bare(name: str, value: str) -> bool:
    """Whether a parameter contains no text that its author typed, such as a custom relation."""
    if name == _LINK:
        link = _link(value)
        return not value if link is None else link[1] in RELATIONS
    if name == "open":
        word = opening(value)[1]
        return not word.startswith(CUSTOM_PREFIX)
    return name in ID_NAMES or _FIGURE.fullmatch(value) is not None


def drawable(state: State, present_ids: Collection[str]) -> State:
    """Return the state as `only` does; if all of its starts are gone, add the remaining entities one by one.

    Example:
        >>> drawable({"asked": [["id", "P1"]], "arranged": {"P2": [0, 0], "P3": [1, 1]}, "pinned": []}, {"P2"})
        {'asked': [['add', 'P2']], 'arranged': {'P2': [0, 0]}, 'pinned': []}
    """
    left = only(state, present_ids)
    if any(name in ("id", "add") for name, _ in left["asked"]):
        return left
    hidden = {value for name, value in left["asked"] if name == "hide"}
    alone = [
        identifier
        for identifier in dict.fromkeys(map(entity, left["arranged"]))
        if identifier and identifier not in hidden
    ][:_MOST_ALONE]
    return {**left, "asked": [*left["asked"], *(["add", identifier] for identifier in alone)]}


def mask_words(state: State, mask: Callable[[str], str]) -> State:
    """Mask the words that the author of a state typed.

    Example:
        >>> mask_words({"asked": [["id", "P1"], ["find", "Bo"]], "arranged": {}, "pinned": []}, lambda text: "[withheld]")
        {'asked': [['id', 'P1'], ['find', '[withheld]']], 'arranged': {}, 'pinned': []}
    """
    return replace_ids(state, lambda identifier: identifier, mask)


def replace_ids(state: State, follow: Follow, text: Follow = lambda typed: typed) -> State:
    """Replace the ids of a state by the present ones. Text that its author typed is not changed, even if it is an id.

    Args:
        state: the saved state.
        follow: old id → present id; None if the entity is gone for good, which removes it from the state.
        text: typed text → its replacement, which may be the same text; None removes it.
    """

    def node(value: str) -> str | None:
        now = follow(old) if (old := entity(value)) else old
        return value if now == old else None if now is None else value.removesuffix(old) + now

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, list):
            # If one item of a list goes, the others stay.
            return [now for part in value if (now := plain(part)) is not None or part is None]
        if isinstance(value, dict):
            return {name: now for name, part in value.items() if (now := plain(part)) is not None or part is None}
        return value

    def address(name: str, value: str) -> str | None:
        ids = _ids(name, value)
        if not ids:
            return text(value)
        now = [follow(identifier) for identifier in ids]
        if name == _LINK:
            subject, target = now
            relation = text(link_of(value)[1])
            if subject is None or relation is None or target is None:
                return None
            return link_text((subject, relation, target))
        if now[0] is None or name in ID_NAMES - {"open"}:
            return now[0]
        if name == _FOLD:
            return f"{value.partition(':')[0]}:{now[0]}"
        word = opening(value)[1]
        return opens(now[0], (text(word) or "") if word.startswith(CUSTOM_PREFIX) else word)

    pairs = [(name, address(name, value)) for name, value in state["asked"]]
    places = [(node(identifier), at) for identifier, at in state["arranged"].items()]
    pinned = [node(identifier) for identifier in state["pinned"]]
    return {
        **plain({name: entry for name, entry in state.items() if name not in _KEPT_APART}),
        "asked": [[name, value] for name, value in pairs if value is not None],
        "arranged": {identifier: at for identifier, at in places if identifier is not None},
        "pinned": [identifier for identifier in pinned if identifier is not None],
    }


def changes(before: State, after: State) -> str:
    """Say in one line how a state differs from the one before.

    Example:
        >>> old = {"asked": [["id", "P1"]], "arranged": {"P1": [0, 0], "P2": [5, 5]}, "pinned": []}
        >>> new = {"asked": [["id", "P1"], ["least", "0.5"]], "arranged": {"P1": [90, 0], "P3": [1, 1]}, "pinned": ["P1"]}
        >>> changes(old, new)
        '1 moved, 1 added, 1 left out, pins, filters'
        >>> changes(new, new)
        'nothing changed'
    """
    was, now = before["arranged"], after["arranged"]
    moved = sum(math.dist(at, now[node]) > _NEAR for node, at in was.items() if node in now)
    added, left = len(shown_ids(after) - shown_ids(before)), len(shown_ids(before) - shown_ids(after))
    filters = [[pair for pair in state["asked"] if pair[0] not in ID_NAMES] for state in (before, after)]
    looks = [{name: entry for name, entry in state.items() if name not in _KEPT_APART} for state in (before, after)]
    words = [
        *(
            f"{number} {change}"
            for number, change in ((moved, "moved"), (added, "added"), (left, "left out"))
            if number
        ),
        *(["pins"] if set(before["pinned"]) != set(after["pinned"]) else []),
        *(["filters"] if sorted(filters[0]) != sorted(filters[1]) else []),
        *(["look"] if looks[0] != looks[1] else []),
    ]
    return ", ".join(words) or "nothing changed"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(_is_text(text) for text in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _FURTHEST


def _is_place(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(_is_number(number) for number in value)


def _is_plain(value: Any, deep: int) -> bool:
    """Whether a value consists of text, numbers, lists and objects named by words, nested at most `deep` levels."""
    if value is None or isinstance(value, bool) or _is_text(value) or _is_number(value):
        return True
    if deep == 0:
        return False
    if isinstance(value, list | tuple):
        return all(_is_plain(part, deep - 1) for part in value)
    return isinstance(value, dict) and all(
        isinstance(name, str) and _WORD.fullmatch(name) is not None and _is_plain(part, deep - 1)
        for name, part in value.items()
    )


def _no_number(word: str) -> float:
    raise ValueError(word)


def _none(why: str) -> RequestError:
    return RequestError(f"This is no picture that can be kept: {why}. Nothing was saved.")


def _large() -> RequestError:
    return RequestError("A view that is kept takes at most 1 MB. Nothing was saved; show fewer entities.")
