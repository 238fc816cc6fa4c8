"""Output of commands, in which text from other people cannot control the terminal."""

from __future__ import annotations

import re

import click

# Control characters (C0 and C1), line separators, marks that change the direction of writing, and lone surrogates.
# Joiners are not among them, as names in Persian and Hindi need them.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def say(*lines: object, err: bool = False) -> None:
    """Print lines; a line break inside a line is escaped like any control character."""
    for line in lines:
        click.echo(escape_controls(str(line)), err=err)


def say_text(text: str, *, err: bool = False) -> None:
    """Print a text of one or more lines, such as JSON, CSV or Cypher."""
    click.echo("\n".join(map(escape_controls, text.split("\n"))), err=err)


def in_a_cell(text: str) -> str:
    r"""Return a text with each control character and line break replaced by a blank, so that a table keeps its layout.

    Example:
        >>> in_a_cell("Ann\x1b[2J\nB")
        'Ann [2J B'
    """
    return _STEERING.sub(" ", text).replace("\n", " ").replace("\t", " ")


def escape_controls(text: str) -> str:
    r"""Return a text with control characters escaped as in JSON, so that the meaning of JSON does not change.

    Example:
        >>> print(escape_controls("Ann\x1b[2J"))
        Ann\u001b[2J
    """
    return _STEERING.sub(_escape_character, text).replace("\n", r"\u000a")


def _escape_character(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
