"""Description of one form of an export, and the description of the export that each form includes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graphsvc.views.picture.network import Picture

# Included in every form that has room for words.
SAYS = "Intelligence, not evidence."


@dataclass(frozen=True, slots=True)
class About:
    """Description of an export, included in each of its files.

    Attributes:
        title: title of the export.
        mark: handling code, recipient, number and day in one line.
        case: the case's name; handling: `P` or `C`.
        made: date when it was made, in words with the zone.
    """

    title: str
    mark: str
    case: str = ""
    handling: str = "C"
    made: str = ""


@dataclass(frozen=True, slots=True)
class ExportForm:
    """One form of an export.

    Attributes:
        order: forms are offered in this order.
        name: on the command line and in addresses.
        title: on pages.
        says: its purpose.
        make: returns its files: name → content.
    """

    order: int
    name: str
    title: str
    says: str
    make: Callable[[Picture, About], Mapping[str, bytes]]
