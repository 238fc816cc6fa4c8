"""Checks that a Cypher query typed by a person does nothing but read the graph.

The server does not ensure this. Even in read mode it shows settings and other people's queries and connections, ends
transactions and connections, and fetches files and web addresses. Its list of allowed procedures omits built-in
ones, and its plan does not name the procedures that a subquery inside an expression calls. So each query is checked
three times against lists of allowed parts: its words, the kind and every operator of its plan, and the texts of
subqueries inside expressions in the plan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from graphsvc.errors import CypherFault
from graphsvc.queries.tokens import Token, fault, tokens
from graphsvc.store.bolt import QueryPlan

LONGEST = 20_000  # characters of a query

PROCEDURES = frozenset(
    {
        "db.labels",
        "db.relationshipTypes",
        "db.propertyKeys",
        "db.schema.visualization",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
    }
)
# Allowed first parts of dotted function names: any others on a server are not Neo4j's own.
NAMESPACES = frozenset(
    {"date", "datetime", "localdatetime", "localtime", "time", "duration", "point", "vector.similarity"}
)
# Neo4j's own functions in namespaces that may also contain functions of others.
FUNCTIONS = frozenset(
    f"coll.{name}" for name in ("distinct", "flatten", "indexof", "insert", "max", "min", "remove", "sort")
)
# Allowed operators, without a suffix in brackets ("Expand(All)").
OPERATORS = frozenset(
    """
    AllNodesScan NodeByLabelScan UnionNodeByLabelsScan IntersectionNodeByLabelsScan SubtractionNodeByLabelsScan
    NodeByElementIdSeek NodeByIdSeek NodeIndexScan NodeIndexSeek NodeIndexSeekByRange NodeUniqueIndexSeek
    NodeUniqueIndexSeekByRange NodeIndexContainsScan NodeIndexEndsWithScan MultiNodeIndexSeek DynamicLabelNodeLookup
    NodeFulltextIndexSearch NodeVectorIndexSearch NodeCountFromCountStore RelationshipCountFromCountStore
    AllRelationshipsScan RelationshipTypeScan UnionRelationshipTypesScan RelationshipByElementIdSeek RelationshipByIdSeek
    RelationshipIndexScan RelationshipIndexSeek RelationshipIndexSeekByRange RelationshipUniqueIndexSeek
    RelationshipUniqueIndexSeekByRange RelationshipIndexContainsScan RelationshipIndexEndsWithScan
    RelationshipFulltextIndexSearch RelationshipVectorIndexSearch RelationshipTypeLookup
    Expand OptionalExpand VarLengthExpand PruningVarLengthExpand BFSPruningVarLengthExpand Repeat BidirectionalRepeat
    RepeatOptions PathPropagatingBFS ShortestPath StatefulShortestPath ProjectEndpoints TriadicSelection TriadicBuild
    TriadicFilter AssertSameNode AssertSameRelationship
    Apply SemiApply AntiSemiApply LetSemiApply LetAntiSemiApply SelectOrSemiApply SelectOrAntiSemiApply
    LetSelectOrSemiApply LetSelectOrAntiSemiApply ConditionalApply AntiConditionalApply RollUpApply Argument ArgumentTracker
    CartesianProduct NodeHashJoin NodeLeftOuterHashJoin NodeRightOuterHashJoin ValueHashJoin ValueMergeJoin Anti
    Filter Projection CacheProperties Unwind Union OrderedUnion Distinct OrderedDistinct Aggregation EagerAggregation
    OrderedAggregation Sort PartialSort Top Top1WithTies PartialTop Skip Limit ExhaustiveLimit Optional Eager EmptyRow EmptyResult
    NullifyMetadata PreserveOrder Input ProduceResults ProcedureCall
    """.split()  # noqa: SIM905 - a list of names is easier to read and to mend as words
)
_SCANS = re.compile(r"(Partitioned)?(Dynamic)?(Directed|Undirected)?")
_WHY = MappingProxyType(
    {
        "LoadCSV": "reads a file or an address",
        "TransactionApply": "opens its own transactions",
        "TransactionForeach": "opens its own transactions",
        "ShowTransactions": "shows what others run",
        "ShowSettings": "shows settings of the server",
        "TerminateTransactions": "ends what others run",
        "RunQueryAt": "asks another database",
    }
)
# Words that begin a command if a name follows.
_COMMANDS = MappingProxyType(
    {
        "SHOW": "shows settings of the server or what others run",
        "TERMINATE": "ends what others run",
        "USE": "asks another database",
        "LOAD": "reads a file or an address",
    }
)
_BACKTICKS = "If it is a name of yours, put it in backticks."


def require_harmless(text: str) -> tuple[str, ...]:
    """Refuse a query with words that typed queries may not contain; return the names of its parameters, sorted.

    Raises:
        CypherFault: the query contains something forbidden; says where.
    """
    if not text.strip():
        raise CypherFault("There is no text to run. Write a query, such as MATCH (p:Person) RETURN p.id LIMIT 10.")
    if len(text) > LONGEST:
        raise CypherFault(f"The text has {len(text)} characters; {LONGEST} is the most.")
    stream = tokens(text)
    _require_plain_start(text, stream)
    for place, token in enumerate(stream):
        _require_seen(text, token)
        _require_no_command(text, stream, place)
        if token.word == "CALL" and not _is_part(stream, place):
            _require_procedure(text, stream, place + 1)
        elif token.kind in ("name", "quoted") and not _is_called(stream, place):
            _require_function(text, stream, place)
    return tuple(sorted({token.text for token in stream if token.kind == "parameter"}))


def require_reading(plan: QueryPlan) -> None:
    """Refuse a plan that does anything but read the graph.

    Raises:
        CypherFault: the plan does something else.
    """
    for step in plan.root.walk():
        if not _is_operator(step.operator):
            does = _WHY.get(step.operator, f"does what free Cypher may not ({step.operator})")
            raise CypherFault(f"This text {does}. Free Cypher reads the graph and nothing else.")
        if step.operator == "ProcedureCall":
            called = step.details.partition("(")[0]
            if called not in PROCEDURES:
                raise _no_procedure(called)
        for called in _hidden(step.details):
            if called not in PROCEDURES:
                raise _no_procedure(called)
    if plan.kind != "r":
        does = "is about the server" if plan.kind == "s" else "writes"
        raise CypherFault(f"This text {does}. Free Cypher reads the graph and nothing else.")


def _is_operator(name: str) -> bool:
    base = name.partition("(")[0]
    return base in OPERATORS or _SCANS.sub("", base, count=1) in OPERATORS


def _require_plain_start(text: str, stream: Sequence[Token]) -> None:
    """Refuse prefixes of a query: EXPLAIN, PROFILE, and options other than the language version."""
    place = 0
    if stream and stream[0].word == "CYPHER":
        place = 1
        if place < len(stream) and stream[place].kind == "number":
            place += 1
        if place + 1 < len(stream) and stream[place].kind == "name" and stream[place + 1].text == "=":
            raise fault(
                text, stream[place].offset, "Options of the planner are not taken: CYPHER 5 or CYPHER 25 alone."
            )
    if place < len(stream) and stream[place].word in ("EXPLAIN", "PROFILE", "CYPHER"):
        raise fault(
            text,
            stream[place].offset,
            f"{stream[place].word} is not taken: the plan is shown beside every text anyway.",
        )


def _require_seen(text: str, token: Token) -> None:
    """Refuse invisible characters: the server may treat one as a blank inside a dotted name, where we do not."""
    if token.kind == "sign" and unicodedata.category(token.text).startswith("C"):
        raise fault(
            text,
            token.offset,
            f"The invisible character U+{ord(token.text):04X} is not taken outside of texts: remove it.",
        )


def _is_part(stream: Sequence[Token], place: int) -> bool:
    """Whether a token is a property, label or type: it follows a dot or a colon."""
    return place > 0 and stream[place - 1].kind == "sign" and stream[place - 1].text in (".", ":")


def _require_no_command(text: str, stream: Sequence[Token], place: int) -> None:
    token = stream[place]
    does = _COMMANDS.get(token.word)
    if does is None or _is_part(stream, place) or place + 1 >= len(stream):
        return
    following = stream[place + 1]
    if following.kind not in ("name", "quoted", "string") or (token.word == "LOAD" and following.word != "CSV"):
        return
    raise fault(
        text,
        token.offset,
        f"{token.word} {following.text[:40]} {does}. Free Cypher reads the graph and nothing else. {_BACKTICKS}",
    )


def _dotted_name(stream: Sequence[Token], place: int) -> tuple[str, int]:
    """Return the dotted name that starts here, and the place after it."""
    parts: list[str] = []
    while place < len(stream) and stream[place].kind in ("name", "quoted"):
        parts.append(stream[place].text)
        place += 1
        if place >= len(stream) or stream[place].text != "." or stream[place].kind != "sign":
            break
        place += 1
    return ".".join(parts), place


def _require_procedure(text: str, stream: Sequence[Token], place: int) -> None:
    """Refuse the token after CALL, unless it is a subquery or an allowed procedure."""
    name, _ = _dotted_name(stream, place)
    if name and name not in PROCEDURES:
        raise _no_procedure(name, text, stream[place].offset)


def _is_called(stream: Sequence[Token], place: int) -> bool:
    """Whether the name is part of a procedure's name (it follows CALL), or the middle of a dotted name.

    A name after the two dots of a slice (`[1..n]`) is neither.
    """
    if place > 0 and stream[place - 1].word == "CALL":
        return True
    return place > 1 and stream[place - 1].text == "." and stream[place - 2].kind in ("name", "quoted")


def _require_function(text: str, stream: Sequence[Token], place: int) -> None:
    """Refuse a call of a function with a dotted name, unless it is one of Neo4j's own."""
    name, behind = _dotted_name(stream, place)
    parts = name.split(".")
    if len(parts) < 2 or behind >= len(stream) or stream[behind].text != "(" or stream[behind].kind != "sign":
        return
    if ".".join(parts[:-1]).lower() not in NAMESPACES and name.lower() not in FUNCTIONS:
        raise fault(text, stream[place].offset, f"The function {name[:80]} is not among those that may be used here.")


