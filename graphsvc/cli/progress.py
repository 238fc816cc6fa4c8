"""Progress on stderr, never on stdout: one line that is rewritten in a terminal, otherwise a line for each stage."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from graphsvc.cli.printed import escape_controls
from graphsvc.records.progress import Progress

_WIDTH = 30
_EVERY_S = 0.1


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Yield a function `(done, total, text)` that shows progress; a total of 0 means that it is unknown."""
    terminal = sys.stderr.isatty()
    last_text, last_at, open_line = "", 0.0, False

    def show(done: int, total: int, text: str) -> None:
        nonlocal last_text, last_at, open_line
        stage = escape_controls(text if total == 0 or not terminal else text[:50])
        now = time.monotonic()
        if terminal:
            if now - last_at < _EVERY_S and done != total:
                return
            filled = _WIDTH * done // total if total else 0
            bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,} " if total else ""
            sys.stderr.write(f"\r\033[K{bar}{stage}")
            open_line = True
        elif text and (now - last_at > 2 or (total == 0 and text != last_text)):
            sys.stderr.write(f"{stage}{f' ({done:,} of {total:,})' if total else ''}\n")
        else:
            return
        sys.stderr.flush()
        last_text, last_at = text, now

    try:
        yield show
    finally:
        if open_line:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
