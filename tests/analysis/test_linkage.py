"""Comparing crossings: names that count, links, split clusters, and no links between unrelated crossings."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from bench.linkage import judging_seeds, measure, try_world
from graphsvc.analysis.linkage.features import BEHIND, SHARED, Trait
from graphsvc.analysis.linkage.figures import read_figures
from graphsvc.analysis.linkage.gathered import CaseRows, LinkSaid, gather_traits, leading_to
from graphsvc.analysis.linkage.linked import LinkedCrossings, compare, shared_names, without, without_name
from graphsvc.analysis.linkage.overlap import mentions

PAIR = ("c0", "c1")
W1, W2 = frozenset({"w1"}), frozenset({"w2"})


def both(
    feature: str, value: str, belief: float = 1.0, via: str = "", voices: frozenset[str] = frozenset()
) -> list[Trait]:
    return [Trait(name, feature, value, belief, via, voices) for name in PAIR]


def compare_traits(
    *traits: Trait, dependence: dict[str, frozenset[str]] | None = None, size: int = 2
) -> LinkedCrossings:
    return compare([f"c{number}" for number in range(size)], traits, dependence or {})


def is_linked(*traits: Trait, dependence: dict[str, frozenset[str]] | None = None, size: int = 2) -> bool:
    linkage = compare_traits(*traits, dependence=dependence, size=size)
    assert linkage.overlap(*PAIR) == linkage.overlap(*reversed(PAIR))
    assert (PAIR in dict(linkage.links())) == linkage.overlap(*PAIR).is_link == (linkage.cluster_of("c0") == PAIR)
    return PAIR in dict(linkage.links())


def test_two_people_behind_both_link_two_crossings_and_one_does_not() -> None:
    assert not is_linked(*both("organiser", "boss"))
    assert is_linked(*both("organiser", "boss"), *both("pilot", "steersman"))
    # The shared people may play different parts on the two crossings.
    mixed = [Trait("c0", "pilot", "p", 1.0), Trait("c1", "helper", "p", 1.0)]
    assert is_linked(*both("supplier", "dealer"), *mixed)


@pytest.mark.parametrize("feature", sorted(set(SHARED) - BEHIND))
def test_things_and_contacts_alone_link_nothing(feature: str) -> None:
    assert not is_linked(*(trait for number in range(9) for trait in both(feature, f"x{number}")))


def test_no_date_place_weather_or_kind_of_boat_is_compared() -> None:
    """Crews that launch on the same calm day share no name, however large the case is."""
    assert set(CaseRows.__dataclass_fields__) == {"crossings", "things", "workplaces", "links"}
    for word in ("date", "day", "launch", "landing", "site", "beach", "kind", "engine", "length", "price", "word"):
        assert not [name for name in SHARED if word in name]
    linkage = compare_traits(size=2000)
    assert (linkage.clusters, linkage.nearest("c0")) == ((), {})
    assert linkage.overlap(*PAIR).share == 0


def test_what_others_share_changes_nothing_of_a_pair() -> None:
    """Rarity and case size do not matter: two crossings share as much in a case of two as in a case of thousands."""
    traits = [*both("organiser", "boss"), *both("pilot", "p"), *both("boat", "b1")]
    alone = compare_traits(*traits).overlap(*PAIR)
    common = [replace(trait, crossing=f"c{number}") for trait in traits[::2] for number in range(2, 300)]
    assert compare_traits(*traits, *common, size=3000).overlap(*PAIR) == alone


def test_people_behind_both_have_to_be_a_quarter_of_all_behind_either() -> None:
    shared = [*both("organiser", "boss"), *both("pilot", "p")]
    helpers = [Trait("c0", "helper", f"h{number}", 1.0) for number in range(7)]
    assert is_linked(*shared, *helpers[:6])
    assert not is_linked(*shared, *helpers)
    # Names of people who are not behind a crossing do not matter here.
    assert is_linked(*shared, *helpers[:6], *(Trait("c1", "house", f"x{number}", 1.0) for number in range(9)))


def test_one_source_alone_links_nothing() -> None:
    by_one = [*both("organiser", "boss", voices=W1), *both("pilot", "p", voices=W1)]
    by_two = [*both("organiser", "boss", voices=W1), *both("pilot", "p", voices=W2)]
    joined = {"w1": frozenset({"k1"}), "w2": frozenset({"k1"})}
    assert not is_linked(*by_one)
    assert is_linked(*by_two)
    assert not is_linked(*by_two, dependence=joined)
    # A record about either crossing is a second source.
    assert is_linked(*both("organiser", "boss", voices=W1), Trait("c0", "pilot", "p", 1.0), by_one[3])


def test_a_name_that_both_reach_through_one_entity_is_no_second_name() -> None:
    through_one = compare_traits(*both("pilot", "p1"), *both("thing", "t1", via="p1")).overlap(*PAIR)
    assert (through_one.shared, through_one.named) == (("p1",), 1)
    through_two = [Trait("c0", "thing", "t1", 1.0, "p1"), Trait("c1", "thing", "t1", 1.0, "p2")]
    assert compare_traits(*through_two).overlap(*PAIR).shared == ("t1",)
    # The suppliers of a boat used twice are shared through the boat.
    boat = [*both("boat", "b1"), *both("supplier", "s1", via="b1"), *both("supplier", "s2", via="b1")]
    assert not is_linked(*boat)


def test_what_is_hardly_believed_is_not_compared() -> None:
    assert compare_traits(*both("organiser", "boss", 0.09)).overlap(*PAIR).named == 0


def test_a_person_behind_one_in_contact_with_those_behind_the_other_is_shared_and_not_behind_both() -> None:
    linkage = compare_traits(Trait("c0", "pilot", "p1", 1.0), Trait("c1", "contact", "p1", 1.0, "boss"))
    assert (linkage.overlap(*PAIR).shared, linkage.overlap(*PAIR).people) == (("p1",), ())


def test_nothing_depends_on_the_order_of_rows() -> None:
    rng = random.Random(7)
    ids = [f"c{number}" for number in range(40)]
    traits = [
        Trait(name, kind, f"{kind} {rng.randint(0, 6)}", 1.0, "", rng.choice((W1, W2, frozenset())))
        for name in ids
        for kind in (*sorted(BEHIND), "boat", "contact")
    ]
    linkage = compare(ids, traits, {})
    again = compare(rng.sample(ids, 40), rng.sample(traits, len(traits)), {})
    links = dict(linkage.links())
    assert list(links) == list(dict(again.links()))
    assert linkage.clusters == again.clusters
    assert linkage.nearest("c3") == again.nearest("c3")
    # No pair is missed: linked pairs are found without comparing every pair.
    assert set(links) == {pair for pair in combinations(sorted(ids), 2) if linkage.overlap(*pair).is_link}
    assert links


def test_no_crossings_and_one_are_no_error() -> None:
    assert compare([], [], {}).clusters == ()
    assert shared_names(compare(["c1"], [], {})) == []


def test_the_nearest_are_those_that_are_linked_then_those_that_share_most() -> None:
    traits = [*both("organiser", "boss"), *both("pilot", "p")]
    traits += [Trait("c2", "organiser", "boss", 1.0), *(Trait("c1", "house", f"h{number}", 1.0) for number in range(9))]
    linkage = compare_traits(*traits, size=4)
    assert list(linkage.nearest("c0")) == ["c1", "c2"]


def test_a_cluster_falls_apart_without_what_holds_it() -> None:
    chain = [*both("organiser", "boss"), *both("pilot", "p")]
    chain += [Trait(name, "helper", helper, 1.0) for name in ("c1", "c2") for helper in ("h1", "h2")]
    linkage = compare_traits(*chain, size=3)
    cluster = linkage.cluster_of("c0")
    assert cluster == ("c0", "c1", "c2")
    assert without_name(linkage, cluster, "boss") == [("c1", "c2"), ("c0",)]
    assert without_name(linkage, cluster, "nobody") == [cluster]
    assert without(linkage, mentions(cluster, chain)) == [cluster]
    assert without(linkage, mentions(cluster, [])) == [("c0",), ("c1",), ("c2",)]
    assert next((row.name, row.crossings) for row in shared_names(linkage, cluster)) == ("boss", PAIR)


def test_a_name_counts_as_a_supplier_for_the_crossings_it_supplied_alone() -> None:
    traits = [*both("supplier", "dealer"), Trait("c2", "organiser", "dealer", 1.0)]
    linkage = compare_traits(*traits, size=3)
    assert [(row.features, row.crossings) for row in shared_names(linkage, features=["supplier"])] == [
        (("supplier",), PAIR)
    ]
    assert [row.crossings for row in shared_names(linkage)] == [("c0", "c1", "c2")]


@pytest.mark.slow(reason="makes a dozen invented worlds, and compares the crossings of each")
def test_the_figures_of_the_help_page_are_those_that_are_measured() -> None:
    """Measured on worlds of one author, with seeds not used for any choice; `bench.linkage` measures all families."""
    family = "gangmasters"
    worlds = [try_world(family, seed) for seed in judging_seeds(family)]
    assert measure(family, worlds) == next(row for row in read_figures() if row.family == family)


def test_few_pairs_are_linked_by_chance_and_most_links_are_right() -> None:
    rows = read_figures()
    assert len({row.author for row in rows}) == 8
    assert max(row.by_chance for row in rows) < 0.02
    assert sorted(row.right for row in rows)[len(rows) // 2] > 0.7


# -- from the rows of a case -----------------------------------------------------------------------------------------

ROWS = CaseRows(
    ["c1", "c2"],
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
)


def traits_of(crossing: str) -> dict[tuple[str, str], Trait]:
    return {(trait.feature, trait.value): trait for trait in gather_traits(ROWS) if trait.crossing == crossing}


def test_a_crossing_has_what_its_rows_and_links_say() -> None:
    first, second = traits_of("c1"), traits_of("c2")
    assert first["supplier", "dealer"].belief == pytest.approx(0.4)
    assert first["supplier", "dealer"].voices == {"w1"}
    assert first["batch", "HK123456 to HK123499"].value == second["batch", "HK123456 to HK123499"].value
    assert first["store", "store"].belief == pytest.approx(0.4)
    assert first["thing", "t1"].via == "boss"
    assert first["contact", "friend"].belief == pytest.approx(0.3)
    assert first["recruiter", "agent"].via == "rider"
    assert ("house", "house") in first
    assert ("house", "shop") not in first


def values_of(*links: LinkSaid, things: tuple[str, ...] = ()) -> set[tuple[str, str, str]]:
    """Traits of two crossings with only these links; all things are phones."""
    phones = {name: ("phone", name) for name in things}
    traits = gather_traits(CaseRows(["c1", "c2"], things=phones, links=links))
    return {(trait.crossing, trait.feature, trait.value) for trait in traits}


def test_nobody_who_was_carried_is_what_two_crossings_share_unless_they_are_crew() -> None:
    assert "rider" not in {value for _, value in traits_of("c1")}
    once = [LinkSaid("p1", "CROSSED_ON", "c1", 1.0), LinkSaid("p1", "PILOTED", "c1", 1.0)]
    again = LinkSaid("p1", "PILOTED", "c2", 1.0)
    # A passenger who steers is known as the pilot of that crossing, but this links it with no other.
    assert values_of(*once, again) == {("c1", "pilot", "p1")}
    crew = [*once, again, LinkSaid("p1", "CROSSED_ON", "c2", 1.0)]
    assert values_of(*crew) == {("c1", "pilot", "p1"), ("c2", "pilot", "p1")}


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
    traits = values_of(*links, things=("tv", "t1"))
    assert traits == {("c1", "organiser", "o1"), ("c2", "organiser", "o2"), ("c1", "thing", "t1")}
    # Phone `tv` is a contact if its user is not known to have been carried.
    assert ("c2", "contact", "tv") in values_of(*links[1:], things=("tv", "t1"))
    # A thing used by a person behind a crossing belongs to that crossing.
    assert ("c1", "thing", "tv") in values_of(*links, LinkSaid("o1", "USED", "tv", 1.0), things=("tv", "t1"))


@pytest.mark.parametrize("seed", range(40))
def test_what_leads_to_some_crossings_gives_all_they_have(seed: int) -> None:
    """However distant: a phone that a supplier's phone was in contact with is four links away."""
    rng = random.Random(seed)
    people, boats, things = ([f"{kind}{number}" for number in range(8)] for kind in ("p", "b", "t"))
    crossings = [f"c{number}" for number in range(6)]
    of = {"CROSSED_ON": crossings, "USED_ON": crossings, "SUPPLIED": boats, "PART_OF": boats, "USED": things}
    of |= {"CONTACTED": [*people, *things], "LIVED_AT": ["house"], "LOCATED_AT": ["store"]}
    of |= dict.fromkeys(("ORGANISED", "PILOTED", "ASSISTED"), crossings)
    of |= dict.fromkeys(("RECRUITED", "TRANSPORTED", "HOUSED"), people)
    by = {"USED_ON": boats, "PART_OF": things, "CONTACTED": [*people, *things], "LOCATED_AT": [*people, *things]}
    keys = {
        (rng.choice(by.get(relation, people)), relation, rng.choice(of[relation]))
        for relation in rng.choices(sorted(of), k=rng.randint(10, 120))
    }
    links = [LinkSaid(*key, 0.9) for key in sorted(keys)]
    kinds = {name: (("phone", "part")[number % 2], f"HK12{number * 60:04}") for number, name in enumerate(things)}
    rows = CaseRows(
        crossings,
        kinds | {"store": ("address", "1 Quay")},
        {"house": "dwelling"},
        links,
    )
    chosen = crossings[:2]
    of_them, beside = leading_to(links, chosen)
    near = gather_traits(replace(rows, crossings=chosen, links=[*of_them, *beside]))
    whole = {trait for trait in gather_traits(rows) if trait.crossing in chosen}
    assert {trait for trait in near if trait.crossing in chosen} == whole


