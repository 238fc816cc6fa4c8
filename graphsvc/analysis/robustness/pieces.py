"""Evidence items of a case: each may be missing or false, and the ranking is computed without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from graphsvc.analysis.claims.belief import reduced_support, strengths
from graphsvc.analysis.claims.bins import among, distinct, sorted_into
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Ledger
from graphsvc.analysis.robustness.rereading import ClaimChange
from graphsvc.records.statement_kinds import OPEN_ITEMS, STATEMENT_KINDS

# Kind of evidence item → in words. An item with the same rows as one of an earlier kind is not repeated.
KINDS = MappingProxyType(
    {
        "witness": "one witness",
        "group": "one group of witnesses",
        "coloured": "statements that share an interpreter or a day",
        "account": "one statement of a witness",
        "few": "few statements",
        **{item: f"one {item}" for item in OPEN_ITEMS},
        "source": "one other source",
    }
)


@dataclass(frozen=True, slots=True)
class Piece:
    """An evidence item that may be missing or false as a whole.

    Attributes:
        kind: a key of `KINDS`.
        statement: id of the statement if the item is a single one; empty for several, or for merged statements.
        sources: pseudonyms of its sources; empty for a statement without a source, and for merged statements.
        claims: number of claims with weight in it.
        rows: its rows of the ledger.
    """

    kind: str
    statement: str
    sources: tuple[str, ...]
    claims: int
    rows: Ints = field(compare=False, repr=False)

    @property
    def words(self) -> str:
        """The item in words that name no source."""
        return f"{self.kind} {self.statement}" if self.kind in OPEN_ITEMS else KINDS[self.kind]


def pieces(ledger: Ledger, *, told_as_one: bool = False) -> list[Piece]:
    """Return the items to leave out in turn: witnesses, other sources, statements, and sets sharing a circumstance.

    A shared circumstance may make sources depend on each other, or only affect their statements.

    Args:
        ledger: the claims.
        told_as_one: whether witness statements are merged (`folding.as_told`). Each witness item is then, for one
            person, the first statement about every link of theirs; where few witnesses report a link, that is all they
            said about it. No source is named, and nothing shows which reports come from the same source.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> told = [claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1"), claim_from("r1: p1 RUNS g2", source_kind="record")]
        >>> [(piece.words, piece.sources) for piece in pieces(encode(told, {"s1": {"boat"}, "s2": {"boat"}}))]
        [('one witness', ('s1',)), ('one witness', ('s2',)), ('one group of witnesses', ('s1', 's2')), ('record statement of r1', ('r1',))]

    Limits: sources joined only through a third are each left out with the third, not with each other. In merged
    statements, people named by one witness and people named by two look the same if their number is `few`.
    """
    by_rows: dict[bytes, Piece] = {}
    sources = ledger.given_by()
    source_kinds, statements = (ledger.claims.texts(name) for name in ("source_kind", "statement"))
    kinds = ("few", "statement") if told_as_one else ("witness", "group", "coloured", "account", "statement", "source")
    for kind in kinds:
        for rows in _ROWS[kind](ledger):
            rows = np.sort(rows)
            first = int(rows[0])
            alone = kind in ("account", "statement")
            names = (
                ()
                if told_as_one
                else tuple(sorted({sources[number] for number in {*ledger.source[rows].tolist()}} - {""}))
            )
            piece = Piece(
                STATEMENT_KINDS[source_kinds[first]].item if alone else kind,
                statements[first] if alone else "",
                names,
                len(rows),
                rows,
            )
            by_rows.setdefault(rows.tobytes(), piece)
    return list(by_rows.values())


def _each(column: Ints, wanted: Ints) -> Iterator[Ints]:
    """Yield the wanted rows, grouped by their value in the column."""
    order = wanted[np.argsort(column[wanted], kind="stable")]
    yield from np.split(order, np.flatnonzero(np.diff(column[order])) + 1) if len(order) else ()


def _witnesses(ledger: Ledger) -> Iterable[Ints]:
    return _each(ledger.source, np.flatnonzero(ledger.witness))


def _sources(ledger: Ledger) -> Iterable[Ints]:
    return _each(ledger.source, np.flatnonzero(~ledger.witness))


def _statements(ledger: Ledger, wanted: Ints) -> Iterable[Ints]:
    return _each(ledger.claims.numbers("statement"), wanted)


def _sharing(ledger: Ledger, starts: Ints, keys: Ints) -> Iterable[Ints]:
    """Return, for each key, everything that its holders said; equal sets once."""
    by_source = {int(ledger.source[rows[0]]): rows for rows in _witnesses(ledger)}
    holders: dict[int, list[int]] = defaultdict(list)
    for source in by_source:
        for key in keys[starts[source] : starts[source + 1]].tolist():
            holders[key].append(source)
    sets = sorted({tuple(those) for those in holders.values()})
    return [np.concatenate([by_source[source] for source in those]) for those in sets]


def _by_person(ledger: Ledger) -> Iterable[Ints]:
    """Return, for each person, the first statement for and the first against each of their links."""
    rows = np.flatnonzero(ledger.witness)
    first = rows[np.unique(ledger.link[rows] * 2 + ledger.denies[rows], return_index=True)[1]]
    theirs: dict[int, set[int]] = defaultdict(set)
    for row, claim in zip(first.tolist(), ledger.claims.at(first), strict=True):
        for end, kind in ((ledger.subject[row], claim.subject_kind), (ledger.object[row], claim.object_kind)):
            if kind == "person":
                theirs[int(end)].add(row)
    return [np.array(those) for those in sorted({tuple(sorted(those)) for those in theirs.values()})]


_ROWS = MappingProxyType(
    {
        "witness": _witnesses,
        "group": lambda ledger: _sharing(ledger, ledger.starts, ledger.keys),
        "coloured": lambda ledger: _sharing(ledger, ledger.colours.starts, ledger.colours.keys),
        "account": lambda ledger: _statements(ledger, np.flatnonzero(ledger.witness)),
        "few": _by_person,
        "statement": lambda ledger: _statements(ledger, np.flatnonzero(~ledger.witness)),
        "source": _sources,
    }
)


def without(ledger: Ledger, left_out: Sequence[Ints]) -> list[ClaimChange]:
    """Return the change from leaving out each set, with its rows and new standings of links that the rows deny.

    Args:
        ledger: the claims.
        left_out: sets of row numbers.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> ledger = encode([claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 not RUNS g1")], {})
        >>> [(change.gone.tolist(), change.links.tolist(), change.standing.tolist()) for change in without(ledger, [np.array([0]), np.array([1])])]
        [([0], [], []), ([1], [0], [1.0])]

    Limits: groups of deniers are formed again from the rest, as if the others had never spoken.
    """
    count, links = max(len(ledger.claims), 1), int(ledger.link.max(initial=-1)) + 1
    of = np.repeat(np.arange(len(left_out)), [len(rows) for rows in left_out])
    removed = distinct(of * count + np.concatenate([*left_out, np.zeros(0, dtype=np.int64)]).astype(np.int64))
    denied, denying = ledger.against
    set_number, row = np.divmod(removed, count)
    entry, pair = sorted_into(denying, count).members(row)
    set_number, link = np.divmod(distinct(set_number[pair] * max(links, 1) + denied[entry]), max(links, 1))
    entry, pair = ledger.denials.members(link)
    remaining = ~among(set_number[pair] * count + denying[entry], removed)
    rows, pair = denying[entry[remaining]], pair[remaining]
    standing = 1 - reduced_support(ledger, pair, rows, strengths(ledger)[rows], len(link))
    ends = np.searchsorted(set_number, np.arange(len(left_out) + 1))
    return [
        ClaimChange(rows, link[first:last], standing[first:last])
        for rows, (first, last) in zip(left_out, pairwise(ends.tolist()), strict=True)
    ]
