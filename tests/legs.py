"""Which tests run on which servers in the two parallel runs of `.ci/run`.

The main leg has Neo4j 2026.x with SQLite, the long-term leg Neo4j 5.26 with PostgreSQL. Tests of code with Cypher or
SQL run in both. Tests of what builds on that code (a use case, a walk for leaks) run once, in one of the legs; the
legs share them by file. So do tests that use both kinds of database in one run. Tests that use
neither are shared by room, so that both legs end at about the same time. Without `--leg` a run has every test; `.ci/run
--all` runs all of the shared ones in both.
"""

from __future__ import annotations

# Rooms in which some tests use servers: each test is in both legs or in one leg.
SHARED = ("tests/access/", "tests/appdb/", "tests/leaks/", "tests/service/")
BOTH = (
    "tests/appdb/test_databases.py",
    "tests/appdb/test_standing.py",
    "tests/store/",
    "tests/queries/",
    "tests/access/test_gate.py",
    "tests/access/test_log.py",
    "tests/access/test_signing_in.py",
    "tests/service/test_casework.py",
    "tests/service/test_loading.py",
    "tests/service/test_lost.py",
    "tests/service/test_writing.py",
)
# The shared tests of the long-term leg; the other shared tests are in the main leg.
LONG_TERM = (
    "tests/access/test_freetext.py",
    "tests/access/test_log_postgres.py",
    "tests/access/test_told_as_one.py",
    "tests/access/test_twin.py",
    "tests/appdb/test_found.py",
    "tests/appdb/test_migrating.py",
    "tests/appdb/test_private.py",
    "tests/service/test_bulk_load.py",
    "tests/service/test_canaries.py",
    "tests/service/test_comparing.py",
    "tests/service/test_contacts.py",
    "tests/service/test_entering.py",
    "tests/service/test_exporting.py",
    "tests/service/test_grouping.py",
    "tests/service/test_jobs.py",
    "tests/service/test_pictures.py",
    "tests/service/test_origin.py",
    "tests/service/test_protecting.py",
    "tests/service/test_reviewing.py",
    "tests/service/test_roles.py",
    "tests/service/test_saving.py",
    "tests/service/test_searching.py",
    "tests/service/test_snapshots.py",
    "tests/service/test_standing.py",
    "tests/service/test_texts.py",
    "tests/service/test_waiting.py",
)
# Rooms with tests that use no server and start no program: those tests are the third leg.
ALONE = (
    "tests/access/",
    "tests/analysis/",
    "tests/ingest/",
    "tests/names/",
    "tests/records/",
    "tests/simulate/",
    "tests/test_",
    "tests/views/",
)
# Tests that start servers, without using Neo4j or the application database: in the main leg alone.
OF_PROCESSES = ("tests/store/test_supervised.py",)
LEGS = ("main", "long-term", "alone", "long-term-all")
# Groups for one worker of the main leg: each worker's Neo4j plans each query once, and the walks use every query; the
# browser tests open the same demo.
TOGETHER = (("tests/leaks/", "tests/queries/"), ("tests/browser/",))


def of_leg(file: str, leg: str, *, to_servers: bool) -> bool:
    """Whether a test runs in a leg.

    Args:
        file: its path, as `tests/store/test_bolt.py`.
        leg: one of `LEGS`; empty for a run of all tests. `long-term-all` also has all shared tests.
        to_servers: whether it uses Neo4j or the application database.

    Example:
        >>> of_leg("tests/store/test_bolt.py", "main", to_servers=True)
        True
        >>> [of_leg("tests/access/test_freetext.py", leg, to_servers=True) for leg in ("main", "long-term")]
        [False, True]
        >>> [of_leg("tests/store/test_supervised.py", leg, to_servers=True) for leg in ("main", "long-term")]
        [True, False]
        >>> [of_leg("tests/service/test_texts.py", leg, to_servers=False) for leg in ("main", "long-term")]
        [True, False]
        >>> [of_leg("tests/analysis/test_hubs.py", leg, to_servers=False) for leg in LEGS]
        [False, False, True, False]
    """
    if not leg:
        return True
    if leg == "main":
        return not file.startswith(LONG_TERM if to_servers else ALONE)
    if leg == "alone":
        return not to_servers and file.startswith(ALONE)
    if leg == "long-term" and file.startswith(OF_PROCESSES):
        return False
    shared = SHARED if leg == "long-term-all" else LONG_TERM
    return to_servers and file.startswith((*BOTH, *shared))


def may_contain(path: str, leg: str) -> bool:
    """Whether a folder or file may contain tests of a leg.

    Example:
        >>> [may_contain(path, "alone") for path in ("tests", "tests/analysis", "tests/web", "tests/test_names.py")]
        [True, True, False, True]
        >>> may_contain("tests/web", "main")
        True
    """
    return leg != "alone" or path == "tests" or f"{path}/".startswith(ALONE)


def unit(file: str, leg: str) -> str:
    """Unit of distribution to workers: a file, or with `--leg` the group that the file belongs to.

    Example:
        >>> unit("tests/queries/test_files.py", "main"), unit("tests/queries/test_files.py", "")
        ('tests/leaks/', 'tests/queries/test_files.py')
    """
    return next((rooms[0] for rooms in TOGETHER if leg and file.startswith(rooms)), file)
