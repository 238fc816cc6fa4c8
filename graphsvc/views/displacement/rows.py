"""Rows on worker movements as shown: readers without source clearance see every small count as `few`.

With source clearance, a flow of three lists three people. If a count reads `few`, its people are not listed, and no
number is shown from which it could be worked out: not the total, the months or the share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from graphsvc.analysis.displacement.choice import Preferences
from graphsvc.analysis.displacement.cohorts import OUTCOMES
from graphsvc.analysis.displacement.flows import Departure, Flow, flows
from graphsvc.analysis.displacement.movers import Mover, NextPlace
from graphsvc.analysis.displacement.one_hand import HandTest
from graphsvc.records.numbers import chance, count, short, significant

FEW = "few"
# Outcome of people who were at a place → its words.
OUTCOME_WORDS = MappingProxyType(
    {
        "moved": "appear at another place",
        "beside": "at another place, not said to have come there then",
        "abandoned": "said to be abandoned",
        "stayed": "said to be there still",
        "seen": "seen, at no workplace",
        "unknown": "not seen again",
    }
)
# Reasons why a person or a house may have moved people.
BY_WORDS = MappingProxyType(
    {
        "control": "controls or manages both ends",
        "transport": "is said to have transported them",
        "housing": "is said to have housed them",
        "house": "several of them lived there",
    }
)
# Messages for a place that nobody is known to have left, and for a case without any closure or departure.
NOBODY_LEFT = "No statement says in which month this place closed, or that people left it. Give a date to see who was there before."
NO_CLOSURE = (
    "No workplace you can see is said to have closed in a given month, and none emptied."
    " Deliver workplaces with the day they closed, or give a place and a date."
)
# Id → name, kind and other properties of an entity that the reader may see.
Named = Callable[[str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One flow as shown. A place that nobody is known to have left has one row without people.

    Attributes:
        left, left_name, left_kind: place that people left. on: when, `2020-03-20` or `2020-03`.
        why: `closed`, `emptied`, or `asked` for a chosen day. outcome: see `cohorts`; empty if nobody left.
        next, next_name, next_kind: place where they appear next, or empty.
        people: their number, or `few`. who: their ids; empty if they are few.
        abandoned: number of them said to be abandoned, wherever they are; `few` if these or the others are few.
        months: month → number of arrivals; empty if one of these is few. first, last: first and last arrival.
        belief: expected number of them if links were right as often as they are believed.
        chance: average number of people that chance sends there. together: whether the flow stands out.
        share, low, high: their share of the people seen again, with its 95 % interval.
        p: p-value, corrected for the places of this closure but not for other closures: see `deals.Excess`.
        verdict, q: of the place they left, as in `ClosureRow`; q, which decides the verdict, is p over all closures.
    """

    left: str
    left_name: str
    left_kind: str
    on: str
    why: str
    outcome: str
    next: str
    next_name: str
    next_kind: str
    people: int | str
    abandoned: int | str
    who: tuple[str, ...]
    months: dict[str, int]
    first: str
    last: str
    belief: float | None
    chance: float | None
    share: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    together: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """One place that people left, summed up in one row.

    Attributes:
        place, name, kind: the place. on, why: as in `MoveRow`. there: number of people known to have been there.
        moved, beside, stayed, seen, unknown: numbers by outcome, or `few`, or `at least 4` for a sum with a small part.
        abandoned: number of them said to be abandoned, wherever they are now. text: the verdict in a sentence.
        undated, doubted: number of people whose days there are not reported, or are believed less than one half.
        verdict: `together`, `scattered` or `cannot tell`. q: p over all closures; None without p or source clearance.
        places, ids: names and ids of places that more people went to than chance would send. hand: whether more went
            to places under the same control.
    """

    place: str
    name: str
    kind: str
    on: str
    why: str
    there: int | str
    moved: int | str
    beside: int | str
    abandoned: int | str
    stayed: int | str
    seen: int | str
    unknown: int | str
    undated: int | str
    doubted: int | str
    verdict: str
    q: float | None
    places: tuple[str, ...]
    ids: tuple[str, ...]
    hand: bool
    text: str


