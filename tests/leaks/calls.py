"""The walk of what a notebook holds: every public name of a session. One without an entry here fails a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from graphsvc.access.decided.holds import NewHold
from graphsvc.access.door.redact import Released
from graphsvc.cases.deliveries.statement_form import Form, Part
from graphsvc.errors import GraphsvcError
from graphsvc.queries import Query
from graphsvc.service import Options, Session
from graphsvc.service.cypher.exchange import Words
from graphsvc.service.exports.exposure import Wanted
from graphsvc.service.home import quiet
from graphsvc.service.network.network import Shown
from graphsvc.web.frame import plain
from tests.leaks.known import NOWHERE, Known
from tests.leaks.pages import RANDOM, canvas

Asked = tuple[tuple[Any, ...], Mapping[str, Any]]
Entry = Callable[[Known], list[Asked]] | str
_REASON = "a reason that is long enough"
_HOLD = NewHold("investigation", "DI Marsh", _REASON, dt.date(2999, 1, 1))
# Computed on and never shown, and without an order of their own.
_UNORDERED = ("hubs.claims", "hubs.persons")


def with_(*args: Any, **kwargs: Any) -> Callable[[Known], list[Asked]]:
    """Called once, with these."""
    return lambda _known: [(args, kwargs)]


def of(attribute: str, *args: Any, **kwargs: Any) -> Callable[[Known], list[Asked]]:
    """Called with each of what is known, and these."""
    return lambda known: [((one, *args), kwargs) for one in getattr(known, attribute)]


def _forms(known: Known) -> list[Form]:
    """A report about each of some, and a correction of each of some statements."""
    said = {"kind": "intelligence", "handling": "P"}
    claims = [
        Part("c1", "links", {"subject_id": one, "relation": "DIRECTED", "object_id": known.entities[-1]})
        for one in known.entities[::3]
    ]
    return [
        *(Form("0" * 32, said, (claim,)) for claim in claims),
        *(Form("0" * 32, {"assessment": "A"}, of=one, reason=_REASON) for one in known.statements),
    ]


# Name → what it is called with; a text says why it is not an answer.
CALLS: dict[str, Entry] = {
    "acting": with_("read"),
    "add_hold": lambda known: [((_HOLD, one), {}) for one in known.entities[:3]],
    "agree_erasure": of("requests", quiet),
    "agree_reveal": of("requests"),
    "ask_erasure": with_("no-such-person", _REASON),
    "ask_reveal": of("pseudonyms", _REASON),
    "at": "another session of the same person; what it gives is walked",
    "between": lambda known: [(link, {}) for link in known.links],
    "cancel_job": of("jobs"),
    "cancel_upload": of("uploads"),
    "case": with_(),
    "cases": with_(),
    "close": "ends the service",
    "coast": "coastlines of the earth around a picture that one has been given",
    "confirm": of("uploads"),
    "correct_upload": of("uploads", "[chart.entities]\n"),
    "comment": lambda known: [
        ((about, "said"), {}) for about in (*([one] for one in known.entities), *map(list, known.links))
    ],
    "comment_counts": with_(),
    "comments": lambda known: [*(((one,), {}) for one in known.entities), *((link, {}) for link in known.links)],
    "take_back_comment": of("jobs"),
    "delete_picture": of("jobs"),
    "drafts": with_(),
    "drop_draft": with_("sitting2"),
    "keep_draft": lambda known: [(("sitting1", canvas(known)), {})],
    "newest_version": of("jobs"),
    "open_picture": of("jobs"),
    "picture": of("jobs"),
    "pictures": with_(),
    "rename_picture": of("jobs", "x", "x"),
    "restore_version": of("jobs", 1),
    "save_picture": lambda known: [((canvas(known), "all of it", "x"), {"shared": True})],
    "save_version": lambda known: [((one, canvas(known), 1), {}) for one in known.jobs],
    "share_picture": of("jobs", shared=True),
    "counts": with_(),
    "database": "the service's own, for use cases; a notebook that has it has the process",
    "deliveries": with_(),
    "agree_export": of("requests"),
    "cancel_cypher": of("jobs"),
    "cypher": lambda known: [((f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n",), {})],
    "cypher_frame": lambda known: [((f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n",), {})],
    "cypher_history": with_(),
    "cypher_refusal": with_(),
    "cypher_run": of("jobs"),
    "cypher_running": with_(),
    "delete_query": of("jobs"),
    "end_reveal": of("requests"),
    "examine": lambda known: [((f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n",), {})],
    "export_queries": with_(),
    "check_form": lambda known: [((form,), {}) for form in _forms(known)],
    "correctable": of("statements"),
    "correctable_columns": with_(),
    "enter": with_(Form("x")),
    "entered": with_("0" * 32, ["new1"]),
    "named_in": lambda known: [((form,), {}) for form in _forms(known)],
    "new_form": with_(),
    "statement_history": of("statements"),
    "exports": with_(),
    "exposed": lambda known: [
        ((wanted,), {}) for one in known.entities[::3] for wanted in (Wanted(ids=(one,), depth=1), Wanted(lead=one))
    ],
    "fetch_export": of("requests"),
    "import_queries": with_(b"{}"),
    "log_texts": with_([{"id": 1, "detail": {"code": "0" * 32}}]),
    "make_export": lambda known: [((Wanted(ids=known.entities[:1], depth=1), "Europol", _REASON), {})],
    "preview_export": lambda known: [((Wanted(ids=(one,), depth=1), "Europol"), {}) for one in known.entities[::3]],
    "preview_queries": with_(b"{}"),
    "recalls": with_(),
    "recipients": with_(),
    "refuse_export": of("requests"),
    "rename_query": of("jobs", "x", "x", "x"),
    "save_query": with_(Words("x", "x", "x", "RETURN 1", {})),
    "saved_queries": with_(),
    "saved_query": of("jobs"),
    "selected": lambda known: [((Wanted(ids=(one,), depth=1),), {}) for one in known.entities[::3]],
    "settle_recall": of("requests"),
    "share_query": of("jobs", shared=True),
    "start_cypher": "what it starts is asked by `cypher`",
    "entity": of("entities"),
    "erasures": with_(),
    "find": of("words"),
    "said": of("words"),
    "growth": lambda known: [((one,), {"ids": known.entities[:2]}) for one in known.entities],
    "paths": lambda known: (
        [((pair,), {}) for pair in zip(known.entities, known.entities[1:], strict=False)]
        + [((known.entities[:3], kind), {"besides": ["presence", "own"]}) for kind in ("likeliest", "every", "no-such")]
        + [(((one,), "accounts"), {}) for one in known.entities]
    ),
    "frame": lambda known: [((name,), given) for name, given in known.firsts],
    "grant": with_(),
    "graph": lambda _known: [((of,), {}) for of in ("claims", "links", "operation", "no-such")],
    "decide_pair": of("pseudonyms", NOWHERE, "independent", _REASON, quiet),
    "end_pairing": of("jobs", _REASON, quiet),
    "grouping_job": of("jobs"),
    "pairings": with_(),
    "start_deciding": of("pseudonyms", NOWHERE, "independent", _REASON),
    "start_ending": of("jobs", _REASON),
    "witness_groups": lambda known: [((), {}), (((known.pseudonyms),), {})],
    "holds": with_(),
    "hubs": with_(),
    "job": of("jobs"),
    "jobs": with_(),
    "lead": of("entities"),
    "leads": with_(),
    "places": with_(),
    "falsehood": of("entities"),
    "load": with_(Path("no-such-folder"), quiet, dry_run=True),
    "log": with_(),
    "mappings": with_(),
    "may": with_("read"),
    "network": lambda known: [
        *((([one],), {"depth": 2}) for one in known.entities[::4]),
        *((([],), {"added": [one], "arrangement": "map"}) for one in known.entities[::4]),
    ],
    "overview": lambda _known: [((), {}), ((), {"relations": ["DIRECTED"], "least": 0.5})],
    "open_reveal": of("requests"),
    "preview": of("uploads", quiet),
    "previewed": of("uploads"),
    "protecting_job": of("jobs"),
    "provenance": lambda known: [((list(known.claims),), {})],
    "put_question": lambda known: [((one, claim), {}) for one in known.entities for claim in known.claims[:9]],
    "queries": with_(),
    "questions": of("entities"),
    "query": lambda known: [((name, given), {}) for name, given in known.firsts],
    "query_text": with_("people.one"),
    "ranking": with_(),
    "readings": of("entities"),
    "receiving": with_(),
    "refuse_erasure": of("requests"),
    "refuse_reveal": of("requests"),
    "release_hold": with_("x"),
    "require": with_("read"),
    "require_loading": with_(),
    "reveals": with_(),
    "review": of("entities", "agree", _REASON),
    "reviews": lambda known: [((), {}), *(((one,), {}) for one in known.entities)],
    "rows": lambda known: [((name,), given) for name, given in known.firsts[::5]],
    "known": lambda known: [((one,), {}) for one in (*known.entities[:5], "Nobody At All")],
    "ask_sealing": with_("no-such-person", _REASON),
    "ask_opening": with_("no-such-person", _REASON),
    "agree_sealing": lambda known: [((one, quiet), {}) for one in known.requests],
    "refuse_sealing": of("requests"),
    "start_sealing": of("requests"),
    "sealings": with_(),
    "waiting_accounts": with_(),
    "hold_account": with_(1),
    "release_account": with_(1),
    "open_accounts": with_(quiet),
    "start_opening_accounts": with_(),
    "next_opening": with_(),
    "sealed": with_(),
    "to_be_sealed": with_(),
    "undoing": with_(9),
    "service": "the service itself, for use cases; a notebook that has it has the process",
    "sets": lambda known: (
        [((2, goal), {}) for goal in ("fragment", "reach", "no-such")]
        + [((3, "fragment", (one,)), {}) for one in known.entities]
    ),
    "settings": "the service's own, for use cases; a notebook that has it has the process",
    "settle_reveals": with_(),
    "show": lambda known: [((one,), {"depth": 1}) for one in known.entities[:3]],
    "start_erasure": of("requests"),
    "start_preview": of("uploads"),
    "start_verification": "takes the role auditor; the page that starts it is walked",
    "statement": of("statements"),
    "take_back": with_(9),
    "undo": with_(9, quiet),
    "upload": with_(None, "x.zip", Options(mapping="no-such")),
    "uploads": with_(),
    "verification": of("jobs"),
    "verified": with_(),
    "verify_log": with_(quiet),
    "version": with_(),
    "waiting": of("uploads"),
    "purpose": "given by who asks",
    "principal": "who asks",
}


def public() -> set[str]:
    """Every name a session offers."""
    return {name for name in dir(Session) if not name.startswith("_")} | {"purpose", "principal"}


def walk(session: Session, known: Known) -> dict[str, str]:
    """Every name with all it is called with → what it gives or raises, as text."""
    found: dict[str, str] = {}
    for name, entry in CALLS.items():
        if not isinstance(entry, str):
            for args, kwargs in entry(known):
                found[RANDOM.sub("ID", f"{name} {args} {dict(kwargs)}")] = given(session, name, args, kwargs)
    return found


def given(session: Session, name: str, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None) -> str:
    """What one name gives or raises, as text."""
    try:
        value = getattr(session, name)
        if callable(value):
            value = value(*args, **(kwargs or {}))
        if args and args[0] in _UNORDERED and isinstance(value, Released):
            value.rows.sort(key=str)
        if isinstance(value, AbstractContextManager):
            with value as entered:
                value = type(entered).__name__
        return RANDOM.sub("ID", text(value))
    except GraphsvcError as error:
        return f"{type(error).__name__}: {error}"


def text(value: Any) -> str:
    """A value as text, in the order it comes in, with all that hangs on it."""
    if isinstance(value, pd.DataFrame):
        return f"{value.to_csv()}{value.attrs}"
    if isinstance(value, nx.MultiDiGraph):
        return "\n".join(map(repr, [value.graph, *value.nodes(data=True), *value.edges(keys=True, data=True)]))
    if isinstance(value, Shown):
        return value.page()
    if isinstance(value, list) and value and isinstance(value[0], Query):
        return "\n".join(query.name for query in value)
    return repr(plain(value))
