"""Pages by difference: who may not see C, or not this case, gets what they would get if it had never been loaded.

A reader walks from the front page along every link, as far as a few hundred pages, on a case loaded whole and on the same
case loaded without what is C. Every answer is compared byte by byte, headers and JSON twins included.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed

from graphsvc.access import accounts
from graphsvc.access.principal import Grant
from graphsvc.web import create_app
from graphsvc.web.frame import FILES

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

WHOLE, PART = "case-whole", "case-parts"
ROLES = ("investigator", "analyst", "disclosure")
# Pages walked of each kind: enough to meet every kind, few enough to end.
OF_A_KIND = 3
LINK = re.compile(r'(?:href|action|data-address|data-page)="(/[^"#]*)')
# What differs between any two askings.
ALWAYS = (
    re.compile(r'name="csrf[-_]token" (?:value|content)="[^"]+"'),
    re.compile(r'content="[^"]+" name="csrf[-_]token"'),
)
HEADERS = ("Content-Type", "Cache-Control", "ETag", "Last-Modified", "Content-Disposition", "Location", "Vary")
# Pages that hold nothing of a case, or that no reader without clearance for C comes to, by blueprint.
ELSEWHERE = frozenset(
    {
        "static",
        "bootstrap",
        "signin",
        "account",
        "people",
        "log",
        "numbers",
        "load",
        "reveals",
        "holds",
        "sealing",
        "erasures",
        "cypher",
        "saved",
    }
)

Answer = tuple[int, Mapping[str, str | None], str]


@dataclass
class Walked:
    """What a reader met: address → answer, with the case and the reader's name taken out."""

    answers: dict[str, Answer]
    endpoints: set[str]


def reader(cases: Any, name: str, case: str, handling: str) -> FlaskClient:
    accounts.add(cases.service.database, name, ROLES, {case: Grant(handling)})
    app: Flask = create_app(cases.service)
    client: FlaskClient = app.test_client()
    assert client.get(f"/link/{cases.service.sign_in_link(name, 'difference')}").status_code == 303
    return client


def asked(client: FlaskClient, address: str, case: str, name: str) -> Answer:
    with client.get(address.replace("CASE", case)) as answer:
        text = answer.get_data(as_text=True)
    for pattern in ALWAYS:
        text = pattern.sub("", text)
    headers = {
        header: value and plain(value, case, name) for header in HEADERS for value in [answer.headers.get(header)]
    }
    return answer.status_code, headers, plain(text, case, name)


def plain(text: str, case: str, name: str) -> str:
    return text.replace(case, "CASE").replace(name, "READER")


def twin(address: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}.json{mark}{query}" if path != "/" else "/cases.json"


def kind(address: str) -> str:
    """Pages of one kind: the path, and which parameters it has."""
    path, _, query = address.partition("?")
    return path + "?" + "&".join(sorted({part.partition("=")[0] for part in query.split("&")}))


def walk(client: FlaskClient, case: str, name: str, *, more: list[str]) -> Walked:
    """Every address a reader comes to from the front page, and `more`, each with its JSON twin."""
    found = Walked({}, set())
    met: dict[str, int] = {}
    guessed = set(more)
    queue = deque(["/", "/case/CASE", *more])
    adapter = client.application.url_map.bind("localhost")
    while queue:
        address = queue.popleft()
        if address in found.answers:
            continue
        path = address.partition("?")[0].replace("CASE", case)
        try:
            endpoint = str(adapter.match(path)[0])
        except MethodNotAllowed:
            continue  # what a form is sent to
        if endpoint.partition(".")[0] in ELSEWHERE or endpoint in FILES:
            continue
        if met.get(kind(address), 0) >= OF_A_KIND and address not in guessed:
            continue
        answer = asked(client, address, case, name)
        found.answers[address] = answer
        if answer[0] == 200:
            met[kind(address)] = met.get(kind(address), 0) + 1
            found.endpoints.add(endpoint)
        if answer[0] in (302, 303) and (answer[1]["Location"] or "").startswith("/"):
            queue.append(str(answer[1]["Location"]))
        found.answers[twin(address)] = asked(client, twin(address), case, name)
        queue.extend(unescape(link) for link in LINK.findall(answer[2]))
    return found


