"""Answers for notebooks: a pandas table, and warnings if it is incomplete. pandas is imported on first use."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphsvc.errors import AnswerWarning

if TYPE_CHECKING:
    from graphsvc.service.cypher.answer_table import AnswerFrame

_PACKAGE = str(Path(__file__).parents[2])
# Warn again each time a notebook cell is run. Appended, so that filters set by the user take precedence.
warnings.filterwarnings("always", category=AnswerWarning, append=True)


def answer_frame(
    columns: Iterable[str], rows: list[tuple[Any, ...]], sentences: Iterable[str], **attrs: Any
) -> AnswerFrame:
    """Return rows as a table; its `attrs` are the sentences (`warnings`) and the given attributes."""
    from graphsvc.service.cypher.answer_table import AnswerFrame

    frame = AnswerFrame(rows, columns=list(columns))
    frame.attrs.update(attrs, warnings=list(sentences))
    return frame


def warn(sentences: Iterable[str]) -> None:
    """Issue each sentence as a warning at the line of the caller's code that called this package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    for sentence in sentences:
        warnings.warn(sentence, AnswerWarning, stacklevel=level)
