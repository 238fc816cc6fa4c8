"""Gaps in a hard case: part of all claims is missing, at times almost a whole relation or kind of source."""

from __future__ import annotations

import random
from collections.abc import Callable

from graphsvc.simulate.hardness import Hard
from graphsvc.simulate.statements import InventedClaim, Statement

# Share kept of a relation or a kind of source that is nearly absent.
_LEFT = 0.08
_OF: dict[str, Callable[[Statement], bool]] = {
    "bank": lambda statement: statement.source == "Bank",
    "reports": lambda statement: statement.kind == "intelligence",
    "records": lambda statement: statement.kind == "record",
    "bills": lambda statement: statement.source in ("Phone operator", "Handset download"),
}


def leave(rng: random.Random, hard: Hard | None, statements: list[Statement]) -> list[Statement]:
    """Remove statements and claims at random. Every witness statement stays, though perhaps shortened.

    A false statement keeps at least one of its false claims, so that the requested number of statements is false.
    """
    if hard is None:
        return statements
    remaining = []
    for statement in statements:
        rare = any(_OF[name](statement) for name in hard.silent)
        if rare and statement.kind != "witness" and rng.random() >= _LEFT:
            continue
        claims = [claim for claim in statement.claims if rng.random() >= _missing(hard, claim)]
        needed = [claim for claim in statement.claims if claim.planted] if statement.false else statement.claims
        if statement.kind == "witness" and needed and not any(claim in claims for claim in needed):
            claims.append(rng.choice(needed))
        statement.claims = claims
        if claims or statement.kind == "witness":
            remaining.append(statement)
    return remaining


def _missing(hard: Hard, claim: InventedClaim) -> float:
    """Return the chance that a claim is missing."""
    return 1 - (1 - hard.lost) * (_LEFT if claim.fact.relation in hard.absent else 1)
