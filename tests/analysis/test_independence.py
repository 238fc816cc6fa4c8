"""Equivalent number of independent statements in groups: the formula written out, and its effect on belief."""

from __future__ import annotations

import random

import numpy as np
import pytest

from graphsvc.analysis.claims.belief import asserted_shares, link_beliefs, link_table, strengths
from graphsvc.analysis.claims.dependence import groups, joins, shared_keys
from graphsvc.analysis.claims.independence import independent
from graphsvc.analysis.claims.ledger import encode
from graphsvc.analysis.examples import claim_from
from graphsvc.records.weights import SHIPPED
from tests.analysis.random_cases import told_at_random

STRENGTH = {"interpreter": 0.3, "day": 0.1}


def as_written(sources: list[str], keys: dict[str, frozenset[str]]) -> float:
    """The formula as written: one over the design effect, summed over groups."""
    colours = [
        {key for name in group for key in keys.get(name, ()) if not joins(key)} for group in groups(sources, keys)
    ]
    return sum(
        1 / (1 + sum(STRENGTH[key.partition(" ")[0]] * (sum(key in each for each in colours) - 1) for key in own))
        for own in colours
    )


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_formula(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"s{number}" for number in range(12)]
    shares = {
        name: [
            (reason, str(rng.randrange(4)))
            for reason, often in (("crossing", 0.3), ("interpreter", 0.6), ("day", 0.6))
            if rng.random() < often
        ]
        for name in names
    }
    pairs = [tuple(sorted(rng.sample(names, 2))) for _ in range(6)]
    keys = shared_keys(shares, apart=pairs[:4], joined=pairs[4:])  # type: ignore[arg-type]
    chosen = rng.sample(names, 8)
    worth = independent(chosen, keys, STRENGTH)
    assert worth == pytest.approx(as_written(chosen, keys))
    assert 1 <= worth <= len(groups(chosen, keys)) + 1e-9
    claims = [claim_from(f"{name}: p1 RUNS g1") for name in chosen]
    (figures,) = link_table(claims, keys).values()
    assert figures.groups == len(groups(chosen, keys))
    assert figures.independent == pytest.approx(worth if SHIPPED.shared == STRENGTH else figures.independent, abs=1e-5)


def belief(keys: dict[str, frozenset[str]]) -> float:
    ledger = encode([claim_from(f"s{number}: p1 RUNS g1") for number in range(3)], keys)
    return float(link_beliefs(ledger, strengths(ledger), 1)[0][0])


def test_what_colours_counts_more_than_one_voice_and_less_than_as_many() -> None:
    together, through_one, apart = (
        belief({f"s{number}": frozenset({key}) for number in range(3)} if key else {})
        for key in ("k0", "interpreter 0", "")
    )
    assert together < through_one < apart


def test_whoever_is_independent_after_all_is_no_more_coloured_by_what_the_two_share() -> None:
    heard = {name: [("interpreter", "p7")] for name in ("s1", "s2", "s3")}
    assert independent(heard, shared_keys(heard), STRENGTH) == pytest.approx(3 / (1 + 2 * 0.3))
    freed = shared_keys(heard, apart=[("s1", "s2")])
    assert independent(heard, freed, STRENGTH) == pytest.approx(2 / 1.3 + 1 / 1.6)
    assert independent(["s1", "s2"], freed, STRENGTH) == pytest.approx(2)


def test_one_witness_is_worth_one_and_nobody_nothing() -> None:
    assert (independent(["s1"], {}, STRENGTH), independent([], {}, STRENGTH)) == (1.0, 0.0)


@pytest.mark.parametrize("seed", [1, 3, 5, 7])
def test_figures_do_not_hang_on_the_order_of_claims(seed: int) -> None:
    claims, _, keys = told_at_random(seed)
    assert any(not joins(key) for own_keys in keys.values() for key in own_keys)
    mixed = random.Random(seed).sample(claims, len(claims))
    first, second = link_table(claims, keys), link_table(mixed, keys)
    assert first.keys() == second.keys()
    for link, figures in first.items():
        assert figures.belief == pytest.approx(second[link].belief, abs=1e-12)
        assert figures.independent == second[link].independent


@pytest.mark.parametrize("seed", [1, 3, 5, 7])
def test_shares_of_what_supports_a_link_add_up_where_accounts_are_coloured(seed: int) -> None:
    claims, _, keys = told_at_random(seed)
    ledger = encode(claims, keys)
    links = int(ledger.link.max()) + 1
    shares = asserted_shares(ledger, strengths(ledger), links)
    total = np.bincount(ledger.link, weights=shares, minlength=links)
    supported = link_beliefs(ledger, strengths(ledger), links)[1] > 0
    assert total == pytest.approx(supported.astype(float), abs=1e-9)
    assert not shares[ledger.denies].any()


@pytest.mark.parametrize("seed", range(30))
def test_one_more_account_takes_nothing_from_a_link(seed: int) -> None:
    """A flood of weak statements through one interpreter lowers nothing that others said."""
    rng = random.Random(seed)
    keys = {
        f"s{number}": frozenset({f"interpreter {rng.randrange(3)}"} if rng.random() < 0.7 else ())
        for number in range(9)
    }
    claims = [
        claim_from(f"s{number}: p1 RUNS g1", source_grade=rng.choice("123"), assessment=rng.choice("ABCDE"))
        for number in range(9)
    ]
    before = 0.0
    for count in range(1, 10):
        ((figures),) = link_table(claims[:count], keys).values()
        assert figures.belief >= before - 1e-12
        assert figures.independent >= 1
        before = figures.belief


def test_who_shares_nothing_counts_in_full_however_many_others_do() -> None:
    keys = {f"x{number}": frozenset({"interpreter 0"}) for number in range(50)}
    assert independent(["s1", "s2", *keys], keys, STRENGTH) == pytest.approx(2 + 50 / (1 + 49 * 0.3))
