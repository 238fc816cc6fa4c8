"""A printed page names its case, the case's state and who printed it. No saved file is named after the case."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from graphsvc.service import now
from graphsvc.views.sentences import on_paper
from tests.toolbox.accounts import session

pytestmark = pytest.mark.neo4j
PRINTED = {
    "": {},
    "leads": {},
    "lead": {"id": "boss"},
    "entity": {"id": "boss"},
    "behind": {"id": "boss"},
    "through": {},
    "statement": {"id": "report"},
    "crossings": {},
    "sets": {},
}


def line(site: Any, account: str, page: str, **query: str) -> str:
    answer = site.client(account).get(site.address(page, **query))
    assert answer.status_code == 200
    lines = re.findall(r'<p class="print-only small on-paper">(.*?)</p>', answer.text, re.DOTALL)
    assert len(lines) == 1, "every sheet begins with one"
    assert '<main id="content" tabindex="-1" class="sheet-' in answer.text, "each has its mark"
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", lines[0]).split()))


@pytest.mark.parametrize("account", ["inv", "pam"])
@pytest.mark.parametrize("page", PRINTED)
def test_a_page_that_is_printed_says_which_state_of_which_case_it_is(site: Any, page: str, account: str) -> None:
    reader = session(site.service, account, site.case)
    query = {name: {"boss": site.boss, "report": site.report}[word] for name, word in PRINTED[page].items()}
    handling = site.client(account).get(site.address(f"{page or 'overview'}.json", **query)).get_json()["handling"]
    # The version for this reader: changes that the reader cannot see do not count.
    mark = on_paper(site.case, handling, reader.version, account, site.purpose)
    text = line(site, account, page, **query)
    assert text.startswith(f"{mark} · read {now().day} ")
    assert text.endswith(" UTC")


def test_the_paper_of_who_is_behind_says_the_same(site: Any) -> None:
    answer = site.client("inv").get(site.address("behind.pdf", id=site.aide))
    reader = session(site.service, "inv", site.case)
    for sheet in PdfReader(io.BytesIO(answer.data)).pages:
        text = "".join(sheet.extract_text().split())
        assert "".join(on_paper(site.case, "C", reader.version, "inv", site.purpose).split()) in text


@pytest.mark.parametrize(
    "saved_page",
    [
        ("behind.pdf", {"id": "boss"}),
        ("behind", {"id": "boss", "as": "csv"}),
        ("query", {"name": "people.most_paid", "run": "1", "as": "csv"}),
    ],
)
def test_no_file_that_is_saved_bears_the_name_of_the_case(site: Any, saved_page: tuple[str, dict[str, str]]) -> None:
    page, query = saved_page
    words = {name: site.boss if word == "boss" else word for name, word in query.items()}
    answer = site.client("inv").get(site.address(page, **words))
    name = answer.headers["Content-Disposition"]
    assert "filename=" in name
    assert not set(re.findall(r"\w{3,}", site.case)) & set(re.findall(r"\w{3,}", name))
