"""People's status in the case: data-subject categories, manual sealing, and the handling of rows.

None of it follows the truth closely: some innocent people are suspects, and most of the guilty are not.
"""

from __future__ import annotations

import datetime as dt
import random

from graphsvc.simulate.cast import HELPERS, HUBS, PASSIVE, Cast
from graphsvc.simulate.facts import Facts
from graphsvc.simulate.knobs import Knobs

_SUSPECT = dict.fromkeys(HUBS, 0.08) | dict.fromkeys(HELPERS, 0.05) | dict.fromkeys(PASSIVE, 0.01) | {"bystander": 0.06}
_SUSPECT_OTHERWISE = 0.15
_NOTES = (
    "Asked for a female interviewer.",
    "Speaks little of the journey.",
    "Known under several spellings.",
    "Seen by a support worker every week.",
)


def give(rng: random.Random, knobs: Knobs, cast: Cast, facts: Facts) -> None:
    """Fill people's categories, sealing, handling and notes; people who were coerced are often potential victims."""
    coerced = {fact.object for fact in facts.of("COERCED")}
    for person in cast.people.values():
        month = f"{knobs.day_peak + dt.timedelta(days=rng.randrange(-30, 90)):%Y-%m}"
        if person.id in coerced and rng.random() < 0.5:
            person.category.append(f"victim@{month}")
        if rng.random() < _SUSPECT.get(person.role, _SUSPECT_OTHERWISE):
            person.category.append(f"suspect@{month}" if rng.random() < 0.7 else "suspect")
        if rng.random() < 0.03:
            person.handling = rng.choice("PC")
        if rng.random() < 0.01:
            person.notes = rng.choice(_NOTES)
        if rng.random() < 0.2:
            person.review_on = str(knobs.day_peak.year + 6)
    for person in rng.sample(cast.of("carried"), max(1, len(cast.of("carried")) // 300)):
        person.sealed = True
