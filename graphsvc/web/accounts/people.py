"""Accounts, for administrators: list them, add them, and change what their owners may do."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.grading import HANDLING
from graphsvc.web import frame
from graphsvc.web.frame import answer, current, home, or_again
from graphsvc.web.frame import page as register

blueprint = Blueprint("people", __name__)

# Button → change of the account in the form, and message after the change.
_CHANGES: dict[str, tuple[Callable[[str], object], str]] = {
    "roles": (lambda name: current().accounts.set_roles(name, request.form.getlist("role")), "The roles were changed."),
    "grant": (lambda name: current().accounts.grant(name, _clearance()), "The clearance was changed."),
    "revoke": (
        lambda name: current().accounts.revoke(name, request.form.get("case", "")),
        "The clearance was taken back.",
    ),
    "cypher": (
        lambda name: current().accounts.set_free_cypher(name, is_granted=request.form.get("given") == "yes"),
        "The grant for free Cypher was changed.",
    ),
    "disable": (lambda name: current().accounts.disable(name), "The account is disabled."),
    "enable": (lambda name: current().accounts.enable(name), "The account can sign in again."),
    "second-factor": (lambda name: current().accounts.reset_second_factor(name), "The second factor was removed."),
}


@register(blueprint, "/people")
def table() -> ResponseReturnValue:
    """List every account."""
    return answer(
        "people/table.html",
        people=current().accounts.list_accounts(),
        roles={role: says for role, says, _may in home().roles()},
    )


@register(blueprint, "/people/one")
def one() -> ResponseReturnValue:
    """Show one account and what can be changed about it."""
    return _one(request.args.get("name", ""))


@blueprint.post("/people/add")
def add() -> ResponseReturnValue:
    """Add an account; its owner chooses the password through a setup link."""
    name = request.form.get("name", "").strip()

    def add_account() -> ResponseReturnValue:
        current().accounts.add(name, request.form.getlist("role"), [], "")
        return _link(name)

    return or_again(add_account, table)


@blueprint.post("/people/link")
def link() -> ResponseReturnValue:
    """Create a link for choosing a password; the old password and all sign-ins end."""
    name = request.form.get("name", "")
    return or_again(lambda: _link(name), lambda: _one(name))


@blueprint.post("/people/change/<what>")
def change(what: str) -> ResponseReturnValue:
    """Make one change to one account."""
    name = request.form.get("name", "")
    if what not in _CHANGES:
        raise RequestError("There is no such change. Nothing was changed.")
    act, sentence = _CHANGES[what]

    def change_account() -> ResponseReturnValue:
        act(name)
        flash(f"{sentence} {name} is signed out and has to sign in again.")
        return redirect(url_for("people.one", name=name), code=303)

    return or_again(change_account, lambda: _one(name, what))


def _one(name: str, changing: str = "") -> ResponseReturnValue:
    return answer(
        "people/one.html",
        person=current().accounts.look(name),
        roles={role: says for role, says, _may in home().roles()},
        codes=dict(HANDLING),
        changing=changing,
    )


def _link(name: str) -> ResponseReturnValue:
    # The URL is built from the settings: a request could name any host.
    address = f"{frame.address()}/setup/{current().accounts.setup_link(name)}"
    # The link is shown only in this response. As part of a page's URL, it would stay in the browser's history.
    return render_template(
        "people/link.html", handling="", name=name, address=address, hours=home().settings.token_hours
    )


def _clearance() -> str:
    sources = "+sources" if request.form.get("sources") else ""
    return f"{request.form.get('case', '').strip()}:{request.form.get('handling', '')}{sources}"
