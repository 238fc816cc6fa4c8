"""Fit all fitted tables of the service again: `python -m bench.fit`.

It prints whether each table equals the shipped one to the last digit, and exits with status 1 if any differs. `--write`
replaces the shipped tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from bench import fit_beliefs, fit_weights

# File of a table → function that returns its text.
TABLES: MappingProxyType[Path, Callable[[], str]] = MappingProxyType(
    {
        fit_beliefs.TARGET: fit_beliefs.refit,
        fit_weights.TARGET: fit_weights.refit,
    }
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables where the service reads them")
    options = parser.parse_args()
    differ = 0
    for path, make in TABLES.items():
        text = make()
        same = text == path.read_text("utf-8")
        differ += not same
        print(f"{path.name}: {'equal' if same else 'differs'}", flush=True)
        if options.write:
            path.write_text(text, encoding="utf-8")
    return int(differ > 0 and not options.write)


if __name__ == "__main__":
    raise SystemExit(main())
