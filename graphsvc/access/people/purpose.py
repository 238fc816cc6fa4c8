"""Rules for a purpose: one line that the log can print."""

from __future__ import annotations

from graphsvc.errors import NotSignedIn
from graphsvc.records.lines import is_shown

LONGEST_PURPOSE = 200


def known_purpose(text: str) -> str:
    """Return a purpose as it is logged, without spaces around it.

    Raises:
        NotSignedIn: it is empty, longer than 200 characters, or not a single printable line.

    Example:
        >>> known_purpose(" who is behind the boats of 8 May ")
        'who is behind the boats of 8 May'
    """
    purpose = text.strip()
    if not purpose:
        raise NotSignedIn("Say for which purpose: --purpose or GRAPHSVC_PURPOSE, or the field at sign-in.")
    if len(purpose) > LONGEST_PURPOSE:
        raise NotSignedIn(
            f"A purpose has at most {LONGEST_PURPOSE} characters, and this one {len(purpose):,}. Say it in fewer words."
        )
    if not is_shown(purpose):
        raise NotSignedIn(
            "A purpose is one line of printable characters. Leave line breaks and control signs out of it."
        )
    return purpose
