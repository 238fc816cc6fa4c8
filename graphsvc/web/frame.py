"""Shared by all pages: the user's session, deny by default, answers as page or JSON, headers.

All routes need a sign-in, except those named in PUBLIC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from graphsvc.errors import RECORDED, Busy, GraphsvcError, NotSignedIn, Refused, RequestError
from graphsvc.records.iso import json_safe
from graphsvc.service import Service, Session, limits, now
from graphsvc.views.files import some_in_words
from graphsvc.web import last_cases, look_again, peer, rail

PUBLIC = frozenset(
    {"signin.form", "signin.enter", "signin.link", "account.setup", "account.choose", "static", "bootstrap.static"}
)
# Open to a user who must still set up a second factor.
ENROLLING = frozenset({"account.page", "account.begin", "account.confirm", "signin.leave"})
# Pages poll these automatically, so requests to them do not keep a session alive.
POLLED = frozenset(
    {"load.job", "adding.done", "cypher.run", "cypher.progress", "sealing.work", "groups.work", "pictures.state"}
)
# These contain no data, so a browser may keep them.
FILES = frozenset({"static", "bootstrap.static", "network.library"})
# Maximum bytes in a request from someone who is not signed in.
STRANGERS_BYTES = 64 * 1024
TWIN = "_json"
TOKEN = "token"  # noqa: S105 - the name of the cookie's field, not a secret
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Marks the place where base.html pauses until slow data is ready. No text of a case can contain this character.
_PAUSE = "\0"

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def install(app: Flask) -> None:
    """Add sign-in checks, headers and template values to an app whose `extensions["graphsvc"]` is the Service."""
    app.before_request(_deny_by_default)
    app.after_request(_headers)
    app.context_processor(_base_values)


def home() -> Service:
    """Return the service whose pages this app shows."""
    service: Service = current_app.extensions["graphsvc"]
    return service


def address() -> str:
    """Return the URL of the front page without a final slash, from which links for other people are made."""
    return str(current_app.extensions["graphsvc-address"])


def current() -> Session:
    """Return the user's session, without a case.

    Raises:
        NotSignedIn: nobody has signed in.
    """
    who: Session | None = g.get("session")
    if who is None:
        raise NotSignedIn("Sign in to see this page.")
    return who


def at(case: str) -> Session:
    """Return the user's session at a case.

    Raises:
        NotFound: the case does not exist or the user may not see it; the message is the same for both.
    """
    case_session: Session | None = g.get("here")
    if case_session is not None and case_session.case == case:
        return case_session
    case_session = current().at(case)
    version = _cases().get(case)
    g.version = case_session.version if version is None else version  # `case_session.version` raises NotFound
    g.here = case_session
    return case_session


def _cases() -> dict[str, int]:
    """Return the name and version of each case that the user can see; they are read once per request."""
    if "cases" not in g:
        summaries = current().cases()
        g.cases = {case.id: case.version for case in summaries}
        g.protections = {case.id: case.protection for case in summaries}
    cases: dict[str, int] = g.cases
    return cases


def page(blueprint: Blueprint, rule: str, twin: str = "", look: str = "", **about: str) -> Callable[[View], View]:
    """Register a view as a page at `rule` and, with the same data, as JSON at `rule.json` (or `twin`).

    The endpoint of this JSON twin is that of the page with `_json` added: `url_for("leads.table_json", case=case)`.

    Args:
        blueprint: blueprint of the page.
        rule: URL rule of the page.
        twin: URL rule of its JSON.
        look: action under which opening the page is logged, as one look (`Session.look`) that lasts until the page is
            sent. If empty, each read is logged separately.
        about: particulars of that look: name → query parameter with the value, or `=` and a fixed word.
    """

    def register(view: View) -> View:
        logged_view = _looking(view, look, about) if look else view
        blueprint.add_url_rule(rule, view.__name__, logged_view, methods=["GET"])
        blueprint.add_url_rule(twin or f"{rule}.json", view.__name__ + TWIN, logged_view, methods=["GET"])
        return view

    return register


def _looking(view: View, action: str, about: Mapping[str, str]) -> View:
    """Wrap a view of a case so that each request to it is logged as one look."""

    @wraps(view)
    def view_in_look(case: str) -> ResponseReturnValue:
        detail = {
            name: word[1:] if word.startswith("=") else request.args.get(word, "") for name, word in about.items()
        }
        with ExitStack() as look:
            look.enter_context(at(case).look(action, **detail))
            g.look = look
            return view(case)

    return cast("View", view_in_look)


def wants_json() -> bool:
    """Whether the request is for a JSON twin, or prefers JSON according to its Accept header."""
    endpoint = request.endpoint or ""
    return endpoint.endswith(TWIN) or request.accept_mimetypes.best == "application/json"


def handling_code(handling: str = "") -> str:
    """Return the handling code of a page or download.

    Args:
        handling: strictest code of the content, `P` or `C`. If empty, the page of a case gets the reader's own code,
            as figures are computed from all that the reader may see. Other pages have no code.
    """
    case_session: Session | None = g.get("here")
    return handling or (case_session.grant.handling if case_session else "")


def answer(template: str, status: int = 200, handling: str = "", **data: Any) -> ResponseReturnValue:
    """Return `data` as a page or, at the JSON twin, as JSON.

    Args:
        template: path of the template.
        status: HTTP status.
        handling: strictest handling code of the content, or empty: see `handling_code`.
        data: plain values, mappings, sequences and dataclasses.
    """
    mark = handling_code(handling)
    if wants_json():
        twin = json_safe({"handling": mark} | data if mark else data)
        response = jsonify(some_in_words(twin) if _is_in_steps() else twin)
        response.status_code = status
        return response
    return render_template(template, handling=mark, **data), status


def opens() -> bool:
    """Whether a browser says that it opens a page, so that the page's frame can be sent first."""
    asks = request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document"
    return asks and not wants_json()


