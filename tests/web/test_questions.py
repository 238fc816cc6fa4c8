"""Innocent readings and questions on a lead's page, by clearance, and the form that notes a question."""

from __future__ import annotations

import pytest

from tests.analysis.test_questions import FORBIDDEN
from tests.web.conftest import Site

pytestmark = pytest.mark.neo4j


def test_a_lead_page_shows_readings_and_questions_of_its_reader(site: Site) -> None:
    inv = site.client("inv").get(site.address("lead.json", id=site.boss)).get_json()
    assert inv["questions"]
    assert all(question["rank_if_true"] is not None for question in inv["questions"])
    pam = site.client("pam").get(site.address("lead.json", id=site.boss)).get_json()
    assert all(question["rank_if_true"] is None for question in pam["questions"])
    assert all(question["claim"]["statement_kind"] != "witness" for question in pam["questions"])
    assert pam["question_notes"] == [
        "There is a question about what witnesses already said; it takes source clearance to be seen."
    ]
    for lead in (inv, pam):
        for question in lead["questions"]:
            assert FORBIDDEN.findall(question["text"]) == []
    page = site.client("pam").get(site.address("lead", id=site.boss)).text
    assert "Innocent readings" in page
    assert "takes source clearance to be seen" in page
    assert "<script>alert" not in page


def test_a_question_is_noted_once_and_only_about_what_is_seen(site: Site) -> None:
    inv = site.client("inv")
    page = inv.get(site.address("lead.json", id=site.boss)).get_json()
    claim = next(
        question["claim"]["claim"]
        for question in page["questions"]
        if site.boss in (question["claim"]["subject"], question["claim"]["object"])
    )
    address = site.address("lead/question")
    site.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    try:
        assert inv.post(address, data={"id": site.boss, "claim": "0" * 24}).status_code == 404
        assert inv.post(address, data={"id": "nobody", "claim": claim}).status_code == 404
        assert inv.post(address, data={"id": site.boss, "claim": claim}).status_code == 303
        assert inv.post(address, data={"id": site.boss, "claim": claim}).status_code == 400
    finally:
        site.app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    page = inv.get(site.address("lead.json", id=site.boss)).get_json()
    assert claim not in {question["claim"]["claim"] for question in page["questions"]}
    assert claim in {question["claim"] for question in page["put"]}
