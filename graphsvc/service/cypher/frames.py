"""An answer as a pandas table that says when it is not all that was meant: as a warning, and where it is shown."""

from __future__ import annotations

import html
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from graphsvc.errors import AnswerWarning

_PACKAGE = str(Path(__file__).parents[2])
# A cell of a notebook that is run again warns again. Behind every filter that somebody set themselves.
warnings.filterwarnings("always", category=AnswerWarning, append=True)


class AnswerFrame(pd.DataFrame):
    """An answer. What is made of it is a plain table again."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *self._warnings()])

    def _repr_html_(self) -> str | None:
        table: str | None = super()._repr_html_()  # type: ignore[misc]  # the stubs of pandas lack it
        said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self._warnings())
        return None if table is None else f"{said}{table}"

    def _warnings(self) -> list[str]:
        sentences: list[str] = self.attrs.get("warnings", [])
        return sentences


def answer_frame(
    columns: Iterable[str], rows: list[tuple[Any, ...]], sentences: Iterable[str], **attrs: Any
) -> AnswerFrame:
    """Rows as a table; its `attrs` hold `warnings` (the sentences), and these."""
    frame = AnswerFrame(rows, columns=list(columns))
    frame.attrs.update(attrs, warnings=list(sentences))
    return frame


def warn(sentences: Iterable[str]) -> None:
    """Warn whoever called the package, at their line, of each of these."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    for sentence in sentences:
        warnings.warn(sentence, AnswerWarning, stacklevel=level)
