"""How long work is watched and stopped: a progress is called between its steps, and may stop it by what it raises."""

from __future__ import annotations

from contextlib import suppress

from graphsvc.errors import GraphsvcError
from graphsvc.records.progress import Progress


class CancelledError(GraphsvcError):
    """The person who asked for it stopped it; what had been written was taken back."""

    exit_code = 130
    status = 409


def unstoppable(progress: Progress) -> Progress:
    """The same, but for stopping: what was begun has to be completed."""

    def told(done: int, total: int, text: str) -> None:
        with suppress(CancelledError):
            progress(done, total, text)

    return told


def quiet(_done: int, _total: int, _text: str) -> None:
    """Progress that nobody watches."""
