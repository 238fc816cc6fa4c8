"""Deliveries on the command line: import, undo and list them; and invented cases."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say
from graphsvc.cli.progress import show_progress
from graphsvc.errors import InputError, RequestError
from graphsvc.records.cells import inert
from graphsvc.records.dates import day as day_of
from graphsvc.records.numbers import count
from graphsvc.service import Session, answers, invented, limits
from graphsvc.views.loading import NOBODY_MOVES, UNTOLD, chart_read, nothing_new, read_otherwise, received_rows
from graphsvc.views.waits import no_one_stands_out, others_moved

Opener = Callable[..., AbstractContextManager[Session]]
_NAMES = 20  # maximum identities of sealed people that are printed: a longer list is a risk if lost
_FAULTS = 100  # maximum faults printed; a file can have them all
_LARGEST = 999_999_999
_COLUMNS = ("read", "added", "changed", "unchanged", "received", "duplicate", "rejected", "superseded")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--case", "case", required=True, help="The case; made if it is new.")
@click.option(
    "--mapping", default="", help="A mapping file (TOML), or the name of a built-in one, for other people's tables."
)
@click.option("--partial", is_flag=True, help="The delivery only adds: nothing is superseded or emptied.")
@click.option("--strict", is_flag=True, help="Commit nothing if any row is rejected.")
@click.option("--dry-run", is_flag=True, help="Say what would change; commit nothing.")
@click.option(
    "--protection",
    type=click.Choice(list(limits.PROTECTIONS)),
    default=None,
    help="Protection of a new case: witness (people without an act are shown by a pseudonym) or marked (only marked people are).",
)
@click.option(
    "--identities",
    is_flag=True,
    help="Say who is sealed in the delivery (source clearance); that you asked is in the log.",
)
@click.option(
    "--other-names",
    is_flag=True,
    help="Load although most ids that are loaded already have another name in it: they are the same.",
)
@click.option(
    "--rejections",
    "rejections",
    type=click.Path(path_type=Path),
    help="A file to write every rejected row to (CSV). It may name people who are sealed.",
)
@click.option(
    "--undo",
    type=click.IntRange(1, _LARGEST),
    help="Take this delivery back instead (its number; see `graphsvc deliveries`).",
)
@acting
def load(
    session: Opener,
    path: Path | None,
    case: str,
    mapping: str,
    rejections: Path | None,
    undo: int | None,
    protection: str | None,
    *,
    partial: bool,
    strict: bool,
    dry_run: bool,
    other_names: bool,
    identities: bool,
) -> None:
    """Load a delivery (a case folder, a .zip of it, a workbook, a chart or a graph) into a case, or undo one."""
    if (path is None) == (undo is None):
        raise RequestError("Name the folder or file to load, or a delivery to take back with --undo, not both.")
    if identities and (dry_run or undo is not None):
        raise RequestError("--identities lists the people a committed delivery seals: leave out --dry-run and --undo.")
    if undo is not None:
        rejections = None  # an undo rejects nothing
    with _create_rejections(rejections), session(case, new=undo is None) as acts, show_progress() as progress:
        if undo is not None:
            for note in acts.deliveries.undoing(undo):
                say(note, err=True)
            if dry_run:
                say("Nothing was taken back (--dry-run).", err=True)
                return
            owed = acts.deliveries.undo(undo, progress)
            say(f"Delivery {undo} of {case} was taken back.", *filter(None, [owed]), err=True)
            return
        assert path is not None  # noqa: S101  # said above; for the type checker
        ranks = dry_run and acts.grant.sources and acts.may("analyse") and case in {known.id for known in acts.cases()}
        loaded = acts.deliveries.load(
            path,
            progress,
            mapping=mapping,
            partial=partial,
            strict=strict,
            dry_run=dry_run,
            identities=identities,
            other_names=other_names,
            protection=protection or "",
        )
        others_note = others_moved(loaded.moves, sources=acts.grant.sources)
        besides = [others_note, acts.leads.ranked_on] if loaded.moves else []
        if ranks and not loaded.moves and not loaded.changes_nothing and not loaded.received_count:
            besides = [NOBODY_MOVES]
    _report(loaded, besides, rejections, dry_run=dry_run)
    if identities:
        _identify(loaded)
    if strict and loaded.rejections:
        raise InputError("Nothing was committed, since --strict was given and rows were rejected (above).")


@contextmanager
def _create_rejections(rejections: Path | None) -> Iterator[None]:
    """Create the file for rejections before anything is imported, and remove it if the import fails.

    Raises:
        RequestError: the file exists already, or cannot be created.
    """
    if rejections is None:
        yield
        return
    try:
        rejections.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise RequestError(
            f"{rejections} is there already. Nothing was loaded; choose another file for the rejections."
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise RequestError(
            f"There is no folder {rejections.parent} for the rejections. Nothing was loaded; make it first."
        ) from None
    except OSError as error:
        raise RequestError(
            f"{rejections} cannot be made ({error.strerror}). Nothing was loaded; choose another file for the rejections."
        ) from None
    try:
        yield
    except BaseException:
        rejections.unlink(missing_ok=True)
        raise


def _report(loaded: answers.Loaded, besides: Sequence[str], rejections: Path | None, *, dry_run: bool) -> None:
    columns = [name for name in _COLUMNS if name != "received" or loaded.received_count]
    say("".join([f"{'table':12}", *(f"{name:>11}" for name in columns)]))
    for table, counts in loaded.counts.items():
        say("".join([f"{table:12}", *(f"{counts[name]:>11,}" for name in columns)]))
    _report_rejections(loaded, rejections)
    for change in loaded.changes:
        say(f"changes: {change}", err=True)
    if dry_run and (more := sum(counts["changed"] for counts in loaded.counts.values()) - len(loaded.changes)) > 0:
        say(f"changes: {count(more, 'more row')}", err=True)
    for lost in loaded.weightless:
        say(f"weight: {lost}", err=True)
    no_one = no_one_stands_out(move.verdict for move in loaded.moves)
    moves = (str(move) for move in loaded.moves if move.notable)
    for sentence in filter(None, (no_one, *moves, *besides)):
        say(f"leads: {sentence}", err=True)
    for renaming in loaded.other_names:
        say(f"other names: {renaming}", err=True)
    for equal in loaded.equal:
        say(f"equal: {equal}", err=True)
    for passed in loaded.passed_over:
        say(f"passed over: {passed}", err=True)
    if loaded.chart is not None:
        for chart_type in (*loaded.chart.entities, *loaded.chart.links):
            known = "" if chart_type.chosen else " (a type that is not known)"
            known += f" ({read_otherwise(chart_type.otherwise)})" if chart_type.otherwise else ""
            say(
                f"chart: {chart_type.items:,} of type {chart_type.name!r} read as {chart_type.read_as or 'nothing'}{known}",
                err=True,
            )
        say(f"chart: {chart_read(loaded.chart.graded, loaded.chart.others, loaded.chart.ignored)}", err=True)
        say(f"chart: that statement is {loaded.chart.statement['id']}", err=True)
    for note in filter(None, [received_rows(loaded.received_count), *loaded.notes]):
        say(note, err=True)
    if dry_run:
        say(
            *([nothing_new(loaded.same_as)] if loaded.changes_nothing else []),
            "Nothing was committed (--dry-run).",
            err=True,
        )
    elif loaded.same_as is not None:
        say(f"The case {loaded.case} holds all of this already (delivery {loaded.same_as}); nothing changed.", err=True)
    elif loaded.committed:
        say(f"Loaded into {loaded.case} as delivery {loaded.delivery}.", *filter(None, [loaded.owed]), err=True)


def _report_rejections(loaded: answers.Loaded, target: Path | None) -> None:
    """Print one line for each fault, however many rows have it; write all rejected rows to `target` if it is set."""
    faults = loaded.faults
    for fault in faults[:_FAULTS]:
        say(f"rejected: {fault}", err=True)
    if len(faults) > _FAULTS:
        say(f"rejected: {len(faults) - _FAULTS:,} other faults, not shown", err=True)
    if target is not None:
        try:
            _write_rejections(loaded, target)
        except OSError as error:  # such as a full disk; the import itself is done
            say(f"Not every rejected row is in {target}: it cannot be written ({error.strerror}).", err=True)
        else:
            say(f"Each rejected row is in {target}.", err=True)
    elif len(faults) < len(loaded.rejections) or len(faults) > _FAULTS:
        say("--rejections FILE writes each rejected row to a file.", err=True)


def _write_rejections(loaded: answers.Loaded, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(answers.REJECTION_COLUMNS)
        for rejection in loaded.rejections:
            writer.writerow([inert(str(getattr(rejection, name))) for name in answers.REJECTION_COLUMNS])


def _identify(loaded: answers.Loaded) -> None:
    """Print the identity behind each pseudonym that the committed delivery sealed."""
    if not loaded.committed:
        say("sealed: nothing was committed, so nobody was sealed by it", err=True)
        return
    names = loaded.names
    for pseudonym, name in list(names.items())[:_NAMES]:
        say(f"sealed: {name} is {pseudonym}", err=True)
    if len(names) > _NAMES:
        say(f"sealed: {len(names) - _NAMES:,} more of this delivery; `graphsvc known` looks for one by name", err=True)
    if not names:
        say("sealed: nobody in this delivery", err=True)


@click.command()
@click.argument("case", default="")
@acting
def deliveries(session: Opener, case: str) -> None:
    """List the deliveries of a case, newest first."""
    with session(case) as acts:
        rows, whole = acts.deliveries.list_deliveries(), acts.grant.handling == "C"
    for row in rows:
        day = day_of(row["loaded_at"])
        read = sum(counts["read"] for counts in row["counts"].values())
        by = f"by {row['account']}" if row["account"] else "accounts by form"
        say(
            f"{row['number']:>4}  {row['status']:8} {day:>18}  {read:>8,} rows  {by}{'  held back' if row['held_by'] else ''}"
        )
    if not rows:
        say("No delivery has been loaded. `graphsvc load FOLDER --case NAME` loads one." if whole else UNTOLD, err=True)


@click.command("cases")
@acting
def list_cases(session: Opener) -> None:
    """List the cases you can see."""
    with session() as acts:
        cases = acts.cases()
    for case in cases:
        say(f"{case.id}{'' if case.state == 'open' else '  (being loaded)'}")
    if not cases:
        say("There is no case you can see. `graphsvc load FOLDER --case NAME` makes one.", err=True)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Which world; the same seed gives the same files.")
@click.option(
    "--people", type=int, help="How many people, at most 100,000: 2000, or drawn from the seed in a hard world."
)
@click.option(
    "--false",
    "false_share",
    type=float,
    default=0.2,
    show_default=True,
    help="Share of false witness statements, 0 to 1.",
)
@click.option("--hard", is_flag=True, help="A hard world: fronts, go-betweens, planted stories, missing data.")
@click.option("--demo", is_flag=True, help="The demo case instead of a seeded one.")
def simulate(out: Path, seed: int, people: int | None, false_share: float, *, hard: bool, demo: bool) -> None:
    """Write an invented case folder, with its truth.json."""
    with show_progress() as progress:
        invented.invent(
            out, None if demo else seed, people=people, false_share=false_share, hard=hard, progress=progress
        )
    say(f"An invented case is in {out}. Load it: graphsvc load {out} --case NAME", err=True)


commands = (load, deliveries, list_cases, simulate)
