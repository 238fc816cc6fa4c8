"""Pseudonyms in texts, which are random and may contain the letters of any short id."""

from __future__ import annotations

import re

_PSEUDONYM = re.compile(r"\b[SQT](?:-[0-9A-Z]{4}){3}\b")


def without_pseudonyms(text: str) -> str:
    """Return `text` without its pseudonyms.

    Example:
        >>> without_pseudonyms("S-SW15-H84J-23DG saw W1")
        ' saw W1'
    """
    return _PSEUDONYM.sub("", text)


def sources(text: str) -> list[str]:
    """Pseudonyms of sources in `text`, which are never shown without source clearance.

    Example:
        >>> sources("S-VGDQ-YKEF-P8AE wrote what Q-SW15-H84J-23DG told")
        ['Q-SW15-H84J-23DG']
    """
    return [pseudonym for pseudonym in _PSEUDONYM.findall(text) if pseudonym.startswith("Q")]
