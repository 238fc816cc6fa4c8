"""Pages of exports and exposure: each for its role, from the picture to the file, without disclosing too much."""

from __future__ import annotations

import html
import io
import re
import shlex
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphsvc.analysis.exposure.presence import Fact
from graphsvc.analysis.exposure.witnesses import Exposed, Exposure
from graphsvc.cli import program
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.numbers import count
from graphsvc.service import Service, Wanted, command_line, quiet
from graphsvc.service.exports.exports import Exports, Preview
from graphsvc.views.forms import FORMS
from graphsvc.web import create_app
from tests.pseudonyms import sources
from tests.service.test_exporting import load_case, write
from tests.toolbox import pages
from tests.toolbox.accounts import WHOLE, People, signed_in
from tests.toolbox.accounts import people as people_of

pytestmark = pytest.mark.neo4j
CASE = "export-pages"
HERE = f"/case/{CASE}"


@pytest.fixture(scope="module")
def place(at_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, People, Any]]:
    with Service(at_server()) as service:
        people = load_case(service, CASE, tmp_path_factory.mktemp("pages") / "case")
        yield service, people, create_app(service)


def browser(place: tuple[Service, People, Any], name: str) -> FlaskClient:
    return signed_in(place[2], name)


def post(client: FlaskClient, to: str, **data: Any) -> TestResponse:
    if to in ("export", "export/make"):
        data = {"form": [*FORMS], **data}
    return pages.post(client, f"{HERE}/exports", f"{HERE}/{to}", **data)


def test_from_the_picture_to_the_file_leaving_out_what_is_said(place: Any) -> None:
    inv = browser(place, "inv")
    picture = inv.get(f"{HERE}/network?id=P1&id=P2").text
    (address,) = re.findall(r'id="network-export" href="([^"]+)"', picture)
    form = inv.get(html.unescape(address)).text
    carried = {name: re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', form) for name in ("id", "size")}
    assert carried["id"] == ["P1", "P2"]
    request = {"id": ["P1", "P2"], "recipient": "Kent <Police>", "reason": "a <b>hearing</b>", "handling": "C"}
    page = post(inv, "export", **request).text
    assert "Kent &lt;Police&gt;" in page
    assert sources(page)
    assert "could work out 1 of the sources" in page
    out = [html.unescape(text) for text in re.findall(r'name="out" value="([^"]+)" checked', page)]
    assert len(out) == 2
    refused = post(inv, "export/make", **request)
    assert refused.status_code == 403
    assert "This export could give a witness away" in refused.text
    assert form_fields(refused.text)["recipient"] == ["Kent <Police>"]  # the preview again
    for long in ({"reason": "r" * 2001}, {"recipient": "x" * 201}):
        where = "export/make" if "reason" in long else "export"
        refused = post(inv, where, **request | long | {"form": ["svg"]}, out=out)
        assert refused.status_code == 400
        again = form_fields(refused.text)
        assert again["out"] == out
        assert again["handling"] == ["C"]
        assert long.items() <= {name: values[0] for name, values in again.items()}.items()
    safe = post(inv, "export", **request, out=out).text
    assert "<p>Nobody: each source is one of" in safe
    assert len(re.findall(r"checked> (?:Ari Berg|\[withheld\]) \w+ [^<]+ <span[^>]*>left out already", safe)) == 2
    assert post(inv, "export/make", **request, out=out).status_code == 303
    (identifier,) = re.findall(r'name="id" value="([0-9a-f]{32})"', inv.get(f"{HERE}/exports").text)
    download = post(inv, "exports/fetch", id=identifier)
    assert download.headers["Content-Disposition"].startswith("attachment; filename=E-")
    assert download.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(download.data)) as archive:
        assert "picture.html" in archive.namelist()
        assert b"Kent &lt;Police&gt;" in archive.read("picture.html")
    assert "given" in inv.get(f"{HERE}/exports").text
    for wrong in ("no json", '["a", "b"]', '{"a": 1}'):
        assert post(inv, "export", **request, out=[wrong]).status_code == 400


