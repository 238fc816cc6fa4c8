"""Fetching: checked against the lock, resumed after an interruption, refused when it differs from the lock."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import jars
from graphsvc.store.server.jars import DownloadError, Jar, fetch_jars

NAMES = ("alpha", "beta", "gamma")


def content(jar: Jar) -> bytes:
    return f"the jar {jar.artifact}".encode()


class Source:
    """A downloader with its own files, which records requests and fails at a chosen jar."""

    def __init__(self, breaks_at: str = "", error: Exception | None = None, spoiled: str = "") -> None:
        self.asked: list[str] = []
        self.breaks_at, self.error, self.spoiled = breaks_at, error or DownloadError("network down"), spoiled

    def __call__(self, wanted: Sequence[Jar], temporary: Path) -> Iterator[tuple[Jar, Path]]:
        for jar in wanted:
            self.asked.append(jar.artifact)
            if jar.artifact == self.breaks_at:
                raise self.error
            path = temporary / jar.name
            path.write_bytes(content(jar) + (b"!" if jar.artifact == self.spoiled else b""))
            yield jar, path


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock of three invented jars for an invented version 1.0.0."""
    folder = tmp_path / "locks"
    folder.mkdir()
    lines = []
    for name in NAMES:
        jar = Jar("", "org.example", name, "1")
        lines.append(f"{hashlib.sha256(content(jar)).hexdigest()}  org.example:{name}:1\n")
    (folder / "neo4j-1.0.0.lock").write_text("".join(lines))
    monkeypatch.setattr(jars, "_locks", lambda: folder)
    return folder


@pytest.fixture
def small(locks: Path, tmp_path: Path) -> Settings:
    return Settings.read({}, home=tmp_path / "home", neo4j_version="1.0.0")


def in_lib(settings: Settings) -> set[str]:
    return {path.name for path in (settings.jars_folder / "lib").iterdir()}


ALL = {f"{name}-1.jar" for name in NAMES}


def test_a_fetch_puts_exactly_the_locked_jars_in_place_and_tells_of_each(small: Settings) -> None:
    steps: list[tuple[int, int, str]] = []
    folder = fetch_jars(small, lambda *step: steps.append(step), [Source()])
    assert folder == small.jars_folder / "lib"
    assert in_lib(small) == ALL
    assert steps == [(0, 3, ""), (1, 3, "alpha-1.jar"), (2, 3, "beta-1.jar"), (3, 3, "gamma-1.jar")]
    assert {path.name for path in small.jars_folder.iterdir()} == {"lib", ".complete", "fetch.lock"}


def test_a_finished_fetch_asks_nobody_again(small: Settings) -> None:
    fetch_jars(small, None, [Source()])
    second = Source()
    fetch_jars(small, None, [second])
    assert second.asked == []


def test_a_torn_fetch_keeps_what_arrived_and_asks_for_the_rest_alone(small: Settings) -> None:
    with pytest.raises(OperatorError, match=r"2 of 3 jars .*network down.*run `graphsvc neo4j fetch` again"):
        fetch_jars(small, None, [Source(breaks_at="beta")])
    assert in_lib(small) == {"alpha-1.jar"}
    second = Source()
    fetch_jars(small, None, [second])
    assert second.asked == ["beta", "gamma"]
    assert in_lib(small) == ALL


def test_a_half_written_jar_of_a_torn_fetch_is_not_trusted(small: Settings) -> None:
    fetch_jars(small, None, [Source()])
    (small.jars_folder / ".complete").unlink()
    (small.jars_folder / "lib" / "beta-1.jar").write_bytes(b"the j")
    again = Source()
    fetch_jars(small, None, [again])
    assert again.asked == ["beta"]
    assert (small.jars_folder / "lib" / "beta-1.jar").read_bytes() == b"the jar beta"


def test_strangers_among_the_jars_are_removed_even_after_a_finished_fetch(small: Settings) -> None:
    fetch_jars(small, None, [Source()])
    (small.jars_folder / "lib" / "evil.jar").write_bytes(b"x")
    (small.jars_folder / "lib" / "folder").mkdir()
    fetch_jars(small, None, [Source()])
    assert in_lib(small) == ALL


def test_a_changed_lock_makes_a_finished_fetch_unfinished(small: Settings, locks: Path) -> None:
    fetch_jars(small, None, [Source()])
    lock = locks / "neo4j-1.0.0.lock"
    lock.write_text("".join(lock.read_text().splitlines(keepends=True)[:2]))
    fetch_jars(small, None, [Source()])
    assert in_lib(small) == {"alpha-1.jar", "beta-1.jar"}


