"""The ranking on tiny cases: facts that must raise a score, must not raise it, or must not matter."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.fit_weights import signs
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.examples import claim_from, network_from, people
from graphsvc.analysis.ranking import additive, ingredients
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.hubs import Lead, Ranking, rank, ranks
from graphsvc.analysis.ranking.hubs import rank_basis as whole
from graphsvc.service.evaluation.simulated_cases import read
from graphsvc.simulate import simulate
from tests.analysis.random_cases import told_at_random, with_passengers

# Three independent sources describe one gang: `top` directs `mid`, who runs things and directs two pilots.
GANG = (
    "s1: mid ORGANISED c1",
    "s1: a PILOTED c1",
    "s2: mid DIRECTED a",
    "s2: mid DIRECTED b",
    "s3: b PILOTED c1",
    "s3: top DIRECTED mid",
)
CAST = ("top", "mid", "a", "b")


def rank_texts(*texts: str, cast: tuple[str, ...] = CAST, dependence: Dependence | None = None) -> Ranking:
    return rank([claim_from(text) for text in texts], people(*cast), dependence or {})


def lead(ranking: Ranking, name: str) -> Lead:
    return next(entry for entry in ranking.leads if entry.id == name)


def test_those_who_direct_stand_before_those_who_are_seen() -> None:
    order = [entry.id for entry in rank_texts(*GANG).leads]
    assert set(order[:2]) == {"mid", "top"}


def test_directing_one_who_runs_things_passes_on() -> None:
    ranking = rank_texts(*GANG, "s4: other DIRECTED b", cast=(*CAST, "other"))
    assert lead(ranking, "top").shares["reaches"] > lead(ranking, "other").shares["reaches"]


def test_shares_add_up_to_the_score() -> None:
    for entry in rank_texts(*GANG).leads:
        assert sum(entry.shares.values()) == pytest.approx(entry.score, abs=1e-8)


def test_people_with_equal_scores_share_a_rank_however_their_shares_are_split() -> None:
    """One person has two claims, the other six, each from one source, so their shares by family round differently."""
    claims = [
        "s1: once ORGANISED c1",
        "s1: once DIRECTED a",
        *(f"s2: often ORGANISED d{number}" for number in range(5)),
        "s2: often DIRECTED b",
    ]
    ranking = rank_texts(*claims, cast=("once", "often", "a", "b"))
    once, often = lead(ranking, "once"), lead(ranking, "often")
    assert once.shares["arranges"] < often.shares["arranges"]
    assert (once.score, once.rank) == (often.score, often.rank)


@pytest.mark.parametrize("few_below", [0, 3])
@pytest.mark.parametrize("seed", range(12))
def test_ranks_alone_are_those_of_the_whole_ranking(seed: int, few_below: int) -> None:
    for claims, persons, keys in (told_at_random(seed), with_passengers(seed)):
        contacts = [claim for claim in claims if claim.relation in ("CONTACTED", "OWES")]
        for chosen in (claims, contacts, []):
            on = basis(chosen, persons, keys, few_below=few_below)
            assert ranks(on) == {lead.id: lead.rank for lead in whole(on).leads}


def test_lawful_service_of_three_hundred_raises_nobody_and_costs_others_nothing() -> None:
    served = [f"s{number % 7}: helper SERVED m{number}" for number in range(300)]
    cast = (*CAST, "helper", "nobody", *(f"m{number}" for number in range(300)))
    ranking = rank_texts(*GANG, *served, cast=cast)
    assert lead(ranking, "helper").score < lead(ranking, "nobody").score == 0.0
    without = rank_texts(*GANG, cast=cast)
    assert lead(ranking, "mid") == lead(without, "mid")


def test_family_and_own_relations_score_nothing() -> None:
    claims = [claim_from(text) for text in (*GANG, "s1: kin RELATED_TO mid")]
    claims.append(replace(claims[0], id="own", subject="kin", relation="X_LENT_PHONE_TO", object="a"))
    assert lead(rank(claims, people(*CAST, "kin"), {}), "kin").score == 0.0


PASSENGERS = [f"m{number}" for number in range(12)]
MEETINGS = ("{p} CONTACTED {m}", "{m} CONTACTED {p}", "{p} ASSOCIATES_WITH {m}")
DEALINGS = ("{m} PAID {p}", "{m} OWES {p}", *MEETINGS)


@pytest.mark.parametrize("dealing", DEALINGS)
@pytest.mark.parametrize("kind", ["record", "intelligence", "witness"])
def test_what_passengers_say_on_the_phone_moves_nobody_nor_does_a_record_of_what_they_pay_or_owe(
    dealing: str, kind: str
) -> None:
    """Contact with passengers suggests a part in crossings; it must rank nobody below people with fewer claims."""
    cast = people(*CAST, "seen", *PASSENGERS)
    carried = [claim_from(f"r: {name} CROSSED_ON c1", source_kind="record") for name in PASSENGERS]
    before = [*(claim_from(text) for text in (*GANG, "s8: seen MEMBER_OF g1")), *carried]
    for somebody in ("mid", "top", "a", "seen"):
        dealt = [
            claim_from(
                f"x{number}: {dealing.format(m=name, p=somebody)}", source_kind=kind, source_grade="1", assessment="A"
            )
            for number, name in enumerate(PASSENGERS)
        ]
        was, now = (rank(claims, cast, {}).leads for claims in (before, [*before, *dealt]))
        # Passengers in contact with a person are ranked too, below everyone reported to play a part.
        scores = {lead.id: lead.score for lead in now}
        if dealing in MEETINGS or kind == "record":
            assert {lead.id: lead.score for lead in was} == {name: scores[name] for name in (*CAST, "seen")}


@pytest.mark.slow(reason="ranks invented cases again for each of their first ten")
@pytest.mark.parametrize("seed", [2, 3])
def test_no_hub_of_an_invented_case_is_hidden_by_payments_and_calls_of_passengers(seed: int, tmp_path: Path) -> None:
    simulate(tmp_path / "case", seed=seed, people=400, hard=True)
    case = read(tmp_path / "case")
    leads = rank(case.claims, case.persons, case.dependence).leads
    crossed = sorted(
        {claim.subject for claim in case.claims if claim.relation == "CROSSED_ON"} - {lead.id for lead in leads}
    )
    assert len(crossed) > 20
    hidden = []
    for first in [lead for lead in leads[:10] if lead.id in case.truth["hubs"]]:
        dealt = [
            claim_from(
                f"x{number}: {dealing.format(m=name, p=first.id)}",
                source_kind="record",
                source_grade="1",
                assessment="A",
            )
            for number, name in enumerate(crossed[:10])
            for dealing in DEALINGS
        ]
        (now,) = [
            lead for lead in rank([*case.claims, *dealt], case.persons, case.dependence).leads if lead.id == first.id
        ]
        if now.rank > 10:
            hidden.append((first.rank, now.rank))
    assert hidden == []


DEEDS_BY_HAND = (
    "{p} PILOTED c1",
    "{p} ASSISTED c1",
    "{p} MANAGED w1",
    "{p} TRANSPORTED {m}",
    "{p} HOUSED {m}",
    "{p} COERCED {m}",
    "{p} RECRUITED {m}",
    "{p} DIRECTED {m}",
)


@pytest.mark.parametrize(
    ("deed", "least"),
    [(deed, 0.0) for deed in (*DEEDS_BY_HAND, "{m} DIRECTED {p}", "{p} CONTROLS w1")] + [("{p} SERVED {m}", -0.21)],
)
def test_no_record_of_what_is_cheap_to_stage_lowers_anybody_much(deed: str, least: float) -> None:
    """Registers can be bought and seizures staged. Records of orders and organising raise only the person acting."""
    claims = [claim_from(text) for text in GANG]
    before = {entry.id: entry.score for entry in rank(claims, people(*CAST, "m1"), {}).leads}
    for somebody in CAST:
        staged = [
            claim_from(
                f"r{number}: {deed.format(p=somebody, m='m1')}", source_kind="record", source_grade="1", assessment="A"
            )
            for number in range(3)
        ]
        after = {entry.id: entry.score for entry in rank([*claims, *staged], people(*CAST, "m1"), {}).leads}
        assert after[somebody] >= before[somebody] + least, somebody


def places_with_work_by_hand(case: Any) -> list[int]:
    """Ranks of each hub in the first ten, after three records of each kind of work by hand are added about that hub."""
    leads = rank(case.claims, case.persons, case.dependence).leads
    crossed = {claim.subject for claim in case.claims if claim.relation == "CROSSED_ON"}
    passengers = sorted(crossed - {lead.id for lead in leads})[:3]
    places = []
    for first in [lead for lead in leads[:10] if lead.id in case.truth["hubs"]]:
        for deed in DEEDS_BY_HAND:
            staged = [
                claim_from(
                    f"x{number}: {deed.format(m=name, p=first.id)}",
                    source_kind="record",
                    source_grade="1",
                    assessment="A",
                )
                for number, name in enumerate(passengers)
            ]
            again = rank([*case.claims, *staged], case.persons, case.dependence).leads
            places.append(next(lead.rank for lead in again if lead.id == first.id))
    return places


@pytest.mark.slow(reason="ranks invented cases again for each of their first ten")
def test_evidence_of_work_by_hand_hides_no_hub_of_invented_cases(tmp_path: Path) -> None:
    """Earlier, three such records moved nine in ten hubs out of the first ten, to a median rank of 136."""
    places = []
    for seed in (2, 3):
        simulate(tmp_path / str(seed), seed=seed, people=400, hard=True)
        places += places_with_work_by_hand(read(tmp_path / str(seed)))
    assert len(places) > 50
    assert sum(place > 10 for place in places) <= len(places) / 30


@pytest.mark.slow(reason="ranks invented cases again for each kind of account")
@pytest.mark.parametrize("seed", [2, 3])
def test_one_lone_account_puts_nobody_unconnected_among_the_first_five(seed: int, tmp_path: Path) -> None:
    simulate(tmp_path / "case", seed=seed, people=400, hard=True)
    case = read(tmp_path / "case")
    stories = [
        [f"{relation} {thing_of(case.claims, relation)}"] for relation in ("ORGANISED", "SUPPLIED", "RUNS", "CONTROLS")
    ]
    # The story of the benchmark that counts the invented statements needed: it also names two of the crew.
    stories.append([f"ORGANISED {thing_of(case.claims, 'ORGANISED')}", *(f"DIRECTED {name}" for name in crew(case))])
    for story in stories:
        lone = [
            claim_from(f"lone: nobody {deed}", source_grade="2", assessment="C", statement="of the lone one")
            for deed in story
        ]
        leads = rank([*case.claims, *lone], [*case.persons, *people("nobody")], case.dependence).leads
        assert next(lead.rank for lead in leads if lead.id == "nobody") > 5, story


def thing_of(claims: list[Claim], relation: str) -> str:
    return next(claim.object for claim in claims if claim.relation == relation)


def crew(case: Any) -> list[str]:
    """The two people who look least like hubs."""
    on = basis(case.claims, case.persons, case.dependence)
    assert on.network is not None
    assert on.scored_network is not None
    return [on.network.ids[row] for row in np.argsort(on.scored_network.own, kind="stable")[:2].tolist()]


def test_being_a_source_adds_nothing() -> None:
    claims = [claim_from(text) for text in (*GANG, "x: a PILOTED c1")]
    renamed = [replace(claim, source="mid") if claim.source == "x" else claim for claim in claims]
    assert rank(claims, people(*CAST), {}).leads == rank(renamed, people(*CAST), {}).leads


def test_two_from_one_dinghy_are_not_two() -> None:
    twice = (*GANG, "s9: mid ORGANISED c1")
    apart, together = (
        rank_texts(*twice),
        rank_texts(*twice, dependence={name: frozenset({"c1"}) for name in ("s1", "s9")}),
    )
    alone = lead(rank_texts(*GANG), "mid")
    both, merged, both_alone = (int(lead(ranking, "mid").groups) for ranking in (apart, together, rank_texts(*GANG)))
    assert both == merged + 1 == both_alone + 1
    # The score counts sources; the number of groups is a separate figure.
    assert lead(apart, "mid").score == lead(together, "mid").score > alone.score


def test_what_one_source_repeats_counts_once() -> None:
    again = rank_texts(*GANG, *(f"s1: mid ORGANISED c{number}" for number in range(2, 9)))
    assert lead(again, "mid").score == lead(rank_texts(*GANG), "mid").score
    assert lead(rank_texts(*GANG, "s4: mid ORGANISED c2"), "mid").score > lead(again, "mid").score


def test_denial_lowers_and_is_counted() -> None:
    before, after = rank_texts(*GANG), rank_texts(*GANG, "s8: mid not ORGANISED c1")
    assert lead(after, "mid").score < lead(before, "mid").score
    assert (lead(before, "mid").denied, lead(after, "mid").denied) == (0, 1)


def test_who_passes_orders_on_stands_behind_who_gives_them() -> None:
    orders = [f"s{number}: between DIRECTED aide{number}" for number in range(5)]
    seen = [f"t{number}: aide{number} PILOTED c{number}" for number in range(5)]
    cast = (*CAST, "above", "between", *(f"aide{number}" for number in range(5)))
    texts = (
        *GANG,
        *orders,
        *seen,
        *(f"{name}: above {deed}" for name in ("s8", "s9") for deed in ("DIRECTED between", "ORGANISED c1")),
    )
    order = [entry.id for entry in rank_texts(*texts, cast=cast).leads]
    assert order.index("above") < order.index("between") < order.index("aide0")


def test_what_is_told_of_others_decides_what_directing_them_says() -> None:
    texts = (*GANG, "s6: x DIRECTED y", "s6: x DIRECTED z")
    cast = (*CAST, "x", "y", "z")
    reaches = {
        name: lead(rank_texts(*texts, f"s7: y {deed}", f"s8: z {deed}", cast=cast), "x").shares["reaches"]
        for name, deed in (("aides", "PILOTED c2"), ("organisers", "ORGANISED c2"))
    }
    assert reaches["organisers"] > reaches["aides"] > 0


def test_stages_rank_those_who_have_a_hand_in_them() -> None:
    ranking = rank_texts(
        *GANG,
        "s4: maker SUPPLIED b1",
        "s5: dealer SUPPLIED b2",
        "s6: dealer SUPPLIED b3",
        cast=(*CAST, "maker", "dealer"),
    )
    assert {entry.id: entry.stages["boat"] for entry in ranking.leads if "boat" in entry.stages} == {
        "dealer": 1,
        "maker": 2,
    }
    assert "boat" not in lead(ranking, "mid").stages


def test_score_on_record_is_the_score_of_what_is_on_record() -> None:
    claims = [claim_from(text, on_record=text.startswith("s1")) for text in GANG]
    ranking = rank(claims, people(*CAST), {})
    alone = rank([claim for claim in claims if claim.on_record], people(*CAST), {})
    assert lead(ranking, "mid").score_on_record == pytest.approx(lead(alone, "mid").score)
    assert lead(ranking, "top").score_on_record == 0.0


def test_rank_and_voices_on_record_are_those_of_what_is_on_record() -> None:
    texts = (*GANG, "s4: mid DIRECTED b", "s5: a DIRECTED b")
    claims = [claim_from(text, on_record=text[:2] in ("s1", "s4", "s5")) for text in texts]
    claims.append(claim_from("log: mid PAID a", source_kind="record", on_record=True))
    ranking = rank(claims, people(*CAST), {"s1": frozenset({"k"}), "s4": frozenset({"k"})})
    mid, top = lead(ranking, "mid"), lead(ranking, "top")
    # To claim to have taken orders from the top does not raise the source.
    assert (mid.groups, mid.groups_on_record, mid.other_sources, mid.other_sources_on_record) == (2, 1, 1, 1)
    assert (top.groups, top.groups_on_record, top.other_sources_on_record) == (1, 0, 0)
    recorded = sorted((entry.score_on_record for entry in ranking.leads), reverse=True)
    assert all(entry.rank_on_record == 1 + recorded.index(entry.score_on_record) for entry in ranking.leads)
    assert lead(ranking, "mid").rank_on_record == 1
    assert len({entry.rank_on_record for entry in ranking.leads}) > 1


def test_who_is_equal_on_the_record_shares_the_lowest_rank_there() -> None:
    assert {entry.rank_on_record for entry in rank_texts(*GANG).leads} == {1}


def test_order_of_claims_and_names_do_not_matter() -> None:
    claims, cast = [claim_from(text) for text in GANG], people(*CAST)
    before = rank(claims, cast, {})
    random.Random(3).shuffle(claims)
    assert rank(claims, cast[::-1], {}) == before
    names = {"top": "zz", "mid": "p7", "a": "0", "b": "k"}
    moved = [
        replace(claim, subject=names[claim.subject], object=names.get(claim.object, claim.object)) for claim in claims
    ]
    after = rank(moved, people(*names.values()), {})
    for old, new in names.items():
        assert lead(after, new).score == pytest.approx(lead(before, old).score, abs=1e-8)


def test_ties_share_the_lowest_rank_in_the_order_of_ids() -> None:
    ranking = rank_texts(*GANG, cast=(*CAST, "z", "y"))
    tied = [(entry.id, entry.rank) for entry in ranking.leads if entry.score == 0.0]
    assert [name for name, _ in tied] == ["y", "z"]
    assert tied[0][1] == tied[1][1]


def test_two_voices_single_out_nobody() -> None:
    ranking = rank_texts("s1: mid ORGANISED c1", "s2: mid DIRECTED a")
    assert (ranking.verdict, ranking.leads[0].id) == ("abstains", "mid")


def _by_records(texts: list[str], source: str) -> list[Claim]:
    """Turn the claims into records of one source, each in a separate statement."""
    return [
        claim_from(text, source_kind="record", source=source, statement=f"row {number}")
        for number, text in enumerate(texts)
    ]


def test_one_witness_and_one_register_single_out_nobody_however_much_the_register_says() -> None:
    """One register is one source, however many rows it has; rows that name no register count as one source too."""
    texts, cast = _gangs(12), people(*_everybody(_gangs(12)))
    witness = [claim_from(text) for text in texts if text.startswith("s00")]
    for source in ("register", ""):
        ranking = rank([*witness, *_by_records(texts, source)], cast, {})
        assert ranking.verdict == "abstains", source
        assert "fewer than 3 independent voices" in ranking.reason
        assert {lead.id for lead in ranking.leads[:12]} == {f"boss{gang}" for gang in range(12)}
    another = claim_from("r2: boss0 DIRECTED aide00", source_kind="record", statement="row of another")
    assert not _few([*witness, *_by_records(texts, "register"), another], cast)
    assert not _few([*witness, *_by_records(texts, ""), another], cast)
    # Passengers of one boat count as one source; so do the few witnesses whose statements are merged.
    boat = {"s00": frozenset({"boat"}), "s01": frozenset({"boat"})}
    both = [claim_from(text) for text in texts if text.startswith(("s00", "s01"))]
    assert _few([*both, *_by_records(texts, "register")], cast, boat)
    assert _few([*both, *_by_records(texts, "register")], cast, few_below=3)
    assert not _few([*both, *_by_records(texts, "register")], cast)


def _few(claims: list[Claim], cast: list[Person], dependence: Dependence | None = None, few_below: int = 0) -> bool:
    return "fewer than 3 independent voices" in rank(claims, cast, dependence or {}, few_below=few_below).reason


def _gangs(count: int) -> list[str]:
    """Gangs of a boss who directs and arranges and four aides; three independent sources report on each gang."""
    texts = []
    for gang in range(count):
        boss, aides = f"boss{gang}", [f"aide{gang}{number}" for number in range(4)]
        for number, aide in enumerate(aides):
            texts += [
                f"s{gang}{number % 3}: {boss} DIRECTED {aide}",
                f"s{gang}{(number + 1) % 3}: {aide} PILOTED c{gang}{number}",
            ]
        texts += [f"s{gang}0: {boss} ORGANISED c{gang}0", f"s{gang}1: {boss} ORGANISED c{gang}1"]
    return texts


def _everybody(texts: list[str]) -> tuple[str, ...]:
    return tuple(sorted({word for text in texts for word in text.split()[1::2] if word.startswith(("boss", "aide"))}))


def test_those_who_direct_and_arrange_stand_out() -> None:
    texts = _gangs(5)
    ranking = rank_texts(*texts, cast=_everybody(texts))
    assert ranking.verdict == "leads"
    assert {entry.id for entry in ranking.leads[:5]} == {f"boss{gang}" for gang in range(5)}


def _shuffle(texts: list[str], seed: int) -> list[str]:
    """Return the statements with random people in them."""
    rng, cast, mixed = random.Random(seed), _everybody(texts), []
    for text in texts:
        source, _, relation, object_ = text.split()
        subject, target = rng.sample(cast, 2)
        mixed.append(f"{source} {subject} {relation} {object_ if object_.startswith('c') else target}")
    return mixed


def test_no_one_stands_out_where_everything_is_said_of_anybody() -> None:
    texts = _gangs(5)
    leading = [rank_texts(*_shuffle(texts, seed), cast=_everybody(texts)).verdict == "leads" for seed in range(100)]
    # Three in forty random cases pass the test; few of those meet the other conditions for a first lead.
    assert sum(leading) <= 10


def test_one_relation_singles_out_nobody() -> None:
    texts = [f"s{number}: p{number} ORGANISED c{number % 7}" for number in range(40)]
    texts += [f"t{number}: p{number} ORGANISED c{(number + 1) % 7}" for number in range(0, 40, 3)]
    assert rank_texts(*texts, cast=tuple(f"p{number}" for number in range(40))).verdict == "abstains"


def _contacts(*pairs: tuple[int, int]) -> Ranking:
    claims = [claim_from(f"log: n{first} CONTACTED n{second}", source_kind="record") for first, second in pairs]
    return rank(claims, people(*(f"n{number}" for number in range(40))), {})


def test_a_ring_of_contacts_abstains_and_says_it_is_structure_only() -> None:
    ranking = _contacts(*((number, (number + 1) % 40) for number in range(40)))
    assert ranking.verdict == "abstains"
    assert "structure only" in ranking.reason
    assert {entry.rank for entry in ranking.leads} == {1}
    assert len(ranking.leads) == 40


def test_membership_and_work_by_hand_do_not_switch_structure_off() -> None:
    """Earlier, one claim of membership or driving turned a ranking by contacts into one of members or drivers."""
    claims = [claim_from(f"t: p0 CONTACTED p{number}", source_kind="record") for number in range(1, 12)]
    claims += [claim_from(f"t: p{number} CONTACTED p{number + 1}", source_kind="record") for number in range(1, 11)]
    cast = people(*(f"p{number}" for number in range(12)))
    before = rank(claims, cast, {})
    more = [
        claim_from(f"r: p{number} {deed}", source_kind="record")
        for number in range(5, 8)
        for deed in ("MEMBER_OF g1", "ASSISTED c1")
    ]
    after = rank([*claims, *more], cast, {})
    assert before.leads[0].id == after.leads[0].id == "p0"
    assert [(lead.id, lead.rank) for lead in before.leads] == [(lead.id, lead.rank) for lead in after.leads]
    assert "structure only" in after.reason


STAR = [claim_from(f"t: p0 CONTACTED p{number}", source_kind="record") for number in range(1, 40)]
STAR_CAST = people(*(f"p{number}" for number in range(40)), "outside")


@pytest.mark.parametrize("deed", ["RUNS g1", "ORGANISED c1", "DIRECTED p8", "PAID p8", "RECRUITED p8", "COERCED p8"])
def test_one_claim_of_a_part_does_not_switch_structure_off(deed: str) -> None:
    """Earlier, a person named by one statement came before all hubs of a hundred contacts."""
    before = rank(STAR, STAR_CAST, {})
    after = rank([*STAR, claim_from(f"s1: p7 {deed}")], STAR_CAST, {})
    assert before.leads[0].id == after.leads[0].id == "p0"
    assert before.verdict == after.verdict == "leads"
    assert "fewer than 3 independent voices" not in before.reason
    assert after.reason.startswith("Fewer than 3 independent voices say who arranges")
    # The claim still counts, and the more it is believed, the more: p7 is first among formerly equal people.
    assert [lead.id for lead in after.leads[:2]] == ["p0", "p7"]
    p7 = lead(after, "p7")
    assert p7.shares["roles"] > 0
    assert p7.groups == 1
    assert p7.score == pytest.approx(sum(p7.shares.values()))
    recorded = rank(
        [*STAR, claim_from(f"s1: p7 {deed}", source_kind="record", source_grade="1", assessment="A")], STAR_CAST, {}
    )
    assert lead(recorded, "p7").shares["roles"] > p7.shares["roles"]
    denied = rank([*STAR, claim_from(f"s1: p7 {deed}"), claim_from(f"s2: p7 not {deed}")], STAR_CAST, {})
    assert 0 < lead(denied, "p7").shares["roles"] < p7.shares["roles"]


def test_three_who_say_so_rank_by_parts_whatever_the_contacts() -> None:
    claims = [
        claim_from(f"s{number}: p7 {deed}") for number, deed in enumerate(("RUNS g1", "ORGANISED c1", "ORGANISED c2"))
    ]
    few, enough = (rank([*STAR, *claims[:count]], STAR_CAST, {}) for count in (2, 3))
    assert (few.leads[0].id, enough.leads[0].id) == ("p0", "p7")
    assert "independent voices" in few.reason
    assert "independent voices" not in enough.reason


def test_where_no_contact_stands_out_one_claim_of_a_part_ranks_by_it() -> None:
    ring = [claim_from(f"t: p{number} CONTACTED p{(number + 1) % 12}", source_kind="record") for number in range(12)]
    ranking = rank([*ring, claim_from("s1: p7 RUNS g1")], people(*(f"p{number}" for number in range(12))), {})
    assert (ranking.verdict, ranking.leads[0].id) == ("abstains", "p7")


def test_a_star_of_contacts_leads_to_its_centre() -> None:
    ranking = _contacts(*((0, number) for number in range(1, 40)))
    assert (ranking.verdict, ranking.leads[0].id) == ("leads", "n0")


def test_nothing_at_all() -> None:
    assert rank([], [], {}).verdict == "abstains"
    assert rank([], [Person("p", "", frozenset(), False)], {}).leads[0].rank == 1


def test_categories_and_names_enter_no_score() -> None:
    claims: list[Claim] = [claim_from(text) for text in GANG]
    plain = rank(claims, people(*CAST), {})
    marked = rank(claims, [Person(name, "Another", frozenset({"suspect"}), False) for name in CAST], {})
    assert [(entry.id, entry.score) for entry in plain.leads] == [(entry.id, entry.score) for entry in marked.leads]


def test_every_ingredient_counts_in_a_family() -> None:
    """The score is the sum over the families, so an ingredient without a family would be left out silently."""
    families = {ingredients.family(name, end) for name in ingredients.FAMILY_OF for end in ingredients.ENDS}
    assert {*families, "reaches"} == set(ingredients.FAMILIES)
    assert len(set(ingredients.FAMILIES)) == len(ingredients.FAMILIES)


def test_the_weights_have_the_signs_that_anybody_can_check() -> None:
    """Organising and directing raise a score; work by hand, lawful service and orders taken lower it."""
    weights, bounds = additive.shipped_weights(), signs()
    assert weights.columns.keys() <= bounds.keys()
    for name, place in weights.columns.items():
        least, most = bounds[name]
        assert least is None or weights.said[place] >= least, name
        assert most is None or weights.said[place] <= most, name
    assert (weights.ties >= 0).all()
    assert bounds["ORGANISED to thing"] == (0.0, None)
    assert bounds["PILOTED to thing"] == bounds["SERVED to person"] == bounds["DIRECTED by person"] == (None, 0.0)


@pytest.mark.parametrize(
    "claim", ["p1 ORGANISED c9", "p1 SUPPLIED b9", "p1 CONTROLS w9", "p1 RUNS g9", "p1 DIRECTED p9"]
)
def test_whatever_else_is_told_who_is_said_to_be_behind_an_operation_is_not_lowered_by_it(claim: str) -> None:
    rng = random.Random(2)
    more = ["ORGANISED c1", "RUNS g1", "PILOTED c1", "DIRECTED p2", "SERVED p3", "PAID p4", "RECRUITED p5"]
    for _ in range(50):
        base_texts = [f"s{rng.randrange(9)}: p1 {rng.choice(more)}" for _ in range(rng.randrange(12))]
        before, after = (
            additive.score(network_from(*texts, "x: p9 PILOTED c8")).score
            for texts in (base_texts, [*base_texts, f"s99: {claim}"])
        )
        assert after[0] >= (before[0] if base_texts else 0.0), base_texts
