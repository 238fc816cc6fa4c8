"""One row per relation: no field is empty, all else follows from the rows, and a new relation appears everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest

from graphsvc.analysis.claims.roles import (
    ABOARD,
    ACTS,
    ARRANGES,
    COMMANDS,
    DEEDS,
    HANDS_ON,
    LEVEL_TIES,
    OF_A_GANG,
    PASSIVE_OBJECT,
    QUARRELS,
    ROLE_RELATIONS,
    STAGES,
)
from graphsvc.analysis.linkage.gathered import READ
from graphsvc.analysis.ranking.ingredients import FAMILY_OF, TIES, every_name
from graphsvc.queries import cypher_folder
from graphsvc.records.charts import LINKED_AS
from graphsvc.records.relations import KINDS, NONE, RELATIONS, Relation, doing, those
from graphsvc.service.network.paths import BESIDES
from graphsvc.views import wording
from graphsvc.web.network.paths import BESIDE_WORDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda relation: relation.name)
def test_no_field_is_empty(relation: Relation) -> None:
    for row in (relation, relation.part, KINDS[relation.kind]):
        for field in fields(row):
            assert getattr(row, field.name) not in ("", (), None), f"{relation.name}: {field.name} is empty"


def test_each_field_is_of_its_row_and_none_has_a_default() -> None:
    """A new relation must give every field, or the table does not load."""
    with pytest.raises(TypeError, match="missing"):
        Relation("TAUGHT", ("person",), ("person",), "taught", "command")  # type: ignore[call-arg]


def test_fields_of_a_row_do_not_contradict_each_other() -> None:
    kinds = {"part": {"arranges", "belongs", "works"}, "tie": {"meets", "quarrels"}}
    kinds["command"] = {"directs", "recruits", "coerces", "moves", "abandons", "pays", "owes"}
    for relation in RELATIONS.values():
        at_thing = "person" not in relation.objects
        assert (relation.does in kinds.get(relation.kind, ())) == (relation.kind in kinds), relation.name
        assert relation.stage == NONE or relation.kind in ("part", "command"), relation.name
        assert not (relation.folds or relation.sealed != NONE or relation.there != NONE) or at_thing, relation.name
        assert not relation.folds or set(relation.objects) <= {"gang", "workplace", "crossing"}, relation.name
    assert {relation.kind for relation in RELATIONS.values()} == set(KINDS)


def test_every_ingredient_with_a_weight_is_one_that_claims_count_in() -> None:
    """A relation that is renamed, or does something else, would lose its weight silently."""
    weights = tomllib.loads(files("graphsvc.analysis.ranking").joinpath("weights.toml").read_text("utf-8"))
    assert weights["said"].keys() <= set(every_name())
    assert weights["ties"].keys() == set(TIES)
    assert FAMILY_OF.keys() == {relation.name for relation in RELATIONS.values() if relation.does in _WEIGHED}


_WEIGHED = ("arranges", "directs", "recruits", "coerces", "pays", "owes", "works", "moves", "serves")


def test_every_stage_and_every_kind_has_its_words() -> None:
    assert list(STAGES) == list(wording.STAGES)
    assert {relation.stage for relation in RELATIONS.values()} == {*STAGES, NONE}
    assert {*BESIDES} == {*(name for name, kind in KINDS.items() if not kind.operation), "own"}
    assert tuple(BESIDE_WORDS) == BESIDES
    assert sorted(kind.page for kind in KINDS.values()) == list(range(1, len(KINDS) + 1))


def test_no_word_of_a_chart_stands_for_two_relations() -> None:
    names_by_word: dict[str, set[str]] = {}
    for name, relation in RELATIONS.items():
        called = (name.casefold(), name.casefold().replace("_", " "), relation.says.casefold())
        for word in (*called, *(relation.i2.split(", ") if relation.i2 != NONE else ())):
            names_by_word.setdefault(word, set()).add(name)
    assert {word: names for word, names in names_by_word.items() if len(names) > 1} == {}
    assert set(names_by_word) == set(LINKED_AS)


# -- what queries list ----------------------------------------------------------------------------------------------

_AT = {
    kind: frozenset(name for name, relation in RELATIONS.items() if relation.objects == (kind,))
    for kind in ("crossing", "boat", "workplace")
}
_PRESENCE = frozenset(those(lambda relation: relation.kind == "presence"))
_PARTS_AT = {kind: frozenset(DEEDS) & names for kind, names in _AT.items()}
_PARTS_AND_COMMANDS = frozenset({*DEEDS, *ACTS})
_OF_A_BOAT = frozenset(those(lambda relation: "boat" in (*relation.subjects, *relation.objects)))
_BEHIND = _AT["crossing"] - _PRESENCE
_THEIR_THINGS = frozenset(those(lambda relation: relation.sealed == "theirs"))
# Paths over these join anyone to anyone.
_AMONG_STRANGERS = doing("stays", "serves")
_TIMELESS = frozenset(those(lambda relation: relation.lasts))
# File → the lists of relations it should contain, derived from the rows.
LISTS: dict[str, tuple[frozenset[str], ...]] = {
    "boats/where_from": (_OF_A_BOAT,),
    "cases/parts": (_BEHIND | _PARTS_AT["boat"] | _PARTS_AT["workplace"],),
    "cases/workplaces": (_PRESENCE & _AT["workplace"],),
    "crossings/behind": (_BEHIND,),
    "crossings/hang_together": (_BEHIND,),
    "crossings/on_days": (_PARTS_AT["crossing"],),
    # The relations that crossings are compared by are chosen by hand.
    "crossings/ties_compared": (frozenset(READ),),
    "gangs/crossings": (OF_A_GANG, _PARTS_AT["crossing"]),
    "gangs/every_crossing": (OF_A_GANG, _PARTS_AT["crossing"]),
    "gangs/in_common": (OF_A_GANG, _THEIR_THINGS),
    "gangs/members": (OF_A_GANG, _PARTS_AT["crossing"]),
    "gangs/rivals": (OF_A_GANG,),
    "hubs/behind_those_named": (frozenset(ACTS) - doing("owes"), HANDS_ON & _AT["crossing"]),
    "hubs/between_gangs": (OF_A_GANG, frozenset({*ACTS, *LEVEL_TIES}) - QUARRELS),
    "hubs/by_groups": (_PARTS_AND_COMMANDS,),
    # Coercion is no order and no payment.
    "hubs/give_orders": ((COMMANDS | ARRANGES) - doing("coerces"), COMMANDS - doing("coerces")),
    "network/nodes": (OF_A_GANG,),
    "paths/all_ways": (_AMONG_STRANGERS,),
    "paths/shortest": (_AMONG_STRANGERS,),
    "people/acted_on": (PASSIVE_OBJECT,),
    "people/debts": (_PRESENCE & _AT["workplace"], _PARTS_AT["workplace"]),
    "people/nationalities": (ABOARD,),
    "people/on_the_record": (ROLE_RELATIONS,),
    "witnesses/alone": (ROLE_RELATIONS,),
    "witnesses/off_the_record": (ROLE_RELATIONS,),
    "people/several_crossings": (_PARTS_AT["crossing"],),
    "quality/partly_identified": (_PARTS_AND_COMMANDS | doing("quarrels", "is the same"),),
    "quality/resting_on_one": (_PARTS_AND_COMMANDS,),
    "quality/two_boats_one_day": (ABOARD,),
    "quality/undated": (_TIMELESS,),
    "workplaces/closed": (_PRESENCE & _AT["workplace"], _PARTS_AT["workplace"]),
    "workplaces/cohort": (_PRESENCE & _AT["workplace"],),
    "workplaces/displacement": (_PRESENCE & _AT["workplace"],),
    "workplaces/ties": (
        (_PRESENCE & _AT["workplace"])
        | _PARTS_AT["workplace"]
        | doing("moves", "abandons", "coerces", "owes")
        | {"LOCATED_AT"},
    ),
    "workplaces/online": (_PARTS_AT["workplace"],),
    "workplaces/house_and_work": (_PARTS_AT["workplace"],),
}


def relation_lists(text: str) -> set[frozenset[str]]:
    """Every list of several relations in a query: of a pattern (`:ONE|OTHER`), or in brackets."""
    lists = [match.split("|") for match in re.findall(r":([A-Z_]+(?:\|[A-Z_]+)+)", text)]
    lists += [re.findall(r"['\"]([A-Z_]+)['\"]", match) for match in re.findall(r"\[[^\[\]]*\]", text)]
    return {frozenset(words) for words in lists if len(words) > 1 and set(words) & set(RELATIONS)}


def queries_that_differ() -> dict[str, list[list[str]]]:
    """Query → its unexpected lists and its missing lists."""
    wrong = {}
    for path in sorted(cypher_folder().rglob("*.cypher")):
        name = path.relative_to(cypher_folder()).with_suffix("").as_posix()
        differ = relation_lists(path.read_text("utf-8")) ^ set(LISTS.get(name, ()))
        if differ:
            wrong[name] = [sorted(listing) for listing in differ]
    return wrong


def test_the_lists_of_relations_in_queries_follow_from_the_rows() -> None:
    assert queries_that_differ() == {}


# -- one more -------------------------------------------------------------------------------------------------------


def test_one_that_is_added_is_seen_in_score_queries_pictures_and_exports() -> None:
    """In a new process, since every table is made from the rows when it is loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.one_more"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
