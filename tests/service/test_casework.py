"""Loading, undo and recovery on a real server."""

from __future__ import annotations

import copy
import csv
import dataclasses
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import neo4j
import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, CancelledError, GraphsvcError, NotFound, Refused, RequestError
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.service import Service, Session, quiet
from graphsvc.store.bolt import Store
from graphsvc.store.image import Image, difference, read_image, writing_mark
from graphsvc.store.image import write as write_image
from graphsvc.store.server.local import LocalServer
from tests.pseudonyms import without_pseudonyms

pytestmark = pytest.mark.neo4j
Rows = list[dict[str, str]]


def write(folder: Path, **files: Rows) -> Path:
    folder.mkdir(parents=True)
    for name in ("people", "links"):
        files.setdefault(name, [])
    headers = {
        "people": ["id", "name", "category", "notes"],
        "links": ["id", "subject_id", "relation", "object_id", "statement_id", "polarity"],
    }
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            columns = headers.get(name) or list(rows[0])
            writer = csv.DictWriter(file, list(dict.fromkeys([*columns, *(key for row in rows for key in row)])))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def claim_row(subject: str, relation: str, target: str, statement: str, **values: str) -> dict[str, str]:
    return {
        "subject_id": subject,
        "relation": relation,
        "object_id": target,
        "statement_id": statement,
        **values,
    }


