"""Claims as arrays: what a case with hundreds of thousands of them is counted with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.evidence.bins import Bins, sorted_into
from graphsvc.analysis.evidence.claims import Claim, Dependence
from graphsvc.analysis.evidence.dependence import Ints, components, joins
from graphsvc.analysis.evidence.independence import Colours, colours, effective
from graphsvc.records.weights import SHIPPED, Weights

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


# Without slots: the rows of its links are sorted once, for whoever asks for some of them.
@dataclass(frozen=True)
class Ledger:
    """The claims that carry weight, one row each; strings stand as numbers.

    Attributes:
        claims: the claims themselves, row by row.
        ids: the entities, sorted: `ids[subject[row]]`.
        relations: the relations, sorted: `relations[relation[row]]`.
        link: number of the link, from 0, that the row speaks of.
        denies: whether the row denies it.
        grading: number of the row's `Claim.grading` in `gradings`.
        starts: `keys[starts[s]:starts[s + 1]]` are the keys source `s` shares that make one group of who has them.
        colours: what sources share that may only colour their accounts.
        weights: what a grading is worth.
    """

    claims: list[Claim]
    ids: list[str]
    relations: list[str]
    subject: Ints
    relation: Ints
    object: Ints
    link: Ints
    source: Ints
    grading: Ints
    gradings: list[tuple[str, str, str, bool, str]]
    denies: Bools
    on_record: Bools
    witness: Bools
    starts: Ints
    keys: Ints
    colours: Colours
    weights: Weights = SHIPPED

    @cached_property
    def by_link(self) -> Bins:
        """The rows of each link, in their order."""
        return sorted_into(self.link, int(self.link.max(initial=-1)) + 1)

    def rows(self, chosen: Bools) -> Ledger:
        """The same ledger with some of its rows only; entities and links keep their numbers."""
        numbers = np.flatnonzero(chosen)
        columns = ("subject", "relation", "object", "link", "source", "grading", "denies", "on_record", "witness")
        return replace(
            self,
            claims=[self.claims[row] for row in numbers],
            **{name: getattr(self, name)[numbers] for name in columns},
        )

    def given_by(self) -> list[str]:
        """The pseudonym of each source by its number; empty for a statement without one, and for sources of no row."""
        names = [""] * len(self.starts)
        for number, claim in zip(self.source.tolist(), self.claims, strict=True):
            names[number] = claim.source
        return names

    def of(self, names: Iterable[str]) -> Bools:
        """The rows whose relation is one of `names`."""
        wanted = frozenset(names)
        return np.array([name in wanted for name in self.relations] or [False])[self.relation]

    def groups(self, owner: Ints, rows: Ints) -> Ints:
        """The group of independent sources each of `rows` belongs to, among the rows of its owner."""
        return components(owner, self.source[rows], self.starts, self.keys)

    def effective(self, owner: Ints, rows: Ints, size: int) -> Floats:
        """The effective number of independent accounts of witnesses among the rows of each owner, 0 to `size - 1`."""
        seen = self.witness[rows]
        owner, rows = owner[seen], rows[seen]
        return effective(owner, self.groups(owner, rows), self.source[rows], self.colours, size)


def numbered(values: list[str]) -> tuple[list[str], dict[str, int]]:
    """The different texts, sorted, and the number of each.

    Example:
        >>> numbered(["b", "a", "b"])
        (['a', 'b'], {'a': 0, 'b': 1})

    Limits: none.
    """
    names = sorted(set(values))
    return names, {name: number for number, name in enumerate(names)}


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def encode(claims: Iterable[Claim], dependence: Dependence, weights: Weights = SHIPPED) -> Ledger:
    """The claims that carry weight, as arrays.

    A claim without a source stands for itself: its statement is taken as its source.

    Example:
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "C", True, 1, "P",
        ...     "person", "gang")
        >>> ledger = encode([claim], {})
        >>> ledger.ids, ledger.relations, ledger.subject.tolist(), ledger.object.tolist()
        (['g1', 'p1'], ['RUNS'], [1], [0])

    Limits: rows come in the order of the claims; no figure may depend on it.
    """
    rows = [claim for claim in claims if claim.status == "active" and claim.polarity != "withdrawn"]
    subjects, objects = [claim.subject for claim in rows], [claim.object for claim in rows]
    said, given = [claim.relation for claim in rows], [claim.source or f"statement {claim.statement}" for claim in rows]
    graded = [claim.grading for claim in rows]
    ids, entity = numbered(subjects + objects)
    relations, relation = numbered(said)
    sources, source = numbered(given)
    gradings = sorted(set(graded))
    grade = {grading: number for number, grading in enumerate(gradings)}
    shared = [dependence.get(name, frozenset()) for name in sources]
    held = [sorted(filter(joins, keys)) for keys in shared]
    key = numbered([name for keys in held for name in keys])[1]
    subject, object_ = _column(map(entity.__getitem__, subjects)), _column(map(entity.__getitem__, objects))
    kind = _column(map(relation.__getitem__, said))
    code = (subject * max(len(relations), 1) + kind) * max(len(ids), 1) + object_
    return Ledger(
        claims=rows,
        ids=ids,
        relations=relations,
        subject=subject,
        relation=kind,
        object=object_,
        link=np.unique(code, return_inverse=True)[1].astype(np.int64),
        source=_column(map(source.__getitem__, given)),
        grading=_column(map(grade.__getitem__, graded)),
        gradings=gradings,
        denies=np.array([claim.polarity == "denies" for claim in rows], dtype=bool),
        on_record=np.array([claim.on_record for claim in rows], dtype=bool),
        witness=np.array([claim.source_kind == "witness" for claim in rows], dtype=bool),
        starts=np.concatenate(([0], np.cumsum([len(keys) for keys in held], dtype=np.int64))).astype(np.int64),
        keys=_column(key[name] for keys in held for name in keys),
        colours=colours(shared, weights.shared),
        weights=weights,
    )
