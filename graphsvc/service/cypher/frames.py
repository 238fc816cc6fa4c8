"""What a notebook is given of an answer: a table of pandas, which is loaded by then, and warnings that it is not all."""

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
# A cell of a notebook that is run again warns again. Behind every filter that somebody set themselves.
warnings.filterwarnings("always", category=AnswerWarning, append=True)


def answer_frame(
    columns: Iterable[str], rows: list[tuple[Any, ...]], sentences: Iterable[str], **attrs: Any
) -> AnswerFrame:
    """Rows as a table; its `attrs` hold `warnings` (the sentences), and these."""
    from graphsvc.service.cypher.answer_table import AnswerFrame

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
