"""A look: one act in which several things are opened, with one line in the log for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from graphsvc.access.gate.redact import Released
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal

# Actions that may be part of a look; an act that changes something always has its own line.
_PARTS = ("read", "query", "analyse")


@dataclass(slots=True)
class Look:
    """The things one person has opened in a case during one act. Made only by `Gate.looking`.

    Attributes:
        principal: the person. case: the case. version: the case's version when the look began.
        goes_on: whether the act is still in progress.
        key: the case's data key; None until it is needed.
        opened: names of the things opened. sources: sources whose claims were released.
        released: question (`repeats.answer_key`) → answer, to be kept if the case does not change until the end.
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
        """Run an act as part of this look: checked like any other act, but without its own line in the log.

        Raises:
            Refused, NotFound: as for an act with its own line.
        """
        policy.require(self.principal, action)
        policy.require_case(self.principal, self.case)
        self.opened.add(str(detail.get("query") or detail.get("step") or action))
        outcome: dict[str, Any] = {}
        yield outcome
        self.sources.update(outcome.get("sources", ()))


def look_of(look: Look | None, principal: Principal, action: str, case: str) -> Look | None:
    """Return the look that an act belongs to: the current one, if the act reads for the same person and case."""
    if look is None or not look.goes_on or look.principal != principal or look.case != case or action not in _PARTS:
        return None
    return look