def form_fields(page: str) -> dict[str, list[str]]:
    """The fields, apart from the token, that a browser would send from the page's form as it is."""
    (form,) = [form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "recipient" in form]
    sent = [
        *re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form),
        *re.findall(r'type="checkbox" name="([^"]+)" value="([^"]*)" checked', form),
        *(("recipient", value) for value in re.findall(r'id="recipient"[^>]* value="([^"]*)"', form)),
        *(("reason", text.strip()) for text in re.findall(r'<textarea id="reason"[^>]*>([^<]*)<', form)),
        *(("handling", value) for value in re.findall(r'<option value="([^"]*)" selected', form)),
    ]
    fields: dict[str, list[str]] = {}
    for name, value in sent:
        if name != "csrf_token":
            fields.setdefault(name, []).append(html.unescape(value))
    return fields


def test_choosing_again_keeps_what_is_left_out_and_the_handling(place: Any) -> None:
    inv = browser(place, "inv")
    request = {"id": ["P1", "P2"], "recipient": "Again", "reason": "why so", "handling": "C", "form": ["svg"]}
    first = post(inv, "export", **request).text
    (button,) = re.findall(r'<button[^>]*form="previewed"[^>]*>Choose again', first)
    assert f'formaction="{HERE}/export/choose"' in button
    ticked = form_fields(first)["out"]
    assert len(ticked) == 2
    again = post(inv, "export/choose", **form_fields(post(inv, "export", **request, out=ticked).text)).text
    assert "2 links stay out, as ticked in the preview." in again
    chosen = form_fields(again)
    assert (chosen["out"], chosen["handling"], chosen["recipient"]) == (ticked, ["C"], ["Again"])
    chosen["form"] = ["svg", "csv"]
    page = post(inv, "export", **chosen).text
    assert page.count("left out already") == 2
    assert "Handling C." in page
    assert post(inv, "export/make", **form_fields(page)).status_code == 303


def test_forms_and_a_selection_are_chosen_and_carried_along(place: Any) -> None:
    inv = browser(place, "inv")
    page = inv.get(f"{HERE}/export?id=C1").text
    assert re.findall(r'name="form" value="\w+" checked', page) == []
    assert len(re.findall(r'name="form"', page)) == len(FORMS) == 10
    none = post(inv, "export", id=["P1"], recipient="Kent", reason="why so", handling="C", form=[])
    assert none.status_code == 400
    assert "Tick at least one form" in none.text
    assert form_fields(none.text)["reason"] == ["why so"]
    chosen = inv.get(f"{HERE}/export?id=C1&form=svg&form=csv").text
    assert re.findall(r'name="form" value="(\w+)" checked', chosen) == ["svg", "csv"]
    places = '{"P2": [40, 50.5]}'
    request = {"id": ["P1", "P2"], "only": ["P1", "P2"], "form": ["svg", "anx"], "arranged": places}
    form = post(inv, "export/choose", **request).text
    assert "What you selected: 2 entities, 3 links" in form
    assert "It goes arranged as you left it" in form
    hidden = re.findall(r'type="hidden" name="(?:only|arranged)" value="([^"]*)"', form)
    assert {html.unescape(value) for value in hidden} == {"P1", "P2", places}
    request |= {"recipient": "Choosers", "reason": "why so", "handling": "C"}
    page = post(inv, "export", **request).text
    assert "As SVG, i2 chart (ANX); each with its mark" in page
    assert "Arranged as you left it." in page
    assert "Not arranged as you left it" in post(inv, "export", **(request | {"handling": "P"})).text
    assert post(inv, "export/make", **request).status_code == 303
    identifier = re.findall(r'name="id" value="([0-9a-f]{32})"', inv.get(f"{HERE}/exports").text)[0]
    with zipfile.ZipFile(io.BytesIO(post(inv, "exports/fetch", id=identifier).data)) as archive:
        assert set(archive.namelist()) == {"manifest.json", "picture.svg", "chart.anx"}
        assert b'X="40" Y="50"' in archive.read("chart.anx")
    for name, wrong in (
        ("form", "doc"), ("arranged", "{"), ("arranged", "[1]"), ("arranged", '{"P1": [1]}'), ("arranged", '{"P1": [1, "x"]}'),
        ("arranged", '{"P1": [1, NaN]}'), ("arranged", '{"P1": [1, 1e99]}'), ("arranged", '{"P1": 3}'),
        ("arranged", "[" * 50_000), ("only", "no-such"),
    ):  # fmt: skip
        answered = post(inv, "export/choose", **(request | {name: wrong}))
        assert answered.status_code == 400, (name, wrong)
    assert browser(place, "cus").get(f"{HERE}/exports").status_code == 200
    assert post(browser(place, "cus"), "export/choose", **request).status_code == 403


