"""Input of a ranking: the claims as arrays, the people to rank, and the network of people who may play a part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from graphsvc.analysis.claims.belief import corroboration, link_beliefs, standing, strengths
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats, Ledger, encode
from graphsvc.analysis.claims.roles import PUTS_BEFORE
from graphsvc.analysis.ranking import additive
from graphsvc.analysis.ranking.additive import Scored, ScoreWeights
from graphsvc.analysis.ranking.candidates import split_people
from graphsvc.analysis.ranking.folding import as_told, by_statement
from graphsvc.analysis.ranking.network import Operation, network
from graphsvc.analysis.ranking.structure import by_structure, contacts, stands_out, usable
from graphsvc.records.weights import SHIPPED, Weights

# Minimum number of independent statements and other sources about roles, over the whole case, to single anyone out.
FEWEST_VOICES = 3
_HAIR = 1e-9
# Score of a person who was only carried but is linked to someone who plays a part.
ONLY_CARRIED = -2.0


# No slots, so that positions are computed only once, for the ranking and for its reasons.
@dataclass(frozen=True)
class Basis:
    """One case as one reader may see it, ready to rank.

    Attributes:
        people: the people to rank, by id.
        everyone: all persons.
        left_out: ids of people only carried or exploited.
        ledger: all claims with weight, for counting their sources.
        told: the claims used for computing.
        network: the operation from `told`; None if people are ranked by contacts instead, as no claim or too few sources
            show roles.
        few_below: fewer groups of witnesses than this are shown as `few`; 0: the reader is shown every number.
        score_weights: weights of the score.
    """

    people: list[Person]
    everyone: list[Person]
    left_out: frozenset[str]
    ledger: Ledger
    told: Ledger
    network: Operation | None
    few_below: int = 0
    score_weights: ScoreWeights = field(default_factory=additive.shipped_weights)

    def operation(self, ledger: Ledger) -> Operation:
        """Return the network of these claims."""
        return operation(ledger, self.persons, self.left_out, self.score_weights)

    def without(self, rows: Ints) -> Basis:
        """Return the basis of the ranking without these rows of `told`.

        People ranked by statements still are, even if none of the remaining rows ranks anyone above others.
        """
        heard = np.ones(len(self.told.claims), dtype=bool)
        heard[rows] = False
        rest = self.told.rows(heard)
        chosen, left_out = split_people(rest.claims, self.everyone)
        return Basis(
            people=_chosen_persons(self.everyone, chosen),
            everyone=self.everyone,
            left_out=left_out,
            ledger=rest,
            told=rest,
            network=operation(rest, self.persons, left_out, self.score_weights) if self.network is not None else None,
            few_below=self.few_below,
            score_weights=self.score_weights,
        )

    def anew(self, rows: Ints) -> Basis:
        """Do the same as `without`, but decide again whether people are ranked by statements or by contacts."""
        return _decide_basis(self.without(rows))

    @property
    def recorded_claims(self) -> Ledger:
        """The claims of `told` on the record; not cached, as only the ranking needs them."""
        return self.told.rows(self.told.on_record)

    @cached_property
    def persons(self) -> frozenset[str]:
        """Ids of all persons."""
        return frozenset(person.id for person in self.everyone)

    @cached_property
    def inside(self) -> Bools:
        """Whether each entity of the ledger may play a part."""
        return np.array([name not in self.left_out for name in self.ledger.ids], dtype=bool)

    @cached_property
    def scored_network(self) -> Scored | None:
        """The scored network; None where people are ranked by contacts."""
        return None if self.network is None else additive.score(self.network, self.score_weights)

    @cached_property
    def belief(self) -> Floats:
        """Belief of each link of `told`, 0 to 1."""
        return link_beliefs(self.told, strengths(self.told), int(self.told.link.max(initial=-1)) + 1)[0]

    @cached_property
    def voices(self) -> int:
        """Number of independent statements and other sources about roles (`PUTS_BEFORE`), as shown to the reader."""
        ledger = self.ledger
        rows = np.flatnonzero(
            ledger.of(PUTS_BEFORE) & ~ledger.denies & self.inside[ledger.subject] & self._of_persons[ledger.subject]
        )
        nobody = np.zeros(len(rows), dtype=np.int64)
        groups = corroboration(ledger, nobody, rows, 1)[0]
        few = 0 < groups[0] < self.few_below
        # Readers without source clearance are not shown how shared circumstances reduce the number.
        accounts = int(groups[0]) if self.few_below else int(ledger.effective(nobody, rows, 1)[0] + _HAIR)
        return _others_speaking(ledger.claims.at(rows[~ledger.witness[rows]])) + (1 if few else accounts)

    @property
    def _of_persons(self) -> Bools:
        return np.array([name in self.persons for name in self.ledger.ids], dtype=bool)

    @cached_property
    def structure(self) -> tuple[bool, str]:
        """Whether contacts alone make someone stand out, and why, see `structure.stands_out`."""
        ledger = self.ledger
        rows = usable(ledger, self.inside)
        network = contacts(ledger.subject[rows], ledger.object[rows], len(ledger.ids))
        return stands_out(network, np.isin(ledger.ids, [person.id for person in self.people]))

    @cached_property
    def positions(self) -> dict[str, Floats]:
        """The parts of each entity's score where people are ranked by contacts, see `structure.by_structure`."""
        return by_structure(self.told, self.inside)

    @property
    def unheard(self) -> int:
        """Number of ranked people no claim mentions; their score is 0."""
        known = frozenset(self.told.ids)
        return sum(person.id not in known for person in self.people)


