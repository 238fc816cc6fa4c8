"""Who acts: a proven account with its roles and what it is cleared for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphsvc.records.grading import RESERVED

ANY_CASE = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account is cleared for in one case.

    Attributes:
        handling: strictest handling code it may see: `P` or `C`.
        sources: source clearance: whether it may see which witness (by pseudonym) said what.
    """

    handling: str
    sources: bool = False

    @property
    def codes(self) -> list[str]:
        """The handling codes it may see."""
        return ["P", "C"] if self.handling == "C" else ["P"]

    @property
    def claim_codes(self) -> list[str]:
        """The same with the codes of claims that say who somebody sealed is, which take source clearance."""
        return [*self.codes, *(RESERVED[code] for code in self.codes)] if self.sources else self.codes


@dataclass(frozen=True, slots=True)
class Principal:
    """One account that has proven itself (a sign-in, a token, or the only account of a home).

    Attributes:
        name: the account's name.
        roles: names of roles, see `policy.ROLES`.
        grants: case id (or `*`, every case) → Grant.
        free_cypher: has the grant for free Cypher; whether it holds, `policy.cypher_refusal` says.
        must_enrol: signed in only to set up the second factor a role of theirs takes; then roles and grants are empty.
    """

    name: str
    roles: frozenset[str]
    grants: Mapping[str, Grant] = field(default_factory=dict)
    free_cypher: bool = False
    must_enrol: bool = False

    def grant(self, case: str) -> Grant | None:
        """The clearance for one case, or None; a grant for the case itself goes before one for every case."""
        return self.grants.get(case) or self.grants.get(ANY_CASE)
