"""Results in words: gradings, claims, figures and paths. Pure functions; they return text, never markup.

Words for counts and days are in `records.numbers` and `records.dates`, as lower packages use them too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from graphsvc.records import grading
from graphsvc.records.coarsened import SOME, STEPS, step
from graphsvc.records.dates import format_date
from graphsvc.records.numbers import count
from graphsvc.records.relations import says
from graphsvc.records.statement_kinds import STATEMENT_KINDS

KINDS = MappingProxyType(
    {
        "person": ("Person", "People"),
        "boat": ("Boat", "Boats"),
        "crossing": ("Crossing", "Crossings"),
        "gang": ("Gang", "Gangs"),
        "workplace": ("Workplace", "Workplaces"),
        "thing": ("Thing", "Things"),
    }
)
STATEMENTS = MappingProxyType({name: kind.words for name, kind in STATEMENT_KINDS.items()})
STANDING = MappingProxyType(
    {
        "given": "given, and stands",
        "withdrawn": "withdrawn by its source",
        "retracted_as_false": "retracted by its source as false",
    }
)
_PSEUDONYM = re.compile(r"[SQT](-[0-9A-HJKMNP-TV-Z]{4}){3}")
_LOW, _HALF, _HIGH = (f"{least:g}" for least in STEPS)
# Step of belief → its range, for legends, exports and wherever belief is shown only in steps.
RANGES = MappingProxyType(
    {1: f"below {_LOW}", 2: f"{_LOW} to {_HALF}", 3: f"{_HALF} to {_HIGH}", 4: f"{_HIGH} or more"}
)
# Step of belief → its range as shown in a column; step of belief → its name.
_SHORT = MappingProxyType({1: f"<{_LOW}", 2: f"{_LOW}+", 3: f"{_HALF}+", 4: f"{_HIGH}+"})
_CALLED = MappingProxyType({1: "hardly supported", 2: "weakly supported", 3: "more likely than not", 4: "supported"})
# Shown as the belief in a link that only a few witnesses support (`coarsened.SOME`).
_SOME = "some"
_CONTESTED = "contested"
# Words for entities, links and claims on badges, in legends and on lines of a picture.
SIGNS = MappingProxyType(
    {
        "sealed": "sealed person",
        "unidentified": "not identified",
        "contested": _CONTESTED,
        "denied": f"denied or {_CONTESTED}",
        "directed": "who acts on whom",
        "recorded": "on the record",
        "folded": "several in one mark, with their number",
    }
)
# Lower bound of belief → its name.
_BELIEF = ((0.85, "well supported"), (0.65, "supported"), (0.5, "more likely than not"), (0.0, "weakly supported"))
# Interest that a source has in a claim, by their connection to a person in it → tag next to the claim, sentence.
INTERESTED = MappingProxyType(
    {
        "rival": (
            "about a rival of the source",
            "The source, or a gang of theirs, is said to be a rival of one named here.",
        ),
        "accuser": ("about an accuser of the source", "One named here accuses the source."),
        "owes": ("about a creditor of the source", "The source is said to owe one named here."),
        "owed": ("about a debtor of the source", "One named here is said to owe the source."),
    }
)
# Reason why witnesses may depend on each other → its words, and the kind of entity that they share, if it is one.
SHARED = MappingProxyType(
    {
        "crossing": ("on the same crossing", "crossing"),
        "place": ("lived or worked at the same place", "workplace"),
        "recruiter": ("recruited by the same", ""),
        "interpreter": ("the same interpreter", "person"),
        "family": ("of one family", ""),
        "day": ("heard on the same day", ""),
    }
)
# Words for sections of the table of weights (`records.weights`) other than kinds of source, and for names in it that
# are not self-explanatory.
WEIGHED = MappingProxyType(
    {
        "witness_assessment": "what a witness says, information",
        "other_assessment": "reports and records, information",
        "source_grade": "source",
        "interest": "interest:",
        "shared": "alike for the same",
        "again": "again",
    }
)
WEIGHED_NAMES = MappingProxyType(
    {
        (section, code): words
        for section in ("witness_assessment", "other_assessment")
        for code, words in grading.ASSESSMENTS.items()
    }
    | {("source_grade", code): words for code, words in grading.SOURCE_GRADES.items()}
    | {("interest", name): words for name, words in grading.INTERESTS.items()}
    | {("again", "repeated"): "a further account of the same group, as a share of its own belief"}
)
# Stage of the operation (`analysis.claims.roles.STAGES`) → words that follow "has a hand in".
STAGES = MappingProxyType(
    {
        "recruit": "recruiting",
        "transport": "crossings and driving",
        "boat": "boats",
        "house": "housing",
        "workplace": "workplaces",
        "money": "money",
    }
)
# Ingredient of a score (`analysis.ranking.hubs.by_family`), or position in a network of contacts → name and meaning.
INGREDIENTS = MappingProxyType(
    {
        "commands": ("directs others", "gives orders to people, recruits or forces them"),
        "arranges": ("arranges", "organises crossings, supplies boats, runs gangs, controls workplaces"),
        "reaches": (
            "links to other leads",
            "directs, recruits, forces or pays people who look like leads themselves, or is paid by them",
        ),
        "money": ("money", "pays or is paid, owes or is owed; may raise or lower the score"),
        "service": ("lawful service", "serves people lawfully, or is served; mostly lowers the score"),
        "takes_orders": (
            "takes orders",
            "is directed, recruited, forced, driven or housed by others; lowers the score",
        ),
        "hands_on": (
            "hands-on work",
            "pilots, assists, drives, houses or manages; lowers the score",
        ),
        "only_carried": (
            "was carried",
            "is known as somebody carried, with a link to somebody who plays a part; lowers the score",
        ),
        "contacts_apart": ("contacts apart", "is in touch with people who are not in touch with each other"),
        "closeness": ("close to all", "is few steps from everyone else"),
        "between": ("between others", "lies on the shortest ways between others"),
        "roles": ("said of a part", "is said to arrange, direct, recruit, pay or coerce, by too few to rank by it"),
    }
)

# Judgement of a review → text of its button, its past tense, and its meaning.
JUDGEMENTS = MappingProxyType(
    {
        "agree": ("Agree", "agreed", "worth following up on present knowledge"),
        "refuse": ("Refuse", "refused", "not worth following up on present knowledge"),
        "park": ("Park", "parked", "to be looked at again later"),
    }
)


def grade(source_grade: str, assessment: str) -> str:
    """Return a grading in words.

    Example:
        >>> grade("1", "C")
        'source reliable, known indirectly (1C)'
    """
    source = grading.SOURCE_GRADES.get(source_grade, "ungraded")
    known = grading.ASSESSMENTS.get(assessment, "not assessed")
    return f"source {source}, {known} ({source_grade}{assessment})"


def belief(value: float | None) -> str:
    """Return a belief (0 to 1) in words with its number.

    Example:
        >>> belief(0.723)
        'supported (0.72)'
    """
    if value is None:
        return "asserted by nothing that counts"
    word = next(word for least, word in _BELIEF if value >= least)
    return f"{word} ({value:.2f})"


def belief_told(value: float | None) -> str:
    """Return a belief in words for readers without source clearance: one of four steps, or *some*.

    Example:
        >>> belief_told(0.625), belief_told(0.5)
        ('more likely than not, 0.5 to 0.75', 'some, since few witnesses say so and nobody else')
    """
    if not value:
        return "asserted by nothing that counts"
    if value == SOME:
        return f"{_SOME}, since few witnesses say so and nobody else"
    return f"{_CALLED[step(value)]}, {RANGES[step(value)]}"


def belief_short(value: float | None) -> str:
    """Return the same as `belief_told`, short enough for a column.

    Example:
        >>> belief_short(0.875), belief_short(0.5), belief_short(0.0)
        ('0.75+', 'some', 'none')
    """
    if not value:
        return "none"
    return _SOME if value == SOME else _SHORT[step(value)]


def belief_range(value: float | None) -> str:
    """Return the same as `belief_told`, but for a step only its range.

    Example:
        >>> belief_range(0.625), belief_range(0.5), belief_range(0.0)
        ('0.5 to 0.75', 'some', 'nothing')
    """
    if not value:
        return "nothing"
    return _SOME if value == SOME else RANGES[step(value)]


def kind(word: str, number: int = 1) -> str:
    """Return the word for one or several entities of a kind.

    Example:
        >>> kind("person"), kind("person", 2)
        ('Person', 'People')
    """
    return KINDS[word][number != 1]


def of_kinds(numbers: Mapping[str, int] | Sequence[tuple[str, int]]) -> str:
    """Return in one line how many entities there are of each kind.

    Example:
        >>> of_kinds({"person": 2, "boat": 1})
        '2 people, 1 boat'
    """
    pairs = numbers.items() if isinstance(numbers, Mapping) else numbers
    return ", ".join(f"{number:,} {kind(word, number).lower()}" for word, number in pairs)


def period(first: str | None, last: str | None) -> str:
    """Return a period in words; empty if nothing is known. Partial dates stay partial.

    Most claims give the single day of an event as its first day, so a first day alone is written without "from".

    Example:
        >>> period("2020-05", "2020-06-01"), period("2020", None), period(None, "2020")
        ('May 2020 to 1 June 2020', '2020', 'until 2020')
    """
    start, end = format_date(str(first)) if first else "", format_date(str(last)) if last else ""
    if start and end:
        return start if start == end else f"{start} to {end}"
    return start or (f"until {end}" if end else "")


def verb(relation: str, polarity: str = "asserts") -> str:
    """Return a relation as written between its two ends; a denial begins with a note that it is one.

    Example:
        >>> verb("PILOTED"), verb("PILOTED", "denies")
        ('piloted', 'did not, it is said: piloted')
    """
    return f"did not, it is said: {says(relation)}" if polarity == "denies" else says(relation)


def claim(row: Mapping[str, Any]) -> str:
    """Return a row of claims (`subject_name`, `relation`, `object_name` …) as one sentence.

    Example:
        >>> claim({"subject_name": "Ash", "relation": "PILOTED", "object_name": "X1", "from_on": "2020-05-08"})
        'Ash piloted X1, 8 May 2020'
    """
    subject = title(row.get("subject_name") or row.get("subject") or "", row.get("subject_kind") or "")
    target = title(row.get("object_name") or row.get("object") or "", row.get("object_kind") or "")
    when = period(row.get("from_on"), row.get("to_on"))
    sentence = f"{subject} {verb(row['relation'], row.get('polarity', 'asserts'))} {target}"
    return f"{sentence}, {when}" if when else sentence


def title(name: str, kind: str) -> str:
    """Return the name of an entity; for a crossing, its date in words and the place it left from.

    Example:
        >>> title("2020-05-08T04:30Z, Dunkirk", "crossing"), title("Ash", "person")
        ('8 May 2020, 04:30 UTC, Dunkirk', 'Ash')
    """
    if kind != "crossing":
        return name
    date, comma, place = name.partition(",")
    return format_date(date) + comma + place


def amount(row: Mapping[str, Any]) -> str:
    """Return the money and counts of a claim in words.

    Example:
        >>> amount({"amount": 2500.0, "currency": "EUR", "weight": 3})
        '2,500 EUR, 3 times'
    """
    parts = []
    if row.get("amount") is not None:
        parts.append(f"{row['amount']:,.2f}".removesuffix(".00") + f" {row.get('currency') or ''}".rstrip())
    if (row.get("weight") or 1) > 1:
        parts.append(f"{row['weight']} times")
    return ", ".join(parts)


def accounts(groups: int | str | None) -> str:
    """Describe witness statements that are shown together as one.

    Example:
        >>> accounts("few"), accounts(4), accounts(0)
        ('witness statements: few independent groups', 'witness statements: 4 independent groups', 'witness statements')
    """
    return f"witness statements: {count(groups, 'independent group')}" if groups else "witness statements"


def voices(groups: int | str, other_sources: int) -> str:
    """Say who supports something.

    Example:
        >>> voices(2, 1), voices("few", 0)
        ('2 independent groups of witnesses and 1 other source', 'few independent groups of witnesses')
        >>> voices(0, 3)
        '3 sources of reports or records'
    """
    parts = []
    if groups:
        parts.append(f"{count(groups, 'independent group')} of witnesses")
    if other_sources:
        sources = count(other_sources, "other source" if groups else "source")
        parts.append(sources if groups else f"{sources} of reports or records")
    return " and ".join(parts) or "nobody that counts"


def voices_short(groups: int | str, other_sources: int) -> str:
    """Return the same as `voices`, as short as possible; empty without any source.

    Example:
        >>> voices_short(2, 1), voices_short("few", 0), voices_short(0, 3)
        ('2 groups, 1 other source', 'few groups', '3 sources')
    """
    parts = [count(groups, "group")] if groups else []
    parts += [count(other_sources, "other source" if groups else "source")] if other_sources else []
    return ", ".join(parts)


def exposure_sentence(sizes: Sequence[int], below: int, *, by_source: bool) -> str:
    """Say in one line how many sources something could give away; may be empty.

    Args:
        sizes: for each source, number of people who could have said the same, smallest first.
        below: a source is safe among at least this many people.
        by_source: whether the reader may see sources; other readers see only whether to take care.

    Example:
        >>> exposure_sentence([1, 3, 9], 5, by_source=True), exposure_sentence([9], 5, by_source=True), exposure_sentence([9], 5, by_source=False)
        ('Could give away 2 sources (smallest set: 1 person)', 'No source stands out (smallest set: 9 people)', '')
        >>> exposure_sentence([0, 3], 5, by_source=True)
        'Could give away 2 sources (of one, nobody else is known to have been there)'
    """
    few = sum(size < below for size in sizes)
    if not by_source:
        return "This may let someone who was there work out who spoke. Do not show it outside." if few else ""
    if not sizes:
        return "Rests on no witness"
    alone = sum(size == 0 for size in sizes)
    smallest = (
        f"(of {'one' if alone == 1 else alone}, nobody else is known to have been there)"
        if alone
        else f"(smallest set: {count(sizes[0], 'person')})"
    )
    if few:
        return f"Could give away {count(few, 'source')} {smallest}"
    return f"No source stands out {smallest}"


def since(then: Any, now: Any, versions: tuple[int, int], *, rules_changed: bool) -> str:
    """Say in one line what has changed for a lead since a decision on it; empty if nothing can have changed.

    Args:
        then: figures shown at the decision (`rank`, `of`, `score_on_record` …).
        now: the same figures today; None if the two cannot be compared.
        versions: version of the data then and now.
        rules_changed: whether the rules of the score have changed since.

    Example:
        >>> from types import SimpleNamespace as Figures
        >>> since(Figures(rank=4, of=40), Figures(rank=7, of=41), (3, 5), rules_changed=False)
        'The data have changed since (version 3 → 5): rank was 4 of 40, is 7 of 41.'
    """
    before, after = versions
    if before == after and not rules_changed:
        return ""
    parts = []
    if before != after:
        parts.append(f"data have changed since (version {before} → {after})")
    if rules_changed:
        parts.append("score is made by other rules now")
    change = f"The {' and the '.join(parts)}"
    if now is None:
        return f"{change}. What was shown then was less than you may see, so ranks are not compared."
    if now == then:
        return f"{change}: what is shown of this lead has not."
    if (now.rank, now.of) == (then.rank, then.of):
        return f"{change}: rank was and is {now.rank} of {now.of}."
    return f"{change}: rank was {then.rank} of {then.of}, is {now.rank} of {now.of}."


def begin(text: str) -> str:
    """Return a text with its first letter as a capital; other capitals stay.

    Example:
        >>> begin("source reliable (1A)")
        'Source reliable (1A)'
    """
    return text[:1].upper() + text[1:]


def label(name: str) -> str:
    """Return the name of a column as a label.

    Example:
        >>> label("date_of_birth"), label("engine_hp")
        ('Date of birth', 'Engine hp')
    """
    return begin(name.replace("_", " ").strip())


def value(property_value: Any) -> str:
    """Return a property as pages show it: dates in words, lists with commas, yes and no, numbers rounded.

    Example:
        >>> value("2020-05-08"), value(["a", "b"]), value(True), value(7.5)
        ('8 May 2020', 'a, b', 'yes', '7.5')
    """
    if isinstance(property_value, bool):
        return "yes" if property_value else "no"
    if isinstance(property_value, list | tuple):
        return ", ".join(value(item) for item in property_value)
    if isinstance(property_value, float):
        return f"{property_value:g}"
    return format_date(property_value) if isinstance(property_value, str) else str(property_value)


def is_pseudonym(identifier: str) -> bool:
    """Whether an id has the form of a pseudonym.

    Example:
        >>> is_pseudonym("S-7K3Q-X2MD-0A9B"), is_pseudonym("S-1")
        (True, False)
    """
    return _PSEUDONYM.fullmatch(identifier) is not None


def told_apart(date_of_birth: str | None, phones: Sequence[str] | None, ties: Sequence[str] | None) -> tuple[str, ...]:
    """Return what distinguishes a person from others of the same name, as parts of a line; empty if unknown.

    Args:
        date_of_birth: date as given, or its known part.
        phones: phone numbers; the first two are used.
        ties: names of people and things that they are linked to, most believed first.

    Example:
        >>> told_apart("1990-05-08", ["+44 7911 123456"], ["Hewa Karim", "Dune Line"])
        ('born 1990', '+44 7911 123456', 'tied to Hewa Karim and Dune Line')
        >>> told_apart(None, None, [])
        ()
    """
    pieces = [f"born {date_of_birth[:4]}"] if date_of_birth else []
    pieces += (phones or ())[:2]
    if ties:
        pieces.append(f"tied to {' and '.join(ties)}")
    return tuple(pieces)