@dataclass(frozen=True, slots=True)
class HandRow:
    """Closures of places that the same person or gang controls, tested together; see `one_hand.HandTest`.

    Attributes:
        who, name, kind: the person or gang. places: ids of the places that closed or emptied.
        seen, stayed: number of people seen again, and number of them at other places that this person or gang controls.
        chance: number that chance sends there. q: p corrected over all controllers. All four need source clearance.
        denied: whether anyone denies that they control one of the places.
        verdict: `together` or `cannot tell`. text: the verdict in a sentence.
    """

    who: str
    name: str
    kind: str
    places: tuple[str, ...]
    seen: int | None
    stayed: int | None
    chance: float | None
    q: float | None
    denied: bool
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class MoverRow:
    """A person or house that may have moved several of the people; see `movers.Mover`.

    Attributes:
        by: reasons, in words. people: number, `few`, or `at least 4` if one flow has few of them.
        belief: expected number of them; None if that would disclose a small number.
    """

    who: str
    name: str
    kind: str
    by: tuple[str, ...]
    people: int | str
    belief: float | None
    denied: bool


@dataclass(frozen=True, slots=True)
class NextRow:
    """An open place under the same control; see `movers.NextPlace`. `by`: ids and names of the controllers of both."""

    place: str
    name: str
    kind: str
    by: tuple[tuple[str, str], ...]
    belief: float
    denied: bool
    reached: bool


MOVE_COLUMNS = tuple(field.name for field in fields(MoveRow))
CONTROL_CONTESTED = "That control is contested."


def coarsen_count(number: int, few_below: int) -> int | str:
    """Return a count as this reader may see it.

    Example:
        >>> coarsen_count(2, 3), coarsen_count(3, 3), coarsen_count(0, 3), coarsen_count(2, 0)
        ('few', 3, 0, 2)
    """
    return FEW if 0 < number < few_below else number


def told_total(numbers: Iterable[int], few_below: int) -> int | str:
    """Return the sum of some counts as this reader may see it; small counts are not disclosed.

    Example:
        >>> told_total([4, 3], 3), told_total([4, 1], 3), told_total([1, 2], 3), told_total([], 3)
        (7, 'at least 4', 'few', 0)
    """
    return add_counts([coarsen_count(number, few_below) for number in numbers])


def add_counts(numbers: Sequence[int | str]) -> int | str:
    """Add counts as they are shown: numbers and `few`; the sum does not disclose the latter."""
    large = sum(number for number in numbers if isinstance(number, int))
    if FEW not in numbers:
        return large
    return f"at least {large}" if large else FEW


def _count_abandoned(flow: Flow) -> int:
    return sum(bool(became.abandoned) for became in flow.people)


def told_part(part: int, of: int, few_below: int) -> int | str:
    """Return the number of people in a part of a group, or `few` if that part or the rest of the group is few.

    Example:
        >>> told_part(4, 5, 3), told_part(5, 5, 3), told_part(0, 5, 3), told_part(4, 8, 3)
        ('few', 5, 0, 4)
    """
    return FEW if part and FEW in (coarsen_count(part, few_below), coarsen_count(of - part, few_below)) else part


def move_rows(left: Departure, named: Named, few_below: int) -> list[MoveRow]:
    """Return the flows of one cohort as shown, in the order of `flows.flows` but with small counts last.

    A cohort without flows has one row without people: otherwise a table would omit the place, as if it had not closed.
    """
    cohort_flows = flows(left)
    whole = all(coarsen_count(len(flow.people), few_below) != FEW for flow in cohort_flows if flow.outcome == "moved")
    excesses = {excess.place: excess for excess in left.test.places}
    place = named(left.closing.place)
    nobody = MoveRow(
        left=left.closing.place,
        left_name=place.get("name") or left.closing.place,
        left_kind=place.get("sort") or "",
        on=left.closing.date,
        why=left.closing.why,
        outcome="",
        next="",
        next_name="",
        next_kind="",
        people=0,
        abandoned=0,
        who=(),
        months={},
        first="",
        last="",
        belief=None,
        chance=None,
        share=None,
        low=None,
        high=None,
        p=None,
        q=None if few_below else left.test.q,
        together=False,
        verdict=left.test.verdict,
    )
    rows = []
    for flow in cohort_flows:
        number = coarsen_count(len(flow.people), few_below)
        following = named(flow.next) if flow.next else {}
        excess = excesses.get(flow.next) if flow.next else None
        against = excess if whole else None
        rows.append(
            replace(
                nobody,
                outcome=flow.outcome,
                next=flow.next,
                next_name=following.get("name") or flow.next,
                next_kind=following.get("sort") or "",
                people=number,
                abandoned=told_part(_count_abandoned(flow), len(flow.people), few_below),
                who=() if number == FEW else tuple(became.person for became in flow.people),
                months={} if number == FEW else _months(flow, few_below),
                first="" if number == FEW else flow.first,
                last="" if number == FEW else flow.last,
                belief=None if number == FEW else significant(flow.expected),
                chance=against.expected if against else None,
                share=against.share if against else None,
                low=against.low if against else None,
                high=against.high if against else None,
                p=against.p if against else None,
                together=excess is not None and excess.together,
            )
        )
    return sorted(rows, key=lambda row: (row.outcome != "moved", *_few_last(row.people, row.next))) or [nobody]


