"""Names reported about each crossing of a case, from its rows and links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from graphsvc.analysis.linkage.features import Trait
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.relations import LinkKey

# Relation → feature: parts played on a crossing, and acts towards passengers, by a person or at a place.
PARTS = MappingProxyType({"ORGANISED": "organiser", "PILOTED": "pilot", "ASSISTED": "helper"})
TO_CARRIED = MappingProxyType({"RECRUITED": "recruiter", "TRANSPORTED": "driver", "HOUSED": "house"})
CARRIED, USED_ON, SUPPLIED, PART_OF = "CROSSED_ON", "USED_ON", "SUPPLIED", "PART_OF"
USED, CONTACTED, LIVED_AT, LOCATED_AT = "USED", "CONTACTED", "LIVED_AT", "LOCATED_AT"
# All relations used.
READ = (*PARTS, *TO_CARRIED, CARRIED, USED_ON, SUPPLIED, PART_OF, USED, CONTACTED, LIVED_AT, LOCATED_AT)
_DWELLING, _STORE = "dwelling", "address"
# Serials that differ from the next by less than this count as one batch.
_BATCH = 100
_SERIAL = re.compile(r"^(.*?)(\d{3,12})$")
# Kinds of things that distinguish the people behind a crossing from others.
_THEIRS = frozenset({"phone", "account", "online", "vehicle"})


@dataclass(frozen=True, slots=True)
class LinkSaid:
    """A link to compare.

    Attributes:
        subject, relation, object: ends and relation.
        belief: 0 to 1.
        voices: sources of the statements and reports it rests on; empty where a record supports it too.
        denied: `denied`, or `contested` where the reader may not see what denies it; empty otherwise.
    """

    subject: str
    relation: str
    object: str
    belief: float
    voices: frozenset[str] = frozenset()
    denied: str = ""

    @property
    def key(self) -> LinkKey:
        """Key of the link: subject, relation, object."""
        return self.subject, self.relation, self.object


@dataclass(frozen=True, slots=True)
class CaseRows:
    """Rows and links of a case by which crossings are compared.

    Attributes:
        crossings: ids. things: id → (kind, value). workplaces: id → kind.
        links: links of the relations `READ`.
    """

    crossings: Sequence[str]
    things: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    workplaces: Mapping[str, str] = field(default_factory=dict)
    links: Sequence[LinkSaid] = ()


def gather_traits(rows: CaseRows) -> list[Trait]:
    """Collect the names reported about the crossings of a case.

    Example:
        >>> rows = CaseRows(["c1"], links=[
        ...     LinkSaid("b1", "USED_ON", "c1", 0.9), LinkSaid("p1", "SUPPLIED", "b1", 0.5)])
        >>> [(trait.feature, trait.value, round(trait.belief, 2)) for trait in gather_traits(rows)]
        [('boat', 'b1', 0.9), ('supplier', 'p1', 0.45)]

    Limits: a house counts whenever someone lived there. A passenger's acts count only on their own crossings, so a
    person who crossed once and later arranged others is not found; one who crossed and steered twice is.
    """
    by_relation: dict[str, list[LinkSaid]] = defaultdict(list)
    crossings = set(rows.crossings)
    for link in rows.links:
        by_relation[link.relation].append(link)
    on_crossing = {
        name: [link for link in by_relation[name] if link.object in crossings] for name in (*PARTS, CARRIED, USED_ON)
    }
    aboard = _Aboard.of(by_relation)
    traits = [
        Trait(link.object, feature, link.subject, link.belief, "", link.voices, link.denied)
        for relation, feature in PARTS.items()
        for link in on_crossing[relation]
        if aboard.counts(link.subject, link.object)
    ]
    traits += _boats(on_crossing[USED_ON], by_relation, rows.things, aboard)
    traits += _used_things(traits, by_relation, rows.things, aboard)
    traits += _passenger_traits(on_crossing[CARRIED], by_relation, rows, aboard)
    return traits


def leading_to(links: Iterable[LinkSaid], crossings: Collection[str]) -> tuple[list[LinkSaid], list[LinkSaid]]:
    """Return links that give some crossings their names, and links that show which of these people were carried.

    With these, `gather_traits` finds as much about the crossings as in the whole case.

    Args:
        links: the links of the case.
        crossings: ids of the crossings.

    Example:
        >>> said = ["b1 USED_ON c1", "p1 SUPPLIED b1", "p1 USED t1", "t1 CONTACTED q", "q USED t2", "q CROSSED_ON c9"]
        >>> of_it, beside = leading_to([LinkSaid(*link.split(), 1.0) for link in said], {"c1"})
        >>> [link.object for link in of_it], [link.subject for link in beside]
        (['c1', 'b1', 't1', 'q'], ['q'])

    Limits: follows only what `gather_traits` follows, and no other links of the same people.
    """
    by_relation: dict[str, list[LinkSaid]] = defaultdict(list)
    for link in links:
        by_relation[link.relation].append(link)

    def ends(
        relations: Iterable[str], *, subjects: Collection[str] = (), objects: Collection[str] = ()
    ) -> list[LinkSaid]:
        return [
            link
            for relation in relations
            for link in by_relation[relation]
            if link.subject in subjects or link.object in objects
        ]

    parts, carried, boats = (ends(kinds, objects=crossings) for kinds in (PARTS, (CARRIED,), (USED_ON,)))
    supplied, part_links = (ends([name], objects={link.subject for link in boats}) for name in (SUPPLIED, PART_OF))
    stored = ends([LOCATED_AT], subjects={link.subject for link in part_links})
    people = {link.subject for link in carried}
    done, homes = ends(TO_CARRIED, objects=people), ends([LIVED_AT, LOCATED_AT], subjects=people)
    behind = {link.subject for link in (*parts, *supplied)}
    used = ends([USED], subjects=behind)
    lines = behind | {link.object for link in used}
    calls = ends([CONTACTED], subjects=lines, objects=lines)
    every = {
        link.key: link
        for link in (*parts, *carried, *boats, *supplied, *part_links, *stored, *done, *homes, *used, *calls)
    }
    named = lines | {name for link in calls for name in (link.subject, link.object)} | {link.subject for link in done}
    owned = ends([USED], objects=named)
    aboard = ends([CARRIED], subjects=named | {link.subject for link in owned})
    were = {link.subject for link in aboard}
    beside = [*aboard, *(link for link in owned if link.subject in were)]
    return list(every.values()), [link for link in beside if link.key not in every]


@dataclass(frozen=True, slots=True)
class _Aboard:
    """Passengers and the things they used. Being carried links no two crossings, since it was done to them.

    Attributes:
        crossings: passenger → their crossings.
        used: things they used, so that calls from people behind a crossing lead to no passenger.
    """

    crossings: Mapping[str, Collection[str]]
    used: Collection[str]

    @classmethod
    def of(cls, links: Mapping[str, Sequence[LinkSaid]]) -> _Aboard:
        crossings: dict[str, set[str]] = defaultdict(set)
        for link in links[CARRIED]:
            crossings[link.subject].add(link.object)
        return cls(crossings, {link.object for link in links[USED] if link.subject in crossings})

    def counts(self, person: str, crossing: str) -> bool:
        """Whether to compare a person's acts on a crossing; a passenger's count only on their own crossings.

        A passenger of one crossing who steers is named on that crossing alone, so they link it to no other.
        """
        return person not in self.crossings or crossing in self.crossings[person]


def _boats(
    used: Iterable[LinkSaid],
    links: Mapping[str, Sequence[LinkSaid]],
    things: Mapping[str, tuple[str, str]],
    aboard: _Aboard,
) -> Iterator[Trait]:
    suppliers, parts, places = _by_object(links[SUPPLIED]), _by_object(links[PART_OF]), _by_subject(links[LOCATED_AT])
    batches = _batches(thing[1] for thing in things.values() if thing[0] == "part")
    for link in used:
        boat, crossing = link.subject, link.object
        yield Trait(crossing, "boat", boat, link.belief, "", link.voices, link.denied)
        for supply in suppliers[boat]:
            if supply.subject in aboard.crossings:
                continue
            yield _through(crossing, "supplier", supply.subject, boat, link, supply)
        for part_link in parts[boat]:
            part = part_link.subject
            kind, value = things.get(part, ("", ""))
            if kind != "part":
                continue
            yield _through(crossing, "part", part, boat, link, part_link)
            if batch := batches.get(value):
                yield _through(crossing, "batch", batch, part, link, part_link)
            for place in places[part]:
                if things.get(place.object, ("", ""))[0] == _STORE:
                    yield _through(crossing, "store", place.object, part, link, part_link, place)


def _used_things(
    parts: Iterable[Trait],
    links: Mapping[str, Sequence[LinkSaid]],
    things: Mapping[str, tuple[str, str]],
    aboard: _Aboard,
) -> list[Trait]:
    """Return things and contacts of people behind a crossing; passengers and their phones are left out."""
    used, calls = _by_subject(links[USED]), defaultdict(list)
    for link in links[CONTACTED]:
        calls[link.subject].append((link.object, link))
        calls[link.object].append((link.subject, link))
    traits = []
    for trait in [trait for trait in parts if trait.feature in ("organiser", "pilot", "helper", "supplier")]:
        actor, crossing = trait.value, trait.crossing
        if actor in aboard.crossings:
            continue
        own = LinkSaid(actor, "", crossing, trait.belief, trait.voices, trait.denied)
        lines = [(actor, own)]
        for link in used[actor]:
            if things.get(link.object, ("", ""))[0] in _THEIRS:
                traits.append(_through(crossing, "thing", link.object, actor, own, link))
                belief = own.belief * link.belief
                line = LinkSaid(actor, "", crossing, belief, _voices(own, link), denial_mark(own.denied, link.denied))
                lines.append((link.object, line))
        for end, way in lines:
            traits += [
                _through(crossing, "contact", contact, actor, way, call)
                for contact, call in calls[end]
                if contact not in aboard.crossings and contact not in aboard.used
            ]
    return traits


def _passenger_traits(
    carried: Iterable[LinkSaid], links: Mapping[str, Sequence[LinkSaid]], rows: CaseRows, aboard: _Aboard
) -> Iterator[Trait]:
    done = {feature: _by_object(links[relation]) for relation, feature in TO_CARRIED.items()}
    lived, stood = _by_subject(links[LIVED_AT]), _by_subject(links[LOCATED_AT])
    for link in carried:
        person, crossing = link.subject, link.object
        for feature, by_object in done.items():
            for act in by_object[person]:
                if act.subject in aboard.crossings:
                    continue
                yield _through(crossing, feature, act.subject, person, link, act)
        for home in lived[person]:
            if rows.workplaces.get(home.object) == _DWELLING:
                yield _through(crossing, "house", home.object, person, link, home)
        for home in stood[person]:
            if rows.things.get(home.object, ("", ""))[0] == _STORE:
                yield _through(crossing, "house", home.object, person, link, home)


def _through(crossing: str, feature: str, value: str, via: str, *way: LinkSaid) -> Trait:
    belief = 1.0
    for link in way:
        belief *= link.belief
    return Trait(crossing, feature, value, belief, via, _voices(*way), denial_mark(*(link.denied for link in way)))


def _voices(*way: LinkSaid) -> frozenset[str]:
    return frozenset().union(*(link.voices for link in way))


def _batches(serials: Iterable[str]) -> dict[str, str]:
    """Return the batch of each serial: the first and last of a run of serials, each less than 100 from the next.

    Serials with other letters before the number, or another number of digits, are in another run. A serial without a
    number has no batch.

    Example:
        >>> _batches(["HK 123499", "HK 123500", "HK 123700", "HK 0123", "none"])["HK 123500"]
        'HK 123499 to HK 123500'
    """
    rows: dict[tuple[str, int], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for text in set(serials):
        if serial := _SERIAL.match(text.strip().upper()):
            rows[serial[1], len(serial[2])][int(serial[2])].append(text)
    result: dict[str, str] = {}
    for (letters, digits), row in rows.items():
        numbers = sorted(row)
        ends = [place for place in range(1, len(numbers)) if numbers[place] - numbers[place - 1] >= _BATCH]
        for begin, end in pairwise([0, *ends, len(numbers)]):
            first, last = (f"{letters}{number:0{digits}}" for number in (numbers[begin], numbers[end - 1]))
            named = first if first == last else f"{first} to {last}"
            result |= {text: named for number in numbers[begin:end] for text in row[number]}
    return result


def _by_object(links: Iterable[LinkSaid]) -> defaultdict[str, list[LinkSaid]]:
    result: defaultdict[str, list[LinkSaid]] = defaultdict(list)
    for link in links:
        result[link.object].append(link)
    return result


def _by_subject(links: Iterable[LinkSaid]) -> defaultdict[str, list[LinkSaid]]:
    result: defaultdict[str, list[LinkSaid]] = defaultdict(list)
    for link in links:
        result[link.subject].append(link)
    return result
