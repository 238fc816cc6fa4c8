"""Gephi's toolkit, with which tests read exports: `make test` fetches it and checks its hash against the lock file.

`python -m tests.views.gephi` fetches it if it is missing. As with the jars of Neo4j, the only guarantee is the hash.
The repositories are the downloader's defaults and those in the user's settings for it.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from graphsvc.store.server.jars import Jar

FOLDER = Path(__file__).parents[2] / ".cache" / "gephi"
LOCK = Path(__file__).with_name("gephi.lock")


def locked_jar() -> Jar:
    """The only jar in the lock."""
    (row,) = [line.split() for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    return Jar(row[0], *row[1].split(":"))


def jar() -> Path:
    """Path of the fetched toolkit; a file there has the right hash."""
    return FOLDER / f"{locked_jar().sha256[:16]}.jar"


def fetch() -> None:
    """Fetch the toolkit if it is missing.

    Raises:
        OSError: it could not be fetched or stored.
        ValueError: it is not the file that the lock names.
    """
    if jar().exists():
        return
    from jgo.config import GlobalSettings  # half a second to import, needed once
    from jgo.maven import MavenContext

    wanted = locked_jar()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as temporary:
        context = MavenContext(repo_cache=Path(temporary))
        context.remote_repos.update(GlobalSettings.load().repositories)
        component = context.project(wanted.group, wanted.artifact).at_version(wanted.version)
        path = Path(component.artifact(classifier=wanted.classifier).resolve())
        if hashlib.sha256(path.read_bytes()).hexdigest() != wanted.sha256:
            raise ValueError(f"{wanted.name} is not the file that {LOCK.name} names: its sha256 differs")
        path.replace(jar())


if __name__ == "__main__":
    try:
        fetch()
    except Exception as error:  # whatever jgo, requests or urllib3 raise
        sys.exit(f"{type(error).__name__}: {str(error).splitlines()[0][:200]}")
