"""The next best question: the answer that would move the lead most, worded so that no one is asked to find it out."""

from __future__ import annotations

import dataclasses
import random
import re
from collections import Counter
from typing import Any

import pytest

from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.analysis.robustness import rereading
from graphsvc.analysis.robustness.questions import (
    ENOUGH,
    NOT_WEIGHED,
    WITH_CUSTODIAN,
    Question,
    choose,
    weigh,
)
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import SHIPPED

# Verbs that a question must never use: to obtain something, to keep contact, to go anywhere.
FORBIDDEN = re.compile(
    r"\b(find|finds|finding|ask around|asking around|contact|contacts|meet|meets|meeting|watch|follow|observe|approach|obtain|get|"
    r"gather|collect|learn|discover|listen|overhear|eavesdrop|visit|return|go|going|stay|keep|join|befriend|talk|speak|call|phone|"
    r"message|write to|photograph|record that|tell us|report back|bring|look for|look out|search|seek|trace|identify|introduce|"
    r"persuade|encourage|offer|pay|reward|promise|remember|try)\b",
    re.IGNORECASE,
)
PEOPLE = people("top", "mid", "low", "x", "y")
CLAIMS = [
    claim_from("s1: top RUNS g1"),
    claim_from("s2: top DIRECTED mid"),
    claim_from("s3: mid DIRECTED low"),
    claim_from("log: low PILOTED c1", source_kind="record", source_grade="1", assessment="A"),
    claim_from("s4: x ORGANISED c2"),
    claim_from("r1: top not RUNS g1", source_kind="intelligence", assessment="D"),
    claim_from("s5: top CONTACTED y", status="superseded"),
]
ON = basis(CLAIMS, PEOPLE, {})


QUESTIONS = {
    (name, denies): kind.if_denies if denies else kind.if_asserts
    for name, kind in STATEMENT_KINDS.items()
    for denies in (False, True)
}


@pytest.mark.parametrize("text", [*QUESTIONS.values(), WITH_CUSTODIAN, ENOUGH, NOT_WEIGHED])
def test_no_sentence_suggests_to_obtain_anything_or_to_stay_in_touch(text: str) -> None:
    assert FORBIDDEN.findall(text) == []


def test_a_sentence_that_would_is_found() -> None:
    for bad in ("Ask the witness to find out more", "Keep in contact with P3", "Watch who comes", "ask around"):
        assert FORBIDDEN.search(bad)


@pytest.mark.parametrize(
    ("kind", "who"), [("witness", "officer of this statement"), ("intelligence", "owner"), ("record", "record")]
)
def test_a_question_goes_to_who_answers_for_the_statement(kind: str, who: str) -> None:
    for denies in (False, True):
        assert who in QUESTIONS[kind, denies]
        assert "witness to" not in QUESTIONS[kind, denies]


def test_a_question_is_the_sentence_of_its_kind_and_polarity() -> None:
    for question in weigh("top", ON):
        assert question.text == QUESTIONS[question.claim.source_kind, question.claim.denies]


def test_what_moves_the_lead_and_is_uncertain_comes_first() -> None:
    questions = weigh("top", ON)
    assert questions[0].claim.id in ("s1: top RUNS g1", "s2: top DIRECTED mid", "r1: top not RUNS g1")
    claim_ids = {question.claim.id for question in questions}
    assert "s5: top CONTACTED y" not in claim_ids  # without weight
    assert "s4: x ORGANISED c2" not in claim_ids  # not related to the lead
    assert "r1: top not RUNS g1" in claim_ids
    assert questions == sorted(questions, key=lambda question: (-round(question.worth, 9), question.claim.id))


def test_a_denial_that_were_true_lowers_and_an_account_that_were_true_raises() -> None:
    by_claim = {question.claim.id: question for question in weigh("top", ON)}
    denial = by_claim["r1: top not RUNS g1"]
    assert denial.rank_if_false is not None
    assert denial.rank_if_true >= denial.rank_if_false
    account = by_claim["s1: top RUNS g1"]
    assert account.rank_if_false is not None
    assert account.rank_if_true <= account.rank_if_false


