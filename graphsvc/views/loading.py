"""Sentences on what an import did, would do or failed to do. Pure functions; they return text, never markup."""

from __future__ import annotations

from collections.abc import Mapping

from graphsvc.records.numbers import count, plural
from graphsvc.views.wording import begin

# Shown to readers who may not see the list of deliveries.
UNTOLD = "The list of deliveries takes clearance for handling code C: there may be more than you can see."
# Shown if the case no longer matches the preview that the user confirmed.
CHANGED_SINCE = "Nothing was loaded: the case was changed since you looked, or it was not worked out yet what this upload would do. Look again."
# Shown if the effect on the leads was computed and no rank would change.
NOBODY_MOVES = "None of the first leads would change rank."
_UNDONE = ("undo", "withdraw")


def rejected_sentence(number: int, *, done: bool) -> str:
    """Say that nothing is imported, because rows were rejected and the user chose all or nothing.

    Example:
        >>> rejected_sentence(1, done=True)
        'You asked for all or nothing, and 1 row was rejected.'
        >>> rejected_sentence(2, done=False)
        'You asked for all or nothing, and 2 rows are rejected: nothing would be loaded.'
    """
    be = plural(number, "was", "were") if done else plural(number, "is", "are")
    end = "." if done else ": nothing would be loaded."
    return f"You asked for all or nothing, and {count(number, 'row')} {be} rejected{end}"


def nothing_new(same_as: int | None) -> str:
    """Say that a delivery would change nothing.

    Args:
        same_as: number of the delivery that it repeats, or None.

    Example:
        >>> nothing_new(3), nothing_new(None)
        ('This delivery would change nothing: it repeats delivery 3.', 'This delivery would change nothing.')
    """
    return f"This delivery would change nothing{'' if same_as is None else f': it repeats delivery {same_as}'}."


def received_rows(rows: int) -> str:
    """Say that rows were received whose effect the importing user may not see; empty without such rows.

    Example:
        >>> received_rows(1).partition(":")[0], received_rows(0)
        ('1 row was received', '')
    """
    if not rows:
        return ""
    were, it_changes = plural(rows, "was", "were"), plural(rows, "it changes", "they change")
    return (
        f"{count(rows, 'row')} {were} received: other people delivered the same ids. Without source clearance you are not"
        f" shown whether {it_changes} anything, or how the leads would change. Rows about a witness statement of somebody else"
        " are set aside: a loader with source clearance has to deliver them."
    )


def more_change(rows: int) -> str:
    """Say how many more rows would change than those shown field by field; empty for 0.

    Example:
        >>> more_change(1), more_change(0)
        ('1 more row would change.', '')
    """
    return f"{count(rows, 'more row')} would change." if rows > 0 else ""


def chart_read(graded: int, other_items: int, ignored: int) -> str:
    """Say how a chart was read.

    Args:
        graded: number of its links that have grades.
        other_items: number of its items other than entities and links.
        ignored: number of items left out by choice.

    Example:
        >>> chart_read(0, 1, 0).partition(". ")[2]
        '1 item (text, pictures) says nothing of anybody and is not read.'
    """
    text = "Its links become claims of one statement, an intelligence report"
    if graded:
        bear = f"{graded:,} of them {plural(graded, 'bears', 'bear')} grades of 3x5x2"
        text += f"; {bear}, which are kept."
    else:
        text += ", ungraded: they get the cautious grade."
    if other_items:
        nothing = (
            f"{plural(other_items, 'says', 'say')} nothing of anybody and {plural(other_items, 'is', 'are')} not read"
        )
        text += f" {count(other_items, 'item')} (text, pictures) {nothing}."
    if ignored:
        text += f" {ignored:,} {plural(ignored, 'is', 'are')} left out because you said so."
    return text


def read_otherwise(links: Mapping[str, int]) -> str:
    """Say that some links of one type in a chart are imported as a different relation than the type's; may be empty.

    Args:
        links: different relation → number of links imported as that relation.

    Example:
        >>> read_otherwise({"USED": 2, "X_OWNER": 1}), read_otherwise({})
        ('2 of them as USED, 1 of them as X_OWNER: their ends are of other kinds than it takes', '')
    """
    if not links:
        return ""
    parts = ", ".join(f"{many:,} of them as {relation}" for relation, many in links.items())
    return f"{parts}: their ends are of other kinds than it takes"


def cancelled_sentences(kind: str, *, new: bool) -> str:
    """Say what remains after an import was cancelled.

    Args:
        kind: kind of the job.
        new: whether it would have created the case.

    Example:
        >>> cancelled_sentences("preview", new=False)
        'The case is as it was before. The upload is deleted or waits on the page Import.'
    """
    case = "Nothing was loaded, and no case was made." if new else "The case is as it was before."
    upload = {
        "preview": " The upload is deleted or waits on the page Import.",
        "load": " The upload waits on the page Import.",
    }
    return case + upload.get(kind, "")


def failed_sentences(kind: str, *, recorded: bool, new: bool) -> str:
    """Say what remains after an import failed.

    Args:
        kind: kind of the job.
        recorded: whether the delivery was recorded, so that the next load or start completes it.
        new: whether it would have created the case.

    Example:
        >>> failed_sentences("load", recorded=False, new=True)
        'No case was made. The upload waits on the page Import: look at its preview again.'
    """
    if kind == "preview":
        return (
            "Nothing was loaded. If the upload is no longer on the page Import, correct the file and choose it again."
        )
    if recorded:
        return "It is recorded: the next load or start of the service completes it."
    waits = " The upload waits on the page Import: look at its preview again." if kind == "load" else ""
    return ("No case was made." if new else "The case is as it was.") + waits


def job_title(kind: str, state: str, delivery: int | None, *, committed: bool) -> str:
    """Say how a job ended that imports, previews or undoes a delivery.

    Args:
        kind: kind of the job.
        state: state of the job.
        delivery: number of the delivery.
        committed: whether an import changed the case.

    Example:
        >>> job_title("load", "done", 3, committed=True), job_title("preview", "failed", None, committed=False)
        ('Delivery 3 is loaded', 'This cannot be read as it is')
    """
    if state == "done":
        if kind in _UNDONE:
            return f"{'The waiting statement' if kind == 'withdraw' else f'Delivery {delivery}'} is taken back"
        return f"Delivery {delivery} is loaded" if kind == "load" and committed else "Nothing was loaded"
    if state in ("cancelled", "interrupted"):
        return begin(state)
    return "This cannot be read as it is" if kind == "preview" else "It did not work"


def rewritten(kind: str, *, managed: bool) -> str:
    """Say what a job did if it rewrote the case, such as sealing, erasing or opening a person.

    Args:
        kind: kind of the job.
        managed: whether the service manages the graph's store itself.

    Example:
        >>> rewritten("open", managed=True)
        'They are named now, and so are things that only they used.'
    """
    if kind == "accounts":
        return "All accounts that waited and are not held back are in the case now."
    if kind in ("protect", "loosen"):
        return "Everybody in the case was decided on again. The page Who is sealed lists people to check."
    if kind == "open":
        return "They are named now, and so are things that only they used."
    if managed:
        return "The store of the graph was rewritten: nothing from before is in its files."
    return (
        "The graph holds it no more. On the disk of your own Neo4j server older texts may remain: in its transaction logs,"
        " in free space of its store and in its backups. Whoever runs that server has to copy the database into a new one,"
        " drop the old one, and delete backups."
    )
