"""The rule that decides whether one person is named or sealed. Pure.

A person's standing is one of three. *Sealed*: a pseudonym replaces them everywhere. *Named*: pages show their name.
*Open id*: only an id is known, which pages show; nothing is decided yet.

| before | what the deliveries say now | after |
|---|---|---|
| any | two persons sealed them | sealed |
| any | two persons opened them, and nothing sealed them after that | named |
| any | a mark that two persons did not know of when they opened them | sealed |
| any | their id is sealed in a case that shares its ids, by a custodian's declaration: counts as a mark | sealed |
| sealed | anything else | sealed |
| new, or open id | only an id, and an act that stands or a charge | open id |
| new, or open id | only an id, and neither | sealed |
| new, or open id | an identity, and an act that stands in the same delivery, or a charge | named |
| new, or open id | an identity, and neither | sealed |
| named | an act that stands, a charge, or an opening by two persons | named |
| named | none of these any more, and nobody has read the case since they were named | sealed |
| named | none of these any more, and the name may have been read | named, and the custodian is asked |
| named | only an id any more | open id, to be decided again |

* A *mark* is an age under 18, a disputed age, `sealed` = yes, or the category victim. No mark depends on being a source.
* An *act that stands* is asserted by a statement that has not been withdrawn or retracted, with a grade no worse than
  the floor (setting GRAPHSVC_NAMING_FLOOR): playing a visible part, or serving lawfully. Interpreting does not count.
* A *charge* is the category suspect or convicted, in a row that names no statement and so has no source.
* An *identity* is a name, an alias, a phone or a date of birth.
* A person named while no claim mentioned them counts as new when a claim first does, as no page showed the name before;
  not if two persons opened them.
* The act has to come with the identity: earlier claims about an id alone do not name a person delivered later.
* In a case that protects *marked people only*, everybody with an identity has an act that stands, and the category witness
  is a mark too. When two persons choose this, people already sealed without a mark are decided on again.
* Somebody sealed without a mark in a case that shares its ids, and known only under C there, is not sealed under P: the
  custodian is asked instead.
* Rows and claims under handling code C name or seal nobody known under P: the custodian is asked instead. A sealed
  person's mark under C is kept with the reasons like any other. An opening or a loosening agreed without knowing
  the mark does not name the person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from typing import Any

from graphsvc.names.seal import CHARGED, categories
from graphsvc.records.dates import parse_date

ADULT_AT = 18
NO_PART = "no visible part"
NO_ACT = "no act that stands is left"
BY_DECISION = "two persons decided"
BY_ACT = "act"
PASSIVE = "carried or exploited"
THE_SAME = "the same as somebody sealed"
UNDER_C = "said under handling code C"
SHARED_ID = "sealed in a case that shares its ids"
# Suffix of a shared mark for a person known only under C whose reasons are not marks.
_WHERE_C = " C]"
# Reasons that are not marks: if known only under C, they change nothing under P in cases that share the ids.
_NO_MARKS = frozenset({NO_PART, NO_ACT, THE_SAME})
# Number of fields of a standing that every version stored.
_FIRST = 7
_SEALED, _OPENED = "sealed", "opened"
_IDENTIFYING = frozenset({"name", "aliases", "phones", "date_of_birth"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Standing of one person or thing.

    Attributes:
        sealed: whether a pseudonym replaces it.
        level: `P`, or `C` if it was decided while it was known only under C.
        since: day of the decision (ISO).
        why: why it is sealed or named, in fixed words; if two persons opened it, the marks that they knew of.
        against: number of the first delivery with which the rows alone would no longer seal; 0: they still would.
        asked: for a named person, why the custodian should check; empty: no reason.
        identities: every identity ever delivered, oldest first; those of a person not known under P have `handling` C.
        moved_to: the pseudonym it has, or would have, since an erasure removed a name from its id; empty: unchanged.
        at: moment of the decision (ISO, UTC); empty in homes of earlier versions.
        is_open_id: whether only an id is known, so that nothing is decided.
        named_by: number of the delivery that named the person; 0: none did.
        is_absent: whether something named before is in no delivery any more; only its identities are kept then.
        is_listed: whether a list shows a person whom no claim mentions, in a case that protects marked people only.
        is_hidden: whether no claim mentions a person and no list shows them: only readers with source clearance see them.
    """

    sealed: bool
    level: str
    since: str
    why: str = ""
    against: int = 0
    asked: str = ""
    identities: tuple[Mapping[str, Any], ...] = ()
    moved_to: str = ""
    at: str = ""
    is_open_id: bool = False
    named_by: int = 0
    is_absent: bool = False
    is_listed: bool = False
    is_hidden: bool = False

    @property
    def is_named(self) -> bool:
        """Whether this person or thing is in the case and shown by name or id."""
        return not (self.sealed or self.moved_to or self.is_absent)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Facts about one person from the deliveries, at one handling level.

    Attributes:
        level: `P` or `C`.
        marks: reasons to seal them, from a row or from a case that shares its ids, in fixed words.
        marks_under_c: further marks of somebody known under P, from rows under C.
        has_identity: whether more than an id is known of them.
        acts: whether they have an act that stands.
        acts_now: whether they have one in the deliveries decided on now.
        is_charged: whether they are a suspect or convicted.
    """

    level: str
    marks: tuple[str, ...] = ()
    has_identity: bool = True
    acts: bool = False
    acts_now: bool = False
    is_charged: bool = False
    marks_under_c: tuple[str, ...] = ()

    @property
    def every_mark(self) -> tuple[str, ...]:
        """Marks under any handling code."""
        return *self.marks, *self.marks_under_c


@dataclass(frozen=True, slots=True)
class Moment:
    """Time of a decision, and earlier decisions by two persons.

    Attributes:
        at: now (ISO, UTC).
        decision: last decision of two persons on this person: `sealed`, `opened` or empty.
        decided_at: when they took it.
        number: number of the delivery decided on.
        last_read: when somebody last read the case (ISO, UTC); empty: never.
        loosened_at: when two persons chose to protect marked people only (ISO, UTC); empty: never.
    """

    at: str = ""
    decision: str = ""
    decided_at: str = ""
    number: int = 0
    last_read: str = ""
    loosened_at: str = ""

    @property
    def day(self) -> str:
        """The day of the decision (ISO)."""
        return self.at[:10]


def decide(before: Standing | None, facts: PersonFacts, now: Moment) -> Standing:
    """Decide a person's standing by the table above."""
    if now.decision == _SEALED:
        return _with_marks(before if before is not None and before.sealed else _seal(facts, now, BY_DECISION), facts)
    if _opens(before, facts, now):
        return Standing(False, facts.level, now.day, ", ".join(facts.every_mark), at=now.at)
    if before is not None and before.level == "C" and facts.level == "P" and not before.sealed:
        before = None  # a decision made under C does not count under P
    is_marked = bool(facts.every_mark)
    if before is not None and before.why in (NO_PART, NO_ACT) and before.at <= now.loosened_at != "" and not is_marked:
        before = None  # two persons chose to name everybody who has no mark
    if before is not None and before.sealed:
        return _with_marks(before, facts)
    if not set(facts.marks).issubset(_reasons(before.why) if before is not None else ()):
        return _seal(facts, now, ", ".join(facts.marks))
    if before is None or before.is_open_id:
        return _decide_first(facts, now)
    return _keep_named(replace(before, level=facts.level), facts, now)


