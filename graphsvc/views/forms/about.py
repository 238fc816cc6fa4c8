"""What every form of an export says of itself."""

from __future__ import annotations

from dataclasses import dataclass

# Stands in every form that has room for words.
SAYS = "Intelligence, not evidence."


@dataclass(frozen=True, slots=True)
class About:
    """What an export says of itself in each of its files.

    Attributes:
        title: what it is called.
        mark: handling code, recipient, number and day in one line.
        case: the case's name; handling: `P` or `C`.
        made: when, as a date in words with the zone.
    """

    title: str
    mark: str
    case: str = ""
    handling: str = "C"
    made: str = ""
