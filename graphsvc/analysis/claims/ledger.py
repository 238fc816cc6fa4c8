"""Claims as arrays, for counting over cases with hundreds of thousands of claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.claims.bins import Bins, sorted_into
from graphsvc.analysis.claims.claims import Claim, Dependence, Grading
from graphsvc.analysis.claims.dependence import Ints, components, joins
from graphsvc.analysis.claims.independence import Colours, colours, effective
from graphsvc.analysis.claims.laid import LaidClaims, SomeClaims, columnar_claims
from graphsvc.records.columns import Batch, as_dictionary, number_texts, read_rows, where
from graphsvc.records.relations import KINDS, those
from graphsvc.records.weights import DENIED, SHIPPED, Weights

# Relations without direction: a denial in one order also denies the reverse.
_UNDIRECTED = frozenset(those(lambda relation: not KINDS[relation.kind].directed))
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Counted:
    """The part of a ledger derived from the claims alone; attributes as in `Ledger`."""

    claims: SomeClaims
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


# No slots, so that `cached_property` works: it sorts the rows by link only once.
@dataclass(frozen=True)
class Ledger(_Counted):
    """The claims that carry weight, one row each; texts are encoded as numbers.

    Attributes:
        claims: the claims themselves, row by row.
        ids: the entities, sorted: `ids[subject[row]]`.
        relations: the relations, sorted: `relations[relation[row]]`.
        link: number of the row's link, from 0.
        denies: whether the row denies the link.
        grading: number of the row's `Claim.grading` in `gradings`.
        starts: `keys[starts[s]:starts[s + 1]]` are the keys of source `s` that join their holders into one group.
        colours: shared circumstances that only affect the statements of sources.
        weights: the values of gradings.
    """

    link: Ints
    starts: Ints
    keys: Ints
    colours: Colours
    weights: Weights = SHIPPED

    @cached_property
    def by_link(self) -> Bins:
        """The rows of each link, in order."""
        return sorted_into(self.link, int(self.link.max(initial=-1)) + 1)

    @cached_property
    def against(self) -> tuple[Ints, Ints]:
        """The link that each denial speaks against, and the row of the denial.

        A denial of a relation without direction speaks against the link in both orders, with an entry for each.
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
        """The denials of each link, as positions in `against`."""
        return sorted_into(self.against[0], int(self.link.max(initial=-1)) + 1)

    def _codes(self, subject: Ints, object_: Ints) -> Ints:
        return (subject * len(self.relations) + self.relation) * len(self.ids) + object_

    def rows(self, chosen: Bools) -> Ledger:
        """Return the ledger with only some rows; entities and links keep their numbers."""
        numbers = np.flatnonzero(chosen)
        columns = ("subject", "relation", "object", "link", "source", "grading", "denies", "on_record", "witness")
        return replace(
            self,
            claims=self.claims.among(numbers),
            **{name: getattr(self, name)[numbers] for name in columns},
        )

    def given_by(self) -> list[str]:
        """Return each source's pseudonym by number; empty for a statement without a source or a source without rows."""
        names = [""] * len(self.starts)
        for number, pseudonym in zip(self.source.tolist(), self.claims.texts("source"), strict=True):
            names[number] = pseudonym
        return names

    def of(self, names: Iterable[str]) -> Bools:
        """Return whether the relation of each row is one of `names`."""
        wanted = frozenset(names)
        return np.array([name in wanted for name in self.relations] or [False])[self.relation]

    def groups(self, owner: Ints, rows: Ints) -> Ints:
        """Return the group that the source of each of `rows` belongs to, among the rows of the same owner."""
        return components(owner, self.source[rows], self.starts, self.keys)

    def effective(self, owner: Ints, rows: Ints, size: int) -> Floats:
        """Return the effective number of independent witness statements for each owner, 0 to `size - 1`."""
        seen = self.witness[rows]
        owner, rows = owner[seen], rows[seen]
        return effective(owner, self.groups(owner, rows), self.source[rows], self.colours, size)


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def encode(claims: Iterable[Claim], dependence: Dependence, weights: Weights = SHIPPED) -> Ledger:
    """Encode the claims that carry weight as arrays.

    For a statement without a source, the statement itself serves as the source.

    Example:
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "C", True, 1, "P",
        ...     "person", "gang")
        >>> ledger = encode([claim], {})
        >>> ledger.ids, ledger.relations, ledger.subject.tolist(), ledger.object.tolist()
        (['g1', 'p1'], ['RUNS'], [1], [0])

    Limits: rows keep the order of the claims; no figure may depend on it.
    """
    counted, sources = _count_columns(columnar_claims(claims))
    shared = [dependence.get(name, frozenset()) for name in sources]
    joining_keys = [sorted(filter(joins, keys)) for keys in shared]
    key = {name: number for number, name in enumerate(sorted(set[str]().union(*joining_keys)))}
    code = (counted.subject * max(len(counted.relations), 1) + counted.relation) * max(len(counted.ids), 1)
    return Ledger(
        **vars(counted),
        link=np.unique(code + counted.object, return_inverse=True)[1].astype(np.int64),
        starts=np.concatenate(([0], np.cumsum([len(keys) for keys in joining_keys], dtype=np.int64))).astype(np.int64),
        keys=_column(key[name] for keys in joining_keys for name in keys),
        colours=colours(shared, weights.shared),
        weights=weights,
    )


