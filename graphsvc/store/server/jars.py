"""The jars of the managed Neo4j: fetched once, each checked against the hashes of a lock file.

A lock `neo4j-VERSION.lock` next to this file lists every jar as `sha256  group:artifact:version[:classifier]`. Two
clients can deliver them, `jgo` and the faster `mvn` if it is installed. Neither is trusted beyond the hashes, and both
use their own repositories and the user's settings for them.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import filelock

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.records.progress import Progress

_THREADS = 8
_MVN_TIMEOUT_S = 600


@dataclass(frozen=True)
class Jar:
    """One file of the lock."""

    sha256: str
    group: str
    artifact: str
    version: str
    classifier: str = ""

    @property
    def name(self) -> str:
        """File name in Maven's form."""
        return "-".join(filter(None, (self.artifact, self.version, self.classifier))) + ".jar"


class DownloadError(Exception):
    """A downloader could not deliver the jars; the next one is tried, and the message is kept for the operator."""


Downloader = Callable[[Sequence[Jar], Path], Iterable[tuple[Jar, Path]]]
"""Called with (jars wanted, a temporary folder); gives each jar with the file it came in, in any order."""


def versions() -> list[str]:
    """List the Neo4j versions that have a lock, oldest first."""
    names = [path.name.removeprefix("neo4j-").removesuffix(".lock") for path in _locks().glob("neo4j-*.lock")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def read_lock(version: str) -> tuple[tuple[Jar, ...], str]:
    """Return the jars of one Neo4j version and the sha256 of its lock file.

    Raises:
        OperatorError: graphsvc has no lock for this version.
    """
    if version not in versions():
        raise OperatorError(
            f"graphsvc cannot run Neo4j {version!r}. Set GRAPHSVC_NEO4J_VERSION to one of {', '.join(versions())}."
        )
    content = (_locks() / f"neo4j-{version}.lock").read_bytes()
    rows = (line.split() for line in content.decode().splitlines())
    return tuple(Jar(sha256, *coordinates.split(":")) for sha256, coordinates in rows), _sha256(content)


def fetch_jars(settings: Settings, progress: Progress | None = None, sources: Sequence[Downloader] = ()) -> Path:
    """Return the folder with exactly the jars of the lock, fetching missing ones. Safe in concurrent processes.

    A finished fetch is recognised without network and without a lock. An interrupted one is completed: existing files
    are checked, missing ones fetched, and files that the lock does not name are removed.

    Args:
        settings: the version and the folder.
        progress: called for each jar.
        sources: downloaders, tried in this order (empty: mvn if installed, then jgo).

    Raises:
        OperatorError: the version is unknown, a download failed or differs from the lock, or the folder cannot be
            written.
    """
    folder = settings.jars_folder.absolute()  # mvn reads a relative path from its own folder
    jars, lock_hash = read_lock(settings.neo4j_version)
    tell = progress or (lambda _done, _total, _name: None)
    if _complete(folder, jars, lock_hash):
        return folder / "lib"
    try:
        (folder / "lib").mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "fetch.lock"):
            if not _complete(folder, jars, lock_hash):
                (folder / ".complete").unlink(missing_ok=True)
                _fill(folder, jars, tell, sources or _default_sources())
                (folder / ".complete").write_text(lock_hash)
    except OSError as error:
        raise OperatorError(_disk_trouble(folder, error)) from error
    return folder / "lib"


def _locks() -> Path:
    return Path(__file__).parent


def _complete(folder: Path, jars: Sequence[Jar], lock_hash: str) -> bool:
    """Whether a fetch was completed here for exactly this lock, and no file was added or removed since."""
    try:
        recorded = (folder / ".complete").read_text()
        names = {path.name for path in (folder / "lib").iterdir()}
    except OSError:  # missing or unreadable: not a finished fetch; the fetch itself reports the error
        return False
    return recorded == lock_hash and names == {jar.name for jar in jars}


