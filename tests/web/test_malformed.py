"""Endless numbers, endlessly nested lists, digits of other scripts: one sentence or the meant value, never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.toolbox.pages import post

pytestmark = pytest.mark.neo4j

HUGE = "9" * 5_000
NO_NUMBERS = (HUGE, "9" * 25, "1_0", "\u0663", "\uff13", "0x3", "1e9999", "nan")
DEEP = "[" * 100_000
ADDRESSES = (
    ("log", "before"),
    ("network", "depth"),
    ("network", "size"),
    ("network", "least"),
    ("network/paths", "least"),
    ("network/paths", "steps"),
    ("pictures/version", "version"),
    ("sets", "size"),
    ("load/take-back", "delivery"),
    ("query", "p.boats"),
)


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize(("page", "name"), ADDRESSES)
def test_what_is_no_number_in_an_address_is_one_sentence(site: Any, page: str, name: str, value: str) -> None:
    client = site.client("aud" if page == "log" else "inv")
    beside = {"network/paths": {"from": site.boss, "to": site.aide}, "query": {"name": "boats.parts", "run": "1"}}
    ids = beside.get(page, {"id": site.boss})
    address = "/log" if page == "log" else site.address(page)
    answer = client.get(address, query_string={**ids, name: value})
    assert answer.status_code in (400, 404), (answer.status_code, answer.text[:500])


@pytest.mark.parametrize("arranged", [DEEP, '{"P1": [' + "9" * 4_000 + ", 1]}", '{"P1": [1e999, 1]}', f'{{"a": {DEEP}'])
def test_places_that_are_none_are_one_sentence(site: Any, arranged: str) -> None:
    client = site.client("inv")
    page = site.address("network", id=site.boss)
    answer = post(client, page, site.address("export"), id=site.boss, arranged=arranged, recipient="Kent")
    assert answer.status_code == 400
    answer = post(
        client, page, site.address("export/make"), id=site.boss, arranged=arranged, recipient="Kent", reason="x"
    )
    assert answer.status_code == 400, answer.status_code


@pytest.mark.parametrize("out", [DEEP, HUGE, '{"a": 1}', "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")])
def test_links_to_leave_out_that_are_none_are_one_sentence(site: Any, out: str) -> None:
    client = site.client("inv")
    page = site.address("network", id=site.boss)
    answer = post(client, page, site.address("export/make"), id=site.boss, out=out, recipient="Kent", reason="x")
    assert answer.status_code == 400, answer.status_code


@pytest.mark.parametrize("state", [DEEP, '{"asked": ' + DEEP, '{"look": ' + '{"a": ' * 50_000, HUGE])
def test_a_state_that_is_none_is_one_sentence(site: Any, state: str) -> None:
    client = site.client("inv")
    page = site.address("network", id=site.boss)
    answer = post(client, page, site.address("pictures/save"), state=state, name="deep")
    assert answer.status_code == 400, answer.status_code


def test_a_date_in_other_digits_is_the_date_that_is_meant(site: Any) -> None:
    client = site.client("aud")
    plain = client.get("/log.json", query_string={"until": "2020-05"})
    foreign = client.get("/log.json", query_string={"until": "\u0662\u0660\u0662\u0660-\u0660\u0665"})
    assert (plain.status_code, foreign.status_code) == (200, 200)
    assert json.loads(plain.text)["lines"] == json.loads(foreign.text)["lines"] == []
    assert client.get("/log.json", query_string={"until": "\u0662\u0660\u0662\u0660-\u0661\u0663"}).status_code == 400


def test_a_very_long_address_or_name_is_no_fault(site: Any) -> None:
    client = site.client("inv")
    long = "x" * 60_000
    for address in (f"/case/{long}/leads", f"/{long}", f"/link/{long}", site.address("entity", id=long)):
        assert client.get(address).status_code in (401, 404), address[:30]