def _count_columns(claims: LaidClaims) -> tuple[_Counted, list[str]]:
    """Return the arrays of claims, without making objects, and the names of their sources, sorted."""
    columns = claims.columns()
    rows = np.flatnonzero(where(columns["status"], {"active"}) & ~where(columns["polarity"], {"withdrawn"}))
    of = columns.select(_COUNTED).take(rows)
    ids, subject, object_ = _among(*claims.ends(), rows)
    relations, (relation,) = number_texts(of["relation"])
    # A statement without a source serves as its own source.
    named, statement = map(as_dictionary, (of["source"], of["statement"]))
    place = np.where(
        where(named, {""}), statement.indices.to_numpy().astype(np.int64) + len(named.dictionary), named.indices
    )
    words = [*named.dictionary.to_pylist(), *map(_itself, statement.dictionary.to_pylist())]
    sources, (source,) = number_texts(type(statement).from_arrays(place, words))
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
        denies=where(of["polarity"], {"denies"}),
        on_record=where(of["on_record"], {True}),
        witness=where(of["source_kind"], {"witness"}),
    )
    return counted, sources


def _among(names: list[str], subject: Ints, object_: Ints, rows: Ints) -> tuple[list[str], Ints, Ints]:
    """Renumber the ids in some rows; an id at neither end of these rows gets no number."""
    used = np.zeros(len(names), dtype=bool)
    used[subject[rows]] = used[object_[rows]] = True
    number = np.cumsum(used) - 1
    ids = [names[place] for place in np.flatnonzero(used).tolist()]
    return ids, number[subject[rows]], number[object_[rows]]


_GRADED = ("source_kind", "source_grade", "assessment", "relation", "interest", "polarity")
_COUNTED = [*_GRADED, "source", "statement", "on_record"]


def _gradings(of: Batch) -> tuple[list[Grading], Ints]:
    """Return the distinct values of `Claim.grading`, sorted, and the number of each row's grading."""
    code = np.zeros(len(of), dtype=np.int64)
    for column in map(as_dictionary, of.select(_GRADED).columns):
        code = code * max(len(column.dictionary), 1) + column.indices.to_numpy()
    _, first, turn = np.unique(code, return_index=True, return_inverse=True)
    graded = [
        (kind, grade, assessment, DENIED if polarity == "denies" else relation, interest)
        for kind, grade, assessment, relation, interest, polarity in read_rows(of.select(_GRADED).take(first))
    ]
    gradings = sorted(set(graded))
    numbers = {grading: number for number, grading in enumerate(gradings)}
    return gradings, _column(numbers[grading] for grading in graded)[turn]


def _itself(statement: str) -> str:
    """Return the source name used for a statement without a source."""
    return f"statement {statement}"