def _decide_first(facts: PersonFacts, now: Moment) -> Standing:
    """Decide on a new person, or one known only by id until now."""
    if not facts.has_identity:
        if facts.acts or facts.is_charged:
            return Standing(False, facts.level, now.day, at=now.at, is_open_id=True)
        return _seal(facts, now, NO_PART)
    if facts.acts_now or facts.is_charged:
        why = "charged" if facts.is_charged else BY_ACT
        return Standing(False, facts.level, now.day, why, at=now.at, named_by=now.number)
    return _seal(facts, now, NO_PART)


def _keep_named(before: Standing, facts: PersonFacts, now: Moment) -> Standing:
    """Decide on a named person who has no new mark."""
    if not facts.has_identity and now.decision != _OPENED:
        return _decide_first(facts, now)
    if facts.acts or facts.is_charged or now.decision == _OPENED:
        return replace(before, asked="")
    if before.at < now.last_read or not before.at:
        return replace(before, asked=NO_ACT)
    return _seal(facts, now, NO_ACT)


def _with_marks(before: Standing, facts: PersonFacts) -> Standing:
    """Add each new mark of a sealed person to the reasons, so that it outlives the delivery that brought it."""
    known = _reasons(before.why)
    why = ", ".join([*known, *(mark for mark in facts.every_mark if mark not in known)])
    return replace(before, level="P" if facts.level == "P" else before.level, why=why)


def _seal(facts: PersonFacts, now: Moment, why: str) -> Standing:
    return _with_marks(Standing(True, facts.level, now.day, why, at=now.at), facts)


def _opens(before: Standing | None, facts: PersonFacts, now: Moment) -> bool:
    """Whether two persons opened somebody, and nothing sealed them after that.

    If a person was in no delivery for a time, it is not recorded which marks the two persons knew, so any mark seals.
    """
    if now.decision != _OPENED:
        return False
    if before is None:
        return not facts.every_mark
    return now.decided_at == now.at or (before.sealed and now.decided_at >= before.at)


def _reasons(why: str) -> list[str]:
    """Return the list of reasons in a standing; for an opened person, the marks known when they were opened."""
    return why.split(", ") if why else []


def is_newly_marked(before: Standing | None, after: Standing) -> bool:
    """Whether a standing has a reason that the earlier one lacked, other than a decision of two persons."""
    known = _reasons(before.why) if before is not None else []
    return not {BY_DECISION, *known}.issuperset(_reasons(after.why))


class SharedMark(str):
    """Mark of a sealed person, passed on to cases that share ids with the person's case."""

    __slots__ = ()

    @property
    def level(self) -> str:
        """The handling level of the reason in the case that first gave it; a mark at `C` seals nobody known under P."""
        return "C" if self.endswith(_WHERE_C) else "P"


