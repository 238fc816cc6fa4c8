"""Help in an empty Cypher editor: example queries and the relations of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphsvc.records import relations


@dataclass(frozen=True, slots=True)
class Example:
    """A query that runs on any case, with a title and its purpose."""

    title: str
    why: str
    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


EXAMPLES = (
    Example(
        "Who is named for several crossings",
        "Counting over links, with a parameter.",
        "MATCH (p:Person {case: $case})-[r:ORGANISED|PILOTED|ASSISTED]->(c:Crossing)\n"
        "WHERE r.belief >= $least\n"
        "WITH p, count(DISTINCT c) AS crossings, collect(DISTINCT r.relation) AS parts\n"
        "WHERE crossings > 1\n"
        "RETURN p.id AS id, p.name AS name, crossings, parts\n"
        "ORDER BY crossings DESC, id\n"
        "LIMIT 50",
        {"least": 0.5},
    ),
    Example(
        "Who gives orders, and to which people",
        "Paths: open the answer as a picture.",
        "MATCH path = (:Person {case: $case})-[:DIRECTED|PAID*1..2]->(:Person)\n"
        "WHERE all(r IN relationships(path) WHERE r.belief >= 0.5)\n"
        "RETURN path\n"
        "LIMIT 25",
    ),
    Example(
        "What is denied, and by which statement",
        "From a claim to its two ends and its statement.",
        "MATCH (c:Claim {case: $case, polarity: 'denies', status: 'active'})-[:STATED_IN]->(s:Statement)\n"
        "MATCH (a:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(b:Entity)\n"
        "RETURN a AS who, c.relation AS relation, b AS whom, s AS statement, s.kind AS kind\n"
        "ORDER BY a.id, relation, b.id\n"
        "LIMIT 100",
    ),
)
# (relation, subjects, objects, wording) of each relation in the graph.
RELATIONS = [
    (relation.name, ", ".join(relation.subjects), ", ".join(relation.objects), relation.says)
    for relation in relations.RELATIONS.values()
]
