"""Canaries in pages shown to each role, in the log, in the home's files and in the graph's store on disk.

A service with its own managed store is loaded with the case of `canaries`, asked everything by every role, provoked
into every kind of error with hidden names as input, and stopped. Then everything it produced is searched.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graphsvc.access import vault
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.cases.graph.graphing import build_graph
from graphsvc.cases.graph.standing import Deciding, standings
from graphsvc.config import Settings
from graphsvc.errors import GraphsvcError
from graphsvc.ingest.check import read_case
from graphsvc.ingest.fold import fold
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.state import State
from graphsvc.records.tables import TABLES
from graphsvc.service import Service, Session, command_line, quiet
from graphsvc.service.network.entities import Entities
from graphsvc.store.server import launch, local
from graphsvc.web import create_app
from tests.leaks import calls, canaries, commands, homes, invented, pages
from tests.leaks.canaries import CLASSES, Canaries
from tests.leaks.known import Known, as_text
from tests.toolbox import clock
from tests.toolbox.accounts import find_account, signed_in
from tests.toolbox.cases import send_upload
from tests.toolbox.rows import Tables, write

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="walks everything under ten roles and searches every answer")]
CASE = "canaries"
P, C = Grant("P"), Grant("C")
PS, CS = Grant("P", sources=True), Grant("C", sources=True)
# Role, clearance, and whether commands and every named query are run as well. The other readers share a clearance with
# one of these, and run the queries that only some roles may.
ROLES: dict[str, tuple[str, Grant | None, bool]] = {
    "supervisor": ("supervisor", CS, False),  # comes first: agrees to the reveal that the custodian then opens
    "custodian": ("custodian", CS, True),
    "investigator-p": ("investigator", P, True),
    "investigator-p-sources": ("investigator", PS, False),
    "loader": ("investigator", C, False),
    "analyst": ("analyst", C, True),
    "disclosure": ("disclosure", CS, False),
    "auditor": ("auditor", CS, True),
    "administrator": ("administrator", CS, False),
    "nobody": ("investigator", None, False),
}
CASELESS = {"auditor", "administrator", "nobody"}
REVEALED = "POST /reveals/open"
WAIT_S = 120.0


@dataclass
class Searched:
    """Everything that the service produced.

    Attributes:
        answers: role → (request, answer). errors: status → (request, answer).
        log: the log of the process. home: the home, after the service has stopped.
    """

    canaries: Canaries
    answers: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    errors: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    log: str = ""
    home: Path = Path()
    _seen: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def shown_to(self, role: str) -> dict[str, set[str]]:
        """Label of a canary → requests that showed it to a role. An answer may repeat words of its request."""
        if role not in self._seen:
            requests = self._seen[role] = {}
            for request, answer in self.answers[role]:
                for label in self.canaries.find(answer) - self.canaries.find(request):
                    requests.setdefault(label, set()).add(request)
            for label in self.canaries.find_encoded("".join(answer for _, answer in self.answers[role])):
                requests.setdefault(label, set()).add("as base64")
        return self._seen[role]


def zip_delivery(rows: Tables, folder: Path) -> bytes:
    """A delivery as a browser sends it."""
    write(folder, **rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for table in TABLES.values():
            archive.write(folder / table.file, table.file)
    return out.getvalue()


def ask_everything(service: Service, name: str, known: Known, *, by_command: bool) -> list[tuple[str, str]]:
    """Ask everything a person can, and return the requests and answers.

    Roles with the same view ask one half of the pages as pages and the other as JSON twins; readers with P alone ask
    both.
    """
    app = create_app(service)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    client = signed_in(app, name, "canaries")
    # Only some named queries are requested as pages, because the calls cover all of them.
    fewer = replace(known, queries=dict(list((known.queries or {}).items())[::8]))
    turn = None if ROLES[name][1] in (P, PS) else list(ROLES).index(name) % 2
    answers = [
        (f"{call} {dict(call.form)}", pages.ask(client, call).text)
        for call in pages.calls(app, fewer, "GET", "POST", turn=turn)
    ]
    answers += calls.walk(service.session(find_account(service, name), "canaries", CASE), known).items()
    if by_command:
        link = service.sign_in_link(name, "canaries")
        command_line.command_line_login(
            service, command_line.token_file(service.settings), "", "", "", link, "canaries"
        )
        answers += commands.walk(service.settings, known).items()
        command_line.command_line_logout(service, command_line.token_file(service.settings))
    return answers


def provoke_errors(client: FlaskClient, known: Known, typed: str) -> Iterator[tuple[int, str, str]]:
    """Provoke errors of every kind, with `typed` in every place that takes input."""
    app = client.application
    odd = Known(
        CASE, (typed,), (typed,), ((typed, typed, typed),), (typed,), (typed,), None, (typed,), (typed,), (typed,)
    )
    for call in pages.calls(app, odd, "GET", "POST"):
        if call.endpoint not in ("signin.leave", "account.begin"):
            answer = pages.ask(client, call)
            yield answer.status, f"{call} {call.form}", answer.text
    for method, address in (
        ("GET", f"/{typed}"),
        ("GET", f"/case/{typed}"),
        ("PUT", f"/case/{CASE}/entity?id={typed}"),
        ("GET", f"/case/{CASE}/network?id={typed}&depth={typed}"),
        ("GET", f"/case/{CASE}/leads?sort={typed}"),
        ("GET", f"/case/{CASE}/query?name={typed}&p.{typed}={typed}"),
        ("GET", f"/case/{CASE}/query?name=boats.parts&run=1&p.boats={typed}"),
    ):
        answer = pages.ask(client, pages.Call("", method, address))
        yield answer.status, f"{method} {address}", answer.text
    with pytest.MonkeyPatch.context() as patch:

        def fails(_session: Session, identifier: str, *_range: object) -> None:
            raise ValueError(f"no such thing: {identifier}")

        patch.setattr(Entities, "look", fails)
        answer = pages.ask(client, pages.Call("", "GET", f"/case/{CASE}/entity?id={typed}"))
        yield answer.status, "a fault", answer.text


@pytest.fixture(scope="module")
def search_result(settings: Callable[..., Settings], jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    folder = tmp_path_factory.mktemp("canaries")
    planted, rows = canaries.case(folder / "invented")
    result = Searched(planted)
    with overheard(result), homes.hasty(Service(settings(named="part", snapshot_rows=1))) as service:
        result.home = service.settings.home
        fill(service, result, rows, folder)
    local.stop(service.settings)  # files must be at rest, and complete on disk, before they are searched
    return result


@contextmanager
def overheard(result: Searched) -> Iterator[None]:
    """Collect everything the process logs in the block as the log of the result."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root, driver = logging.getLogger(), logging.getLogger("neo4j")
    levels = root.level, driver.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # At its debug level the driver logs what it sends; the service never sets it (`docs/residual.md`).
    driver.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(levels[0])
        driver.setLevel(levels[1])
    result.log = heard.getvalue()


