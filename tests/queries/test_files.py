"""Every Cypher file, read as text and explained by the real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from graphsvc.access.gate.freetext import require_harmless, require_reading
from graphsvc.queries import Query, cypher_folder, own_library
from graphsvc.records.lists import expand_lists
from graphsvc.records.relations import CUSTOM_TYPE, RELATIONS
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.store.bolt import QueryPlan, Store
from graphsvc.store.image import NODE_LABELS
from graphsvc.store.schema import apply_schema
from graphsvc.store.server.local import LocalServer

LIBRARY = own_library()
QUERIES = list(LIBRARY.values())
LABELS = {"Entity", "Claim", "GraphsvcSchema", "GraphsvcMark", *NODE_LABELS}
TYPES = {*RELATIONS, CUSTOM_TYPE, "STATED_IN", "SUBJECT", "OBJECT", "GIVEN_BY"}
SUBJECTS = {
    "people",
    "boats",
    "crossings",
    "gangs",
    "workplaces",
    "statements",
    "hubs",
    "paths",
    "quality",
    "witnesses",
}
# `:Word` or `:ONE|OTHER` of a pattern or a label test.
WORDS = re.compile(r":([A-Z]\w*(?:\|[A-Z]\w*)*)")
NODE = re.compile(r"\((\w*)(?::(\w+))?[^()]*?\)")
LINK = re.compile(r"-\[(\w*)(?::([\w|]+))?[^\[\]]*?\]-")


def bare(text: str) -> str:
    """A text without comments and strings."""
    return re.sub(r"//[^\n]*|'[^']*'", "", text)


def query_params(queries: list[Query]) -> list[pytest.param]:  # type: ignore[valid-type]
    return [pytest.param(query, id=query.name) for query in queries]


@pytest.fixture(scope="module")
def store(neo4j_server: LocalServer) -> Iterator[Store]:
    store = Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    apply_schema(store)
    yield store
    store.close()


def test_there_are_queries_on_every_subject() -> None:
    public = LIBRARY.public()
    assert {query.subject for query in public} == SUBJECTS
    assert len(public) >= 24
    assert {"table", "graph"} == {query.kind for query in public}
    titles = [query.title for query in public]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "path", sorted(cypher_folder().rglob("*.cypher")), ids=lambda path: f"{path.parent.name}.{path.stem}"
)
def test_labels_and_types_are_those_of_the_records(path: object) -> None:
    text = bare(expand_lists(path.read_text("utf-8")))  # type: ignore[attr-defined]
    used = {word for words in WORDS.findall(text) for word in words.split("|")}
    assert used - {"LABEL", "TYPE"} <= LABELS | TYPES  # the two words `store.image` replaces


# Relations that accuse: a part in the operation, or an act against another person. Membership of a gang only says whose
# act it is, and the row says so.
ACTS = {name for name, relation in RELATIONS.items() if relation.kind in ("part", "command")} - {"USED_ON"}
NO_ACCUSATION = {
    "gangs.in_common": "says what two gangs share, and of nobody what they did",
    "gangs.rivals": "lists rival gangs, not acts",
    "people.phone_contacts": "says whose phone it is",
    "paths.all_ways": "says how believed the weakest step is and how many are denied, and no more of any",
    "paths.in_common": "says how believed the weaker link is and how many are denied, and no more of either",
    "paths.shortest": "says how believed the weakest step is and how many are denied, and no more of any",
    "people.nationalities": "says who may have been aboard, and of nobody what they did",
    "people.same_person": "says who may be the same",
    "quality.incomplete_crossings": "says that somebody is known, not who",
    "crossings.per_day": "names nobody",
    "boats.reused": "names nobody",
    "statements.taken_back": "shows claims that were taken back",
    "statements.denials": "shows the denials themselves",
}


@pytest.mark.parametrize("query", query_params(LIBRARY.public()))
def test_whoever_stands_beside_an_act_is_marked_where_it_is_denied_or_hardly_believed(query: Query) -> None:
    """An accusation that is denied, or that rests on one bad grade, must not read like any other."""
    types = {word for _, words in LINK.findall(bare(query.text)) for word in words.split("|")}
    people = {column for column, field in query.returns.items() if field in ("Person.id", "Entity.id")}
    if query.name in NO_ACCUSATION:
        return
    if not types & ACTS or not people:
        return
    returned = set(query.returns.values())
    assert "Link.denying" in returned or "denied" in query.returns
    assert "Link.belief" in returned or "doubtful" in query.returns
    lists = {"denied", "doubtful"} & {column for column in people if column in query.returns}
    assert not lists or lists == {"denied", "doubtful"}


def test_the_gangs_of_rivals_are_those_that_nothing_speaks_against() -> None:
    (query,) = (query for query in LIBRARY.public() if query.name == "gangs.rivals")
    subqueries = query.text.split("COLLECT")[1:]
    assert len(subqueries) == 2
    assert all("NOT coalesce(m[$denying] <> 0, false)" in each.partition("RETURN")[0] for each in subqueries)


@pytest.mark.parametrize("query", query_params(LIBRARY.public()))
def test_a_least_belief_begins_above_what_is_suspected_to_be_false(query: Query) -> None:
    for parameter in query.parameters:
        if parameter.name == "least" and parameter.type == "float":
            assert parameter.default >= 0.25


@pytest.mark.parametrize("query", query_params(QUERIES))
def test_every_node_and_link_is_filtered_by_what_the_reader_may_see(query: Query) -> None:
    text = bare(query.text)
    kinds = {"Entity", "Statement", "Claim", *(table.label for table in ENTITY_TABLES)}
    for variable, label in NODE.findall(text):
        either_end = "startNode(r)" in text and variable in "nm"  # both ends are filtered under new names
        if label in kinds and (variable or query.kind != "internal") and not either_end:
            assert f"{variable}.handling IN $handling" in text, f"({variable}:{label})"
    for variable, types in LINK.findall(text):
        if not types or set(types.split("|")) <= TYPES - {"STATED_IN", "SUBJECT", "OBJECT", "GIVEN_BY"}:
            assert variable, "a link without a name cannot be filtered"
            filtered = rf"\b{variable}\[\$(belief|asserting)\] (>|=|IS NOT NULL)"
            assert re.search(filtered, text), f"[{variable}:{types}]"


@pytest.mark.parametrize("query", query_params(QUERIES))
def test_few_witnesses_cannot_be_told_apart_by_a_filter_or_an_order(query: Query) -> None:
    lines = [line for line in query.text.splitlines() if re.search(r"\b(WHERE|AND|ORDER BY)\b", line)]
    counted = r"\$(groups|asserting|denying)\b(?!\] <> 0)|ORDER BY .*\b(groups|asserting|denying)\b"
    counting = [line for line in lines if re.search(counted, line)]
    assert not counting or query.for_sources or "< $few THEN $few - 1" in query.text, counting


# Queries that use claims without showing anything of them, and why they need not check which kinds are shown singly.
ASIDE = {
    "hubs.claims": "material for an analysis, never shown",
    "people.tied_by": "only whether there is one, to find the links by; each link is told as the reader sees it",
    "statements.sanitised": "only what a person sanitised for every reader, each text once, and nothing of its statement",
    "quality.unmentioned": "whether anybody speaks of an entity at all, not who or how many",
}


@pytest.mark.parametrize("query", query_params(QUERIES))
def test_whatever_meets_statements_or_claims_asks_which_are_shown_one_by_one(query: Query) -> None:
    meets = re.search(r":(Statement|Claim|Source)\b|\b(STATED_IN|GIVEN_BY)\b", bare(query.text))
    assert not meets or "$voices" in query.text or query.for_sources or query.name in ASIDE


@pytest.mark.parametrize("query", query_params(QUERIES))
def test_no_pick_depends_on_the_order_of_loading(query: Query) -> None:
    """A query takes the first of several values only if they are ordered; a statement has only one source."""
    picks = re.findall(r"head\(\[\(.*?\]\)", query.text)
    assert [pick for pick in picks if "GIVEN_BY" not in pick] == []


@pytest.mark.parametrize("query", query_params(QUERIES))
def test_every_pattern_starts_in_the_case(query: Query) -> None:
    """No operator of the plan enters the graph without the case: checked in the text, part by part."""
    # Hits of the index are limited to the case before anything else happens to them.
    offered = r"YIELD node AS n\s+WHERE [^\n]*\bn\.case = \$case AND n\.handling IN \$handling\n"
    for part in re.split(r"\bUNION\b", bare(query.text)):
        assert (
            re.search(r"\{case: \$case\b", part)
            or re.search(offered, part)
            or "(c)" in part
            or "(g)" in part
            or part.lstrip().startswith("WITH")
        )


@pytest.mark.parametrize("query", query_params(QUERIES))
def test_who_is_asked_for_by_id_is_found_by_their_key(query: Query) -> None:
    """Ids are unique among entities: by another label the server would scan the case's people, 70 ms for 100,000."""
    nodes = re.findall(r"\((\w*):([\w&|!]+) \{([^}]*)\}\)", bare(query.text))
    by_id = {label for _, label, properties in nodes if re.search(r"\bid:", properties)}
    by_id |= {label for name, label, _ in nodes if name and re.search(rf"\b{name}\.id IN \$ids\b", query.text)}
    assert not {label for label in by_id if label.lower() in {table.record for table in ENTITY_TABLES}}


