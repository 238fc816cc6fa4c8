"""Inbox: pending work and news of one person in a case, for page, bar, command and notebook.

Only the last look is stored. Pending work is counted from the rows that the inbox lists, without decrypting anything,
so that every page can show the number.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote

from graphsvc.access.decisions.pending import Pending, PendingStore
from graphsvc.access.log.audit import now
from graphsvc.analysis.ranking.moved import FIRST, Move
from graphsvc.cases.stores.export_store import number
from graphsvc.cases.stores.last_looks import LastLook, keep_look, last_look
from graphsvc.errors import RequestError
from graphsvc.records.dates import format_date
from graphsvc.service.ask import Ask
from graphsvc.service.deliveries.deliveries import Deliveries
from graphsvc.service.leads.moves import LeadMoves
from graphsvc.service.network.network import Network
from graphsvc.service.protection.clearance import is_shown, sees_whole
from graphsvc.views import waits

_KINDS = ("load", "add", "undo", "withdraw", "seal", "open", "erase", "accounts", "regroup", "protect", "loosen")
# Kind of request → the page on which it is answered. Other kinds are answered on a page inside the case.
_ANSWERED_AT = {"seal": "/sealings", "open": "/sealings", "loosen": "/sealings", "erase": "/erasures"}
_PROTECTS = ("reveal", "seal", "open", "loosen", "erase")


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One inbox item.

    Attributes:
        kind: `reveal`, `seal`, `open`, `erase`, `export`, `hold`, `review`, `job`, `view` or `delivery`.
        text: a sentence.
        about: the pseudonym it is about; may be empty.
        sealed: whether that pseudonym has a page, as that of a sealed person.
        since: since when it has been waiting or new (UTC).
        address: path of the page to act on it or look at it.
        to_do: whether this person needs to act; otherwise it is news.
    """

    kind: str
    text: str
    about: str
    sealed: bool
    since: dt.datetime
    address: str
    to_do: bool


@dataclass(frozen=True, slots=True)
class WhatWaits:
    """A person's inbox in a case, pending work first.

    Attributes:
        looked: when they last looked (UTC); None if never.
        at, version: time, and version of the case, of this inbox: pass both to `Waiting.mark_seen`.
        deliveries: new deliveries, as rows of `Deliveries.list_deliveries`.
        moved: their effect on the leads; None if the person has never looked or no role of theirs may rank leads.
        others: sentence on leads that moved although no statement can be named as the cause; may be empty.
        ranked_on: what the ranking leaves out for this reader, if `moved` is given; may be empty.
    """

    case: str
    looked: dt.datetime | None
    at: dt.datetime
    version: int
    items: list[WaitingItem]
    deliveries: list[dict[str, Any]]
    moved: list[Move] | None
    others: str
    ranked_on: str

    @property
    def to_do(self) -> int:
        """Number of items that this person needs to act on."""
        return sum(item.to_do for item in self.items)

    def plain(self) -> dict[str, Any]:
        """Return the inbox as plain data: for JSON, the command and notebooks."""
        return {
            "case": self.case,
            "looked": self.looked,
            "at": self.at,
            "version": self.version,
            "to_do": self.to_do,
            "items": [asdict(item) for item in self.items],
            "deliveries": [row["number"] for row in self.deliveries],
            "moved": None if self.moved is None else [lead.plain() for lead in self.moved],
            "others": self.others,
            "ranked_on": self.ranked_on,
        }


