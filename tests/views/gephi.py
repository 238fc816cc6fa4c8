"""Gephi's toolkit, which tests read exports with: what `make test` brings of it, held against the hash of its lock.

`python -m tests.views.gephi` fetches it where it is not there yet. As with the jars of Neo4j, who delivers is trusted no
further than the hash goes, and knows its own repositories and the user's settings for them.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from graphsvc.store.server.jars import Jar

FOLDER = Path(__file__).parents[2] / ".cache" / "gephi"
LOCK = Path(__file__).with_name("gephi.lock")


def locked() -> Jar:
    """The one jar of the lock."""
    (row,) = [line.split() for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    return Jar(row[0], *row[1].split(":"))


def jar() -> Path:
    """Where the toolkit lies once it was fetched: what is there was held against the hash before it was put there."""
    return FOLDER / f"{locked().sha256[:16]}.jar"


def fetch() -> None:
    """Bring it where it is not there yet.

    Raises:
        OSError: it could not be fetched or put there.
        ValueError: it is not the file that the lock names.
    """
    if jar().exists():
        return
    from jgo.config import GlobalSettings  # half a second to import, needed once
    from jgo.maven import MavenContext

    wanted = locked()
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
