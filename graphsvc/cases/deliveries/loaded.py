"""Effects of a delivery, done or planned: on the rows of each table, and on sealed people. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphsvc.access.vault import kind_of, pseudonym
from graphsvc.analysis.ranking.moved import Move
from graphsvc.cases.deliveries.comparing import OTHER_NAMES, OtherNames, RowChange, Weightless
from graphsvc.cases.graph.standing import Standings, asked_by, by_name, named_by, opened_by, sealed_anew
from graphsvc.cases.protection import WITNESS, needs_protection
from graphsvc.errors import InputError
from graphsvc.ingest.check import Delivery
from graphsvc.ingest.i2.chart import ChartRead
from graphsvc.ingest.rejected import EqualRows, PassedOver, Rejection, SameFault, by_fault
from graphsvc.ingest.report import Report
from graphsvc.records.numbers import count, plural

# Shown to readers who may not know how many rows of which delivery are affected.
RESTING = (
    "Rows of later deliveries that belong to a statement of this delivery alone leave the case with it. Loading its file again does not"
    " bring them back: load theirs again after it. Claims about its people and things stay, under their ids."
)
# Added to a completed change when names that it sealed may still be on the disk.
REWRITE_OWED = (
    "Somebody else is writing, so the managed store could not be rewritten yet. Names of people and things sealed now can"
    " stay in its files until the next delivery, undo or start of graphsvc. No reader sees them."
)
_DELIVERIES_NAMED = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """Effects of a delivery, done or planned.

    Fields with "loader only" are shown only to the account that loads. Fields with "dry run" are empty otherwise.

    Attributes:
        case: the case.
        delivery: its number; None if nothing was committed.
        same_as: number of the earlier delivery that this one repeats, if it changes nothing.
        counts: table → number of its rows by outcome (`ingest.report.Counts` as a dictionary).
        rejections: rows left out, causes before their consequences, then in the order of tables and lines; loader only.
        equal: rows equal to others, by table and file; loader only.
        passed_over: rows that the mapping ignores, by table, file and field; loader only.
        changes: the first changes to loaded rows; dry run, loader only.
        weightless: statements with claims that would no longer count; dry run, loader only.
        moves: changes of the leads, as far as the loader may know; dry run.
        other_names: tables in which most known ids have a different name.
        committed: whether it was loaded into the case.
        waits: whether it is a statement waiting to open with others, so that the graph is unchanged.
        names: pseudonym → delivered id and name of its sealed persons, for the immediate answer to a loader who asks;
            never stored.
        chart: contents read from an i2 chart; None for tables.
        stay_sealed: how many identities it would unseal if earlier decisions were not kept.
        asked: how many named people should be sealed according to it; two persons decide.
        sealed_anew: how many named people and things it seals.
        named_anew: how many people it names.
        by_pseudonym: how many people are sealed, in a new case where nobody seems to need protection.
        people: how many people are in that new case.
        unmentioned: how many of its people are in none of its claims, in a witness case.
        rows_aside: how many of its rows the case does not accept (`fold.fold`).
        owed: work still to be done, in a sentence; empty: none.
        unsafe: rejected rows that may mark a person who would be named: nothing is loaded until they are corrected.
    """

    case: str
    delivery: int | None
    same_as: int | None
    counts: dict[str, dict[str, int]]
    rejections: list[Rejection]
    committed: bool
    names: dict[str, str] = field(default_factory=dict)
    chart: ChartRead | None = None
    equal: list[EqualRows] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    changes: list[RowChange] = field(default_factory=list)
    weightless: list[Weightless] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    other_names: list[OtherNames] = field(default_factory=list)
    stay_sealed: int = 0
    asked: int = 0
    sealed_anew: int = 0
    named_anew: int = 0
    by_pseudonym: int = 0
    people: int = 0
    unmentioned: int = 0
    rows_aside: int = 0
    waits: bool = False
    owed: str = ""
    unsafe: list[Rejection] = field(default_factory=list)

    def require_sound(self, *, confirmed: bool) -> None:
        """Raise InputError if the delivery cannot be loaded as it is.

        A rejected row may mark a person who would be named, or most known ids of a table have a different name and this
        is not `confirmed`.
        """
        if self.unsafe:
            raise InputError(self.unsafe_words)
        if self.other_names and not confirmed:
            raise InputError(f"{' '.join(map(str, self.other_names))} {OTHER_NAMES}")

    @property
    def unsafe_words(self) -> str:
        """Message that says why rejected rows stop the delivery, and what to do; empty if they do not."""
        if not self.unsafe:
            return ""
        rows = count(len(self.unsafe), "rejected row")
        return (
            f"Nothing can be loaded yet: {rows} may say that somebody shown by name must be sealed, and would be lost."
            f" Correct {self.unsafe[0].place}{' and the others' if len(self.unsafe) > 1 else ''}, or take the row out."
        )

    def with_unsafe(self, standing: Standings, key: bytes, delivery: Delivery, *, sources: bool) -> Loaded:
        """Return a copy with the rejected rows that may mark a named person, or a person in another row of the delivery.

        A row without a readable id may mark anybody. Named people that no page will show to the loader do not count: a
        preview would reveal that they are in the case.

        Args:
            standing: standings with the delivery.
            key: the case's data key.
            delivery: the delivery.
            sources: whether the loader has source clearance.
        """
        marking = [row for row in self.rejections if row.may_mark]
        named = {name for name in by_name(standing) if kind_of(name) == "person"} if marking else set[str]()
        named -= {name for name in named if standing[name].is_hidden and not sources}
        refused = {(row.file, row.line) for row in self.rejections}
        people = [row for row in delivery.rows if row.table == "people"] if marking else []
        brought = {row.values["id"] for row in people if (row.file, row.line) not in refused}
        unsafe = [
            row
            for row in marking
            if row.row_id in brought or (named and (not row.row_id or pseudonym(key, "person", row.row_id) in named))
        ]
        return dataclasses.replace(self, unsafe=unsafe)

    @property
    def outcome(self) -> dict[str, Any]:
        """Summary that a job keeps: numbers, and fixed sentences without case data."""
        return {
            "delivery": self.delivery,
            "same_as": self.same_as,
            "committed": self.committed,
            "counts": self.counts,
            "rejected": len(self.rejections),
            "notes": self.notes,
            "owed": self.owed,
        }

    def with_sealing(self, before: Standings, after: Standings, number: int) -> Loaded:
        """Return a copy that counts the people it seals, names or would unseal, for readers with source clearance."""
        return dataclasses.replace(
            self,
            stay_sealed=opened_by(before, after, number),
            asked=asked_by(before, after),
            sealed_anew=len(sealed_anew(before, after)),
            named_anew=len(named_by(after, number)),
        )

    def with_unmentioned(self, delivery: Delivery, protection: str) -> Loaded:
        """Return a copy with the number of people who are in no claim of the delivery."""
        if protection != WITNESS:
            return self
        rows = delivery.rows
        in_claims = {row.values[end] for row in rows if row.table == "links" for end in ("subject_id", "object_id")}
        brought = {row.values["id"] for row in rows if row.table == "people"}
        return dataclasses.replace(self, unmentioned=len(brought - in_claims))

    def with_pseudonyms(self, standing: Standings, delivery: Delivery, protection: str) -> Loaded:
        """Return a copy with the number of sealed people, if nobody in a new witness case seems to need protection."""
        if protection != WITNESS or needs_protection(delivery.rows):
            return self
        people = [entity for name, entity in standing.items() if kind_of(name) == "person"]
        return dataclasses.replace(self, by_pseudonym=sum(entity.sealed for entity in people), people=len(people))

    @property
    def received_count(self) -> int:
        """Number of rows that the loader sees only as received."""
        return sum(row["received"] for row in self.counts.values())

    @property
    def changes_nothing(self) -> bool:
        """Whether no row is added, changed, received or superseded."""
        changing = ("added", "changed", "received", "superseded")
        return not any(row[name] for row in self.counts.values() for name in changing)

    @property
    def faults(self) -> list[SameFault]:
        """Rejections grouped by fault, in their order."""
        return by_fault(self.rejections)

    @property
    def notes(self) -> list[str]:
        """Warnings, and effects on sealed and named people, in sentences that name nobody."""
        sealing = standing_notes(
            self.stay_sealed, self.asked, self.sealed_anew, self.named_anew, committed=self.committed
        )
        return [*filter(None, [self.unsafe_words]), *self._source_notes, *self._protection_notes, *sealing]

    @property
    def _source_notes(self) -> list[str]:
        """Return advice on people who may be in the delivery because they are sources."""
        notes = []
        if self.unmentioned:
            who, are = count(self.unmentioned, "person", "people"), plural(self.unmentioned, "is", "are")
            them = plural(self.unmentioned, "this person", "them")
            notes.append(
                f"{who} in these files {are} in none of their claims. Until a claim mentions {them}, only readers with source"
                " clearance see them: somebody in no claim may be there as a source."
            )
        if self.rows_aside:
            are = plural(self.rows_aside, "is", "are")
            notes.append(
                f"{count(self.rows_aside, 'row', 'rows')} about people and things that the case knows already {are} set aside,"
                " except for marks that seal. A page that changes as statements come might show who gave them. To change"
                " these pages, load their tables without statements.csv and links.csv."
            )
        return notes

    @property
    def _protection_notes(self) -> list[str]:
        """Return advice on the protection of a new case in which most people would be sealed; empty without any."""
        if self.by_pseudonym * 2 <= self.people:
            return []
        share = f"{self.by_pseudonym:,} of {count(self.people, 'person', 'people')}"
        are = "are" if self.committed else "would be"
        advice = "create the case as marked only (--protection marked, or the choice on the page Import)"
        return [f"{share} {are} shown by a pseudonym. If nobody here needs protection, {advice}."]


def standing_notes(
    stay_sealed: int, for_custodian: int, sealed_anew: int, named_anew: int = 0, *, committed: bool
) -> list[str]:
    """Say, naming nobody, how many people a delivery or its undo seals, names or sends to the custodian."""
    notes = []
    if named_anew:
        who, are = count(named_anew, "person", "people"), plural(named_anew, "is", "are")
        notes.append(
            f"{who} {are if committed else 'would be'} named by this delivery. The page Who is sealed lists them for the custodian."
        )
    if stay_sealed:
        sealed = count(stay_sealed, "identity: it stays", "identities: they stay")
        notes.append(
            f"What is said of people now would open {sealed} sealed."
            " Only a custodian and a supervisor together open one."
        )
    if for_custodian:
        who, should = count(for_custodian, "named person", "named people"), plural(for_custodian, "needs", "need")
        notes.append(
            f"{who} {should} the custodian's attention. The names stay until two persons decide on the page Sealings; the page"
            " Who is sealed gives the reasons."
        )
    if sealed_anew:
        who = count(sealed_anew, "named person or thing", "named people or things")
        verb = plural(sealed_anew, "is", "are") if committed else "would be"
        notes.append(f"{who} {verb} shown by a pseudonym from now on.")
    return notes


def resting_notes(rows: Mapping[int, int]) -> list[str]:
    """Describe the rows that a case loses when a delivery is undone, in a sentence that names nobody.

    Args:
        rows: other delivery → number of its rows about statements that only the undone delivery contains.

    Example:
        >>> resting_notes({2: 3, 5: 1})[0].partition(". ")[0]
        '4 rows of deliveries 2, 5 belong to statements of this delivery alone, and leave the case with it'
        >>> resting_notes({})
        []
    """
    if not rows:
        return []
    many = sum(rows.values())
    named = ", ".join(map(str, list(rows)[:_DELIVERIES_NAMED]))
    more = f" and {len(rows) - _DELIVERIES_NAMED:,} more" if len(rows) > _DELIVERIES_NAMED else ""
    belong, leave, them = plural(many, "belongs", "belong"), plural(many, "leaves", "leave"), plural(many, "it", "them")
    deliveries, those = (
        plural(len(rows), "delivery", "deliveries"),
        plural(len(rows), "that delivery", "those deliveries"),
    )
    note = (
        f"{count(many, 'row')} of {deliveries} {named}{more} {belong} to statements of this delivery alone,"
        f" and {leave} the case with it. Loading its file again does not bring {them} back: load {those} again after it."
    )
    return [note]


def counts_of(delivery: Delivery, report: Report) -> dict[str, dict[str, int]]:
    """Count the rows of each table by outcome; see `ingest.report.Counts`."""
    counts: dict[str, dict[str, int]] = {}
    for table, read in delivery.read.items():
        folded = dataclasses.asdict(report.counts[table])
        refused = read - folded["read"]
        counts[table] = folded | {"read": read, "rejected": folded["rejected"] + refused}
    return counts


def names_of(delivery: Delivery, sealed: Mapping[str, str]) -> dict[str, str]:
    """Map the pseudonyms of the sealed persons in a delivery to their delivered ids and names."""
    return {
        pseudonym: f"{row.values['id']} {row.values.get('name', '')}".strip()
        for row in delivery.rows
        if row.table == "people" and (pseudonym := sealed.get(row.values["id"]))
    }
