"""Crossings compared: what counts and what counts once, what adds up, what is found where it was planted, and that nothing is where nothing is."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from bench.fit_linkage import auc, same
from bench.linkage_worlds import LinkageWorld, linkage_world
from graphsvc.analysis.linkage.clusters import clusters
from graphsvc.analysis.linkage.features import NEAR, SHARED, CrossingFigures, Trait
from graphsvc.analysis.linkage.gathered import (
    CaseRows,
    LinkSaid,
    RowOfBoat,
    RowOfCrossing,
    SaidOf,
    gathered,
    leading_to,
)
from graphsvc.analysis.linkage.linked import LinkedCrossings, comparison, linked, shared, without_thing, without_traits
from graphsvc.analysis.linkage.ratios import log_ratios, pairs, shipped
from graphsvc.analysis.linkage.support import WORDS, support

MANY = [CrossingFigures(f"c{number}") for number in range(40)]


def worth(*traits: Trait, dependence: dict[str, frozenset[str]] | None = None) -> float:
    """What the pair c0, c1 has for these traits, in a case of forty crossings."""
    some = pairs(MANY, traits, dependence or {})
    return float(log_ratios(some, shipped())[0])


def both(feature: str, value: str = "x", belief: float = 1.0, **more: object) -> list[Trait]:
    return [Trait(name, feature, value, belief, **more) for name in ("c0", "c1")]  # type: ignore[arg-type]


def known(feature: str) -> list[Trait]:
    """All others have something of their own."""
    return [Trait(f"c{number}", feature, f"own {number}", 1.0) for number in range(2, 40)]


@pytest.mark.parametrize("feature", SHARED)
def test_what_is_rare_counts_for_more_than_what_is_common(feature: str) -> None:
    others = known(feature)
    common = [replace(trait, value="x") for trait in others]
    assert worth(*both(feature), *others) > worth(*both(feature), *common)


@pytest.mark.parametrize("feature", SHARED)
def test_what_is_known_of_both_and_not_shared_never_speaks_for_one_series(feature: str) -> None:
    apart = [Trait("c0", feature, "x", 1.0), Trait("c1", feature, "y", 1.0)]
    assert worth(*apart, *known(feature)) <= 0


def test_belief_weighs_what_is_shared() -> None:
    ratios = [worth(*both("organiser", belief=belief), *known("organiser")) for belief in (0.2, 0.5, 0.9)]
    assert 0 < ratios[0] < ratios[1] < ratios[2]


def test_what_one_voice_says_of_both_counts_once() -> None:
    heard = frozenset({"w1"})
    rest = [*known("organiser"), *known("house")]
    by_one = worth(*both("organiser", voices=heard), *both("house", "h1", voices=heard), *rest)
    alone = worth(*both("organiser", voices=heard), *rest)
    by_records = worth(*both("organiser"), *both("house", "h1"), *rest)
    assert by_one == pytest.approx(alone)
    assert by_records > by_one + 0.1


def test_one_group_is_one_voice_and_two_that_share_nothing_are_two() -> None:
    first, second = frozenset({"w1"}), frozenset({"w2"})
    told = [
        *both("organiser", voices=first),
        *both("house", "h1", voices=second),
        *known("organiser"),
        *known("house"),
    ]
    joined = {"w1": frozenset({"k1"}), "w2": frozenset({"k1"})}
    assert worth(*told, dependence=joined) < worth(*told) - 0.1


def test_whom_one_witness_names_on_one_side_and_another_on_the_other_is_no_one_voice() -> None:
    sides = [
        Trait("c0", "organiser", "x", 1.0, "", frozenset({"w1"})),
        Trait("c1", "organiser", "x", 1.0, "", frozenset({"w2"})),
    ]
    house = both("house", "h1", voices=frozenset({"w1"}))
    rest = [*known("organiser"), *known("house")]
    assert worth(*sides, *house, *rest) > worth(*sides, *rest) + 0.1


def test_what_comes_in_through_the_same_one_adds_nothing() -> None:
    rest = [*known("pilot"), *known("thing")]
    assert worth(*both("pilot", "p1"), *both("thing", "t1", via="p1"), *rest) == pytest.approx(
        worth(*both("pilot", "p1"), *rest), abs=0.7
    )
    through_two = [Trait("c0", "thing", "t1", 1.0, "p1"), Trait("c1", "thing", "t1", 1.0, "p2")]
    assert worth(*through_two, *known("thing")) > worth(*both("thing", "t1", via="p1"), *known("thing"))


def test_of_one_feature_the_strongest_counts() -> None:
    rest = known("contact")
    alone = worth(*both("contact", "x"), *rest)
    assert alone > 1
    # A second one makes what is shared less rare.
    assert alone - 0.7 < worth(*both("contact", "x"), *both("contact", "y"), *rest) <= alone


def test_what_is_nearer_never_speaks_less_for_one_series() -> None:
    for near in shipped().near.values():
        assert list(near.steps) == sorted(near.steps, reverse=True)
        assert list(near.edges) == sorted(near.edges)


@pytest.mark.parametrize("family", ["worlds", "other"])
def test_the_lines_of_a_comparison_add_up(family: str) -> None:
    made = of(linkage_world(5, family=family, crossings=30))
    for first, second in (("c0", "c1"), ("c3", "c17"), ("c8", "c2")):
        total = sum(line.log_ratio for line in comparison(made, first, second))
        assert total == pytest.approx(float(made.together[made.number(first, second)]), abs=1e-5)
        assert comparison(made, first, second) == comparison(made, second, first)


def test_nothing_depends_on_the_order_of_rows() -> None:
    world = linkage_world(13, crossings=40)
    made = of(world)
    rng = random.Random(1)
    figures, traits = rng.sample(world.figures, 40), rng.sample(world.traits, len(world.traits))
    again = linked(figures, traits, world.dependence)
    names = {frozenset(made.ids[row] for row in rows) for rows in made.clusters}
    assert {frozenset(again.ids[row] for row in rows) for rows in again.clusters} == names
    for first, second in (("c0", "c1"), ("c30", "c4")):
        assert again.own[again.number(first, second)] == pytest.approx(made.own[made.number(first, second)], abs=1e-5)


def of(world: LinkageWorld) -> LinkedCrossings:
    return linked(world.figures, world.traits, world.dependence)


def test_planted_series_come_before_what_is_not_linked() -> None:
    figures = []
    for seed in range(2001, 2009):
        world = linkage_world(seed, crossings=60)
        made = of(world)
        figures.append(auc(made.together, same(world, made.pairs)))
    assert np.mean(figures) > 0.8


def test_what_stands_in_one_cluster_is_mostly_of_one_series() -> None:
    right = wrong = 0
    for seed in range(2001, 2013):
        world = linkage_world(seed, crossings=80)
        made = of(world)
        truth = same(world, made.pairs)
        for rows in made.clusters:
            for place, low in enumerate(rows):
                for high in rows[place + 1 :]:
                    hit = truth[made.number(made.ids[low], made.ids[high])]
                    right, wrong = right + int(hit), wrong + int(not hit)
    assert right > 50
    assert right / (right + wrong) > 0.75


def test_nothing_links_what_is_not_linked() -> None:
    shown = [seed for seed in range(2001, 2013) if of(linkage_world(seed, crossings=60, linked=0.0)).clusters]
    assert len(shown) <= 3
    assert clusters(np.zeros(45), 10, shipped()) == []


def test_no_crossings_and_one_are_no_error() -> None:
    assert linked([], [], {}).clusters == ()
    assert shared(linked([CrossingFigures("c1")], [], {})) == []


def test_a_cluster_that_rests_on_one_thing_falls_apart_without_it() -> None:
    told = [*both("organiser", "boss"), *known("organiser")]
    made = linked(MANY, told, {})
    alone = without_thing(made, ("c0", "c1"), "organiser", "boss")
    assert alone.splits
    twice = linked(MANY, [*told, *both("pilot", "p1"), *both("thing", "t1"), *known("pilot"), *known("thing")], {})
    assert without_thing(twice, ("c0", "c1"), "pilot", "p1").log_ratio > alone.log_ratio
    untold = without_traits(made, ("c0", "c1"), {})
    assert untold.parts == (("c0",), ("c1",))
    still = without_traits(made, ("c0", "c1"), {(name, "organiser", "boss"): 1.0 for name in ("c0", "c1")})
    assert not still.splits
    assert still.log_ratio > untold.log_ratio


def test_words_of_support_grow_with_the_ratio() -> None:
    assert [WORDS.index(support(np.log(ratio))) for ratio in (1, 2, 10, 100, 1e3, 1e4, 1e6)] == list(range(7))
    assert support(-5.0) == support(5.0)


# -- from the rows of a case -----------------------------------------------------------------------------------------

ROWS = CaseRows(
    [RowOfCrossing("c1", 1.0, "Cove", (50.9, 1.8)), RowOfCrossing("c2", 2.0, "Cove")],
    [RowOfBoat("b1", "inflatable", 6.5, 40.0), RowOfBoat("b2", "kayak", 3.1, 0.0)],
    {"e1": ("part", "HK123456"), "e2": ("part", "HK123499"), "store": ("address", "1 Quay"), "t1": ("phone", "+44")},
    {"house": "dwelling", "shop": "premises"},
    [
        LinkSaid("b1", "USED_ON", "c1", 0.8),
        LinkSaid("b2", "USED_ON", "c2", 0.9),
        LinkSaid("e1", "PART_OF", "b1", 1.0),
        LinkSaid("e2", "PART_OF", "b2", 1.0),
        LinkSaid("e1", "LOCATED_AT", "store", 0.5),
        LinkSaid("dealer", "SUPPLIED", "b1", 0.5, frozenset({"w1"})),
        LinkSaid("boss", "ORGANISED", "c1", 0.6, frozenset({"w2"})),
        LinkSaid("boss", "USED", "t1", 1.0),
        LinkSaid("rider", "CROSSED_ON", "c1", 1.0),
        LinkSaid("rider", "CONTACTED", "boss", 1.0),
        LinkSaid("friend", "CONTACTED", "t1", 0.5),
        LinkSaid("agent", "RECRUITED", "rider", 0.5),
        LinkSaid("rider", "LIVED_AT", "house", 1.0),
        LinkSaid("rider", "LIVED_AT", "shop", 1.0),
    ],
    [SaidOf("c1", "3000 EUR"), SaidOf("c1", "5000 EUR"), SaidOf("c2", "900 GBP")],
    [SaidOf("c2", "the tall one", "boss", frozenset({"w3"}))],
)


def traits_of(crossing: str) -> dict[tuple[str, str], Trait]:
    return {(trait.feature, trait.value): trait for trait in gathered(ROWS)[1] if trait.crossing == crossing}


def test_a_crossing_has_what_its_rows_and_links_say() -> None:
    figures, _ = gathered(ROWS)
    first, second = traits_of("c1"), traits_of("c2")
    assert first["supplier", "dealer"].belief == pytest.approx(0.4)
    assert first["supplier", "dealer"].voices == {"w1"}
    assert first["engine", "40 hp"].via == "b1"
    assert ("engine", "0 hp") not in second
    assert first["batch", "HK123456 to HK123499"].value == second["batch", "HK123456 to HK123499"].value
    assert first["store", "store"].belief == pytest.approx(0.4)
    assert first["thing", "t1"].via == "boss"
    assert first["contact", "friend"].belief == pytest.approx(0.3)
    assert first["recruiter", "agent"].via == "rider"
    assert ("house", "house") in first
    assert ("house", "shop") not in first
    assert second["words", "the tall one"].via == "boss"
    assert (figures[0].length, figures[1].length) == (6.5, 3.1)
    assert (figures[0].price, figures[1].price) == (4000.0, None)


def test_a_place_without_coordinates_is_compared_by_its_name() -> None:
    assert ("launch_site", "cove") in traits_of("c2")
    assert not [key for key in traits_of("c1") if key[0] == "launch_site"]


def values_of(
    *links: LinkSaid, things: tuple[str, ...] = (), words: tuple[SaidOf, ...] = ()
) -> set[tuple[str, str, str]]:
    """What of somebody two crossings have, with these links alone; all things are phones."""
    crossings = [RowOfCrossing("c1"), RowOfCrossing("c2")]
    phones = {name: ("phone", name) for name in things}
    traits = gathered(CaseRows(crossings, things=phones, links=links, words=words))[1]
    return {(trait.crossing, trait.feature, trait.value) for trait in traits}


def test_nobody_who_was_carried_is_what_two_crossings_share_unless_they_are_crew() -> None:
    assert "rider" not in {value for _, value in traits_of("c1")}
    once = [LinkSaid("p1", "CROSSED_ON", "c1", 1.0), LinkSaid("p1", "PILOTED", "c1", 1.0)]
    again = LinkSaid("p1", "PILOTED", "c2", 1.0)
    # That somebody steered their own crossing is known, and links it with no other: not by them, nor by what they are called.
    tall = tuple(SaidOf(name, "the tall one", "p1") for name in ("c1", "c2"))
    assert values_of(*once, again, words=tall) == {("c1", "pilot", "p1")}
    crew = [*once, again, LinkSaid("p1", "CROSSED_ON", "c2", 1.0)]
    assert values_of(*crew) == {("c1", "pilot", "p1"), ("c2", "pilot", "p1")}
    assert ("c2", "words", "the tall one") in values_of(*crew, words=tall)


@pytest.mark.parametrize("relation", ["RECRUITED", "TRANSPORTED", "HOUSED"])
def test_what_one_passenger_did_for_another_links_no_crossings(relation: str) -> None:
    aboard = [LinkSaid(name, "CROSSED_ON", crossing, 1.0) for name, crossing in (("v", "c1"), ("w", "c1"), ("x", "c2"))]
    did = [LinkSaid("v", relation, name, 1.0) for name in ("w", "x")]
    assert values_of(*aboard, *did) == set()
    assert len(values_of(*aboard, *(replace(link, subject="agent") for link in did))) == 2


def test_the_phone_of_somebody_who_was_carried_is_nobodys_contact() -> None:
    links = [
        LinkSaid("v", "CROSSED_ON", "c1", 1.0),
        LinkSaid("v", "USED", "tv", 0.2),
        LinkSaid("o1", "ORGANISED", "c1", 1.0),
        LinkSaid("o2", "ORGANISED", "c2", 1.0),
        LinkSaid("o1", "USED", "t1", 1.0),
        LinkSaid("o1", "CONTACTED", "tv", 1.0),
        LinkSaid("tv", "CONTACTED", "t1", 1.0),
        LinkSaid("o2", "CONTACTED", "tv", 1.0),
    ]
    told = values_of(*links, things=("tv", "t1"))
    assert told == {("c1", "organiser", "o1"), ("c2", "organiser", "o2"), ("c1", "thing", "t1")}
    # Of whose phone nobody knows that they were carried, it is.
    assert ("c2", "contact", "tv") in values_of(*links[1:], things=("tv", "t1"))
    # What one of those behind a crossing used themselves is theirs.
    assert ("c1", "thing", "tv") in values_of(*links, LinkSaid("o1", "USED", "tv", 1.0), things=("tv", "t1"))


@pytest.mark.parametrize("seed", range(40))
def test_what_leads_to_some_crossings_gives_all_they_have(seed: int) -> None:
    """However far off: a phone that a supplier's phone was in contact with is four links away."""
    rng = random.Random(seed)
    people, boats, things = ([f"{kind}{number}" for number in range(8)] for kind in ("p", "b", "t"))
    crossings = [f"c{number}" for number in range(6)]
    of = {"CROSSED_ON": crossings, "USED_ON": crossings, "SUPPLIED": boats, "PART_OF": boats, "USED": things}
    of |= {"CONTACTED": [*people, *things], "LIVED_AT": ["house"], "LOCATED_AT": ["store"]}
    of |= dict.fromkeys(("ORGANISED", "PILOTED", "ASSISTED"), crossings)
    of |= dict.fromkeys(("RECRUITED", "TRANSPORTED", "HOUSED"), people)
    by = {"USED_ON": boats, "PART_OF": things, "CONTACTED": [*people, *things], "LOCATED_AT": [*people, *things]}
    said = {
        (rng.choice(by.get(relation, people)), relation, rng.choice(of[relation]))
        for relation in rng.choices(sorted(of), k=rng.randint(10, 120))
    }
    links = [LinkSaid(*key, 0.9) for key in sorted(said)]
    kinds = {name: (("phone", "part")[number % 2], f"HK12{number * 60:04}") for number, name in enumerate(things)}
    rows = CaseRows(
        [RowOfCrossing(name) for name in crossings],
        [RowOfBoat(name, "kayak") for name in boats],
        kinds | {"store": ("address", "1 Quay")},
        {"house": "dwelling"},
        links,
        words=[SaidOf(link.object, "the tall one", link.subject) for link in links if link.relation == "PILOTED"],
    )
    chosen = crossings[:2]
    of_them, beside = leading_to(links, chosen)
    near = gathered(replace(rows, crossings=rows.crossings[:2], links=[*of_them, *beside]))[1]
    whole = {trait for trait in gathered(rows)[1] if trait.crossing in chosen}
    assert {trait for trait in near if trait.crossing in chosen} == whole


