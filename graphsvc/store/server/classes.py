"""Caches Neo4j's classes for Java (AOT cache, JEP 483 and 514), so that a start takes a third of the time and work.

`graphsvc neo4j fetch` makes the cache once, next to the jars, by starting and ending a server in a temporary home.
Without it everything works the same, only slower. That server could plan our queries too, but this would take half a
minute and save only a tenth of their first planning.

Java loads the classes from copies of the jars without signatures. It would verify the classes of a signed jar at each
start and cache none of them, which took a third of a start. The fetched jars were already checked against the hashes in
the lock.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

import filelock

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.records.progress import Progress
from graphsvc.store.server import launch
from graphsvc.store.server.process import Server

_ROOM_MB = 750  # the notes, the cache, the store of the observed server, and copied jars
_END_S = 600  # Java writes its notes when it ends
_SIGNATURE = re.compile(r"META-INF/[^/]+\.(SF|RSA|DSA|EC)", re.IGNORECASE)
_MANIFEST = "META-INF/MANIFEST.MF"
_STEPS = ("Neo4j starts, to see which classes it uses", "it ends and notes them", "what it starts with is written")


def make_ready(settings: Settings, jars: Path, progress: Progress | None = None) -> bool:
    """Make the class cache unless it exists. Safe if two processes do it concurrently.

    Args:
        settings: the Neo4j version, and how long it may take to start.
        jars: the folder of its jars, as `fetch_jars` returns it.
        progress: called for each step.

    Returns:
        Whether the cache was made now; False if it existed already.

    Raises:
        OperatorError: the cache could not be made. Neo4j starts without it.
    """
    tell = progress or (lambda _done, _total, _what: None)
    folder = jars.parent
    file = launch.classes_file(jars)
    if file.exists():
        return False
    try:
        with filelock.FileLock(folder / "classes.lock"):
            if file.exists():
                return False
            unsigned = launch.unsigned_folder(file)
            for leftover in (*folder.glob("noting-*"), *folder.glob(f"{unsigned.name}/")):
                shutil.rmtree(leftover)
            if shutil.disk_usage(folder).free < _ROOM_MB << 20:
                raise OperatorError(_trouble(f"its disk has less than {_ROOM_MB} MB left", folder))
            with tempfile.TemporaryDirectory(dir=folder, prefix="noting-") as temporary:
                own = dataclasses.replace(settings, home=Path(temporary), quick_java=True)
                try:
                    _take_signatures_off(jars, unsigned)
                    cache = _make_cache(own, unsigned, tell)
                    for stale in folder.glob("classes-*.aot"):
                        stale.unlink()
                    for former in folder.glob("classes-*/"):  # safe: a running server has all its jars open
                        if former != unsigned:
                            shutil.rmtree(former)
                    cache.replace(file)
                finally:
                    if not file.exists():
                        shutil.rmtree(unsigned, ignore_errors=True)
    except (OSError, zipfile.BadZipFile) as error:
        raise OperatorError(_trouble(getattr(error, "strerror", None) or str(error), folder)) from error
    _step(tell, 3)
    return True


def _take_signatures_off(jars: Path, into: Path) -> None:
    """Fill a folder with the same jars, signed ones without their signatures, others as hard links."""
    into.mkdir()
    for jar in jars.iterdir():
        with zipfile.ZipFile(jar) as whole:
            if not any(map(_SIGNATURE.fullmatch, whole.namelist())):
                _link(jar, into / jar.name)
                continue
            with zipfile.ZipFile(into / jar.name, "w", zipfile.ZIP_DEFLATED) as plain:
                for part in whole.infolist():
                    if not _SIGNATURE.fullmatch(part.filename):
                        plain.writestr(part, _without_digests(part.filename, whole.read(part)))


def _without_digests(name: str, content: bytes) -> bytes:
    """Return the content of a file in a jar; for a manifest, only its main section, without the digests of classes."""
    if name != _MANIFEST:
        return content
    about, *_ = re.split(rb"\r\n\r\n|\n\n|\r\r", content, maxsplit=1)
    return about + b"\n\n"


def _link(jar: Path, name: Path) -> None:
    try:
        os.link(jar, name)
    except OSError:  # a file system without hard links
        shutil.copyfile(jar, name)


def _make_cache(own: Settings, jars: Path, tell: Progress) -> Path:
    """Make the cache in a temporary home."""
    noted, cache = own.home / "noted", own.home / "made"
    _note(own, jars, noted, tell)
    _step(tell, 2)
    _write(own, jars, noted, cache)
    return cache


def _note(own: Settings, jars: Path, noted: Path, tell: Progress) -> None:
    """Run a separate server that records, when it ends, the classes it loaded."""
    _step(tell, 0)
    quiet = logging.getLogger("neo4j")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)  # refused connections are normal during a start
    server = Server(own, jars, ["-XX:AOTMode=record", f"-XX:AOTConfiguration={noted}"])
    try:
        deadline = time.monotonic() + own.start_timeout_s
        while server.state == "starting" and time.monotonic() < deadline:
            time.sleep(0.1)
            server.watch()
        if server.state != "ready":
            raise OperatorError(_trouble(server.reason or "Neo4j did not start in time", jars.parent))
        _step(tell, 1)
    finally:
        server.stop(_END_S if server.state == "ready" else 0)
        quiet.setLevel(level)
    if not noted.exists():
        raise OperatorError(_trouble("Java noted nothing", jars.parent))


def _write(own: Settings, jars: Path, noted: Path, cache: Path) -> None:
    """Have Java make the cache from its notes."""
    words = launch.command(own, jars, ["-XX:AOTMode=create", f"-XX:AOTConfiguration={noted}", f"-XX:AOTCache={cache}"])
    try:
        run = subprocess.run(
            words[: words.index("-cp") + 2],
            env=launch.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_END_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError(_trouble("Java did not end", jars.parent)) from error
    if run.returncode != 0 or not cache.exists():
        lines = [line for line in (run.stdout + run.stderr).splitlines() if "warning" not in line] or ["no word"]
        raise OperatorError(_trouble(f"Java said: {lines[-1][:200]}", jars.parent))


def _step(tell: Progress, done: int) -> None:
    tell(done, len(_STEPS), _STEPS[min(done, len(_STEPS) - 1)])


def _trouble(reason: str, folder: Path) -> str:
    return (
        f"Neo4j works, but takes twice as long to start: its classes could not be kept ready in {folder} ({reason}). "
        "Run `graphsvc neo4j fetch` again where that can be mended."
    )
