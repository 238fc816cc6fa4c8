"""Input of the analysis: claims with their grading, persons, and which sources depend on each other.

The caller passes only what the reader may see; nothing here knows handling levels or identities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphsvc.records.relations import LinkKey
from graphsvc.records.weights import DENIED

# Source → opaque keys of the circumstances it shares with others; two sources with a common key depend on each other.
Dependence = Mapping[str, frozenset[str]]
# Kind of source, its grade, the assessment, the relation or `denied`, and the source's interest.
Grading = tuple[str, str, str, str, str]


# Not frozen: a frozen instance takes fifteen times as long to make, and a case has hundreds of thousands. Never
# modified.
@dataclass(slots=True, unsafe_hash=True)
class Claim:
    """One relation, as asserted, denied or retracted by one statement.

    Attributes:
        polarity: `asserts`, `denies` or `withdrawn`.
        status: `active`, `superseded` or `withdrawn` (its statement, or the claim itself, was taken back).
        source: pseudonym of the statement's source.
        source_kind: `witness`, `intelligence` or `record`.
        source_grade: 1 to 3 of 3x5x2.
        assessment: A to E of 3x5x2.
        weight: a count, such as of calls or payments.
        subject_kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`; `object_kind`: the same for the
            object.
        from_on: first day as given, or empty; `to_on`: the last.
        interest: the source's interest in a person the claim is about (`records.grading.INTERESTS`), or empty.
        unnamed: whether the statement names no source; `source` is then specific to this statement, or empty.
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
        """Whether the claim carries weight, which a superseded or withdrawn claim does not."""
        return self.status == "active" and self.polarity != "withdrawn"

    @property
    def asserts(self) -> bool:
        """Whether the claim carries weight in favour of the link."""
        return self.status == "active" and self.polarity == "asserts"

    @property
    def denies(self) -> bool:
        """Whether the claim carries weight against the link."""
        return self.status == "active" and self.polarity == "denies"

    @property
    def grading(self) -> Grading:
        """The claim's arguments for `belief.claim_belief`."""
        says = DENIED if self.polarity == "denies" else self.relation
        return self.source_kind, self.source_grade, self.assessment, says, self.interest

    @property
    def key(self) -> LinkKey:
        """The link the claim is about."""
        return self.subject, self.relation, self.object


@dataclass(frozen=True, slots=True)
class Person:
    """One person, as far as the analysis may know them.

    Attributes:
        name: for display only; never used in a figure.
        categories: categories of data subject, never `witness`.
        sealed: whether a pseudonym is shown instead of their identity; for display only, never used in a figure.
        child: whether the person is under 18 or their age is disputed; such people are never ranked.
    """

    id: str
    name: str
    categories: frozenset[str]
    sealed: bool
    child: bool = False
