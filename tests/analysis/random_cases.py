"""Cases told at random, for what has to hold of any."""

from __future__ import annotations

import random

from graphsvc.analysis.evidence.claims import Claim, Person
from graphsvc.analysis.examples import people, said

_SAID = (
    "DIRECTED",
    "PAID",
    "RECRUITED",
    "COERCED",
    "CONTACTED",
    "OWES",
    "RIVAL_OF",
    "ORGANISED",
    "PILOTED",
    "RUNS",
    "SUPPLIED",
)
_THING = {"ORGANISED": "c", "PILOTED": "c", "RUNS": "g", "SUPPLIED": "b"}


def told_at_random(seed: int) -> tuple[list[Claim], list[Person], dict[str, frozenset[str]]]:
    """Claims, persons and what sources share: anything said of anybody, a tenth of it denied."""
    rng = random.Random(seed)
    names = [f"p{number}" for number in range(14)]
    texts = set()
    for _ in range(90):
        relation = rng.choice(_SAID)
        subject, other = rng.sample(names, 2)
        end = f"{_THING[relation]}{rng.randrange(3)}" if relation in _THING else other
        texts.add(f"s{rng.randrange(12)}: {subject} {'not ' if rng.random() < 0.1 else ''}{relation} {end}")
    claims = [
        said(text, source_kind="record" if text.startswith(("s0:", "s1:")) else "witness", on_record=rng.random() < 0.3)
        for text in sorted(texts)
    ]
    keys = {f"s{number}": frozenset(f"k{rng.randrange(5)}" for _ in range(rng.randrange(3))) for number in range(12)}
    # In every other case some share an interpreter or a day as well.
    for source in keys if seed % 2 else ():
        keys[source] |= {f"interpreter {rng.randrange(3)}", f"day {rng.randrange(4)}"}
    return claims, people(*names, sealed=names[-3:]), keys
