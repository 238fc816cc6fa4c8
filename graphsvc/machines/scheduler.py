"""The address of a Dask scheduler, and which may be connected to: one at this machine, or any behind TLS with certificates of both sides."""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import warnings
from typing import Any, Literal
from urllib.parse import urlsplit

from graphsvc.errors import OperatorError

INSTALL = "pip install '.[scale]' in the checkout"
_TAKES = (
    "takes tls://HOST:PORT or, at a machine where nobody else has an account, tcp://127.0.0.1:PORT: whoever reads or changes what goes"
    " to a scheduler reads numbers of a case and runs code here"
)


def checked(address: str) -> str:
    """The address, if it may be connected to.

    Raises:
        OperatorError: it is none, or would go over a network in the clear.

    Example:
        >>> checked("tcp://127.0.0.1:8786"), checked("tls://10.0.0.5:8786")
        ('tcp://127.0.0.1:8786', 'tls://10.0.0.5:8786')
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    beyond = not host or port is None or address != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc
    if beyond or parts.scheme not in ("tcp", "tls") or (parts.scheme == "tcp" and not is_here(host)):
        raise OperatorError(f"GRAPHSVC_SCHEDULER is {address!r}, but {_TAKES}. Correct it or unset it.")
    return address


def is_here(host: str) -> bool:
    """Whether a host is this machine, by an address that no network reaches.

    Example:
        >>> is_here("127.0.0.1"), is_here("::1"), is_here("localhost"), is_here("10.0.0.5")
        (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name is whatever the machine's resolver makes of it


def host_of(address: str) -> str:
    """The host of an address that was `checked`."""
    return urlsplit(address).hostname or ""


def require_dask() -> None:
    """Say so where Dask is not installed.

    Raises:
        OperatorError: it is not.
    """
    if importlib.util.find_spec("distributed") is None:
        raise OperatorError(f"Other machines are worked with by Dask, which is not installed: {INSTALL}.")


def security(address: str, role: Literal["client", "worker"]) -> Any:
    """Dask's own security settings (`distributed.comm.tls`), required where an address is behind TLS.

    Args:
        address: of the scheduler.
        role: what we are to it.

    Raises:
        OperatorError: there are none for that role, or a file of them cannot be read.
    """
    from distributed.security import Security

    if not address.startswith("tls://"):
        return Security(require_encryption=False)
    settings = None
    try:
        settings = Security(require_encryption=True)
        ready = settings.get_connection_args(role)["ssl_context"] is not None
    except (OSError, TypeError, ValueError):
        ready = False
    if not ready:
        raise OperatorError(
            "GRAPHSVC_SCHEDULER is behind TLS, but Dask's own settings name no authority, certificate and key that can be read: set"
            f" distributed.comm.tls.ca-file, {role}.cert and {role}.key, see docs/scale.md."
        )
    return settings


def silence() -> None:
    """Dask's own log off: what fails it would print with its arguments, and say in many lines what we say in one."""
    import distributed  # noqa: F401 - it lays out its log as it is imported

    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed.")]:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    # What all of the work is over is sent once, as a task, so that it is there again after a worker died: it is large.
    warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
