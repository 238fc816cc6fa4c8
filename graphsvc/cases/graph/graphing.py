"""Turns the state of a case into the contents of its graph and vault. Pure, given the case's key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

from graphsvc.access import vault
from graphsvc.access.decisions.own_words import Withhold
from graphsvc.access.decisions.pairs import PAIR_KINDS, Pairing
from graphsvc.analysis.claims.belief import claim_belief
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.dependence import Thing, shared_keys
from graphsvc.analysis.claims.interest import interests
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.graph.figures import links, shares
from graphsvc.cases.graph.handling import Handling, is_reserved, unmentioned_people
from graphsvc.cases.graph.identities import ages_aside
from graphsvc.cases.graph.sealing import is_charged
from graphsvc.cases.graph.standing import Standings, people_to_check, sealed_ids
from graphsvc.cases.graph.texts import (
    NO_SOURCES,
    SourceIds,
    Texts,
    hides_identity,
    named_sources,
    sought_sources,
    unshown_identities,
)
from graphsvc.ingest.codes import is_extra
from graphsvc.ingest.layers import CODES
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.names.seal import CHARGED, IDENTITY, categories, split_identity
from graphsvc.names.terms import entity_terms, restricted_terms, text_terms
from graphsvc.records import grading
from graphsvc.records.coarsened import TOLD_SUFFIX
from graphsvc.records.dates import PartialDate, parse_date
from graphsvc.records.properties import INTEREST, P_SUFFIX, SAID, SEARCH
from graphsvc.records.relations import CUSTOM_PREFIX
from graphsvc.records.tables import ENTITY_TABLES, ERASED, EXTRA_PREFIX, PROTECTED, REASON, TABLES, Column, Table
from graphsvc.records.weights import SHIPPED, Weights
from graphsvc.store.image import Alike, Image, Properties

# Columns about the row itself rather than the entity it describes.
_OF_THE_ROW = frozenset({"id", "category", "sealed", "handling", "statement_id", "review_on"})
# Property with the values that rows under C give an entity known under P; shown like a custom column.
UNDER_C = f"{EXTRA_PREFIX}under_c"
_STATEMENTS = "statements"
_LINKS = "links"
# Default values of a statement's columns.
DEFAULTS: dict[str, Any] = {c.name: c.default for c in TABLES[_STATEMENTS].columns if c.default}
_parse = lru_cache(maxsize=100_000)(parse_date)


@dataclass(slots=True)
class Graphed:
    """Graph and vault contents of a state.

    Attributes:
        image: the graph.
        identities: pseudonym → (kind, values that only the vault may hold).
        dependence: `all` or `p` → source → keys of circumstances shared with other sources, after decisions on pairs.
        shared: `all` or `p` → witness source → what it is connected with, as recorded
            (`analysis.claims.dependence.Thing`).
        provenance: claim id → (delivery, line).
        sealed: id of a sealed person or thing → pseudonym.
        shown: delivered id → id in the graph.
        masked_ids: hidden id (`vault.is_hidden`) → the pseudonym that its entry would have.
        sources_named: ids and handles of sources: those for which texts are withheld, and the others.
        reserved: links that reveal who a sealed person is: shown only with source clearance.
        withhold: withholds words that people typed in the case if they name somebody sealed.
    """

    image: Image = field(default_factory=Image)
    identities: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    dependence: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    shared: dict[str, dict[str, list[Thing]]] = field(default_factory=dict)
    provenance: dict[str, tuple[int, int]] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    masked_ids: dict[str, str] = field(default_factory=dict)
    reserved: set[tuple[str, str, str]] = field(default_factory=set)
    withhold: Withhold = field(default=Texts({}).words, compare=False)
    sources_named: SourceIds = NO_SOURCES


@uncollected()
def build_graph(
    state: State,
    key: bytes,
    standing: Standings,
    weights: Weights = SHIPPED,
    pairings: Collection[Pairing] = (),
    sources: SourceIds = NO_SOURCES,
    *,
    few_below: int,
) -> Graphed:
    """Return the graph and vault contents of a state.

    Args:
        state: see `ingest.fold`.
        key: the case's data key; pseudonyms and claim ids are keyed hashes under it.
        standing: standing of every person and thing (`cases.graph.standing`).
        weights: weight of each grading.
        pairings: decisions on pairs of sources, oldest first.
        sources: ids of sources known before.
        few_below: number of witness groups below which readers without source clearance see `few`.
    """
    result = Graphed()
    result.sealed, handling = sealed_ids(standing, state, key), Handling(state)
    result.sources_named = named_sources(state, sources)
    checked = people_to_check(standing)
    sought = sought_sources(result.sources_named.apart, state, result.sealed, handling)
    texts = Texts(standing, sought, unshown_identities(state, key, checked, handling))
    result.withhold = texts.words
    writer = NodeWriter(state, key, result, texts, handling, weights, checked, standing)
    for table in ENTITY_TABLES:
        for identifier, row in state.records[table.name].items():
            writer.entity(table, identifier, row)
    for identifier, row in state.records[_STATEMENTS].items():
        writer.statement(identifier, row)
    claims = [writer.claim(claim_key, row) for claim_key, row in state.claims.items()]
    for identifier, level in unmentioned_people(state, result.image, standing, key, writer.graph_id):
        result.image.nodes["Person"][writer.graph_id(identifier)]["handling"] = level
    _links(result, writer, claims, pairings, few_below)
    return result


def is_on_record(statement: Mapping[str, Any]) -> bool:
    """Whether a delivered statement is on the record; the default is yes for official records and no for others."""
    return bool(statement.get("on_record", "yes" if statement["kind"] == "record" else "no") == "yes")


def status_of(claim: FoldedRow, statement_status: str) -> str:
    """Return the status of a claim: `active`, `superseded`, or `withdrawn` if it or its statement was withdrawn."""
    if claim.status != "active":
        return claim.status
    taken_back = claim.values.get("polarity", "asserts") == "withdrawn" or statement_status != "given"
    return "withdrawn" if taken_back else "active"


class NodeWriter:
    """Turns rows into nodes, one at a time, with pseudonyms for the sealed."""

    def __init__(
        self,
        state: State,
        key: bytes,
        result: Graphed,
        texts: Texts,
        handling: Handling,
        weights: Weights,
        to_check: Collection[str],
        standing: Standings,
    ) -> None:
        self._state, self._key, self._standing = state, key, standing
        self._layers = {code: state.layer(code) for code in CODES}
        self._result = result
        self._texts = texts
        self._handling, self._to_check = handling, to_check
        self.weights = weights
        self._kinds = {table.name: table.record for table in ENTITY_TABLES}
        self._level = "C"
        self._alike = Alike()
        self._believed = lru_cache(partial(claim_belief, weights=weights))
        self.sources: dict[str, str] = {}
        self.gradings: dict[str, dict[str, Any]] = {}

    def graph_id(self, identifier: str) -> str:
        """Return the id in the graph: a pseudonym if sealed, hidden if it names somebody sealed, else as delivered."""
        known = self._result.shown.get(identifier)
        if known is None:
            known = self._result.sealed.get(identifier)
            if known is None:
                # Randomly drawn ids name nobody, even if they happen to spell a name.
                named = not vault.is_entered(identifier) and self._texts.names.is_in(identifier)
                known = vault.pseudonym(self._key, "hidden", identifier) if named else identifier
            self._result.shown[identifier] = known
        return known

    def entity(self, table: Table, identifier: str, row: FoldedRow) -> None:
        """Add an entity as a node, with the cells that readers may know (`ingest.layers`)."""
        standing = None
        if table.record == "person":
            standing = self._standing.get(vault.pseudonym(self._key, "person", identifier))
        self._level = self._handling.entity(identifier, is_listed=standing is not None and standing.is_listed)
        known = self._layers[self._level].get(identifier)
        values = {"id": identifier} if known is None else known.values
        under_c = self._layers["C"].get(identifier) if self._level == "P" else None
        if table.record == "person" and (standing is None or standing.is_hidden):
            values = row.values  # only readers with source clearance see them
        listed = {} if known is None else known.listed or {}
        self._entity(table, identifier, row, values, None if under_c is None else under_c.values, listed)

    def version(self, table: Table, identifier: str, row: FoldedRow) -> None:
        """Add one version of an entity's row as a node; rows under C do not change what is shown under P."""
        self._level = self._handling.entity(identifier)
        shared = row.open if row.open is not None or self._level == "C" else {"id": identifier}
        under_c = None if shared is None else row.values
        self._entity(table, identifier, row, row.values if shared is None else shared, under_c, row.listed or {})

    def _entity(
        self,
        table: Table,
        identifier: str,
        row: FoldedRow,
        cells: Mapping[str, Any],
        under_c: Mapping[str, Any] | None,
        listed: Mapping[str, Any],
    ) -> None:
        """Add an entity as a node; if it is sealed, only the cells that identify nobody.

        Args:
            table: its table.
            identifier: its delivered id.
            row: all that is known of it.
            cells: what is shown of it.
            under_c: for an entity shown under P, what readers cleared for C know of it; added as a separate property.
            listed: the cells from rows that name no statement.
        """
        values = dict(cells)
        pseudonym = self._result.sealed.get(identifier)
        if pseudonym is not None:
            values = split_identity(table.record, cells)[0]
            kind = "person" if table.record == "person" else "thing"
            identity = split_identity(table.record, cells)[1] | split_identity(table.record, row.values)[1]
            for age in ages_aside(self._state, identifier):
                identity = age | identity
            self._result.identities[pseudonym] = (kind, identity)
        properties = self._properties(table, values)
        if under_c is not None and pseudonym is None:
            self._under_c(properties, table, cells, under_c)
        if table.record == "person":
            properties["sealed"] = pseudonym is not None
            self._categories(cells, row, listed, properties, sealed=pseudonym is not None)
        properties["handling"] = self._level
        shown_id = self.graph_id(identifier)
        if pseudonym is None and shown_id != identifier:
            kind = "person" if table.record == "person" else "thing"
            self._result.masked_ids[shown_id] = vault.pseudonym(self._key, kind, identifier)
        properties[SEARCH] = entity_terms(shown_id, properties)
        _put_terms("Entity", properties)
        self._result.image.nodes[table.label][shown_id] = properties

    def statement(self, identifier: str, row: FoldedRow) -> dict[str, Any]:
        """Add a statement, and the source who gave it as a separate node; return its properties.

        The reason for a correction is returned but not written: it would reveal that, perhaps, a hidden cell changed.
        """
        self._level = self._handling.statement(identifier)
        values = dict(row.values)
        kind = values["kind"]
        said_by = values.pop("source_id", None)
        # Each statement without a source gets its own source node, as two such statements may be from two sources.
        source = vault.pseudonym(self._key, "source", said_by if said_by is not None else f"\0{identifier}")
        table = TABLES[_STATEMENTS]
        on_record = is_on_record(values)
        values.pop("on_record", None)
        properties = self._properties(table, {**DEFAULTS, **values}) | {"on_record": on_record}
        shown_id = self.graph_id(identifier)
        image = self._result.image
        _put_terms("Statement", properties)
        image.nodes["Statement"][shown_id] = {name: value for name, value in properties.items() if name != REASON}
        image.nodes["Source"][source] = {"kind": kind} if said_by is not None else {"kind": kind, "unnamed": True}
        image.given[shown_id] = source
        if said_by is not None:
            self._result.identities[source] = ("source", {"id": said_by})
        self.sources[shown_id] = source
        self.gradings[shown_id] = properties
        return properties

    def claim(self, key: tuple[str, ...], row: FoldedRow) -> Claim:
        """Add a claim as a node, and return it as the analysis uses it."""
        values = row.values
        self._level = self._handling.claim(row)
        statement = self.graph_id(values["statement_id"])
        graded = self.gradings[statement]
        polarity = values.get("polarity", "asserts")
        status = status_of(row, graded["status"])
        subject = self.graph_id(values["subject_id"])
        target = self.graph_id(values["object_id"])
        claim = Claim(
            id=vault.claim_id(self._key, *key),
            subject=subject,
            relation=self._relation(values["relation"]),
            object=target,
            polarity=polarity,
            status=status,
            statement=statement,
            source=self.sources[statement],
            source_kind=graded["kind"],
            source_grade=graded["source_grade"],
            assessment=values.get("assessment", graded["assessment"]),
            on_record=graded["on_record"],
            weight=values.get("weight", 1),
            handling=self._level,
            subject_kind=self._kinds[self._state.kinds[values["subject_id"]]],
            object_kind=self._kinds[self._state.kinds[values["object_id"]]],
            amount=values.get("amount"),
            currency=self._texts.value(values.get("currency", ""), self._level),
            from_on=values.get("from_date", ""),
            to_on=values.get("to_date", ""),
        )
        properties = self._claim_properties(claim, row)
        if is_reserved(values, self._result.sealed):
            properties["handling"] = grading.RESERVED[claim.handling]
            self._result.reserved.add((subject, claim.relation, target))
        self._result.image.claims[claim.id] = (self._alike.of(properties), statement, subject, target)
        self._result.provenance[claim.id] = (row.delivery, row.line)
        return claim

    def _claim_properties(self, claim: Claim, row: FoldedRow) -> dict[str, Any]:
        values = row.values
        properties: dict[str, Any] = {
            "relation": claim.relation,
            "polarity": claim.polarity,
            "status": claim.status,
            "weight": claim.weight,
            "source_grade": claim.source_grade,
            "assessment": claim.assessment,
            "handling": claim.handling,
            "on_record": claim.on_record,
            "belief": self._believed(*claim.grading[:-1]),
        }
        for name, day in (("from_on", claim.from_on), ("to_on", claim.to_on)):
            if day:
                _put_date(properties, name, _parse(day))
        if claim.amount is not None:
            properties |= {"amount": claim.amount, "currency": claim.currency}
        for name, value in values.items():
            if name in ("place", "notes"):
                properties[name] = self._texts.text(value, self._level)
        self._extras(properties, values)
        # The words with which a claim refers to somebody sealed may be their name, so they stay out of the graph.
        for name, end in (("subject_as_said", "subject_id"), ("object_as_said", "object_id")):
            if name in values and values[end] not in self._result.sealed:
                properties[name] = self._texts.text(values[name], self._level)
        _put_terms("Claim", properties)
        return properties

    def _properties(self, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for column in table.columns:
            value = values.get(column.name)
            if value is None or column.name in ("id", "category", "sealed", "on_record", "source_id"):
                continue
            if column.kind == "date":
                _put_date(properties, column.name, _parse(value))
            elif column.kind == "ref":
                properties[column.name] = value if value == ERASED else self.graph_id(value)
            elif column.kind == "text":
                properties[column.name] = self._withholding(table, column)(value)
            elif column.kind == "list":
                properties[column.name] = [self._texts.value(item, self._level) for item in value]
            else:
                properties[column.name] = value
        self._extras(properties, values)
        return properties

    def _withholding(self, table: Table, column: Column) -> Callable[[str], str]:
        """Return the function that withholds the texts of a column."""
        if (table.record, column.name) == ("person", "name"):
            return partial(self._texts.own_name, level=self._level)
        if column.sensitivity in ("text", "interest"):
            return partial(self._texts.text, level=self._level)
        return partial(self._texts.value, level=self._level)

    def _extras(self, properties: dict[str, Any], values: Mapping[str, Any]) -> None:
        """Add the deliverer's custom columns."""
        for name, value in values.items():
            if is_extra(name):
                column = EXTRA_PREFIX + self._texts.made_up(name.removeprefix(EXTRA_PREFIX))
                text = self._texts.text(value, self._level)
                properties[column] = f"{properties[column]}; {text}" if column in properties else text

    def _under_c(
        self, properties: dict[str, Any], table: Table, cells: Mapping[str, Any], under_c: Mapping[str, Any]
    ) -> None:
        """Add, as one custom column, the values that rows under C give an entity known under P."""
        # An identity known only under C is left out if pages show only an id, or the custodian has to check the person.
        hides = table.record == "person" and hides_identity(cells, self._key, self._to_check)
        withheld = IDENTITY["person"] if hides else ()
        names = [each.name for each in table.columns if each.name not in _OF_THE_ROW and each.name not in withheld]
        differences = {name: under_c[name] for name in names if name in under_c and under_c[name] != cells.get(name)}
        if differences:
            words = "; ".join(
                f"{name}: {', '.join(value) if isinstance(value, list) else value}"
                for name, value in differences.items()
            )
            properties[UNDER_C] = self._texts.text(words)

    def _relation(self, relation: str) -> str:
        if not relation.startswith(CUSTOM_PREFIX):
            return relation
        return CUSTOM_PREFIX + self._texts.made_up(relation.removeprefix(CUSTOM_PREFIX))

    def _categories(
        self,
        values: Mapping[str, Any],
        whole: FoldedRow,
        listed: Mapping[str, Any],
        properties: dict[str, Any],
        *,
        sealed: bool,
    ) -> None:
        named = categories(values)
        # A charge in a row that came with a statement is left out for a sealed person: it could reveal the statement.
        unsaid = PROTECTED | (CHARGED if sealed and not is_charged(listed) else frozenset())
        unprotected = {word: date for word, date in named.items() if word not in unsaid} or {"other": ""}
        properties["categories"] = sorted(unprotected)
        dates = sorted(f"{word}@{date}" for word, date in unprotected.items() if date)
        if dates:
            properties["category_dates"] = dates
        hidden = PROTECTED.intersection(categories(whole.values if whole.open is None else whole.open))
        if hidden and not sealed:
            pseudonym = vault.pseudonym(self._key, "person", values["id"])
            self._result.identities[pseudonym] = ("person", {"id": values["id"], "category": sorted(hidden)})


def _links(
    result: Graphed, writer: NodeWriter, claims: list[Claim], pairings: Collection[Pairing], few_below: int
) -> None:
    """Add the links made by the claims, with figures from all statements and from handling-P statements alone."""
    shareable = [claim for claim in claims if claim.handling == "P"]
    # This is the only place where sources are matched with persons.
    persons = {
        source: writer.graph_id(values["id"])
        for source, (kind, values) in result.identities.items()
        if kind == "source"
    }
    shareable = _mark_interests(result, persons, shareable, P_SUFFIX)
    claims = _mark_interests(result, persons, claims, "")
    for level, chosen in (("all", claims), ("p", shareable)):
        result.shared[level] = shares(chosen, writer.gradings, persons)
        # A decision by a reader cleared for C is under C unless they chose P.
        decided = {pairing.pair: pairing.kind for pairing in pairings if level == "all" or pairing.handling == "P"}
        apart, joined = ([pair for pair, kind in decided.items() if kind == wanted] for wanted in PAIR_KINDS)
        result.dependence[level] = shared_keys(result.shared[level], apart, joined)
    alike, named = Alike(), dict[str, Properties]()
    for level, suffix, chosen in (("all", "", claims), ("p", P_SUFFIX, shareable)):
        for link, properties in links(chosen, claims, result.dependence[level], writer.weights, few_below, suffix):
            if link in result.reserved:  # without these properties, only readers with source clearance see it
                properties = {name: value for name, value in properties.items() if TOLD_SUFFIX not in name}
            # Every link at level P is also at level all.
            before = result.image.links.get(link) or named.setdefault(link[1], {"relation": link[1]})
            result.image.links[link] = alike.join(before, properties)


def _mark_interests(result: Graphed, persons: Mapping[str, str], claims: list[Claim], suffix: str) -> list[Claim]:
    """Mark each source's interest in its claim in the graph; return the claims of one level with the same marks."""
    marks = interests(claims, persons)
    for identifier, mark in marks.items():
        properties, statement, subject, target = result.image.claims[identifier]
        result.image.claims[identifier] = (properties | {f"{INTEREST}{suffix}": mark}, statement, subject, target)
    return [replace(claim, interest=marks[claim.id]) if claim.id in marks else claim for claim in claims]


def _put_date(properties: dict[str, Any], name: str, date: PartialDate) -> None:
    properties[name] = date.given
    properties[f"{name}_earliest"] = date.earliest
    properties[f"{name}_latest"] = date.latest


def _put_terms(label: str, properties: dict[str, Any]) -> None:
    """Add search terms for the free texts, made from the texts as the graph has them."""
    terms = text_terms(label, properties)
    if terms:
        properties[SAID] = terms
    properties |= restricted_terms(properties)