def test_of_what_passes_the_filters_no_other_link_goes(place: Any) -> None:
    """Three relations link the same two people; on the canvas all but one are faint."""
    inv = browser(place, "inv")
    request = {"id": ["P1", "P2"], "fade": "yes", "relation": "PAID", "only": ["P1", "P2"], "handling": "C"}
    # Links that pass the filters but are not in this recipient's picture are left out without comment.
    request |= {"passing": '[["P1", "PAID", "P2"], ["P1", "PAID", "nobody"]]'}
    form = post(inv, "export/choose", **request).text
    assert "What passes the filters: 2 entities, 1 link." in form
    fields = form_fields(form) | {"recipient": ["Passing"], "reason": ["why"], "handling": ["C"], "form": ["csv"]}
    assert post(inv, "export/make", **form_fields(post(inv, "export", **fields).text)).status_code == 303
    identifier = re.findall(r'name="id" value="([0-9a-f]{32})"', inv.get(f"{HERE}/exports").text)[0]
    with zipfile.ZipFile(io.BytesIO(post(inv, "exports/fetch", id=identifier).data)) as archive:
        links = archive.read("links.csv").decode().splitlines()
        assert len(archive.read("nodes.csv").decode().splitlines()) == 1 + 2
    assert len(links) == 1 + 1
    assert "PAID" in links[1]
    assert "2 entities, 0 links" in post(inv, "export/choose", **request | {"passing": "[]"}).text
    for wrong in (
        "{",
        "{}",
        "3",
        '["P1"]',
        '[["P1", "PAID"]]',
        '[["P1", "PAID", 3]]',
        "[" * 100_000,
        f"[{'9' * 5000}]",
    ):
        for step in ("export/choose", "export", "export/make"):
            refused = post(inv, step, **fields | {"passing": [wrong]})
            assert refused.status_code == 400, (step, wrong)


def test_back_from_an_export_leads_to_the_canvas_as_it_looked(place: Any) -> None:
    inv = browser(place, "inv")
    looked = {
        "id": ["P1", "P2"], "fold": "gang", "colour": "gang", "sized": "links", "labels": "no", "from": "2020-05-08",
        "to": "2020-05-09", "handling": "P", "picture": "a-view", "version": "3", "link": "",
    }  # fmt: skip
    as_addressed = [("id", "P1"), ("id", "P2"), *((name, text) for name, text in looked.items() if name != "id")]

    def back(page: str) -> tuple[str, list[tuple[str, str]]]:
        (address,) = re.findall(r'href="([^"]+)">Back to it', page)
        parts = urlsplit(html.unescape(address))
        assert (parts.scheme, parts.netloc) == ("", "")
        return parts.path, sorted(parse_qsl(parts.query, keep_blank_values=True))

    network = f"{HERE}/network", sorted(as_addressed)
    assert back(inv.get(f"{HERE}/export?{urlencode(as_addressed)}").text) == network
    more = {"csrf_token": pages.token(inv.get(f"{HERE}/exports").text), "only": ["P1"], "arranged": '{"P1": [1, 2]}'}
    form = inv.post(f"{HERE}/export/choose", data=looked | more | {"what": "selected"}).text
    assert back(form) == network
    # The same after a preview for another handling code: `handling` is now the export's code, not the canvas's.
    fields = form_fields(form) | {"recipient": ["Back"], "reason": ["why"], "handling": ["C"], "form": ["csv"]}
    again = post(inv, "export/choose", **form_fields(post(inv, "export", **fields).text)).text
    assert back(again) == network
    assert '<option value="C" selected' in again
    # The link back leads to the network page, whatever is sent.
    for wrong in (
        "https://localhost/?id=P1",
        "//localhost",
        '"><script>alert(1)</script>',
        "javascript:x",
        "",
    ):
        page = post(inv, "export/choose", **fields | {"back": [wrong]}).text
        assert back(page) == (f"{HERE}/network", [])
        assert "<script>alert" not in page


