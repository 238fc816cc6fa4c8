"""Addresses of Dask schedulers: allowed on this machine, or anywhere over TLS with certificates on both sides."""

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


def check_address(address: str) -> str:
    """Return the address, if connecting to it is allowed.

    Raises:
        OperatorError: it is malformed, or would cross a network unencrypted.

    Example:
        >>> check_address("tcp://127.0.0.1:8786"), check_address("tls://10.0.0.5:8786")
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
    """Whether a host is this machine, at an address that no network reaches.

    Example:
        >>> is_here("127.0.0.1"), is_here("::1"), is_here("localhost"), is_here("10.0.0.5")
        (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name depends on the machine's resolver


def host_of(address: str) -> str:
    """Return the host of an address accepted by `check_address`."""
    return urlsplit(address).hostname or ""


def require_dask() -> None:
    """Raise OperatorError if Dask is not installed.

    Raises:
        OperatorError: Dask is not installed.
    """
    if importlib.util.find_spec("distributed") is None:
        raise OperatorError(f"Other machines are worked with by Dask, which is not installed: {INSTALL}.")


def security(address: str, role: Literal["client", "worker"]) -> Any:
    """Return Dask's own security settings (`distributed.comm.tls`), required if an address uses TLS.

    Args:
        address: address of the scheduler.
        role: this process's role towards it.

    Raises:
        OperatorError: there are no settings for that role, or one of their files cannot be read.
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
    """Turn off Dask's own log, which would print failed work with its arguments, and many lines for each of ours."""
    import distributed  # noqa: F401 - importing it sets up its log

    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed.")]:
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    # Data shared by all pieces may be large. It is sent once, as a task, so that it is restored after a worker dies.
    warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
