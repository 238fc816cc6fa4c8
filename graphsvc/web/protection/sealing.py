"""Sealing people or naming them again: one user asks, another agrees, a job does it. Also who is sealed, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import Session, answers
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, at, current, home, or_again, page
from graphsvc.web.paging import paginate
from graphsvc.web.rail import Entry

blueprint = Blueprint("sealing", __name__)
ENTRIES = (
    Entry(40, "Inbox", "Who is sealed", "sealing.sealed", "seal", sources=True, whole=True),
    Entry(50, "Inbox", "Texts with parts of names", "sealing.texts", "seal", sources=True, whole=True),
)
_QUICK_S = 0.3
_DIGITS = 10
_ASKED = ("seal", "open")
# States of a request that is still open.
_UNDER_WAY = ("asked", "agreed", "opened")
_TEXT_COLUMNS = ("kind", "id", "column", "text", "parts")
_COLUMNS = ("pseudonym", "since", "why", "against")


@page(blueprint, "/sealings")
def table() -> ResponseReturnValue:
    """Show the requests to seal or name people that the user made or may decide, newest first."""
    sealings = current().protection.sealings.list_requests()
    return answer(
        "sealing/table.html",
        handling="C" if sealings else "",
        waiting=[sealing for sealing in sealings if sealing.decidable],
        others=[sealing for sealing in sealings if not sealing.decidable],
        cases=[case.id for case in current().cases() if ENTRIES[0].opens_to(current(), case.id)],
    )


@page(blueprint, "/case/<case>/sealed")
def sealed(case: str) -> ResponseReturnValue:
    """Show who is sealed in a case, since when and why, and who should be sealed according to a delivery."""
    session = at(case)
    to_check, everybody = session.protection.sealings.to_be_sealed(), session.protection.sealings.sealed_entities()
    sealed = [entity for entity in everybody if entity.delivered]
    accounts = session.protection.waiting.list_statements()
    rows = [(entity.pseudonym, entity.since, entity.why, entity.against or None) for entity in sealed]
    sealed_page = paginate(_COLUMNS, rows, request.args)
    return answer(
        "sealing/sealed.html",
        handling="C",
        case=case,
        asked=to_check,
        named=session.protection.sealings.newly_named(),
        accounts=accounts,
        shared=session.protection.sharing.list_cases(),
        shareable=_shareable(session),
        requests=_under_way(session),
        due=[entity for entity in sealed if entity.against],
        opens=session.deliveries.next_opening(),
        most_days=home().settings.accounts_days,
        enough=home().settings.few_below,
        sealed=[dict(zip(_COLUMNS, row, strict=True)) for row in sealed_page.rows],
        reasons=Counter(entity.why for entity in sealed).most_common(),
        number=len(sealed),
        absent=[entity for entity in everybody if not entity.delivered],
        sort=sealed_page.sort,
        page=sealed_page.page,
        pages=sealed_page.pages,
    )


@page(blueprint, "/case/<case>/texts")
def texts(case: str) -> ResponseReturnValue:
    """Show texts that contain parts of names of sealed people, for users to sanitise or leave."""
    session = at(case)
    rows = [astuple(text) for text in session.protection.texts.listed()]
    if request.args.get("as") == "csv":
        return csv_file("texts", _TEXT_COLUMNS, [(*row[:-1], "; ".join(row[-1])) for row in rows], handling="C")
    text_page = paginate(_TEXT_COLUMNS, rows, request.args)
    return answer(
        "sealing/texts.html",
        handling="C",
        case=case,
        texts=[dict(zip(_TEXT_COLUMNS, row, strict=True)) for row in text_page.rows],
        number=len(rows),
        page=text_page.page,
        pages=text_page.pages,
    )


def _under_way(session: Session) -> list[answers.Request]:
    """List the open requests about sealed people in the case that the user may see, newest first."""
    protection = session.protection
    requests = (
        *protection.reveals.list_reveals(),
        *protection.sealings.list_requests(),
        *protection.erasures.list_erasures(),
    )
    about = [each for each in requests if each.sealed or not each.pseudonym]
    mine = [each for each in about if each.case == session.case and each.state in _UNDER_WAY]
    return sorted(mine, key=lambda each: each.asked_at, reverse=True)


def _shareable(session: Session) -> list[str]:
    """List the user's other cases, which a custodian may declare to share ids; none for other roles."""
    if "custodian" not in session.principal.roles:
        return []
    other_cases = (summary.id for summary in session.cases() if summary.id != session.case)
    return [case for case in other_cases if ENTRIES[0].opens_to(session, case)]


