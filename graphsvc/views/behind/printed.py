"""The answer as a PDF: the table with ranks; gaps, denials and questions; the picture; then every link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphsvc.records.coarsened import CONTESTED
from graphsvc.records.numbers import count, plural
from graphsvc.views.behind.answer import Answer
from graphsvc.views.behind.gaps import unnamed_sentence
from graphsvc.views.behind.picture import across
from graphsvc.views.behind.rows import RUNS, AnswerRow, PartSaid, is_weak
from graphsvc.views.behind.words import (
    against_it,
    carried_text,
    coercion,
    doubts_of,
    name_with_id,
    served_text,
    who_did,
)
from graphsvc.views.forms.about import SAYS
from graphsvc.views.forms.drawing import legend, picture
from graphsvc.views.forms.printed import typeset, without_letters
from graphsvc.views.picture.network import Picture
from graphsvc.views.resting import rests
from graphsvc.views.sentences import on_paper
from graphsvc.views.wording import SIGNS, belief_short, voices_short

_PAGE = Path(__file__).with_name("page.typ")
_LEGEND_WIDTH = 1032.0
# Maximum number printed of: people or things that link several rows, questions, denied links, names in a cell.
_COMMON, _QUESTIONS, _AGAINST, _NAMES = 8, 6, 8, 3
_KEY = (
    "Rank: place in the list of leads. Strong: believed at .75 or more; some: at .5 or more; weak: at less;"
    " contested: something speaks against it."
)


def as_pdf(
    answer: Answer,
    view: Picture,
    *,
    subject: str,
    ranked_on: str,
    case: str,
    handling: str,
    version: int,
    by: str,
    purpose: str,
    printed_at: str,
    in_steps: bool,
) -> bytes:
    """Return the answer as a PDF, A4.

    Args:
        answer: answer to print.
        view: its picture.
        subject: the entities it is about, in words.
        ranked_on: note on the ranks, or an empty text.
        case: name of the case.
        handling: handling code it is marked with.
        version: version of the case, as its reader sees it.
        by: person who printed it.
        purpose: purpose of the reader.
        printed_at: time of printing, in words.
        in_steps: whether belief is shown in four steps.
    """
    drawn = picture(across(view), names_beside=True)
    values = {
        "title": f"Who is behind {subject}",
        "notes": [*filter(None, (ranked_on, _KEY, "Anyone who steered or assisted may have been forced to."))],
        "mark": on_paper(case, handling, version, by, purpose),
        "case": case,
        "made": printed_at,
        "says": SAYS,
        "kind": answer.kind.capitalize(),
        "several": plural(2, answer.kind),
        "acts": [who_did(name) for name in answer.brief],
        "brief": [
            {
                "id": row.about.id,
                "name": "" if row.about.name == row.about.id else row.about.name,
                "boats": [node.id for node, _ in row.along if node.kind == "boat"],
                "carried": str(row.carried or ""),
                "acts": [list(_acting(row, name)) for name in answer.brief],
            }
            for row in answer.rows
        ],
        "gaps": [
            *filter(None, (answer.cut, answer.passed_over)),
            *answer.gaps,
        ],
        "complete": all(row.said for row in answer.rows),
        "against": [
            *(item.text for item in answer.against[:_AGAINST]),
            *_more(len(answer.against) - _AGAINST, "other", "that are denied"),
        ],
        "change": [
            *answer.lone,
            *(each.text for each in answer.moved),
            *(question.text for question in answer.questions[:_QUESTIONS]),
            *_more(len(answer.questions) - _QUESTIONS, "question", "to ask"),
        ],
        "common": [
            [shared.who.name, f"{len(shared.rows)} of {len(answer.rows)}", ", ".join(map(name_with_id, shared.rows))]
            for shared in answer.common[:_COMMON]
        ],
        "more": [*_more(len(answer.common) - _COMMON, "other", "that link several")],
        "rows": [
            {
                "about": name_with_id(row.about)
                + "".join(
                    f" · {node.name}" + (f" ({doubts_of(edge)})" if is_weak(edge) else "") for node, edge in row.along
                )
                + (f" · {carried_text(row.carried)}" if row.carried else ""),
                "said": list(_part_rows(row, in_steps=in_steps)),
                "unnamed": unnamed_sentence(row),
            }
            for row in answer.rows
        ],
    }
    under = legend(view, _LEGEND_WIDTH, drawn.unlabelled, without_letters(node.name for node in view.nodes))
    (content,) = typeset(
        _PAGE.read_bytes(), "pdf", {"told": json.dumps(values), "picture": drawn.alone(), "legend": under.alone()}
    )
    return content


def _more(many: int, noun: str, clause: str) -> Iterator[str]:
    """Yield a note on how many entries are not printed, if there are any."""
    if many > 0:
        yield f"And {count(many, noun)} {clause}: they are on the page and in the JSON."


def _acting(row: AnswerRow, relation: str) -> Iterator[dict[str, Any]]:
    """Yield the first people with this relation in a row, with rank and strength; then the number of the others."""
    parts = [part for part in row.said if part.edge.relation == relation]
    for part in parts[:_NAMES]:
        runs = [
            f"{run.who.name} ({run.strength})"
            for run in row.said
            if run.edge.relation == RUNS and run.what and run.what.id == part.who.id
        ]
        words = (
            f"rank {part.lead.rank}" if part.lead else "",
            part.strength,
            f"run by {' and '.join(runs)}" if runs else "",
            "coerced" if part.coerced else "",
            f"lawfully served {part.served}" if part.served_many else "",
        )
        yield {"name": part.who.name, "words": ", ".join(filter(None, words)), "denied": part.strength == CONTESTED}
    if len(parts) > _NAMES:
        yield {"name": "", "words": f"and {count(len(parts) - _NAMES, 'other')}, on the last sheet", "denied": False}


def _part_rows(row: AnswerRow, *, in_steps: bool) -> Iterator[list[str]]:
    """Yield the cells of each link of a row; notes on a person are printed only with their first link."""
    named: set[str] = set()
    for part in row.said:
        yield _cells(part, again=part.who.id in named, in_steps=in_steps)
        named.add(part.who.id)


def _cells(part: PartSaid, *, again: bool, in_steps: bool) -> list[str]:
    edge, lead = part.edge, part.lead
    rank = ""
    if lead:
        rank = f"{lead.rank}" + (f" ({lead.best} to {lead.worst})" if lead.best not in (None, lead.worst) else "")
        rank = "; ".join(filter(None, (rank, "" if again else rests(lead.rests_on))))
    name = part.who.name
    if not (part.who.identified or part.who.sealed):
        name += f", {SIGNS['unidentified']}"
    if part.served and not again:
        name += f"; {served_text(part.served)}"
    if part.coerced and not again:
        name += f"; {coercion([by for _, by in part.coerced])}"
    return [
        name,
        edge.says + (f" {name_with_id(part.what)}" if part.what else ""),
        belief_short(edge.belief) if in_steps else f"{edge.belief:.2f}",
        voices_short(edge.groups, edge.other_sources),
        "yes" if edge.belief_on_record > 0 else "no",
        against_it(part),
        rank,
    ]
