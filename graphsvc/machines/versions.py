"""Whether another machine computes the same to the last digit: the same graphsvc, and the same versions of what it computes with."""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

# What numbers go through, and what brings them there.
_PACKAGES = ("numpy", "scipy", "dask", "distributed")
_SUFFIXES = (".py", ".toml")
_SHOWN = 16


def computes_with() -> str:
    """Python and packages in words, for whoever has to make two machines alike."""
    packages = (f"{name} {version(name)}" for name in _PACKAGES)
    return ", ".join(("Python {}.{}".format(*sys.version_info[:2]), *packages, f"on {platform.machine()}"))


@cache
def digest() -> str:
    """A digest of graphsvc's own code and tables, and of what it computes with.

    Two machines with the same one give the same results; their processors' own rounding apart, see `docs/scale.md`.

    Example:
        >>> len(digest())
        16
    """
    seen = hashlib.sha256(computes_with().encode())
    root = Path(str(files("graphsvc")))
    for path in sorted(path for path in root.rglob("*") if path.suffix in _SUFFIXES):
        seen.update(path.relative_to(root).as_posix().encode() + b"\0")
        seen.update(hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:_SHOWN]


def resource() -> str:
    """What a worker that computes the same offers, and our work asks for: the scheduler gives it to no other.

    Example:
        >>> resource().startswith("graphsvc ")
        True
    """
    return f"graphsvc {digest()}"
