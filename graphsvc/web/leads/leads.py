"""Leads: the list with its picture, and why one person is a lead. A lead is intelligence, never evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import Session, answers, limits
from graphsvc.views import charts, resting, wording
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, answer_early, at, opens, or_again, page
from graphsvc.web.leads.groups import group_rows, shared_names, shared_rows
from graphsvc.web.leads.through import what_if_values
from graphsvc.web.paging import first_of
from graphsvc.web.rail import Entry

blueprint = Blueprint("leads", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(10, "Leads", "Leads", "leads.table", "analyse"),)

PAGE = 50
_BAR = 240.0
_NAMED = 8  # maximum entities named in an innocent reading
_LINE = 90.0
# Value of `sort` in the URL → sort key, best first.
_ORDERS = {
    "rank": lambda row: row["rank"],
    "name": lambda row: row["name"].casefold(),
    # Leads without a rank range come last.
    "worst_rank": lambda row: (row["worst_rank"] is None, row["worst_rank"] or 0, row["rank"]),
    "groups": lambda row: (-row["counted"], row["rank"]),
    "other_sources": lambda row: (-row["other_sources"], row["rank"]),
    "score_on_record": lambda row: (row["rank_on_record"], row["rank"]),
    "denied": lambda row: (-row["deniers"], row["rank"]),
}


# Whether a reader has source clearance → kinds of evidence item that this reader does not see.
_OF_OTHERS = {True: {"few"}, False: {"witness", "group", "coloured", "account", "source"}}
_ASKED = ("q", "voices", "record", "denied", "review", "stage", "rests", "surfaced", "sort", "all")


@page(blueprint, "/leads", look="analyse", query="=hubs")
def table(case: str) -> ResponseReturnValue:
    """Show one page of the ranked people that pass the filters."""
    session = at(case)
    filters = {name: request.args.get(name, "") for name in _ASKED}
    return _sent("leads/table.html", session, lambda: _table(session, filters), asked=filters)


def _sent(
    template: str, session: Session, late: Callable[[], Mapping[str, Any]], *, claims: bool = False, **data: Any
) -> ResponseReturnValue:
    """Send a page of leads; if its figures are not computed yet, send the frame first.

    `claims`: whether the page also needs the claims behind one lead.
    """
    waits = opens() and session.may("analyse") and not session.leads.at_hand(claims=claims)
    if waits:
        return answer_early(template, late, case=session.case, **data)
    return answer(template, case=session.case, **data, **late())


def _table(session: Session, filters: Mapping[str, str]) -> dict[str, Any]:
    ranking = session.leads.ranking()
    if any(filters.values()):
        rows = _chosen(rows_with_reviews(session.leads.rows(ranking.leads), session))
        total, first = len(rows), first_of(request.args, len(rows), PAGE)
        page_rows = rows[first - 1 : first - 1 + PAGE]
    else:
        # If no one stands out, any order would look like a ranking; readers can still ask for the list.
        leads = [] if ranking.verdict == "abstains" else ranking.leads
        total, first = len(leads), first_of(request.args, len(leads), PAGE)
        page_rows = rows_with_reviews(session.leads.rows(leads[first - 1 : first - 1 + PAGE]), session)
    served = session.leads.count_served([row["id"] for row in page_rows])
    low, high = charts.scale([row["shares"] for row in page_rows])
    for row in page_rows:
        row["bar"] = charts.stack(row["shares"], low, high, _BAR, row["score_on_record"])
        row["line"] = _line(row, len(ranking.leads))
        row["served"] = served.get(row["id"], 0)
    return {
        "verdict": ranking.verdict,
        "reason": ranking.reason,
        "ranked_on": session.leads.ranked_on,
        "total": len(ranking.leads),
        "found": total,
        "first": first,
        "leads": page_rows,
        "ingredients": [name for name in wording.INGREDIENTS if any(row["shares"].get(name) for row in page_rows)],
        "stages": list(wording.STAGES),
        "resting": [
            (kind, words)
            for kind, words in limits.EVIDENCE_KINDS.items()
            if kind not in _OF_OTHERS[session.grant.sources]
        ],
        "page_size": PAGE,
    }


@blueprint.get("/leads.csv")
def table_csv(case: str) -> ResponseReturnValue:
    """Return the whole list as CSV.

    As users of the file do not see the page, each row has the verdict, and the last row says what the ranking omits.
    """
    session = at(case)
    with session.look("analyse", query="hubs"):
        ranking = session.leads.ranking()
        rows = _chosen(rows_with_reviews(session.leads.rows(ranking.leads), session))
    written = ([*(_review_word(row[name]) for name in answers.LISTED_COLUMNS), ranking.verdict] for row in rows)
    return csv_file(
        "leads", (*answers.LISTED_COLUMNS, "verdict"), written, last=filter(None, [session.leads.ranked_on])
    )


@page(blueprint, "/lead")
def lead(case: str) -> ResponseReturnValue:
    """Show why one person is a lead: evidence for and against it, and paths from sources to the person."""
    return _answer(at(case), request.args.get("id", ""))


def _answer(session: Session, identifier: str) -> ResponseReturnValue:
    def late() -> dict[str, Any]:
        with session.look("analyse", lead=identifier):
            return _lead(session, identifier)

    return _sent("leads/lead.html", session, late, claims=True)


def _lead(session: Session, identifier: str) -> dict[str, Any]:
    lead, why = session.leads.look(identifier)
    read, asking = session.leads.questions.readings(lead.id), session.leads.questions.next(lead.id)
    everyone = [*why.claims]
    everyone += [question.claim for question in asking.questions]
    for path in why.paths:
        everyone += path.claims
    mentioned = {identifier for reading in read for identifier in reading.entities[:_NAMED]}
    names = _names(session, mentioned | {end for claim in everyone for end in (claim.subject, claim.object)})
    rows = partial(_rows, names=names, denying=session.ask.denials({claim.key for claim in everyone}))
    ranking = session.leads.ranking()
    row = session.leads.rows([lead])[0].whole()
    place = session.leads.place(lead.id)
    falsehood, invented = session.leads.falsehood(lead.id) if session.grant.sources else (None, None)
    sources = {source for group in why.groups for source in group}
    groups, _, colouring = session.leads.groups.with_colours(sources) if sources else ([], 0.0, [])
    things = shared_names(session, [*colouring, *(shared for group in groups for shared in group.shared)])
    low, high = charts.scale([row["shares"]])
    return {
        "verdict": ranking.verdict,
        "ranked_on": session.leads.ranked_on,
        "lead": row,
        "line": _line(row, len(ranking.leads)),
        "staged": {stage: sum(stage in candidate.stages for candidate in ranking.leads) for stage in lead.stages},
        "most": _piece(place.most) if place is not None and place.most is not None else None,
        "falsehood": {
            "pieces": [_piece(piece) for piece in falsehood.pieces],
            "rank": falsehood.rank,
            "fewest": falsehood.fewest,
            "tried": falsehood.tried,
        }
        if falsehood is not None
        else None,
        "invented": invented,
        "bar": charts.stack(row["shares"], low, high, 2 * _BAR, row["score_on_record"]),
        "made_of": [
            asdict(part) | {"says": resting.made_of(part.relation, part.end, part.by_kind)}
            for part in why.because.made_of
        ],
        "total": len(ranking.leads),
        "summary": resting.summary(lead.id, rows(why.supporting), row["groups"], row["other_sources"], row["denied"]),
        "supporting": rows(why.supporting, voices=why.voices, why=why),
        "lowering": rows(why.lowering, voices=why.voices, why=why),
        "other": rows(why.other, voices=why.voices),
        "denying": rows(why.denying, why=why),
        "taken_back": rows(why.taken_back),
        "groups": [list(group.sources) for group in groups],
        "reasons": group_rows(groups, things),
        "colouring": shared_rows(colouring, things),
        "other_sources": list(why.other_sources),
        "sources": session.grant.sources,
        "paths": [
            {
                "source": path.source,
                "strength": path.strength,
                "steps": [row | {"said": wording.claim(row)} for row in rows(path.claims, voices=why.voices)],
            }
            for path in why.paths
        ],
        "readings": [
            {
                "name": reading.name,
                "text": reading.text,
                "entities": [
                    (identifier, names.get(identifier, identifier)) for identifier in reading.entities[:_NAMED]
                ],
                "more": max(len(reading.entities) - _NAMED, 0),
            }
            for reading in read
        ],
        "questions": [
            {
                "text": question.text,
                "claim": row,
                "rank_if_true": question.rank_if_true,
                "rank_if_false": question.rank_if_false,
            }
            for question in asking.questions
            for row in rows([question.claim])
        ],
        "question_notes": list(asking.notes),
        "put": [{"claim": claim, "account": who, "at": when} for claim, (who, when) in asking.put.items()],
        "questions_most": asking.most,
        "reviews": [review_row(review) for review in session.leads.reviews.of(lead.id)],
        "what_if": what_if_values(session, [lead.id]),
        "may_review": session.may("review"),
        "seen": session.version,
    }


@blueprint.post("/lead/review")
def review(case: str) -> ResponseReturnValue:
    """Record what a user decided about a lead."""
    form = request.form
    identifier = form.get("id", "")
    judgement, reason = form.get("judgement", ""), form.get("reason", "")
    session = at(case)

    def reviewing() -> ResponseReturnValue:
        session.leads.reviews.add(identifier, judgement, reason, seen=form.get("seen", -1, type=int))
        return redirect(url_for("leads.lead", case=case, id=identifier, _anchor="reviews"), code=303)

    return or_again(reviewing, lambda: _answer(session, identifier))


@blueprint.post("/lead/question")
def question(case: str) -> ResponseReturnValue:
    """Record that a question about a claim was put to the person responsible for its statement."""
    form = request.form
    identifier = form.get("id", "")
    at(case).leads.questions.put(identifier, form.get("claim", ""))
    return redirect(url_for("leads.lead", case=case, id=identifier, _anchor="questions"), code=303)


def review_row(review: answers.Review) -> dict[str, Any]:
    """Return a review as a row, with a sentence on later changes of the lead."""
    return asdict(review) | {"changed": review.has_changed, "since": review.since, "shown": review.figures_line}


def rows_with_reviews(rows: Iterable[answers.LeadRow], session: Session) -> list[dict[str, Any]]:
    """Return the rows with the latest `review` of each lead that this reader may see."""
    latest = session.leads.reviews.latest()
    return [row.whole() | {"review": review_row(latest[row.id]) if row.id in latest else None} for row in rows]


def ranked_row(session: Session, identifier: str) -> dict[str, Any] | None:
    """Return a person's row in the ranking, and the number of people ranked; None if the reader sees no such row."""
    if not session.may("analyse"):
        return None
    ranking = session.leads.ranking()
    lead = next((lead for lead in ranking.leads if lead.id == identifier), None)
    if lead is None:
        return None
    return answers.LeadRow.of(lead).whole() | {"of": len(ranking.leads), "verdict": ranking.verdict}


