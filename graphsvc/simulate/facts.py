"""True facts, with look-up by anyone or anything they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class TrueFact:
    """One true relation. `on` and `until` are days (None: lasting or unknown); `amount` 0 means no amount."""

    subject: str
    relation: str
    object: str
    on: dt.date | None = None
    until: dt.date | None = None
    weight: int = 1
    amount: int = 0
    currency: str = ""
    place: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """(subject, relation, object)."""
        return self.subject, self.relation, self.object

    def by(self, subject: str) -> TrueFact:
        """Return the same fact with a different subject."""
        return replace(self, subject=subject)

    def to(self, object_: str) -> TrueFact:
        """Return the same fact with a different object."""
        return replace(self, object=object_)


class Facts:
    """A growing set of facts, one per subject, relation and object: the first one added stays."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str], TrueFact] = {}
        self._about: dict[str, list[TrueFact]] = {}
        self._of: dict[str, list[TrueFact]] = {}
        # Not indexed until the first look-up: most sets are rewritten before anyone reads them.
        self._pending: list[TrueFact] = []

    def __iter__(self) -> Iterator[TrueFact]:
        return iter(self._facts.values())

    def __contains__(self, key: object) -> bool:
        return key in self._facts

    def add(self, fact: TrueFact) -> None:
        """Add a fact, unless it is known or relates something to itself."""
        key = fact.key
        if key in self._facts or fact.subject == fact.object:
            return
        self._facts[key] = fact
        self._pending.append(fact)

    def _enter(self) -> None:
        """Index the facts added since the last look-up."""
        for fact in self._pending:
            self._about.setdefault(fact.subject, []).append(fact)
            self._about.setdefault(fact.object, []).append(fact)
            self._of.setdefault(fact.relation, []).append(fact)
        self._pending.clear()

    def about(self, token: str) -> list[TrueFact]:
        """Return facts with `token` at either end."""
        self._enter()
        return self._about.get(token, [])

    def of(self, *relations: str) -> list[TrueFact]:
        """Return facts of these relations."""
        self._enter()
        return [fact for relation in relations for fact in self._of.get(relation, [])]

    def rewritten(self, rewrite: Callable[[TrueFact], Iterable[TrueFact]]) -> Facts:
        """Return new facts: for each fact, the facts `rewrite` returns for it (none, one or several)."""
        new_facts = Facts()
        known = new_facts._facts
        for key, fact in self._facts.items():
            for new_fact in rewrite(fact):
                # Most facts are unchanged, and a hard world is rewritten eight times.
                new_key = key if new_fact is fact else new_fact.key
                if new_key not in known and new_fact.subject != new_fact.object:
                    known[new_key] = new_fact
        new_facts._pending.extend(known.values())
        return new_facts