class Waiting:
    """The inbox of one person in one case."""

    def __init__(self, ask: Ask, moves: LeadMoves, network: Network, deliveries: Deliveries) -> None:
        self._ask = ask
        self._network = network
        self._deliveries = deliveries
        self._moves = moves

    def listed(self) -> WhatWaits:
        """Return the whole inbox.

        Raises:
            Refused, NotFound: no role of this person may read cases, or they may not see this case.
            Busy: the case is being imported.
        """
        with self._ask.look("read", query="waiting"):
            at, version = now(), self._ask.version
            last = last_look(self._ask.database, self._ask.case, self._ask.principal.name)
            looked = last.at if last is not None else None
            deliveries = self._new_deliveries(looked)
            moved = self._combined_moves(last) if last is not None and last.version != version else None
            if moved is None and deliveries and looked is not None and self._ask.may("analyse"):
                moved = []
            news = [*self._answers(looked), *self._jobs(looked), *self._views(looked)]
            if deliveries or moved is not None:
                news.append(self._delivery_news(deliveries, moved, looked or at))
            news.sort(key=lambda item: (item.kind, item.text))  # keeps equal times in this order
            items = [*self._to_do(), *sorted(news, key=lambda item: item.since, reverse=True)]
        others_note = waits.others_moved(moved or [], sources=self._ask.grant.sources)
        leaves_out = "" if moved is None else self._ask.ranked_on
        return WhatWaits(self._ask.case, looked, at, version, items, deliveries, moved, others_note, leaves_out)

    def count(self) -> int:
        """Return the number of items that need action. Cheap and not logged, for the bar of every page.

        Raises:
            Refused, NotFound: as `listed`.
        """
        return len(self._pending())

    def mark_seen(self, until: dt.datetime, version: int) -> None:
        """Mark news up to a time (`WhatWaits.at`, with its `version`) as seen; pending work stays.

        Raises:
            RequestError: that time is in the future.
        """
        with self._ask.act("read", step="seen"):
            if until > now():
                raise RequestError("What has not come yet cannot have been seen.")
            keep_look(self._ask.database, self._ask.case, self._ask.principal.name, LastLook(until, version))

    # -- pending work -----------------------------------------------------------------------------------------

    def _pending(self) -> list[Pending]:
        """Return items this person needs to act on, longest waiting first; all leads they parked are a single item."""
        ask = self._ask
        version = ask.version  # raises an error if they may not see the case
        whole = sees_whole(ask, ask.case)
        rows = PendingStore(ask.database, ask.case, ask.principal.name, ask.grant).waiting(
            agrees=whole and ask.may("agree"),
            opens=whole and ask.may("reveal"),
            holds=whole and ask.may("hold"),
            exports=ask.may("export"),
            reviews_at=version if ask.may("review") else None,
        )
        rows = [row for row in rows if is_shown(ask, row.about)]
        parked = [row for row in rows if row.kind == "parked"]
        return [
            replace(row, state=str(len(parked))) if row.kind == "parked" else row
            for row in rows
            if row.kind != "parked" or row is parked[0]
        ]

    def _to_do(self) -> list[WaitingItem]:
        return [self._item(row) for row in self._pending()]

    def _item(self, row: Pending) -> WaitingItem:
        match row.kind:
            case "opened":
                return self._about("reveal", waits.reveal_text(row.by), row, "/reveals", to_do=True)
            case "fetch" | "recall":
                text = waits.export(number(row.about), recall=row.kind == "recall")
                return self._about("export", text, row, "/exports", to_do=True)
            case "hold":
                due = dt.datetime.fromisoformat(row.state)
                text = waits.hold(row.by, format_date(row.state))
                return self._about("hold", text, replace(row, at=due), "/holds", to_do=True)
            case "parked":
                return self._about("review", waits.parked_text(int(row.state)), row, "/leads?review=park", to_do=True)
        return self._about(row.kind, waits.request_text(row.kind, row.by, row.state), row, to_do=True)

    # -- news -------------------------------------------------------------------------------------------------

    def _answers(self, looked: dt.datetime | None) -> list[WaitingItem]:
        """Return answers to this person's requests, except those to be opened or fetched, which are pending work."""
        ask = self._ask
        kinds = [kind for kind in _PROTECTS if ask.may(kind) and sees_whole(ask, ask.case)]
        kinds += ["export"] if ask.may("export") else []
        if not kinds:
            return []
        store = PendingStore(ask.database, ask.case, ask.principal.name, ask.grant)
        return [
            self._about(row.kind, waits.answer_text(row.kind, row.by, refused=row.state == "refused"), row)
            for row in store.answered_requests(kinds, looked)
            if row.state == "refused" or row.kind not in ("reveal", "export")
        ]

    def _jobs(self, looked: dt.datetime | None) -> list[WaitingItem]:
        """Return news of this person's jobs that have ended since the last look."""
        name = self._ask.principal.name
        return [
            self._new("job", waits.job(job.kind, job.state), job.ended_at, _job_address(job.kind, job.id))
            for job in self._ask.home.jobs.of(self._ask.case, name, _KINDS, own=True)
            if job.ended_at is not None and _is_after(job.ended_at, looked)
        ]

    def _views(self, looked: dt.datetime | None) -> list[WaitingItem]:
        """Return news of saved views that others have changed or shared since the last look."""
        if not self._ask.may("keep"):
            return []
        name = self._ask.principal.name
        return [
            self._new(
                "view",
                waits.view(view.changed_by, view.name, view.version),
                view.changed_at,
                f"/pictures/one?id={view.id}",
            )
            for view in self._network.views.list_views()
            if view.changed_by != name and _is_after(view.changed_at, looked)
        ]

    def _new_deliveries(self, looked: dt.datetime | None) -> list[dict[str, Any]]:
        """Return active deliveries since the last look, newest first; none without clearance for handling code C."""
        rows = self._deliveries.list_deliveries()
        return [row for row in rows if row["status"] == "active" and _is_after(_came(row), looked)]

    def _combined_moves(self, last: LastLook) -> list[Move] | None:
        """Return how all deliveries since the last look together have moved the leads."""
        if not self._ask.may("analyse"):
            return None
        every = self._ask.home.register.deliveries(self._ask.case)
        newer = [row["number"] for row in every if row["status"] == "active" and _came(row) > last.at]
        return self._moves.since(newer) if newer else None

    def _delivery_news(
        self, deliveries: list[dict[str, Any]], moved: list[Move] | None, looked: dt.datetime
    ) -> WaitingItem:
        """Return news of deliveries; readers who may not see these learn only that the data have changed."""
        text = waits.delivery_text(sorted(row["number"] for row in deliveries))
        if moved is not None:
            stands_out = not waits.no_one_stands_out(lead.verdict for lead in moved)
            ways = [lead.way for lead in moved if lead.notable]
            text = f"{text}. {waits.moves_text(ways, FIRST, stands_out=stands_out)}"
        return self._new("delivery", text, max(map(_came, deliveries), default=looked), "/waiting#moved")

    # -- helpers ----------------------------------------------------------------------------------------------

    def _about(self, kind: str, text: str, row: Pending, address: str = "", *, to_do: bool = False) -> WaitingItem:
        """Return the item for a pending row, with a pseudonym if the row is about one."""
        about = row.about if kind != "export" else ""
        sealed = bool(about) and about in self._ask.home.register.sealed_standings(self._ask.case)
        place = _ANSWERED_AT.get(kind) or self._inside(address or f"/{kind}s")
        return WaitingItem(kind, text, about, sealed, row.at, place, to_do)

    def _new(self, kind: str, text: str, since: dt.datetime, address: str) -> WaitingItem:
        return WaitingItem(kind, text, "", sealed=False, since=since, address=self._inside(address), to_do=False)

    def _inside(self, address: str) -> str:
        return f"/case/{quote(self._ask.case)}{address}"


def _came(row: dict[str, Any]) -> dt.datetime:
    """Return the time at which the contents of a delivery became visible."""
    at: dt.datetime = row["opened_at"] or row["loaded_at"]
    return at


def _is_after(at: dt.datetime, looked: dt.datetime | None) -> bool:
    return looked is None or at > looked


def _job_address(kind: str, job: str) -> str:
    place = {"regroup": "/groups/work"}.get(kind) or (
        "/work" if kind in ("seal", "open", "erase", "accounts", "protect", "loosen") else "/load/job"
    )
    return f"{place}?id={job}"
