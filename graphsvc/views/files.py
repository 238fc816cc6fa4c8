"""Plain data as files and commands show it to a reader without source clearance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsvc.records.coarsened import SOME
from graphsvc.views.wording import belief_short

_BELIEFS = ("belief", "belief_on_record")
# A drawing keeps its numbers, because they set widths.
_DRAWING = "picture"


def some_in_words(value: Any, name: str = "") -> Any:
    """Return plain data with the word *some* in place of each belief that pages show so.

    Args:
        value: a value, or lists and mappings of values.
        name: name of the value; only `belief` and `belief_on_record` are beliefs. Next to `people` they are expected
            numbers of people.

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