def shared_marks(case: str, standing: Standing) -> list[SharedMark]:
    """Return marks of a person sealed in a case, for the cases that share its ids; each new reason changes the mark.

    A mark says nothing about that case or its reason. For a person sealed only because of other cases, the marks from
    those cases are passed on. For a hidden person without a mark, nothing is passed on: they may be only a source, and
    a name that disappears from another case would reveal that. Reasons that are not marks count only if there is no
    mark: otherwise the first claim about a hidden person would be a new reason. Known only under C, they get level `C`.
    """
    reasons = _reasons(standing.why)
    shared = [reason for reason in reasons if reason.startswith(SHARED_ID)]
    own = [reason for reason in reasons if reason not in shared]
    own = [reason for reason in own if reason not in _NO_MARKS] or ([] if standing.is_hidden else own)
    level = "C" if standing.level == "C" and _NO_MARKS.issuperset(own) else "P"
    end = _WHERE_C if level == "C" else "]"
    texts = [f"{SHARED_ID} [{_digest(case)} {_digest(case, standing.at, *own)}{end}"] if own else shared
    return [SharedMark(text) for text in texts]


def _digest(*texts: str) -> str:
    return blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()


def is_news(case: str, mark: SharedMark, standing: Standing | None) -> bool:
    """Whether a shared mark comes from another case and is not yet recorded in a standing of this case.

    A mark under C seals nobody known under P: it counts as recorded once the custodian was asked.
    """
    if mark.startswith(f"{SHARED_ID} [{_digest(case)} "):
        return False
    if standing is None:
        return True
    asks = mark.level == "C" and standing.level == "P"
    return mark not in _reasons(standing.why) + (_reasons(standing.asked) if asks else [])


def _without_old_number(more: list[Any]) -> list[Any]:
    place = [each.name for each in fields(Standing)].index("is_listed") - _FIRST
    has_number = len(more) > place and not isinstance(more[place], bool)
    return more[:place] + more[place + 1 :] if has_number else more


def in_words(why: str) -> str:
    """Return the reasons of a standing in the words of the page *Who is sealed*.

    Example:
        >>> in_words("victim, sealed in a case that shares its ids [0a], sealed in a case that shares its ids [0b]")
        'victim, sealed in a case that shares its ids'
    """
    return ", ".join(dict.fromkeys(reason.partition(" [")[0] for reason in _reasons(why)))


def marks(values: Mapping[str, Any], on: dt.date, *, of_witnesses: bool = False) -> tuple[str, ...]:
    """Return the reasons to seal a person that are in their row; empty for most people.

    Args:
        values: the row of people.csv.
        on: the day that counts for being under 18; a partial date of birth counts as its latest day.
        of_witnesses: whether the category witness is a mark, as in a case that protects marked people only.

    Example:
        >>> marks({"id": "P1", "date_of_birth": "2004-05", "category": ["victim"]}, dt.date(2020, 5, 8))
        ('under 18', 'victim')
        >>> marks({"id": "P2", "category": ["witness"]}, dt.date(2020, 5, 8))
        ()
    """
    reasons = {
        "sealed by hand": values.get("sealed") == "yes",
        "age disputed": values.get("age_disputed") == "yes",
        "under 18": "date_of_birth" in values and _age(values["date_of_birth"], on) < ADULT_AT,
        "victim": "victim" in categories(values),
        "witness": of_witnesses and "witness" in categories(values),
    }
    return tuple(why for why, holds in reasons.items() if holds)


def _age(born: str, on: dt.date) -> int:
    latest = parse_date(born).latest
    return on.year - latest.year - ((on.month, on.day) < (latest.month, latest.day))


def has_identity(values: Mapping[str, Any]) -> bool:
    """Whether a person's row identifies them by more than an id; notes and custom columns do not count.

    Example:
        >>> has_identity({"id": "P1", "notes": "a driver"}), has_identity({"id": "P1", "phones": ["+44"]})
        (False, True)
    """
    return not _IDENTIFYING.isdisjoint(values)


def is_charged(values: Mapping[str, Any]) -> bool:
    """Whether the row of a person says that they are a suspect or convicted."""
    return not CHARGED.isdisjoint(categories(values))


def pack_standings(standing: Mapping[str, Standing]) -> list[list[Any]]:
    """Return standings as plain JSON values; callers seal them."""
    names = [each.name for each in fields(Standing)]
    return [[name, *(getattr(entity, each) for each in names)] for name, entity in standing.items()]


def unpack_standings(rows: Iterable[list[Any]]) -> dict[str, Standing]:
    """Read the result of `pack_standings`; fields that earlier versions did not store get their defaults.

    Earlier versions also stored a number, after `is_absent`.
    """
    return {
        name: Standing(sealed, level, since, why, against, question, tuple(identities), *_without_old_number(more))
        for name, sealed, level, since, why, against, question, identities, *more in rows
    }