@pytest.fixture
def session(service: Service, case: str) -> Session:
    return service.session(accounts.only_account(service.database, ""), "testing", case)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two people seen together; one of them is the witness."""
    return write(
        tmp_path / "small",
        people=[{"id": "P1", "name": "Ari Berg"}, {"id": "P2", "name": "Wit Ness", "notes": "knows Ari Berg"}],
        statements=[
            {"id": "S1", "kind": "witness", "source_id": "P2", "handling": "P", "summary": "Wit  NESS saw Ari Berg"}
        ],
        links=[claim_row("P1", "TRANSPORTED", "P2", "S1", object_as_said="Wit")],
    )


def image(service: Service, case: str) -> Image:
    return read_image(service.store(), case)


def test_a_sealed_person_is_in_the_graph_by_pseudonym_alone(
    service: Service, session: Session, case: str, small: Path
) -> None:
    loaded = session.deliveries.load(small, quiet, identities=True)
    case_image = image(service, case)
    (pseudonym,) = loaded.names
    assert loaded.names[pseudonym] == "P2 Wit Ness"
    assert set(case_image.nodes["Person"]) == {"P1", pseudonym}
    everything = str((case_image.nodes, case_image.claims, case_image.links, case_image.given))
    assert "Ari Berg" in everything
    assert "P2" not in without_pseudonyms(everything)
    assert "Ness" not in everything
    assert "NESS" not in everything
    assert case_image.nodes["Statement"]["S1"]["summary"] == "[withheld]"
    (source,) = case_image.nodes["Source"]
    assert source != pseudonym


def test_nothing_of_a_sealed_person_lies_readable_in_the_application_database(
    service: Service, session: Session, small: Path
) -> None:
    session.deliveries.load(small, quiet)
    with transaction(service.database) as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                assert b"Wit" not in str(tuple(row)).encode()
    for path in service.settings.home.rglob("*"):
        if path.is_file():
            assert b"Wit Ness" not in path.read_bytes(), path


def test_loading_twice_changes_nothing_and_says_which_delivery_it_repeats(
    service: Service, session: Session, case: str, small: Path
) -> None:
    session.deliveries.load(small, quiet)
    before = image(service, case)
    again = session.deliveries.load(small, quiet)
    assert (again.delivery, again.same_as, again.committed) == (None, 1, False)
    assert image(service, case) == before
    assert len(session.deliveries.list_deliveries()) == 1


def test_a_dry_run_and_a_strict_load_with_a_rejection_commit_nothing(
    service: Service, session: Session, case: str, tmp_path: Path, small: Path
) -> None:
    assert session.deliveries.load(small, quiet, dry_run=True).counts["people"]["added"] == 2
    assert image(service, case).size() == 0
    assert session.cases() == []
    broken = write(
        tmp_path / "broken", people=[{"id": "P1", "category": "suspect"}], links=[claim_row("P1", "PAID", "P9", "S1")]
    )
    strict = session.deliveries.load(broken, quiet, strict=True)
    assert not strict.committed
    assert newest_load(service, case) == ("released", 0)
    assert len(strict.rejections) == 1
    assert image(service, case).size() == 0
    assert session.deliveries.load(broken, quiet).committed
    assert newest_load(service, case) == ("released, delivery 1", 1)
    assert set(image(service, case).nodes["Person"]) == {"P1"}


def newest_load(service: Service, case: str) -> tuple[str, int]:
    """The outcome and rows of the newest load of a case, from the log."""
    line = audit.lines(service.database, newest=1, sought=audit.Sought(case=case, action="load"))[0]
    return line["outcome"], line["rows"]


def test_an_undone_delivery_is_gone_and_cannot_be_undone_again(
    service: Service, session: Session, case: str, small: Path
) -> None:
    session.deliveries.load(small, quiet)
    session.deliveries.undo(1, quiet)
    assert image(service, case).size() == 0
    with transaction(service.database) as connection:
        assert connection.execute(sa.select(tables.identities)).all() == []
        assert connection.execute(sa.select(tables.deliveries.c.rows_sealed)).scalar() is None
    with pytest.raises(NotFound, match="no delivery 1"):
        session.deliveries.undo(1, quiet)


@pytest.mark.parametrize(
    "line",
    [
        "L2,P1,RELATED_TO,P2,S1,,08/05/2020",  # not a date
        "L2,P1,RELATED_TO,P2,S1,asserted,2020-05-08",  # no polarity
        "L1,P1,RELATED_TO,P2,S1,,2020-05-08",  # the id of another row
        ",P1,RELATED_TO,P2,S1,,08/05/2020",
        "L2,P1,RELATED_TO,P2,S1,,2020-05-08,one cell too many",
        ",P1,RELATED_TO,P22,S1,,2020-05-08",  # there is no such person
    ],
)
def test_a_claim_whose_correction_holds_a_mistake_stays_as_it_was_loaded(
    session: Session, tmp_path: Path, line: str
) -> None:
    people = [{"id": "P1", "name": "Ari Berg"}, {"id": "P2", "name": "Bo Quist"}]
    statements = [{"id": "S1", "kind": "record", "handling": "P"}]
    first, second = (
        claim_row("P1", "PAID", "P2", "S1", id="L1"),
        claim_row("P1", "RELATED_TO", "P2", "S1", from_date="2020-05-07"),
    )
    second |= {"id": "L2"} if line.startswith("L") else {}
    session.deliveries.load(write(tmp_path / "other", people=[{"id": "P9", "name": "Nel Oz"}]), quiet)
    loaded = write(tmp_path / "first", people=people, statements=statements, links=[first, second])
    session.deliveries.load(loaded, quiet)
    again = write(tmp_path / "again", people=people, statements=statements, links=[first | {"from_date": ""}])
    with (again / "links.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\r\n")
    counts = session.deliveries.load(again, quiet).counts["links"]
    assert (counts["rejected"], counts["superseded"]) == (1, 0)
    assert statuses(session) == {"PAID": "active", "RELATED_TO": "active"}
    session.deliveries.undo(1, quiet)
    assert statuses(session) == {"PAID": "active", "RELATED_TO": "active"}
    left_out = write(tmp_path / "left out", people=people, statements=statements, links=[first])
    assert session.deliveries.load(left_out, quiet).counts["links"]["superseded"] == 1


def statuses(session: Session) -> dict[str, str]:
    """Relation → status of its claim in the statement S1."""
    casework = session.ask.home.casework
    state = casework.replay.now(session.case, casework.register.key(session.case, create=False))
    return {row.values["relation"]: row.status for row in state.claims.values()}


def test_an_undo_says_which_rows_leave_with_its_statements(session: Session, tmp_path: Path) -> None:
    people = [{"id": "P1", "name": "Ari Berg", "category": "suspect"}, {"id": "P2", "category": "suspect"}]
    statements = [{"id": "S1", "kind": "record", "handling": "P"}]
    links = [
        claim_row("P1", relation, target, "S1")
        for relation, target in (("PAID", "P2"), ("DIRECTED", "P2"), ("PAID", "P9"))
    ]
    session.deliveries.load(write(tmp_path / "people", people=people), quiet)
    session.deliveries.load(write(tmp_path / "statements", statements=statements), quiet, partial=True)
    session.deliveries.load(write(tmp_path / "links", links=links), quiet, partial=True)
    (note,) = session.deliveries.undoing(2)
    assert note.startswith(
        "2 rows of delivery 3 belong to statements of this delivery alone, and leave the case with it."
    )
    assert note.endswith("does not bring them back: load that delivery again after it.")
    assert session.deliveries.undoing(1) == session.deliveries.undoing(3) == []
    session.deliveries.undo(1, quiet)
    assert len(statuses(session)) == 2


def test_cancelling_takes_back_what_had_been_written(at_server: Any, case: str, tmp_path: Path, small: Path) -> None:
    with Service(at_server(batch_rows=1)) as service:
        session = service.session(accounts.only_account(service.database, ""), "testing", case)
        session.deliveries.load(small, quiet)
        before = image(service, case)
        more = write(tmp_path / "more", people=[{"id": f"N{number}", "name": "New"} for number in range(20)])

        def stop_in_the_middle(done: int, _total: int, text: str) -> None:
            if text == "writing to the graph" and done >= 10:
                raise CancelledError("enough")

        with pytest.raises(CancelledError):
            session.deliveries.load(more, stop_in_the_middle)
        assert image(service, case) == before
        assert [row["number"] for row in session.deliveries.list_deliveries()] == [1]
        assert session.cases()[0].state == "open"


def test_a_case_being_loaded_is_closed_to_readers_and_to_other_loaders(
    service: Service, session: Session, small: Path
) -> None:
    session.deliveries.load(small, quiet)
    seen: list[str] = []

    def look(_done: int, _total: int, text: str) -> None:
        if text == "writing to the graph" and not seen:
            for act in (session.network.entities.counts, lambda: session.deliveries.undo(1, quiet)):
                with pytest.raises(Busy) as caught:
                    act()
                seen.append(str(caught.value))

    session.deliveries.undo(1, quiet)
    session.deliveries.load(small, look)
    assert len(seen) == 2
    assert session.network.entities.counts() == {"person": 2}


def test_readers_go_on_with_the_case_as_it_was_until_a_delivery_is_written(
    service: Service, session: Session, case: str, small: Path, tmp_path: Path
) -> None:
    """Readers see the old case while a delivery is read, checked and compared with the graph, and then the new one."""
    session.deliveries.load(small, quiet)
    more = write(tmp_path / "more", people=[{"id": "P3", "name": "New Comer"}])
    reader = service.session(session.principal, "reading", case)
    stages: list[str] = []

    def look(_done: int, _total: int, text: str) -> None:
        if text not in (*stages, "written"):
            stages.append(text)
            if text == "writing to the graph":
                with pytest.raises(Busy):
                    reader.network.entities.counts()
            else:
                assert reader.network.entities.counts() == {"person": 2}, text

    session.deliveries.load(more, look)
    read, checked, compared, written = (
        "reading what is loaded already", "checking the delivery against it", "comparing with the graph", "writing to the graph",
    )  # fmt: skip
    assert stages[-4:] == [read, checked, compared, written]
    assert reader.network.entities.counts() == {"person": 3}


def test_loading_takes_clearance_for_the_whole_case(service: Service, case: str, small: Path) -> None:
    accounts.add(service.database, "pat", ["analyst"], {case: Grant("P")})
    pat = next(principal for principal in accounts.list_accounts(service.database) if principal.name == "pat")
    with pytest.raises(Refused, match="handling code C"):
        service.session(pat, "testing", case).deliveries.load(small, quiet)


@pytest.mark.parametrize("name", ["", " x", "a/b", "*", "x" * 101, "a\nb"])
def test_a_case_needs_a_plain_name(service: Service, name: str, small: Path) -> None:
    principal = accounts.only_account(service.database, "")
    with pytest.raises(RequestError):
        service.session(principal, "testing", name).deliveries.load(small, quiet)


# -- random sequences of deliveries and undos ---------------------------------------------------------------------


STATED = ["S1", "S2", "S3", "S4"]
HIDDEN = ("P0", "P1")
UNDER_C = ("P5",)


def random_delivery(rng: random.Random, folder: Path, *, full: bool = False) -> Path:
    """A few people, statements and claims from a small pool, so that deliveries overlap and contradict.

    A `full` delivery has all of the people, and statements of several witnesses. It is never undone: rows that
    arrive about these people with later statements are set aside for good. Two people are sealed and the others named,
    whatever is undone. Rows that may come under C state their code. Otherwise the case as it was when they arrived would
    decide it, and that code stays even if what decided it is undone (`graphsvc.ingest.codes`).
    """
    pool = [f"P{number}" for number in range(6)]
    chosen = rng.sample(pool, len(pool) if full else rng.randint(0, 6))
    statements: Rows = [
        {
            "id": name,
            "kind": "witness" if full else rng.choice(["witness", "witness", "record", "intelligence"]),
            "source_id": pool[STATED.index(name)] if full else rng.choice(pool),
            "handling": rng.choice("PC"),
            "interpreter_id": rng.choice(["", rng.choice(pool)]),
            "status": rng.choice(["", "", "withdrawn"]),
        }
        for name in rng.sample(STATED, len(STATED) if full else rng.randint(1, 3))
    ]
    mentioned = {name for row in statements for name in (row["source_id"], row["interpreter_id"]) if name}
    people: Rows = [
        {
            "id": name,
            "name": rng.choice(["Ada Low", "Bo Quist", ""]),
            "category": rng.choice(["", "witness"]) if name in HIDDEN else rng.choice(["suspect;witness", "suspect"]),
            "sealed": "yes" if name in HIDDEN else "",
            "handling": "C" if name in UNDER_C else "P",
        }
        for name in [*chosen, *sorted(mentioned - {*chosen})]
    ]
    links: Rows = [
        claim_row(
            rng.choice(pool),
            rng.choice(["PAID", "DIRECTED", "RELATED_TO", "X_KNEW"]),
            rng.choice(pool),
            rng.choice(STATED),
            id=rng.choice(["", "", "L1", "L2"]),
            polarity=rng.choice(["", "", "denies"]),
        )
        for _ in range(rng.randint(4, 20))
    ]
    for link in links:
        link["handling"] = "" if {*UNDER_C}.isdisjoint({link["subject_id"], link["object_id"]}) else "C"
    if not full and rng.random() < 0.4:
        return write(folder, people=people)
    return write(folder, people=people, statements=statements, links=links)


def twin_case(service: Service, case: str, twin: str) -> None:
    """Make a case with the same key, so that pseudonyms and claim ids can be compared."""
    with transaction(service.database) as connection:
        row = connection.execute(sa.select(tables.cases).where(tables.cases.c.id == case)).one()
        key = service.vault.key(row.key_sealed, f"case {case}")
        sealed = service.vault.wrap(key, f"case {twin}")
        connection.execute(tables.cases.insert().values(id=twin, key_sealed=sealed, created_at=row.created_at))


@pytest.mark.parametrize("seed", range(12))
def test_after_undos_a_case_equals_its_remaining_deliveries_loaded_in_order(
    service: Service, session: Session, case: str, tmp_path: Path, seed: int
) -> None:
    hold_a_sequence_against_its_deliveries_in_order(service, session, case, tmp_path, seed)


def hold_a_sequence_against_its_deliveries_in_order(
    service: Service, session: Session, case: str, tmp_path: Path, seed: int
) -> None:
    """Deliver and undo at random, then load the remaining deliveries in order into a twin. Both must be equal."""
    rng = random.Random(seed)
    twin = f"{case}-twin"
    loaded: dict[int, tuple[Path, bool]] = {}
    for step in range(7):
        if loaded:
            overrule_at_random(service, session, rng)
        if len(loaded) > 1 and rng.random() < 0.3:
            number = rng.choice(sorted(loaded)[1:])
            session.deliveries.undo(number, quiet)
            del loaded[number]
        else:
            folder, partial = random_delivery(rng, tmp_path / str(step), full=step == 0), rng.random() < 0.3
            result = session.deliveries.load(folder, quiet, partial=partial, other_names=True)
            if result.delivery is not None:
                loaded[result.delivery] = (folder, partial)
    twin_case(service, case, twin)
    twin_pairings(service, case, twin)
    twin_session = session.at(twin)
    for number in sorted(loaded):
        folder, partial = loaded[number]
        twin_session.deliveries.load(folder, quiet, partial=partial, other_names=True)
    actual, expected = image(service, case), image(service, twin)
    assert actual.nodes == expected.nodes
    assert actual.claims == expected.claims
    assert actual.given == expected.given
    assert actual.links == expected.links
    assert identities(service, case) == identities(service, twin)
    for level in ("all", "p"):
        assert service.register.dependence(case, level) == service.register.dependence(twin, level)
        assert service.register.shared_things(case, level) == service.register.shared_things(twin, level)


def overrule_at_random(service: Service, session: Session, rng: random.Random) -> None:
    """Decide whether two sources of the case depend on each other, or end such a decision."""
    lasting = [pairing for pairing in session.leads.groups.pairings() if pairing.ended_at is None]
    if lasting and rng.random() < 0.3:
        session.leads.groups.end(rng.choice(lasting).id, "not so after all", quiet)
        return
    known = sorted(source for group in session.leads.groups.of() for source in group.sources)
    if len(known) > 1:
        with suppress(RequestError):  # already decided, or one of them speaks only under C
            kind, handling = rng.choice(["independent", "dependent"]), rng.choice(["P", "C"])
            first, second = rng.sample(known, 2)
            session.leads.groups.decide(first, second, kind, "they say so", quiet, handling)


def twin_pairings(service: Service, case: str, twin: str) -> None:
    """Repeat the lasting decisions of a case in its twin, from the beginning."""
    key = service.register.key(case, create=False)
    for pairing in service.pairs.lasting(case, key):
        service.pairs.decide(
            twin, key, pairing.pair, pairing.kind, pairing.handling, pairing.reason, pairing.by, "loading"
        )
    with transaction(service.database) as connection:
        connection.execute(tables.cases.update().where(tables.cases.c.id == twin).values(state="open"))


def identities(service: Service, case: str) -> Mapping[str, Any]:
    return dict(service.register.identities(case))


# -- kills --------------------------------------------------------------------------------------------------------


@pytest.fixture
def invented_folder(tmp_path: Path) -> Path:
    from graphsvc.simulate import simulate

    simulate(tmp_path / "invented", seed=5, people=40)
    return tmp_path / "invented"


@pytest.mark.slow(reason="takes many random sequences of deliveries")
def test_killed_at_any_moment_a_load_is_completed_by_the_next_start(
    at_server: Any, case: str, invented_folder: Path, tmp_path: Path
) -> None:
    settings: Settings = at_server(batch_rows=20)
    with Service(settings) as service:
        principal = accounts.only_account(service.database, "")
        service.session(principal, "testing", case).deliveries.load(invented_folder, quiet)
        whole = image(service, case)
        everything = count_elements(service, case)
        service.session(principal, "testing", case).deliveries.undo(1, quiet)
    rng = random.Random(1)
    half_written = 0
    for sixth in range(6):
        kill_a_load(settings, case, invented_folder, when_written=everything * (sixth + rng.random()) / 6)
        with Service(settings) as service:
            left = image(service, case)
            half_written += 0 < left.size() < whole.size()
            service.recover()
            session = service.session(accounts.only_account(service.database, ""), "testing", case)
            session.deliveries.load(invented_folder, quiet)
            assert image(service, case) == whole
            assert session.cases()[0].state == "open"
            (number,) = [row["number"] for row in session.deliveries.list_deliveries() if row["status"] == "active"]
            session.deliveries.undo(number, quiet)
            assert image(service, case).size() == 0
    assert half_written, "no kill met a load in the middle of writing"


def count_elements(service: Service, case: str) -> int:
    """The number of nodes and relationships of a case."""
    text = "MATCH (n {case: $case}) RETURN count(n) + sum(COUNT { (n)-->() })"
    ((count,),) = service.store().read(text, {"case": case}, timeout=30, cap=1).rows
    return int(count)


def kill_a_load(settings: Settings, case: str, folder: Path, when_written: float) -> None:
    """Start a load in another process; kill it when it has written enough nodes and relationships, or has ended."""
    environ = os.environ | {
        "GRAPHSVC_HOME": str(settings.home),
        "NEO4J_URI": settings.neo4j_uri,
        "NEO4J_PASSWORD": settings.neo4j_password,
        "GRAPHSVC_BATCH_ROWS": str(settings.batch_rows),
        "GRAPHSVC_NAMED": settings.named,  # the load may finish before the kill
        "GRAPHSVC_DATABASE_URL": settings.database_url,
    }
    with (
        Service(settings) as service,
        subprocess.Popen(
            [sys.executable, "-m", "graphsvc", "load", str(folder), "--case", case],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        while process.poll() is None and count_elements(service, case) < when_written:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)


def test_what_a_killed_process_left_running_is_ended_before_its_case_is_completed(
    service: Service, session: Session, case: str, small: Path, neo4j_server: LocalServer
) -> None:
    """The killed process's transaction waits at the server for a lock. Left alone, it would write after completion."""
    session.deliveries.load(small, quiet)
    before = image(service, case)
    late = copy.deepcopy(before)
    late.nodes["Person"]["P1"]["name"] = "Late"
    killed = Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    holder = neo4j.GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.username, neo4j_server.password))
    ended: list[Exception] = []

    def write_late() -> None:
        try:
            write_image(killed, case, difference(before, late), 100, quiet)
        except GraphsvcError as error:
            ended.append(error)

    with holder, holder.session(database="neo4j") as neo4j_session:
        lock = neo4j_session.begin_transaction()
        lock.run("MATCH (p:Person {case: $case, id: 'P1'}) SET p.locked = true", case=case).consume()
        thread = threading.Thread(target=write_late)
        thread.start()
        mark = writing_mark(case)
        until = time.monotonic() + 30
        while not service.store().transactions(mark) and time.monotonic() < until:
            time.sleep(0.01)
        with transaction(service.database) as connection:
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))
        assert service.recover() == [case]
        assert service.store().transactions(mark) == []
        lock.rollback()
        thread.join(60)
    killed.close()
    assert ended
    assert image(service, case) == before


# -- the table of weights -----------------------------------------------------------------------------------------


def test_another_table_of_weights_closes_a_case_until_its_figures_are_computed_anew(
    at_server: Any, case: str, tmp_path: Path, small: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text("".join(f"[{kind}]\nTRANSPORTED = 0.3\n" for kind in STATEMENT_KINDS), "utf-8")
    settings = at_server()
    link = ("P1", "TRANSPORTED")

    def belief(service: Service) -> float:
        (value,) = [figures["belief"] for key, figures in image(service, case).links.items() if key[:2] == link]
        return float(value)

    with Service(settings) as service:
        service.session(accounts.only_account(service.database, ""), "testing", case).deliveries.load(small, quiet)
        shipped = belief(service)
        assert service.recover() == []
        untouched = image(service, case)
    with Service(dataclasses.replace(settings, grading=own)) as service:
        assert belief(service) == shipped
        assert service.recover() == [case]
        assert belief(service) < shipped - 0.1
        assert service.recover() == []
    with Service(settings) as service:
        assert service.recover() == [case]
        assert image(service, case) == untouched