@pytest.mark.parametrize("query", query_params(LIBRARY.public()))
def test_a_header_says_what_it_is_for_and_what_it_cannot_tell(query: Query) -> None:
    assert len(query.title) <= 90
    assert 80 <= len(query.why) <= 300
    assert query.why.count(". ") >= 1
    assert query.why.endswith(".")


class Explaining(Store):
    """Also reports what later versions will drop, which `explain` leaves out."""

    def _session(self, *arguments: Any, **more: Any) -> neo4j.Session:
        more.pop("notifications_disabled_classifications", None)
        return super()._session(*arguments, **more)


def deprecations(plan: QueryPlan) -> list[str]:
    return [notice.says for notice in plan.notices if "deprecated" in notice.says]


@pytest.fixture(scope="module")
def explaining(store: Store) -> Store:
    return Explaining(store._driver, store.login)


@pytest.mark.neo4j
@pytest.mark.parametrize("query", query_params(QUERIES))
def test_the_server_says_that_it_only_reads_and_deprecates_nothing(explaining: Store, query: Query) -> None:
    plan = explaining.explain(query.text)
    operators = [step.operator for step in plan.root.walk()]
    assert plan.kind == "r"
    assert "ProduceResults" in operators
    assert "AllNodesScan" not in operators
    assert deprecations(plan) == []
    # The same text also runs when pasted as a typed query.
    require_harmless(query.text)
    require_reading(plan)


@pytest.mark.neo4j
def test_what_the_server_deprecates_is_heard(explaining: Store, store: Store) -> None:
    assert deprecations(explaining.explain("MATCH (n:Entity) RETURN id(n)")) != []
    assert deprecations(store.explain("MATCH (n:Entity) RETURN id(n)")) == []
