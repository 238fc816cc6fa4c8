"""Paths on small networks, compared with hand-made answers and with NetworkX."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.paths import paths as ways
from graphsvc.analysis.paths.paths import Rules, Way, WayGround, accounts, every, likeliest, shortest
from graphsvc.analysis.paths.ties import Tie, Web, web_of
from graphsvc.records.columns import batch_of, encode

Links = list[tuple[str, str, str, float, float]]
CLAIM = Claim(
    "c1", "b", "PAID", "c", "asserts", "active", "t1", "s1", "witness", "2", "D", False, 1, "P", "person", "person"
)
#   a - b - c - d        every belief .9
#   a ------- e - d      .5 and .5: shorter, less belief
LINKS: Links = [
    ("a", "PAID", "b", 0.9, 0.0),
    ("c", "DIRECTED", "b", 0.9, 0.4),
    ("c", "PAID", "d", 0.9, 0.0),
    ("a", "CROSSED_ON", "e", 0.5, 0.5),
    ("e", "PAID", "d", 0.5, 0.5),
    ("a", "OWES", "b", 0.3, 0.0),
]


def ground(links: Links = LINKS) -> WayGround:
    return WayGround(Web(links), Rules())


_ENDS = st.sampled_from("abcde")
_LINKS = st.lists(st.tuples(_ENDS, st.sampled_from(["PAID", "OWES"]), _ENDS, st.floats(0, 1), st.floats(0, 1)))


@given(_LINKS)
def test_ties_in_columns_are_those_of_the_links_one_by_one(links: Links) -> None:
    web = Web(links)
    for name in "abcdef":
        expected = []
        for subject, relation, target, belief, recorded in links:
            if subject != target and name in (subject, target):
                neighbour = target if name == subject else subject
                expected.append(Tie(neighbour, relation, belief, recorded, outward=name == subject))
        assert web.ties(name) == expected
        assert [tie[:4] for tie in expected] == list(web.beside(name))
    assert set(web.relations) == {relation for subject, relation, target, *_ in links if subject != target}


@given(
    _LINKS,
    st.sets(st.sampled_from("abcdef")),
    st.sets(st.sampled_from(["PAID", "OWES"])),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_who_is_beyond_some_is_counted_as_their_ties_tell(
    links: Links, names: set[str], relations: set[str], least: float, recorded: float
) -> None:
    web = Web(links)
    for rules in ({"relations": relations}, {"without": relations}):
        expected = {
            name: len(
                {
                    tie.other
                    for tie in web.ties(name)
                    if tie.other not in names
                    and (not rules.get("relations") or tie.relation in relations)
                    and tie.relation not in rules.get("without", ())
                    and tie.belief >= least
                    and (recorded <= 0 or tie.recorded >= recorded)
                }
            )
            for name in names
        }
        assert web.beyond(names, least=least, recorded=recorded, **rules) == expected


def test_the_shortest_and_the_likeliest_differ() -> None:
    assert [way.nodes for way in shortest(ground(), "a", "d", 9).ways] == [("a", "e", "d")]
    first, second = likeliest(ground(), "a", "d", 9).ways
    assert (first.nodes, first.beliefs, first.weakest) == (("a", "b", "c", "d"), (0.9, 0.9, 0.9), 0)
    assert second.nodes == ("a", "e", "d")
    assert second.belief == pytest.approx(0.25)


def test_a_step_takes_the_most_believed_of_several_links_and_knows_the_others() -> None:
    network = ground()
    assert [(tie.relation, tie.belief) for tie in network.between("a", "b")] == [("PAID", 0.9), ("OWES", 0.3)]
    assert shortest(network, "a", "b", 1).ways[0].beliefs == (0.9,)


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ({"avoiding": frozenset({"e"})}, ("a", "b", "c", "d")),
        ({"relations": frozenset({"PAID", "DIRECTED"})}, ("a", "b", "c", "d")),
        ({"least": 0.6}, ("a", "b", "c", "d")),
        ({"recorded": True}, ("a", "e", "d")),
        ({"recorded": True, "least": 0.45}, ("a", "e", "d")),
        ({"recorded": True, "least": 0.6}, None),
        ({"avoiding": frozenset({"e", "b"})}, None),
    ],
)
def test_rules_say_what_a_way_takes(rules: dict[str, object], wanted: tuple[str, ...] | None) -> None:
    network = WayGround(Web(LINKS), replace(Rules(), **rules))  # type: ignore[arg-type]
    for paths in (shortest(network, "a", "d", 9).ways, likeliest(network, "a", "d", 1).ways):
        assert (paths[0].nodes if paths else None) == wanted
    assert bool(every(network, "a", "d", 6, 9).ways) == bool(wanted)


nodes = st.sampled_from("abcdefg")
links = st.lists(
    st.tuples(nodes, st.just("PAID"), nodes, st.sampled_from([0.125, 0.375, 0.625, 0.875]), st.just(0.0)), max_size=16
)


def simple(given_: Links, end: str, steps: int) -> list[Way]:
    """Every path from a, found by NetworkX."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from("abcdefg")
    for subject, _, target, belief, _ in given_:
        if subject != target and graph.get_edge_data(subject, target, {"belief": 0.0})["belief"] < belief:
            graph.add_edge(subject, target, belief=belief)
    paths = [
        Way(tuple(stops), tuple(graph.edges[pair]["belief"] for pair in itertools.pairwise(stops)))
        for stops in nx.all_simple_paths(graph, "a", end, cutoff=steps)
    ]
    return sorted(paths, key=lambda way: (len(way.nodes), -way.belief, way.nodes))


