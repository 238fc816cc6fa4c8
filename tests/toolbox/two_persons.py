"""Acts that need two persons, done by two persons."""

from __future__ import annotations

from graphsvc.records.progress import Progress
from graphsvc.service import Session, quiet


def seal(asks: Session, agrees: Session, person: str, reason: str = "threatened", progress: Progress = quiet) -> str:
    """Have a named person sealed, and return the note on where the name may remain."""
    return agrees.protection.sealings.agree(asks.protection.sealings.ask(person, reason), progress)


def unseal(asks: Session, agrees: Session, pseudonym: str, reason: str = "told in court") -> str:
    """Have a sealed person named again, and return the note on what may remain."""
    return agrees.protection.sealings.agree(asks.protection.sealings.ask_opening(pseudonym, reason), quiet)
