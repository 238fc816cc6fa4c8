"""Search of a case: entities by name, free text by its words, and links by their relation.

The index of the graph database returns candidates from the data this reader may see. They are ranked here, without
the index's own scores, which depend on hidden data too (`names.likeness`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from graphsvc.names.likeness import LEVELS, Excerpt, SearchText, excerpt, match
from graphsvc.names.terms import TEXTS, fields
from graphsvc.records.dates import parse_date, typed_day
from graphsvc.records.verbs import relations_named
from graphsvc.service.ask import Ask
from graphsvc.service.search.known import Known
from graphsvc.views.wording import told_apart

# Maximum number of entities, of excerpts, and of links returned by one search.
MOST_FOUND, MOST_SAID, MOST_TIED = 50, 50, 50
# Maximum number of links shown to distinguish a person from others of the same name.
_TIES = 2
# Searched columns of `entities.find` → their name in `terms.FIELDS`, if it is different.
_COLUMNS = {"called": "name", "sort": "kind"}
_FROM = (
    "id",
    "aliases",
    "phones",
    "value",
    "registration",
    "date",
    "launch_site",
    "landing_site",
    "address",
    "nationality",
)
# Free-text columns that only some readers are cleared for, and columns shown under a different name.
_RESTRICTED = ("extra", "interest")
_CALLED = {"extra": "own_column"}


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity found by a search.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`.
        name: its id if it has no name.
        sealed: whether `id` is a pseudonym.
        links: number of links it has.
        level: quality of the match: 0 exact, 1 a whole word, 2 the beginning of a word, 3 inside a word, 4 one letter
            off, 5 a similar sound.
        says: the level in words.
        why: for each part of the search, the kind of text it matched (`alias`, `phone` …) and the text.
        apart: details that distinguish a person from others of the same name: birth year, numbers, links; in words.
    """

    id: str
    kind: str
    name: str
    sealed: bool
    links: int
    level: int
    says: str
    why: tuple[tuple[str, str], ...]
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A free text that contains the searched words.

    Attributes:
        column: its column: `summary`, `notes`, `place`, `subject_as_said`, `object_as_said`, `interest`, or
            `own_column` for a custom column, whose name begins the excerpt.
        excerpt: the words with their context.
        entity: the entity, if the text is a note on one; None for a statement or claim.
        statement: the row of `statements.said` (with `denying`, if a claim that asserts); None for a note on an entity.
    """

    column: str
    excerpt: Excerpt
    entity: Mapping[str, Any] | None = None
    statement: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Entities found by a search, best match first; `truncated`: there are more."""

    hits: tuple[Hit, ...] = ()
    truncated: bool = False

    def dicts(self) -> list[dict[str, Any]]:
        """Return the hits as dictionaries."""
        return [asdict(hit) for hit in self.hits]


