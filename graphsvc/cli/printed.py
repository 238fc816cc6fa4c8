"""Output of commands: other people's text is shown, but cannot control the terminal."""

from __future__ import annotations

import re

import click

# C0 and C1 (a terminal acts on them), lone surrogates, line separators, and marks that change the direction of writing.
# Joiners stay: names in Persian and Hindi need them.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def say(*lines: object, err: bool = False) -> None:
    """Print lines, each as one: a line break inside a line is escaped like any control character."""
    for line in lines:
        click.echo(escape_controls(str(line)), err=err)


def say_text(text: str, *, err: bool = False) -> None:
    """Print a text that may have several lines, such as JSON, CSV or Cypher."""
    click.echo("\n".join(map(escape_controls, text.split("\n"))), err=err)


def in_a_cell(text: str) -> str:
    r"""Return a text with a blank for each control character and line break, so that a table keeps its layout.

    Example:
        >>> in_a_cell("Ann\x1b[2J\nB")
        'Ann [2J B'
    """
    return _STEERING.sub(" ", text).replace("\n", " ").replace("\t", " ")


def escape_controls(text: str) -> str:
    r"""Return a text with its control characters escaped as in JSON, so that JSON keeps its meaning.

    Example:
        >>> print(escape_controls("Ann\x1b[2J"))
        Ann\u001b[2J
    """
    return _STEERING.sub(_escape_character, text).replace("\n", r"\u000a")


def _escape_character(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
