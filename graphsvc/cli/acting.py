"""Acting user and purpose on the command line: a token of `graphsvc login`, or the home's only account."""

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
    """Add `--user` and `--purpose` to a command, which receives a `session` opener instead: `with session() as s:`.

    A named case must exist, whatever the command then does with it; `new` is for commands that may create a case.
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
    """Refuse an empty case name: an empty variable in a script must not mean the only case there is.

    Raises:
        RequestError: the case was given as an empty text.
    """
    is_explicit = click.get_current_context().get_parameter_source("case") is ParameterSource.COMMANDLINE
    if is_explicit and case is not None and not case.strip():
        raise RequestError(
            "The case is given as an empty text. Write its name; `graphsvc cases` lists those you can see."
        )
