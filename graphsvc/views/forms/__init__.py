"""File formats of an exported picture. All have the same content, made only from the exported picture.

To add a format, add a module with `FORMS` to this package.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from graphsvc.views.forms.about import About, ExportForm
from graphsvc.views.picture.network import Picture

__all__ = ["FORMS", "About", "ExportForm", "files"]


def _find_forms() -> list[ExportForm]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return sorted((form for module in modules for form in getattr(module, "FORMS", ())), key=lambda form: form.order)


FORMS: Mapping[str, ExportForm] = MappingProxyType({form.name: form for form in _find_forms()})


def files(view: Picture, about: About, forms: Collection[str] = ()) -> dict[str, bytes]:
    """Return the exported files: name → content.

    Args:
        view: result of `views.picture.export.outward`.
        about: description of the export, which each file includes.
        forms: names in `FORMS`; empty for all.
    """
    contents: dict[str, bytes] = {}
    for name in forms or FORMS:
        contents |= FORMS[name].make(view, about)
    return contents
