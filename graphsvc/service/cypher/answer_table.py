"""A pandas table that shows warnings if it is incomplete."""

from __future__ import annotations

import html

import pandas as pd


class AnswerFrame(pd.DataFrame):
    """An answer. Tables derived from it are plain DataFrames."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *self._warnings()])

    def _repr_html_(self) -> str | None:
        table: str | None = super()._repr_html_()  # type: ignore[misc]  # the stubs of pandas lack it
        notes = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self._warnings())
        return None if table is None else f"{notes}{table}"

    def _warnings(self) -> list[str]:
        sentences: list[str] = self.attrs.get("warnings", [])
        return sentences
