"""User and purpose of a command: from a token of `graphsvc login`, or the only account of the home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

from graphsvc.cli.progress import show_progress
from graphsvc.config import Settings
from graphsvc.errors import RequestError
from graphsvc.service import Service, Session, command_line


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--user` and `--purpose` to a command, which gets a function to open a session: `with session() as s:`.

    If a case is named, it must exist, except with `new`, which is for commands that may create a case.
    """

    @click.option("--user", default="", help="Who acts, while the home has a single account (GRAPHSVC_USER).")
    @click.option("--purpose", default="", help="Why; written in the log (GRAPHSVC_PURPOSE).")
    @click.pass_obj
    @wraps(command)
    def with_session(settings: Settings, /, *args: Any, user: str, purpose: str, **options: Any) -> Any:
        _require_named(options.get("case"))

        @contextmanager
        def session(case: str = "", *, new: bool = False) -> Iterator[Session]:
            with show_progress() as progress, Service(settings, progress) as service:
                service.recover()
                acts = command_line.command_line_session(
                    service, command_line.token_file(settings), user or settings.user, purpose or settings.purpose, case
                )
                if not new:
                    acts.ask.require_there()
                yield acts

        return command(session, *args, **options)

    return with_session


def _require_named(case: str | None) -> None:
    """Refuse an empty case name, which may come from an empty variable in a script and would mean the only case.

    Raises:
        RequestError: the name of the case is empty.
    """
    is_explicit = click.get_current_context().get_parameter_source("case") is ParameterSource.COMMANDLINE
    if is_explicit and case is not None and not case.strip():
        raise RequestError(
            "The case is given as an empty text. Write its name; `graphsvc cases` lists those you can see."
        )
