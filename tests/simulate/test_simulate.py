"""Same seed, same bytes; other seeds, other worlds; wrong arguments and folders are refused whole."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from graphsvc import simulate
from graphsvc.cli import cases
from graphsvc.errors import InputError, OperatorError, RequestError


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("seed", "people", "hard"), [(7, 300, False), (1, None, True)])
def test_same_arguments_same_bytes_even_in_another_process(
    tmp_path: Path, seed: int, people: int | None, hard: bool
) -> None:
    simulate.simulate(tmp_path / "one", seed=seed, people=people, hard=hard)
    code = (
        "import pathlib, sys; from graphsvc import simulate; "
        f"simulate.simulate(pathlib.Path(sys.argv[1]), seed={seed}, people={people}, hard={hard})"
    )
    for hashing in ("1", "2", "3"):
        folder = tmp_path / hashing
        root = str(Path(simulate.__file__).parents[2])
        environment = {"PYTHONHASHSEED": hashing, "PYTHONPATH": root}
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True, env=environment)
        assert _bytes(folder) == _bytes(tmp_path / "one")


def test_other_seed_other_world(tmp_path: Path) -> None:
    simulate.simulate(tmp_path / "one", seed=1, people=100)
    simulate.simulate(tmp_path / "two", seed=2, people=100)
    assert _bytes(tmp_path / "one")["links.csv"] != _bytes(tmp_path / "two")["links.csv"]


def test_false_share_changes_what_is_said_not_what_happened(tmp_path: Path) -> None:
    honest = simulate.simulate(tmp_path / "honest", people=300, false_share=0)
    false = simulate.simulate(tmp_path / "false", people=300, false_share=0.5)
    assert honest.hubs == false.hubs
    assert honest.false_links != false.false_links
    assert _bytes(tmp_path / "honest")["crossings.csv"] == _bytes(tmp_path / "false")["crossings.csv"]


@pytest.mark.parametrize("people", [20, 21, 33, 120])
def test_people_is_the_number_of_rows(tmp_path: Path, people: int) -> None:
    for seed in range(12):
        simulate.simulate(tmp_path / str(seed), seed=seed, people=people)
        text = (tmp_path / str(seed) / "people.csv").read_text(encoding="utf-8")
        assert len(text.splitlines()) == people + 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"people": 19}, "people is 19"),
        ({"people": simulate.MOST_PEOPLE + 1}, "people is 100001"),
        ({"false_share": -0.1}, "false_share is -0.1"),
        ({"false_share": 1.01}, "false_share is 1.01"),
        ({"false_share": float("nan")}, "false_share is nan"),
    ],
)
def test_arguments_out_of_range_are_refused_and_nothing_is_made(
    tmp_path: Path, wrong: dict[str, float], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        simulate.simulate(tmp_path / "case", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "case").exists()


def test_the_most_people_are_told_where_one_asks_for_them() -> None:
    most = f"{simulate.MOST_PEOPLE:,}"
    assert most in str(simulate.simulate.__doc__)
    assert f"at most {most}" in cases.simulate.get_help(click.Context(cases.simulate))
    assert most in (Path(__file__).parents[2] / "docs" / "evaluate.md").read_text("utf-8")


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        simulate.demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(InputError, match="is a file"):
        simulate.demo(tmp_path / "mine.txt")
    with pytest.raises(OperatorError, match="cannot be used"):
        simulate.demo(tmp_path / "mine.txt" / "below")


def test_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.open

    class Full(io.TextIOWrapper):
        def write(self, text: str) -> int:
            del text
            raise OSError(errno.ENOSPC, "No space left on device")

    def open_full(path: Path, *how: Any, **rest: Any) -> Any:
        return Full(whole(path, "wb")) if path.name == "links.csv" else whole(path, *how, **rest)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(OperatorError, match=r"links\.csv cannot be written: No space left on device"):
        simulate.simulate(tmp_path / "case", people=50)
    assert list((tmp_path / "case").iterdir()) == []


def test_progress_counts_up_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    simulate.simulate(tmp_path / "case", people=50, progress=lambda *step: seen.append(step))
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1][0] == seen[-1][1]
    assert all(text for _, _, text in seen)


def test_size_grows_with_people(tmp_path: Path) -> None:
    sizes = []
    for people in (200, 2000):
        simulate.simulate(tmp_path / str(people), people=people, knobs=simulate.Knobs())
        sizes.append(len((tmp_path / str(people) / "links.csv").read_text(encoding="utf-8").splitlines()))
    assert 6 < sizes[1] / sizes[0] < 14
    assert sizes[1] > 7 * 2000
