"""The planted truth is consistent with itself and with the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from graphsvc import simulate
from graphsvc.simulate import world
from graphsvc.simulate.cast import AIDES
from graphsvc.simulate.knobs import DEMO


def test_sets_of_truth_fit_together(case: Any) -> None:
    truth = case.truth
    hubs, candidates = set(truth["hubs"]), set(truth["candidates"])
    assert hubs
    assert hubs < candidates
    assert truth["leaders"]
    assert set(truth["leaders"]) < hubs
    assert truth["brokers"]
    assert set(truth["brokers"]) < hubs
    assert truth["helpers"]
    assert not set(truth["helpers"]) & hubs
    assert set(truth["helpers"]) < candidates
    assert set(truth["roles"]) == candidates
    people = {row["id"] for row in case.tables["people"]}
    assert candidates < people
    assert set(truth["witnesses"]) == {r["source_id"] for r in case.statements.values() if r["kind"] == "witness"}
    for row, person in truth["same"]:
        assert row not in candidates
        assert person in people


def test_false_links_are_what_false_statements_assert(case: Any) -> None:
    false = set(case.truth["false_statements"])
    assert all(case.statements[token]["kind"] == "witness" for token in false)
    asserted = defaultdict(set)
    for row in case.links:
        if row["polarity"] in ("", "asserts"):
            key = (row["subject_id"], row["relation"], row["object_id"])
            asserted[row["statement_id"]].add(key)
    planted = {tuple(key) for key in case.truth["false_links"]}
    reports = {token for token, row in case.statements.items() if row["kind"] == "intelligence"}
    # In hard worlds rivals plant reports as well.
    told_by_liars = set().union(*(asserted[token] for token in false | (reports if "tiers" in case.truth else set())))
    assert planted <= told_by_liars
    assert all(asserted[token] & planted for token in false)
    for token, claims in asserted.items():
        if case.statements[token]["kind"] == "record":
            assert not claims & planted


def test_nothing_false_is_true(demo: Any) -> None:
    true = world.build(simulate.DEMO_SEED, DEMO, simulate.DEMO_PEOPLE)
    for key in demo.truth["false_links"] + demo.truth["mistaken_links"]:
        assert tuple(key) not in true
    same = dict(demo.truth["same"])
    untrue = {tuple(key) for key in demo.truth["false_links"] + demo.truth["mistaken_links"]}
    for row in demo.links:
        key = (row["subject_id"], row["relation"], row["object_id"])
        meant = (same.get(key[0], key[0]), *key[1:])
        if row["polarity"] in ("", "asserts"):
            assert (key in untrue) != (key in true or meant in true), key


def test_share_of_false_statements_is_the_one_asked_for(case: Any) -> None:
    witness = [row for row in case.statements.values() if row["kind"] == "witness"]
    assert len(case.truth["false_statements"]) == round(case.false_share * len(witness))


def test_false_share_at_its_ends(tmp_path: Any) -> None:
    assert simulate.simulate(tmp_path / "none", people=200, false_share=0).false_statements == []
    everything = simulate.simulate(tmp_path / "all", people=200, false_share=1)
    text = (tmp_path / "all" / "statements.csv").read_text(encoding="utf-8")
    assert len(everything.false_statements) == text.count(",witness,") >= 4


def test_hubs_are_named_less_than_pilots_and_helpers(demo: Any) -> None:
    named = Counter[str]()
    for row in demo.links:
        named.update((row["subject_id"], row["object_id"]))

    def mean(tokens: list[str]) -> float:
        return sum(named[token] for token in tokens) / len(tokens)

    pilots = [token for token, role in demo.truth["roles"].items() if role == "pilot"]
    assert mean(demo.truth["hubs"]) < mean(pilots) < mean(demo.truth["helpers"])
    # Hubs can still be found: most have a claim that gives them a hub's part.
    telling = {"ORGANISED", "SUPPLIED", "CONTROLS", "RUNS", "DIRECTED"}
    hub_like = {row["subject_id"] for row in demo.links if row["relation"] in telling and row["polarity"] == ""}
    assert len(hub_like & set(demo.truth["hubs"])) > 0.6 * len(demo.truth["hubs"])


def test_degree_does_not_find_hubs(demo: Any) -> None:
    neighbours = defaultdict(set)
    for row in demo.links:
        neighbours[row["subject_id"]].add(row["object_id"])
        neighbours[row["object_id"]].add(row["subject_id"])
    ranked = sorted(demo.truth["candidates"], key=lambda token: -len(neighbours[token]))
    hubs = set(demo.truth["hubs"])
    top = ranked[: len(hubs)]
    assert sum(token in hubs for token in top) / len(hubs) < 2 * len(hubs) / len(ranked)
    assert sum(token in demo.truth["helpers"] for token in top) > len(top) / 2


def test_leaders_never_touch_a_crossing(demo: Any) -> None:
    facts = world.build(simulate.DEMO_SEED, DEMO, simulate.DEMO_PEOPLE).facts
    crossings = {row["id"] for row in demo.tables["crossings"]}
    for leader in demo.truth["leaders"]:
        assert not any({fact.subject, fact.object} & crossings for fact in facts.about(leader))
        assert any(fact.relation == "DIRECTED" and fact.subject == leader for fact in facts.about(leader))


def test_ids_do_not_tell_roles(demo: Any) -> None:
    ids = sorted(row["id"] for row in demo.tables["people"])
    place = {token: number for number, token in enumerate(ids)}
    for group in ("hubs", "helpers", "witnesses"):
        mean = sum(place[token] for token in demo.truth[group]) / len(demo.truth[group])
        # Uniform places have a mean within 4 standard errors of the middle.
        assert abs(mean / len(ids) - 0.5) < 4 * 0.289 / len(demo.truth[group]) ** 0.5


def test_organisers_are_the_few(demo: Any) -> None:
    hubs, aides = len(demo.truth["hubs"]), sum(role in AIDES for role in demo.truth["roles"].values())
    assert 0.12 < hubs / (hubs + aides) < 0.18
