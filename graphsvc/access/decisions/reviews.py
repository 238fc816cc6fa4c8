"""Reviews: people's decisions about leads, never changed, and deleted only with the person they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import astuple, dataclass, replace
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import Withhold, for_others, words_for
from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import alone, tables
from graphsvc.appdb.rows import fill
from graphsvc.errors import RequestError
from graphsvc.records.coarsened import CONTESTED, HIDDEN_DENIAL
from graphsvc.records.lines import require_reason

JUDGEMENTS = ("agree", "refuse", "park")
_ROW = tables.reviews
_REVIEWS = StoredRows(_ROW)
_LOCK = 0x726576  # advisory lock of PostgreSQL: reviews are stored one at a time


@dataclass(frozen=True, slots=True)
class Figures:
    """A lead's figures as shown at one time.

    Attributes:
        of: number of people ranked.
        groups, other_sources: corroboration; groups and denied may read `few`, denied also `contested`.
        stands_out: whether anyone stood out in that ranking.
    """

    rank: int
    of: int
    score: float
    score_on_record: float
    groups: int | str
    other_sources: int
    denied: int | str
    stands_out: bool


@dataclass(frozen=True, slots=True)
class StoredReview:
    """A stored review.

    Attributes:
        pseudonym: pseudonym of the lead, sealed or not.
        handling, sources: the reviewer's clearance.
        of_name: whether the lead was named at the time of the review, and no longer is.
        shown: the figures the reviewer saw. told: the same figures as shown without source clearance.
    """

    id: str
    pseudonym: str
    account: str
    at: dt.datetime
    judgement: str
    handling: str
    sources: bool
    of_name: bool
    case_version: int
    rules: str
    reason: str
    shown: Figures
    told: Figures


class ReviewStore:
    """The reviews of one case. Needs the case's data key: reasons may name people."""

    def __init__(self, database: sa.Engine, key: bytes) -> None:
        self._database, self._key = database, key

    def add(
        self,
        case: str,
        pseudonym: str,
        judgement: str,
        reason: str,
        *,
        by: str,
        grant: Grant,
        state: tuple[int, str],
        figures: tuple[Figures, Figures],
        withhold: Withhold,
    ) -> str:
        """Store a new review and return its id.

        Args:
            case: the case.
            pseudonym: of the lead.
            judgement: one of JUDGEMENTS.
            reason: why.
            by: the account.
            grant: the account's clearance in the case.
            state: version of the case and of the rules.
            figures: the lead's figures as shown, and as shown without source clearance.
            withhold: withholds the reason from other readers if it names a sealed person.

        Raises:
            RequestError: judgement or reason is not valid.
        """
        if judgement not in JUDGEMENTS:
            raise RequestError(f"A review is one of {', '.join(JUDGEMENTS)}, not {judgement[:40]!r}.")
        reason = require_reason(reason, "whoever comes after has to follow it")
        # A list, not an object: masking covers every text in it, including names of fields.
        words = for_others([reason, *map(_pack_figures, figures)], withhold)
        with alone(self._database, _LOCK) as connection:
            return _REVIEWS.add(
                connection,
                self._key,
                case_id=case,
                pseudonym=pseudonym,
                account=by,
                judgement=judgement,
                handling=grant.handling,
                sources=grant.sources,
                case_version=state[0],
                rules=state[1],
                words_sealed=words,
            )

    def of(self, case: str, grant: Grant, reader: str) -> list[StoredReview]:
        """List the reviews of a case as an account with `grant` may read them, newest first."""
        rows = _REVIEWS.newest(self._database, _ROW.c.case_id == case, _ROW.c.handling.in_(grant.codes))
        return [self._review(row, mine=row.account == reader, level=grant.handling) for row in rows]

    def _review(self, row: Any, *, mine: bool, level: str) -> StoredReview:
        words = _REVIEWS.words(self._key, row, "words_sealed")
        reason, figures, coarse = words_for(words, mine=mine, level=level)
        return fill(StoredReview, row, reason=reason, shown=_unpack_figures(figures), told=_unpack_figures(coarse))


def settle(connection: sa.Connection, case: str, *, unnamed: Collection[str], named: Collection[str]) -> None:
    """Mark reviews of people who are no longer named, for whatever reason; clear the mark for people now named.

    Args:
        connection: in the transaction that reopens the case.
        case: the case.
        unnamed: pseudonyms of people who were named until now.
        named: pseudonyms of people who are named from now on.
    """
    mine = _ROW.c.case_id == case
    for name in connection.execute(sa.select(_ROW.c.pseudonym).where(mine).distinct()).scalars().all():
        if name in unnamed or name in named:
            of_name = name in unnamed
            connection.execute(_ROW.update().where(mine, _ROW.c.pseudonym == name).values(of_name=of_name))


def _pack_figures(figures: Figures) -> list[Any]:
    """Return figures without text: None for `few`, and for `contested` the number used in the graph."""
    denied = HIDDEN_DENIAL if figures.denied == CONTESTED else figures.denied
    return [None if isinstance(value, str) else value for value in astuple(replace(figures, denied=denied))]


def _unpack_figures(values: list[Any]) -> Figures:
    plain: list[Any] = ["few" if value is None else value for value in values]
    figures = Figures(*plain)
    return replace(figures, denied=CONTESTED) if figures.denied == HIDDEN_DENIAL else figures
