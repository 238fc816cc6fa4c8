"""Sentences of the inbox: tasks of its reader, and news. Pure functions; they return text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from graphsvc.analysis.ranking.moved import Move
from graphsvc.records.numbers import count, plural

# Requests that need another person's consent, in words that follow the requester's name. The page adds the pseudonym.
_ASKED = MappingProxyType(
    {
        "reveal": "asks who is behind a pseudonym",
        "seal": "asks that somebody is sealed",
        "open": "asks to name a sealed person again",
        "loosen": "asks that the case protects marked people only",
        "erase": "asks that somebody is erased",
        "export": "asks to let out an export that could give a witness away",
    }
)
_SUBJECTS = MappingProxyType(
    {
        "reveal": "the reveal",
        "seal": "the sealing",
        "open": "the end of a sealing",
        "loosen": "the looser protection",
        "erase": "the erasure",
        "export": "the export",
    }
)
_JOBS = MappingProxyType(
    {
        "load": "load",
        "add": "addition by form",
        "undo": "taking back of a delivery",
        "withdraw": "withdrawal of a statement",
        "seal": "sealing",
        "open": "end of a sealing",
        "erase": "erasure",
        "accounts": "opening of accounts",
        "regroup": "change of groups of witnesses",
        "protect": "change of protection",
        "loosen": "change of protection",
    }
)
_ENDS = MappingProxyType(
    {"done": "is done", "failed": "failed", "cancelled": "was stopped", "interrupted": "was interrupted"}
)
# Changes of a lead, in the order in which they are reported.
WAYS = ("appeared", "rose", "fell", "left")


def request_text(kind: str, by: str, state: str) -> str:
    """Say what another person asks the reader to agree to.

    Example:
        >>> request_text("reveal", "cus", "asked"), request_text("erase", "cus", "agreed")
        ('cus asks who is behind a pseudonym', 'cus asks that somebody is erased: agreed to, and not done yet')
    """
    return f"{by} {_ASKED[kind]}{': agreed to, and not done yet' if state == 'agreed' else ''}"


def answer_text(kind: str, by: str, *, refused: bool) -> str:
    """Say how the reader's request was answered.

    Example:
        >>> answer_text("erase", "sup", refused=True)
        'sup refused the erasure you asked for'
    """
    return f"{by} {'refused' if refused else 'agreed to'} {_SUBJECTS[kind]} you asked for"


def reveal_text(by: str) -> str:
    """Say that a reveal may be opened.

    Example:
        >>> reveal_text("sup")
        'sup agreed to the reveal you asked for: open it before its time is over'
    """
    return f"{by} agreed to the reveal you asked for: open it before its time is over"


def export(number: str, *, recall: bool) -> str:
    """Say what the reader has to do with one of their exports.

    Example:
        >>> export("E-1", recall=False), export("E-1", recall=True)
        ('Export E-1 is ready to fetch', 'Ask export E-1 back: somebody in it was sealed or erased since')
    """
    return (
        f"Ask export {number} back: somebody in it was sealed or erased since"
        if recall
        else f"Export {number} is ready to fetch"
    )


def hold(owner: str, day: str) -> str:
    """Say that a hold is due for review.

    Example:
        >>> hold("DI Reeve", "1 May 2026")
        'The hold of DI Reeve was to be looked at again on 1 May 2026'
    """
    return f"The hold of {owner} was to be looked at again on {day}"


def parked_text(number: int) -> str:
    """Say that the reader should review leads again that they parked.

    Example:
        >>> parked_text(2)
        'You parked 2 leads, and the case has changed since: look again'
    """
    return f"You parked {count(number, 'lead')}, and the case has changed since: look again"


def job(kind: str, state: str) -> str:
    """Say how one of the reader's jobs ended.

    Example:
        >>> job("load", "failed")
        'Your load failed'
    """
    return f"Your {_JOBS[kind]} {_ENDS.get(state, state)}"


def view(by: str, name: str, version: int) -> str:
    """Say that a person changed a saved view, or shared a new one.

    Example:
        >>> view("ann", "Dover", 1), view("ann", "Dover", 3)
        ('ann shared the view Dover', 'ann saved version 3 of the view Dover')
    """
    return f"{by} saved version {version} of the view {name}" if version > 1 else f"{by} shared the view {name}"


def delivery_text(numbers: Sequence[int]) -> str:
    """Say which deliveries came, or only that the case has changed if the reader may not see their numbers.

    Example:
        >>> delivery_text([4]), delivery_text([4, 5, 7])
        ('Delivery 4 came', 'Deliveries 4, 5 and 7 came')
        >>> delivery_text([])
        'The case has changed since you looked'
    """
    if not numbers:
        return "The case has changed since you looked"
    *first, last = map(str, numbers)
    return f"Deliveries {', '.join(first)} and {last} came" if first else f"Delivery {last} came"


def no_one_stands_out(verdicts: Iterable[str]) -> str:
    """Return a note for a list of moves of leads if no one stands out in the new ranking; else an empty text.

    Args:
        verdicts: verdict of each move (`analysis.ranking.moved.Move`).

    Example:
        >>> no_one_stands_out(["abstains", "abstains"]), no_one_stands_out(["leads"]), no_one_stands_out([])
        ('No one stands out in this case: ranks are for reading, not for acting on.', '', '')
    """
    return "No one stands out in this case: ranks are for reading, not for acting on." if "abstains" in verdicts else ""


def moves_text(ways: Sequence[str], first: int, *, stands_out: bool = True) -> str:
    """Say how many of the first leads changed rank.

    Args:
        ways: a word of `WAYS` for each notable move (`Move.notable`).
        first: how many leads at the top are compared.
        stands_out: whether anyone stands out in the new ranking.

    Example:
        >>> moves_text(["rose", "left", "rose"], 50), moves_text([], 50)
        ('Of the first 50 leads 2 rose, 1 left', 'The first 50 leads keep their places')
        >>> moves_text(["fell"], 50, stands_out=False)
        'Of the first 50 leads 1 fell; no one stands out in this case'
    """
    parts = [f"{ways.count(way)} {way}" for way in WAYS if way in ways]
    if not parts:
        return f"The first {first} leads keep their places"
    return f"Of the first {first} leads {', '.join(parts)}{'' if stands_out else '; no one stands out in this case'}"


def unnamed_move_text(sources: bool) -> str:
    """Return the reason shown for a move if no statement that the reader may see explains it.

    Args:
        sources: whether the reader may see witness statements one by one.

    Example:
        >>> unnamed_move_text(True), unnamed_move_text(False)
        ('through others', 'through others, or by what is not told one by one')
    """
    return "through others" if sources else "through others, or by what is not told one by one"


def others_moved(moves: Sequence[Move], *, sources: bool) -> str:
    """Say how many leads moved although no statement that the reader may see explains it; empty for 0.

    Args:
        moves: moves of all leads.
        sources: whether the reader may see witness statements one by one.

    Example:
        >>> fell = Move("p", "", "fell", 3, 9, own=False)
        >>> others_moved([fell, fell], sources=True), others_moved([], sources=True)
        ('2 others moved only because others did.', '')
        >>> others_moved([fell], sources=False)
        '1 other moved because others did, or by what is not told one by one.'
    """
    number = sum(not move.notable for move in moves)
    why = "only because others did" if sources else "because others did, or by what is not told one by one"
    return f"{count(number, 'other')} moved {why}." if number else ""


def waits(number: int) -> str:
    """Say how much there is to do, for users of a screen reader.

    Example:
        >>> waits(1), waits(3)
        ('1 thing waits for you', '3 things wait for you')
    """
    return f"{count(number, 'thing')} {plural(number, 'waits', 'wait')} for you"
