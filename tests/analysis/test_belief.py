"""Belief in claims and links, against answers worked out by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from graphsvc.analysis.claims.belief import LinkFigures, claim_belief, link_table
from graphsvc.analysis.claims.claims import Claim, Dependence
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.errors import RequestError
from graphsvc.records.grading import ASSESSMENTS, SOURCE_GRADES
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import DENIED, OTHER, SHIPPED

RUNS = "p1 RUNS g1"
ONE_BOAT = {"s1": frozenset({"boat"}), "s2": frozenset({"boat"})}


def link_belief(claims: Iterable[Claim], dependence: Dependence) -> LinkFigures | None:
    """Figures of the claims about one link; None if nothing asserts it."""
    table = link_table(claims, dependence)
    assert len(table) < 2
    return next(iter(table.values()), None)


def belief(*claims: Claim, dependence: dict[str, frozenset[str]] | None = None) -> float:
    figures = link_belief(claims, dependence or {})
    assert figures is not None
    return figures.belief


@pytest.mark.parametrize("kind", STATEMENT_KINDS)
@pytest.mark.parametrize("says", ["RUNS", "CROSSED_ON", "X_LENT", DENIED])
def test_better_grades_are_never_believed_less(kind: str, says: str) -> None:
    for grade in SOURCE_GRADES:
        values = [claim_belief(kind, grade, assessment, says) for assessment in ASSESSMENTS]
        assert values == sorted(values, reverse=True)
        assert 0 < values[-1] < values[0] < 1
    for assessment in ASSESSMENTS:
        values = [claim_belief(kind, grade, assessment, says) for grade in SOURCE_GRADES]
        assert values == sorted(set(values), reverse=True)


def test_what_a_witness_says_counts_alike_whatever_its_assessment_unless_it_is_suspected_false() -> None:
    assert len({claim_belief("witness", "2", assessment, "DIRECTED") for assessment in "ABCD"}) == 1
    assert claim_belief("intelligence", "2", "A", "DIRECTED") > claim_belief("intelligence", "2", "D", "DIRECTED")


@pytest.mark.parametrize("kind", STATEMENT_KINDS)
def test_what_is_suspected_to_be_false_stays_below_half_whoever_says_it(kind: str) -> None:
    assert all(claim_belief(kind, "1", "E", says) < 0.5 for says in SHIPPED.chances[kind])


def test_who_is_behind_it_is_believed_less_than_what_was_lived_through() -> None:
    assert claim_belief("witness", "2", "C", "RUNS") < 0.5 < 0.9 < claim_belief("witness", "2", "C", "CROSSED_ON")


def test_a_relation_without_an_entry_is_believed_as_any_other() -> None:
    assert claim_belief("witness", "2", "C", "X_LENT") == pytest.approx(SHIPPED.chances["witness"][OTHER])


def test_an_unknown_grade_is_named() -> None:
    with pytest.raises(RequestError, match="'F'"):
        claim_belief("witness", "1", "F", "RUNS")


def test_independent_accounts_add_up_and_dependent_ones_hardly_do() -> None:
    # A witness on who runs something, 2C. Independent: 1 - (1 - one)². Dependent: 1 - (1 - one)(1 - 0.1 one).
    claims = claim_from(f"s1: {RUNS}"), claim_from(f"s2: {RUNS}")
    alone = SHIPPED.chances["witness"]["RUNS"]
    assert belief(claims[0]) == pytest.approx(alone)
    assert belief(*claims) == pytest.approx(1 - (1 - alone) ** 2)
    assert belief(*claims, dependence=ONE_BOAT) == pytest.approx(1 - (1 - alone) * (1 - 0.1 * alone))


def test_three_hundred_from_one_boat_are_not_three_hundred() -> None:
    crowd = {f"s{number}": frozenset({"boat"}) for number in range(300)}
    claims = [claim_from(f"{source}: {RUNS}") for source in crowd]
    assert belief(*claims, dependence=crowd) == pytest.approx(belief(*claims[:2], dependence=crowd))


def test_a_third_who_says_nothing_here_joins_nobody() -> None:
    chain = {"s1": frozenset({"a"}), "s2": frozenset({"a", "b"}), "s3": frozenset({"b"})}
    claims = [claim_from(f"s1: {RUNS}"), claim_from(f"s3: {RUNS}")]
    figures = link_belief(claims, chain)
    assert figures is not None
    assert figures.groups == 2
    joined = link_belief([*claims, claim_from(f"s2: {RUNS}")], chain)
    assert joined is not None
    assert joined.groups == 1


def test_denial_lowers_and_never_below_zero() -> None:
    claims = [claim_from(f"s1: {RUNS}")]
    values = [belief(*claims)]
    for number in range(2, 6):
        claims.append(claim_from(f"s{number}: p1 not RUNS g1"))
        values.append(belief(*claims))
    assert values == sorted(set(values), reverse=True)
    assert values[-1] > 0
    support, denial = SHIPPED.chances["witness"]["RUNS"], SHIPPED.chances["witness"][DENIED]
    assert values[1] == pytest.approx(support * (1 - denial) / (1 - support * denial))


@pytest.mark.parametrize("change", [{"status": "withdrawn"}, {"status": "superseded"}, {"polarity": "withdrawn"}])
def test_what_was_taken_back_has_no_weight(change: dict[str, str]) -> None:
    current, back = claim_from(f"s1: {RUNS}"), claim_from(f"s2: {RUNS}", **change)
    assert link_belief([current, back], {}) == link_belief([current], {})
    assert link_belief([back], {}) is None


def test_no_link_where_nothing_asserts() -> None:
    assert link_belief([], {}) is None
    assert link_belief([claim_from("s1: p1 not RUNS g1")], {}) is None


def test_counts_and_dates() -> None:
    claims = [
        claim_from(f"s1: {RUNS}", from_on="2020-05-08"),
        claim_from(f"s2: {RUNS}", from_on="2020-05"),
        claim_from(f"s3: {RUNS}", source_kind="record", on_record=True, id="x"),
        claim_from(f"s3: {RUNS}", source_kind="record", id="y"),
        claim_from("s4: p1 not RUNS g1", from_on="2019"),
    ]
    figures = link_belief(claims, ONE_BOAT)
    assert figures is not None
    assert (figures.asserting, figures.denying, figures.groups, figures.other_sources) == (4, 1, 1, 1)
    assert (figures.first_on, figures.last_on) == ("2020-05", "2020-05")
    assert figures.belief_on_record == pytest.approx(claim_belief("record", "2", "C", "RUNS"))


def test_an_end_alone_is_no_first_day() -> None:
    until = link_belief([claim_from(f"s1: {RUNS}", to_on="2020-03")], {})
    both = link_belief(
        [claim_from(f"s1: {RUNS}", to_on="2020-03"), claim_from(f"s2: {RUNS}", from_on="2020-05-08")], {}
    )
    assert until is not None
    assert both is not None
    assert (until.first_on, until.last_on) == ("", "2020-03")
    assert (both.first_on, both.last_on) == ("2020-03", "2020-05-08")


def test_the_table_is_each_link_alone_in_any_order() -> None:
    rng = random.Random(1)
    keys = {f"s{number}": frozenset(rng.sample("abcdef", 2)) for number in range(12)}
    claims = [
        claim_from(
            f"s{rng.randrange(12)}: p{rng.randrange(3)} {rng.choice(['', 'not '])}RUNS g{rng.randrange(3)}",
            assessment=rng.choice("ABCDE"),
            on_record=rng.random() < 0.5,
            id=str(number),
        )
        for number in range(300)
    ]
    table = link_table(claims, keys)
    for key, figures in table.items():
        assert figures == link_belief([claim for claim in claims if claim.key == key], keys)
        behind = {claim.source for claim in claims if claim.key == key and claim.asserts}
        assert figures.groups == len(groups(behind, keys))
    rng.shuffle(claims)
    again = link_table(claims, keys)
    assert again.keys() == table.keys()
    assert all(again[key].belief == pytest.approx(table[key].belief, abs=1e-12) for key in table)


def test_so_many_voices_on_both_sides_that_neither_can_be_told_from_certain_leave_one_half() -> None:
    graded = {"source_kind": "record", "source_grade": "1", "assessment": "A"}
    claims = [claim_from(f"r{n}: {RUNS}", **graded) for n in range(60)]
    claims += [claim_from(f"d{n}: p1 not RUNS g1", **graded) for n in range(60)]
    figures = link_belief(claims, {})
    assert figures is not None
    assert figures.belief == pytest.approx(0.5)


def test_groups_and_other_sources_on_the_record_are_those_of_what_is_on_record_alone() -> None:
    claims = [
        claim_from(f"s1: {RUNS}", on_record=True),
        claim_from(f"s2: {RUNS}", on_record=True),
        claim_from(f"s3: {RUNS}"),
        claim_from(f"r1: {RUNS}", source_kind="record", on_record=True),
        claim_from(f"i1: {RUNS}", source_kind="intelligence"),
    ]
    # s1 and s2 are one group only through s3, which is not on the record.
    chain = {"s1": frozenset({"a"}), "s3": frozenset({"a", "b"}), "s2": frozenset({"b"})}
    figures = link_belief(claims, chain)
    alone = link_belief([claim for claim in claims if claim.on_record], chain)
    assert figures is not None
    assert alone is not None
    assert (figures.groups, figures.other_sources) == (1, 2)
    assert (figures.groups_on_record, figures.other_sources_on_record) == (alone.groups, alone.other_sources) == (2, 1)
    denied = link_belief([claim_from(f"s1: {RUNS}"), claim_from("s2: p1 not RUNS g1", on_record=True)], {})
    assert denied is not None
    assert (denied.groups_on_record, denied.other_sources_on_record) == (0, 0)


@pytest.mark.parametrize("swapped", ["p2 not ASSOCIATES_WITH p1", "p1 not ASSOCIATES_WITH p2"])
def test_a_denial_of_a_relation_without_direction_counts_in_either_order(swapped: str) -> None:
    link = ("p1", "ASSOCIATES_WITH", "p2")
    (key, figures), *more = link_table([claim_from(f"s1: {' '.join(link)}"), claim_from(f"s2: {swapped}")], {}).items()
    assert (key, figures.denying, more) == (link, 1, [])
    assert figures.belief < link_table([claim_from(f"s1: {' '.join(link)}")], {})[link].belief


def test_where_both_orders_are_asserted_a_denial_counts_against_both() -> None:
    claims = [claim_from(f"{text} p2") for text in ("s1: p1 RIVAL_OF", "s3: p1 not RIVAL_OF")] + [
        claim_from("s2: p2 RIVAL_OF p1")
    ]
    assert {key: figures.denying for key, figures in link_table(claims, {}).items()} == {
        ("p1", "RIVAL_OF", "p2"): 1,
        ("p2", "RIVAL_OF", "p1"): 1,
    }


def test_a_denial_of_a_payment_counts_in_its_own_direction_alone() -> None:
    (figures,) = link_table([claim_from("s1: p1 PAID p2"), claim_from("s2: p2 not PAID p1")], {}).values()
    assert figures.denying == 0


def test_a_lead_counts_denials_in_either_order() -> None:
    """Here contacts rank the people, and contacts have no direction."""
    claims = [claim_from(f"s{number}: p1 CONTACTED p{number}") for number in range(2, 6)]
    claims += [claim_from("s6: p1 ASSOCIATES_WITH p2"), claim_from("s7: p2 not ASSOCIATES_WITH p1")]
    denied = {
        lead.id: lead.denied for lead in rank(claims, people(*(f"p{number}" for number in range(1, 6))), {}).leads
    }
    assert denied == {"p1": 1, "p2": 1, "p3": 0, "p4": 0, "p5": 0}
