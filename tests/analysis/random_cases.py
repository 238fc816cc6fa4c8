"""Random cases, for properties that must hold for any case."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.examples import claim_from, people

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
_CARRIED = ("CROSSED_ON c0", "CROSSED_ON c1", "WORKED_AT w0")
_KINDS = {"s0": "record", "s1": "record", "s2": "intelligence", "s3": "intelligence"}
_THING = {"ORGANISED": "c", "PILOTED": "c", "RUNS": "g", "SUPPLIED": "b"}


def told_at_random(seed: int) -> tuple[list[Claim], list[Person], dict[str, frozenset[str]]]:
    """Random claims, persons and keys that sources share; a tenth of the claims are denials."""
    rng = random.Random(seed)
    names = [f"p{number}" for number in range(14)]
    texts = set()
    for _ in range(90):
        relation = rng.choice(_SAID)
        subject, target = rng.sample(names, 2)
        end = f"{_THING[relation]}{rng.randrange(3)}" if relation in _THING else target
        texts.add(f"s{rng.randrange(12)}: {subject} {'not ' if rng.random() < 0.1 else ''}{relation} {end}")
    claims = [
        claim_from(
            text, source_kind="record" if text.startswith(("s0:", "s1:")) else "witness", on_record=rng.random() < 0.3
        )
        for text in sorted(texts)
    ]
    keys = {f"s{number}": frozenset(f"k{rng.randrange(5)}" for _ in range(rng.randrange(3))) for number in range(12)}
    # In every other case some sources share an interpreter or a day as well.
    for source in keys if seed % 2 else ():
        keys[source] |= {f"interpreter {rng.randrange(3)}", f"day {rng.randrange(4)}"}
    # In every third case one person is a child; children are never ranked.
    child = names[seed % len(names)] if seed % 3 == 0 else ""
    persons = [replace(person, child=person.id == child) for person in people(*names, sealed=names[-3:])]
    return claims, persons, keys


def in_several_statements(seed: int) -> tuple[list[Claim], list[Person], dict[str, frozenset[str]]]:
    """Make a random case in which every source gave up to three statements, and some reports have no source."""
    rng = np.random.default_rng(seed)
    claims, persons, keys = told_at_random(seed)
    restated = []
    for claim in claims:
        source = "" if claim.source == "s3" and seed % 2 else claim.source
        kind = _KINDS.get(claim.source, "witness")
        statement = f"{claim.source}-{rng.integers(3)}"
        restated.append(replace(claim, source=source, source_kind=kind, statement=statement))
    return restated, persons, keys


def with_passengers(seed: int) -> tuple[list[Claim], list[Person], dict[str, frozenset[str]]]:
    """Make a random case with many passengers: some known from one statement, some also given ties or a part."""
    rng = np.random.default_rng(seed)
    claims, persons, keys = told_at_random(seed)
    names = [person.id for person in persons]
    carried = [f"q{number}" for number in range(10)]
    texts = {f"s{rng.integers(12)}: {name} {rng.choice(_CARRIED)}" for name in (*carried, *carried, *names[:7])}
    for name in carried:
        for _ in range(rng.integers(5)):
            relation = rng.choice(
                ["CONTACTED", "PAID", "RIVAL_OF", "OWES", "DIRECTED", "RECRUITED", "HOUSED", "PILOTED"]
            )
            partner = str(rng.choice([*names, *carried]))
            if relation == "PILOTED":
                partner = "c1"
            ends = (partner, name) if rng.random() < 0.5 and relation != "PILOTED" else (name, partner)
            if ends[0] != ends[1]:
                texts.add(f"s{rng.integers(12)}: {ends[0]} {'not ' if rng.random() < 0.1 else ''}{relation} {ends[1]}")
    # Some run the workplace at which others worked, and pay passengers.
    for name in names[:4]:
        texts.add(f"s{rng.integers(12)}: {name} {rng.choice(['MANAGED', 'CONTROLS'])} w{rng.integers(2)}")
        texts.add(f"s{rng.integers(12)}: {name} PAID {rng.choice(carried)}")
    restated = []
    for claim in [*claims, *(claim_from(text) for text in sorted(texts))]:
        kind = _KINDS.get(claim.source, "witness")
        restated.append(replace(claim, source_kind=kind, statement=f"{claim.source}-{rng.integers(3)}"))
    categories = [("victim",), ("suspect",), (), (), (), ()]
    everyone = [
        replace(person, categories=frozenset(categories[rng.integers(6)])) for person in [*persons, *people(*carried)]
    ]
    return restated, everyone, keys
