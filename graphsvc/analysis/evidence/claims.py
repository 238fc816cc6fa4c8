"""What the analysis is given: claims with their grading, persons, and which sources depend on each other.

A caller passes only what the reader may see; nothing here knows of handling levels or identities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphsvc.records.relations import LinkKey
from graphsvc.records.weights import DENIED

# Source → opaque keys of what it shares with others; two sources with a key in common depend on each other.
Dependence = Mapping[str, frozenset[str]]
# Kind of source, its grade, the assessment, relation, or `denied`, interest of the source.
Grading = tuple[str, str, str, str, str]


# Not frozen: a frozen one takes fifteen times as long to make, and a case has hundreds of thousands. Nobody changes one.
@dataclass(slots=True, unsafe_hash=True)
class Claim:
    """One relation that one statement asserts, denies or takes back.

    Attributes:
        polarity: `asserts`, `denies` or `withdrawn`.
        status: `active`, `superseded` or `withdrawn` (its statement, or the claim itself, was taken back).
        source: pseudonym of who gave the statement.
        source_kind: `witness`, `intelligence` or `record`.
        source_grade: 1 to 3 of 3x5x2.
        assessment: A to E of 3x5x2.
        weight: a count (calls, payments).
        subject_kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`; `object_kind` likewise.
        from_on: first day as given, or empty; `to_on` likewise the last.
        interest: what the source is to one whom the claim is about (`records.grading.INTERESTS`), or empty.
        unnamed: whether the statement names no source; `source` then stands for this statement alone, or is empty.
    """

    id: str
    subject: str
    relation: str
    object: str
    polarity: str
    status: str
    statement: str
    source: str
    source_kind: str
    source_grade: str
    assessment: str
    on_record: bool
    weight: int
    handling: str
    subject_kind: str
    object_kind: str
    amount: float | None = None
    currency: str = ""
    from_on: str = ""
    to_on: str = ""
    interest: str = ""
    unnamed: bool = False

    @property
    def counts(self) -> bool:
        """Whether it carries weight: neither superseded nor taken back."""
        return self.status == "active" and self.polarity != "withdrawn"

    @property
    def asserts(self) -> bool:
        """Whether it carries weight for the link."""
        return self.status == "active" and self.polarity == "asserts"

    @property
    def denies(self) -> bool:
        """Whether it carries weight against the link."""
        return self.status == "active" and self.polarity == "denies"

    @property
    def grading(self) -> Grading:
        """What `belief.claim_belief` is computed from, as it takes it."""
        says = DENIED if self.polarity == "denies" else self.relation
        return self.source_kind, self.source_grade, self.assessment, says, self.interest

    @property
    def key(self) -> LinkKey:
        """The link it speaks of."""
        return self.subject, self.relation, self.object


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the analysis may know them.

    Attributes:
        name: for people to read; never used in a figure.
        categories: of data subject, never `witness`.
        sealed: whether a pseudonym stands for them; for people to read, and never used in a figure.
        child: whether they are under 18, or their age is disputed: they are never ranked.
    """

    id: str
    name: str
    categories: frozenset[str]
    sealed: bool
    child: bool = False
