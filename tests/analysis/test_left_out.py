"""Judging the score: worlds as numbers, plain regressions, and the file of figures that no change may worsen."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import left_out, plain, plants
from bench.case_folder import Case
from bench.left_out import FILE, SCORE, Row, by_author, by_others, fingerprint, lost, read, write
from bench.worlds import FALSE_SHARES, FAMILIES, PROJECT, case
from graphsvc.analysis.claims.belief import claim_belief
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.examples import claim_from, people

AGAIN = "The score has changed: run `python -m bench.left_out --write` once, and read what it says of each author."


def tiny(*texts: str, hubs: tuple[str, ...] = ("p1",)) -> Case:
    claims = [claim_from(text) for text in texts]
    truth = {"hubs": list(hubs), "candidates": ["p1", "p2"], "leaders": [], "brokers": [], "helpers": []}
    return Case("tiny", claims, people("p1", "p2", "p3"), {}, {}, truth)


def value(world: plain.Sums, person: str, name: str) -> float:
    column = (*plain.NAMES, plain.VOICES).index(name)
    return float(np.expm1(world.values[world.ids.index(person), column]))


def test_belief_is_summed_by_relation_end_far_end_and_kind_of_source() -> None:
    world = plain.sums(tiny("s1: p1 DIRECTED p2", "s2: p1 DIRECTED p2", "s1: p1 PILOTED c1"))
    single = claim_belief(*claim_from("s1: p1 DIRECTED p2").grading)
    both = 1 - (1 - single) ** 2
    assert value(world, "p1", "DIRECTED to person") == pytest.approx(both)
    assert value(world, "p1", "commands to person, witness") == pytest.approx(both)
    assert value(world, "p1", "commands to person, record") == 0
    assert value(world, "p2", "DIRECTED by person") == pytest.approx(both)
    # Two witnesses to one link count as two.
    assert value(world, "p1", plain.VOICES) == pytest.approx(2)
    assert value(world, "p1", "works by hand") == pytest.approx(claim_belief(*claim_from("s1: p1 PILOTED c1").grading))


def test_a_denial_lowers_what_every_kind_of_source_says() -> None:
    asserted, denied = claim_from("s1: p1 ORGANISED c1"), replace(claim_from("s2: p1 ORGANISED c1"), polarity="denies")
    free, contested = tiny(), tiny()
    free.claims.append(asserted)
    contested.claims.extend((asserted, denied))
    before, after = (value(plain.sums(world), "p1", "ORGANISED to thing") for world in (free, contested))
    assert after == pytest.approx(before * (1 - claim_belief(*denied.grading)))


@pytest.fixture(scope="module")
def fitted_sums() -> dict[str, list[plain.Sums]]:
    families = [name for name in by_others() if FAMILIES[name].author != "C"][:4]
    return {name: [plain.sums(case(name, seed, 0.2)) for seed in FAMILIES[name].fitted[:3]] for name in families}


@pytest.mark.parametrize("steps", [1, 2])
def test_a_regression_ranks_worlds_of_an_author_it_has_not_seen(
    fitted_sums: dict[str, list[plain.Sums]], steps: int
) -> None:
    unseen_case = case("kin", FAMILIES["kin"].tried[0], 0.2)
    world = plain.sums(unseen_case)
    score = dict(zip(world.ids, plain.fit(fitted_sums, steps=steps).score(world).tolist(), strict=True))
    precision = measures.mean_figures(score, unseen_case.planted_people)["average precision"]
    chance = len(unseen_case.planted_people.hubs) / len(unseen_case.planted_people.candidates)
    assert precision > 1.5 * chance


def test_the_second_step_counts_hubs_at_the_other_end() -> None:
    world = plain.sums(tiny("s1: p1 DIRECTED p2", "s1: p2 ORGANISED c1"))
    weights = np.zeros(world.values.shape[1])
    weights[plain.NAMES.index("ORGANISED to thing")] = 5.0
    orders, payments, contacts = plain.expected_hubs(world, weights)[world.ids.index("p1")]
    assert orders > 0
    assert payments == contacts == 0


@pytest.mark.slow(reason="ranks a world of each family of other authors")
def test_the_file_is_of_this_score_and_names_every_family_of_another_author() -> None:
    rows = read()
    assert {row["score"] for row in rows} == {fingerprint()}, AGAIN
    wanted = {(SCORE, name, f"{share:g}") for name in by_others() for share in FALSE_SHARES}
    assert wanted <= {(row["method"], row["family"], row["false"]) for row in rows}
    assert not any(row["author"] == PROJECT for row in rows)


def test_no_author_lost_more_than_a_hundredth_with_the_last_change_of_the_score() -> None:
    assert lost(read(FILE)) == {}


def test_a_loss_is_seen_by_author_and_a_gain_elsewhere_does_not_hide_it() -> None:
    rows = [
        {"method": SCORE, "author": author, "family": family, "AP": now, "AP before": before}
        for author, family, now, before in (("A", "first", "0.90", "0.50"), ("B", "segments", "0.48", "0.50"))
    ]
    assert list(lost(rows)) == ["B"]
    assert lost([rows[0]]) == {}


def row(precision: float) -> Row:
    return Row(SCORE, "kin", 0.2, dict.fromkeys(left_out.COLUMNS, math.nan) | {"AP": precision})


def test_what_was_before_stays_until_the_score_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "left_out.csv"

    def write_and_read(score: str, precision: float) -> tuple[str, str]:
        monkeypatch.setattr(left_out, "fingerprint", lambda: score)
        write([row(precision)], path)
        (line,) = read(path)
        return line["AP"], line["AP before"]

    assert write_and_read("one", 0.5) == ("0.5000", "0.5000")
    assert write_and_read("two", 0.4) == ("0.4000", "0.5000")
    # A figure written again for the same score is compared with the same earlier figure.
    assert write_and_read("two", 0.4) == ("0.4000", "0.5000")
    assert write_and_read("three", 0.6) == ("0.6000", "0.4000")


def test_an_author_counts_once_however_many_families() -> None:
    rows = [replace(row(0.2), family="first"), replace(row(0.6), family="second"), row(0.5)]
    assert by_author(rows, SCORE, "AP") == pytest.approx({"A": 0.4, "C": 0.5})


@pytest.mark.parametrize("plant", plants.PLANTS)
def test_a_plant_is_three_records_about_the_hub(plant: str) -> None:
    base_case = case("second", FAMILIES["second"].tried[0], 0.2)
    hub = min(base_case.planted_people.hubs)
    more = plants.with_plants(base_case, hub, plant).claims[len(base_case.claims) :]
    assert len(more) == len({claim.key for claim in more}) == len({claim.source for claim in more}) == 3
    assert all(claim.source_kind == "record" and hub in (claim.subject, claim.object) for claim in more)
    assert len(base_case.claims) + 3 == len(plants.with_plants(base_case, hub, plant).claims)
