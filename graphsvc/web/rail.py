"""The rail of a case: what somebody can go to in it. Each blueprint says what it has there: `ENTRIES`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for

from graphsvc.service import Session


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One entry of the rail.

    Attributes:
        place: where it stands, from the top; label: what it says; endpoint: where it leads.
        action: what it takes (`access.people.policy.ACTIONS`). sources: whether it takes source clearance besides.
        whole: whether it takes clearance for all of the case.
        other: another action that is enough; empty: none.
    """

    place: int
    label: str
    endpoint: str
    action: str
    sources: bool = False
    whole: bool = False
    other: str = ""

    def opens_to(self, who: Session, case: str) -> bool:
        """Whether somebody may go there: what would only refuse them is not shown."""
        grant = who.principal.grant(case)
        return (
            grant is not None
            and (who.may(self.action) or who.may(self.other))
            and (grant.sources or not self.sources)
            and (grant.handling == "C" or not self.whole)
        )


def room_of(entries: Iterable[Entry], who: Session, case: str, room: str) -> str:
    """The address in a case that leads where `room` leads in another: the room itself or the one it lies in; else its first page.

    Nothing of the other case goes along, no id and no filter.
    """
    rooms = {current: address for _, address, current in shown(entries, who, case, room) if current}
    return rooms.get("page") or rooms.get("true") or url_for("case.overview", case=case)


def shown(entries: Iterable[Entry], who: Session, case: str, room: str) -> list[tuple[str, str, str]]:
    """(label, address, `aria-current`) of what this person can go to in the case: `page` where they are, `true` if inside.

    `room` is the endpoint of the page they are at.
    """
    at_rule = str(request.url_rule or "")

    def current_of(endpoint: str) -> str:
        if room == endpoint:
            return "page"
        (rule,) = current_app.url_map.iter_rules(endpoint)
        # Everything in a case is below the address of its overview.
        return "true" if endpoint != "case.overview" and at_rule.startswith(f"{rule}/") else ""

    return [
        (entry.label, url_for(entry.endpoint, case=case), current_of(entry.endpoint))
        for entry in entries
        if entry.opens_to(who, case)
    ]
