"""The principal: a proven account with its roles and clearances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphsvc.records.grading import RESERVED
from graphsvc.records.readers import Readers

ANY_CASE = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """An account's clearance in one case.

    Attributes:
        handling: strictest handling code it may see: `P` or `C`.
        sources: source clearance: whether it may see which witness (by pseudonym) said what.
    """

    handling: str
    sources: bool = False

    @property
    def codes(self) -> list[str]:
        """The handling codes that the account may see."""
        return ["P", "C"] if self.handling == "C" else ["P"]

    @property
    def among(self) -> Readers:
        """The narrowest group of readers that this clearance belongs to."""
        if self.handling == "C":
            return Readers.CLEARED_FOR_C
        return Readers.WITH_SOURCES if self.sources else Readers.ALL

    @property
    def claim_codes(self) -> list[str]:
        """Codes of the claims that the account may see; source clearance adds claims that reveal a sealed person."""
        return [*self.codes, *(RESERVED[code] for code in self.codes)] if self.sources else self.codes


@dataclass(frozen=True, slots=True)
class Principal:
    """An account with a proven identity (by a sign-in, a token, or as the only account of a home).

    Attributes:
        name: the account's name.
        roles: names of roles, see `policy.ROLES`.
        grants: case id (or `*`, every case) → Grant.
        free_cypher: whether it has the grant for free Cypher; `policy.cypher_refusal` says whether that applies.
        must_enrol: whether it is signed in only to set up a required second factor; roles and grants are empty then.
    """

    name: str
    roles: frozenset[str]
    grants: Mapping[str, Grant] = field(default_factory=dict)
    free_cypher: bool = False
    must_enrol: bool = False

    def grant(self, case: str) -> Grant | None:
        """Return the clearance for a case, or None; a grant for that case takes precedence over one for every case."""
        return self.grants.get(case) or self.grants.get(ANY_CASE)
