"""Checks before any page: whether a request names one of our hosts, and the path below which pages are served.

Browsers send the cookies of a host to all of its ports. So a program on another port of this machine could get the
cookie of a session from a browser that opens its page. Pages for this machine only are therefore served below a path
that nobody can guess, and browsers send the cookie only to that path, whatever the port.
"""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from graphsvc.config import Settings
from graphsvc.errors import OperatorError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_HOST = 255
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104  # only compared
_HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


def address_of(settings: Settings, hidden: str = "", port: int | None = None) -> str:
    """Return the URL of the front page without a final slash, from which links for other people are made.

    Args:
        settings: settings with GRAPHSVC_ADDRESS, or else with host and port.
        hidden: path that nobody can guess, used if the pages are for this machine only.
        port: port in use, if the settings do not name one.

    Raises:
        OperatorError: GRAPHSVC_ADDRESS is not a URL of web pages.

    Example:
        >>> address_of(Settings(), "/3f9a"), address_of(Settings(address="https://example.org/"), "/3f9a")
        ('http://127.0.0.1:8420/3f9a', 'https://example.org')
    """
    if settings.address:
        parts = _parts(settings.address)
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    host = "127.0.0.1" if settings.host in _EVERY_ADDRESS else settings.host
    url_host = f"[{host}]" if ":" in host else host
    return f"http://{url_host}:{settings.port if port is None else port}{hidden if is_here_alone(settings) else ''}"


def is_here_alone(settings: Settings) -> bool:
    """Whether the pages are served to this machine only."""
    try:
        return settings.host == "localhost" or ip_address(settings.host).is_loopback
    except ValueError:
        return False


def trusted_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts that a request may name in its Host header, without a port.

    Example:
        >>> sorted(trusted_hosts(Settings(host="10.1.2.3")))
        ['10.1.2.3', '127.0.0.1', '[::1]', 'localhost']
    """
    if settings.trusted_hosts.strip():
        return frozenset(host.strip().lower() for host in settings.trusted_hosts.split(",") if host.strip())
    named = {f"[{settings.host}]" if ":" in settings.host else settings.host.lower()} - {*_EVERY_ADDRESS, "[::]"}
    address = {host_of(_parts(settings.address).netloc)} if settings.address else set[str]()
    return _HERE | named | address


def host_of(header: str) -> str:
    """Return the host of a Host header, without its port.

    Example:
        >>> host_of("Localhost:8420"), host_of("[::1]:8420")
        ('localhost', '[::1]')
    """
    end = header.find("]") + 1 if header.startswith("[") else header.find(":")
    return (header if end <= 0 else header[:end]).lower().removesuffix(".")


class HostDoor:
    """WSGI app that passes on only requests for known hosts and below a path."""

    def __init__(self, inside: WSGIApplication, hosts: Iterable[str], path: str) -> None:
        self._inside = inside
        self._hosts = frozenset(hosts)
        self._path = path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on, or answer with one sentence that says why not."""
        host = environ.get("HTTP_HOST", "") or environ.get("SERVER_NAME", "")
        if len(host) > LONGEST_HOST or host_of(host) not in self._hosts:
            return _send_text(start_response, "400 Bad Request", _NOT_THIS_HOST)
        path = environ.get("PATH_INFO", "")
        if self._path:
            below = path[: len(self._path)].encode("utf-8", "surrogatepass")
            if not compare_digest(below, self._path.encode()) or path[len(self._path) :][:1] not in ("", "/"):
                return _send_text(start_response, "404 Not Found", _NOT_HERE)
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._path
            environ["PATH_INFO"] = path[len(self._path) :] or "/"
        return self._inside(environ, start_response)


def path_of(address: str) -> str:
    """Return the path of a URL from `address_of`; empty if it has none."""
    return urlsplit(address).path


def _send_text(start_response: StartResponse, status: str, sentence: str) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(sentence.encode()))),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, headers)
    return [sentence.encode()]


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment or "@" in parts.netloc or not address.isprintable():
        raise OperatorError(
            f"GRAPHSVC_ADDRESS is {address!r}, but takes an address such as https://example.org. Correct or unset it."
        )
    return parts


_NOT_THIS_HOST = (
    "These pages do not answer to the host this request names: open the address that `graphsvc serve` printed, or name"
    " the host in GRAPHSVC_TRUSTED_HOSTS."
)
_NOT_HERE = "There is nothing at this address: open the one that `graphsvc serve` printed when it started."