def _piece(piece: answers.Piece) -> dict[str, Any]:
    """Return the fields of an evidence item for page and JSON."""
    return {name: getattr(piece, name) for name in ("kind", "statement", "words", "sources", "claims")}


def _line(row: Mapping[str, Any], total: int) -> dict[str, float] | None:
    """Return the positions of a lead's rank and rank range on a line; None if the range may not be shown."""
    best, worst, low, high = (row[name] for name in answers.RANKS_HELD)
    return None if best is None else charts.ranks(best, worst, low, high, row["rank"], total, _LINE)


def _chosen(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that pass the filters in the URL, sorted as it requests.

    Raises:
        RequestError: the URL names an unknown order or filter.
    """
    wanted = request.args.get("q", "").strip().casefold()
    if wanted:
        rows = [row for row in rows if wanted in row["name"].casefold() or wanted in row["id"].casefold()]
    tests: dict[tuple[str, str], Callable[[dict[str, Any]], bool]] = {
        ("voices", "several"): lambda row: row["counted"] + row["other_sources"] >= 2,
        ("record", "yes"): lambda row: row["score_on_record"] > 0,
        ("denied", "yes"): lambda row: row["deniers"] > 0,
        ("denied", "no"): lambda row: row["deniers"] == 0,
        **{("rests", kind): partial(_rests_on, words) for kind, words in limits.EVIDENCE_KINDS.items()},
        ("rests", "one"): lambda row: bool(row["rests_on"]),
        ("rests", "more"): lambda row: row["rests_on"] == "",  # None means that it may not be shown, so is neither
        ("surfaced", "yes"): lambda row: bool(row["surfaced"]),
        ("review", "none"): lambda row: row["review"] is None,
        ("review", "any"): lambda row: row["review"] is not None,
        ("review", "changed"): lambda row: row["review"] is not None and row["review"]["since"] != "",
    }
    tests |= {("review", judgement): partial(_has_judgement, judgement) for judgement in wording.JUDGEMENTS}
    tests |= {("stage", stage): partial(_has_a_hand, stage) for stage in wording.STAGES}
    for name in ("voices", "record", "denied", "review", "rests", "stage", "surfaced"):
        value = request.args.get(name, "")
        if value and (name, value) not in tests:
            raise RequestError(
                f"The filter {name} takes {', '.join(v for n, v in tests if n == name)}, not {value[:40]!r}."
            )
        if value:
            rows = [row for row in rows if tests[name, value](row)]
    order = request.args.get("sort", "") or "rank"
    if order not in _ORDERS:
        raise RequestError(f"Leads can be sorted by {', '.join(_ORDERS)}, not by {order[:40]!r}.")
    return sorted(rows, key=_ORDERS[order])


def _rests_on(words: str, row: dict[str, Any]) -> bool:
    return words in (row["rests_on"] or "").split(", ")


def _has_a_hand(stage: str, row: dict[str, Any]) -> bool:
    return stage in row["stages"]


def _has_judgement(judgement: str, row: dict[str, Any]) -> bool:
    return row["review"] is not None and row["review"]["judgement"] == judgement


def _review_word(value: Any) -> Any:
    """Return the judgement of a review; any other value unchanged."""
    return value["judgement"] if isinstance(value, dict) else value


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(ids))
    return {identifier: row["name"] or identifier for identifier, row in session.network.entities.by_id(wanted).items()}


def _rows(
    claims: Iterable[Any],
    names: dict[str, str],
    denying: Mapping[tuple[str, str, str], int | str],
    voices: Mapping[tuple[str, str, str], int | str] | None = None,
    why: answers.Explanation | None = None,
) -> list[dict[str, Any]]:
    """Convert claims of the analysis to the rows of claims that pages show.

    Args:
        claims: claims of the analysis.
        names: id → name.
        denying: denied or contested link → its denials.
        voices: link → number of groups of witnesses, if witness statements are shown as one.
        why: explanation with each claim's share of the score.
    """
    return [
        asdict(claim)
        | {
            "claim": claim.id,
            "subject_name": names.get(claim.subject, claim.subject),
            "object_name": names.get(claim.object, claim.object),
            "statement_kind": claim.source_kind,
            "groups": (voices or {}).get(claim.key, 0) if not claim.statement else 0,
            "denying": denying.get(claim.key, 0) if claim.asserts else 0,
        }
        | ({"share": why.because.share(claim)} if why is not None else {})
        for claim in claims
    ]
