"""Walk the app's own URL map: the values each address is requested with. A rule without an entry here fails a test.

An entry is the values of one request: parameters of the rule go into the path (the case is filled in), the rest
into the query or the form. A JSON twin is requested with the values of its page.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.exceptions import MethodNotAllowed, NotFound

from graphsvc.views.picture.arrangements import ARRANGEMENTS
from graphsvc.web.frame import TWIN
from graphsvc.web.help.numbers import TOPICS
from tests.leaks.known import NOWHERE, Known

Values = dict[str, Any]
Entry = Callable[[Known], Iterable[Values]]
REASON = "a reason that is long enough"


def once(**values: Any) -> Entry:
    """Return an entry for one request with these values."""
    return lambda _known: [values]


def each(attribute: str, name: str = "id", **values: Any) -> Entry:
    """Return an entry with one request for each known value of `attribute`, passed as `name`."""
    return lambda known: [{name: value, **values} for value in getattr(known, attribute)]


def _network(known: Known) -> Iterator[Values]:
    yield {}
    yield {"find": known.words[0]}
    for place, entity in enumerate(known.entities[::2]):
        yield {"id": entity, "depth": str(place % 3)}
    several = list(known.entities)
    yield {"id": several[:4], "open": several[:2], "hide": several[1:2], "least": "0.2", "size": "30"}
    yield {"id": several[:60], "depth": "0", "relation": "DIRECTED"}
    yield {"id": several[:60], "source_grade": "2", "assessment": "C"}
    yield {"id": several[:60], "assessment": "B", "fade": "yes"}
    yield {"id": several[:1], "depth": "0", "add": several[1:9], "layout": "command"}
    for layout in (word for word in ARRANGEMENTS if word not in ("", "command")):
        yield {"id": several[:3], "layout": layout, "fade": "yes", "relation": "DIRECTED"}
    for by in ("gang", "crossing", "community", "community:1", "no-such"):
        yield {"id": several[:20], "fold": by}


def _same_network(known: Known) -> Iterator[Values]:
    """Every third picture that is requested from `network.view`: this endpoint has the same content in another form."""
    yield from list(_network(known))[::3]


def _whole(_known: Known) -> Iterator[Values]:
    yield {}
    yield {"relation": "DIRECTED", "least": "0.5"}
    yield {"recorded": "0.25"}


def _growth(known: Known) -> Iterator[Values]:
    for entity in known.entities:
        yield {"node": entity}
    several = list(known.entities)
    yield {"node": several[0], "id": several[:4], "open": [several[0], f"~person~{several[-1]}"], "source_grade": "2"}


def _ways(known: Known) -> Iterator[Values]:
    yield {}
    several = list(known.entities)
    for first, second in itertools.pairwise(several):
        yield {"from": first, "to": second}
    for kind in ("likeliest", "every", "accounts"):
        yield {"from": several[0], "to": several[1:4], "kind": kind, "besides": ["presence", "own"]}
        yield {"to": several[0], "kind": kind, "recorded": "yes", "avoid": several[-1]}


def _links(known: Known) -> Iterator[Values]:
    for subject, relation, target in known.links:
        yield {"subject": subject, "relation": relation, "object": target}


def _queries(known: Known) -> Iterator[Values]:
    for name, parameters in known.firsts:
        yield {"name": name, "run": "1", **{f"p.{parameter}": text for parameter, text in parameters.items()}}
    first = known.firsts[0][0]
    yield {"name": first, "run": "1", "as": "csv"}
    yield {"name": "statements.denials", "run": "1", "as": "csv"}
    yield {"name": "no.such"}


# Values of GET requests, by endpoint.
PAGES: dict[str, Entry] = {
    "static": once(filename="graphsvc.css"),
    "bootstrap.static": once(filename="css/bootstrap.min.css"),
    "signin.form": once(),
    "signin.link": once(token="x"),
    "account.page": once(),
    "account.setup": once(link="x"),
    "people.table": once(),
    "people.one": each("accounts", "name"),
    "cases.table": once(),
    "case.overview": once(),
    "case.crossings": lambda known: [{}, {"q": known.words[0], "sort": "-date"}],
    "case.workplaces": lambda known: [{}, {"q": known.words[0], "sort": "name", "page": "2"}],
    "where.page_of": lambda known: [
        {},
        {"from": "2020", "to": "2020-05"},
        {"at": known.entities[0]},
        {"q": known.words[0]},
        *({"cohort": entity} for entity in known.entities[::3]),
        {"cohort": known.entities[0], "day": "2020-05-08"},
    ],
    "surges.view": lambda known: [
        {},
        {"of": "people", "step": "week"},
        {"of": "per_boat", "year": "2020", "until": "2999-12-31"},
        {"of": "people", "as": "csv"},
        *({"gang": entity} for entity in known.entities[::8]),
        {"of": "no-such-series", "column": known.words[0]},
    ],
    "leads.table": lambda known: [
        {},
        {"voices": "several", "sort": "groups"},
        {"denied": "yes", "sort": "name", "record": "yes"},
        {"from": "51", "sort": "other_sources"},
        {"q": known.words[0], "sort": "denied"},
        {"review": "any", "surfaced": "yes"},
        {"review": "none"},
    ],
    "groups.table": lambda known: [{}, *({"q": text} for text in (*known.pseudonyms[1:], "crossing", "C"))],
    "groups.work": each("jobs"),
    "through.view": lambda known: [{}, *({"id": entity} for entity in known.entities[::4])],
    "through.picture": lambda known: [{}, {"id": known.entities[0]}],
    "leads.table_csv": lambda _known: [{}, {"sort": "score_on_record"}],
    "leads.lead": each("entities"),
    "sets.table": lambda known: [
        {},
        {"goal": "reach", "size": "2"},
        {"size": "99"},
        *({"id": entity} for entity in known.entities),
    ],
    "entities.page": lambda known: [
        *({"id": entity} for entity in known.entities),
        {"id": known.entities[0], "relation": "DIRECTED"},
    ],
    "statements.page": each("statements"),
    "network.view": _network,
    "behind.behind": lambda known: [
        {},
        {"id": list(known.entities[:60]), "service": "yes"},
        {"id": list(known.entities[:9]), "as": "csv"},
        {"day": "1990-01-01", "until": "2999-12-31"},
    ],
    "displacement.table": lambda _known: [{}, {"as": "csv"}],
    "displacement.place": lambda known: [
        *({"id": entity} for entity in known.entities[::2]),
        *({"id": entity, "day": "2020-05-08"} for entity in known.entities[1::4]),
        {"id": known.entities[0], "as": "csv"},
    ],
    "displacement.person": lambda known: [{"id": entity} for entity in known.entities[::3]],
    "linked.table": lambda known: [
        {},
        {"as": "csv"},
        *({"id": entity} for entity in known.entities[::2]),
        {"id": known.entities[0], "as": "csv"},
    ],
    "linked.cluster": each("entities"),
    "linked.pair": lambda known: [
        {"first": first, "second": second} for first, second in itertools.pairwise(known.entities)
    ],
    "behind.printed": lambda known: [{}, {"id": list(known.entities[:60])}],
    "network.tables": _same_network,
    "network.groups": _same_network,
    "network.measures": _same_network,
    "network.days": once(),
    "network.node": each("entities"),
    "network.link": _links,
    "network.library": once(name="draw.js"),
    "pictures.table": lambda known: [{}, {"q": known.words[0], "sort": "name"}, {"sort": "by"}, {"sort": "made"}],
    "pictures.one": each("jobs"),
    "pictures.version": each("jobs", version="1"),
    "pictures.state": each("jobs"),
    "pictures.drafts": once(),
    "comments.about": lambda known: [*({"id": entity} for entity in known.entities), *_links(known)],
    "comments.counts": once(),
    "overview.view": _whole,
    "overview.points": _whole,
    "overview.names": _whole,
    "search.results": each("words", "q"),
    "search.near": each("words", "q"),
    "growth.counts": _growth,
    "paths.ways": _ways,
    "numbers.page": once(),
    "numbers.topic": lambda _known: [{"name": name} for name in TOPICS],
    "numbers.roles": once(),
    "log.table": lambda known: [{}, {"case": known.case}, {"as": "csv"}, {"source": known.pseudonyms[-1]}],
    "reveals.table": once(),
    "reveals.of_case": once(),
    "waiting.table": once(),
    "reveals.form": each("pseudonyms"),
    "holds.table": once(),
    "sealing.table": once(),
    "sealing.sealed": once(),
    "sealing.texts": lambda _known: [{}, {"as": "csv"}],
    "sealing.form": lambda known: [{"id": known.entities[0]}],
    "sealing.work": each("jobs"),
    "erasures.table": once(),
    "erasures.form": lambda known: [{"id": known.entities[0]}],
    "load.start": lambda known: [{}, {"case": known.case}],
    "load.form": once(),
    "load.preview": lambda known: [
        values for upload in known.uploads for values in ({"upload": upload}, {"upload": upload, "as": "csv"})
    ],
    "load.job": each("jobs"),
    "load.take_back": lambda _known: [{"delivery": "1"}, {"delivery": "9"}],
    "adding.form": lambda known: [
        {},
        {"subject": known.entities[0], "relation": "DIRECTED", "object": known.entities[-1], "next": "//elsewhere"},
        *({"statement": statement, "claim": claim} for statement in known.statements for claim in known.claims[:2]),
        *({"statement": statement, "fate": "withdrawn"} for statement in known.statements),
    ],
    "adding.done": each("jobs", token="0" * 32, new="new1"),
    "adding.history": each("statements"),
    "queries.table": lambda _known: [{}, {"q": "witness"}],
    "queries.one": _queries,
    "cypher.editor": lambda known: [{}, {"past": "1"}, {"saved": known.jobs[0]}],
    "cypher.run": each("jobs"),
    "cypher.progress": each("jobs"),
    "cypher.history": once(),
    "saved.table": once(),
    "saved.one": each("jobs"),
    "saved.export": once(),
    "exports.exposure": lambda known: [
        *({"id": entity, "depth": "1"} for entity in known.entities[::3]),
        *({"lead": entity} for entity in known.entities[::3]),
    ],
    "exports.table": once(),
    "exports.new": lambda known: [{}, {"id": known.entities[0], "depth": "1"}],
}


def canvas(known: Known) -> Values:
    """A state of the canvas that names everything in the case."""
    return {
        "asked": [["id", known.entities[0]], *(["add", entity] for entity in known.entities[1:])],
        "arranged": {entity: [10 * place, 5] for place, entity in enumerate(known.entities)},
        "pinned": list(known.entities[:3]),
        "look": {"seen": list(known.words)},
    }


def _adding(known: Known, subject: str, do: str, **more: str) -> Values:
    """The form of a report: one person directed another."""
    claim = {"c1.subject_id": subject, "c1.relation": "DIRECTED", "c1.object_id": known.entities[-1]}
    return {"token": "0" * 32, "s.kind": "intelligence", "claim": "c1", **claim, "do": do, **more}


_HOLD = {"kind": "investigation", "owner": "DI Marsh", "reason": REASON, "review_on": "2999-01-01"}
# Values of POST requests, in the order they are made; the last one signs out.
FORMS: dict[str, Entry] = {
    "signin.enter": once(name="nobody", password="not the password", purpose="none"),
    "account.choose": once(link="x", new="a new password", again="a new password"),
    "account.password": once(old="not the password", new="a new password", again="a new password"),
    "account.confirm": once(code="000000"),
    "account.remove": once(code="000000"),
    "people.add": once(name="mallory", role="administrator"),
    "people.link": each("accounts", "name"),
    "people.change": lambda known: [
        {"what": "grant", "name": known.accounts[0], "case": known.case, "handling": "C"},
        {"what": "roles", "name": known.accounts[0], "role": "administrator"},
        {"what": "no-such", "name": known.accounts[0]},
    ],
    "leads.review": lambda known: [{"id": entity, "judgement": "park", "reason": REASON} for entity in known.entities],
    "leads.question": lambda known: [
        {"id": entity, "claim": claim} for entity in known.entities for claim in known.claims[:9]
    ],
    "log.verify": once(),
    # Everything in the case is new since that date.
    "waiting.seen": once(at="2020-01-01T00:00:00", version="0"),
    "reveals.ask": each("pseudonyms", reason=REASON),
    "reveals.decide": lambda known: [
        {"id": request, "answer": answer} for request in known.requests for answer in ("agree", "refuse")
    ],
    "reveals.opened": each("requests"),
    "reveals.end": each("requests"),
    "holds.add": lambda known: [{"person": entity, **_HOLD} for entity in known.entities[:4]],
    "holds.release": once(id="x"),
    "search.known": lambda known: [{"what": name} for name in (*known.entities[:3], "Nobody At All")],
    "sealing.ask": once(id="no-such-person", reason=REASON),
    "sealing.share": once(do="declare", other="no-such-case", reason=REASON),
    "sealing.accounts": once(do="hold", delivery="1"),
    "sealing.protect": once(to="marked", reason=REASON),
    "sealing.decide": once(id="no-such-request", answer="refuse"),
    "groups.decide": lambda known: [
        {"one": pseudonym, "other": NOWHERE, "kind": "independent", "reason": REASON} for pseudonym in known.pseudonyms
    ],
    "groups.end": each("jobs", reason=REASON),
    "erasures.ask": once(id="no-such-person", reason=REASON),
    "erasures.decide": lambda known: [
        {"id": request, "answer": answer} for request in known.requests for answer in ("agree", "refuse")
    ],
    "load.receive": once(),
    "load.take_demo": once(),
    "surges.load": once(name="x"),
    "surges.remove": once(name="no-such-series"),
    "load.chart": each("uploads", "upload", entity="Lorry", entity_as="vehicle", id="S7", handling="P"),
    "load.confirm": each("uploads", "upload"),
    "load.cancel": each("uploads", "upload"),
    "load.stop": each("jobs"),
    "load.undo": once(delivery="9"),
    "adding.send": lambda known: [
        *(
            _adding(known, subject, do)
            for subject in known.entities[::3]
            for do in ("check", "claim", "new:people:c1.object_id")
        ),
        *(_adding(known, known.entities[0], "check", of=statement, reason=REASON) for statement in known.statements),
        _adding(known, known.entities[0], "add", token="x"),
    ],
    "cypher.send": lambda known: [
        {"text": f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n", "do": do} for do in ("check", "run", "save")
    ],
    "cypher.cancel": each("jobs"),
    "saved.rename": each("jobs", name="x"),
    "saved.share": each("jobs", shared="yes"),
    "saved.delete": each("jobs"),
    "saved.receive": once(),
    "saved.bring": once(file="{}"),
    "exports.choose": lambda known: (
        [
            {
                "id": entity,
                "depth": "1",
                "only": list(known.entities),
                "form": "pdf",
                "arranged": f'{{"{entity}": [1, 2]}}',
            }
            for entity in known.entities[::3]
        ]
        + [{"id": known.entities[0], "depth": "1", "inside": list(known.entities), "passing": "[]"}]
    ),
    "exports.preview": lambda known: [
        {"id": entity, "depth": "1", "recipient": "Europol", "handling": handling, "form": "pdf"}
        for entity in known.entities[::3]
        for handling in ("", "P", "C")
    ],
    "exports.make": lambda known: [{"id": known.entities[0], "recipient": "Europol", "reason": REASON, "ask": "yes"}],
    "exports.fetch": each("requests"),
    "exports.decide": lambda known: [
        {"id": request, "answer": answer} for request in known.requests for answer in ("agree", "refuse")
    ],
    "exports.recalled": each("requests"),
    "pictures.save": lambda known: [
        {"state": json.dumps(canvas(known)), "name": "everybody", "notes": "x", "shared": "yes"},
        *({"state": json.dumps(canvas(known)), "id": job, "base": "1"} for job in known.jobs),
    ],
    "pictures.restore": each("jobs", version="1"),
    "pictures.rename": each("jobs", name="x", notes="x"),
    "pictures.share": each("jobs", shared="yes"),
    "pictures.delete": each("jobs"),
    "pictures.keep_draft": lambda known: [
        {"state": json.dumps(canvas(known)), "sitting": "sitting1"},
        *({"state": json.dumps(canvas(known)), "sitting": "sitting2", "picture": job} for job in known.jobs),
    ],
    "pictures.forget": once(sitting="sitting2"),
    "comments.add": lambda known: [
        {"text": "said", **about} for about in (*({"id": entity} for entity in known.entities), *_links(known))
    ],
    "comments.take_back": each("jobs", "comment"),
    "account.begin": once(),
    "account.end_others": once(),
    "signin.leave": once(),
}


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        endpoint: that of the page, also for its JSON twin. of_case: whether its rule has a case.
        turn: 0 or 1 where a page and its twin are requested with the same several values; None where there is no twin
            or only one set of values. The calls of one turn cover every rule, and each set of values once.
    """

    endpoint: str
    method: str
    address: str
    form: tuple[tuple[str, str], ...] = ()
    of_case: bool = False
    turn: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """The whole response as one text."""
        return "\n".join([str(self.status), *map(": ".join, self.headers), self.body.decode("utf-8", "replace")])


