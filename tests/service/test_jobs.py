from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.cases.jobs import Jobs
from graphsvc.cases.processes import Processes
from graphsvc.config import Settings
from graphsvc.errors import InputError, NotFound, OperatorError, standing
from graphsvc.records.progress import Progress

LONG_S = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read({}, home=tmp_path / "home")


@pytest.fixture
def database(settings: Settings) -> Iterator[sa.Engine]:
    engine = open_database(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def jobs(settings: Settings, database: sa.Engine) -> Iterator[Jobs]:
    all_jobs = Jobs(database, settings, Processes(settings.home, b"key"), every=0.0)
    yield all_jobs
    all_jobs.close()


class Slow:
    """Work that signals its start, waits for permission to go on, and then makes one more step."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> dict[str, Any]:
        progress(1, 4, "halfway")
        self.begun.set()
        self.go.wait(LONG_S)
        progress(4, 4, "written")
        return {"rows": 4}


def test_a_job_says_how_far_it_is_and_what_came_of_it(jobs: Jobs) -> None:
    work = Slow()
    key = jobs.start("ann", "north", "load", work, upload="u1")
    work.begun.wait(LONG_S)
    job = jobs.one(key, "north", "ann")
    assert (job.state, job.done, job.total, job.text) == ("running", 1, 4, "halfway")
    assert job.result == {"upload": "u1"}
    work.go.set()
    jobs.wait(key, LONG_S)
    job = jobs.one(key, "north", "ann")
    assert (job.state, job.done, job.result) == ("done", 4, {"upload": "u1", "rows": 4})
    assert job.ended_at is not None
    assert [job.id for job in jobs.of("north", "ann", ["load", "preview"])] == [key]


@pytest.mark.parametrize("error", [OperatorError, RuntimeError])
def test_a_job_that_fails_says_whether_something_is_recorded(
    jobs: Jobs, database: sa.Engine, error: type[Exception]
) -> None:
    with transaction(database) as connection:
        connection.execute(tables.cases.insert().values(id="north", key_sealed=b"x", created_at=now()))

    def work(_progress: Progress, *, closes: bool) -> dict[str, Any]:
        if closes:
            with transaction(database) as connection:
                connection.execute(tables.cases.update().values(state="loading"))
        raise error(f"It broke. {standing()}." if error is OperatorError else "It broke.")

    for closes in (False, True):
        key = jobs.start("ann", "north", "load", partial(work, closes=closes))
        jobs.wait(key, LONG_S)
        job = jobs.one(key, "north", "ann")
        assert ("What was begun is recorded" in job.said) is closes
        assert jobs.one(key, "north", "bob").result == ({"recorded": True} if closes else {})


def test_a_job_belongs_to_its_case(jobs: Jobs) -> None:
    key = jobs.start("ann", "north", "load", lambda _progress: {})
    jobs.wait(key, LONG_S)
    with pytest.raises(NotFound):
        jobs.one(key, "south", "ann")
    assert jobs.of("south", "ann", ["load"]) == []


def test_cancelled_it_stops_at_its_next_step(jobs: Jobs) -> None:
    work = Slow()
    key = jobs.start("ann", "north", "load", work)
    work.begun.wait(LONG_S)
    jobs.cancel(key)
    assert jobs.one(key, "north", "ann").state == "cancelling"
    work.go.set()
    jobs.wait(key, LONG_S)
    job = jobs.one(key, "north", "ann")
    assert (job.state, job.result) == ("cancelled", {})
    jobs.cancel(key)
    assert jobs.one(key, "north", "ann").state == "cancelled"


def test_closing_stops_what_is_running(settings: Settings, database: sa.Engine) -> None:
    jobs, work = Jobs(database, settings, Processes(settings.home, b"key"), every=0.0), Slow()
    key = jobs.start("ann", "north", "load", work)
    work.begun.wait(LONG_S)
    threading.Timer(0.05, work.go.set).start()
    jobs.close()
    assert jobs.one(key, "north", "ann").state == "cancelled"


def test_what_an_error_says_goes_to_who_began_it_and_is_kept_nowhere(jobs: Jobs, settings: Settings) -> None:
    def work(_progress: Progress) -> dict[str, Any]:
        raise InputError("people.csv: Idris Karam stands there twice")

    key = jobs.start("ann", "north", "load", work)
    jobs.wait(key, LONG_S)
    job = jobs.one(key, "north", "ann")
    assert (job.state, job.text) == ("failed", "InputError")
    assert "Karam" in job.said
    assert jobs.one(key, "north", "bob").said == ""
    jobs.forget()
    assert jobs.one(key, "north", "ann").said == ""
    assert all(b"Karam" not in path.read_bytes() for path in settings.home.rglob("*") if path.is_file())


def test_an_error_nobody_expected_ends_in_words_without_data(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    name = "Idris Karam"

    def work(_progress: Progress) -> dict[str, Any]:
        raise KeyError(name)

    key = jobs.start("ann", "north", "load", work)
    jobs.wait(key, LONG_S)
    job = jobs.one(key, "north", "ann")
    assert job.state == "failed"
    assert "KeyError" in job.said
    assert "Karam" not in job.said + job.text + caplog.text
    assert "KeyError" in caplog.text


def test_a_job_whose_process_was_killed_reads_interrupted(jobs: Jobs, settings: Settings) -> None:
    script = (
        "import os, signal, sys, threading\n"
        "from pathlib import Path\n"
        "from graphsvc.appdb import open_database\n"
        "from graphsvc.config import Settings\n"
        "from graphsvc.cases.jobs import Jobs\n"
        "from graphsvc.cases.processes import Processes\n"
        "settings = Settings.read({}, home=Path(sys.argv[1]))\n"
        "jobs = Jobs(open_database(settings), settings, Processes(settings.home, b'key'))\n"
        "print(jobs.start('ann', 'north', 'load', lambda progress: threading.Event().wait() and {}), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        key = process.stdout.readline().strip()
        assert jobs.one(key, "north", "ann").state == "running"
        process.kill()
        process.wait()
    jobs.settle()
    job = jobs.one(key, "north", "ann")
    assert job.state == "interrupted"
    assert job.ended_at is not None
    assert not job.is_unfinished
