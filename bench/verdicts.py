"""Whether *no one stands out* is said where nobody should: `python -m bench.verdicts --beside FOLDER`.

Each world is ranked whole, where somebody should stand out, and without every claim on its hubs, where nobody is left who
should. Of the latter false accounts remain, and those who give orders in between.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.case_folder import Case
from bench.fit_parts import UNSEEN, tried
from graphsvc.analysis.score.hubs import rank


def stands_out(world: Case, *, hubs: bool) -> bool:
    """Whether the verdict names leads, with all claims or without those on hubs."""
    those = frozenset[str]() if hubs else frozenset(world.planted.hubs)
    told = [claim for claim in world.claims if those.isdisjoint((claim.subject, claim.object))]
    return rank(told, world.persons, world.dependence).verdict == "leads"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, help="folder with first.py and second.py (default: without them)")
    options = parser.parse_args()
    for family, worlds in tried(UNSEEN, options.beside):
        told = [sum(stands_out(world, hubs=hubs) for world in worlds) for hubs in (True, False)]
        print(f"{family}: leads in {told[0]} of {len(worlds)} worlds, in {told[1]} without what is said of hubs", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
