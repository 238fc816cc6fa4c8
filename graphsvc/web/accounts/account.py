"""The user's own account: password, second factor, other sign-ins. Also where a new user chooses a password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from graphsvc.errors import GraphsvcError, NotSignedIn, RequestError
from graphsvc.views import qr
from graphsvc.web.frame import TOKEN, answer, current, home

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
def page() -> ResponseReturnValue:
    """Show what the user can change."""
    return _page()


@blueprint.post("/account/password")
def password() -> ResponseReturnValue:
    """Change the password; the user must also type the old one."""
    try:
        current().account.change_password(request.form.get("old", ""), _twice("new"), session[TOKEN])
    except (NotSignedIn, RequestError) as error:
        return _page(error, "password")
    return _done("Your password was changed. You are signed out everywhere else.")


@blueprint.post("/account/second-factor")
def begin() -> ResponseReturnValue:
    """Begin setting up a second factor; the page then shows its secret."""
    try:
        current().account.begin_second_factor()
    except RequestError as error:
        return _page(error, "factor")
    return redirect(url_for("account.page") + "#factor", code=303)


@blueprint.post("/account/second-factor/confirm")
def confirm() -> ResponseReturnValue:
    """Complete setting up the second factor, with a code."""
    try:
        current().account.confirm_second_factor(request.form.get("code", ""), session[TOKEN])
    except NotSignedIn as error:
        return _page(error, "factor")
    return _done("Your second factor is set up. From now on signing in takes a code.")


@blueprint.post("/account/second-factor/remove")
def remove() -> ResponseReturnValue:
    """Remove the second factor; the user must type a code."""
    try:
        current().account.remove_second_factor(request.form.get("code", ""), session[TOKEN])
    except (NotSignedIn, RequestError) as error:
        return _page(error, "factor")
    return _done("Your second factor was removed. You are signed out everywhere else.")


@blueprint.post("/account/end-others")
def end_others() -> ResponseReturnValue:
    """End all other sign-ins of the user."""
    ended = current().account.end_others(session[TOKEN])
    return _done("There was no other sign-in." if not ended else f"You are signed out everywhere else ({ended}).")


@blueprint.get("/setup/<link>")
def setup(link: str) -> ResponseReturnValue:
    """Show the form behind a setup link for choosing a password. This reveals nothing and does not use up the link."""
    return render_template("account/setup.html", link=link, wrong="", handling="")


@blueprint.post("/setup/<link>")
def choose(link: str) -> ResponseReturnValue:
    """Set the password and use up the link."""
    try:
        home().choose_password(link, _twice("new"))
    except GraphsvcError as error:
        wrong = (
            "This link is not good any more. Ask an administrator for a new one."
            if isinstance(error, NotSignedIn)
            else str(error)
        )
        return render_template("account/setup.html", link=link, wrong=wrong, handling=""), error.status
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("signin.form"), code=303)


def _page(error: GraphsvcError | None = None, part: str = "") -> ResponseReturnValue:
    me = current()
    pending = me.account.pending_second_factor()
    return answer(
        "account/page.html",
        error.status if error else 200,
        has_password=me.account.has_password(),
        has_second_factor=me.account.has_second_factor(),
        must=sorted(me.principal.roles & home().second_factor_roles),
        made=pending,
        code=Markup(qr.svg(pending.uri, "The address of the second factor as a QR code")) if pending else "",  # noqa: S704
        cypher=me.account.cypher_refusal(),
        wrong=str(error) if error else "",
        part=part,
    )


def _twice(field: str) -> str:
    """Return the password that was typed twice.

    Raises:
        RequestError: the two entries differ.
    """
    entry = request.form.get(field, "")
    if entry != request.form.get("again", ""):
        raise RequestError("The two passwords are not the same. Nothing was changed.")
    return entry


def _done(text: str) -> ResponseReturnValue:
    flash(text)
    return redirect(url_for("account.page"), code=303)
