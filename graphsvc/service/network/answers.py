"""Answer "Who is behind it" for one reader, with a picture."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphsvc.access.log.audit import now
from graphsvc.analysis.claims.roles import COERCES
from graphsvc.errors import RequestError
from graphsvc.records.dates import format_date, moment, typed_date
from graphsvc.records.numbers import count
from graphsvc.records.relations import ENTITIES, LinkKey
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.leads.questions import Questions
from graphsvc.service.leads.rows import LeadRow, said_of_ranks
from graphsvc.service.network.behind import Behind, NoCrossings
from graphsvc.service.network.lists import CaseLists
from graphsvc.service.network.request import MOST_NODES, MOST_STARTS, PictureRequest
from graphsvc.views.behind.against import Denial, denial
from graphsvc.views.behind.answer import OpenQuestion, behind
from graphsvc.views.behind.common import LINKING, shared_by
from graphsvc.views.behind.picture import beside
from graphsvc.views.behind.printed import as_pdf
from graphsvc.views.behind.rows import ALONG, CARRIED, RUNS, SERVES, AnswerRow, LeadRank, denied_parts, relations, rows
from graphsvc.views.lists import nearest_days
from graphsvc.views.picture.network import Node, Picture
from graphsvc.views.wording import period

# Relations by which someone acts on an entity, for all kinds of entity.
_DONE = tuple(dict.fromkeys(name for kind in ENTITIES for name in relations(kind)))
_ALONG = tuple(dict.fromkeys(relation for ways in ALONG.values() for relation, _, _ in ways))
# Maximum number of entities with several actors to add to the picture, and of questions to show.
_SHARED, _QUESTIONS = 24, 20
# Maximum number of crossings with a coarse date to list in a sentence.
_NAMED = 5


def _perhaps(coarse: Mapping[str, str], *, more: bool) -> str:
    """Return a sentence on crossings left out because their coarse date may, or may not, be one of these days."""
    named = [f"{name} ({date})" for name, date in coarse.items()]
    rest = f" and {'more than ' if more else ''}{count(len(named) - _NAMED, 'other')}" if len(named) > _NAMED else ""
    return f"May be of these days too, and not asked about: {', '.join(named[:_NAMED])}{rest}." if named else ""


class Answers:
    """Answers for crossings, boats, gangs, workplaces, people or things of one case."""

    def __init__(self, ask: Ask, material: Material, picture: Callable[[PictureRequest], Picture]) -> None:
        self._ask = ask
        self._material = material
        self._picture = picture
        self._questions = Questions(ask, material)
        self._lists = CaseLists(ask)

    def behind(self, ids: Sequence[str] = (), *, day: str = "", until: str = "", service: bool = False) -> Behind:
        """Find the actors behind each entity, their links with each other, and gaps, with a picture.

        Args:
            ids: up to 60 entity ids.
            day: also cover the crossings of this day, month or year, in any form of `records.dates.typed_date`.
                Crossings with a coarse date (`2020-05`) that may fall on it are listed among the gaps.
            until: cover all days from `day` up to and including this day.
            service: also show the people lawfully served by someone in the picture.

        Raises:
            RequestError: no entity or too many are requested, or a date is invalid.
            NoCrossings: there is no crossing on these days; the error has the nearest days with crossings.
            NotFound: none of the entities is visible to this reader.
        """
        with self._ask.look("read", query="behind") as outcome:
            first, last = (typed_date(day).earliest, typed_date(until or day).latest) if day else (None, None)
            if first and last and last < first:
                raise RequestError(f"{format_date(day)} is after {format_date(until)}. Give the first day first.")
            certain, coarse, more = self._crossings(first, last)
            starts = tuple(dict.fromkeys((*filter(None, ids), *certain)))
            perhaps = _perhaps({name: date for name, date in coarse.items() if name not in starts}, more=more)
            only_perhaps = not starts and bool(coarse) and not more
            if only_perhaps:
                starts, perhaps = tuple(coarse), "No crossing is known to be of these days: those asked about may be."
            if not starts and first and last:
                counts = self._lists.over_time().days
                nearest = {each.isoformat(): counts[each].boats for each in nearest_days(counts, first, last)}
                raise NoCrossings(period(first.isoformat(), last.isoformat()), nearest)
            if not starts:
                raise RequestError("Say what is asked about: ids, or a day on which there are crossings.")
            if len(starts) > MOST_STARTS:
                raise RequestError(
                    f"That is {len(starts)} at once; {MOST_STARTS} go. Take fewer days, or some of them."
                )
            answered = self._build_answer(starts, service=service)
            if perhaps:
                answer = replace(answered.answer, gaps=(perhaps, *answered.answer.gaps))
                answered = replace(answered, answer=answer, perhaps=only_perhaps)
            if first and last and not ids:
                answered = replace(answered, days=period(first.isoformat(), last.isoformat()))
            outcome["rows"] = len(answered.answer.table())
        return answered

    def pdf(self, ids: Sequence[str] = (), *, day: str = "", until: str = "", service: bool = False) -> bytes:
        """Return the answer as a PDF: gaps and contrary evidence, picture, actors. Arguments and errors as `behind`.

        It contains names, at this reader's handling level, and its later use is not logged. Each page states
        the reader and the purpose.
        """
        with self._ask.look("read", query="behind", form="pdf"):
            answered, version = self.behind(ids, day=day, until=until, service=service), self._ask.version
        return as_pdf(
            answered.answer,
            answered.view,
            subject=answered.subject,
            ranked_on=answered.ranked_on,
            case=self._ask.case,
            handling=self._ask.grant.handling,
            version=version,
            by=self._ask.principal.name,
            purpose=self._ask.purpose,
            printed_at=moment(now()),
            in_steps=not self._ask.grant.sources,
        )

    def _build_answer(self, starts: Sequence[str], *, service: bool) -> Behind:
        reads = _Reads(self._ask)
        along = self._along(reads, starts)
        targets = dict.fromkeys((*starts, *along))
        done = [row for row in reads.around(targets, _DONE) if row["object"] in targets]
        actors = [row["subject"] for row in done]
        gangs = [row["subject"] for row in done if row["subject_kind"] == "gang"]
        runs = [row["subject"] for row in reads.around(gangs, (RUNS,))]
        named = list(dict.fromkeys((*actors, *runs, *along)))
        first = self._draw(starts, named)
        counted = self._count_people(
            [node.id for node in first.nodes if node.kind == "crossing"],
            [node.id for node in first.nodes if node.kind == "person"],
        )
        carried = {name: number for (name, relation), (number, _) in counted.items() if relation == CARRIED}
        served = {name: number for (name, relation), (number, _) in counted.items() if relation == SERVES}
        standing, ranked = self._standing({node.id for node in first.nodes})
        coercers = self._coercers(reads, {*actors, *runs})
        answer_rows = rows(first, starts, standing, carried, served, coercers)
        behind_them = {part.who.id for row in answer_rows for part in row.said}
        around = reads.around({*behind_them, *(node.id for row in answer_rows for node, _ in row.along)}, LINKING)
        every = list(dict.fromkeys((*named, *shared_by(answer_rows, around))))
        view = self._draw(starts, every) if len(every) > len(named) else first
        denials, unread = self._denials(answer_rows)
        answer = behind(
            answer_rows,
            view,
            self._asking(answer_rows),
            denials,
            absent=len(starts) - len(answer_rows),
            truncated=view.truncated or reads.cut or unread or len(set(every) - set(starts)) > MOST_NODES,
        )
        marks = {key: value for key, value in counted.items() if key[1] == CARRIED or service}
        drawn = beside(view, answer.rows, answer.common[:_SHARED], marks)
        return Behind(answer, drawn, tuple(starts), ranked_on=ranked)

    def _along(self, reads: _Reads, starts: Sequence[str]) -> list[str]:
        """Return entities to add to the requested ones: for example the boats of a crossing, but not its passengers."""
        kinds = {name: known["kind"] for name, known in self._ask.entity_rows(starts).items()}
        names = dict.fromkeys(name for kind in kinds.values() for name, _, _ in ALONG.get(kind, ()))
        far_ends = [
            row[far]
            for row in reads.around(starts, names)
            for near, far in (("subject", "object"), ("object", "subject"))
            if (row["relation"], near, row[f"{far}_kind"]) in ALONG.get(kinds.get(row[near], ""), ())
        ]
        return list(dict.fromkeys(far_ends))

    def _draw(self, starts: Sequence[str], more_ids: Iterable[str]) -> Picture:
        return self._picture(
            PictureRequest(
                starts,
                depth=0,
                added=[name for name in dict.fromkeys(more_ids) if name not in starts][:MOST_NODES],
                relations=list(dict.fromkeys((*_DONE, *_ALONG, RUNS, *LINKING))),
            )
        )

    def _count_people(
        self, crossings: Collection[str], people: Collection[str]
    ) -> dict[tuple[str, str], tuple[int, float]]:
        """Map (id, relation) to the number of people on a crossing or served by a person, and the highest belief."""
        counted = self._ask.rows("network.counted", ids=sorted({*crossings, *people}))
        return {(row["id"], row["relation"]): (row["number"], row["belief"]) for row in counted.dicts()}

    def _coercers(self, reads: _Reads, people: Collection[str]) -> dict[str, tuple[tuple[str, str], ...]]:
        """Map each of these people to everyone recorded as coercing them: (id, name)."""
        coercers: dict[str, list[str]] = defaultdict(list)
        for row in reads.around(people, COERCES):
            if row["object"] in people:
                coercers[row["object"]].append(row["subject"])
        names = self._ask.entity_rows({name for ids in coercers.values() for name in ids})
        return {
            person: tuple((name, names[name]["name"] or name) for name in ids if name in names)
            for person, ids in coercers.items()
        }

    def _crossings(self, first: dt.date | None, last: dt.date | None) -> tuple[list[str], dict[str, str], bool]:
        """Return crossings of some days, further possible ones (id → date), and whether rows were cut."""
        if first is None or last is None:
            return [], {}, False
        on_days = self._ask.rows("crossings.on_days", first=first.isoformat(), last=last.isoformat(), least=0.0)
        rows = on_days.dicts()  # crossings that are certain to be of these days come first
        certain = [row["crossing"] for row in rows if row["certain"]]
        return certain, {row["crossing"]: row["date"] for row in rows if not row["certain"]}, on_days.truncated

    def _standing(self, named: Collection[str]) -> tuple[dict[str, LeadRank], str]:
        """Return the ranks of these entities, if a ranking may be shown, and a sentence on what the ranks leave out."""
        if not self._ask.may("analyse"):
            return {}, ""
        ranks = {}
        with self._ask.act("analyse", query="hubs") as outcome:
            places, ranking = self._material.places(), self._material.ranking()
            if ranking.verdict == "abstains":
                return {}, said_of_ranks(ranking, self._ask.ranked_on)
            leads = ranking.leads
            for row in (LeadRow.of(lead, places.get(lead.id)) for lead in leads if lead.id in named):
                ranks[row.id] = LeadRank(
                    row.rank, row.best_rank, row.worst_rank, row.rests_on or "", row.moved_by or "", row.rank_without
                )
            outcome["rows"] = len(leads)
        return ranks, self._ask.ranked_on

    def _denials(self, answer_rows: Sequence[AnswerRow]) -> tuple[list[tuple[LinkKey, Denial]], bool]:
        """Return the denials of links in the rows, and whether there are more than were read."""
        edges = [part.edge for row in answer_rows for part in denied_parts(row)]
        if not edges:
            return [], False
        released = self._ask.rows(
            "network.denials",
            ids=sorted({edge.object for edge in edges}),
            subjects=sorted({edge.subject for edge in edges}),
            relations=sorted({edge.relation for edge in edges}),
        )
        return [denial(row) for row in released.dicts()], released.truncated

    def _asking(self, answer_rows: Sequence[AnswerRow]) -> list[OpenQuestion]:
        """Return questions about the gaps, each with a statement on the entity itself or on one added to it."""
        if not self._ask.may("analyse"):
            return []
        gaps = list(dict.fromkeys((name, node) for row in answer_rows for name, node in row.missing))
        statements = self._questions.statements_on([node.id for _, node in gaps]) if gaps else {}
        by_statement: dict[tuple[str, str, bool], list[tuple[str, Node]]] = {}
        for name, node in gaps:
            if node.id in statements:
                statement, kind, hidden = statements[node.id]
                by_statement.setdefault((statement, kind, hidden and not statement), []).append((name, node))
        asking = [OpenQuestion(tuple(its_gaps), *statement) for statement, its_gaps in by_statement.items()]
        return sorted(asking, key=lambda question: (not question.statement, question.custodian))[:_QUESTIONS]


class _Reads:
    """Reader of links around entities; `cut` becomes true if an answer was cut."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.cut = False

    def around(self, ids: Iterable[str], names: Iterable[str]) -> list[dict[str, Any]]:
        """Return links of these relations around entities: rows of `network.around`; none without ids or relations."""
        wanted, relations_read = sorted(set(ids)), list(names)
        if not wanted or not relations_read:
            return []
        answer = self._ask.rows("network.around", ids=wanted, relations=relations_read)
        self.cut |= answer.truncated
        return answer.dicts()
