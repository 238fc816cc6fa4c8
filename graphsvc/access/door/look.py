"""A look: one act in which several things are opened, and one line in the log for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from graphsvc.access.door.redact import Released
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal

# Acts that may be a part of a look; what changes something is an act of its own.
_PARTS = ("read", "query", "analyse")


@dataclass(slots=True)
class Look:
    """What somebody has opened so far in a case that was open when they began. `Gate.looking` alone makes it.

    Attributes:
        principal: who looks. case: at which case. version: of the case, when the look began.
        goes_on: whether its act has not ended yet.
        key: the case's data key, once it was needed.
        opened: names of what was opened. sources: whose claims were released.
        released: what was asked (`repeats.asked`) → the answer, to be kept if the case stayed as it was until the end.
    """

    principal: Principal
    case: str
    version: int
    goes_on: bool = True
    key: bytes | None = None
    opened: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    released: dict[Any, Released] = field(default_factory=dict)

    @contextmanager
    def part(self, action: str, detail: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """An act that is a part of this look: allowed or refused as an act of its own, and without a line of its own.

        Raises:
            Refused, NotFound: as for an act of its own.
        """
        policy.require(self.principal, action)
        policy.require_case(self.principal, self.case)
        self.opened.add(str(detail.get("query") or detail.get("step") or action))
        outcome: dict[str, Any] = {}
        yield outcome
        self.sources.update(outcome.get("sources", ()))


def look_of(look: Look | None, principal: Principal, action: str, case: str) -> Look | None:
    """The look that an act is a part of: the one that goes on, if the act is by the same person, of that case, and reads."""
    if look is None or not look.goes_on or look.principal != principal or look.case != case or action not in _PARTS:
        return None
    return look
