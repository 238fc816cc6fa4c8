"""The rail, the side menu of a case. Each blueprint lists its own entries as `ENTRIES`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for

from graphsvc.service import Session


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One entry of the rail.

    Attributes:
        place: position, from the top.
        label: text shown.
        endpoint: page it opens.
        action: action the user's role must allow (`access.people.policy.ACTIONS`).
        sources: whether it also needs source clearance.
        whole: whether it needs clearance for the whole case.
        other: alternative action that is enough; empty: none.
    """

    place: int
    label: str
    endpoint: str
    action: str
    sources: bool = False
    whole: bool = False
    other: str = ""

    def opens_to(self, who: Session, case: str) -> bool:
        """Whether a user may open the entry; otherwise the entry is hidden."""
        grant = who.principal.grant(case)
        return (
            grant is not None
            and (who.may(self.action) or who.may(self.other))
            and (grant.sources or not self.sources)
            and (grant.handling == "C" or not self.whole)
        )


def room_of(entries: Iterable[Entry], who: Session, case: str, room: str) -> str:
    """Return a case's address for `room`: the same room, else the entry above it, else the first page.

    No id and no filter of the current case is carried over.
    """
    rooms = {current: address for _, address, current in visible_entries(entries, who, case, room) if current}
    return rooms.get("page") or rooms.get("true") or url_for("case.overview", case=case)


def visible_entries(entries: Iterable[Entry], who: Session, case: str, room: str) -> list[tuple[str, str, str]]:
    """List (label, address, `aria-current`) of the entries a user may open in the case.

    `room` is the endpoint of the current page. `aria-current` is `page` on its own entry and `true` on an entry above
    it.
    """
    at_rule = str(request.url_rule or "")

    def current_of(endpoint: str) -> str:
        if room == endpoint:
            return "page"
        (rule,) = current_app.url_map.iter_rules(endpoint)
        # Every page of a case is below its overview's address.
        return "true" if endpoint != "case.overview" and at_rule.startswith(f"{rule}/") else ""

    return [
        (entry.label, url_for(entry.endpoint, case=case), current_of(entry.endpoint))
        for entry in entries
        if entry.opens_to(who, case)
    ]