@pytest.fixture(scope="module")
def import_result(settings: Callable[..., Settings], jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    """The same case in a store made by Neo4j's import tool; the answer is the content of the tool's folder."""
    folder = tmp_path_factory.mktemp("imported")
    planted, rows = canaries.case(folder / "invented")
    write(folder / "sent", **rows)
    result = Searched(planted, {"the tool": []})
    with overheard(result), homes.hasty(Service(settings(named="part", snapshot_rows=1, import_rows=1))) as service:
        result.home = service.settings.home
        accounts.add(service.database, "loader", ["investigator"], {CASE: CS})
        loader = service.session(find_account(service, "loader"), "canaries", CASE)

        def look(_done: int, _total: int, text: str) -> None:
            if text == "Neo4j builds the store" and not result.answers["the tool"]:
                (beside,) = launch.server_home(result.home).glob(f"{launch.IMPORT_PREFIX}*/")
                files = [(path.name, path.read_text("utf-8", "replace")) for path in beside.iterdir() if path.is_file()]
                result.answers["the tool"] += files

        assert loader.deliveries.load(folder / "sent", look).rejections == []
        answer = local.status(service.settings)
        assert answer is not None
        assert answer["renewed"] == 1, "the server went on with the store that the tool made"
        assert loader.leads.ranking().leads
    local.stop(service.settings)
    return result


def fill(service: Service, result: Searched, rows: Tables, folder: Path) -> None:
    """Load the case through the browser, ask everything, provoke errors."""
    planted = result.canaries
    for name, (role, grant, _) in ROLES.items():
        accounts.add(service.database, name, [role], {CASE: grant} if grant else {})
    people = {account.name: account for account in accounts.list_accounts(service.database)}

    def session(name: str) -> Session:
        return service.session(people[name], "canaries", CASE)

    loader = session("loader")
    rejected = {"subject_id": "boss-1", "relation": planted.text("a rejected row", "loader"), "object_id": "aide-1"}
    rows["links"].append(rejected | {"statement_id": "report-p"})
    content = zip_delivery(rows, folder / "sent")
    job = loader.deliveries.job(
        loader.deliveries.uploads.confirm(send_upload(loader, content, f"{planted.texts['name of witness']}.zip")),
        wait_s=WAIT_S,
    )
    assert job.state == "done", job.said
    waiting = send_upload(loader, content, f"{planted.texts['name of victim']}.zip")
    assert len(loader.deliveries.uploads.preview(waiting, quiet).rejections) == 1
    key = service.register.key(CASE, create=False)
    witness = planted.texts["id of witness"]
    pseudonyms = (vault.pseudonym(key, "person", witness), vault.pseudonym(key, "source", witness))
    request = session("custodian").protection.reveals.ask(pseudonyms[0], planted.text("reason of a reveal", "reason"))
    sealed = [vault.pseudonym(key, "person", planted.texts[f"id of {kind}"]) for kind in canaries.SEALED]
    things = [vault.pseudonym(key, "thing", planted.texts[f"id of a thing of {kind}"]) for kind in canaries.SEALED]
    hidden = [f"hidden-{name}" for name in ("boats", "crossings", "gangs", "workplaces", "things")]
    nodes = service.store().read(
        "MATCH (n:Entity {case: $case}) WHERE n.id STARTS WITH 'boat of' OR n.id STARTS WITH 'gang-' RETURN n.id",
        {"case": CASE},
        timeout=30,
        cap=100,
    )
    masked = [row[0] for row in nodes.rows]
    c_person, c_report = planted.texts["id of a C person"], planted.texts["id of a C report"]
    entities = ("boss-1", c_person, planted.texts["interpreter_id"], sealed[0], things[0], *hidden, masked[0])
    queries = {
        query.name: [as_text(parameters) for parameters in invented.arguments(query, rows)][:1]
        for query in service.library.values()
    }
    queries |= {
        name: [{"id": identifier} for identifier in ids]
        for name, ids in {
            "people.one": ("boss-1", sealed[0], c_person),
            "statements.one": ("report-p", "account-p", c_report),
            "entities.claims": ("boss-1",),
            "statements.claims": ("report-p", "account-p"),
        }.items()
    }
    known = Known(
        CASE,
        entities,
        ("report-p", "account-p", c_report),
        (("boss-1", "DIRECTED", "aide-1"), ("boss-1", "PAID", sealed[0]), (c_person, "DIRECTED", "boss-1")),
        ("a", "boss", "S-", "+44"),
        pseudonyms,
        queries,
        (request,),
        (waiting,),
        (job.id,),
        ("loader",),
    )
    # Texts typed by people (a view's name, notes and comments) need source clearance, like that of their author.
    discloser = session("disclosure")
    discloser.network.views.save(
        {"asked": [["id", "boss-1"]], "arranged": {c_person: [0, 0]}},
        planted.text("name of a view", "conditional source"),
        planted.text("notes on a view", "conditional source"),
        shared=True,
    )
    discloser.network.comments.add(["boss-1"], planted.text("a comment", "conditional source"))
    # Only this query shows the sanitised text; no page does.
    few = {
        name: sets
        for name, sets in queries.items()
        if service.library[name].roles or len(sets) > 1 or name == "statements.sanitised"
    }
    for name, (_, _, everything) in ROLES.items():
        asks = known if everything else replace(known, queries=few)
        result.answers[name] = ask_everything(service, name, asks, by_command=everything)
    client = signed_in(create_app(service), "investigator-p", "canaries")
    client.application.config["WTF_CSRF_CHECK_DEFAULT"] = False
    typed = planted.text("what was typed", "typed", "-")
    for text in (typed, planted.texts["name of minor"]):
        for status, request_text, answer in provoke_errors(client, known, text):
            result.errors.setdefault(status, []).append((request_text, answer))
    with pytest.raises(GraphsvcError):
        session("investigator-p").network.entities.look(typed)


# -- the tests -----------------------------------------------------------------------------------------------------


def test_a_canary_is_found_in_every_form(tmp_path: Path) -> None:
    planted = Canaries()
    text = planted.text("one", "vault")
    for form in canaries.forms(text):
        assert planted.find(form) | planted.find_encoded(form) == {"one"}, form
    (tmp_path / "packed.zip").write_bytes(zip_text(text))
    assert planted.in_file(tmp_path / "packed.zip") == {"one"}
    assert planted.find("nothing of it") == set()


def zip_text(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", text * 10)
    return out.getvalue()


def test_every_restricted_property_carries_a_canary(tmp_path: Path) -> None:
    _, rows = canaries.case(tmp_path / "case")
    planted, _ = canaries.case(tmp_path / "again")
    for name, table in TABLES.items():
        for column in table.columns:
            # A yes-or-no word cannot be a canary: test_naming.py compares the pages with either word.
            if column.sensitivity == "open" or (name, column.name) in (
                ("statements", "statement_id"),
                ("people", "age_disputed"),
            ):
                continue
            cells = [row.get(column.name, "") for row in rows[name]]
            assert any(planted.find(cell) for cell in cells), (name, column.name)


def test_the_graph_is_given_nothing_of_the_vault(tmp_path: Path) -> None:
    """Search the content of the graph before it is written."""
    planted, rows = canaries.case(tmp_path / "invented")
    write(tmp_path / "case", **rows)
    state, delivery = State(), read_case(tmp_path / "case", Limits(1 << 26, 100_000))
    assert (delivery.rejections, fold(state, 1, delivery.rows, delivery.columns, partial=False).rejections) == ([], [])
    result = build_graph(
        state, invented.KEY, standings({}, state, Deciding(invented.KEY, clock.MOMENT.date())), few_below=3
    )
    image = result.image
    in_graph = planted.find(repr((image.nodes, image.claims, image.links, image.given)))
    assert in_graph & planted.labels("vault") == set()
    assert planted.labels(*canaries.IN_GRAPH) - in_graph == set()
    # The vault has these canaries; words for a person, and the day they became a witness, stay in the sealed delivery.
    in_vault = planted.find(repr(result.identities))
    missing = {label for label in planted.labels("vault") - in_vault if "words for" not in label}
    assert missing == {"that a suspect is a witness"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_shown_nothing_but_what_is_theirs(search_result: Searched, role: str) -> None:
    _, grant, _ = ROLES[role]
    seen = search_result.shown_to(role)
    if role in CASELESS or grant is None:
        assert seen == {}
        return
    theirs = {label for label, kind in search_result.canaries.classes.items() if CLASSES[kind](grant)}
    # Only the loader sees the preview of the delivery; the asker and the approver see the reason.
    theirs |= search_result.canaries.labels("loader") if role == "loader" else set()
    theirs |= search_result.canaries.labels("reason") if role in ("custodian", "supervisor") else set()
    strange = {label: places for label, places in seen.items() if label not in theirs}
    if role == "custodian":
        revealed = {label for label, places in strange.items() if all(REVEALED in place for place in places)}
        assert {"name of witness", "phone of witness", "birth of witness"} <= revealed
        assert all("of witness" in label or "on witness" in label for label in revealed)
        strange = {label: places for label, places in strange.items() if label not in revealed}
    if role == "loader":
        # Loaders see the name of the file they sent; `jobs` repeats the message about it.
        rooms = ("load", "wait", "uploads", "preview", "jobs ()")
        assert {
            request for request in strange.pop("name of victim", set()) if not any(room in request for room in rooms)
        } == set()
    assert strange == {}


@pytest.mark.parametrize("role", sorted(set(ROLES) - CASELESS))
def test_a_role_is_shown_what_is_theirs(search_result: Searched, role: str) -> None:
    """Ensure that the test above does not pass on pages that show nothing."""
    _, grant, _ = ROLES[role]
    assert grant is not None
    theirs = {label for label, kind in search_result.canaries.classes.items() if CLASSES[kind](grant)}
    assert theirs - set(search_result.shown_to(role)) == set()


@pytest.mark.parametrize("role", sorted(set(ROLES) - CASELESS))
def test_who_interpreted_an_account_is_told_with_source_clearance_alone(search_result: Searched, role: str) -> None:
    _, grant, _ = ROLES[role]
    assert grant is not None
    places = {place for place in search_result.shown_to(role).get("interpreter_id", set()) if "account-p" in place}
    assert bool(places) == grant.sources


def test_errors_of_every_kind_were_provoked(search_result: Searched) -> None:
    assert {400, 401, 403, 404, 405, 500} <= set(search_result.errors)


def test_an_error_tells_nothing_but_what_was_typed(search_result: Searched) -> None:
    for status, pairs in search_result.errors.items():
        for request, answer in pairs:
            labels = search_result.canaries.find(answer) - search_result.canaries.find(request)
            if "/pictures/drafts.json" in request:
                # Readers get only their own drafts, with the text they typed (tests/service/test_pictures.py).
                labels -= {"what was typed"}
            assert labels <= search_result.canaries.labels("open"), (status, request)


def test_an_error_of_the_software_shows_nothing_of_it(search_result: Searched) -> None:
    for request, answer in search_result.errors[500]:
        assert search_result.canaries.find(answer) == set(), request


def test_the_log_of_the_process_holds_none(search_result: Searched) -> None:
    assert "A page failed" in search_result.log
    assert "fails" in search_result.log  # the log says where the page failed
    assert search_result.canaries.find(search_result.log) == set()


def test_what_the_import_tool_reads_is_what_is_in_the_graph(import_result: Searched) -> None:
    assert import_result.answers["the tool"]
    in_graph = set(import_result.shown_to("the tool"))
    assert in_graph - import_result.canaries.labels(*canaries.IN_GRAPH) == set()
    assert import_result.canaries.labels(*canaries.IN_GRAPH) - in_graph == set()


def test_of_an_import_nothing_stays_but_the_store(import_result: Searched) -> None:
    assert list(launch.server_home(import_result.home).glob(f"{launch.IMPORT_PREFIX}*")) == []
    assert import_result.canaries.find(import_result.log) == set()
    search_home(import_result)


def test_the_files_of_the_home_hold_none_but_the_store_what_is_in_the_graph(search_result: Searched) -> None:
    search_home(search_result)


def search_home(search_result: Searched) -> None:
    """Check that no file of a home contains a canary, except the store, which contains those of the graph."""
    in_graph = search_result.canaries.labels(*canaries.IN_GRAPH)
    labels_by_place: dict[str, set[str]] = {}
    files = [path for path in sorted(search_result.home.rglob("*")) if path.is_file()]
    for path in files:
        labels = search_result.canaries.in_file(path)
        if "neo4j" in path.relative_to(search_result.home).parts:
            labels_by_place.setdefault("store", set()).update(labels & in_graph)
            labels -= in_graph
        assert labels == set(), path
    # The search does find canaries that are present.
    assert "notes on a suspect" in labels_by_place["store"]
    assert {"neostore", "graphsvc.sqlite", "log.anchor", "content"} & {path.name for path in files}
    assert len(files) > 20
