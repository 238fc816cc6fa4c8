"""Hard worlds are hard by content; the form of rows reveals nothing: a ranker that learns from it is at chance."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphsvc import simulate
from graphsvc.errors import RequestError
from graphsvc.simulate import world
from graphsvc.simulate.cast import HELPERS, HUBS
from graphsvc.simulate.knobs import HARD_PEOPLE, draw_hard, hard_people
from tests.simulate.conftest import Case

_SEEDS = range(1, 13)


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Hard worlds of some seeds that may be looked at."""
    folder = tmp_path_factory.mktemp("hard")
    for seed in _SEEDS:
        simulate.simulate(folder / str(seed), seed=seed, hard=True)
    return [Case(folder / str(seed)) for seed in _SEEDS]


def _row(row: dict[str, str], position: float) -> list[float]:
    """Cells and position of a row of people.csv as numbers."""
    categories = [entry.partition("@") for entry in row["category"].split(";") if entry]
    words = {word for word, _, _ in categories}
    filled = ("aliases", "date_of_birth", "age_disputed", "sealed", "notes", "nationality", "sex", "review_on")
    return [
        position,
        float(row["id"][1:]),
        len(row["name"]),
        row["name"].count(" "),
        row["aliases"].count(";"),
        sum(not letter.isascii() for letter in row["aliases"]),
        len([number for number in row["phones"].split(";") if number]),
        sum(bool(day) for _, _, day in categories),
        float(row["date_of_birth"][:4] or 1984),
        *(bool(row.get(column)) for column in filled),
        *(word in words for word in ("suspect", "convicted", "victim", "witness", "other")),
        *(row["identified"] == word for word in ("nickname", "unknown")),
        *(row["sex"] == word for word in ("male", "female")),
        *(row.get("handling") == word for word in "PC"),
        *(
            row["nationality"] == nation
            for nation in ("United Kingdom", "France", "Iran", "Iraq", "Vietnam", "Albania")
        ),
    ]


def _table(case: Case, wanted: str) -> tuple[Any, Any]:
    """Features of the candidates, and whether each is a `wanted` person."""
    candidates, those = set(case.truth["candidates"]), set(case.truth[wanted])
    people = case.tables["people"]
    rows = [(row, place / len(people)) for place, row in enumerate(people) if row["id"] in candidates]
    features = np.array([_row(row, place) for row, place in rows], dtype=float)
    spread = features.std(axis=0)
    return (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1), np.array(
        [row["id"] in those for row, _ in rows]
    )


