"""The user of this machine who sent a request: the kernel knows whose program is at the other end of a connection."""

from __future__ import annotations

import sys
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
# Columns of these tables: number, local address, remote address, state, queues, timer, retransmits, user.
_LOCAL, _REMOTE, _USER = 1, 2, 7
_TRIES = 3


def owner(environ: WSGIEnvironment) -> str:
    """Return the id of the user whose program sent a request from this machine; empty if it cannot be known.

    It can be known on Linux, for connections over the loopback interface. It is `unknown` if the kernel does not list
    the connection.
    """
    try:
        address, port = ip_address(environ.get("REMOTE_ADDR", "")), int(environ.get("REMOTE_PORT", ""))
        ours = int(environ.get("SERVER_PORT", ""))
    except ValueError:
        return ""
    tables = [table for table in _TABLES if table.exists()]
    if not address.is_loopback or not tables:
        return ""
    wanted = f"{_hex(address)}:{port:04X}"
    # Reading the table is not atomic: a row can be missed while others are added or removed.
    for _ in range(_TRIES):
        for table in tables:
            for line in table.read_text("ascii").splitlines()[1:]:
                if wanted not in line:
                    continue
                cells = line.split()
                if cells[_LOCAL].endswith(wanted) and cells[_REMOTE].endswith(f":{ours:04X}"):
                    return cells[_USER]
    return "unknown"


def _hex(address: IPv4Address | IPv6Address) -> str:
    """Return an IP address as the kernel writes it: words of four bytes, in the machine's byte order.

    Example:
        >>> _hex(ip_address("127.0.0.1")) in ("0100007F", "7F000001")
        True
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    packed = (mapped or address).packed
    words = (packed[at : at + 4] for at in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
