"""Plain data as a reader without source clearance sees it in files and in the output of commands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsvc.records.coarsened import SOME
from graphsvc.views.wording import belief_short

_BELIEFS = ("belief", "belief_on_record")
# Beliefs in the data of a picture stay numbers, as they set the width of lines.
_DRAWING = "picture"


def some_in_words(value: Any, name: str = "") -> Any:
    """Return plain data in which the word *some* replaces each belief that pages show as *some*.

    Args:
        value: a value, or lists and mappings of values.
        name: name of the value. Only `belief` and `belief_on_record` are beliefs; next to `people` these are expected
            numbers of people, and stay.

    Example:
        >>> some_in_words({"belief": 0.5, "links": [{"belief": 0.625}], "moves": 0.5})
        {'belief': 'some', 'links': [{'belief': 0.625}], 'moves': 0.5}
    """
    if isinstance(value, Mapping):
        numbers = (_DRAWING, *_BELIEFS) if "people" in value else (_DRAWING,)
        return {key: item if key in numbers else some_in_words(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [some_in_words(item, name) for item in value]
    return belief_short(value) if name in _BELIEFS and value == SOME else value
