"""Walk the notebook interface: every public name of a session. A name without an entry here fails a test."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.gate.redact import Released
from graphsvc.analysis.ranking.hubs import Lead, Ranking
from graphsvc.analysis.surges.counts import MEASURES
from graphsvc.cases.deliveries.statement_form import Form, FormPart
from graphsvc.cases.home import Home
from graphsvc.errors import GraphsvcError
from graphsvc.queries import Query
from graphsvc.records.iso import json_safe
from graphsvc.service import Options, PictureRequest, SeriesChoice, Session, quiet
from graphsvc.service.cypher.exchange import Words
from graphsvc.service.exports.exposure import Wanted
from graphsvc.service.network.network import PicturePage
from tests.leaks.known import NOWHERE, Known
from tests.leaks.pages import RANDOM, canvas, paper

Asked = tuple[tuple[Any, ...], Mapping[str, Any]]
Entry = Callable[[Known], list[Asked]] | str
LONG_AGO = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - UTC, as the application database has it
_EVERY_DAY = {"day": "1990-01-01", "until": "2999-12-31"}
_REASON = "a reason that is long enough"
_HOLD = NewHold("investigation", "DI Marsh", _REASON, dt.date(2999, 1, 1))
# Results used only in computations, never shown; their order has no meaning.
_UNORDERED = ("hubs.claims", "hubs.interests", "hubs.persons")


def with_(*args: Any, **kwargs: Any) -> Callable[[Known], list[Asked]]:
    """Return an entry that is called once, with these arguments."""
    return lambda _known: [(args, kwargs)]


def of(attribute: str, *args: Any, **kwargs: Any) -> Callable[[Known], list[Asked]]:
    """Return an entry called once for each value of an attribute of `Known`; these arguments follow the value."""
    return lambda known: [((value, *args), kwargs) for value in getattr(known, attribute)]


def _lead(identifier: str) -> Lead:
    return Lead(identifier, "", 1.0, 1, 0, None, 0, 0.0, 0, 0, 0, {})


def _forms(known: Known) -> list[Form]:
    """Forms for reports about every third entity, and for a correction of each statement."""
    report = {"kind": "intelligence", "handling": "P"}
    claims = [
        FormPart("c1", "links", {"subject_id": entity, "relation": "DIRECTED", "object_id": known.entities[-1]})
        for entity in known.entities[::3]
    ]
    return [
        *(Form("0" * 32, report, (claim,)) for claim in claims),
        *(Form("0" * 32, {"assessment": "A"}, of=statement, reason=_REASON) for statement in known.statements),
    ]


# Name → arguments for each call, or the reason why the name gives no answer.
CALLS: dict[str, Entry] = {
    "ask.act": with_("read"),
    "protection.holds.add": lambda known: [((_HOLD, entity), {}) for entity in known.entities[:3]],
    "protection.erasures.agree": of("requests", quiet),
    "protection.reveals.agree": of("requests"),
    "protection.erasures.ask": with_("no-such-person", _REASON),
    "protection.reveals.ask": of("pseudonyms", _REASON),
    "at": "another session of the same person; what it gives is walked",
    "behind": lambda known: [((*known.entities[:60],), {})],
    "network.answers.behind": lambda known: (
        [(((entity,),), {}) for entity in known.entities[::4]]
        + [((known.entities[:60],), {"service": True}), ((), _EVERY_DAY)]
    ),
    "network.answers.pdf": lambda known: [((known.entities[:60],), {})],
    "moves": lambda known: [((), {}), *(((entity,), {}) for entity in known.entities[::4])],
    "displacement.closures": with_(),
    "displacement.graph": with_(),
    "displacement.hands": with_(),
    "displacement.moves": lambda known: [
        ((), {}),
        *((([entity],), {"day": "2020-05-08"}) for entity in known.entities[::3]),
    ],
    "displacement.person": lambda known: [((entity,), {}) for entity in known.entities[1::3]],
    "displacement.place": lambda known: [
        *(((entity,), {}) for entity in known.entities),
        *(((entity,), {"day": "2020-05-08"}) for entity in known.entities[::4]),
    ],
    "displacement.preferences": with_(),
    "displacement.verdicts": with_(),
    "linkage.clusters": with_(),
    "linkage.of": of("entities"),
    "linkage.cluster": of("entities"),
    "linkage.pair": lambda known: [
        ((first, second), {}) for first, second in zip(known.entities, known.entities[1:], strict=False)
    ],
    "linkage.table": lambda known: [((), {}), *(((entity,), {}) for entity in known.entities[::4])],
    "linkage.frame": of("entities"),
    "linkage.graph": with_(),
    "linked_crossings": with_(),
    "network.entities.between": lambda known: [(link, {}) for link in known.links],
    "deliveries.cancel_job": of("jobs"),
    "deliveries.uploads.cancel": of("uploads"),
    "case": with_(),
    "cases": with_(),
    "close": "ends the service",
    "network.waters": "coastlines of the earth around a map",
    "deliveries.uploads.confirm": of("uploads"),
    "deliveries.uploads.correct": of("uploads", {"lorry": "boat"}, {}, {}),
    "network.comments.add": lambda known: [
        ((about, "said"), {}) for about in (*([entity] for entity in known.entities), *map(list, known.links))
    ],
    "network.comments.counts": with_(),
    "network.comments.of": lambda known: [
        *(((entity,), {}) for entity in known.entities),
        *((link, {}) for link in known.links),
    ],
    "network.comments.take_back": of("jobs"),
    "network.views.delete": of("jobs"),
    "network.views.drafts": with_(),
    "network.views.drop_draft": with_("sitting2"),
    "network.views.keep_draft": lambda known: [(("sitting1", canvas(known)), {})],
    "network.views.newest": of("jobs"),
    "network.views.open": of("jobs"),
    "network.views.look": of("jobs"),
    "network.views.list_views": with_(),
    "network.views.rename": of("jobs", "x", "x"),
    "network.views.restore": of("jobs", 1),
    "network.views.save": lambda known: [((canvas(known), "all of it", "x"), {"shared": True})],
    "network.views.save_version": lambda known: [((job, canvas(known), 1), {}) for job in known.jobs],
    "network.views.share": of("jobs", shared=True),
    "network.entities.counts": with_(),
    "network.entities.most_linked": with_(),
    "ask.cached_result": "gives what its asker computes of what the gate gave; a notebook that has it has the process",
    "ask.database": "the service's own, for use cases; a notebook that has it has the process",
    "deliveries.list_deliveries": with_(),
    "exports.given.agree": of("requests"),
    "cypher.cancel": of("jobs"),
    "cypher.run": lambda known: [((f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n",), {})],
    "cypher_frame": lambda known: [((f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n",), {})],
    "cypher.history": with_(),
    "cypher.refusal": with_(),
    "cypher.result": of("jobs"),
    "cypher.running": with_(),
    "cypher.library.delete": of("jobs"),
    "protection.reveals.end": of("requests"),
    "cypher.examine": lambda known: [((f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n",), {})],
    "cypher.library.export_file": with_(),
    "deliveries.form.check": lambda known: [((form,), {}) for form in _forms(known)],
    "deliveries.form.correctable": of("statements"),
    "deliveries.form.correctable_columns": with_(),
    "deliveries.form.enter": with_(Form("x")),
    "deliveries.form.find_added": with_("0" * 32, ["new1"]),
    "deliveries.form.named_in": lambda known: [((form,), {}) for form in _forms(known)],
    "deliveries.form.new": with_(),
    "deliveries.statements.history": of("statements"),
    "exports.given.list_exports": with_(),
    "exports.compute_exposure": lambda known: [
        ((wanted,), {})
        for entity in known.entities[::3]
        for wanted in (Wanted(picture=PictureRequest(ids=(entity,), depth=1)), Wanted(lead=entity))
    ],
    "exports.given.fetch": of("requests"),
    "exports.given.save": of("requests", Path("no-such-folder/export")),
    "exports.known_forms": with_(["pdf", "csv"]),
    "leads.ranks_note": with_(Ranking("abstains", "no one stands out", [])),
    "cypher.library.import_file": with_(b"{}"),
    "log.texts": with_([{"id": 1, "detail": {"code": "0" * 32}}]),
    "exports.make": lambda known: [
        ((Wanted(picture=PictureRequest(ids=known.entities[:1], depth=1)), "Europol", _REASON), {})
    ],
    "exports.preview": lambda known: [
        ((Wanted(picture=PictureRequest(ids=(entity,), depth=1)), "Europol"), {}) for entity in known.entities[::3]
    ],
    # A reader without full clearance is refused before the folder is read.
    "exports.whole.parquet": with_(Path("no-such-folder/all")),
    "cypher.library.preview_file": with_(b"{}"),
    "exports.given.recalls": with_(),
    "exports.given.recipients": with_(),
    "exports.recipients": with_(),
    "exports.given.refuse": of("requests"),
    "cypher.library.rename": of("jobs", "x", "x", "x"),
    "cypher.library.save": with_(Words("x", "x", "x", "RETURN 1", {})),
    "cypher.library.list_queries": with_(),
    "cypher.library.look": of("jobs"),
    "exports.selected_picture": lambda known: [
        ((Wanted(picture=PictureRequest(ids=(entity,), depth=1)),), {}) for entity in known.entities[::3]
    ],
    "exports.given.settle": of("requests"),
    "cypher.library.share": of("jobs", shared=True),
    "cypher.start": "what it starts is asked by `cypher.run`",
    "network.entities.look": of("entities"),
    "network.entities.payments": of("entities"),
    "network.entities.against": of("entities"),
    "protection.erasures.list_erasures": with_(),
    "search.find": of("words"),
    "search.said": of("words"),
    "search.tied": lambda known: [
        ((word,), {}) for word in ("abandoned", "gave instructions to", "X_OWN", *known.words)
    ],
    "search.days": with_("8 May"),
    "network.growth": lambda known: [
        ((entity, PictureRequest(ids=known.entities[:2])), {}) for entity in known.entities
    ],
    "network.paths.find": lambda known: (
        [((pair,), {}) for pair in zip(known.entities, known.entities[1:], strict=False)]
        + [((known.entities[:3], kind), {"besides": ["presence", "own"]}) for kind in ("likeliest", "every", "no-such")]
        + [(((entity,), "accounts"), {}) for entity in known.entities]
    ),
    "frame": lambda known: [((name,), parameters) for name, parameters in known.firsts],
    "grant": with_(),
    "graph": lambda _known: [
        ((of,), {}) for of in ("claims", "links", "operation", "witnesses", "moves", "linked", "no-such")
    ],
    "leads.groups.decide": of("pseudonyms", NOWHERE, "independent", _REASON, quiet),
    "leads.groups.end": of("jobs", _REASON, quiet),
    "leads.groups.job": of("jobs"),
    "leads.groups.whole_groups": lambda known: [((set(known.pseudonyms),), {})],
    "leads.groups.numbers": lambda known: [(([[source] for source in known.pseudonyms],), {}), (([[NOWHERE]],), {})],
    "leads.groups.pairings": with_(),
    "leads.groups.start_deciding": of("pseudonyms", NOWHERE, "independent", _REASON),
    "leads.groups.start_ending": of("jobs", _REASON),
    "leads.groups.colouring": lambda known: [((), {}), (((known.pseudonyms),), {})],
    "leads.groups.with_colours": lambda known: [((), {}), (((known.pseudonyms),), {})],
    "leads.groups.of": lambda known: [((), {}), (((known.pseudonyms),), {})],
    "protection.holds.list_holds": with_(),
    "hubs": with_(),
    "deliveries.job": of("jobs"),
    "deliveries.jobs": with_(),
    "leads.look": of("entities"),
    "leads.table": with_(),
    "leads.ranked_on": with_(),
    "leads.at_hand": lambda _known: [((), {}), ((), {"claims": True})],
    "leads.places": with_(),
    # Rows for any person asked about, ranked or not.
    "leads.rows": lambda known: [(([_lead(entity) for entity in known.entities],), {})],
    "leads.falsehood": of("entities"),
    "leads.count_served": lambda known: [((list(known.entities),), {})],
    "leads.place": of("entities"),
    "deliveries.load": with_(Path("no-such-folder"), quiet, dry_run=True),
    "log.lines": with_(),
    "deliveries.uploads.file_forms": with_(),
    "deliveries.uploads.mappings": with_(),
    "may": with_("read"),
    "network.picture": lambda known: [
        *(((PictureRequest([entity], depth=2),), {}) for entity in known.entities[::4]),
        *(((PictureRequest(added=[entity], arrangement="map"),), {}) for entity in known.entities[::4]),
    ],
    "network.overview.draw": lambda _known: [((), {}), ((), {"relations": ["DIRECTED"], "least": 0.5})],
    "protection.reveals.open": of("requests"),
    "deliveries.uploads.preview": of("uploads", quiet),
    "deliveries.uploads.current_preview": of("uploads"),
    "protection.job": of("jobs"),
    "network.entities.provenance": lambda known: [((list(known.claims),), {})],
    "leads.questions.put": lambda known: [
        ((entity, claim), {}) for entity in known.entities for claim in known.claims[:9]
    ],
    "queries.listed": with_(),
    "leads.questions.next": of("entities"),
    "leads.witnesses.through": lambda known: [((), {}), *((([entity],), {}) for entity in known.entities[::3])],
    "leads.witnesses.what_if": lambda known: [((), {}), *((([entity],), {}) for entity in known.entities[::3])],
    "leads.witnesses.agreements": with_(),
    "leads.questions.statements_on": lambda known: [((list(known.entities),), {})],
    "queries.run": lambda known: [((name, parameters), {}) for name, parameters in known.firsts],
    "queries.run_without_warnings": lambda known: [((name, parameters), {}) for name, parameters in known.firsts[1::4]],
    "queries.run_with_extra_columns": lambda known: [
        ((name, parameters), {}) for name, parameters in known.firsts[::4]
    ],
    "queries.names": lambda known: [(("people.several_crossings", ["which"], [(known.entities,)]), {})],
    "queries.text": with_("people.one"),
    "leads.ranking": with_(),
    "leads.questions.readings": of("entities"),
    "deliveries.uploads.receiving": with_(),
    "protection.erasures.refuse": of("requests"),
    "protection.reveals.refuse": of("requests"),
    "protection.holds.release": with_("x"),
    "require": with_("read"),
    "deliveries.require": with_(),
    "protection.reveals.list_reveals": with_(),
    "leads.reviews.add": of("entities", "agree", _REASON),
    "leads.reviews.latest": with_(),
    "leads.reviews.of": lambda known: [((), {}), *(((entity,), {}) for entity in known.entities)],
    "ask.rows": lambda known: [((name,), parameters) for name, parameters in known.firsts[::5]],
    "ask.of_ids": lambda known: [((name, list(known.entities)), {}) for name in ("entities.named", "network.there")],
    "search.find_pseudonyms": lambda known: [((name,), {}) for name in (*known.entities[:5], "Nobody At All")],
    "protection.sealings.ask": with_("no-such-person", _REASON),
    "protection.sealings.ask_opening": with_("no-such-person", _REASON),
    "protection.sealings.agree": lambda known: [((request, quiet), {}) for request in known.requests],
    "protection.sealings.refuse": of("requests"),
    "protection.sealings.start": of("requests"),
    "protection.sealings.list_requests": with_(),
    "protection.sharing.declare": with_("no-such-case", _REASON),
    "protection.sharing.end": with_("no-such-case"),
    "protection.sharing.list_cases": with_(),
    "protection.waiting.list_statements": with_(),
    "protection.waiting.hold": with_(1),
    "protection.waiting.release": with_(1),
    "protection.waiting.open": with_(quiet),
    "protection.waiting.start": with_(),
    "deliveries.next_opening": with_(),
    "protection.sealings.sealed_entities": with_(),
    "protection.texts.listed": with_(),
    "protection.sealings.to_be_sealed": with_(),
    "protection.sealings.newly_named": with_(),
    "protection.sealings.tighten": with_(quiet),
    "protection.sealings.start_tightening": with_(),
    "protection.sealings.ask_loosening": with_(_REASON),
    "deliveries.undoing": with_(9),
    "ask.home": "the service itself, for use cases; a notebook that has it has the process",
    "leads.sets.find": lambda known: (
        [((2, goal), {}) for goal in ("fragment", "reach", "no-such")]
        + [((3, "fragment", (entity,)), {}) for entity in known.entities]
    ),
    "ask.progress": "takes numbers out of a caller's progress; `test_loaders` holds it",
    "ask.settings": "the service's own, for use cases; a notebook that has it has the process",
    "protection.reveals.settle": with_(),
    "show": lambda known: [((entity,), {"depth": 1}) for entity in known.entities[:3]],
    "protection.erasures.start": of("requests"),
    "deliveries.uploads.start_preview": of("uploads"),
    "log.start": "takes the role auditor; the page that starts it is walked",
    "deliveries.statements.look": of("statements"),
    "deliveries.take_back": with_(9),
    "deliveries.undo": with_(9, quiet),
    "deliveries.uploads.keep": with_(None, "x.zip", Options(mapping="no-such")),
    "deliveries.uploads.list_uploads": with_(),
    "deliveries.uploads.take_demo": "writes the invented demo case, whatever the case holds; `test_first_case` reads it",
    "log.job": of("jobs"),
    "log.last_verification": with_(),
    "log.verify": with_(quiet),
    "version": with_(),
    "series": lambda known: [(("people",), {}), (("crossings",), {"step": "week", "gang": known.entities[0]})],
    "surges": lambda _known: [((), {}), (("per_boat",), {"until": "2999-12-31"}), (("no-such-series",), {})],
    "time.series": lambda known: [((SeriesChoice(gang=entity),), {}) for entity in known.entities[::4]],
    "time.surges": lambda _known: [
        ((SeriesChoice(name, step=step),), {}) for name in MEASURES for step in ("day", "week")
    ],
    "time.crossing_days": with_(),
    "time.sites": with_(),
    "time.reference.list_series": with_(),
    "time.reference.load": with_(Path("no-such-file.csv"), "x"),
    "time.reference.find_series": with_("no-such-series"),
    "time.reference.remove": with_("no-such-series"),
    "waiting.mark_seen": with_(LONG_AGO, 0),
    "waiting.listed": with_(),
    "waiting.count": with_(),
    "deliveries.uploads.look": of("uploads"),
    "purpose": "given by who asks",
    "principal": "who asks",
    "ask.act_anywhere": with_("read"),
    "ask.as_": "asks with less clearance or with more, which is not its asker's to choose; a notebook has the process",
    "ask.at": "the same of another case",
    "ask.case": with_(),
    "ask.cases": with_(),
    "ask.denials": lambda known: [((list(known.links),), {})],
    "ask.grant": with_(),
    "ask.grants": with_(),
    "ask.key": "the case's key; a notebook that has it has the process",
    "ask.withhold": "a function that knows every sealed name; a notebook that has it has the process",
    "ask.pseudonyms": "made with the case's key; a notebook that has it has the process",
    "ask.look": with_("read"),
    "ask.material": "to compute on, sources included, and never shown; a notebook that has it has the process",
    "ask.may": with_("read"),
    "ask.mark_denied": "adds to rows that a use case has; what it asks is `ask.denials`",
    "ask.entity_rows": lambda known: [((list(known.entities),), {})],
    "ask.parts": lambda _known: [((f"tables.{name}", str), {}) for name in ("people", "statements", "claims")],
    "ask.principal": "who asks",
    "ask.purpose": "given by who asks",
    "ask.read": lambda known: [((name, parameters), {}) for name, parameters in known.firsts[::5]],
    "ask.ranked_on": with_(),
    "ask.require": with_("read"),
    "ask.require_open": with_(),
    "ask.require_there": with_(),
    "ask.state": with_(),
    "ask.together": lambda known: [((("entities.named", {"ids": list(known.entities)}),), {})],
    "ask.version": with_(),
    "account.begin_second_factor": "one's own account, which no case is in",
    "account.change_password": "one's own account, which no case is in",
    "account.confirm_second_factor": "one's own account, which no case is in",
    "account.cypher_refusal": with_(),
    "account.end_others": "one's own account, which no case is in",
    "account.has_password": with_(),
    "account.has_second_factor": with_(),
    "account.pending_second_factor": with_(),
    "account.remove_second_factor": "one's own account, which no case is in",
    "accounts.add": with_("x", ["analyst"], [], ""),
    "accounts.disable": with_("x"),
    "accounts.enable": with_("x"),
    "accounts.grant": with_("x", "x:P"),
    "accounts.list_accounts": with_(),
    "accounts.look": with_("x"),
    "accounts.reset_password": with_("x", "x"),
    "accounts.reset_second_factor": with_("x"),
    "accounts.revoke": with_("x", "x"),
    "accounts.set_free_cypher": with_("x", is_granted=True),
    "accounts.set_roles": with_("x", ["analyst"]),
    "accounts.setup_link": with_("x"),
    "deliveries.statements.withheld": with_(),
    "exports.given.act": with_("look"),
    "exports.given.exposure": "counts what `exports.compute_exposure` and `exports.preview` tell, which are walked",
    "look": with_("read"),
    "network.entities.days": with_(),
    "network.entities.link": lambda known: [(link, {}) for link in known.links],
    "network.entities.by_id": lambda known: [((list(known.entities),), {})],
    "network.entities.statement_counts": with_(),
    "network.lists.crossings": with_(),
    "network.lists.over_time": with_(),
    "network.lists.workplaces": with_(),
    "network.graph": lambda _known: [((of,), {}) for of in ("claims", "links", "operation", "no-such")],
    "protection.rotate_key": with_(),
}


def public(of: object, prefix: str = "") -> set[str]:
    """Every name of a session, including names of its subjects: `leads.look`, `protection.reveals.open`."""
    names: set[str] = set()
    for name in {*dir(type(of)), *vars(of)}:
        if name.startswith("_"):
            continue
        value = getattr(of, name) if name in vars(of) or isinstance(vars(type(of)).get(name), cached_property) else None
        subject = type(value).__module__.startswith("graphsvc.service.") and not isinstance(value, Home)
        names |= public(value, f"{prefix}{name}.") if subject else {f"{prefix}{name}"}
    return names


def walk(session: Session, known: Known) -> dict[str, str]:
    """Call every name with each of its arguments, and return the results or errors as text."""
    answers: dict[str, str] = {}
    for name, entry in CALLS.items():
        if not isinstance(entry, str):
            for args, kwargs in entry(known):
                answers[RANDOM.sub("ID", f"{name} {args} {dict(kwargs)}")] = call_result(session, name, args, kwargs)
                jobs_ended()
    return answers


def jobs_ended() -> None:
    """Wait for jobs that a call started, so that their progress does not show in later answers."""
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join(60)


def call_result(
    session: Session, name: str, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
) -> str:
    """Result or error of one call, as text."""
    try:
        value = attrgetter(name)(session)
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
    """A value as text, in its own order, with its attributes."""
    if isinstance(value, pd.DataFrame):
        return f"{value.to_csv()}{value.attrs}"
    if isinstance(value, nx.MultiDiGraph):
        return "\n".join(map(repr, [value.graph, *value.nodes(data=True), *value.edges(keys=True, data=True)]))
    if isinstance(value, bytes) and value.startswith(b"%PDF"):
        return paper(value)
    if isinstance(value, PicturePage):
        return value.page()
    if isinstance(value, list) and value and isinstance(value[0], Query):
        return "\n".join(query.name for query in value)
    return repr(json_safe(value))