def batches(*serials: str) -> list[str]:
    """Batch of the part of each boat, given its serial number; each boat was used on one crossing."""
    names = [f"c{number}" for number in range(len(serials))]
    rows = CaseRows(
        names,
        {f"e{name}": ("part", serial) for name, serial in zip(names, serials, strict=True)},
        links=[LinkSaid(f"b{name}", "USED_ON", name, 1.0) for name in names]
        + [LinkSaid(f"e{name}", "PART_OF", f"b{name}", 1.0) for name in names],
    )
    of = {trait.crossing: trait.value for trait in gather_traits(rows) if trait.feature == "batch"}
    return [of.get(name, "") for name in names]


def test_serials_are_of_one_batch_by_how_far_apart_they_are() -> None:
    near = batches("HK123499", "HK123500", "hk123599 ", "HK123699")
    assert near[0] == near[1] == near[2] == "HK123499 to HK123599"
    assert near[3] == "HK123699"
    distant = batches("HK 000123", "HK 0123", "none", "")
    assert distant[0] != distant[1]
    assert distant[2:] == ["", ""]


def test_nothing_of_who_somebody_is_can_enter() -> None:
    """No row of a person is read, and no feature describes a person."""
    assert not {"people", "persons"} & set(CaseRows.__dataclass_fields__)
    for word in ("nation", "sex", "ethnic", "birth", "age_", "language"):
        assert not [name for name in SHARED if word in name]