def answer_early(template: str, late: Callable[[], Mapping[str, Any]], **data: Any) -> ResponseReturnValue:
    """Send a page's frame immediately, so that a browser loads its scripts while `late` is computed.

    The status is then sent before `late` can fail, so an error of `late` is shown on the page. This is done only if a
    browser says that it opens a page; other requests get `answer` once `late` has returned.

    Args:
        template: path of the template; base.html, and blocks before the content, cannot use data of `late`.
        late: function that returns the data that takes time.
        data: the other data.
    """
    if not opens():
        return answer(template, **data, **late())
    generate_csrf()  # its cookie must be sent with the headers
    # The view's look lasts until the page is sent.
    look = g.look.pop_all() if "look" in g else ExitStack()
    values = {"handling": handling_code(), "pause": _PAUSE} | data
    current_app.update_template_context(values)
    page = current_app.jinja_env.get_template(template)
    context = page.new_context(values)

    def pieces() -> Iterator[str]:
        waiting: list[str] = []
        try:
            with look:
                for piece in page.root_render_func(context):
                    if piece == _PAUSE:
                        yield "".join(waiting)
                        waiting = []
                        context.vars.update(late())
                    else:
                        waiting.append(piece)
        except Exception as error:
            # The error is shown in the frame, which was sent already.
            g.late = True
            waiting = [current_app.make_response(current_app.handle_user_exception(error)).get_data(as_text=True)]
        yield "".join(waiting)

    response = Response(stream_with_context(pieces()))
    response.call_on_close(look.close)  # in case the browser left before the first piece
    return response