def test_a_file_that_differs_from_the_lock_never_gets_in_place(small: Settings) -> None:
    with pytest.raises(OperatorError, match=r"beta-1\.jar is not the file the lock names"):
        fetch_jars(small, None, [Source(spoiled="beta")])
    assert in_lib(small) == {"alpha-1.jar"}
    assert not (small.jars_folder / ".complete").exists()


def test_the_next_source_delivers_what_the_first_could_not(small: Settings) -> None:
    first, second = Source(spoiled="beta"), Source()
    fetch_jars(small, None, [first, second])
    assert second.asked == ["beta", "gamma"]
    assert in_lib(small) == ALL


def test_a_source_that_gives_less_than_asked_is_an_error(small: Settings) -> None:
    def nothing(_wanted: Sequence[Jar], _temporary: Path) -> Iterable[tuple[Jar, Path]]:
        return ()

    with pytest.raises(OperatorError, match="3 of 3 jars"):
        fetch_jars(small, None, [nothing])


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk is full: free"),
        (errno.EROFS, "it is read-only: set GRAPHSVC_JARS"),
        (errno.EACCES, "may not be written by this account: set GRAPHSVC_JARS"),
    ],
)
def test_a_disk_that_does_not_take_the_jars_is_named(small: Settings, number: int, says: str) -> None:
    with pytest.raises(OperatorError, match=says):
        fetch_jars(small, None, [Source(breaks_at="beta", error=OSError(number, "from the system"))])


def test_a_file_where_the_folder_should_be_is_named(locks: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings.read({}, home=tmp_path, jars=tmp_path / "file", neo4j_version="1.0.0")
    with pytest.raises(OperatorError, match="a file is in the way: set GRAPHSVC_JARS"):
        fetch_jars(settings, None, [Source()])


def test_two_fetches_at_once_download_once(small: Settings) -> None:
    source, errors = Source(), []

    def fetch() -> None:
        try:
            fetch_jars(small, None, [source])
        except OperatorError as error:
            errors.append(error)

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(source.asked) == sorted(NAMES)


def test_an_unknown_version_names_the_known_ones(tmp_path: Path) -> None:
    settings = Settings.read({}, home=tmp_path, neo4j_version="../4.4")
    with pytest.raises(OperatorError, match=r"GRAPHSVC_NEO4J_VERSION to one of 5\.26\.31, 2026\.09\.0"):
        fetch_jars(settings)


def test_jgo_failing_in_any_way_is_a_download_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Broken:
        def project(self, _group: str, _artifact: str) -> object:
            raise RuntimeError("Artifact not found\nin a long text")

    with pytest.raises(DownloadError, match=r"^a-1\.jar: RuntimeError: Artifact not found$"):
        jars._resolve(Broken(), Jar("", "g", "a", "1"))


NEO4J = Jar("", "org.neo4j", "neo4j", "1.0")


def test_without_network_jgo_fails_as_a_download(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(DownloadError, match=r"neo4j-1\.0\.jar: "):
        list(jars._with_jgo([NEO4J], tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for mvn is a shell script")
def test_mvn_that_fails_is_a_download_error_with_its_first_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mvn = tmp_path / "mvn"
    mvn.write_text("#!/bin/sh\necho '[ERROR] no such artifact'\nexit 1\n")
    mvn.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DownloadError, match="no such artifact"):
        list(jars._with_mvn([NEO4J], tmp_path))
    assert jars._default_sources() == (jars._with_mvn, jars._with_jgo)
    monkeypatch.setenv("PATH", "")
    assert jars._default_sources() == (jars._with_jgo,)


@pytest.mark.parametrize("version", jars.versions())
def test_each_lock_is_sorted_and_names_each_jar_once(version: str) -> None:
    listed, _hash = jars.read_lock(version)
    names = [jar.name for jar in listed]
    coordinates = [":".join(filter(None, (jar.group, jar.artifact, jar.version, jar.classifier))) for jar in listed]
    assert coordinates == sorted(coordinates)
    assert len(set(names)) == len(names) > 200
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in listed)
    assert f"neo4j-{version}.jar" in names


@pytest.mark.slow(reason="reads and hashes every jar")
def test_the_fetched_jars_are_the_locked_ones(
    request: pytest.FixtureRequest, settings: Callable[..., Settings]
) -> None:
    folder: Path = request.getfixturevalue("jars")  # `jars` is the module's name here
    listed, _hash = jars.read_lock(settings().neo4j_version)
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert hashes == {jar.name: jar.sha256 for jar in listed}
