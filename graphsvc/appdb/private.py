"""Checks that no other user of the machine can read a home: its folder and its key files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from graphsvc.appdb.found import file_of
from graphsvc.config import Settings
from graphsvc.errors import OperatorError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def require_private(settings: Settings) -> None:
    """Raise OperatorError unless a home, its database and its keys are private to their owner. Missing files pass.

    Raises:
        OperatorError: others may read or write one of them; the message names the command that prevents this.
    """
    if os.name == "nt":  # permissions work differently on Windows
        return
    home = settings.home
    files = [home / name for name in ("master.key", "master.key.next", "token")]
    for path in (home, file_of(settings), *files):
        if path is not None and path.exists() and path.stat().st_mode & _OTHERS:
            raise OperatorError(
                f"Others at this machine can read or write {path}, so nothing was opened. Run:"
                f" chmod {'u=rwX,go=' if path.is_dir() else '600'} {_quote(path)}"
            )


def _quote(path: Path) -> str:
    text = str(path)
    return text if text.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum() else f"'{text}'"