def test_what_the_canvas_leaves_out_is_in_no_file_of_it(place: Any) -> None:
    """Followed from the canvas address through form and preview to the file, as in a browser."""
    inv = browser(place, "inv")
    view = inv.get(f"{HERE}/network.json?id=C1&presence=yes").get_json()["view"]
    relations = {edge["relation"] for edge in view["edges"]}
    assert {"CROSSED_ON", "PILOTED"} <= relations
    for query, left in (
        ("&presence=yes", relations),
        ("&presence=yes&ticked=out&relation=PILOTED", relations - {"PILOTED"}),
        ("&presence=yes&without=presence", relations - {"CROSSED_ON"}),
    ):
        picture = inv.get(f"{HERE}/network?id=C1{query}").text
        (address,) = re.findall(r'id="network-export" href="([^"]+)"', picture)
        form = inv.get(html.unescape(address)).text
        fields: dict[str, list[str]] = {}
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
            if name != "csrf_token":
                fields.setdefault(name, []).append(html.unescape(value))
        fields |= {
            "recipient": [f"Left out {len(query)}"],
            "reason": ["why"],
            "handling": ["C"],
            "form": ["csv"],
            "ask": ["yes"],
        }
        back = re.findall(r'href="([^"]+)">Back to it', form)[0]
        again = inv.get(html.unescape(back).replace("/network?", "/network.json?")).get_json()["view"]
        assert {edge["relation"] for edge in again["edges"]} == left
        preview = post(inv, "export", **fields).text
        assert "csrf_token" in preview
        assert all(
            f'name="{name}"' in preview for name in fields if name in ("without", "ticked", "presence", "relation")
        )


def test_a_supervisor_answers(place: Any) -> None:
    inv, sup = browser(place, "inv"), browser(place, "sup")
    request = {"id": ["P1", "P2"], "recipient": "Second", "reason": "why <i>so</i>", "handling": "C", "ask": "yes"}
    assert post(inv, "export/make", **request).status_code == 303
    page = sup.get(f"{HERE}/exports").text
    assert "why &lt;i&gt;so" in page
    assert sources(page)
    assert not sources(inv.get(f"{HERE}/exports").text)
    identifier = re.findall(r'name="id" value="([0-9a-f]{32})"', page)[0]
    assert post(inv, "exports/answer", id=identifier, answer="agree").status_code == 403
    assert post(sup, "exports/fetch", id=identifier).status_code == 200
    assert post(sup, "exports/answer", id=identifier, answer="agree").status_code == 303
    again = post(sup, "exports/answer", id=identifier, answer="agree")
    assert (again.status_code, "<h1>Exports</h1>" in again.text) == (400, True)
    assert post(inv, "exports/fetch", id=identifier).status_code == 200
    (export,) = [row for row in sup.get(f"{HERE}/exports.json").get_json()["exports"] if row["id"] == identifier]
    assert (export["state"], export["decided_by"]) == ("given", "sup")
    assert post(sup, "exports/recalled", id=identifier).status_code == 400