def _fill(folder: Path, jars: Sequence[Jar], tell: Progress, sources: Sequence[Downloader]) -> None:
    """Make `folder/lib` contain exactly `jars`."""
    lib = folder / "lib"
    for leftover in folder.glob("fetching-*"):
        shutil.rmtree(leftover)
    wanted = {jar.name: jar for jar in jars}
    for path in lib.iterdir():
        jar = wanted.get(path.name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif jar is None or _sha256(path.read_bytes()) != jar.sha256:
            path.unlink()
        else:
            del wanted[path.name]
    tell(len(jars) - len(wanted), len(jars), "")
    troubles = []
    for source in sources:
        with tempfile.TemporaryDirectory(dir=folder, prefix="fetching-") as temporary:
            try:
                for jar, path in source(tuple(wanted.values()), Path(temporary)):
                    if _sha256(path.read_bytes()) != jar.sha256:
                        raise DownloadError(f"{jar.name} is not the file the lock names: its sha256 differs")
                    path.replace(lib / jar.name)
                    del wanted[jar.name]
                    tell(len(jars) - len(wanted), len(jars), jar.name)
            except DownloadError as error:
                troubles.append(str(error))
        if not wanted:
            return
    raise OperatorError(
        f"{len(wanted)} of {len(jars)} jars of Neo4j could not be fetched ({'; '.join(troubles) or 'not delivered'}). "
        f"Check the network and run `graphsvc neo4j fetch` again: what has arrived in {folder} is kept."
    )


def _default_sources() -> Sequence[Downloader]:
    return (_with_mvn, _with_jgo) if shutil.which("mvn") else (_with_jgo,)


_POM = """<project><modelVersion>4.0.0</modelVersion>
<groupId>graphsvc</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version>
</dependency></dependencies></project>
"""


def _with_mvn(wanted: Sequence[Jar], temporary: Path) -> Iterator[tuple[Jar, Path]]:
    """Yield the wanted jars from one run of mvn, which resolves org.neo4j:neo4j itself; ignore jars not in the lock."""
    version = next((jar.version for jar in wanted if (jar.group, jar.artifact) == ("org.neo4j", "neo4j")), None)
    if version is None:  # an interrupted fetch already has it: the few missing ones are fetched singly
        raise DownloadError("mvn was not asked")
    pom, out = temporary / "pom.xml", temporary / "out"
    pom.write_text(_POM.format(version=version))
    command = [shutil.which("mvn") or "mvn", "-q", "-B", "-f", str(pom), f"-Dmaven.repo.local={temporary / 'repo'}"]
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={out}"]
    try:
        run = subprocess.run(
            command + goal, capture_output=True, text=True, errors="replace", timeout=_MVN_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(f"mvn: {error}") from error
    for jar in wanted:
        if (out / jar.name).is_file():
            yield jar, out / jar.name
    if run.returncode != 0:
        lines = [line for line in run.stdout.splitlines() if "ERROR" in line]
        raise DownloadError(f"mvn: {lines[0] if lines else f'exit status {run.returncode}'}")


def _with_jgo(wanted: Sequence[Jar], temporary: Path) -> Iterator[tuple[Jar, Path]]:
    """Yield jars fetched one by one, in a few threads; jgo only downloads them, and resolves no dependencies."""
    from jgo.config import GlobalSettings  # half a second to import, needed once in the life of a home
    from jgo.maven import MavenContext

    logger = logging.getLogger("jgo")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # failures are reported once, below
    context = MavenContext(repo_cache=temporary)
    context.remote_repos.update(GlobalSettings.load().repositories)
    with ThreadPoolExecutor(_THREADS) as pool:
        running = {pool.submit(functools.partial(_resolve, context, jar)): jar for jar in wanted}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
            logger.setLevel(level)


def _resolve(context: object, jar: Jar) -> Path:
    """Fetch the file of one jar with jgo."""
    try:
        component = context.project(jar.group, jar.artifact).at_version(jar.version)  # type: ignore[attr-defined]
        return Path(component.artifact(classifier=jar.classifier).resolve())
    except Exception as error:  # anything from jgo, requests or urllib3; disk errors are handled separately
        if isinstance(error, OSError) and error.errno in _DISK:
            raise
        raise DownloadError(f"{jar.name}: {type(error).__name__}: {str(error).splitlines()[0][:200]}") from error


_DISK = {
    errno.ENOSPC: "the disk is full: free about 400 MB",
    errno.EDQUOT: "the disk quota is used up: free about 400 MB",
    errno.EROFS: "it is read-only: set GRAPHSVC_JARS to a folder that can be written",
    errno.EACCES: "it may not be written by this account: set GRAPHSVC_JARS to a folder that may",
    errno.EPERM: "it may not be written by this account: set GRAPHSVC_JARS to a folder that may",
    errno.ENOTDIR: "a file is in the way: set GRAPHSVC_JARS to a folder",
    errno.EEXIST: "a file is in the way: set GRAPHSVC_JARS to a folder",
}


def _disk_trouble(folder: Path, error: OSError) -> str:
    """Describe in one sentence, for the operator, why a folder cannot take the jars."""
    reason = _DISK.get(error.errno or 0, f"{error.strerror or error}: correct that, or set GRAPHSVC_JARS elsewhere")
    return f"The jars of Neo4j cannot be kept in {folder}: {reason}, then run `graphsvc neo4j fetch` again."


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
