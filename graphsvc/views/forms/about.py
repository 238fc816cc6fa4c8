"""Description that goes into every form of an export."""

from __future__ import annotations

from dataclasses import dataclass

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
