"""Turn a clean world into a hard one: the facts are rewritten, and hubs move out of sight."""

from __future__ import annotations

import random
from collections.abc import Callable

from graphsvc.simulate import between, forced, fronts, lawful
from graphsvc.simulate.cast import Cast
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.work import Workplace


def rework(
    source: Callable[[str], random.Random],
    knobs: Knobs,
    cast: Cast,
    crossings: list[Crossing],
    workplaces: list[Workplace],
    pilots: list[str],
    facts: Facts,
) -> tuple[Facts, list[TrueFact]]:
    """Rewrite the facts for a hard world; also return false rumours that honest people believe.

    Args:
        source: returns the generator of a part.
        knobs: settings of the world; without `hard`, the facts stay unchanged.
        cast: the people; those forced to pilot get their role.
        crossings: all of them, with the forced pilots already at the tiller.
        workplaces: all of them.
        pilots: ids of the people forced to pilot.
        facts: of the clean world.
    """
    hard = knobs.hard
    if hard is None:
        return facts, []
    facts = between.introduce(source("introduce"), hard, cast, facts)
    facts = between.relay(source("relay"), hard, cast, facts)
    facts = between.finance(source("finance"), knobs.day_peak, cast, facts)
    facts = fronts.own(source("own"), hard, cast, workplaces, facts)
    fronts.command(source("command"), hard, cast, facts)
    facts = fronts.stand_in(source("stand in"), hard, cast, facts)
    facts = fronts.buy(source("buy"), hard, cast, crossings, facts)
    facts = lawful.drive_and_house(source("lawful"), hard, cast, facts)
    facts = lawful.forget(source("forget"), hard, cast, facts)
    forced.coerce(source("force"), cast, crossings, pilots, facts)
    return facts, fronts.loud(source("loud"), hard, cast, facts)
