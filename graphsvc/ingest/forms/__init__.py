"""The forms that the file of a delivery may have.

To add one: a module here with `FORMS`. Modules that take long to load are imported when a file is read.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from graphsvc.ingest.forms.form import FileForm

__all__ = ["ADVICE", "ANY_FORM", "FORMS", "SUFFIXES", "FileForm", "find_form"]


def _find_forms() -> list[FileForm]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return sorted((form for module in modules for form in getattr(module, "FORMS", ())), key=lambda form: form.order)


def _join(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


FORMS = tuple(_find_forms())
SUFFIXES = tuple(suffix for form in FORMS for suffix in form.suffixes)
# For sentences: every form; every suffix, with how to make a file of each form.
ANY_FORM = _join([form.name for form in FORMS])
ADVICE = f"is no {_join(list(SUFFIXES))}. To make one, {_join([form.advice for form in FORMS])}."


def find_form(path: Path) -> FileForm | None:
    """Return the form that recognises a file, or None. Forms are tried from the last: an archive may be a workbook."""
    return next((form for form in reversed(FORMS) if form.recognises(path)), None)
