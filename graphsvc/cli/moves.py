"""Worker movements after a workplace closed, on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.looking import FORMATS, Opener, write
from graphsvc.cli.printed import say, say_text
from graphsvc.records.iso import json_safe
from graphsvc.views.displacement.rows import MOVE_COLUMNS, besides, move_cells


@click.command()
@click.option(
    "--id",
    "ids",
    multiple=True,
    metavar="ID",
    help="A workplace; may be repeated. Without it: all that closed or emptied.",
)
@click.option(
    "--day", default="", metavar="DAY", help="People present before this day (of a visit), such as 2020-05-08."
)
@click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@acting
def moves(session: Opener, ids: Sequence[str], day: str, case: str, form: str) -> None:
    """Show where people from a closed workplace went, and whether chance would have sent them there."""
    with session(case) as acts, acts.look("analyse", query="displacement"):
        rows = acts.displacement.moves(ids, day=day)
        verdicts = acts.displacement.verdicts(ids, day=day)
    if form == "json":
        say_text(json.dumps(json_safe({"verdicts": verdicts, "moves": rows}), ensure_ascii=False, indent=1))
        return
    write(form, MOVE_COLUMNS, map(move_cells, rows))
    say(*besides(verdicts), err=True)


commands = (moves,)