def test_exposure_is_told_by_source_or_as_a_warning(place: Any) -> None:
    inv, nosrc = browser(place, "inv"), browser(place, "nosrc")
    address = f"{HERE}/exposure?id=P1&id=P2"
    exposure = inv.get(address.replace("exposure?", "exposure.json?")).get_json()
    assert exposure["line"] == "Could give away 1 source (smallest set: 1 person)"
    assert sources(inv.get(address).text)
    twin = nosrc.get(address.replace("exposure?", "exposure.json?")).get_json()
    assert twin == {
        "handling": "C", "case": CASE, "by_source": False, "safe": False,
        "line": "This may let someone who was there work out who spoke. Do not show it outside.",
    }  # fmt: skip
    page = nosrc.get(address).text
    assert not sources(page)
    assert not re.search(r"\d+ (source|person|people)", page)
    assert nosrc.get(f"{HERE}/exposure.json?id=C1").get_json()["line"] == ""
    assert inv.get(f"{HERE}/exposure.json?lead=P1").get_json()["safe"] is False
    assert inv.get(f"{HERE}/exposure.json?query=crossings.behind&p.crossing=C1").get_json()["safe"] is True
    for page in (f"{HERE}/network?id=P1", f"{HERE}/lead?id=P1"):
        assert f"{HERE}/exposure.json?" in inv.get(page).text
    # Readers who may not analyse see no exposure.
    assert "network-exposure" not in browser(place, "cus").get(f"{HERE}/network?id=P1").text


def test_pages_are_for_their_roles_and_have_an_empty_state(place: Any) -> None:
    cus, low, outsider = (browser(place, name) for name in ("cus", "low", "other"))
    assert cus.get(f"{HERE}/export?id=P1").status_code == 403
    assert cus.get(f"{HERE}/exports").status_code == 200
    assert "Exports</a>" not in cus.get(f"{HERE}").text
    assert "Choose first what to export" in low.get(f"{HERE}/export").text
    assert "Nothing has been exported" in low.get(f"{HERE}/exports").text
    for page in ("exports", "export?id=P1", "exposure?id=P1"):
        hidden, absent = outsider.get(f"{HERE}/{page}"), outsider.get(f"/case/none/{page}")
        assert hidden.status_code == absent.status_code == 404
        assert page_text(hidden) == page_text(absent).replace("none", CASE)


def page_text(answer: TestResponse) -> str:
    """The text of a page, without the token of its forms, which changes each second."""
    return pages.without_tokens(answer.text)


