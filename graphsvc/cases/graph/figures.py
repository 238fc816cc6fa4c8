"""Circumstances that the sources of a case share, and the figures written on each link. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from graphsvc.analysis.claims.belief import LinkFigures, link_table
from graphsvc.analysis.claims.claims import Claim, Dependence
from graphsvc.analysis.claims.dependence import Thing
from graphsvc.analysis.ranking.folding import as_told, told_belief
from graphsvc.records import coarsened
from graphsvc.records.relations import RELATIONS, LinkKey, orders, those
from graphsvc.records.weights import Weights

# Relation → what two witnesses may share through it. Such witnesses are not independent.
_SHARED_AS_SUBJECT = {
    name: relation.shares for name, relation in RELATIONS.items() if relation.shares in ("crossing", "place")
}
RECRUITER = "recruiter"
RECRUITING = frozenset(those(lambda relation: relation.shares == RECRUITER))
_FAMILY = frozenset(those(lambda relation: relation.shares == "family"))
# Length of a full date: a month or a year is too long to count as one occasion.
_A_DAY = len("2020-05-08")
# Raise this with every change that may give claims different figures, or people different handling codes.
_RULES = "14"
# Kind of shared circumstance that is a person, perhaps one of the sources, so it is never shown.
FAMILY = "family"


def shares(
    claims: Iterable[Claim], gradings: Mapping[str, Mapping[str, Any]], persons: Mapping[str, str]
) -> dict[str, list[Thing]]:
    """List what each witness source is connected with, according to these claims.

    Args:
        claims: claims of one level.
        gradings: statement → its properties.
        persons: source → the id, as in the claims, of the person that the source is.
    """
    of_person: dict[str, set[Thing]] = defaultdict(set)
    sources: dict[str, str] = {}
    for claim in claims:
        if claim.source_kind == "witness":
            sources[claim.statement] = claim.source
        if not claim.asserts:
            continue
        if claim.relation in _SHARED_AS_SUBJECT:
            of_person[claim.subject].add((_SHARED_AS_SUBJECT[claim.relation], claim.object))
        elif claim.relation in RECRUITING:
            of_person[claim.object].add((RECRUITER, claim.subject))
        elif claim.relation in _FAMILY:
            of_person[claim.subject].add((FAMILY, claim.object))
            of_person[claim.object].add((FAMILY, claim.subject))
    shared_things: dict[str, set[Thing]] = defaultdict(set)
    for statement, source in sorted(sources.items()):
        interpreter, day = gradings[statement].get("interpreter_id"), gradings[statement].get("taken_on")
        shared_things[source] |= {("interpreter", interpreter)} if interpreter else set()
        shared_things[source] |= {("day", day[:_A_DAY])} if day and len(day) >= _A_DAY else set()
        if source in persons:
            shared_things[source] |= of_person[persons[source]] | {(FAMILY, persons[source])}
    return {source: sorted(things) for source, things in shared_things.items()}


def links(
    claims: list[Claim], every: Iterable[Claim], depends: Dependence, weights: Weights, few_below: int, suffix: str
) -> Iterator[tuple[LinkKey, dict[str, Any]]]:
    """Yield each link that claims of one level assert, with its properties (`link_properties`).

    Links with equal properties share one object. `every`: the claims of all levels, as a link denied only at another
    level is contested too.
    """
    denied = {link for claim in every if claim.denies for link in orders(claim.key)}
    exact = link_table(claims, depends, weights)
    coarse = link_table(as_told(claims, depends, few_below), {}, weights)
    properties = lru_cache(maxsize=None)(partial(link_properties, few_below=few_below, suffix=suffix))
    for link, figures in exact.items():
        yield link, properties(figures, coarse[link], hidden=link in denied)


def link_properties(
    figures: LinkFigures, as_told: LinkFigures, few_below: int, suffix: str, *, hidden: bool = False
) -> dict[str, Any]:
    """Return the figures of one link as the properties of one level (`records.properties`).

    They include the coarser figures shown to readers without source clearance.

    Args:
        figures: figures from all claims of the level.
        as_told: figures from what readers without source clearance see of those claims.
        few_below: number of groups below which a figure is shown as `few`.
        suffix: suffix of the level's properties.
        hidden: whether any claim denies the link, at this level or a stricter one.
    """
    named: dict[str, Any] = {
        f"belief{suffix}": figures.belief,
        f"asserting{suffix}": figures.asserting,
        f"denying{suffix}": figures.denying or (coarsened.HIDDEN_DENIAL if hidden else 0),
        f"groups{suffix}": figures.groups,
        f"independent{suffix}": figures.independent,
        f"other_sources{suffix}": figures.other_sources,
        f"belief_on_record{suffix}": figures.belief_on_record,
        f"groups_on_record{suffix}": figures.groups_on_record,
        f"other_sources_on_record{suffix}": figures.other_sources_on_record,
    }
    coarse: dict[str, Any] = {
        "belief": told_belief(as_told, few_below),
        "asserting": coarsened.voices(figures.groups, as_told.other_sources),
        "denying": coarsened.denial(figures.denying_groups, as_told.denying_others, few_below, hidden=hidden),
        "other_sources": as_told.other_sources,
        "belief_on_record": told_belief(as_told, few_below, on_record=True),
        "other_sources_on_record": as_told.other_sources_on_record,
    }
    named |= {f"{name}{coarsened.TOLD_SUFFIX}{suffix}": value for name, value in coarse.items() if value is not None}
    for name, date in (("first_on", figures.first_on), ("last_on", figures.last_on)):
        if date:
            named[f"{name}{suffix}"] = date
    return named


def graded_with(weights: Weights, few_below: int) -> str:
    """Return a digest of the rules, weights and threshold behind a graph's figures: if it differs, they are stale."""
    return hashlib.sha256(f"{_RULES} {weights.digest} {few_below}".encode()).hexdigest()
