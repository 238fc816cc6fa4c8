"""Description of a file format, and the description of an export that goes into each of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graphsvc.views.picture.network import Picture

# Included in every file that has room for text.
SAYS = "Intelligence, not evidence."


@dataclass(frozen=True, slots=True)
class About:
    """Description of an export, included in each of its files.

    Attributes:
        title: title of the export.
        mark: handling code, recipient, number and day in one line.
        case: name of the case; handling: handling code, `P` or `C`.
        made: time when it was made, in words with the zone.
    """

    title: str
    mark: str
    case: str = ""
    handling: str = "C"
    made: str = ""


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A file format of an export.

    Attributes:
        order: sort key; formats are offered in this order.
        name: name on the command line and in URLs.
        title: name on pages.
        says: what it is for.
        make: function that returns its files: name → content.
    """

    order: int
    name: str
    title: str
    says: str
    make: Callable[[Picture, About], Mapping[str, bytes]]
