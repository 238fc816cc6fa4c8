"""Whether *no one stands out* is said where nobody should: `python -m bench.verdicts`.

Each world is ranked whole, where somebody should stand out, and without every claim on its hubs, where nobody is left who
should. Of the latter false accounts remain, and those who give orders in between.
"""

from __future__ import annotations

import argparse

from bench.case_folder import Case
from bench.fit_parts import tried
from graphsvc.analysis.score.hubs import rank


def stands_out(world: Case, *, hubs: bool) -> bool:
    """Whether the verdict names leads, with all claims or without those on hubs."""
    those = frozenset[str]() if hubs else frozenset(world.planted.hubs)
    told = [claim for claim in world.claims if those.isdisjoint((claim.subject, claim.object))]
    return rank(told, world.persons, world.dependence).verdict == "leads"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    for family, worlds in tried():
        told = [sum(stands_out(world, hubs=hubs) for world in worlds) for hubs in (True, False)]
        print(f"{family}: leads in {told[0]} of {len(worlds)} worlds, in {told[1]} without what is said of hubs", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