def or_again(act: Callable[[], ResponseReturnValue], page: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Do what a form asks for; if that is refused, show its page again with the reason, so that nothing typed is lost.

    After a refusal, templates have `refused` (the reason, a sentence) and `typed` (the form as sent). Otherwise both
    are empty.

    Args:
        act: function that does what is asked for.
        page: function that shows the page with the form. If it fails too, only the refusal is shown.

    Raises:
        RequestError, Refused, Busy: from `act`, if the request wants JSON or the page cannot be shown.
    """
    try:
        return act()
    except (RequestError, Refused, Busy) as error:
        if wants_json():
            raise
        g.refused = str(error)
        try:
            response = current_app.make_response(page())
        except GraphsvcError:
            raise error from None
        response.status_code = error.status
        return response


def inward(target: str) -> str:
    """Return `target` if it is a path of this site, else the front page, so that `next` leads to no other site."""
    fine = (
        target.startswith(f"{request.script_root}/") and not target.startswith(("//", "/\\")) and target.isprintable()
    )
    try:
        parts = urlsplit(target)
    except ValueError:
        fine = False
    else:
        fine = fine and not parts.scheme and not parts.netloc and "\\" not in target
    return target if fine else url_for("cases.table")


# -- before and after every request ---------------------------------------------------------------------------


def _deny_by_default() -> ResponseReturnValue | None:
    g.public = request.endpoint in PUBLIC
    look_again.be_patient(script=wants_json())
    RECORDED.set(frozenset())  # the thread may have served another request before
    if request.endpoint in ("static", "bootstrap.static"):
        return None
    _refuse_other_origins()
    token = session.get(TOKEN, "")
    try:
        g.session = home().session_of(token, used_from(), used=not _polls()) if token else None
    except NotSignedIn:
        g.session = None
    # Without a sign-in, unknown URLs get the same answer as pages, so that nobody learns which pages exist.
    if g.session is None:
        request.max_content_length = STRANGERS_BYTES
    if g.session is None and not g.public:
        raise NotSignedIn("Sign in to see this page.")
    if g.session is not None and g.session.principal.must_enrol and not g.public and request.endpoint not in ENROLLING:
        if wants_json() or request.method != "GET":
            raise Refused("Your role takes a second factor. Set it up on the page of your account first.")
        return redirect(url_for("account.page"))
    return None


def used_from() -> str:
    """Return where a session is used from: host and port named by the request, and the local user who sent it."""
    return f"{request.host} {peer.owner(request.environ)}"


def _polls() -> bool:
    """Whether a page polls for progress automatically, so that the request does not count as use."""
    return _room() in POLLED or look_again.by_itself() or (request.endpoint == "log.table" and "job" in request.args)


def _refuse_other_origins() -> None:
    """Refuse requests sent by pages of another origin, including other ports of this host.

    A link on another site may still open a page. If a browser does not say where a request comes from, it is accepted;
    then only the cookie's SameSite attribute and the form's token protect the user.

    Raises:
        RequestError: the request is from another origin.
    """
    site = request.headers.get("Sec-Fetch-Site", "none")
    asks = request.method in ("GET", "HEAD", "OPTIONS")
    opens = asks and request.headers.get("Sec-Fetch-Mode") == "navigate"
    opens = opens and request.headers.get("Sec-Fetch-Dest") == "document"
    origin = request.headers.get("Origin", "")
    elsewhere = bool(origin) and not asks and urlsplit(origin).netloc not in (request.host, urlsplit(address()).netloc)
    if elsewhere or (site not in ("same-origin", "none") and not opens):
        raise RequestError(
            "This request came from a page of another address. Nothing was changed; ask from a page of ours."
        )


def _headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in FILES:
        response.headers["Cache-Control"] = "no-store"
    who, case_session = g.get("session"), g.get("here")
    opens = request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    if who is not None and case_session is not None and opens and not wants_json() and response.status_code < 400:
        last_cases.remember(response, who.principal.name, case_session.case)
    return response


def _base_values() -> dict[str, Any]:
    """Return what base.html needs on every page."""
    who: Session | None = g.get("session")
    case_session: Session | None = g.get("here")
    return {
        "me": who,
        "pause": "",
        "here": case_session.case if case_session else "",
        "data_version": g.get("version"),  # printed on paper
        "read_at": now(),
        "refused": g.get("refused", ""),  # see `or_again`
        "typed": request.form if g.get("refused") else MultiDict(),
        "in_steps": _is_in_steps(),
        # Correcting a statement requires the right to import, and clearance for the whole case.
        "may_correct": bool(who and case_session and who.may("load") and case_session.grant.handling == "C"),
        # Users who may not read the case have no tasks in it.
        "to_do_here": case_session.waiting.count() if case_session is not None and case_session.may("read") else 0,
        "my_cases": _my_cases(who),
        "protection": limits.PROTECTIONS.get(g.get("protections", {}).get(case_session.case), "")
        if case_session
        else "",
        "rail": _rail(who, case_session.case) if who and case_session else None,
    }


def _is_in_steps() -> bool:
    """Whether the reader lacks source clearance, so that pages show belief in four steps."""
    case_session: Session | None = g.get("here")
    return case_session is not None and not case_session.grant.sources


def _my_cases(who: Session | None) -> list[tuple[str, str]]:
    """List (name, URL) of the user's cases, last opened first; each URL leads to the same page of that case."""
    if who is None:
        return []
    names = last_cases.newest_first(who.principal.name, _cases())
    entries: list[rail.Entry] = current_app.extensions["graphsvc-rail"]
    return [(name, rail.room_of(entries, who, name, _room())) for name in names]


def _room() -> str:
    return (request.endpoint or "").removesuffix(TWIN)


def _rail(who: Session, case: str) -> rail.Rail:
    entries: list[rail.Entry] = current_app.extensions["graphsvc-rail"]
    return rail.make_rail(entries, who, case, _room())
