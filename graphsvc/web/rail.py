"""The rail, which is the side menu of a case. Each blueprint lists its own entries as `ENTRIES`.

A *door* is one link of the rail. Entries with the same door are its tabs, at the top of their pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import current_app, request, url_for
from markupsafe import Markup

from graphsvc.service import Session

# Group → label of each of its doors → icon, in order. Icons are names of Bootstrap Icons, part of Bootstrap-Flask.
DOORS = {
    "Start": {"Overview": "house"},
    "Ask": {"Who is behind it": "question-circle", "Leads": "list-ol", "Witness paths": "signpost-split"},
    "Boats": {"Crossings": "water"},
    "Workplaces": {"Workplaces": "building"},
    "Network": {"Network": "diagram-3"},
    "Case": {"Inbox": "inbox", "Import and export": "arrow-left-right", "Queries": "terminal"},
}
_ICONS = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A page of a case in the rail.

    Attributes:
        place: position in the door. The link of the door leads to the first entry that the user may open.
        door: label of its door, one of `DOORS`.
        label: text of its tab.
        endpoint: endpoint of the page.
        action: action that one of the user's roles must allow (`access.people.policy.ACTIONS`).
        sources: whether the user also needs source clearance.
        whole: whether the user also needs clearance for the whole case.
        other: alternative to `action`, or empty.
        alone: label of the door for users who may open no other tab of it; if empty, as usual.
    """

    place: int
    door: str
    label: str
    endpoint: str
    action: str
    sources: bool = False
    whole: bool = False
    other: str = ""
    alone: str = ""

    def opens_to(self, who: Session, case: str) -> bool:
        """Whether a user may open the entry; otherwise the entry is hidden."""
        grant = who.principal.grant(case)
        return (
            grant is not None
            and (who.may(self.action) or who.may(self.other))
            and (grant.sources or not self.sources)
            and (grant.handling == "C" or not self.whole)
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the rail, or a tab.

    Attributes:
        label: its text.
        address: its URL.
        current: its `aria-current`: `page` on its own page, `true` on a page below that or on another tab, else empty.
        icon: its icon; empty for a tab.
    """

    label: str
    address: str
    current: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Rail:
    """The rail on one page.

    Attributes:
        groups: label of each group and its links.
        door: label of the current door; empty on pages that belong to none.
        tabs: the tabs of the current door; empty if it has only one.
    """

    groups: list[tuple[str, list[Link]]]
    door: str
    tabs: list[Link]


def make_rail(entries: Iterable[Entry], who: Session, case: str, room: str) -> Rail:
    """Return the rail of a case with the entries that a user may open; `room` is the endpoint of the current page."""
    tabs, alone = defaultdict[str, list[Link]](list), dict[str, str]()
    for entry, address, current in _visible(entries, who, case, room):
        tabs[entry.door].append(Link(entry.label, address, current))
        alone[entry.door] = entry.alone
    groups, current_door = list[tuple[str, list[Link]]](), ""
    for group, doors in DOORS.items():
        links = []
        for door, icon in doors.items():
            if not (behind := tabs[door]):
                continue
            current = behind[0].current or ("true" if any(tab.current for tab in behind) else "")
            current_door = door if current else current_door
            label = (len(behind) == 1 and alone[door]) or door
            links.append(Link(label, behind[0].address, current, read_icon(icon)))
        if links:
            groups.append((group, links))
    return Rail(groups, current_door, tabs[current_door] if len(tabs[current_door]) > 1 else [])


def room_of(entries: Iterable[Entry], who: Session, case: str, room: str) -> str:
    """Return the URL of a case's page of endpoint `room`, else of the entry above it, else of its overview.

    Ids and filters of the current case are not carried over.
    """
    rooms = {current: address for _, address, current in _visible(entries, who, case, room) if current}
    return rooms.get("page") or rooms.get("true") or url_for("case.overview", case=case)


@cache
def read_icon(name: str) -> Markup:
    """Return an icon of Bootstrap Icons. Screen readers skip it and read the text next to it.

    Raises:
        ValueError: there is no icon of this name.
    """
    match = re.search(rf'<symbol [^>]*id="{re.escape(name)}"[^>]*>(.*?)</symbol>', _read_sprite(), re.DOTALL)
    if match is None:
        raise ValueError(f"no icon {name!r}")
    return Markup(f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{match[1]}</svg>')  # noqa: S704 - a package's file


@cache
def _read_sprite() -> str:
    return _ICONS.read_text("utf-8")


def _visible(entries: Iterable[Entry], who: Session, case: str, room: str) -> list[tuple[Entry, str, str]]:
    """List (entry, URL, `aria-current`) of the entries that a user may open in the case."""
    at_rule = str(request.url_rule or "")

    def current_of(endpoint: str) -> str:
        if room == endpoint:
            return "page"
        (rule,) = current_app.url_map.iter_rules(endpoint)
        # The overview is skipped, as the URLs of all pages of a case are below its URL.
        return "true" if endpoint != "case.overview" and at_rule.startswith(f"{rule}/") else ""

    return [
        (entry, url_for(entry.endpoint, case=case), current_of(entry.endpoint))
        for entry in entries
        if entry.opens_to(who, case)
    ]
