"""One case in two services: loaded whole, and loaded without the rows of code C or not at all.

Both services get the same requests under the same case name, from the same accounts, at the same frozen moment and with
the same keys. So answers are compared byte for byte; only the tokens of forms are removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from graphsvc import simulate
from graphsvc.access import vault
from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.service import Service, command_line, quiet
from graphsvc.store.image import read_image
from graphsvc.web import create_app
from tests.leaks import calls, commands, homes, invented, pages
from tests.leaks.invented import KEY
from tests.leaks.known import Known, as_text, known_of
from tests.toolbox import clock
from tests.toolbox.accounts import find_account, signed_in
from tests.toolbox.rows import Tables, write

CASE, OTHER = "dover", "harbour"
READING = ("investigator", "analyst", "disclosure", "custodian", "supervisor")
LOADER = Principal("loader", frozenset({"investigator"}), {"*": Grant("C", sources=True)})
# The readers and their clearances; `outsider` asks for this case, `elsewhere` for its own case. They have
# every role that reads, so that every page is reached.
READERS = {
    "reader": {CASE: Grant("P")},
    "sourced": {CASE: Grant("P", sources=True)},
    "outsider": {OTHER: Grant("C", sources=True)},
    "elsewhere": {OTHER: Grant("C", sources=True)},
}


@dataclass
class Walked:
    """Answers one reader got from one service: kind of request → request → answer."""

    answers: dict[str, dict[str, object]] = field(default_factory=dict)

    def differing(self, counterpart: Walked) -> dict[str, dict[str, tuple[str, str]]]:
        """Kind → request → the two answers, cut to where they differ."""
        differences: dict[str, dict[str, tuple[str, str]]] = {}
        for kind in self.answers.keys() | counterpart.answers.keys():
            mine, theirs = self.answers.get(kind, {}), counterpart.answers.get(kind, {})
            for request in mine.keys() | theirs.keys():
                pair = mine.get(request), theirs.get(request)
                if pair[0] != pair[1]:
                    differences.setdefault(kind, {})[request] = cut_to_difference(*pair)
        return differences


def cut_to_difference(first: object, second: object) -> tuple[str, str]:
    """Two answers, cut to where they differ."""
    texts = [answer.text if isinstance(answer, pages.Answer) else str(answer) for answer in (first, second)]
    place = next((n for n, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]), min(map(len, texts)))
    return texts[0][max(place - 80, 0) : place + 120], texts[1][max(place - 80, 0) : place + 120]


@dataclass(frozen=True)
class Twofold:
    """The two services, and the answers to their readers.

    Attributes:
        whole: service with the whole case. part: service without code C. absent: service without the case.
        walked: (service, reader) → answers; services are `whole`, `part` and `absent`.
        known: the arguments of the walks.
    """

    whole: Service
    known: Known
    rows: Tables
    walked: dict[tuple[str, str], Walked]


def ask_everything(service: Service, name: str, known: Known, *, whole: bool = True) -> Walked:
    """Ask everything a reader can: pages, forms, commands, queries, calls; without `whole` only queries and calls."""
    walked = Walked()
    session = service.session(find_account(service, name), "comparing", known.case)
    walked.answers["queries"] = {
        f"{query} {parameters}": calls.call_result(session, "ask.rows", (query,), parameters)
        for query, parameters in known.runs
    }
    walked.answers["calls"] = dict(calls.walk(session, known))
    if not whole:
        return walked
    link = service.sign_in_link(name, "comparing")
    command_line.command_line_login(service, command_line.token_file(service.settings), "", "", "", link, "comparing")
    walked.answers["commands"] = dict(commands.walk(service.settings, known))
    app = create_app(service)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    client = signed_in(app, name, "comparing")
    walked.answers["pages"] = dict(pages.walk(client, known))
    walked.answers["forms"] = {
        f"{call} {call.form}": pages.ask(client, call) for call in pages.calls(app, known, "POST")
    }
    return walked


def load(service: Service, case: str, rows: Tables, folder: Path) -> None:
    """Load rows into a case whose key exists already."""
    write(folder, **rows)
    service.session(LOADER, "tests", case).deliveries.load(folder, quiet)


@pytest.fixture(scope="module")
def twofold(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twofold]:
    """The two services after every reader's walk. Their shared database holds one state of the case at a time."""
    folder = tmp_path_factory.mktemp("twofold")
    rows = invented.simulate_case(folder / "invented", people=120)
    walked: dict[tuple[str, str], Walked] = {}
    with clock.standing_still(), homes.hasty(Service(at_server(named="part", snapshot_rows=1))) as whole:
        for name, grants in READERS.items():
            accounts.add(whole.database, name, READING, grants)
        simulate.simulate(folder / "other", seed=8, people=40)
        whole.session(LOADER, "tests", OTHER).deliveries.load(folder / "other", quiet)
        absent_home = homes.copy_home(whole, at_server(named="part", snapshot_rows=1))
        wrapped = vault.encrypt(whole.vault._master, KEY, f"case {CASE}")
        with transaction(whole.database) as connection:
            values = {"id": CASE, "key_sealed": wrapped, "created_at": audit.now()}
            connection.execute(tables.cases.insert().values(**values))
        part_home = homes.copy_home(whole, at_server(named="part", snapshot_rows=1))
        load(whole, CASE, rows, folder / "whole")
        image = read_image(whole.store(), CASE)
        queries = {
            query.name: [as_text(parameters) for parameters in invented.arguments(query, rows)][-4::2]
            for query in whole.library.values()
        }
        known = replace(known_of(CASE, KEY, rows, queries, each=2), claims=tuple(sorted(image.claims)[::20]))
        for name in ("reader", "sourced", "outsider"):
            walked["whole", name] = ask_everything(whole, name, known, whole=name != "sourced")
        walked["whole", "elsewhere"] = ask_everything(whole, "elsewhere", Known(OTHER))
        homes.wipe(whole, CASE)
        with homes.hasty(Service(part_home)) as part:
            load(part, CASE, invented.without_c(rows), folder / "part")
            for name in ("reader", "sourced"):
                walked["part", name] = ask_everything(part, name, known, whole=name != "sourced")
            homes.wipe(part, CASE)
        with homes.hasty(Service(absent_home)) as absent:
            walked["absent", "outsider"] = ask_everything(absent, "outsider", known)
            walked["absent", "elsewhere"] = ask_everything(absent, "elsewhere", Known(OTHER))
        yield Twofold(whole, known, rows, walked)
