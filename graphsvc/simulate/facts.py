"""What truly happened, as facts one can look up by anyone or anything they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class TrueFact:
    """One relation that holds. `on` and `until` are days (None: lasting or unknown); `amount` 0 means none."""

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
        """The same, done by somebody else."""
        return replace(self, subject=subject)

    def to(self, object_: str) -> TrueFact:
        """The same, done to somebody else."""
        return replace(self, object=object_)


class Facts:
    """A growing set of facts, one per subject, relation and object: the first one told stays."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str], TrueFact] = {}
        self._about: dict[str, list[TrueFact]] = {}
        self._of: dict[str, list[TrueFact]] = {}

    def __iter__(self) -> Iterator[TrueFact]:
        return iter(self._facts.values())

    def __contains__(self, key: object) -> bool:
        return key in self._facts

    def add(self, fact: TrueFact) -> None:
        """Adds a fact, unless it is known or relates something to itself."""
        if fact.key in self._facts or fact.subject == fact.object:
            return
        self._facts[fact.key] = fact
        self._about.setdefault(fact.subject, []).append(fact)
        self._about.setdefault(fact.object, []).append(fact)
        self._of.setdefault(fact.relation, []).append(fact)

    def about(self, token: str) -> list[TrueFact]:
        """Facts with `token` at either end."""
        return self._about.get(token, [])

    def of(self, *relations: str) -> list[TrueFact]:
        """Facts of these relations."""
        return [fact for relation in relations for fact in self._of.get(relation, [])]

    def rewritten(self, rewrite: Callable[[TrueFact], Iterable[TrueFact]]) -> Facts:
        """New facts: for each of these what `rewrite` makes of it, none, one or several."""
        new_facts = Facts()
        for fact in self:
            for new_fact in rewrite(fact):
                new_facts.add(new_fact)
        return new_facts
