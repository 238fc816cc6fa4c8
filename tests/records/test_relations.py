"""One row per relation: no field is empty, other tables follow from the rows, and a new relation appears everywhere."""

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
    STAGES,
)
from graphsvc.analysis.linkage.gathered import READ
from graphsvc.analysis.ranking.ingredients import FAMILY_OF, TIES, every_name
from graphsvc.queries import cypher_folder
from graphsvc.records.charts import LINKED_AS
from graphsvc.records.lists import LISTS
from graphsvc.records.relations import KINDS, NONE, RELATIONS, Relation
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
    """A new relation must have every field, or the table does not load."""
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
    """A relation with a new name or a new effect would lose its weight silently."""
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

# Chosen by hand: the relations that crossings are compared by.
_BY_HAND = {"crossings/ties_compared": [frozenset(READ)]}


def lists_by_hand(text: str) -> list[frozenset[str]]:
    """Every list of several relations that a query spells out, in a pattern (`:ONE|OTHER`) or in brackets."""
    lists = [match.split("|") for match in re.findall(r":([A-Z_]+(?:\|[A-Z_]+)+)", text)]
    lists += [re.findall(r"['\"]([A-Z_]+)['\"]", match) for match in re.findall(r"\[[^\[\]]*\]", text)]
    return [frozenset(words) for words in lists if len(words) > 1 and set(words) & set(RELATIONS)]


def test_queries_name_lists_of_relations_and_spell_none_out() -> None:
    folder = cypher_folder()
    spelled_out = {
        path.relative_to(folder).with_suffix("").as_posix(): lists_by_hand(path.read_text("utf-8"))
        for path in folder.rglob("*.cypher")
    }
    assert {name: lists for name, lists in spelled_out.items() if lists} == _BY_HAND


def test_every_list_names_relations_and_some_query_uses_it() -> None:
    used = {
        name
        for path in cypher_folder().rglob("*.cypher")
        for named in re.findall(r"\{\{([A-Z_|]+)\}\}", path.read_text("utf-8"))
        for name in named.split("|")
    }
    assert used - set(RELATIONS) == set(LISTS)
    assert {name for name, names in LISTS.items() if not names or set(names) - set(RELATIONS)} == {"STATEMENT_KINDS"}


# -- one more -------------------------------------------------------------------------------------------------------


def test_one_that_is_added_is_seen_in_score_queries_pictures_and_exports() -> None:
    """Runs in a new process, because every table is made from the rows on import."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.one_more"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
