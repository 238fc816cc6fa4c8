"""Claims as arrays: what a case with hundreds of thousands of them is counted with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.evidence.bins import Bins, sorted_into
from graphsvc.analysis.evidence.claims import Claim, Dependence, Grading
from graphsvc.analysis.evidence.dependence import Ints, components, joins
from graphsvc.analysis.evidence.independence import Colours, colours, effective
from graphsvc.analysis.evidence.laid import LaidClaims, SomeClaims, texts
from graphsvc.analysis.evidence.laid import chosen as chosen_of
from graphsvc.records import columns as laid
from graphsvc.records.columns import ValueColumn
from graphsvc.records.relations import KINDS, those
from graphsvc.records.weights import DENIED, SHIPPED, Weights

# Relations without direction: a denial of one order denies the other.
_UNDIRECTED = frozenset(those(lambda relation: not KINDS[relation.kind].directed))
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Counted:
    """What of a ledger follows from its claims alone; attributes as there."""

    claims: Sequence[Claim]
    ids: list[str]
    relations: list[str]
    subject: Ints
    relation: Ints
    object: Ints
    source: Ints
    grading: Ints
    gradings: list[Grading]
    denies: Bools
    on_record: Bools
    witness: Bools


# Without slots: the rows of its links are sorted once, for whoever asks for some of them.
@dataclass(frozen=True)
class Ledger(_Counted):
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

    link: Ints
    starts: Ints
    keys: Ints
    colours: Colours
    weights: Weights = SHIPPED

    @cached_property
    def by_link(self) -> Bins:
        """The rows of each link, in their order."""
        return sorted_into(self.link, int(self.link.max(initial=-1)) + 1)

    @cached_property
    def against(self) -> tuple[Ints, Ints]:
        """The link that each denial speaks against, and the row of the denial.

        A denial of a relation without direction speaks against the link in either order, and has an entry for each.
        """
        rows = np.flatnonzero(self.denies)
        both = rows[self.of(_UNDIRECTED)[rows] & (self.subject[rows] != self.object[rows])]
        codes, first = np.unique(self._codes(self.subject, self.object), return_index=True)
        wanted = self._codes(self.object, self.subject)[both]
        place = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
        known = codes[place] == wanted
        return (
            np.concatenate((self.link[rows], self.link[first[place[known]]])),
            np.concatenate((rows, both[known])),
        )

    @cached_property
    def denials(self) -> Bins:
        """The denials of each link: places in `against`."""
        return sorted_into(self.against[0], int(self.link.max(initial=-1)) + 1)

    def _codes(self, subject: Ints, object_: Ints) -> Ints:
        """A number for the link between two ends of each row; equal links have equal numbers."""
        return (subject * len(self.relations) + self.relation) * len(self.ids) + object_

    def rows(self, chosen: Bools) -> Ledger:
        """The same ledger with some of its rows only; entities and links keep their numbers."""
        numbers = np.flatnonzero(chosen)
        columns = ("subject", "relation", "object", "link", "source", "grading", "denies", "on_record", "witness")
        return replace(
            self,
            claims=chosen_of(self.claims, numbers),
            **{name: getattr(self, name)[numbers] for name in columns},
        )

    def given_by(self) -> list[str]:
        """The pseudonym of each source by its number; empty for a statement without one, and for sources of no row."""
        names = [""] * len(self.starts)
        for number, given in zip(self.source.tolist(), texts(self.claims, "source"), strict=True):
            names[number] = given
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
    columns = claims.columns() if isinstance(claims, LaidClaims) else None
    if isinstance(claims, LaidClaims) and columns is not None:
        counted, sources = _of_columns(claims, columns)
    else:
        counted, sources = _of_objects(claims)
    shared = [dependence.get(name, frozenset()) for name in sources]
    held = [sorted(filter(joins, keys)) for keys in shared]
    key = numbered([name for keys in held for name in keys])[1]
    code = (counted.subject * max(len(counted.relations), 1) + counted.relation) * max(len(counted.ids), 1)
    return Ledger(
        **vars(counted),
        link=np.unique(code + counted.object, return_inverse=True)[1].astype(np.int64),
        starts=np.concatenate(([0], np.cumsum([len(keys) for keys in held], dtype=np.int64))).astype(np.int64),
        keys=_column(key[name] for keys in held for name in keys),
        colours=colours(shared, weights.shared),
        weights=weights,
    )


def _of_objects(claims: Iterable[Claim]) -> tuple[_Counted, list[str]]:
    """What follows from claims, and the names of their sources, sorted."""
    rows = [claim for claim in claims if claim.status == "active" and claim.polarity != "withdrawn"]
    subjects, objects = [claim.subject for claim in rows], [claim.object for claim in rows]
    said, given = [claim.relation for claim in rows], [claim.source or _itself(claim.statement) for claim in rows]
    graded = [claim.grading for claim in rows]
    ids, entity = numbered(subjects + objects)
    relations, relation = numbered(said)
    sources, source = numbered(given)
    gradings = sorted(set(graded))
    grade = {grading: number for number, grading in enumerate(gradings)}
    counted = _Counted(
        rows,
        ids,
        relations,
        subject=_column(map(entity.__getitem__, subjects)),
        relation=_column(map(relation.__getitem__, said)),
        object=_column(map(entity.__getitem__, objects)),
        source=_column(map(source.__getitem__, given)),
        grading=_column(map(grade.__getitem__, graded)),
        gradings=gradings,
        denies=np.array([claim.polarity == "denies" for claim in rows], dtype=bool),
        on_record=np.array([claim.on_record for claim in rows], dtype=bool),
        witness=np.array([claim.source_kind == "witness" for claim in rows], dtype=bool),
    )
    return counted, sources


def _of_columns(claims: LaidClaims, columns: Mapping[str, ValueColumn]) -> tuple[_Counted, list[str]]:
    """The same of claims that are laid out in columns, none of which is made an object for it."""
    rows = np.flatnonzero(columns["status"].where("active".__eq__) & ~columns["polarity"].where("withdrawn".__eq__))
    of = {name: column.rows(rows) for name, column in columns.items() if name in _COUNTED}
    ids, subject, object_ = _among(*claims.ends(columns), rows)
    relations, (relation,) = laid.numbered(of["relation"])
    named, statement = of["source"], of["statement"]
    # Who names no source stands for the statement.
    place = np.where(named.where(bool), named.place, statement.place.astype(np.int64) + len(named.words))
    sources, (source,) = laid.numbered(ValueColumn([*named.words, *map(_itself, statement.words)], place))
    gradings, grading = _gradings(of)
    counted = _Counted(
        SomeClaims(claims, rows),
        ids,
        relations,
        subject,
        relation,
        object_,
        source,
        grading,
        gradings,
        denies=of["polarity"].where("denies".__eq__),
        on_record=of["on_record"].where(bool),
        witness=of["source_kind"].where("witness".__eq__),
    )
    return counted, sources


def _among(names: list[str], subject: Ints, object_: Ints, rows: Ints) -> tuple[list[str], Ints, Ints]:
    """The same of some rows alone: who is at no end of one of them has no number."""
    used = np.zeros(len(names), dtype=bool)
    used[subject[rows]] = used[object_[rows]] = True
    number = np.cumsum(used) - 1
    ids = [names[place] for place in np.flatnonzero(used).tolist()]
    return ids, number[subject[rows]], number[object_[rows]]


_GRADED = ("source_kind", "source_grade", "assessment", "relation", "interest", "polarity")
_COUNTED = frozenset({*_GRADED, "source", "statement", "on_record"})


def _gradings(of: Mapping[str, ValueColumn]) -> tuple[list[Grading], Ints]:
    """The different gradings, as `Claim.grading` has them, sorted, and for each row the number of its own."""
    code = np.zeros(len(of["relation"].place), dtype=np.int64)
    for name in _GRADED:
        code = code * max(len(of[name].words), 1) + of[name].place
    _, first, turn = np.unique(code, return_index=True, return_inverse=True)
    values = [of[name].rows(first).values() for name in _GRADED]
    graded = [
        (kind, grade, assessment, DENIED if polarity == "denies" else relation, interest)
        for kind, grade, assessment, relation, interest, polarity in zip(*values, strict=True)
    ]
    gradings = sorted(set(graded))
    number = {grading: number for number, grading in enumerate(gradings)}
    return gradings, _column(number[grading] for grading in graded)[turn]


def _itself(statement: str) -> str:
    """What a statement without a source is taken as the source of."""
    return f"statement {statement}"
