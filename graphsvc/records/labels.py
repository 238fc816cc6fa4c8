"""The graph's labels, relationship types and properties, by the names that Cypher queries use.

All are derived from the service's tables; the deliverer's own columns (`x_…`) are not included.
"""

from __future__ import annotations

from graphsvc.records.coarsened import TOLD_FIGURES, TOLD_SUFFIX
from graphsvc.records.properties import INTEREST, LINK_FIGURES, P_SUFFIX, SAID, SEARCH, SENSITIVITY
from graphsvc.records.relations import CUSTOM_TYPE, RELATIONS
from graphsvc.records.tables import ENTITY_TABLES

# Properties found only in files, only in the vault, or counted by queries.
_NOT_THERE = frozenset({"Person.category", "Statement.source_id", "Statement.statement_id", "Source.count"})
# Label → properties with the folded words that a search matches.
_LOOKED_IN = {"Statement": [SAID], "Source": [], "Claim": [SAID]}
# Relationship types that link claims to statements, sources and entities.
INNER = frozenset({"STATED_IN", "SUBJECT", "OBJECT", "GIVEN_BY"})


def _properties(label: str) -> list[str]:
    named = [name.partition(".") for name in SENSITIVITY if name not in _NOT_THERE]
    own = [name for of, _, name in named if of == label and not name.endswith(("_earliest", "_latest", "extra"))]
    return [*own, *_LOOKED_IN.get(label, [SEARCH, SAID])]


# Label → properties apart from `case`; a date has two more, and the deliverer's own columns keep their names.
LABELS = {label: _properties(label) for label in (*(t.label for t in ENTITY_TABLES), "Statement", "Source", "Claim")}


def _property_words() -> tuple[str, ...]:
    dates = [name.partition(".")[2] for name in SENSITIVITY if name.endswith(("_earliest", "_latest"))]
    figures = [*LINK_FIGURES, *(figure + TOLD_SUFFIX for figure in TOLD_FIGURES), INTEREST]
    nodes = [name for names in LABELS.values() for name in names]
    links = ["relation", *figures, *(figure + P_SUFFIX for figure in figures)]
    return tuple(dict.fromkeys(["case", *nodes, *links, *dates]))


# Kind of word → all words of that kind, in the order in which they are listed.
WORDS: dict[str, tuple[str, ...]] = {
    "label": ("Entity", *LABELS),
    "relation": (*RELATIONS, CUSTOM_TYPE, *sorted(INNER)),
    "property": _property_words(),
}