@blueprint.post("/case/<case>/sealed/shared-ids")
def share(case: str) -> ResponseReturnValue:
    """Declare, or stop declaring, that another case shares its ids with this one."""
    sharing, partner = at(case).protection.sharing, request.form.get("other", "")

    def share_case() -> ResponseReturnValue:
        if request.form.get("do") == "end":
            sharing.end(partner)
        else:
            sharing.declare(partner, request.form.get("reason", ""))
        return redirect(url_for("sealing.sealed", case=case, _anchor="shared"), code=303)

    return or_again(share_case, lambda: sealed(case))


@blueprint.post("/case/<case>/sealed/accounts")
def accounts(case: str) -> ResponseReturnValue:
    """Hold back a waiting statement, release it again, or open all waiting statements now."""
    session, do = at(case), request.form.get("do", "")
    if do == "open":
        return redirect(url_for("sealing.work", case=case, id=session.protection.waiting.start()), code=303)
    number = request.form.get("delivery", "")
    if do not in ("hold", "release") or not (number.isascii() and number.isdigit() and len(number) < _DIGITS):
        raise RequestError("Choose the waiting statement to hold back or let go.")
    (session.protection.waiting.hold if do == "hold" else session.protection.waiting.release)(int(number))
    return redirect(url_for("sealing.sealed", case=case), code=303)


@blueprint.post("/case/<case>/sealed/protection")
def protect(case: str) -> ResponseReturnValue:
    """Make the case a witness case, or ask that it protect only marked people."""
    sealings = at(case).protection.sealings

    def change_protection() -> ResponseReturnValue:
        if request.form.get("to") == "witness":
            return redirect(url_for("sealing.work", case=case, id=sealings.start_tightening()), code=303)
        sealings.ask_loosening(request.form.get("reason", ""))
        return redirect(url_for("sealing.table"), code=303)

    return or_again(change_protection, lambda: sealed(case))


@page(blueprint, "/case/<case>/seal")
def form(case: str) -> ResponseReturnValue:
    """Show the form for the reason for sealing someone or naming them again."""
    action = _read_action(request.values.get("as", "seal"))
    at(case).require(action)
    person = request.values.get("id", "")[:200]
    return answer("sealing/form.html", handling="C", case=case, person=person, asked=action)


@blueprint.post("/case/<case>/seal")
def ask(case: str) -> ResponseReturnValue:
    """Ask to seal someone, or to name them again."""
    session, person, reason = at(case), request.form.get("id", ""), request.form.get("reason", "")

    def ask_sealing() -> ResponseReturnValue:
        if _read_action(request.form.get("as", "seal")) == "open":
            session.protection.sealings.ask_opening(person, reason)
        else:
            session.protection.sealings.ask(person, reason)
        return redirect(url_for("sealing.table"), code=303)

    return or_again(ask_sealing, lambda: form(case))


@blueprint.post("/sealings/answer")
def decide() -> ResponseReturnValue:
    """Agree to a request, which carries it out, or refuse it."""
    identifier, note = request.form.get("id", ""), request.form.get("note", "")

    def decide_sealing() -> ResponseReturnValue:
        if request.form.get("answer") != "agree":
            current().protection.sealings.refuse(identifier, note)
            return redirect(url_for("sealing.table"), code=303)
        case, job = current().protection.sealings.start(identifier, note)
        return redirect(url_for("sealing.work", case=case, id=job), code=303)

    return or_again(decide_sealing, table)


@page(blueprint, "/case/<case>/work")
def work(case: str) -> ResponseReturnValue:
    """Show the progress of the sealing or erasing that this user began."""
    job = at(case).protection.job(request.args.get("id", ""), wait_s=_QUICK_S)
    progress = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "unfinished": job.is_unfinished,
        "done": job.done,
        "total": job.total,
        "text": job.text,
        "said": job.said,
        "managed": bool(job.result.get("managed")),
        "recall": job.result.get("recall", 0),
        "owed": job.result.get("owed", ""),
    }
    return answer("sealing/work.html", handling="C", case=case, job=progress)


def _read_action(action: str) -> str:
    if action not in _ASKED:
        raise RequestError(f"{action[:20]!r} is nothing that can be asked here: seal or open.")
    return action