@settings(deadline=None)
@given(links)
def test_it_finds_what_another_program_finds(given_: Links) -> None:
    network = ground(given_)
    known = simple(given_, "d", 6)
    assert list(every(network, "a", "d", 6, 10_000).ways) == known
    least = [way for way in known if len(way.nodes) == len(known[0].nodes)] if known else []
    answer = shortest(network, "a", "d", 10_000)
    assert (set(answer.ways), answer.number, answer.over) == (set(least), len(least), False)
    assert [way.belief for way in answer.ways] == pytest.approx(sorted((way.belief for way in least), reverse=True))
    believed = sorted((way.belief for way in known), reverse=True)
    for most in (1, 3):
        best = likeliest(network, "a", "d", most)
        assert [way.belief for way in best.ways] == pytest.approx(believed[:most])
        assert set(best.ways) <= set(known)


@settings(deadline=None)
@given(links, st.randoms())
def test_the_order_links_come_in_moves_nothing(given_: Links, chance: random.Random) -> None:
    shuffled = list(given_)
    chance.shuffle(shuffled)
    first, second = ground(given_), ground(shuffled)
    assert every(first, "a", "d", 5, 5) == every(second, "a", "d", 5, 5)
    assert shortest(first, "a", "d", 3) == shortest(second, "a", "d", 3)
    assert likeliest(first, "a", "d", 3) == likeliest(second, "a", "d", 3)


def test_more_than_can_be_counted_is_said_and_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    everyone = [f"n{number}" for number in range(40)]
    mesh: Links = [(first, "PAID", second, 0.9, 0.0) for first in everyone for second in everyone if first < second]
    answer = every(ground(mesh), "n0", "n1", 6, 10)
    assert answer.over
    assert answer.number == ways.COUNTED
    assert [len(way.nodes) for way in answer.ways] == [2] + [3] * 9
    again = every(ground(mesh), "n0", "n1", 6, 10)
    assert again == answer
    monkeypatch.setattr(ways, "COUNTED", 10**9)
    little = every(ground(mesh), "n0", "n1", 6, 10, look=5_000)
    assert little.over
    assert little.ways[:10] == answer.ways
    assert likeliest(ground(mesh), "n0", "n1", 100, look=50).over
    assert shortest(ground(mesh), "n0", "n1", 3) == ways.Ways((Way(("n0", "n1"), (0.9,)),), 1)


def test_many_shortest_ways_are_counted_without_being_made() -> None:
    layers = [[f"{layer}-{place}" for place in range(10)] for layer in range(6)]
    ties: Links = [("a", "PAID", node, 0.9, 0.0) for node in layers[0]] + [
        (node, "PAID", "z", 0.9, 0.0) for node in layers[-1]
    ]
    for left, right in itertools.pairwise(layers):
        ties += [(start, "PAID", end, 0.9, 0.0) for start in left for end in right]
    answer = shortest(ground(ties), "a", "z", 4)
    assert (answer.number, len(answer.ways), answer.over) == (10**6, 4, False)