def find_unwalked(app: Flask) -> set[str]:
    """Rules of the app without an entry, and entries without a rule."""
    walked = {("GET", name) for name in PAGES} | {("POST", name) for name in FORMS}
    routed = {
        (method, rule.endpoint.removesuffix(TWIN))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return {" ".join(pair) for pair in routed ^ walked}


def calls(app: Flask, known: Known, *methods: str, turn: int | None = None) -> Iterator[Call]:
    """Requests for every rule of the app with all its values, GET first; `turn` (0 or 1) selects some (`Call.turn`)."""
    return (call for call in _calls(app, known, methods) if turn is None or call.turn in (None, turn))


def _calls(app: Flask, known: Known, methods: Collection[str]) -> Iterator[Call]:
    adapter = app.url_map.bind("localhost")
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for method, table in (("GET", PAGES), ("POST", FORMS)):
        if methods and method not in methods:
            continue
        for name, entry in table.items():
            for endpoint in (name, name + TWIN):
                rule = rules.get(endpoint)
                if rule is None or method not in (rule.methods or ()):
                    continue
                twofold = {name, name + TWIN} <= rules.keys()
                askings = list(entry(known))
                for number, values in enumerate(askings):
                    turn = (number + (endpoint != name)) % 2 if twofold and len(askings) > 1 else None
                    arguments = {"case": known.case} | values if "case" in rule.arguments else values
                    form: Values = {}
                    if method == "POST":
                        form = {key: value for key, value in arguments.items() if key not in rule.arguments}
                        arguments = {key: value for key, value in arguments.items() if key in rule.arguments}
                    address = adapter.build(endpoint, arguments, method=method)
                    yield Call(name, method, address, tuple(sorted(form.items())), "case" in rule.arguments, turn)


# Values that differ between any two requests: the token of a form, and the session cookie.
_TOKENS = (
    re.compile(rb'name="csrf[-_]token" (?:value|content)="[^"]+"'),
    re.compile(rb'content="[^"]+" name="csrf[-_]token"'),
)
# Ids of jobs, uploads and holds, which are random each time.
RANDOM = re.compile(r"\b[0-9a-f]{32}\b")
_PRINTED = re.compile(r"\d{1,2} \w+ \d{4}, \d\d:\d\d UTC")
_RANDOM_BYTES = re.compile(RANDOM.pattern.encode())
# Only files without data have Date and Expires headers: all other responses say no-store.
_DIFFERS = {"Set-Cookie": re.compile(r"=[^;]*"), "Expires": re.compile(r".*"), "Date": re.compile(r".*")}


@lru_cache(maxsize=256)
def paper(content: bytes) -> str:
    """Text of a PDF without the time of printing. The cache saves reading the same PDF twice."""
    pages = PdfReader(io.BytesIO(content)).pages
    return _PRINTED.sub("", " ".join(" ".join(page.extract_text() for page in pages).split()))


def ask(client: FlaskClient, call: Call, **more: Any) -> Answer:
    """Make a request and remove what differs between any two requests; random ids become `ID`."""
    with client.open(call.address, method=call.method, data=dict(call.form) or None, **more) as answer:
        body = answer.get_data()
        headers = [
            (name, _DIFFERS[name].sub("", value, count=1) if name in _DIFFERS else value)
            for name, value in answer.headers
        ]
    if body.startswith(b"%PDF"):
        body = paper(body).encode()
        headers = [(name, value) for name, value in headers if name != "Content-Length"]
    cut = body
    for pattern in _TOKENS:
        cut = pattern.sub(b"", cut)
    # The token contains its signing time, so its length can vary by a letter.
    if cut != body:
        headers = [(name, value) for name, value in headers if name != "Content-Length"]
    plain = tuple((name, RANDOM.sub("ID", value)) for name, value in headers)
    return Answer(answer.status_code, plain, _RANDOM_BYTES.sub(b"ID", cut))


_LINK = re.compile(rb'(?:href|action|data-address|data-page|data-twin)="(/[^"#]*)')


def walk(client: FlaskClient, known: Known, of_a_kind: int = 2) -> dict[str, Answer]:
    """Request every address of the map, then every linked address; only the first few of each kind of link."""
    answers: dict[str, Answer] = {}
    adapter = client.application.url_map.bind("localhost")
    queue: deque[str] = deque()
    met: dict[str, int] = {}

    def take(call: Call) -> None:
        answer = answers[RANDOM.sub("ID", call.address)] = ask(client, call)
        if answer.status in (302, 303):
            queue.append(dict(answer.headers)["Location"])
        queue.extend(unescape(link.decode()) for link in _LINK.findall(answer.body))

    for call in calls(client.application, known, "GET"):
        take(call)
    while queue:
        address = queue.popleft()
        parts = urlsplit(address)
        kind = (
            parts.path + "?" + "&".join(sorted({parameter.partition("=")[0] for parameter in parts.query.split("&")}))
        )
        if RANDOM.sub("ID", address) in answers or met.get(kind, 0) >= of_a_kind:
            continue
        met[kind] = met.get(kind, 0) + 1
        try:
            endpoint = str(adapter.match(parts.path)[0])
        except (MethodNotAllowed, NotFound):
            continue  # the target of a form
        take(Call(endpoint.removesuffix(TWIN), "GET", address))
    return answers
