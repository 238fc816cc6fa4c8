"""Search of a case: entities by what they are called, free text by its words, and links by what their relation is called.

The index of the graph database offers candidates among what this reader may see; the order is made here, from these
alone (`names.likeness`).
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

# Entities, excerpts, and links of a relation, that one search gives at most.
MOST_FOUND, MOST_SAID, MOST_TIED = 50, 50, 50
# Ties of a person that are named to tell them from others of their name.
_TIES = 2
# Columns of `entities.find` that tell what an entity is found by, under the names of `terms.FIELDS`.
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
# Free texts that a row holds for those who may see them, and what is called otherwise where it is found.
_RESTRICTED = ("extra", "interest")
_CALLED = {"extra": "own_column"}


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity that was found.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`; name: its id where it has no name.
        sealed: `id` is a pseudonym; links: how many it has.
        level: how it matches: 0 exactly, 1 a whole word, 2 the beginning of a word, 3 inside a word, 4 one letter off,
            5 it sounds alike; says: the same in words.
        why: where each part of what was sought was found: what it is called (`alias`, `phone` …) and the text.
        apart: of a person, what tells them from others of their name, in words: birth year, numbers, ties.
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
    """A free text in which words were found, as far as the reader may see it.

    Attributes:
        column: where it stands: `summary`, `notes`, `place`, `subject_as_said`, `object_as_said`, `interest`, or `own_column` for one of
            the deliverer's own, whose name the excerpt begins with.
        excerpt: the words around.
        entity: whose note it is; None of a statement or claim.
        statement: the row of `statements.said`, of a claim that asserts with `denying`; None of a note on an entity.
    """

    column: str
    excerpt: Excerpt
    entity: Mapping[str, Any] | None = None
    statement: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, nearest first; `truncated`: there is more."""

    hits: tuple[Hit, ...] = ()
    truncated: bool = False

    def dicts(self) -> list[dict[str, Any]]:
        """The hits as dictionaries."""
        return [asdict(hit) for hit in self.hits]


@dataclass(frozen=True, slots=True)
class FoundText:
    """Free texts that a search found, whole words first; `truncated`: there are more."""

    texts: tuple[Said, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class FoundTies:
    """Links of the relations that a search names, as `people.tied_by` gives them; `truncated`: there are more.

    Attributes:
        relations: the relations that are among them.
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
        """Entities by name, alias, phone, registration, date, place or id, nearest first, whatever the script or spelling.

        `kind`: only those of this kind, such as `person`; empty for all.

        Exactly that comes before a whole word, the beginning of a word, inside one, one letter off, and what sounds alike;
        then those with more links. Of several words each must match something.
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
        """Free texts with these words: notes, and what statements and claims say that this reader is shown one by one.

        Each word must be in the text, whole or as a part of one; names of sealed people are not in it to be found.
        """
        sought = SearchText(text)
        if not sought.parts:
            self._asked_nothing("statements.said")
            return FoundText()
        given: dict[str, Any] = {"text": sought.text_pattern, "parts": sought.text_spelt}
        statements, entities = self._ask.rows("statements.said", **given), self._ask.rows("entities.said", **given)
        rows = statements.dicts()
        self._ask.mark_denied([row for row in rows if row["claim"]])
        texts = [
            *_texts(sought, rows, (*TEXTS["Statement"], *TEXTS["Claim"], *_RESTRICTED), statement=True),
            *_texts(sought, entities.dicts(), (*TEXTS["Entity"], *_RESTRICTED), statement=False),
        ]
        cut = statements.truncated or entities.truncated or len(texts) > MOST_SAID
        return FoundText(tuple(texts[:MOST_SAID]), cut)

    def tied(self, text: str) -> FoundTies:
        """Links of the relations that all of a text names (`abandoned`, `X_OWN`), with who is tied by them.

        Which relations of the deliverer's own there are is not asked: only of one that would be called so.
        """
        relations = relations_named(text)
        if not relations:
            self._asked_nothing("people.tied_by")
            return FoundTies()
        answer = self._ask.rows("people.tied_by", relations=list(relations))
        rows = answer.dicts()
        there = {row["relation"] for row in rows}
        named = tuple(relation for relation in relations if relation in there)
        return FoundTies(tuple(rows[:MOST_TIED]), named, answer.truncated or len(rows) > MOST_TIED)

    def days(self, text: str) -> tuple[str, ...]:
        """The days of crossings that a text may mean: a day with its year is that one, without it those of every year.

        Returns:
            Days as `2020-05-08`, the earliest first; empty of a text that is no day. A day with its year is given back
            whether or not there are crossings.
        """
        day = typed_day(text)
        if day is None:
            date = _iso_day(text)
            return (date,) if date else ()
        if day.year:
            return (f"{day.year:04d}-{day.of_year}",)
        return tuple(row["day"] for row in self._ask.rows("crossings.same_day", day=day.of_year).dicts())

    def known(self, what: str) -> list[dict[str, Any]]:
        """The pseudonyms of people who are called so: see `search.known.Known.look`."""
        return self._known.look(what)

    def _told_apart(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits, the people among them with what tells them apart."""
        people = [hit.id for hit in hits if hit.kind == "person"]
        rows = self._ask.rows("entities.apart", ids=people, ties=_TIES).dicts() if people else []
        words = {row["id"]: told_apart(row["date_of_birth"], row["phones"], row["ties"]) for row in rows}
        return tuple(replace(hit, apart=words.get(hit.id, ())) for hit in hits)

    def _asked_nothing(self, query: str) -> None:
        """A search for nothing is asked, allowed or refused, and logged, as any other."""
        with self._ask.act("read", query=query):
            pass


def _iso_day(text: str) -> str:
    """The day that a text in the form of a file gives, or nothing."""
    try:
        date = parse_date(text)
    except ValueError:
        return ""
    return date.given[:10] if date.earliest == date.latest else ""


def _texts(
    sought: SearchText, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, statement: bool
) -> list[Said]:
    """The texts of these columns in which something was found, in the order of the rows."""
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
