"""Whether another machine computes the same to the last digit: same graphsvc, same versions of its libraries."""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

# Packages that compute with the numbers or transport them.
_PACKAGES = ("numpy", "scipy", "dask", "distributed")
_SUFFIXES = (".py", ".toml")
_SHOWN = 16


def computes_with() -> str:
    """Return the versions of Python and packages in words, for operators who must make two machines alike."""
    packages = (f"{name} {version(name)}" for name in _PACKAGES)
    return ", ".join(("Python {}.{}".format(*sys.version_info[:2]), *packages, f"on {platform.machine()}"))


@cache
def digest() -> str:
    """Return a digest of graphsvc's own code and tables, and of the versions in `computes_with`.

    Two machines with the same digest give the same results, apart from rounding in their processors: see
    `docs/scale.md`.

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
    """Return the Dask resource that matching workers offer and our work requires, so that no other worker gets it.

    Example:
        >>> resource().startswith("graphsvc ")
        True
    """
    return f"graphsvc {digest()}"
