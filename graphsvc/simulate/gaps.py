"""What is missing from a hard case: part of all claims, at times nearly a whole relation or kind of source."""

from __future__ import annotations

import random
from collections.abc import Callable

from graphsvc.simulate.hardness import Hard
from graphsvc.simulate.statements import InventedClaim, Statement

# What is left of a relation or a kind of source that is nearly absent.
_LEFT = 0.08
_OF: dict[str, Callable[[Statement], bool]] = {
    "bank": lambda statement: statement.source == "Bank",
    "reports": lambda statement: statement.kind == "intelligence",
    "records": lambda statement: statement.kind == "record",
    "bills": lambda statement: statement.source in ("Phone operator", "Handset download"),
}


def leave(rng: random.Random, hard: Hard | None, statements: list[Statement]) -> list[Statement]:
    """The statements that are in the case, with the claims that are. Every account of a witness stays, if shortened.

    A lie keeps a part of what is false in it, so that as many accounts are false as were asked for.
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
    """Chance that a claim is missing."""
    return 1 - (1 - hard.lost) * (_LEFT if claim.fact.relation in hard.absent else 1)