def basis(
    claims: Iterable[Claim],
    persons: Iterable[Person],
    dependence: Dependence,
    *,
    few_below: int = 0,
    weights: Weights = SHIPPED,
    score_weights: ScoreWeights | None = None,
) -> Basis:
    """Prepare a ranking of these claims; arguments as for `hubs.rank`.

    Example:
        >>> basis([], [], {}).network is None
        True

    Limits: as `candidates.split_people` and `network`.
    """
    # Claims in columns are not turned into objects for this.
    claims, persons = claims if isinstance(claims, Sequence) else list(claims), list(persons)
    ledger = encode(by_statement(claims) if few_below else claims, dependence, weights)
    chosen, left_out = split_people(claims, persons)
    told_ledger = encode(as_told(claims, dependence, few_below), {}, weights) if few_below else ledger
    on = Basis(
        people=_chosen_persons(persons, chosen),
        everyone=persons,
        left_out=left_out,
        ledger=ledger,
        told=told_ledger,
        network=None,
        few_below=few_below,
        score_weights=score_weights or additive.shipped_weights(),
    )
    return _decide_basis(on)


def _decide_basis(on: Basis) -> Basis:
    """Rank by contacts if no claim shows roles, or if too few sources show them and contacts make someone stand out."""
    if not has_roles(on.ledger) or (on.voices < FEWEST_VOICES and on.structure[0]):
        return replace(on, network=None)
    return on if on.network is not None else replace(on, network=on.operation(on.told))


def _others_speaking(claims: Iterable[Claim]) -> int:
    """Count the sources other than witnesses; a register counts once, however many of its rows appear.

    Records without a named source may all come from one register and count as one source; each report without a named
    source counts separately.
    """
    return len({"" if _of_some_register(claim) else claim.source or f"statement {claim.statement}" for claim in claims})


def _of_some_register(claim: Claim) -> bool:
    return claim.source_kind == "record" and (claim.unnamed or not claim.source)


def _chosen_persons(persons: Iterable[Person], chosen: Collection[str]) -> list[Person]:
    return sorted((person for person in persons if person.id in chosen), key=lambda person: person.id)


def has_roles(ledger: Ledger) -> bool:
    """Whether any claim ranks a person above others (`roles.PUTS_BEFORE`).

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> [has_roles(encode([claim_from(f"s1: p1 {what}")], {})) for what in ("CONTACTED p2", "MEMBER_OF g1", "RUNS g1")]
        [False, False, True]

    Limits: one claim is enough. `basis` decides whether enough sources say so, and the verdict whether anyone stands
    out.
    """
    return bool((ledger.of(PUTS_BEFORE) & ~ledger.denies).any())


def operation(ledger: Ledger, persons: frozenset[str], left_out: frozenset[str], weights: ScoreWeights) -> Operation:
    """Collect the network of some claims; denials lower the standing of its links.

    Args:
        ledger: the claims.
        persons: ids of all persons.
        left_out: ids of people only carried or exploited.
        weights: weights of the score.

    Example:
        >>> operation(encode([], {}), frozenset(), frozenset(), additive.shipped_weights()).size
        0

    Limits: as `network` and `belief.standing`.
    """
    standings = standing(ledger, strengths(ledger), int(ledger.link.max(initial=-1)) + 1)
    return network(ledger, standings, persons, left_out, weights.columns)
