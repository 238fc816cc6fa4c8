"""Run the named benchmarks, or all of them: `python -m bench [start] [load] [hubs] …`. See README.md in this folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from bench import delivery, hubs, large, load, pages, picture, readers, start
from bench.stage import Figure, machine

PEOPLE = 20_000


def main() -> int:
    """Print each figure as soon as it is ready; return exit status 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parts: dict[str, Callable[[int], Iterator[Figure]]] = {
        "start": lambda _people: start.run(),
        "load": load.run,
        "hubs": hubs.run,
        "large": large.run,
        "delivery": delivery.run,
        "pages": lambda _people: pages.run(),
        "picture": lambda _people: picture.run(),
        "readers": lambda people: readers.run(people, options.seconds, options.processes),
    }
    parser.add_argument("part", nargs="*", help=f"of {', '.join(parts)}")
    parser.add_argument(
        "--people",
        type=int,
        default=PEOPLE,
        help="size of the case for load, hubs, large, delivery and readers (%(default)s)",
    )
    parser.add_argument("--seconds", type=float, default=120.0, help="how long readers come (%(default)s)")
    parser.add_argument(
        "--processes",
        type=lambda text: [int(number) for number in text.split(",")],
        default=[1, 0],
        help="of so many processes each (1,0; 0: as many as serve unasked)",
    )
    options = parser.parse_args()
    if unknown := set(options.part) - set(parts):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    missed = 0
    for name in options.part or parts:
        print(f"\n{name}: {sys.modules[f'bench.{name}'].__doc__}".rstrip())
        print("\n".join(f"  {label}: {value}" for label, value in machine().items()), flush=True)
        for figure in parts[name](options.people):
            missed += figure.reached is False
            print(figure, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
