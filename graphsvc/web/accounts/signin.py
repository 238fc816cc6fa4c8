"""Signing in and out: by name, password and code with a purpose, or by a one-time link that carries its purpose.

The form asks everyone for the code of a second factor. Asking only those who have one, in a second step, would tell a
stranger that the name exists and the password is right.
"""

from __future__ import annotations

import hmac
import secrets
from ipaddress import ip_address

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import NotSignedIn
from graphsvc.service import Entrance, Session
from graphsvc.web import last_cases
from graphsvc.web.frame import TOKEN, home, inward, used_from

blueprint = Blueprint("signin", __name__)
_LONGEST_DEVICE = 100
_DEVICE_DAYS = 180
# Fields of the cookie: the secret by which forms are checked (set by Flask-WTF), and a mark of the forms' account.
_SECRET, _WHOSE = "csrf_token", "whose"


@blueprint.get("/sign-in")
def form() -> ResponseReturnValue:
    """Show the sign-in form; redirect a user who is signed in already."""
    target = inward(request.args.get("next", ""))
    if g.session is not None:
        return redirect(target)
    return render_template(
        "signin/form.html", next=target, name="", purpose="", wrong="", handling="", sent="sent" in request.args
    )


@blueprint.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Sign in with name, password, code and purpose; if one is wrong, show the form again."""
    target = inward(request.form.get("next", ""))
    name, purpose = request.form.get("name", ""), request.form.get("purpose", "")
    device = request.cookies.get(_device_cookie(), "")[:_LONGEST_DEVICE] or secrets.token_urlsafe(24)
    place = Entrance(request.remote_addr or "", device)
    try:
        token = home().sign_in(
            name, request.form.get("password", ""), request.form.get("code", ""), purpose, place, used_from()
        )
    except NotSignedIn as error:
        wrong = str(error) if purpose.strip() else "Say for which purpose you look: it is written in the log."
        page = render_template("signin/form.html", next=target, name=name, purpose=purpose, wrong=wrong, handling="")
        return page, error.status
    response = make_response(_enter(token, target))
    config = current_app.config
    # This cookie signs nobody in. With it, failures of strangers at the same address do not lock out this browser.
    response.set_cookie(
        _device_cookie(),
        device,
        max_age=_DEVICE_DAYS * 86_400,
        path=config["SESSION_COOKIE_PATH"],
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return response


@blueprint.get("/link/<token>")
def link(token: str) -> ResponseReturnValue:
    """Sign in by a one-time link, on this machine only. A HEAD request, as link previews send, does not use it up."""
    if request.method == "HEAD":
        return ""
    # Links are printed in this machine's terminal and work only on this machine.
    if not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104  # no address is not this machine
        raise NotSignedIn("Sign-in links work only on the machine that printed them. Sign in with a password.")
    return _enter(home().redeem_link(token, used_from()), inward(request.args.get("next", "")))


@blueprint.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session in this browser and on the server."""
    home().sign_out(session.get(TOKEN, ""))
    session.clear()
    response = redirect(url_for("signin.form"))
    # Delete what the browser has stored, such as an unfinished canvas, so that its next user cannot see it.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _mark(account: str) -> str:
    """Return a keyed hash of the account for the cookie, which reveals nothing without the key."""
    return hmac.digest(home().web_key(), f"forms of {account}".encode(), "sha256")[:12].hex()


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_device"


def _enter(token: str, target: str) -> ResponseReturnValue:
    if TOKEN in session:  # another sign-in in the same browser ends the earlier one
        home().sign_out(session[TOKEN])
    entered = home().session_of(token, used_from())
    owner_mark = _mark(entered.principal.name)
    # After signing in again, the user's open forms stay valid. Forms that were opened by another user of this browser,
    # or before any sign-in, do not: they would be checked by a secret that someone else may know.
    secret = session.get(_SECRET) if hmac.compare_digest(str(session.get(_WHOSE, "")), owner_mark) else None
    session.clear()
    session[TOKEN], session[_WHOSE] = token, owner_mark
    if secret:
        session[_SECRET] = secret
    return redirect(_landing(entered) if target == url_for("cases.table") else target, code=303)


def _landing(entered: Session) -> str:
    """Return the first page after signing in: the case that the user opened last, or their only one, or all cases."""
    cases = [case.id for case in entered.cases()]
    case = last_cases.last(entered.principal.name, cases) or (cases[0] if len(cases) == 1 else "")
    return url_for("case.overview", case=case) if case else url_for("cases.table")