def guesses(cases: Any) -> list[str]:
    """Addresses of everything there is, C included, as someone who knows or guesses ids would type them."""
    rows = cases.rows
    ids = [
        row["id"] for table in ("people", "gangs", "boats", "crossings", "workplaces", "things") for row in rows[table]
    ]
    secret = {row["id"] for table in rows for row in rows[table] if row.get("handling") == "C"}
    first = [one for one in ids if one in secret][:4] + ids[:: max(len(ids) // 4, 1)]
    said = [row["id"] for row in rows["statements"] if row["handling"] == "C"][:4]
    links = [row for row in rows["links"] if row["statement_id"] in set(said)][:4]
    pages = [
        f"/case/CASE/{page}?id={quote(one)}" for one in first for page in ("entity", "lead", "network", "network/node")
    ]
    pages += [f"/case/CASE/statement?id={quote(one)}" for one in said]
    for row in links:
        ends = {"subject": row["subject_id"], "relation": row["relation"], "object": row["object_id"]}
        pages.append(f"/case/CASE/network/link?{urlencode(ends)}")
    pages += [f"/case/CASE/search?q={word}" for word in ("a", "phone", "20", "%25", "S-", "X1")]
    pages += [f"/case/CASE/network/tables?id={quote(one)}&depth=2" for one in first[:6]]
    for query in cases.service.library.public():
        given = {f"p.{name}": "" if value is None else str(value) for name, value in _given(query).items()}
        pages.append(f"/case/CASE/query?{urlencode({'name': query.name, 'run': '1', **given})}")
    return pages


def _given(query: Any) -> dict[str, Any]:
    return {
        parameter.name: parameter.default if parameter.default is not None else "X1" for parameter in query.parameters
    }


@pytest.fixture(scope="module")
def whole(cases: Any) -> Walked:
    """The walk of a reader without C through the case loaded whole."""
    cases.load(WHOLE, cases.rows)
    return walk(reader(cases, "reader-whole", WHOLE, "P"), WHOLE, "reader-whole", more=guesses(cases))


def differing(one: Walked, other: Walked) -> dict[str, tuple[Any, Any]]:
    """Address → the two answers, where they are not the same; cut to where they part."""
    found: dict[str, tuple[Any, Any]] = {}
    for address in one.answers.keys() | other.answers.keys():
        first, second = one.answers.get(address), other.answers.get(address)
        if first == second:
            continue
        if first is None or second is None or first[:2] != second[:2]:
            found[address] = (first and first[:2], second and second[:2])
            continue
        place = next((n for n, pair in enumerate(zip(first[2], second[2], strict=False)) if pair[0] != pair[1]), -1)
        found[address] = (first[2][max(place - 80, 0) : place + 120], second[2][max(place - 80, 0) : place + 120])
    return found


def test_the_walk_meets_every_page_of_a_case(whole: Walked, cases: Any) -> None:
    app = create_app(cases.service)
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not {rule.endpoint, rule.endpoint.partition(".")[0]} & (ELSEWHERE | FILES)
    ]
    pages = {rule.endpoint for rule in rules if not rule.endpoint.endswith("_json")}
    assert len(whole.answers) > 200
    assert sorted(pages - whole.endpoints) == []


def test_without_clearance_for_c_every_page_is_as_if_c_had_never_been_loaded(
    cases: Any, whole: Walked, without_c: dict[str, list[dict[str, str]]]
) -> None:
    cases.load(PART, without_c)
    part = walk(reader(cases, "reader-parts", PART, "P"), PART, "reader-parts", more=guesses(cases))
    assert differing(whole, part) == {}
    # The case holds C, and it shows where it may.
    cleared = reader(cases, "reader-clear", WHOLE, "C")
    some = [address for address in whole.answers if whole.answers[address][0] == 200][::10]
    shown = [asked(cleared, address, WHOLE, "reader-clear")[2] != whole.answers[address][2] for address in some]
    assert sum(shown) > len(some) / 2


def test_a_case_not_granted_changes_nothing(cases: Any, whole: Walked) -> None:
    client = reader(cases, "reader-again", WHOLE, "P")
    for address in ("/", "/cases.json", *list(whole.answers)[::5]):
        assert asked(client, address, WHOLE, "reader-again") == whole.answers[address], address


def test_a_case_not_granted_and_one_that_is_not_there_answer_alike(cases: Any, whole: Walked) -> None:
    client = reader(cases, "reader-other", "another", "C")
    for address in list(whole.answers)[:: max(len(whole.answers) // 150, 1)]:
        if "CASE" in address:
            hidden, absent = (asked(client, address, name, "reader-other") for name in (WHOLE, "case-nosuch"))
            assert hidden == absent, address
            assert hidden[0] in (403, 404), address
