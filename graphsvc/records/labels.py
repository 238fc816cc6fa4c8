"""What the graph is made of: labels, types of relationship and properties, as who writes Cypher names them.

All of it follows from the tables of the service; what the columns of a deliverer are called (`x_…`) is not among it.
"""

from __future__ import annotations

from graphsvc.records.properties import INTEREST, LINK_FIGURES, P_SUFFIX, SAID, SEARCH, SENSITIVITY
from graphsvc.records.relations import CUSTOM_TYPE, RELATIONS
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.records.told import TOLD_FIGURES, TOLD_SUFFIX

# In files alone, in the vault alone, or counted by queries.
_NOT_THERE = frozenset({"Person.category", "Statement.source_id", "Statement.statement_id", "Source.count"})
# The folded words that a search looks in: of names and numbers, and of free text.
_LOOKED_IN = {"Statement": [SAID], "Source": [], "Claim": [SAID]}
# Between claims, statements, sources and what they are about.
INNER = frozenset({"STATED_IN", "SUBJECT", "OBJECT", "GIVEN_BY"})


def _properties(label: str) -> list[str]:
    named = [name.partition(".") for name in SENSITIVITY if name not in _NOT_THERE]
    own = [name for of, _, name in named if of == label and not name.endswith(("_earliest", "_latest", "extra"))]
    return [*own, *_LOOKED_IN.get(label, [SEARCH, SAID])]


# Label → properties besides `case`; a date has two more, and columns of the deliverer's own keep their names.
LABELS = {label: _properties(label) for label in (*(t.label for t in ENTITY_TABLES), "Statement", "Source", "Claim")}


def _property_words() -> tuple[str, ...]:
    dates = [name.partition(".")[2] for name in SENSITIVITY if name.endswith(("_earliest", "_latest"))]
    figures = [*LINK_FIGURES, *(figure + TOLD_SUFFIX for figure in TOLD_FIGURES), INTEREST]
    nodes = [name for names in LABELS.values() for name in names]
    links = ["relation", *figures, *(figure + P_SUFFIX for figure in figures)]
    return tuple(dict.fromkeys(["case", *nodes, *links, *dates]))


# What kind of word → all words of it, in the order they are told in.
WORDS: dict[str, tuple[str, ...]] = {
    "label": ("Entity", *LABELS),
    "relation": (*RELATIONS, CUSTOM_TYPE, *sorted(INNER)),
    "property": _property_words(),
}
