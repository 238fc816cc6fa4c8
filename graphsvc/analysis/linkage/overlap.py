"""Overlap of the names reported about two crossings (Jaccard 1901): how many of them are the same.

On worlds by unseen authors, a fitted likelihood ratio ordered pairs no better, and its probabilities were wrong
(`bench.linkage` prints both). So the answer is a count, not a probability.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphsvc.analysis.claims.claims import Dependence
from graphsvc.analysis.claims.dependence import groups
from graphsvc.analysis.linkage.features import BEHIND, Trait

# Names believed less than this are not compared.
_LEAST_BELIEF = 0.1
# For linked crossings: minimum number of people behind both, minimum number of independent sources, and maximum number
# of people behind either for each person behind both. The numbers are fixed, since the size of a case must not decide
# what links two crossings.
PEOPLE, SOURCES, TIMES = 2, 2, 4


@dataclass(frozen=True, slots=True)
class Mention:
    """One name as reported about one crossing.

    Attributes:
        features: keys of `features.SHARED`, sorted.
        via: entities that connect it to the crossing; empty if it is named directly.
        voices: sources of the statements it rests on; empty where a record supports it too.
    """

    features: tuple[str, ...]
    via: frozenset[str]
    voices: frozenset[str]

    @property
    def is_behind(self) -> bool:
        """Whether the name is of a person or group behind the crossing."""
        return not BEHIND.isdisjoint(self.features)


# Crossing → name → mention.
Mentions = Mapping[str, Mapping[str, Mention]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Names that two crossings have in common.

    Attributes:
        shared: names of both crossings. named: number of names of either.
        people: shared people and groups behind both. behind: number of people and groups behind either crossing.
        sources: number of independent sources behind `people`; each record counts as one.
    """

    shared: tuple[str, ...]
    named: int
    people: tuple[str, ...]
    behind: int
    sources: int

    @property
    def share(self) -> float:
        """Shared names as a share of all names, 0 to 1."""
        return len(self.shared) / self.named if self.named else 0.0

    @property
    def is_link(self) -> bool:
        """Whether the people behind both are enough to link the crossings."""
        return PEOPLE <= len(self.people) >= self.behind / TIMES and self.sources >= SOURCES


def mentions(crossings: Iterable[str], traits: Iterable[Trait]) -> dict[str, dict[str, Mention]]:
    """Collect the names reported about each crossing.

    Args:
        crossings: ids.
        traits: names of these crossings.

    Example:
        >>> found = mentions(["c1"], [Trait("c1", "pilot", "p1", 1.0), Trait("c1", "contact", "p1", 0.9, "p2")])
        >>> found["c1"]["p1"].features, found["c1"]["p1"].via
        (('contact', 'pilot'), frozenset())

    Limits: belief only decides whether a name is compared at all.
    """
    by_name: dict[str, dict[str, list[Trait]]] = {crossing: defaultdict(list) for crossing in crossings}
    for trait in traits:
        if trait.belief >= _LEAST_BELIEF:
            by_name[trait.crossing][trait.value].append(trait)
    return {crossing: {name: _mention(rows) for name, rows in names.items()} for crossing, names in by_name.items()}


def _mention(traits: Sequence[Trait]) -> Mention:
    via, voices = frozenset(trait.via for trait in traits), [trait.voices for trait in traits]
    return Mention(
        tuple(sorted({trait.feature for trait in traits})),
        frozenset() if "" in via else via,
        frozenset().union(*voices) if all(voices) else frozenset(),
    )


def overlap(first: Mapping[str, Mention], second: Mapping[str, Mention], dependence: Dependence) -> Overlap:
    """Compare the names of two crossings.

    Args:
        first: names of one crossing (`mentions`).
        second: names of the other.
        dependence: shared circumstances of sources: sources that share one count as one.

    Example:
        >>> said = [Trait(name, "pilot", person, 1.0) for name in ("c1", "c2") for person in ("p1", "p2")]
        >>> about = mentions(["c1", "c2"], [*said, Trait("c2", "boat", "b1", 1.0)])
        >>> both = overlap(about["c1"], about["c2"], {})
        >>> both.shared, both.named, both.is_link
        (('p1', 'p2'), 3, True)

    Limits: crews and suppliers who work for several operations make their crossings look alike.
    """
    both = first.keys() & second.keys()
    # A phone of a shared pilot is not a second name in common.
    derived = {name for name in both if is_derived((first[name], second[name]))}
    named = (first.keys() | second.keys()) - derived
    shared = tuple(sorted(both - derived))
    people = tuple(name for name in shared if first[name].is_behind and second[name].is_behind)
    behind = sum(any(name in side and side[name].is_behind for side in (first, second)) for name in named)
    sides = [(first[name].voices, second[name].voices) for name in people]
    return Overlap(shared, len(named), people, behind, _independent(sides, dependence))


def is_derived(same_name: Iterable[Mention]) -> bool:
    """Whether several crossings reach a name through the same entity.

    Example:
        >>> phone = Mention(("thing",), frozenset({"p1"}), frozenset())
        >>> is_derived([phone, phone]), is_derived([phone, Mention(("thing",), frozenset(), frozenset())])
        (True, False)

    Limits: a name that one of the crossings also reaches through another entity counts as derived.
    """
    return bool(frozenset.intersection(*(mention.via for mention in same_name)))


def _independent(sides: Sequence[tuple[frozenset[str], frozenset[str]]], dependence: Dependence) -> int:
    """Count independent sources: one for each name with a record on either side, and the groups behind other names."""
    spoken = [low | high for low, high in sides if low and high]
    heard = groups(frozenset().union(*spoken), dependence) if spoken else []
    return len(sides) - len(spoken) + len(heard)