@dataclass(frozen=True, slots=True)
class FoundText:
    """Free texts found by a search, whole words first; `truncated`: there are more."""

    texts: tuple[Said, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class FoundTies:
    """Links of the relations named in a search, as rows of `people.tied_by`; `truncated`: there are more links.

    Attributes:
        relations: those of the named relations that have a link.
    """

    rows: tuple[dict[str, Any], ...] = ()
    relations: tuple[str, ...] = ()
    truncated: bool = False


class Search:
    """Search of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known = Known(ask)

    def find(self, text: str, kind: str = "") -> Found:
        """Find entities by name, alias, phone, registration, date, place or id, in any script or spelling, best first.

        Exact matches come first, then whole words, beginnings of words, parts of words, words with one letter off, and
        similar sounds; among equals, entities with more links. Each word of the search must match something.

        Args:
            text: what to find.
            kind: only entities of this kind, such as `person`; empty for all.
        """
        sought = SearchText(text)
        if not sought.parts:
            self._asked_nothing("entities.find")
            return Found()
        spelt = "|".join(sought.whole.spelt)
        rows = self._ask.rows("entities.find", text=sought.pattern, spelt=spelt, parts=sought.spelt, kind=kind)
        ranked = []
        for row in rows.dicts():
            named = fields({name: row[name] for name in _FROM} | {to: row[name] for name, to in _COLUMNS.items()})
            matched = match(sought, named)
            if matched is not None:
                name = row["name"] or row["id"]
                hit = Hit(
                    row["id"],
                    row["kind"],
                    name,
                    row["sealed"],
                    row["links"],
                    matched.level,
                    LEVELS[matched.level],
                    matched.why,
                )
                ranked.append(((matched.level, matched.weight, -row["links"], len(name), row["id"]), hit))
        ranked.sort(key=lambda pair: pair[0])
        hits = tuple(hit for _, hit in ranked)
        return Found(self._told_apart(hits[:MOST_FOUND]), rows.truncated or len(hits) > MOST_FOUND)

    def said(self, text: str) -> FoundText:
        """Return free texts with these words: notes, and texts of statements that this reader may see individually.

        Each word must occur in the text, whole or as part of a word. Names of sealed people have been removed from the
        texts and cannot be found.
        """
        sought = SearchText(text)
        if not sought.parts:
            self._asked_nothing("statements.said")
            return FoundText()
        parameters: dict[str, Any] = {"text": sought.text_pattern, "parts": sought.text_spelt}
        statements, entities = (
            self._ask.rows("statements.said", **parameters),
            self._ask.rows("entities.said", **parameters),
        )
        rows = statements.dicts()
        self._ask.mark_denied([row for row in rows if row["claim"]])
        texts = [
            *_texts(sought, rows, (*TEXTS["Statement"], *TEXTS["Claim"], *_RESTRICTED), statement=True),
            *_texts(sought, entities.dicts(), (*TEXTS["Entity"], *_RESTRICTED), statement=False),
        ]
        cut = statements.truncated or entities.truncated or len(texts) > MOST_SAID
        return FoundText(tuple(texts[:MOST_SAID]), cut)

    def tied(self, text: str) -> FoundTies:
        """Return links of the relations that a text names (`abandoned`, `X_OWN`), with the people they link.

        A custom relation is found only by its full name; no search lists the custom relations.
        """
        relations = relations_named(text)
        if not relations:
            self._asked_nothing("people.tied_by")
            return FoundTies()
        answer = self._ask.rows("people.tied_by", relations=list(relations))
        rows = answer.dicts()
        row_relations = {row["relation"] for row in rows}
        named = tuple(relation for relation in relations if relation in row_relations)
        return FoundTies(tuple(rows[:MOST_TIED]), named, answer.truncated or len(rows) > MOST_TIED)

    def days(self, text: str) -> tuple[str, ...]:
        """Return the days a text may mean: with a year, that day; else each day of a crossing with that day and month.

        Returns:
            Days like `2020-05-08`, earliest first; empty if the text is not a day. A day with a year is returned even
            without crossings.
        """
        day = typed_day(text)
        if day is None:
            date = _iso_day(text)
            return (date,) if date else ()
        if day.year:
            return (f"{day.year:04d}-{day.of_year}",)
        return tuple(row["day"] for row in self._ask.rows("crossings.same_day", day=day.of_year).dicts())

    def find_pseudonyms(self, text: str) -> list[dict[str, Any]]:
        """Return the sealed people who match: see `search.known.Known.look`."""
        return self._known.look(text)

    def _told_apart(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Add to the people among the hits the details that distinguish them."""
        people = [hit.id for hit in hits if hit.kind == "person"]
        rows = self._ask.rows("entities.apart", ids=people, ties=_TIES).dicts() if people else []
        words = {row["id"]: told_apart(row["date_of_birth"], row["phones"], row["ties"]) for row in rows}
        return tuple(replace(hit, apart=words.get(hit.id, ())) for hit in hits)

    def _asked_nothing(self, query: str) -> None:
        """Check and log an empty search like any other."""
        with self._ask.act("read", query=query):
            pass


def _iso_day(text: str) -> str:
    """Return the day that a text means in the case format; empty if it is not a single day."""
    try:
        date = parse_date(text)
    except ValueError:
        return ""
    return date.given[:10] if date.earliest == date.latest else ""


def _texts(
    sought: SearchText, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, statement: bool
) -> list[Said]:
    """Return texts in these columns that match, in the order of the rows."""
    texts = []
    for row in rows:
        for column in columns:
            cell = row.get(column) or ""
            for text in cell if isinstance(cell, list) else [str(cell)]:
                piece = excerpt(sought, text)
                if piece is not None:
                    where = _CALLED.get(column, column)
                    texts.append(Said(where, piece, statement=row) if statement else Said(where, piece, entity=row))
    return texts
