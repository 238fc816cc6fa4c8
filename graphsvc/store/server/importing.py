"""Makes a store with Neo4j's own import tool, next to the current one, which stays intact if this fails.

The tool's input and output are in a temporary folder that only this account can read, and that is always removed; after
a kill, the next start removes the leftovers.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from graphsvc.config import Settings
from graphsvc.records.progress import Progress
from graphsvc.store.bulk import DELIMITER, BulkFiles
from graphsvc.store.server import launch
from graphsvc.store.server.jars import fetch_jars

_CLASS = "org.neo4j.cli.AdminTool"
_LOCK = "import.lock"
_LOOK_S = 0.2  # between two checks of whether the tool has ended
# On Linux the tool starts as this program, which asks the kernel to kill it when the thread that started it ends.
# (`preexec_fn` could do this too, but is unsafe with other threads running.)
_FALLING = """import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):  # else it is gone already
    os.execv(sys.argv[2], sys.argv[2:])
"""
_BUFFER = 4 << 20  # bytes the tool reads at a time, unless a row needs more
# From this size on, Java's second compiler saves more time than it costs.
_MANY_ROWS = 1_000_000


class ImportToolError(Exception):
    """The tool could not make a store. The message contains no case data."""


@contextmanager
def import_folder(settings: Settings) -> Iterator[Path]:
    """Yield an empty folder for one import, private to this account, and remove it with its contents at the end.

    Raises:
        ImportToolError: another process is importing, or the home cannot be written.
    """
    home = launch.server_home(settings.home)
    try:
        with filelock.FileLock(home / _LOCK, timeout=0, mode=0o600):
            _remove_leftovers(home)
            folder = Path(tempfile.mkdtemp(dir=home, prefix=launch.IMPORT_PREFIX))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except filelock.Timeout:
        raise ImportToolError("another process is at an import") from None


def remove_leftovers(settings: Settings) -> None:
    """Remove the leftovers of imports whose process was killed."""
    home = launch.server_home(settings.home)
    if any(home.glob(f"{launch.IMPORT_PREFIX}*/")):
        with suppress(filelock.Timeout, OSError), filelock.FileLock(home / _LOCK, timeout=0, mode=0o600):
            _remove_leftovers(home)


def _remove_leftovers(home: Path) -> None:
    for folder in home.glob(f"{launch.IMPORT_PREFIX}*/"):
        shutil.rmtree(folder, ignore_errors=True)


def import_files(settings: Settings, folder: Path, files: BulkFiles, progress: Progress) -> Path:
    """Have the tool make a store from the files in a folder, calling `progress` on the way (it may raise to stop).

    Returns:
        The data folder for a server with this store; no server has opened it yet.

    Raises:
        ImportToolError: the tool ended with an error.
        OSError: the tool cannot be started, or the folder cannot be written.
    """
    (folder / "conf").mkdir()
    (folder / "conf" / "neo4j.conf").write_text("dbms.usage_report.enabled=false\ndb.tx_log.rotation.size=32m\n")
    with subprocess.Popen(
        [*_falling_with_us(), *_command(settings, files)],
        cwd=folder,  # its report goes there too
        env=launch.environment() | {"NEO4J_HOME": str(folder), "NEO4J_CONF": str(folder / "conf")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # it may repeat its input
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        umask=0o077,
    ) as tool:
        try:
            while tool.poll() is None:
                progress(0, 0, "Neo4j builds the store")
                with suppress(subprocess.TimeoutExpired):
                    tool.wait(_LOOK_S)
        finally:
            tool.kill()
    if tool.returncode != 0:
        raise ImportToolError(f"Neo4j's import tool ended with exit status {tool.returncode}")
    return folder / "data"


def _falling_with_us() -> list[str]:
    return [sys.executable, "-I", "-c", _FALLING, str(os.getpid())] if sys.platform == "linux" else []


def _command(settings: Settings, files: BulkFiles) -> list[str]:
    breaks = [f"./{name}" for name in files.with_breaks]
    options = {
        "id-type": "integer",
        "array-delimiter": f"U+{ord(DELIMITER):04X}",
        "multiline-fields-format": "v2" if breaks else "v1",
        "multiline-fields": ",".join(breaks) or "false",
        "strict": "true",
        "bad-tolerance": "0",
        "skip-bad-entries-logging": "true",
        # As much memory as the server has outside its heap; the default is nine tenths of the machine's.
        "max-off-heap-memory": f"{settings.heap_mb + settings.page_cache_mb}m",
        # Two bytes for each character; a row must fit as a whole.
        "read-buffer-size": str(max(_BUFFER, 4 * files.longest)),
    }
    return [
        *launch.java(settings, fetch_jars(settings), quick=files.rows < _MANY_ROWS),
        *(_CLASS, "database", "import", "full", launch.DATABASE),
        *(f"--{name}={value}" for name, value in options.items()),
        *(f"--nodes={':'.join(labels)}=./{name}" for labels, name in files.nodes),
        *(f"--relationships={kind}=./{name}" for kind, name in files.relationships),
    ]
