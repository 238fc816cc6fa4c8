"""Commands that show leads, answers on who is behind something, linked crossings and named queries."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import in_a_cell, say, say_text
from graphsvc.errors import Busy, RequestError
from graphsvc.records.cells import inert
from graphsvc.records.iso import json_safe
from graphsvc.service import Session, answers
from graphsvc.views.beside import cut_message
from graphsvc.views.linked import COLUMNS as LINKED_COLUMNS
from graphsvc.views.sentences import NOT_TOLD

Opener = Callable[..., AbstractContextManager[Session]]
FORMATS = click.Choice(["table", "csv", "json"])
_SHOWN_LEADS = 20


@click.command()
@click.argument("case", default="")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option(
    "--all", "everyone", is_flag=True, help="Every candidate, not only the first 20, or none where no one stands out."
)
@acting
def hubs(session: Opener, case: str, form: str, *, everyone: bool) -> None:
    """List a case's leads, best first: intelligence, never evidence, and never a finding of guilt."""
    with session(case) as acts:
        ranking = acts.leads.table()
        reviews = acts.leads.reviews.latest() if form != "json" else {}
    total = len(ranking["hubs"])
    # If no one stands out, any order would look like a ranking, so the list is shown only on request.
    shown_count = total if everyone else 0 if ranking["verdict"] == "abstains" else min(_SHOWN_LEADS, total)
    chosen = ranking["hubs"][:shown_count]
    if form == "json":
        answer = {name: ranking[name] for name in ("case", "verdict", "reason", "ranked_on")}
        say_text(json.dumps({**answer, "total": total, "hubs": chosen}, ensure_ascii=False, indent=1))
        return
    say(f"{ranking['verdict']}: {ranking['reason']}", *filter(None, [ranking["ranked_on"]]), err=True)
    rows = [lead | {"review": reviews[lead["id"]].judgement if lead["id"] in reviews else None} for lead in chosen]
    columns: tuple[str, ...] = answers.LISTED_COLUMNS
    if form == "csv":  # users of the file may not see the verdict, which is printed on stderr
        columns = (*columns, "verdict")
        rows = [row | {"verdict": ranking["verdict"]} for row in rows]
    else:
        rows = [row | {name: NOT_TOLD for name in answers.RANKS_HELD if row[name] is None} for row in rows]
    if rows or form == "csv":
        write(form, columns, [[row[column] for column in columns] for row in rows])
    if shown_count < total:
        none = f"{total} are ranked, and where no one stands out none is listed; --all gives all the same."
        say(f"{shown_count} of {total}; --all gives all." if shown_count else none, err=True)


@click.command()
@click.option(
    "--id",
    "ids",
    multiple=True,
    metavar="ID",
    help="A crossing, boat, gang, workplace, person or thing; may be repeated.",
)
@click.option("--date", "day", default="", metavar="DAY", help="The crossings of a day as well, such as 2020-05-08.")
@click.option("--until", default="", metavar="DAY", help="All days from --date to this day.")
@click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@acting
def behind(session: Opener, ids: Sequence[str], day: str, until: str, case: str, form: str) -> None:
    """List the people said to be behind some things, the people behind several of them, and the gaps."""
    with session(case) as acts:
        whole = acts.network.answers.behind(ids, day=day, until=until)
    if form == "json":
        say_text(json.dumps(whole.as_json(), ensure_ascii=False, indent=1))
    else:
        _write_answer(form, whole)
    if whole.answer.truncated:
        raise Busy(whole.answer.cut)


def _write_answer(form: str, whole: answers.Behind) -> None:
    answered = whole.answer
    end = -1 if form == "table" else None  # below a table, the gaps are printed as sentences
    write(form, answered.columns[:end], [row[:end] for row in whole.cells])
    linking = (f"Links {len(shared.rows)} of {len(answered.rows)}: {shared.who.name}" for shared in answered.common)
    say(
        *filter(None, [answered.passed_over, whole.ranked_on]),
        *answered.gaps,
        *(item.text for item in answered.against),
        *linking,
        *answered.lone,
        *(each.text for each in answered.moved),
        *(question.text for question in answered.questions),
        err=True,
    )