def _learn(features: Any, wanted: Any) -> Any:
    """Weights of a ridge-penalised logistic regression."""
    table = np.column_stack((features, np.ones(len(features))))
    weights, penalty = np.zeros(table.shape[1]), 5.0 * np.eye(table.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (chance - wanted) + penalty @ weights
        curve = (table * (chance * (1 - chance))[:, None]).T @ table + penalty
        weights -= np.linalg.solve(curve, slope)
    return weights


def _auc(scores: Any, wanted: Any) -> float:
    """Chance that a wanted person scores above an unwanted one."""
    above, below = scores[wanted][:, None], scores[~wanted][None, :]
    return float(((above > below) + 0.5 * (above == below)).mean())


def _held_out(tables: list[tuple[Any, Any]]) -> tuple[float, float, float]:
    """AUC in the second half of the worlds after learning on the first, and the range of 99 % of chance results."""
    half = len(tables) // 2
    learned = _learn(
        np.concatenate([features for features, _ in tables[:half]]),
        np.concatenate([labels for _, labels in tables[:half]]),
    )
    scored = [(np.column_stack((table, np.ones(len(table)))) @ learned, wanted) for table, wanted in tables[half:]]
    rng = np.random.default_rng(1)
    luck = [np.mean([_auc(scores, rng.permutation(wanted)) for scores, wanted in scored]) for _ in range(400)]
    low, high = np.quantile(luck, (0.005, 0.995))
    return float(np.mean([_auc(scores, wanted) for scores, wanted in scored])), float(low), float(high)


@pytest.mark.parametrize("wanted", ["hubs", "leaders", "brokers"])
def test_rows_tell_nothing_of_the_truth(hard: list[Case], wanted: str) -> None:
    score, low, high = _held_out([_table(case, wanted) for case in hard])
    assert low < score < high


def test_the_learner_would_find_a_leak(hard: list[Case]) -> None:
    tables = []
    for case in hard:
        features, wanted = _table(case, "hubs")
        leak = np.random.default_rng(len(wanted)).normal(size=len(wanted)) + 0.5 * wanted
        tables.append((np.column_stack((features, leak)), wanted))
    score, _, high = _held_out(tables)
    assert score > high


@pytest.fixture(scope="module")
def worlds() -> list[world.World]:
    """True facts of some hard worlds."""
    built = []
    for seed in _SEEDS:
        knobs = draw_hard(random.Random(f"{seed}/knobs"))
        built.append(world.build(seed, knobs, hard_people(seed)))
    return built


def _said_of(case: Case, relation: str) -> Counter[bool]:
    """Count the people with a true, asserted relation of this kind in the case, by whether they are hubs."""
    untrue = {tuple(key) for name in ("false_links", "mistaken_links") for key in case.truth[name]}
    rows = (row for row in case.links if row["relation"] == relation and row["polarity"] == "")
    people = {row["subject_id"] for row in rows if (row["subject_id"], row["relation"], row["object_id"]) not in untrue}
    return Counter(person in set(case.truth["hubs"]) for person in people & set(case.truth["candidates"]))


@pytest.mark.parametrize("relation", ["ORGANISED", "SUPPLIED", "CONTROLS", "DIRECTED", "PAID"])
def test_what_is_said_of_hubs_is_truly_said_of_others_too(hard: list[Case], relation: str) -> None:
    counts = sum((_said_of(case, relation) for case in hard), Counter[bool]())
    assert counts[False] > 0.15 * counts.total()
    assert counts[True] > 0


def test_who_runs_a_gang_is_often_said_of_the_loud(hard: list[Case]) -> None:
    counts = Counter(
        row["subject_id"] in case.truth["hubs"] for case in hard for row in case.links if row["relation"] == "RUNS"
    )
    assert counts[False] > 0.25 * counts.total()


def test_helpers_drive_and_house_and_some_have_no_service_on_record(hard: list[Case]) -> None:
    for case in hard:
        helpers, serving = (
            set(case.truth["helpers"]),
            {r["subject_id"] for r in case.links if r["relation"] == "SERVED"},
        )
        assert helpers - serving
        assert helpers & serving
        drove = {row["subject_id"] for row in case.links if row["relation"] in ("TRANSPORTED", "HOUSED")}
        assert drove & helpers


def test_a_few_helpers_have_most_contacts(hard: list[Case]) -> None:
    for case in hard:
        met = defaultdict(set)
        for row in case.links:
            met[row["subject_id"]].add(row["object_id"])
            met[row["object_id"]].add(row["subject_id"])
        sizes = sorted((len(met[helper]) for helper in case.truth["helpers"]), reverse=True)
        assert sum(sizes[: len(sizes) // 4]) > 0.4 * sum(sizes)


def test_the_insulated_order_nobody_but_their_go_between_for_the_most_part(worlds: list[world.World]) -> None:
    for true_world in worlds:
        for between in true_world.cast.of("go-between"):
            assert (between.boss, "DIRECTED", between.id) in true_world.facts
        insulated = {person.boss for person in true_world.cast.of("go-between")}
        orders = [fact for fact in true_world.facts.of("DIRECTED") if fact.subject in insulated]
        direct = [fact for fact in orders if true_world.cast.people[fact.object].role != "go-between"]
        relayed = [
            fact
            for fact in true_world.facts.of("DIRECTED")
            if true_world.cast.people[fact.subject].role == "go-between"
        ]
        assert len(direct) < len(relayed)


def test_leaders_and_financiers_never_touch_a_crossing(worlds: list[world.World]) -> None:
    for true_world in worlds:
        crossings = {crossing.id for crossing in true_world.crossings} | {
            crossing.boat.id for crossing in true_world.crossings
        }
        for hub in true_world.cast.of("leader", "financier"):
            assert not any({fact.subject, fact.object} & crossings for fact in true_world.facts.about(hub.id))


def test_those_made_to_pilot_were_carried_and_coerced_and_are_no_hubs(worlds: list[world.World]) -> None:
    for true_world in worlds:
        forced = true_world.cast.of("coerced pilot")
        assert forced
        for person in forced:
            about = {(fact.relation, fact.subject == person.id) for fact in true_world.facts.about(person.id)}
            assert {("PILOTED", True), ("CROSSED_ON", True), ("COERCED", False)} <= about
        assert not {person.id for person in forced} & {person.id for person in true_world.cast.hubs}


def test_some_brokers_only_introduce(worlds: list[world.World]) -> None:
    ordering = {True: 0, False: 0}
    for true_world in worlds:
        for broker in true_world.cast.of("broker"):
            about = true_world.facts.about(broker.id)
            ordering[any(fact.relation == "DIRECTED" and fact.subject == broker.id for fact in about)] += 1
            assert any(fact.relation in ("ASSOCIATES_WITH", "CONTACTED") for fact in about)
    assert min(ordering.values()) > 0.2 * sum(ordering.values())


def test_plants_are_reports_that_tell_one_story_as_well_graded_as_truths(hard: list[Case]) -> None:
    targets, grades = Counter[str](), {True: Counter[str](), False: Counter[str]()}
    for case in hard:
        false = {tuple(key) for key in case.truth["false_links"]}
        accused = defaultdict(set)
        for row in case.links:
            key = (row["subject_id"], row["relation"], row["object_id"])
            if case.statements[row["statement_id"]]["kind"] == "intelligence":
                accused[row["statement_id"]].add(key in false and row["subject_id"])
        for token, blamed in accused.items():
            grades[bool(any(blamed))][case.statements[token]["source_grade"]] += 1
            targets.update(case.truth["roles"][person] for person in blamed if person)
        assert not set(accused) & set(case.truth["false_statements"])
    assert targets["go-between"]
    assert sum(targets[role] for role in HELPERS)
    assert not any(targets[role] for role in HUBS)
    good = {planted: of["1"] / of.total() for planted, of in grades.items()}
    assert good[True] > good[False] - 0.05


def test_hubs_are_about_a_sixth_of_those_who_are_ranked(hard: list[Case]) -> None:
    shares = [len(case.truth["hubs"]) / len(case.truth["candidates"]) for case in hard]
    assert 0.14 < sum(shares) / len(shares) < 0.2
    assert min(shares) > 0.1
    assert max(shares) < 0.24
    sizes = [len(case.tables["people"]) for case in hard]
    assert HARD_PEOPLE[0] <= min(sizes)
    assert max(sizes) <= HARD_PEOPLE[1]


def test_tiers_are_in_the_truth_of_hard_worlds_alone(hard: list[Case], demo: Case) -> None:
    assert "tiers" not in demo.truth
    for case in hard:
        tiers = case.truth["tiers"]
        assert set(tiers) == {"leaders", "financiers", "brokers", "go-betweens", "insulated"}
        assert set(tiers["insulated"]) <= set(case.truth["hubs"])
        assert not set(tiers["go-betweens"]) & set(case.truth["hubs"])


def test_nothing_false_is_true_in_a_hard_world(hard: list[Case], worlds: list[world.World]) -> None:
    for case, true_world in zip(hard, worlds, strict=True):
        same = dict(case.truth["same"])
        untrue = {tuple(key) for key in case.truth["false_links"] + case.truth["mistaken_links"]}
        for row in case.links:
            key = (row["subject_id"], row["relation"], row["object_id"])
            if row["polarity"] in ("", "asserts"):
                true = key in true_world or (same.get(key[0], key[0]), *key[1:]) in true_world
                assert (key in untrue) != true, key


def test_what_is_nearly_absent_is(hard: list[Case], worlds: list[world.World]) -> None:
    reported = present = lacking = 0
    for case, true_world in zip(hard, worlds, strict=True):
        assert true_world.knobs.hard is not None
        counts = Counter(row["relation"] for row in case.links)
        for relation in true_world.knobs.hard.absent:
            reported += counts[relation]
            present += len(true_world.facts.of(relation))
        if "bank" in true_world.knobs.hard.silent:
            lacking += 1
            assert sum(row["source_id"] == "Bank" for row in case.statements.values()) <= 2
    assert 0 < reported < 0.3 * present
    assert lacking > 0


def test_too_few_people_for_a_hard_world_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="people is 149, but takes a whole number from 150"):
        simulate.simulate(tmp_path / "case", people=149, hard=True)
    assert not (tmp_path / "case").exists()


def test_a_hard_world_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate.simulate(tmp_path / name, seed=11, people=200, hard=True)
    files = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two")]
    assert files[0] == files[1]
    assert len(files[0]) == 9


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Hard worlds in which every second statement is false."""
    folder = tmp_path_factory.mktemp("lying")
    for seed in _SEEDS:
        simulate.simulate(folder / str(seed), seed=seed, people=400, false_share=0.5, hard=True)
    return [Case(folder / str(seed), 0.5) for seed in _SEEDS]


def _false_statements(case: Case) -> dict[tuple[str, str, str], set[str]]:
    """False link → the false statements that assert it."""
    false, planted = set(case.truth["false_statements"]), {tuple(key) for key in case.truth["false_links"]}
    statements = defaultdict(set)
    for row in case.links:
        key = (row["subject_id"], row["relation"], row["object_id"])
        if row["statement_id"] in false and key in planted:
            statements[key].add(row["statement_id"])
    return statements


def test_several_of_one_boat_agree(lying: list[Case]) -> None:
    most = [max(map(len, _false_statements(case).values())) for case in lying]
    assert max(most) > 3
    assert sum(number > 2 for number in most) > len(most) / 2


def test_false_accounts_make_somebody_the_head_of_it_all(lying: list[Case]) -> None:
    relations = Counter(key[1] for case in lying for key in _false_statements(case))
    assert {"ORGANISED", "RUNS", "DIRECTED", "PAID"} <= {name for name, count in relations.items() if count > 3}
    blamed = Counter(case.truth["roles"].get(key[0], "") for case in lying for key in _false_statements(case))
    assert not sum(blamed[role] for role in HUBS)
    assert sum(blamed[role] for role in HELPERS)


def test_insiders_put_the_part_of_their_boss_on_a_colleague(lying: list[Case]) -> None:
    moved = 0
    for seed, case in zip(_SEEDS, lying, strict=True):
        true_world = world.build(seed, draw_hard(random.Random(f"{seed}/knobs")), 400)
        for person, relation, target in _false_statements(case):
            boss = true_world.cast.people[person].boss
            moved += bool(boss) and (boss, relation, target) in true_world.facts
    assert moved > 5


def test_some_worlds_grade_lies_better_than_truths_and_some_do_not(lying: list[Case]) -> None:
    better = []
    for case in lying:
        good: dict[bool, list[bool]] = {True: [], False: []}
        for token, row in case.statements.items():
            if row["kind"] == "witness":
                good[token in case.truth["false_statements"]].append(row["assessment"] in "AB")
        better.append(np.mean(good[True]) > np.mean(good[False]))
    assert 2 < sum(better) < len(better)


def test_honest_mistakes_fall_on_those_nearby_for_the_most_part(hard: list[Case], worlds: list[world.World]) -> None:
    near = far = 0
    for case, true_world in zip(hard, worlds, strict=True):
        for person, relation, target in case.truth["mistaken_links"]:
            meant = {fact.subject for fact in true_world.facts.about(target) if fact.relation == relation}
            if relation in ("DIRECTED", "PAID", "MEMBER_OF") or not meant & set(true_world.cast.people):
                continue
            gangs = {true_world.cast.people[subject].gang for subject in meant & set(true_world.cast.people)}
            if true_world.cast.people[person].gang in gangs:
                near += 1
            else:
                far += 1
    assert near > far > 0
