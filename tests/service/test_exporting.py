"""Sanitised exports on a real server: a small case whose anonymity sets were counted by hand.

W1 to W6 were carried on C1, W1 and V1 to V4 on C2 (the register says so); W1 and W2 worked at K1. The witness W1 spoke
about both boats and K1, the witness W2 said that P1 gave P2 orders.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.errors import Busy, GraphsvcError, InputError, NotFound, Refused, RequestError
from graphsvc.service import PictureRequest, Service, Session, quiet
from graphsvc.service.exports.bundle import verify
from graphsvc.service.exports.exports import Exports
from graphsvc.service.exports.exposure import Wanted
from tests.toolbox.accounts import WHOLE, People, Roles
from tests.toolbox.accounts import people as people_of
from tests.toolbox.rows import texts
from tests.toolbox.two_persons import seal
from tests.views.test_forms import readable_text

pytestmark = pytest.mark.neo4j
PILOTED_1, PILOTED_2 = ("P2", "PILOTED", "C1"), ("P2", "PILOTED", "C2")
WORK = ("P1", "CONTROLS", "K1")
ALL, FIRST, SECOND = (
    Wanted(picture=PictureRequest(ids=("P1", "P2"))),
    Wanted(picture=PictureRequest(ids=("C1",), presence=True)),
    Wanted(picture=PictureRequest(ids=("C2",), presence=True)),
)
POLICE, OTHERS, WHY = "Kent Police", "A charity", "the hearing of 3 June"
CANARY = "Qqcanary"
CARRIED = ("W1", "W2", "W3", "W4", "W5", "W6", "V1", "V2", "V3", "V4")


def write(folder: Path) -> Path:
    sheets = {
        "people": ["id,name,aliases,phones,category,notes", *(
            f"{person},{CANARY} {person}x,{CANARY}alias,+4477009009{number:02},victim,{CANARY} note"
            for number, person in enumerate(CARRIED)
        ), f"P1,Ari Berg,,+447700900200,suspect,seen with {CANARY} W1x", f"P2,Bo Quist of {CANARY} W1x,,,suspect,"],
        "crossings": ["id,date,launch_site,handling", "C1,2020-05-08,Dunkirk,P", "C2,2020-05-09,Calais,P"],
        "workplaces": ["id,name,handling", "K1,=Wash,P"],
        "statements": [
            "id,kind,source_id,handling,summary,interest",
            f"Stmt-w1,witness,W1,P,{CANARY} summary,{CANARY} interest",
            f"Stmt-w2,witness,W2,P,{CANARY} summary,",
            "Stmt-r1,record,,P,,",
            "C-only,record,,C,,",
        ],
        "links": [
            "subject_id,relation,object_id,statement_id,from_date,place",
            *(f"{person},CROSSED_ON,C1,Stmt-r1,," for person in CARRIED[:6]),
            *(f"{person},CROSSED_ON,C2,Stmt-r1,," for person in ("W1", *CARRIED[6:])),
            *(f"{person},WORKED_AT,K1,Stmt-r1,2020-05," for person in CARRIED[:2]),
            f"P2,PILOTED,C1,Stmt-w1,2020-05-08,{CANARY} place",
            "P2,PILOTED,C2,Stmt-w1,2020-05-09,",
            "P1,CONTROLS,K1,Stmt-w1,2020-05,",
            "P1,DIRECTED,P2,Stmt-w2,2020-05-08,",
            "P1,PAID,P2,Stmt-r1,,",
            "P1,RIVAL_OF,P2,C-only,,",
        ],
    }  # fmt: skip
    return texts(folder, **{name: "\n".join(lines) + "\n" for name, lines in sheets.items()})


CREW: Roles = {
    "inv": ("investigator", WHOLE),
    "nosrc": ("investigator", Grant("C")),
    "low": ("investigator", Grant("P")),
    "other": ("investigator", None),
    "cus": ("custodian", WHOLE),
    "sup": ("supervisor", WHOLE),
    "sup2": ("supervisor", WHOLE),
}


def load_case(service: Service, case: str, folder: Path) -> People:
    people = people_of(service, case, CREW)
    assert people("inv").deliveries.load(write(folder), quiet).rejections == []
    return people


@pytest.fixture(scope="module")
def place(at_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, People]]:
    """A case for tests that do not change it; each test uses its own recipients."""
    with Service(at_server()) as service:
        yield service, load_case(service, "exporting", tmp_path_factory.mktemp("exporting") / "case")


@pytest.fixture
def people(place: tuple[Service, People]) -> People:
    return place[1]


def unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def inside(service: Service, case: str) -> set[str]:
    """Every internal pseudonym and claim id of this case."""
    with transaction(service.database) as connection:
        pseudonyms = {row.pseudonym for row in connection.execute(sa.select(tables.identities).where(tables.identities.c.case_id == case))}  # fmt: skip
        claims = connection.execute(sa.select(tables.provenance.c.claim_id).where(tables.provenance.c.case_id == case))
        return pseudonyms | set(claims.scalars())


# -- exposure -----------------------------------------------------------------------------------------------------


def test_sets_as_counted_by_hand_and_what_to_leave_out(people: People) -> None:
    exposure = people("inv").exports.compute_exposure(ALL)
    # W1 spoke about both boats and K1, and only W1 was there each time. W2 is one of six people on C1 with P2.
    assert [witness.size for witness in exposure.witnesses] == [1, 6]
    assert (exposure.smallest, exposure.safe) == (1, False)
    # Without one boat and K1, the people of the other boat remain. Leaving out one fact would not be enough.
    assert (len(exposure.leave_out), exposure.exact) == (2, True)
    assert {fact.key for fact in exposure.leave_out} < {PILOTED_1, PILOTED_2, WORK}
    assert people("inv").exports.compute_exposure(FIRST).safe
    assert people("inv").exports.compute_exposure(Wanted(lead="P1")).smallest is not None
    answer = people("inv").exports.compute_exposure(Wanted(query="crossings.behind", parameters={"crossing": "C1"}))
    assert [witness.size for witness in answer.witnesses] == [6]


def test_without_source_clearance_one_witness_is_taken_to_have_told_it_all(people: People) -> None:
    inv, nosrc = people("inv"), people("nosrc")
    two = Wanted(picture=PictureRequest(ids=("P1", "P2"), relations=("DIRECTED", "PILOTED")))
    assert [
        witness.size
        for witness in inv.exports.compute_exposure(
            Wanted(picture=PictureRequest(ids=("P1", "P2"), relations=("DIRECTED",)))
        ).witnesses
    ] == [6]
    (witness,) = nosrc.exports.compute_exposure(two).witnesses
    assert (witness.source, witness.size) == ("", 1)
    # Two facts of two witnesses look like two facts of one, so the answers do not show who said what.
    mixed = Wanted(picture=PictureRequest(ids=("P1", "P2", "C1"), depth=0))
    assert [each.size for each in inv.exports.compute_exposure(mixed).witnesses] == [6, 6]
    assert nosrc.exports.compute_exposure(mixed).safe
    with pytest.raises(Refused):
        people("cus").exports.compute_exposure(ALL)


# -- contents -----------------------------------------------------------------------------------------------------


def test_a_safe_export_is_given_at_once_and_is_what_was_previewed(
    place: tuple[Service, People], people: People, tmp_path: Path
) -> None:
    service, _ = place
    inv = people("inv")
    preview = inv.exports.preview(FIRST, POLICE)
    assert (preview.exposure.safe, preview.earlier) == (True, 0)
    export = inv.exports.make(FIRST, f"  {POLICE.upper()} ", WHY)
    assert (export.state, export.fetchable, export.recipient) == ("held", True, POLICE.upper())
    name, content = inv.exports.given.fetch(export.id)
    assert name == f"{export.number}.zip"
    files = unzip(content)
    assert set(files) == {
        "nodes.csv", "links.csv", "graph.json", "graph.graphml", "graph.gexf", "chart.anx", "entities.ftm.json",
        "picture.html", "picture.svg", "picture.png", "picture.pdf", "manifest.json",
    }  # fmt: skip
    graph = nx.read_graphml(io.BytesIO(files["graph.graphml"]), force_multigraph=True)
    assert set(graph.nodes) == {row["id"] for row in preview.nodes} == {row["Id"] for row in rows(files["nodes.csv"])}
    assert {(a, b, values["relation"], values["belief"]) for a, b, values in graph.edges(data=True)} == {
        (row["source"], row["target"], row["relation"], row["belief"]) for row in preview.links
    }
    data = json.loads(files["graph.json"])
    assert data["nodes"] == preview.nodes
    assert [{"id": edge.pop("key")} | edge for edge in data["edges"]] == preview.links
    (link,) = [row for row in preview.links if row["relation"] == "PILOTED"]
    assert (link["source"], link["groups"], link["belief"]) == ("P2", "few", "some")
    assert "asserting" not in link
    assert [row["label"] for row in preview.nodes if row["id"] == "C1"] == ["8 May 2020, Dunkirk"]

    manifest = json.loads(files["manifest.json"])
    stated = {name: manifest[name] for name in ("made_by", "made_for", "why", "handling", "export", "case")}
    assert stated == {
        "made_by": "inv", "made_for": POLICE.upper(), "why": WHY, "handling": "C", "export": export.number,
        "case": "exporting",
    }  # fmt: skip
    assert manifest["taken_out"]["names of sealed people and things, as new pseudonyms"] == 6
    path = tmp_path / name
    path.write_bytes(content)
    assert verify(path) == []
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
        for member, text in files.items():
            archive.writestr(member, text.replace(b"Dunkirk", b"Calais "))
    assert verify(tmp_path / "changed.zip") == [
        f"{changed} is not as it was"
        for changed in (
            "chart.anx", "entities.ftm.json", "graph.gexf", "graph.graphml", "graph.json", "nodes.csv", "picture.html",
            "picture.svg",
        )
    ]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for member, text in files.items():
            archive.writestr(member, text.replace(b'"why": "the hearing', b'"why": "no hearing'))
    assert verify(tmp_path / "forged.zip") == ["the manifest is not as it was"]
    with pytest.raises(InputError):
        verify(Path(__file__))

    # The export contains nothing internal: no name, text, pseudonym, source or claim.
    secrets = {secret.encode() for secret in inside(service, "exporting")} | {
        CANARY.lower().encode(),
        b"=Wash",
        b"Stmt-",
    }
    assert len(secrets) > 25
    for member, text in files.items():
        said_there = readable_text(text).encode()
        if member not in ("picture.html", "picture.pdf", "picture.png"):
            assert not [secret for secret in secrets if secret in text or secret in text.lower()], member
        assert not [
            secret
            for secret in secrets
            if len(secret) > 5 and (secret in text or secret in said_there or secret in said_there.lower())
        ], member


def test_the_mark_stands_in_every_form(people: People) -> None:
    inv = people("inv")
    export = inv.exports.make(FIRST, "Mark & <Sons>", WHY)
    files = unzip(inv.exports.given.fetch(export.id)[1])
    mark = f"Handling C · for Mark & <Sons> · {export.number}"
    assert mark in readable_text(files["picture.pdf"])
    assert mark in json.loads(files["graph.json"])["graph"]["mark"]
    assert mark in nx.read_graphml(io.BytesIO(files["graph.graphml"])).graph["mark"]
    assert b"Handling C \xc2\xb7 for Mark &amp; &lt;Sons&gt;" in files["picture.html"]


def test_only_the_forms_that_were_asked_for_are_made(people: People) -> None:
    inv = people("inv")
    export = inv.exports.make(FIRST, "Forms", WHY, forms=["svg", "csv"])
    files = unzip(inv.exports.given.fetch(export.id)[1])
    assert set(files) == {"nodes.csv", "links.csv", "picture.svg", "manifest.json"}
    assert json.loads(files["manifest.json"])["forms"] == ["svg", "csv"]
    with pytest.raises(RequestError, match=r"There is no form 'doc'\. The forms are pdf, png"):
        inv.exports.make(FIRST, "Forms", WHY, forms=["doc"])


def test_a_selection_goes_alone_and_exposes_alone(people: People) -> None:
    inv = people("inv")
    whole, chosen = inv.exports.preview(ALL, "Parts"), inv.exports.preview(replace(ALL, only=("P1", "P2")), "Parts")
    assert {row["id"] for row in chosen.nodes} == {"P1", "P2"} < {row["id"] for row in whole.nodes}
    assert {row["relation"] for row in chosen.links} == {"DIRECTED", "PAID", "RIVAL_OF"}
    assert (whole.exposure.safe, chosen.exposure.safe) == (False, True)
    assert inv.exports.compute_exposure(replace(ALL, only=("P1", "P2"))).safe
    with pytest.raises(RequestError, match="None of what you selected"):
        inv.exports.preview(replace(ALL, only=("no-such",)), "Parts")


def test_it_goes_as_it_was_arranged_but_not_at_a_stricter_code(people: People) -> None:
    inv = people("inv")
    wanted = replace(FIRST, arranged={"P2": (4321.5, -7.25), "no-such": (0.0, 0.0)})
    assert inv.exports.preview(wanted, "Places").arranged
    files = unzip(inv.exports.given.fetch(inv.exports.make(wanted, "Places", WHY, forms=["anx"]).id)[1])
    assert b'X="4322" Y="-7"' in files["chart.anx"]
    # Positions chosen by someone who sees C reveal some of C. Positions of entities that are not shown are ignored.
    assert not inv.exports.preview(wanted, "Places", handling="P").arranged
    files = unzip(inv.exports.given.fetch(inv.exports.make(wanted, "Places", WHY, handling="P", forms=["anx"]).id)[1])
    assert b'X="4322"' not in files["chart.anx"]
    assert not inv.exports.preview(replace(FIRST, arranged={"no-such": (0.0, 0.0)}), "Places").arranged


def test_at_handling_p_nothing_of_c_goes(people: People) -> None:
    inv = people("inv")
    both = Wanted(picture=PictureRequest(ids=("P1", "P2"), depth=0))
    assert {row["relation"] for row in inv.exports.preview(both, POLICE).links} == {"DIRECTED", "PAID", "RIVAL_OF"}
    shared = inv.exports.preview(both, POLICE, handling="P")
    assert {row["relation"] for row in shared.links} == {"DIRECTED", "PAID"}
    assert shared.links == people("low").exports.preview(both, POLICE).links
    with pytest.raises(Refused, match="handling code C"):
        people("low").exports.preview(both, POLICE, handling="C")


def test_whom_exports_at_c_were_for_is_not_told_at_p(people: People) -> None:
    inv, low = people("inv"), people("low")
    both, strict = "Recipient of both", "Recipient at C"
    for recipient in (both, strict):
        assert inv.exports.make(FIRST, recipient, WHY).handling == "C"
    assert {both, strict} <= set(inv.exports.recipients())
    assert inv.exports.make(FIRST, both.upper(), WHY, handling="P").state == "held"
    assert low.exports.make(FIRST, both.title(), WHY).state == "held"
    # The spelling in the stricter export stays hidden. Only supervisors are offered other people's recipients.
    assert {both.upper()} == set(low.exports.recipients()) - {POLICE.upper()}
    assert strict in inv.exports.recipients()
    assert [inv.exports.preview(FIRST, recipient).earlier for recipient in (both, strict)] == [3, 1]
    assert [low.exports.preview(FIRST, recipient).earlier for recipient in (both, strict)] == [2, 0]


def test_pseudonyms_are_new_for_each_recipient_and_the_same_for_one(people: People) -> None:
    def hidden(recipient: str) -> set[str]:
        return {row["id"] for row in people("inv").exports.preview(FIRST, recipient).nodes if row["sealed"]}

    first, second = hidden("Recipient One"), hidden("Recipient Two")
    assert len(first) == len(second) == 6
    assert not first & second
    assert hidden("recipient  ONE") == first
    picture = people("inv").network.picture(PictureRequest(["C1"], presence=True))
    assert not first & {node.id for node in picture.nodes}
    assert {node.id for node in picture.nodes if not node.sealed} <= {
        row["id"] for row in people("inv").exports.preview(FIRST, "Recipient One").nodes
    }


def test_facts_are_left_out_by_choice(people: People) -> None:
    inv = people("inv")
    preview = inv.exports.preview(ALL, OTHERS)
    out = [fact.key for fact in preview.exposure.leave_out]
    safe = inv.exports.preview(ALL, OTHERS, left_out=out)
    assert safe.exposure.safe
    assert safe.taken_out["links left out by choice"] == 2
    assert len(safe.links) == len(preview.links) - 2
    with pytest.raises(RequestError, match="not in this picture"):
        inv.exports.preview(FIRST, OTHERS, left_out=[WORK])


def test_it_counts_over_what_one_recipient_was_given_not_over_others(people: People) -> None:
    inv = people("inv")
    assert inv.exports.make(FIRST, "Counted One", WHY).state == "held"
    assert inv.exports.preview(SECOND, "Counted Two").exposure.safe
    after = inv.exports.preview(SECOND, "counted  one")
    assert (after.earlier, after.exposure.smallest, after.exposure.safe) == (1, 1, False)
    (witness,) = after.exposure.witnesses
    assert (witness.earlier, witness.before) == (1, 6)
    with pytest.raises(Refused, match="could give a witness away"):
        inv.exports.make(SECOND, "Counted One", WHY)
    assert inv.exports.make(SECOND, "Counted Two", WHY).state == "held"


# -- a second person ----------------------------------------------------------------------------------------------


def test_below_the_number_another_person_has_to_agree(place: tuple[Service, People], people: People) -> None:
    service, _ = place
    inv, sup = people("inv"), people("sup")
    export = inv.exports.make(ALL, "Agreed One", WHY, ask=True)
    assert (export.state, export.fetchable) == ("waiting", False)
    with pytest.raises(Refused, match="Nobody has agreed"):
        inv.exports.given.fetch(export.id)
    with pytest.raises(Refused, match="supervisor"):
        inv.exports.given.agree(export.id)
    (seen,) = [entry for entry in sup.exports.given.list_exports() if entry.decidable and entry.id == export.id]
    assert seen.exposure is not None
    assert (seen.exposure.smallest, seen.reason) == (1, WHY)
    _name, looked = sup.exports.given.fetch(export.id)
    assert "manifest.json" in unzip(looked)
    sup.exports.given.agree(export.id, "once")
    assert inv.exports.given.fetch(export.id)[1] == looked
    (agreed,) = [entry for entry in inv.exports.given.list_exports() if entry.id == export.id]
    assert (agreed.state, agreed.decided_by, agreed.answer) == ("given", "sup", "once")
    with pytest.raises(RequestError, match="does not wait"):
        sup.exports.given.agree(export.id)
    refused = inv.exports.make(ALL, "Refused One", WHY, ask=True)
    sup.exports.given.refuse(refused.id, "too much")
    with pytest.raises(Refused, match="was refused"):
        inv.exports.given.fetch(refused.id)
    # Facts of a refused export do not count as disclosed.
    assert inv.exports.preview(FIRST, "Refused One").earlier == 0
    own = sup.exports.make(ALL, "Own One", WHY, ask=True)
    with pytest.raises(Refused, match="another person"):
        sup.exports.given.agree(own.id)
    people("sup2").exports.given.agree(own.id)
    with transaction(service.database) as connection:
        lines = [str(tuple(row)) for row in connection.execute(sa.select(tables.log))]
        for table in (tables.exports, tables.recipients, tables.requests):
            lines += [str([value for value in row if not isinstance(value, bytes)]) for row in connection.execute(sa.select(table))]  # fmt: skip
    for secret in (WHY, "Agreed One", "once", CANARY, "Bo Quist"):
        assert not [line for line in lines if secret in line], secret


def test_who_has_no_source_clearance_needs_a_supervisor_sooner(people: People) -> None:
    nosrc = people("nosrc")
    preview = nosrc.exports.preview(Wanted(picture=PictureRequest(ids=("P2",))), "Unknowing")
    assert not preview.by_source
    assert [witness.source for witness in preview.exposure.witnesses] == [""]
    assert not preview.exposure.safe
    export = nosrc.exports.make(Wanted(picture=PictureRequest(ids=("P2",))), "Unknowing", WHY, ask=True)
    assert export.exposure is None
    assert people("sup").exports.given.list_exports()[0].by_source


def test_no_call_lists_exports_of_others_to_who_may_not_agree_to_them(people: People) -> None:
    export = people("inv").exports.make(FIRST, "Unlisted", "reason of the investigator", handling="P", ask=True)
    exports = people("low").exports.given
    assert export.id in {each.id for each in people("sup").exports.given.list_exports()}
    for name in (name for name in dir(exports) if not name.startswith("_")):
        for argument in ((), (None,)):
            with contextlib.suppress(GraphsvcError, TypeError, AttributeError):
                assert export.id not in str(getattr(exports, name)(*argument)), name


def test_not_there_and_not_yours_read_the_same(people: People) -> None:
    export = people("inv").exports.make(FIRST, "Mine", WHY)

    def message(name: str, act: Callable[[Session], Any]) -> str:
        with pytest.raises(NotFound) as caught:
            act(people(name))
        return str(caught.value)

    absent = message("nosrc", lambda session: session.exports.given.fetch("0" * 32))
    assert message("nosrc", lambda session: session.exports.given.fetch(export.id)) == absent
    assert message("low", lambda session: session.exports.given.fetch(export.id)) == absent
    assert export.id not in [entry.id for entry in people("nosrc").exports.given.list_exports()]
    assert message("other", lambda session: session.exports.given.list_exports()) == message(
        "other", lambda session: session.exports.preview(FIRST, POLICE)
    )
    assert message("other", lambda session: session.exports.given.fetch(export.id)) == message(
        "other", lambda session: session.exports.given.list_exports()
    )
    with pytest.raises(Refused):
        people("cus").exports.given.list_exports()
    with pytest.raises(Refused):
        people("cus").exports.preview(FIRST, POLICE)
    with pytest.raises(NotFound):
        people("low").exports.preview(Wanted(picture=PictureRequest(ids=("nobody",))), POLICE)
    for recipient, why in (("", WHY), (POLICE, " "), ("x" * 300, WHY)):
        with pytest.raises(RequestError):
            people("inv").exports.make(FIRST, recipient, why)


def test_held_too_long_it_is_gone(place: tuple[Service, People], people: People) -> None:
    service, _ = place
    export = people("inv").exports.make(FIRST, "Late", WHY)
    with transaction(service.database) as connection:
        late = audit.now()
        connection.execute(tables.exports.update().where(tables.exports.c.id == export.id).values(expires_at=late))
    with pytest.raises(Refused, match="not held any more"):
        people("inv").exports.given.fetch(export.id)
    assert people("inv").exports.preview(SECOND, "Late").earlier == 0
    with transaction(service.database) as connection:
        row = connection.execute(sa.select(tables.exports).where(tables.exports.c.id == export.id)).one()
    assert (row.state, row.content_sealed) == ("removed", None)


# -- facts that the case no longer holds ---------------------------------------------------------------------------


def test_what_the_case_does_not_tell_any_more_does_not_go_out(service: Service, case: str, tmp_path: Path) -> None:
    people = load_case(service, case, tmp_path / "case")
    inv, low = people("inv"), people("low")
    both = Wanted(picture=PictureRequest(ids=("P1", "P2"), depth=0))
    dated, strict = low.exports.make(both, "At P", WHY), inv.exports.make(both, "At C", WHY)
    apart = low.exports.make(Wanted(picture=PictureRequest(ids=("C1",), depth=0)), "Elsewhere", WHY)
    nobody = {"people": "id,name\n", "links": "subject_id,relation,object_id,statement_id\n"}
    later = nobody | {
        "statements": "id,kind,handling\nReport,intelligence,P\n",
        "workplaces": "id,name,handling\nK9,Far Away,P\n",
        "links": nobody["links"] + "P1,DIRECTED,P2,Report\n",
    }
    number = inv.deliveries.load(texts(tmp_path / "later", **later), quiet, partial=True).delivery
    assert number is not None
    fetched = low.exports.make(both, "Fetched before", WHY)
    for export in (fetched, low.exports.make(both, "What only came to the case keeps nothing here", WHY)):
        low.exports.given.fetch(export.id)
    at_c = nobody | {"statements": "id,kind,source_id,handling\nStmt-w2,witness,W2,C\n"}
    assert inv.deliveries.load(texts(tmp_path / "again", **at_c), quiet, partial=True).rejections == []
    # The report keeps the link under P, but not its day.
    for export in (dated, fetched):
        with pytest.raises(Refused, match="Make it again"):
            low.exports.given.fetch(export.id)
    without_day, alone = (
        low.exports.make(wanted, "At P", WHY) for wanted in (both, Wanted(picture=PictureRequest(ids=("K9",), depth=0)))
    )
    assert inv.exports.given.fetch(strict.id)
    inv.deliveries.undo(number, quiet)
    for export in (without_day, alone):
        with pytest.raises(Refused, match="Make it again"):
            low.exports.given.fetch(export.id)
    assert low.exports.given.fetch(apart.id)
    away = {dated.id: "removed", fetched.id: "given", without_day.id: "removed", alone.id: "removed"}
    assert {export.id: export.state for export in low.exports.given.list_exports() if export.id in away} == away
    assert not [identifier for identifier in away if contents(service)[identifier]]


def test_what_is_taken_away_while_it_is_fetched_does_not_go_out(
    service: Service, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inv = load_case(service, case, tmp_path / "case")("inv")
    export, content = inv.exports.make(FIRST, POLICE, WHY), service.export_store.content

    def clear_and_read(row: Any) -> bytes:
        service.export_store.clear(case)
        return content(row)

    monkeypatch.setattr(service.export_store, "content", clear_and_read)
    with pytest.raises(Refused, match="not held any more"):
        inv.exports.given.fetch(export.id)
    (listed,) = inv.exports.given.list_exports()
    assert (listed.state, listed.given_at) == ("removed", None)


# -- sealing and erasing ------------------------------------------------------------------------------------------


_WORKPLACE = Wanted(picture=PictureRequest(ids=("K1",), depth=0))
_NO_LINKS = "subject_id,relation,object_id,statement_id\n"


def contents(service: Service) -> dict[str, bool]:
    with transaction(service.database) as connection:
        return {row.id: row.content_sealed is not None for row in connection.execute(sa.select(tables.exports))}


def test_sealing_and_erasing_take_away_what_is_held_and_recall_what_was_given(
    service: Service, case: str, tmp_path: Path
) -> None:
    people = load_case(service, case, tmp_path / "case")
    inv, cus, sup = people("inv"), people("cus"), people("sup")
    fetched_export = inv.exports.make(FIRST, POLICE, WHY)
    inv.exports.given.fetch(fetched_export.id)
    apart = inv.exports.make(Wanted(picture=PictureRequest(ids=("C2",), depth=0)), OTHERS, WHY)
    inv.exports.given.fetch(apart.id)
    held_export = inv.exports.make(SECOND, OTHERS, WHY)
    waiting = inv.exports.make(ALL, OTHERS, WHY, ask=True)
    # The export shows no sealed person, but its text could name one.
    ready = inv.exports.make(Wanted(picture=PictureRequest(ids=("K1",), depth=0)), OTHERS, WHY)
    message = seal(cus, sup, "P2")
    assert "1 export that was given has to be recalled" in message
    states = {export.id: (export.state, export.recall) for export in sup.exports.given.list_exports()}
    away = {export.id: ("removed", "") for export in (held_export, waiting, ready)}
    assert states == {fetched_export.id: ("given", "sealed"), apart.id: ("given", "")} | away
    assert {identifier for identifier, has_content in contents(service).items() if has_content} == {apart.id}
    (back,) = cus.exports.given.recalls()
    assert (back.id, back.recipient) == (fetched_export.id, POLICE)
    with pytest.raises(RequestError, match="does not wait"):
        sup.exports.given.agree(waiting.id)
    # P2 was sealed later, but counts as the same person for the recipient of the first boat.
    assert inv.exports.preview(SECOND, POLICE).exposure.smallest == 1

    held_export = inv.exports.make(SECOND, OTHERS, "about W1")
    hidden = dict(service.register.identities(case))
    w1 = next(name for name, values in hidden.items() if name.startswith("S-") and values["id"] == "W1")
    assert any(fact[5] for row in service.export_store.of([case]) for fact in service.export_store.open_contents(row, service.register.key(case, create=False)).facts)  # fmt: skip
    request = cus.protection.erasures.ask(w1, "ordered by the court")
    message = sup.protection.erasures.agree(request, quiet)
    assert "1 export that was given has to be recalled" in message
    assert {export.id: export.recall for export in sup.exports.given.recalls()} == {fetched_export.id: "erased"}
    assert contents(service)[held_export.id] is False
    assert contents(service)[apart.id] is True
    # Stored records of exports contain no fact from or about the erased person.
    key = service.register.key(case, create=False)
    for row in service.export_store.of([case]):
        for fact in service.export_store.open_contents(row, key).facts:
            assert w1 not in fact
            assert fact[1] == "DIRECTED", fact
    inv.exports.given.settle(fetched_export.id)
    assert service.export_store.to_recall(case) == 0
    assert [export.recalled_at is not None for export in sup.exports.given.recalls()] == [True]


def test_an_export_with_somebody_whom_a_delivery_marks_is_recalled(service: Service, case: str, tmp_path: Path) -> None:
    inv = load_case(service, case, tmp_path / "case")("inv")
    export = inv.exports.make(FIRST, POLICE, WHY)
    inv.exports.given.fetch(export.id)
    held_export = inv.exports.make(SECOND, OTHERS, WHY)
    # The export shows no marked person, but its text names one.
    words = inv.exports.make(_WORKPLACE, "Lawyer of Bo Quist", "the account of Bo Quist")
    later = texts(tmp_path / "later", people="id,name,sealed\nP2,Bo Quist,yes\n", links=_NO_LINKS)
    assert inv.deliveries.load(later, quiet, partial=True).sealed_anew == 1
    assert {entry.id: (entry.state, entry.recall) for entry in inv.exports.given.list_exports()} == {
        export.id: ("given", "sealed"),
        held_export.id: ("removed", ""),
        words.id: ("removed", ""),
    }
    with pytest.raises(Refused):
        inv.exports.given.fetch(words.id)


def test_a_mark_of_somebody_known_from_c_alone_takes_away_what_is_held_at_c_and_nothing_at_p(
    service: Service, case: str, tmp_path: Path
) -> None:
    people = load_case(service, case, tmp_path / "case")
    inv, low = people("inv"), people("low")
    act = _NO_LINKS + "P3,PILOTED,C1,C-only\n"
    hidden = texts(tmp_path / "hidden", people="id,name,handling\nP3,Cas Roe,C\n", links=act)
    assert inv.deliveries.load(hidden, quiet, partial=True).rejections == []
    strict, shared = inv.exports.make(_WORKPLACE, OTHERS, "about Cas Roe"), low.exports.make(_WORKPLACE, POLICE, WHY)
    marked = texts(tmp_path / "marked", people="id,name,handling,sealed\nP3,Cas Roe,C,yes\n", links=_NO_LINKS)
    assert inv.deliveries.load(marked, quiet, partial=True).sealed_anew == 1
    states = {export.id: export.state for export in people("sup").exports.given.list_exports()}
    assert states == {strict.id: "removed", shared.id: "held"}


@pytest.mark.parametrize("with_statement", [False, True])
def test_a_mark_of_somebody_hidden_takes_nothing_away_from_those_who_cannot_see_them(
    service: Service, case: str, tmp_path: Path, *, with_statement: bool
) -> None:
    people = load_case(service, case, tmp_path / "case")
    inv, low = people("inv"), people("low")
    listed = texts(tmp_path / "listed", people="id,name,category,handling\nP3,Cas Roe,suspect,P\n")
    assert inv.deliveries.load(listed, quiet, partial=True).rejections == []
    own, shared = inv.exports.make(_WORKPLACE, OTHERS, "about Cas Roe"), low.exports.make(_WORKPLACE, POLICE, WHY)
    marked = {"people": "id,name,handling,sealed\nP3,Cas Roe,P,yes\n"}
    if with_statement:
        marked["statements"] = "id,kind,source_id,handling\nS3,witness,P3,P\n"
        marked["links"] = _NO_LINKS
    assert inv.deliveries.load(texts(tmp_path / "marked", **marked), quiet, partial=True).sealed_anew == 1
    states = {export.id: export.state for export in people("sup").exports.given.list_exports()}
    assert states == {own.id: "removed", shared.id: "held"}
    # So does their erasure.
    again = inv.exports.make(_WORKPLACE, OTHERS, "about Cas Roe")
    name = pseudonym(service.register.key(case, create=False), "person", "P3")
    service.casework.erase(case, name, "sup", "a reason that is long enough", quiet)
    states = {export.id: export.state for export in people("sup").exports.given.list_exports()}
    assert (states[again.id], states[shared.id]) == ("removed", "held")


def test_the_key_of_the_vault_can_be_changed_while_exports_are_held(place: tuple[Service, People]) -> None:
    from graphsvc.access.vault.masterkey import WRAPPED

    assert any(table.name == "exports" for table, _, _ in WRAPPED)


def test_a_number_tells_no_order(people: People) -> None:
    assert all(
        re.fullmatch(r"E-[0-9A-F]{4}-[0-9A-F]{4}", export.number)
        for export in people("inv").exports.given.list_exports()
    )


_NAMED_IN_TEXT = {
    "people": "id,name\n",
    "workplaces": "id,name,handling\nK9,Hewa Karim Car Wash,P\n",
    "statements": "id,kind,source_id,handling\nStmt-r9,record,,P\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,CONTROLS,K9,Stmt-r9\n",
}
_SPEAKS = {
    "people": "id,name\nW9,Hewa Karim\n",
    "statements": "id,kind,source_id,handling\nStmt-w9,witness,W9,P\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,PAID,P2,Stmt-w9\n",
}


def test_a_name_in_a_text_does_not_go_out_once_a_delivery_has_sealed_who_bears_it(
    service: Service, case: str, tmp_path: Path
) -> None:
    inv = load_case(service, case, tmp_path / "case")("inv")
    inv.deliveries.load(texts(tmp_path / "wash", **_NAMED_IN_TEXT), quiet, partial=True)
    held_export, fetched_export = (
        inv.exports.make(Wanted(picture=PictureRequest(ids=("K9",), depth=0)), recipient, WHY)
        for recipient in (POLICE, OTHERS)
    )
    assert b"Hewa Karim Car Wash" in zipfile.ZipFile(io.BytesIO(inv.exports.given.fetch(fetched_export.id)[1])).read(
        "nodes.csv"
    )
    inv.deliveries.load(texts(tmp_path / "speaks", **_SPEAKS), quiet, partial=True)
    assert (
        "Hewa"
        not in inv.exports.preview(Wanted(picture=PictureRequest(ids=("K9",), depth=0)), POLICE).nodes[0]["label"]
    )
    for export in (held_export, fetched_export):
        with pytest.raises(Refused, match="Make it again"):
            inv.exports.given.fetch(export.id)


def test_whoever_is_sealed_while_an_export_is_made_does_not_go_out_by_name(
    service: Service, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = load_case(service, case, tmp_path / "case")
    inv = people("inv")
    inv.deliveries.load(texts(tmp_path / "wash", **_NAMED_IN_TEXT), quiet, partial=True)
    file = Exports._file

    def meanwhile(*of: Any) -> bytes:
        people("inv").deliveries.load(texts(tmp_path / "speaks", **_SPEAKS), quiet, partial=True)
        return file(*of)

    monkeypatch.setattr(Exports, "_file", meanwhile)
    with pytest.raises(Busy, match="was changed in the meantime: nothing was made"):
        inv.exports.make(Wanted(picture=PictureRequest(ids=("K9",), depth=0)), POLICE, WHY)
    with transaction(service.database) as connection:
        row = connection.execute(sa.select(tables.exports).where(tables.exports.c.case_id == case)).one()
    assert (row.state, row.content_sealed) == ("removed", None)