@click.command()
@click.option("--id", "crossing", default="", metavar="ID", help="All that share a name with this crossing.")
@click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@acting
def linked(session: Opener, crossing: str, case: str, form: str) -> None:
    """List linked crossings, pair by pair, and the names they share: intelligence, never evidence."""
    with session(case) as acts:
        pairs = acts.linkage.table(crossing)
    write(form, LINKED_COLUMNS, pairs.rows)
    say(*filter(None, (pairs.nothing, pairs.ranked_on)), err=True)
    say(*(f"Cluster {number}: {', '.join(crossings)}" for number, crossings in pairs.clusters.items()), err=True)
    if pairs.cut:
        raise Busy(pairs.cut)


@click.command()
@click.argument("name", default="")
@click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
@click.option(
    "--param", "assignments", multiple=True, metavar="NAME=VALUE", help="A parameter of the query; may be repeated."
)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--cypher", is_flag=True, help="Show the query's text instead of running it.")
@acting
def query(session: Opener, name: str, case: str, assignments: Sequence[str], form: str, *, cypher: bool) -> None:
    """Run a named query; without a name, list them. If the answer is cut, the exit status is 75."""
    with session(case) as acts:
        if not name:
            rows = ([q.name, q.title, " ".join(p.name for p in q.parameters)] for q in acts.queries.listed())
            write(form, ["name", "title", "parameters"], rows)
            return
        if cypher:
            say_text(acts.queries.text(name))
            return
        answer, answered = acts.queries.run_with_extra_columns(name, as_given(assignments), names=form != "table")
    write(form, answered.columns, answered.rows)
    say(*filter(None, [answer.taken_out]), err=True)
    if answer.truncated:
        raise Busy(cut_message(len(answer.rows)))


def as_given(assignments: Iterable[str]) -> dict[str, str]:
    """Parse parameters written as NAME=VALUE.

    Raises:
        RequestError: a parameter has no equals sign, or is given twice.
    """
    values: dict[str, str] = {}
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        if not sign:
            raise RequestError(f"Write a parameter as NAME=VALUE, not {assignment!r}.")
        if name in values:
            raise RequestError(f"The parameter {name!r} is given twice. Give it once.")
        values[name] = value
    return values


def write(form: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as `table`, `csv` or `json`; numbers are rounded, to three digits, only in a table."""
    if form == "json":
        say(json.dumps([json_safe(dict(zip(columns, row, strict=True))) for row in rows], ensure_ascii=False))
    elif form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
        say_text(text.getvalue().removesuffix("\n"))
    else:
        _table(columns, [[_text(value) for value in row] for row in rows])


def _table(columns: Sequence[str], rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    numeric = [bool(rows) and all(_is_number(row[place]) for row in rows) for place in range(len(columns))]
    for row in [list(columns), *rows]:
        cells = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        say("  ".join(cells).rstrip())


def _is_number(text: str) -> bool:
    figures, small, places = text.partition("e-")
    whole = figures.replace(".", "", 1).replace("-", "", 1).isdigit()
    return (whole and (not small or places.isdigit())) or not text


def _text(value: Any) -> str:
    """Return the text of a table cell, without control characters, which could control the terminal."""
    value = json_safe(value)
    if value is None:
        return ""
    if isinstance(value, float):
        # Three decimal places would turn a p of 0.00023 into 0.
        return f"{value:.3g}" if abs(value) < 1 else f"{value:.3f}".rstrip("0").rstrip(".")
    return in_a_cell("; ".join(map(str, value)) if isinstance(value, list) else str(value))


def _cell(value: Any) -> Any:
    """Return a value for a CSV cell: numbers unchanged, text complete, formulas made inert."""
    value = json_safe(value)
    if value is None or isinstance(value, float):
        return value
    text = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if _is_number(text) else inert(text)


commands = (hubs, behind, linked, query)