def test_accounts_lead_from_each_group_of_witnesses() -> None:
    claims = [
        CLAIM,
        replace(CLAIM, id="c2", source="s2", subject="a", object="b"),
        replace(CLAIM, id="c3", source="s3", subject="d", relation="PAID", object="x"),
        replace(CLAIM, id="c4", source="s4", source_kind="intelligence"),
        replace(CLAIM, id="c5", source="s5", polarity="denies"),
        replace(CLAIM, id="c6", source="s6", subject="y", object="z"),
        replace(CLAIM, id="c7", source="s7", relation="SERVED"),
    ]
    rules = Rules(relations=frozenset({"PAID", "DIRECTED", "OWES"}))
    network = WayGround(Web([*LINKS, ("d", "PAID", "x", 0.5, 0.0)]), rules)
    witness_paths = accounts(
        network, rules, claims, {"s1": frozenset({"k"}), "s2": frozenset({"k"})}, "c", lambda _claim: 0.5
    )
    assert [(sorted(path.group), path.source, path.way.nodes) for path in witness_paths] == [
        (["s1", "s2"], "s1", ("b", "c")),
        (["s3"], "s3", ("x", "d", "c")),
    ]
    only = Rules(relations=rules.relations, recorded=True)
    assert accounts(WayGround(Web(LINKS), only), only, claims, {}, "c", lambda _claim: 0.5) == []


def test_distances_stop_where_they_are_told_to() -> None:
    network = ground()
    assert network.web.names(range(5)) == tuple("abcde")
    assert network.distances(3, 1).tolist() == [-1, -1, 1, 0, 1]
    assert network.distances(3, 8).tolist() == [2, 2, 1, 0, 1]
    # The search finds a and b at two steps, and goes no farther.
    assert ground([*LINKS, ("b", "PAID", "x", 0.9, 0.0)]).distances(3, 8, 0).tolist() == [2, 2, 1, 0, 1, -1]
    assert math.isclose(Way(("a", "b"), (0.5,)).belief, 0.5)


@settings(deadline=None)
@given(links)
def test_how_likely_each_way_is_equals_what_is_found_one_by_one(given_: Links) -> None:
    network, best = ground(given_), {"d": 1.0}
    place = network.web.place("d")
    if place is None:
        return
    within = network.likelihoods(place)
    assert len(within) == ways.LONGEST + 1
    for likelihoods in within:
        assert dict(zip(network.web.names(range(len(likelihoods))), likelihoods.tolist(), strict=True)) == {
            name: best.get(name, 0.0) for name in network.web.names(range(len(likelihoods)))
        }
        before = dict(best)
        for subject, _, target, belief, _ in given_:
            for near, far in ((subject, target), (target, subject)):
                best[far] = max(before.get(near, 0.0) * belief, best.get(far, 0.0))


def test_a_likelier_way_that_is_too_long_does_not_hide_one_that_is_not() -> None:
    """The search once explored everyone on the overlong path first, and then gave up."""
    chain = [f"n{number}" for number in range(12)]
    long: Links = [(first, "PAID", second, 0.99, 0.0) for first, second in itertools.pairwise(chain)]
    beside: Links = [(node, "PAID", f"{node}-{number}", 0.99, 0.0) for node in chain for number in range(30)]
    beside += [
        (f"{node}-{number}", "PAID", f"{node}-{number + 1}", 0.99, 0.0) for node in chain for number in range(29)
    ]
    short: Links = [("n0", "OWES", "m", 0.1, 0.0), ("m", "OWES", "n11", 0.1, 0.0)]
    answer = likeliest(ground([*long, *beside, *short]), "n0", "n11", 1, look=2_000)
    assert [way.nodes for way in answer.ways] == [("n0", "m", "n11")]


@pytest.mark.parametrize("seed", range(8))
def test_of_links_in_columns_there_are_the_same_ties_and_ways(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(14)]
    rows = sorted(
        {(chance.choice(names), chance.choice(["PAID", "OWES", "CONTACTED"]), chance.choice(names)) for _ in range(40)}
    )
    link_rows = [
        (*row, chance.choice([0, 1, 0.25, 0.5, chance.random()]), chance.choice([None, 0.0, 0.5])) for row in rows
    ]
    plain, in_columns = web_of(link_rows), web_of(batch_of(map(encode, zip(*link_rows, strict=True))))
    assert set(in_columns.relations) == set(plain.relations)
    for name in (*names, "nobody"):
        assert in_columns.ties(name) == plain.ties(name)
        assert list(in_columns.beside(name)) == list(plain.beside(name))
    assert in_columns.beyond(names[:5], least=0.2) == plain.beyond(names[:5], least=0.2)
    for rules in (Rules(), Rules(least=0.3), Rules(recorded=True), Rules(relations=frozenset(["PAID"]))):
        for end in names[1:6]:
            before, now = WayGround(plain, rules), WayGround(in_columns, rules)
            assert likeliest(now, names[0], end, 5) == likeliest(before, names[0], end, 5)
            assert shortest(now, names[0], end, 5) == shortest(before, names[0], end, 5)


def test_no_links_make_an_empty_web_in_columns_too() -> None:
    assert web_of(batch_of([encode([])] * 5)).ties("a") == web_of([]).ties("a") == []
