"""Series over time on the command line: `series load`, `list`, `remove`, `surges`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.looking import FORMATS, write
from graphsvc.cli.printed import say, say_text
from graphsvc.records.dates import day, moment
from graphsvc.records.iso import json_safe
from graphsvc.records.numbers import count, short
from graphsvc.service import SeriesChoice, Session, limits

Opener = Callable[..., AbstractContextManager[Session]]
_CASE = click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
_COLUMNS = ("first", "last", "peak", "most", "count", "expected", "p", "most_since")


@click.group("series")
def series() -> None:
    """Counts by day (of a case's crossings, or official figures), and the unusual days."""


@series.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, metavar="NAME", help="What the series is asked for by.")
@_CASE
@click.option(
    "--handling",
    type=click.Choice(["P", "C"]),
    default=None,
    help="P: those cleared for P alone see it too. Without it: your own level.",
)
@click.option(
    "--empty",
    type=click.Choice([word for word in limits.EMPTY_DAYS if word]),
    default=None,
    help="What a cell without a number or a day without a row means. Without it: zero, unless a 0 is written somewhere.",
)
@click.option("--replace", is_flag=True, help="Put it in the place of the series of this name.")
@click.option("--published", default="", metavar="DAY", help="When these figures were published; without it today.")
@acting
def load(
    session: Opener,
    file: Path,
    name: str,
    case: str,
    handling: str | None,
    empty: str | None,
    published: str,
    *,
    replace: bool,
) -> None:
    """Import a table of counts by day (.csv or .xlsx) as a series to compare a case with."""
    with session(case) as acts:
        stored = acts.time.reference.load(
            file, name, handling=handling or "", empty=empty or "", replace=replace, published=published
        )
    days = "days" if stored.step == 1 else "weeks"
    say(
        f"{stored.name}: {len(stored.numbers[0]):,} {days} from {day(stored.first)}; columns {', '.join(stored.columns)}."
    )
    say(*stored.notes, err=True)


@series.command("list")
@_CASE
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@acting
def list_series(session: Opener, case: str, form: str) -> None:
    """List the imported series of a case."""
    with session(case) as acts:
        stored = acts.time.reference.list_series()
    rows = (
        [
            each.name,
            each.first,
            len(each.numbers[0]),
            each.step,
            each.handling,
            each.account,
            moment(each.at),
            list(each.columns),
        ]
        for each in stored
    )
    write(form, ["name", "first", "counts", "step", "handling", "loaded_by", "loaded_at", "columns"], rows)


@series.command("remove")
@click.argument("name")
@_CASE
@acting
def remove(session: Opener, name: str, case: str) -> None:
    """Remove an imported series for good."""
    with session(case) as acts:
        acts.time.reference.remove(name)
    say(f"{name} is removed.", err=True)


@series.command("surges")
@click.argument("name", default="crossings")
@_CASE
@click.option("--by", "step", type=click.Choice(["day", "week"]), default="day", show_default=True)
@click.option("--launch", default="", metavar="SITE", help="Only crossings from this launch site.")
@click.option("--landing", default="", metavar="SITE", help="Only crossings to this landing site.")
@click.option("--gang", default="", metavar="ID", help="Only crossings that this gang or its people had a hand in.")
@click.option("--column", default="", help="Which column of a series that was brought in; without it the first.")
@click.option(
    "--condition", default="", metavar="COLUMN", help="The column that says how the days were, such as the waves."
)
@click.option("--until", default="", metavar="DAY", help="As it was known at the end of this day.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True, help="csv and json hold every day.")
@acting
def surges(session: Opener, name: str, case: str, form: str, **chosen: str) -> None:
    """Show what stands out in a series: crossings, people or per_boat of the case, or an imported series.

    Each day is compared only with the days before it. A surge says that a count is unusual, never why.
    """
    with session(case) as acts:
        answer = acts.time.surges(SeriesChoice(name, **chosen))
    plain = answer.plain()
    if form == "json":
        say_text(json.dumps(json_safe(plain), ensure_ascii=False, indent=1))
        return
    if form == "csv":
        write(form, list(plain["days"][0]), (list(row.values()) for row in plain["days"]))
    else:
        write(form, _COLUMNS, ([surge[column] for column in _COLUMNS] for surge in plain["surges"]))
    changes = (
        f"From {day(part.first)} about {short(part.weekly)} {'in the mean' if answer.series.mean else 'a week'}"
        + (f", {short(part.times)} times as many as before" if part.times else "")
        for part in answer.segments[1:]
    )
    say(answer.verdict, *answer.notes, f"{count(len(answer.marks), 'record')}; the newest on {day(answer.marks[-1].day)}." if answer.marks else "No record.",
        *changes, err=True)  # fmt: skip


commands = (series,)