def _hidden(details: str) -> Iterator[str]:
    """Yield the procedures called by subqueries inside a plan's expressions; LOAD CSV counts as one."""
    try:
        stream = tokens(details)
    except CypherFault:
        # The server has cut a long text, so it cannot be parsed: anything that looks like a call counts as one.
        yield from re.findall(r"(?:\bCALL\s+|\bResolvedCall\()([\w.`]+)", details, re.IGNORECASE)
        yield from re.findall(r"\bLOAD\s+CSV\b", details, re.IGNORECASE)
        return
    for place, token in enumerate(stream):
        if _is_part(stream, place):
            continue
        if token.word == "LOAD" and place + 1 < len(stream) and stream[place + 1].word == "CSV":
            yield "LOAD CSV"
        elif token.word == "CALL":
            name, _ = _dotted_name(stream, place + 1)
            if name:
                yield name
        elif token.text == "ResolvedCall" and place + 1 < len(stream) and stream[place + 1].text == "(":
            yield _dotted_name(stream, place + 2)[0]


def _no_procedure(name: str, text: str = "", offset: int = 0) -> CypherFault:
    says = f"{name[:80]} is not among the procedures that may be called. Those are: {', '.join(sorted(PROCEDURES))}."
    if "." not in name:
        says += " If CALL is a name of yours, put it in backticks."
    return fault(text, offset, says) if text else CypherFault(says)
