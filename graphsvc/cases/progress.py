"""Watching and stopping long work: a progress is called between its steps, and may raise an error to stop it."""

from __future__ import annotations

from contextlib import suppress

from graphsvc.errors import GraphsvcError
from graphsvc.records.progress import Progress


class CancelledError(GraphsvcError):
    """The work was stopped on request, and undone."""

    exit_code = 130
    status = 409


def unstoppable(progress: Progress) -> Progress:
    """Return the same progress, unable to stop work that has to be completed once begun."""

    def told(done: int, total: int, text: str) -> None:
        with suppress(CancelledError):
            progress(done, total, text)

    return told


def quiet(_done: int, _total: int, _text: str) -> None:
    """Ignore progress."""
