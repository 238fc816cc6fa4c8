"""Words of a search → relations with that word on pages or in charts, or with that name; nothing else."""

from __future__ import annotations

import pytest

from graphsvc.records.relations import RELATIONS, Relation
from graphsvc.records.verbs import relations_named


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda relation: relation.name)
def test_each_relation_is_named_by_itself_and_by_what_pages_call_it(relation: Relation) -> None:
    name, says = relation.name, relation.says
    for text in (name, name.lower(), name.replace("_", " ").title(), says, f"  {says.upper()} "):
        assert name in relations_named(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("abandoned", ("ABANDONED", "X_ABANDONED")),
        ("X_ABANDONED", ("X_ABANDONED",)),
        ("x abandoned", ("X_ABANDONED",)),
        ("family", ("RELATED_TO", "X_FAMILY")),
        ("sold phone to", ("X_SOLD_PHONE_TO",)),
        ("was", ("X_WAS",)),
        ("abandoned workers", ("X_ABANDONED_WORKERS",)),
        ("подчинён", ()),
        ("07911 123456", ()),
        ("  ", ()),
        ("%", ()),
        ("x_", ("X_X",)),
        ("a" * 100, ()),
    ],
)
def test_a_word_names_what_is_called_so_and_one_of_the_deliverers_own(text: str, names: tuple[str, ...]) -> None:
    assert relations_named(text) == names