@pytest.fixture
def run(place: tuple[Service, People, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`run("inv", "list", CASE)`: an export command, as one person."""
    service, people, _ = place

    def invoke(name: str, *words: str) -> Result:
        case = next((word for word in words if word.startswith("export-")), CASE)
        monkeypatch.setattr(command_line, "command_line_session", lambda *_args: people(name).at(case))
        settings = service.settings
        environment = {
            "GRAPHSVC_HOME": str(settings.home), "NEO4J_URI": settings.neo4j_uri,
            "NEO4J_PASSWORD": settings.neo4j_password, "GRAPHSVC_DATABASE_URL": settings.database_url,
        }  # fmt: skip
        return CliRunner().invoke(program, ["export", *words], env=environment)

    return invoke


def test_the_same_on_the_command_line(run: Callable[..., Result], tmp_path: Path) -> None:
    options = ("--id", "P1", "--id", "P2", "--for", "Line")
    seen = run("inv", "preview", CASE, *options)
    assert "TOO FEW" in seen.output
    out = re.findall(r"--without '([^']+)'", seen.output)
    without = [word for link in out for word in ("--without", link)]
    assert "at once" in run("inv", "preview", CASE, *options, *without).output
    refused = run("inv", "make", CASE, *options, "--reason", "why")
    assert refused.exit_code != 0
    waiting = run("inv", "make", CASE, *options, "--reason", "why", "--ask").stdout.strip()
    assert "waits for your answer" in run("sup", "list", CASE).output
    assert run("sup", "refuse", CASE, waiting, "--note", "no").exit_code == 0
    export_id = run("inv", "make", CASE, *options, *without, "--reason", "why").stdout.strip()
    target = tmp_path / "given.zip"
    assert run("inv", "get", CASE, export_id, "--to", str(target)).exit_code == 0
    assert target.stat().st_mode & 0o077 == 0
    assert "as its manifest says" in run("inv", "verify", str(target)).output
    assert run("inv", "get", CASE, export_id, "--to", str(target)).exit_code != 0
    assert run("inv", "preview", CASE, *options, "--without", "P1").exit_code != 0
    assert "Nothing that you can see has to be asked back" in run("cus", "recall", CASE).output


def test_it_is_given_only_once_there_is_a_place_for_it(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = run(
        "inv", "make", CASE, "--id", "C1", "--for", "Placed", "--reason", "why", "--form", "csv"
    ).stdout.strip()

    def state() -> str:
        (line,) = [line for line in run("inv", "list", CASE).stdout.splitlines() if line.startswith(export_id)]
        return line.split()[2]

    monkeypatch.chdir(tmp_path)
    number = f"E-{export_id[:4]}-{export_id[4:8]}".upper() + ".zip"
    (tmp_path / number).write_text("mine")
    (tmp_path / "closed").mkdir()
    for to, says in (
        (("--to", str(tmp_path / "missing" / "x.zip")), f"There is no folder {tmp_path / 'missing'} to put x.zip in."),
        (("--to", str(tmp_path / "closed")), "is there already"),
        ((), f"{number} is there already"),
    ):
        refused = run("inv", "get", CASE, export_id, *to)
        assert isinstance(refused.exception, RequestError), to
        assert says in str(refused.exception)
        assert state() == "held"
    assert (tmp_path / number).read_text() == "mine"
    (tmp_path / number).unlink()
    # Fetching an export that does not exist leaves no file behind.
    assert isinstance(run("inv", "get", CASE, "0" * 32).exception, NotFound)
    assert [path.name for path in tmp_path.iterdir()] == ["closed"]
    assert run("inv", "get", CASE, export_id).stdout == f"{number}\n"
    assert "as its manifest says" in run("inv", "verify", number).output
    assert (tmp_path / number).stat().st_mode & 0o077 == 0
    assert {path.name for path in tmp_path.iterdir()} == {"closed", number}
    assert state() == "given"


@pytest.mark.parametrize("workplace", ["wp:12", "O'Hara", "[K1]", "K1"])
def test_a_link_of_any_ids_is_left_out_as_the_preview_prints_it(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, workplace: str
) -> None:
    fact = Fact("P1", "CONTROLS", workplace, "2020-05", "")
    exposure = Exposure((Exposed("", 1, (), 0, None),), 5, (fact,), True, 1, ())
    preview = Preview("Line", "C", [], [], {}, {}, 0, exposure, {}, (), (), True, False)
    exclusions: list[Any] = []

    def note_preview(_self: Exports, _wanted: Wanted, *_args: Any, left_out: Any, **_more: Any) -> Preview:
        exclusions.append(left_out)
        return preview

    monkeypatch.setattr(Exports, "preview", note_preview)
    arguments = ("preview", CASE, "--id", "P1", "--for", "Line")
    (line,) = [line for line in run("inv", *arguments).output.splitlines() if line.startswith("--without")]
    assert run("inv", *arguments, *shlex.split(line, comments=True)).exit_code == 0
    assert exclusions == [[], [("P1", "CONTROLS", workplace)]]


@pytest.mark.parametrize("wrong", ["P1", "P1:CONTROLS:wp:12", '["P1", "PAID"]', '["P1", "PAID", 3]', "[" * 9_000])
def test_what_is_no_link_to_leave_out_is_one_sentence(run: Callable[..., Result], wrong: str) -> None:
    refused = run("inv", "preview", CASE, "--id", "P1", "--for", "Line", "--without", wrong)
    assert isinstance(refused.exception, RequestError)
    assert "A link is written SUBJECT:RELATION:OBJECT" in str(refused.exception)


def test_a_link_to_an_id_with_a_colon_stays_out_of_what_is_made(
    run: Callable[..., Result], place: Any, tmp_path: Path
) -> None:
    session = people_of(place[0], "export-colons", {"colon": ("investigator", WHOLE)})("colon")
    folder = write(tmp_path / "case")
    for path in folder.iterdir():
        path.write_text(path.read_text("utf-8").replace("K1", "wp:12"), "utf-8", newline="")
    assert session.deliveries.load(folder, quiet).rejections == []
    options = ("export-colons", "--id", "P1", "--id", "P2", "--for", "Line")
    printed = [line for line in run("colon", "preview", *options).output.splitlines() if line.startswith("--without")]
    assert any("wp:12" in line for line in printed)
    without = [word for line in printed for word in shlex.split(line, comments=True)]
    outcome = run("colon", "make", *options, *without, "--reason", "why", "--form", "csv")
    assert outcome.exit_code == 0, outcome.exception
    assert "left out: links left out by choice: 2" in outcome.stderr


def test_the_command_exports_of_an_id_what_the_canvas_draws(run: Callable[..., Result], place: Any) -> None:
    inv = browser(place, "inv")
    lines = []
    for query, more in (("", ()), ("&presence=yes", ("--presence",))):
        view = inv.get(f"{HERE}/network.json?id=C1{query}").get_json()["view"]
        entities, links = count(len(view["nodes"]), "entity"), count(len(view["edges"]), "link")
        preview = run("inv", "preview", CASE, "--id", "C1", "--for", "Line", *more).output
        assert f"{entities}, {links}, " in preview
        lines.append(entities)
    assert lines[0] != lines[1]
    refused = run("inv", "preview", CASE, "--query", "crossings.per_day", "--presence", "--for", "Line")
    assert "leave out --presence, or --query" in str(refused.exception)


def test_what_does_not_go_is_said_where_it_is_made(run: Callable[..., Result], place: Any) -> None:
    options = ("--id", "C1", "--id", "P1", "--id", "W1", "--depth", "0", "--handling", "P", "--for", "Leaving")
    outcome = run("inv", "make", CASE, *options, "--reason", "why", "--form", "json")
    assert outcome.exit_code == 0, outcome.output
    assert re.fullmatch(r"[0-9a-f]{32}\n", outcome.stdout)
    for line in (
        "left out: ids that were asked for and are not there, or not under this handling code: 1",
        "left out: the ids that are not there: W1",
    ):
        assert line in outcome.stderr.splitlines()
        assert line in run("inv", "preview", CASE, *options).stdout.splitlines()
    assert re.search(r"E-\S+ for Leaving: 2 entities, 0 links\.", outcome.stderr)
    page = post(browser(place, "inv"), "export", id=["C1", "W1"], depth="0", recipient="Leaving", reason="why").text
    assert "<li>The ids that are not there: W1 <span" in page


def test_more_goes_on_the_command_line_than_fits_a_canvas(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[Wanted] = []
    monkeypatch.setattr(Exports, "preview", lambda _self, wanted, *_args, **_more: requests.append(wanted))
    run("inv", "preview", CASE, "--id", "P1", "--for", "Line")
    (wanted,) = requests
    assert wanted.picture is not None
    assert (wanted.picture.cap, wanted.picture.depth, wanted.picture.least) == (500, 1, 0.0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--query", "crossings.behind", "--param", "crossing=C1", "--id", "P1", "--least", "0"),
            "A query says itself what goes: leave out --id and --least, or --query.",
        ),
        (("--id", "P1", "--param", "crossing=C1"), "--param is for a query"),
        (("--query", "gangs.members", "--param", "gang"), "Write a parameter as NAME=VALUE, not 'gang'"),
        (("--id", "P1", "--relation", "PAYED"), "There is no relation 'PAYED'."),
    ],
)
def test_what_would_be_passed_over_is_refused(run: Callable[..., Result], words: tuple[str, ...], says: str) -> None:
    refused = run("inv", "preview", CASE, *words, "--for", "Line")
    assert refused.exit_code != 0
    assert says in str(refused.exception)
