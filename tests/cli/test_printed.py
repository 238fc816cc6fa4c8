"""Text from other people never controls the terminal that shows it."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from graphsvc.cli import looking, printed, progress
from graphsvc.views.forms.rows import cell

COMMANDS = Path(looking.__file__).parent
HOSTILE = "Ann\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\rBob\nrejected: nothing\u2028\u202egnp\ud800"
# Characters that a terminal acts on, or that make one line look like another.
STEERING = [chr(number) for number in (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066)]


def output(prints: Callable[[], object]) -> str:
    done = CliRunner().invoke(click.Command("prints", callback=prints), [])
    assert done.exception is None, done.exception
    return done.stdout + done.stderr


def test_control_signs_are_shown_and_not_obeyed() -> None:
    text = output(lambda: printed.say(HOSTILE, HOSTILE))
    assert not [sign for sign in STEERING if sign in text]
    assert len(text.splitlines()) == 2  # one line each: no one can forge a second line
    assert r"Ann\u001b]0;owned\u0007\u001b[2J\u009b31m\u007f\u000dBob\u000arejected" in text


def test_text_of_several_lines_keeps_them_and_nothing_else() -> None:
    text = output(lambda: printed.say_text("MATCH (n)\n\tRETURN n\x1b[2J"))
    assert text == "MATCH (n)\n\tRETURN n\\u001b[2J\n"


@pytest.mark.parametrize("name", ["李雷", "مریم\u200cجان", "Ünal", "O'Neil 👩\u200d🔬"])
def test_names_in_any_script_stay_as_they_are(name: str) -> None:
    assert output(lambda: printed.say(name)) == f"{name}\n"


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize("name", ["حەوا\u200cی", "12\u00a0b", "O'Neil 👩\u200d🔬"])
def test_an_answer_holds_ids_and_names_sign_by_sign(form: str, name: str) -> None:
    assert name in output(lambda: looking.write(form, ["id"], [[name]]))


def test_a_file_keeps_line_breaks_and_joins_lists_as_pages_do() -> None:
    text = output(lambda: looking.write("csv", ["notes", "ids", "none"], [["a\nb", ["P1", "P2"], None]]))
    assert list(csv.reader(io.StringIO(text))) == [["notes", "ids", "none"], ["a\nb", "P1;P2", ""]]
    assert cell(["P1", "P2"]) == "P1;P2"


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_no_form_of_an_answer_holds_a_control_sign(form: str) -> None:
    text = output(lambda: looking.write(form, ["name", HOSTILE], [["P1", HOSTILE], ["P2", [HOSTILE]]]))
    assert not [sign for sign in STEERING if sign in text]
    if form == "csv":
        assert len(list(csv.reader(text.splitlines()))) == 3


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_small_number_is_not_shown_as_none(form: str) -> None:
    numbers = [0.00023, -3.2e-9, 0.0149, 0.5, 12.0, 0.0, -0.25]
    text = output(lambda: looking.write(form, ["p"], [[number] for number in numbers]))
    whole = ["12", "0"] if form == "table" else ["12.0", "0.0"]
    assert text.split() == ["p", "0.00023", "-3.2e-09", "0.0149", "0.5", *whole, "-0.25"]


def test_a_file_has_numbers_as_they_are_and_a_table_to_three_digits() -> None:
    numbers = [0.987654321, -1234.56789, -1e22]
    text = output(lambda: looking.write("csv", ["p"], [[number] for number in numbers]))
    assert [float(row) for row in text.split()[1:]] == numbers
    assert "0.988" in output(lambda: looking.write("table", ["p"], [[number] for number in numbers]))


def test_progress_names_a_file_without_obeying_it(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.show_progress() as show:
        show(0, 0, HOSTILE)
    text = capsys.readouterr().err
    assert r"Ann\u001b" in text
    assert not [sign for sign in STEERING if sign in text]


def test_a_refused_argument_is_told_without_obeying_it(command: Callable[..., Any]) -> None:
    done = command("hubs", f"--no-such{HOSTILE}")
    assert done.status != 0
    assert not [sign for sign in STEERING if sign in done.messages]


def test_everything_is_printed_in_one_place() -> None:
    elsewhere = [
        f"{path.name}:{node.lineno}"
        for path in sorted(COMMANDS.glob("*.py"))
        if path.name != "printed.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("echo", "secho", "echo_via_pager"))
        or (isinstance(node, ast.Name) and node.id == "print")
        or (isinstance(node, ast.Attribute) and node.attr == "stdout" and path.name != "__init__.py")
    ]
    assert elsewhere == []