def test_ranks_of_the_what_if_are_those_of_ranking_the_whole_case_anew() -> None:
    for question in weigh("top", ON):
        without = [claim for claim in CLAIMS if claim is not question.claim]
        reranked = next(lead for lead in rank(without, PEOPLE, {}).leads if lead.id == "top")
        assert question.rank_if_false == reranked.rank, question.claim.id


def test_it_does_not_depend_on_the_order_claims_come_in() -> None:
    first = weigh("mid", ON)
    shuffled = CLAIMS[:]
    random.Random(3).shuffle(shuffled)
    assert weigh("mid", basis(shuffled, PEOPLE, {})) == first


def test_only_the_kinds_asked_for_are_weighed() -> None:
    questions = weigh("top", ON, kinds=("intelligence", "record"))
    assert {question.claim.source_kind for question in questions} <= {"intelligence", "record"}
    assert questions


def test_the_work_is_bounded_however_much_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    reruns: Counter[str] = Counter()
    whole = rereading.rescore

    def count_reruns(before: rereading.Read, changes: list[rereading.ClaimChange], *more: Any) -> object:
        reruns["score"] += len(changes)
        return whole(before, changes, *more)

    monkeypatch.setattr(rereading, "rescore", count_reruns)
    many = [claim_from(f"s{n}: boss DIRECTED p{n}") for n in range(900)] + [
        claim_from(f"t{n}: p{n % 9} PILOTED c{n}") for n in range(900)
    ]
    ids = {end for claim in many for end in (claim.subject, claim.object)}
    on = basis(many, people(*ids), {})
    for lead in ("boss", "p3"):
        reruns.clear()
        weigh(lead, on)
        assert 2 <= reruns["score"] <= 40


def test_a_witness_who_was_asked_enough_is_passed_over_and_a_record_never_is() -> None:
    log = claim_from("log: p1 RUNS g1", source_kind="record")
    weighed = [Question(claim_from("s1: p1 RUNS g1"), 1, 9, 2.0), Question(log, 1, 5, 1.0)]
    for times_asked, left, enough in (({"s1": 2}, ["s1", "log"], False), ({"s1": 3, "log": 9}, ["log"], True)):
        choice = choose(weighed, times_asked, (), most=3)
        assert [question.claim.source for question in choice.questions] == left
        assert choice.enough is enough
    assert choose(weighed, {}, {log.id}, most=3).questions == (weighed[0],)


def test_a_case_without_roles_asks_nothing() -> None:
    contacts = [claim_from("s1: a CONTACTED b"), claim_from("s2: b CONTACTED c")]
    assert weigh("a", basis(contacts, people("a", "b", "c"), {})) == []


def test_how_uncertain_a_claim_is_goes_by_the_table_of_the_service() -> None:
    """Claims almost certain by the service's own table are not asked about first, whatever the shipped table says."""
    claims = [
        claim_from("s1: p1 RUNS g1"),
        claim_from("log: p1 PILOTED c1", source_kind="record", assessment="A", source_grade="1"),
    ]
    reports = [claim_from(f"r{number}: p{number} RUNS g{number}", source_kind="intelligence") for number in range(2, 7)]
    worths = {}
    for name, weights in (
        ("shipped", SHIPPED),
        ("own", dataclasses.replace(SHIPPED, witness_assessment=dict.fromkeys(SHIPPED.witness_assessment, 900.0))),
    ):
        on = basis([*claims, *reports], people(*(f"p{number}" for number in range(1, 7))), {}, weights=weights)
        worths[name] = {question.claim.id: question.worth for question in weigh("p1", on)}
    assert worths["own"].get(claims[0].id, 0.0) < worths["shipped"][claims[0].id] / 20