def closure_row(left: Departure, named: Named, few_below: int, closures: int) -> ClosureRow:
    """Return the row of one place that people left; `closures`: number of closures over which p was corrected."""
    counts: dict[str, list[int]] = {outcome: [] for outcome in OUTCOMES}
    abandoned: list[int | str] = []
    for flow in flows(left):
        counts[flow.outcome].append(len(flow.people))
        abandoned.append(told_part(_count_abandoned(flow), len(flow.people), few_below))
    place = named(left.closing.place)
    ids = tuple(excess.place for excess in left.test.places if excess.together)
    names = tuple(str(named(name).get("name") or name) for name in ids)
    hand = left.test.control is not None and left.test.control.together
    became = {outcome: told_total(counts[outcome], few_below) for outcome in OUTCOMES}
    return ClosureRow(
        place=left.closing.place,
        name=place.get("name") or left.closing.place,
        kind=place.get("sort") or "",
        on=left.closing.date,
        why=left.closing.why,
        there=told_total((number for numbers in counts.values() for number in numbers), few_below),
        moved=became["moved"],
        beside=became["beside"],
        abandoned=add_counts(abandoned),
        stayed=became["stayed"],
        seen=became["seen"],
        unknown=became["unknown"],
        undated=coarsen_count(len(left.cohort.undated), few_below),
        doubted=coarsen_count(len(left.cohort.doubted), few_below),
        verdict=left.test.verdict,
        q=None if few_below else left.test.q,
        places=names,
        ids=ids,
        hand=hand,
        text=verdict(left, names, few_below, closures),
    )


def verdict(left: Departure, names: Sequence[str], few_below: int, closures: int) -> str:
    """Return the verdict in a sentence: the finding and its reason, or why nothing was found."""
    test = left.test
    if test.verdict == "together":
        return _together(left, names, few_below, closures)
    if test.verdict == "scattered":
        return "They scattered: no place took more of them than chance would send, and that half of them or more went to one is ruled out."
    if not left.cohort.people:
        return "Cannot tell: no one is recorded as being there in the weeks before."
    if not left.cohort.went:
        return "Cannot tell: nobody who was there is seen to come to another place."
    if test.p is None:
        return "Cannot tell: too few of those who were there are seen at another place, or too few others moved in those months to compare with."
    return "Cannot tell: no place took more of them than chance may send, and too few are seen again to say that they scattered."


def mover_rows(movers: Iterable[Mover], left: Departure, named: Named, few_below: int) -> list[MoverRow]:
    """Return who may have moved a place's people, counted flow by flow, as a total would disclose small flows."""
    went = [{became.person for became in flow.people} for flow in flows(left) if flow.outcome == "moved"]
    rows = []
    order: dict[str, tuple[int, bool, str]] = {}
    for mover in movers:
        parts = [len(people.intersection(mover.people)) for people in went]
        number = told_total(parts, few_below)
        who = named(mover.who)
        belief = None if isinstance(number, str) else mover.expected
        by = tuple(BY_WORDS[way] for way in mover.by)
        rows.append(
            MoverRow(mover.who, who.get("name") or mover.who, who.get("kind") or "", by, number, belief, mover.denied)
        )
        if few_below:
            # If small counts are involved, the order must not show how large they are.
            large = sum(part for part in parts if coarsen_count(part, few_below) != FEW)
            order[mover.who] = (-large, isinstance(number, str), mover.who if isinstance(number, str) else "")
    return sorted(rows, key=lambda row: order.get(row.who, (0, False, "")))


def hand_rows(tests: Sequence[HandTest], named: Named, few_below: int, contested: Collection[str]) -> list[HandRow]:
    """Return closures under one controller as shown; numbers need source clearance, as they may sum small flows."""
    return [_hand_row(test, named(test.who), few_below, len(tests), test.who in contested) for test in tests]


