"""All settings, as one frozen dataclass that is read once and passed down; each field has a default and a help text."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from graphsvc.errors import OperatorError

LAST_PORT = 65_535
# Default maximum of processes that serve pages, since each keeps its readers' cases in memory.
_SERVING = 4


# Longer times are refused as typing mistakes: ten years in days, a year in hours and in minutes, a day in seconds.
_YEARS_DAYS, _YEAR_HOURS, _YEAR_MINUTES, _DAY_S = 3_653, 8_784, 527_040, 86_400


def _setting(
    default: Any, variable: str, text: str, *, secret: bool = False, least: float = 0, most: int | None = None
) -> Any:
    """Return a dataclass field with its environment variable, help text, secrecy, and least and largest value."""
    known = {"variable": variable, "help": text, "secret": secret, "least": least, "most": most}
    return field(default=default, metadata=known)


@dataclass(frozen=True)
class Settings:
    """All settings, with defaults. `Settings.read()` fills them from the environment.

    Example:
        >>> Settings.read({"GRAPHSVC_PORT": "8080"}).port
        8080
    """

    home: Path = _setting(
        Path(platformdirs.user_data_dir("graphsvc")),
        "GRAPHSVC_HOME",
        "folder that holds everything the service keeps",
    )
    host: str = _setting("127.0.0.1", "GRAPHSVC_HOST", "address the web pages are served on")
    port: int = _setting(8420, "GRAPHSVC_PORT", "port the web pages are served on", most=LAST_PORT)
    processes: int = _setting(
        0, "GRAPHSVC_PROCESSES", "processes that serve the pages (0: one for each processor, four at most)", most=64
    )
    scheduler: str = _setting(
        "",
        "GRAPHSVC_SCHEDULER",
        "Dask scheduler whose workers do long work on numbers: tls://HOST:PORT, or tcp://127.0.0.1:PORT at this machine (empty: done here)",
    )
    secure_cookies: bool = _setting(
        False,
        "GRAPHSVC_SECURE_COOKIES",
        "send the session cookie over https only (set it behind a TLS proxy)",
    )
    user: str = _setting("", "GRAPHSVC_USER", "who acts on the command line, while the home has a single account")
    purpose: str = _setting("", "GRAPHSVC_PURPOSE", "the purpose, written in the log with everything you read")
    database_url: str = _setting(
        "",
        "GRAPHSVC_DATABASE_URL",
        "application database (SQLAlchemy URL; empty: SQLite in the home)",
        secret=True,
    )
    master_key: str = _setting(
        "", "GRAPHSVC_MASTER_KEY", "key of the vault (empty: the file master.key in the home)", secret=True
    )
    log_anchor: Path | None = _setting(
        None, "GRAPHSVC_LOG_ANCHOR", "file that says where the log ends (empty: log.anchor in the home)"
    )
    neo4j_uri: str = _setting("", "NEO4J_URI", "your own Neo4j server (empty: the managed local server)")
    neo4j_username: str = _setting("neo4j", "NEO4J_USERNAME", "account on that server")
    neo4j_password: str = _setting("", "NEO4J_PASSWORD", "its password", secret=True)
    neo4j_database: str = _setting("neo4j", "NEO4J_DATABASE", "database on that server")
    neo4j_version: str = _setting("2026.09.0", "GRAPHSVC_NEO4J_VERSION", "version of the managed local server")
    jars: Path | None = _setting(None, "GRAPHSVC_JARS", "where the managed server's jars are kept (empty: in the home)")
    heap_mb: int = _setting(1024, "GRAPHSVC_NEO4J_HEAP_MB", "largest heap of the managed server, in MiB")
    page_cache_mb: int = _setting(256, "GRAPHSVC_NEO4J_PAGE_CACHE_MB", "page cache of the managed server, in MiB")
    quick_java: bool = _setting(
        False,
        "GRAPHSVC_NEO4J_QUICK_JAVA",
        "start the managed server lightly: half the work for some minutes on small cases, slower and with stale plans on large ones",
    )
    neo4j_linger_s: int = _setting(
        300,
        "GRAPHSVC_NEO4J_LINGER_S",
        "seconds the managed server goes on after a command or notebook that used it, so that the next need not start it",
        most=_DAY_S,
    )
    start_timeout_s: int = _setting(120, "GRAPHSVC_NEO4J_START_S", "seconds the managed server may take to start")
    query_timeout_s: float = _setting(
        30.0,
        "GRAPHSVC_QUERY_TIMEOUT_S",
        "seconds one query may run; one about a whole case, 120 at least",
        least=0.1,
        most=_DAY_S,
    )
    # Neo4j treats a timeout of 0 as no limit.
    cypher_timeout_s: float = _setting(
        30.0, "GRAPHSVC_CYPHER_TIMEOUT_S", "seconds a text of free Cypher may run", least=0.1, most=_DAY_S
    )
    row_cap: int = _setting(
        10_000, "GRAPHSVC_ROW_CAP", "rows one query may answer with; more are cut and it says so", least=1
    )
    analysis_row_cap: int = _setting(
        5_000_000, "GRAPHSVC_ANALYSIS_ROW_CAP", "rows an analysis may read from the graph; more is an error", least=1
    )
    snapshot_rows: int = _setting(
        5_000,
        "GRAPHSVC_SNAPSHOT_ROWS",
        "rows from which on an answer about a whole case is kept in the home, encrypted, while the case stays as it is; what is computed of all leads from a"
        " fiftieth of it (0: nothing is)",
    )
    batch_rows: int = _setting(5_000, "GRAPHSVC_BATCH_ROWS", "rows written in one transaction", least=1)
    import_rows: int = _setting(
        200_000,
        "GRAPHSVC_IMPORT_ROWS",
        "nodes and relationships from which on the first case of an empty managed store is written by Neo4j's import tool (0: never)",
    )
    upload_mb: int = _setting(200, "GRAPHSVC_UPLOAD_MB", "largest upload, and largest file in it once unpacked, in MiB")
    cell_chars: int = _setting(100_000, "GRAPHSVC_CELL_CHARS", "longest cell a delivery may hold, in characters")
    upload_minutes: int = _setting(
        30, "GRAPHSVC_UPLOAD_MINUTES", "minutes an upload waits for confirmation", most=_YEAR_MINUTES
    )
    networkx_backend: str = _setting(
        "",
        "GRAPHSVC_NETWORKX_BACKEND",
        "backend of NetworkX that does what it can of its algorithms, such as parallel or cugraph (empty: NetworkX itself)",
    )
    address: str = _setting(
        "", "GRAPHSVC_ADDRESS", "address people open, for links that are sent (empty: made of host and port)"
    )
    trusted_hosts: str = _setting(
        "",
        "GRAPHSVC_TRUSTED_HOSTS",
        "hosts the pages answer to, separated by commas (empty: this machine, GRAPHSVC_HOST and GRAPHSVC_ADDRESS)",
    )
    session_minutes: int = _setting(
        60, "GRAPHSVC_SESSION_MINUTES", "minutes of doing nothing that end a session", most=_YEAR_MINUTES
    )
    session_hours: int = _setting(
        12,
        "GRAPHSVC_SESSION_HOURS",
        "hours after signing in at which a session ends, whatever is done in it",
        most=_YEAR_HOURS,
    )
    second_factor_roles: str = _setting(
        "custodian",
        "GRAPHSVC_SECOND_FACTOR_ROLES",
        "roles that must have a second factor, separated by commas (none: nobody must)",
    )
    token_hours: int = _setting(
        8, "GRAPHSVC_TOKEN_HOURS", "hours a token of `graphsvc login` is good for", most=_YEAR_HOURS
    )
    reveal_minutes: int = _setting(
        30,
        "GRAPHSVC_REVEAL_MINUTES",
        "minutes an identity stays open for the custodian who asked, once a supervisor agreed",
        most=_YEAR_MINUTES,
    )
    exposure_below: int = _setting(
        5, "GRAPHSVC_EXPOSURE_BELOW", "people who must have been able to know what is shown of a witness, at least"
    )
    grading: Path | None = _setting(
        None,
        "GRAPHSVC_GRADING",
        "TOML file that says what gradings are worth (empty: the shipped table); the same for every process of a home",
    )
    named: str = _setting(
        "part",
        "GRAPHSVC_NAMED",
        "who stands by name from their first delivery on: part (who plays a visible part) or tie (and who is only said to"
        " know, pay or take orders from somebody); all others by a pseudonym",
    )
    naming_floor: str = _setting(
        "2D",
        "GRAPHSVC_NAMING_FLOOR",
        "worst 3x5x2 grade of a claim that can have somebody shown by name, source then assessment: 1A to 3E",
    )
    accounts_open: str = _setting(
        "06:00",
        "GRAPHSVC_ACCOUNTS_OPEN",
        "times of day (UTC, separated by commas) at which accounts of witnesses added by form open to others, all that wait"
        " together; or: at once",
    )
    accounts_days: int = _setting(
        7,
        "GRAPHSVC_ACCOUNTS_DAYS",
        "days an account waits until GRAPHSVC_FEW_BELOW witnesses' are there; then it opens without",
        most=_YEARS_DAYS,
    )
    export_days: int = _setting(7, "GRAPHSVC_EXPORT_DAYS", "days for which an export can be fetched", most=_YEARS_DAYS)
    questions_most: int = _setting(
        3, "GRAPHSVC_QUESTIONS_MOST", "most questions about one witness's statements; after that, none is proposed"
    )
    few_below: int = _setting(3, "GRAPHSVC_FEW_BELOW", "group counts below this read 'few' without source clearance")

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read settings from environment variables, with `overrides` on top (None: no override).

        Raises:
            OperatorError: a value is not valid; the message names the variable, its value and the accepted values.
        """
        source = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for item in dataclasses.fields(cls):
            text = source.get(item.metadata["variable"], "")
            if text != "":
                values[item.name] = _convert(item, text)
        values.update({name: value for name, value in overrides.items() if value is not None})
        values["home"] = Path(values.get("home", cls.home)).expanduser().absolute()
        return cls(**values)

    @property
    def jars_folder(self) -> Path:
        """Folder of the managed server's jars, with a folder for each version."""
        return (self.jars or self.home / "jars") / f"neo4j-{self.neo4j_version}"

    @property
    def serving_processes(self) -> int:
        """Number of processes that serve pages; always 1 on Windows, where processes cannot ask each other.

        Example:
            >>> Settings(processes=3).serving_processes
            3
        """
        if os.name == "nt":
            return 1
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return self.processes or min(_SERVING, processors)

    @property
    def anchor_file(self) -> Path:
        """File that records where the log ends."""
        return (self.log_anchor or self.home / "log.anchor").expanduser().absolute()

    def shown(self) -> list[tuple[str, str, str]]:
        """Return (variable, value, help) of every setting; a secret is shown only as 'set' or 'not set'."""
        return [
            (
                item.metadata["variable"],
                ("set" if getattr(self, item.name) else "not set")
                if item.metadata["secret"]
                else str(getattr(self, item.name) if getattr(self, item.name) is not None else ""),
                item.metadata["help"],
            )
            for item in dataclasses.fields(self)
        ]


_WORDS = {
    "1": True,
    "yes": True,
    "true": True,
    "on": True,
    "0": False,
    "no": False,
    "false": False,
    "off": False,
}


def _convert(item: dataclasses.Field[Any], text: str) -> Any:
    """Return one variable's value, converted to the type of its field."""
    variable, kind = item.metadata["variable"], str(item.type)
    least, most = item.metadata["least"], item.metadata["most"]
    try:
        if kind == "bool":
            return _WORDS[text.strip().lower()]
        if kind in ("int", "float"):
            number = int(text) if kind == "int" else float(text)
            if not least <= number <= (math.inf if most is None else most) or number == math.inf:
                raise ValueError
            return number
    except (ValueError, KeyError):
        takes = {"bool": "yes or no", "int": f"a whole number from {least:g}", "float": f"a number from {least:g}"}[
            kind
        ]
        takes += "" if most is None else f" to {most}"
        raise OperatorError(f"{variable} is {text!r}, but takes {takes}. Correct it or unset it.") from None
    return Path(text) if "Path" in kind else text