def batches(*serials: str) -> list[str]:
    """The batch of a part of each boat, the boats used on one crossing each."""
    names = [f"c{number}" for number in range(len(serials))]
    rows = CaseRows(
        [RowOfCrossing(name) for name in names],
        [RowOfBoat(f"b{name}") for name in names],
        {f"e{name}": ("part", serial) for name, serial in zip(names, serials, strict=True)},
        links=[LinkSaid(f"b{name}", "USED_ON", name, 1.0) for name in names]
        + [LinkSaid(f"e{name}", "PART_OF", f"b{name}", 1.0) for name in names],
    )
    of = {trait.crossing: trait.value for trait in gathered(rows)[1] if trait.feature == "batch"}
    return [of.get(name, "") for name in names]


def test_serials_are_of_one_batch_by_how_far_apart_they_are() -> None:
    near = batches("HK123499", "HK123500", "hk123599 ", "HK123699")
    assert near[0] == near[1] == near[2] == "HK123499 to HK123599"
    assert near[3] == "HK123699"
    other = batches("HK 000123", "HK 0123", "none", "")
    assert other[0] != other[1]
    assert other[2:] == ["", ""]


def test_nothing_of_who_somebody_is_can_enter() -> None:
    """No row of a person is among what is read, and no feature is of one."""
    assert not {"people", "persons"} & set(CaseRows.__dataclass_fields__)
    for word in ("nation", "sex", "ethnic", "birth", "age_", "language"):
        assert not [name for name in (*SHARED, *NEAR) if word in name]