def _hand_row(test: HandTest, who: dict[str, Any], few_below: int, tested: int, denied: bool) -> HandRow:
    name = str(who.get("name") or test.who)
    figures: tuple[Any, Any, Any, Any] = (sum(test.seen), sum(test.stayed), test.expected, test.q)
    verdict = "together" if test.together else "cannot tell"
    begin = "Moved together" if test.together else "Cannot tell"
    after = f"after {count(len(test.closures), 'closure')} under {name} went to other places of that hand"
    if few_below:
        figures = (None, None, None, None)
        more = "more" if test.together else "no more"
        text = f"{begin}: {more} of those seen again {after} than chance would send."
    else:
        text = (
            f"{begin}: {sum(test.stayed)} of {sum(test.seen)} seen again {after}; chance would send {short(test.expected)}."
            f" p {chance(test.q)}, corrected over {count(tested, 'hand')}."
        )
    text += f" {CONTROL_CONTESTED}" if denied else ""
    return HandRow(test.who, name, who.get("kind") or "", test.closures, *figures, denied, verdict, text)


def preferences_in_words(preferences: Preferences) -> str:
    """Describe which places people prefer, according to the chance model.

    Example:
        >>> preferences_in_words(Preferences(near=2.0, trade=1.0, kind=0.0, routes=40))
        'Chance knows that people of this case go 7.4 times as often to a place nearby, 2.7 times to one in the same trade and 1.0 times to one of the same kind.'
        >>> preferences_in_words(Preferences())
        'Too few moves are known to tell whether people prefer a place nearby or in their trade: chance sends them anywhere.'
    """
    if not preferences.routes:
        return "Too few moves are known to tell whether people prefer a place nearby or in their trade: chance sends them anywhere."
    near, trade, kind = (short(math.exp(value)) for value in (preferences.near, preferences.trade, preferences.kind))
    return (
        f"Chance knows that people of this case go {near} times as often to a place nearby, {trade} times to one in the same trade and"
        f" {kind} times to one of the same kind."
    )


def next_rows(places: Iterable[NextPlace], named: Named) -> list[NextRow]:
    """Return open places under the same control, as shown."""
    return [
        NextRow(
            place.place,
            named(place.place).get("name") or place.place,
            named(place.place).get("sort") or "",
            tuple((tie.subject, str(named(tie.subject).get("name") or tie.subject)) for tie in place.ties),
            place.belief,
            place.denied,
            place.reached,
        )
        for place in places
    ]


def move_cells(row: MoveRow) -> list[Any]:
    """Return a flow as cells of an exported table, in the order of `MOVE_COLUMNS`; a month reads `2020-04: 3`."""
    values = (getattr(row, name) for name in MOVE_COLUMNS)
    return [
        [f"{month}: {number}" for month, number in value.items()] if isinstance(value, dict) else value
        for value in values
    ]


def besides(verdicts: Mapping[str, str]) -> list[str]:
    """Return sentences to go with a table of flows: the verdict on each place, or that no place closed.

    Example:
        >>> besides({"W1": "They scattered."})
        ['W1: They scattered.']
        >>> besides({}) == [NO_CLOSURE]
        True
    """
    return [f"{place}: {text}" for place, text in verdicts.items()] or [NO_CLOSURE]


def plain(row: MoveRow | ClosureRow | HandRow | MoverRow | NextRow) -> dict[str, Any]:
    """Return a row as plain data."""
    return asdict(row)


def _few_last(people: int | str, name: str) -> tuple[bool, str]:
    """Return a sort key that puts counts of `few` last, in an order that does not reveal the numbers."""
    return people == FEW, name if people == FEW else ""


def _months(flow: Flow, few_below: int) -> dict[str, int]:
    """Return month → number of arrivals; empty if one is few, as the others would disclose it."""
    return {} if any(coarsen_count(number, few_below) == FEW for number in flow.months.values()) else dict(flow.months)


def _together(left: Departure, names: Sequence[str], few_below: int, closures: int) -> str:
    test = left.test
    excess = next((excess for excess in test.places if excess.together), test.control)
    where = " and ".join(names) if names else "places under the same control"
    if few_below or excess is None or test.q is None:
        return f"Moved together: more of those seen again went to {where} than chance would send there."
    over = f", corrected over {count(closures, 'closure')}" if left.closing.why != "asked" else ""
    return (
        f"Moved together: {excess.went} of {test.seen} seen again went to {where if len(names) < 2 else names[0]}; chance would send"
        f" {short(excess.expected)}. p {chance(test.q)}{over}."
    )
