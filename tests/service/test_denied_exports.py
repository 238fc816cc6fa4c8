"""Every file has the denials of an accusation next to it, or leaves the accusation out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import Refused
from graphsvc.service import PictureRequest, Wanted
from graphsvc.views.forms import FORMS
from tests.leaks import commands
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "whole": ("analyst", Grant("C", sources=True)),
    "inv": ("investigator", Grant("C")),
    "sup": ("supervisor", Grant("C", sources=True)),
    "low": ("investigator", Grant("P")),
}
ACCUSED, UNDENIED, SHOWN = ("ann", "ORGANISED", "c1"), ("boss", "ORGANISED", "c1"), ("aide", "PILOTED", "c1")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in ("ann", "boss", "aide")]
    + [{"id": "w1", "name": "Vera Quist", "category": "witness"}],
    "crossings": [{"id": "c1", "date": "2020-05-08"}],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "intelligence", "handling": "C", "summary": "was in hospital"},
        {"id": "r3", "kind": "intelligence", "handling": "P"},
        {"id": "a1", "kind": "witness", "handling": "P", "source_id": "w1"},
    ],
    "links": statement_claims("r1", *(" ".join(link) for link in (UNDENIED, SHOWN)))
    + statement_claims("a1", " ".join(ACCUSED), "w1 CROSSED_ON c1")
    + [claim(*ACCUSED, "r2", polarity="denies"), claim(*SHOWN, "r3", polarity="denies")],
}
WANTED = Wanted(picture=PictureRequest(ids=("c1",), depth=1))


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "whole", ROWS)


def export_files(people: Place, recipient: str, *forms: str, **more: Any) -> dict[str, bytes]:
    """Files of an export under handling code P that a supervisor agreed to."""
    export = people("inv").exports.make(WANTED, recipient, "they ask", handling="P", ask=True, forms=forms, **more)
    if export.state == "waiting":
        people("sup").exports.given.agree(export.id)
    with zipfile.ZipFile(io.BytesIO(people("inv").exports.given.fetch(export.id)[1])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_link_that_its_maker_sees_denied_is_never_written_as_undenied(people: Place) -> None:
    rows = list(csv.DictReader(io.StringIO(export_files(people, "Police", "csv")["links.csv"].decode())))
    assert {(row["Source"], row["denied"]) for row in rows if row["Source"] in ("ann", "boss", "aide")} == {
        ("ann", "contested"),
        ("boss", "no"),
        ("aide", "yes"),
    }


@pytest.mark.parametrize("form", [form for form in FORMS if form != "png"])
def test_every_form_says_contested_and_nothing_of_what_denies_it(people: Place, form: str) -> None:
    files = export_files(people, f"Office {form}", form)
    content = next(
        content for name, content in files.items() if (name != "manifest.json" and b"c1" in content) or form == "pdf"
    )
    text = content.decode("utf-8", "replace")
    if form == "pdf":
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files["picture.pdf"])).pages)
    if form == "csv":
        text = files["links.csv"].decode()
    assert "contested" in text.casefold()
    assert "hospital" not in text
    assert "r2" not in json.loads(files["manifest.json"])


def test_the_preview_names_what_would_go_without_its_denial(people: Place) -> None:
    preview = people("inv").exports.preview(WANTED, "Preview", handling="P")
    assert [fact.key for fact in preview.contested] == [ACCUSED]
    assert preview.against == "1 link that you see denied or contested would go without what speaks against it."
    assert people("inv").exports.preview(WANTED, "Preview", handling="P", left_out=[ACCUSED]).contested == ()
    assert people("whole").exports.preview(WANTED, "Preview", handling="C").contested == ()
    assert "ann" not in export_files(people, "Without", "csv", left_out=[ACCUSED])["links.csv"].decode()


def test_the_page_of_the_preview_leaves_it_out_unless_somebody_chooses_otherwise(people: Place) -> None:
    client, form = people.client("inv"), {"id": "c1", "recipient": "Page", "handling": "P", "depth": "1", "form": "csv"}
    address, key = f"/case/{people.case}/export", json.dumps(list(ACCUSED))
    people.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    page = client.post(address, data=form).text
    assert "1 link that you see denied or contested would go without what speaks against it." in page
    assert read_ticks(page) == [True]
    chosen = client.post(address, data=form | {"weighed": key}).text
    assert read_ticks(chosen) == [False]
    assert "contested</td>" in chosen
    left_out = client.post(address, data=form | {"weighed": key, "out": key}).text
    assert "would go without what speaks against" not in left_out
    assert "left out already" in left_out


def read_ticks(page: str) -> list[bool]:
    """Whether each box in the section `against` is ticked."""
    part = page.partition('id="against"')[2].partition("</fieldset>")[0]
    return [" checked" in box.partition(">")[0] for box in part.split('type="checkbox"')[1:]]


def test_a_step_of_a_path_is_contested_too(people: Place) -> None:
    paths = people("low").network.paths.find(["ann", "c1"])
    (step,) = (step for between in paths.between for way in between.ways for step in way.steps)
    assert (step.contested, step.denying) == (True, ())
    page = people.client("low").get(f"/case/{people.case}/network/paths?from=ann&to=c1").text
    assert '<span class="denial">contested</span>' in page


def test_who_agrees_to_an_export_sees_what_of_it_is_denied(people: Place) -> None:
    export = people("inv").exports.make(WANTED, "Agreed", "they ask", handling="P", ask=True, forms=["csv"])
    assert export.state == "waiting"
    (waiting,) = (entry for entry in people("sup").exports.given.list_exports() if entry.id == export.id)
    assert waiting.denied == {SHOWN: "denied by 1", ACCUSED: "denied by 1"}
    page = people.client("sup").get(f"/case/{people.case}/exports").text
    assert "2 links in it are denied or contested" in " ".join(page.split())


def test_so_does_the_command(people: Place) -> None:
    link = people.service.sign_in_link("inv", "tests")
    assert commands.run(people.service.settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    words = ("export", "preview", people.case, "--id", "c1", "--for", "Command", "--handling", "P")
    output = commands.run(people.service.settings, *words)
    assert "1 link that you see denied or contested would go without what speaks against it." in output
    assert "--without 'ann:ORGANISED:c1'  # Ann organised" in output


def test_a_file_that_says_undenied_is_not_given_out_once_something_denies_it(
    at_server: Callable[..., Settings],
) -> None:
    denial = {"id": "r9", "kind": "intelligence", "handling": "C"}
    with open_place(at_server(), READERS, "whole", ROWS) as people:
        exports = [
            people("inv").exports.make(
                WANTED, name, "they ask", handling="P", ask=True, forms=["csv"], left_out=left_out
            )
            for name, left_out in (("With it", []), ("Without it", [UNDENIED]))
        ]
        for export in exports:
            if export.state == "waiting":
                people("sup").exports.given.agree(export.id)
        people.load(
            "whole", {"statements": [denial], "links": [claim(*UNDENIED, "r9", polarity="denies")]}, partial=True
        )
        with pytest.raises(Refused, match="Make it again"):
            people("inv").exports.given.fetch(exports[0].id)
        assert people("inv").exports.given.fetch(exports[1].id)[1]
