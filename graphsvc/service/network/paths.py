"""Paths between chosen people, and from witness statements to one person.

Everything is computed from the links as shown to this reader, so no path includes anything hidden from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from graphsvc.analysis.claims.belief import claim_belief
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.roles import OPERATION
from graphsvc.analysis.paths.paths import (
    EVERY as LONGEST_PATH,
)
from graphsvc.analysis.paths.paths import (
    LOOKED,
    AccountWay,
    Rules,
    Way,
    WayGround,
    accounts,
    every,
    likeliest,
    shortest,
)
from graphsvc.analysis.paths.ties import Web, web_of
from graphsvc.cases.cache import CLEARANCES, Cache, Caches
from graphsvc.cases.gc_pause import lasting
from graphsvc.errors import Refused, RequestError
from graphsvc.records.coarsened import CONTESTED
from graphsvc.records.relations import CUSTOM_PREFIX, RELATIONS, link_key, orders
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.leads.material import Material

__all__ = [
    "BESIDES",
    "LONGEST_PATH",
    "MOST_ENDS",
    "MOST_PATHS",
    "PATH_KINDS",
    "USUAL_PATHS",
    "USUAL_STEPS",
    "Between",
    "Paths",
    "ShownPath",
    "ShownPaths",
    "ShownStep",
]

# Kind of path → its name on pages.
PATH_KINDS = {
    "shortest": "the shortest",
    "likeliest": "the most believed",
    "every": "every one up to a length",
    "accounts": "the shortest from what each group of witnesses says",
}
# Kinds of relation that are not part of the operation: paths use them only on request.
BESIDES = ("presence", "service", "family", "identity", "own")
# Link → the claims that assert or deny it.
_Statements = dict[tuple[str, str, str], list[dict[str, Any]]]
FEWEST_ENDS, MOST_ENDS = 2, 6
USUAL_PATHS, MOST_PATHS = 10, 100
USUAL_STEPS = 4
_MOST_AVOIDED = 100


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of a path: a link, in its recorded direction.

    Attributes:
        belief: 0 to 1, as shown to this reader.
        others: number of other links between these two entities that the path could have used.
        asserting, denying: statements on the link (rows of `paths.said`); witness statements are merged if this reader
            may not see them individually.
        contested: whether the link is denied by statements that this reader may not see in full.
    """

    subject: str
    relation: str
    object: str
    belief: float
    others: int
    asserting: tuple[dict[str, Any], ...]
    denying: tuple[dict[str, Any], ...]
    contested: bool = False


@dataclass(frozen=True, slots=True)
class ShownPath:
    """One path.

    Attributes:
        nodes: ids, in order.
        belief: product of the beliefs of its steps, 0 to 1.
        weakest: position of the least believed step.
        group: for a path that begins with a statement, pseudonyms of its group of witnesses.
        source, statement: that statement's source and id.
    """

    nodes: tuple[str, ...]
    steps: tuple[ShownStep, ...]
    belief: float
    weakest: int
    group: tuple[str, ...] = ()
    source: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """Paths between two entities; `first` is empty for paths that begin with statements.

    Attributes:
        ways: the paths, best first.
        more: number of further paths.
        over: counting or searching stopped early, so there may be yet more paths.
    """

    first: str
    second: str
    ways: tuple[ShownPath, ...]
    more: int
    over: bool


@dataclass(frozen=True, slots=True)
class ShownPaths:
    """Result of a path search.

    Attributes:
        names: id → name and kind, for all nodes on the paths and the requested ids.
        cut: some statements are missing because there were too many.
    """

    kind: str
    between: tuple[Between, ...]
    names: dict[str, tuple[str, str]]
    cut: bool = False


class PathCaches(Caches):
    """The links of cases as a network for path searches."""

    def __init__(self) -> None:
        self.webs: Cache[Web] = Cache(CLEARANCES)
        self.grounds: Cache[WayGround] = Cache(CLEARANCES)


class Paths:
    """Paths in one case."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material

    def find(
        self,
        ends: Sequence[str],
        kind: str = "shortest",
        *,
        steps: int = USUAL_STEPS,
        most: int = USUAL_PATHS,
        avoiding: Sequence[str] = (),
        relations: Sequence[str] = (),
        besides: Sequence[str] = (),
        least: float = 0.0,
        recorded: bool = False,
    ) -> ShownPaths:
        """Find paths between each pair of some entities, or from witness statements to a single one.

        By default, paths use the links of the operation. Links that show no part in it (a shared boat or place, lawful
        service, family) are used only on request.

        Args:
            ends: 2 to 6 ids; for `accounts`, one.
            kind: `shortest` (all paths of the least length), `likeliest` (by the product of beliefs), `every` (all with
                at most `steps` links) or `accounts` (the shortest path from each group of witnesses).
            steps: for `every`: the maximum length of a path, 1 to 6.
            most: maximum number of paths returned for each pair, 1 to 100.
            avoiding: ids that no path may pass through.
            relations: use only links of these relations; empty for those of the operation.
            besides: use links of these kinds as well: `presence`, `service`, `family`, `identity`, `own` (custom
                relations).
            least: use only links with at least this belief, 0 to 1.
            recorded: use only evidence on the record.

        Raises:
            RequestError: an argument is out of range.
            NotFound: an end is not visible to this reader.
            Refused: `accounts` without source clearance.
        """
        chosen = tuple(dict.fromkeys(end for end in ends if end))
        _check(chosen, kind, steps, most, avoiding, besides, least)
        if kind == "accounts" and not self._ask.grant.sources:
            raise Refused("Which witnesses lead to somebody takes source clearance. An administrator can give it.")
        named = self._ask.entity_rows(chosen)
        for end in chosen:
            if end not in named:
                raise nothing(end)
        with self._ask.act("analyse", query="paths", of=kind, people=list(chosen)) as outcome:
            web = self._web()
            rules = Rules(_over(web, relations, besides), least, recorded, frozenset(avoiding) - set(chosen))
            way_network = self._ground(web, rules)
            if kind == "accounts":
                way_sets = [self._accounts(way_network, rules, chosen[0], most)]
                outcome["sources"] = {source for _, account in way_sets[0].ways if account for source in account.group}
            else:
                way_sets = [
                    _between(way_network, pair, kind, steps, most, LOOKED // (len(chosen) - 1))
                    for pair in combinations(chosen, 2)
                ]
            outcome["rows"] = sum(len(way_set.ways) for way_set in way_sets)
        return self._told_ways(kind, chosen, way_network, way_sets)

    def _ground(self, web: Web, rules: Rules) -> WayGround:
        """Return the network under these rules; it is cached, with intermediate results, until the case changes."""
        by = sorted(rules.relations), rules.least, rules.recorded, sorted(rules.avoiding)
        return self._ask.home.caches(PathCaches).grounds.of((*self._ask.state, str(by)), lambda: WayGround(web, rules))

    def _web(self) -> Web:
        """Return the links of the case as shown to this reader; cached until the case changes."""
        return self._ask.home.caches(PathCaches).webs.of(self._ask.state, self._read_web)

    @lasting()
    def _read_web(self) -> Web:
        return web_of(self._ask.read("paths.links", action="analyse", whole=True, in_columns=True).rows)

    def _accounts(self, way_network: WayGround, rules: Rules, end: str, most: int) -> _Found:
        claims, _, dependence = self._material.analysis_input()

        def strength(claim: Claim) -> float:
            return claim_belief(*claim.grading, self._ask.home.weights)

        account_ways = accounts(way_network, rules, claims, dependence, end, strength)
        return _Found(
            "",
            end,
            [(account.way, account) for account in account_ways[:most]],
            max(len(account_ways) - most, 0),
            over=False,
        )

    def _told_ways(
        self, kind: str, ends: Sequence[str], way_network: WayGround, way_sets: Sequence[_Found]
    ) -> ShownPaths:
        """Return the paths found, with statements and names, as shown to this reader."""
        ways = [way for way_set in way_sets for way in way_set.ways]
        statements, cut = self._find_statements(
            dict.fromkeys(link[:3] for way in ways for link in _links(way_network, *way))
        )
        everyone = {*ends, *(node for way, _ in ways for node in way.nodes)}
        named = self._ask.entity_rows(everyone)
        between = tuple(
            Between(
                way_set.first,
                way_set.second,
                tuple(_way(way_network, *way, statements) for way in way_set.ways),
                way_set.more,
                way_set.over,
            )
            for way_set in way_sets
        )
        return ShownPaths(
            kind,
            between,
            {identifier: (row["name"] or identifier, row["kind"]) for identifier, row in named.items()},
            cut,
        )

    def _find_statements(self, links: Iterable[tuple[str, str, str]]) -> tuple[_Statements, bool]:
        """Return claims that assert or deny each link, and whether rows were cut."""
        wanted = list(links)
        statements: _Statements = {link: [] for link in wanted}
        if not wanted:
            return statements, False
        every = dict.fromkeys(order for link in wanted for order in orders(link))
        subjects, relations, objects = (list(column) for column in zip(*every, strict=True))
        rows = self._ask.rows("paths.said", subjects=subjects, relations=relations, objects=objects)
        for row in rows.dicts():
            for link in orders(link_key(row)):
                if link in statements and (link == link_key(row) or row["polarity"] == "denies"):
                    statements[link].append(row)
        return statements, rows.truncated


@dataclass(frozen=True, slots=True)
class _Found:
    """Paths between two entities, each with the statement it begins with, if any."""

    first: str
    second: str
    ways: list[tuple[Way, AccountWay | None]]
    more: int
    over: bool


def _between(way_network: WayGround, pair: tuple[str, str], kind: str, steps: int, most: int, look: int) -> _Found:
    if kind == "likeliest":
        ways = likeliest(way_network, *pair, most, look)
    elif kind == "every":
        ways = every(way_network, *pair, steps, most, look)
    else:
        ways = shortest(way_network, *pair, most)
    more = max(ways.number - len(ways.ways), 0)
    return _Found(*pair, [(way, None) for way in ways.ways], more, ways.over)


def _links(way_network: WayGround, way: Way, account: AccountWay | None) -> list[tuple[str, str, str, float, int]]:
    """Return the links of a path, each with its belief and the number of other links between its two entities."""
    links = []
    for place, (node, neighbour) in enumerate(pairwise(way.nodes)):
        if place == 0 and account is not None:
            claim = account.claim
            links.append((claim.subject, claim.relation, claim.object, way.beliefs[0], 0))
            continue
        tie, *parallel_links = way_network.between(node, neighbour)
        subject, target = (node, neighbour) if tie.outward else (neighbour, node)
        links.append((subject, tie.relation, target, way.beliefs[place], len(parallel_links)))
    return links


def _way(
    way_network: WayGround,
    way: Way,
    account: AccountWay | None,
    statements: _Statements,
) -> ShownPath:
    steps = []
    for subject, relation, target, belief, parallel_count in _links(way_network, way, account):
        rows = statements[subject, relation, target]
        asserting, denying = (
            tuple(row for row in rows if row["polarity"] == polarity) for polarity in ("asserts", "denies")
        )
        contested = any(row["denied"] == CONTESTED for row in rows)
        steps.append(ShownStep(subject, relation, target, belief, parallel_count, asserting, denying, contested))
    if account is None:
        return ShownPath(way.nodes, tuple(steps), way.belief, way.weakest)
    group, claim = tuple(sorted(account.group)), account.claim
    return ShownPath(way.nodes, tuple(steps), way.belief, way.weakest, group, account.source, claim.statement)


def _over(web: Web, relations: Sequence[str], besides: Sequence[str]) -> frozenset[str]:
    """Return the relations a path may use."""
    if any(relations):
        return frozenset(relations)
    names = set(OPERATION) | {name for name, relation in RELATIONS.items() if relation.kind in besides}
    if "own" in besides:
        names |= {relation for relation in web.relations if relation.startswith(CUSTOM_PREFIX)}
    return frozenset(names)


def _check(
    ends: Sequence[str], kind: str, steps: int, most: int, avoiding: Sequence[str], besides: Sequence[str], least: float
) -> None:
    to_one = kind == "accounts"
    faults = {
        f"kinds of path are {', '.join(PATH_KINDS)}, not {kind[:40]!r}": kind not in PATH_KINDS,
        "paths from witnesses lead to one person, so choose one": to_one and len(ends) != 1,
        f"choose {FEWEST_ENDS} to {MOST_ENDS} ends": not to_one and not FEWEST_ENDS <= len(ends) <= MOST_ENDS,
        f"all paths can be found for 1 to {LONGEST_PATH} steps": not 1 <= steps <= LONGEST_PATH,
        f"choose from 1 to {MOST_PATHS} paths": not 1 <= most <= MOST_PATHS,
        f"at most {_MOST_AVOIDED} entities can be avoided": len(avoiding) > _MOST_AVOIDED,
        f"other links to allow are {', '.join(BESIDES)}": bool(set(besides) - set(BESIDES)),
        "belief is a number from 0 to 1": not 0 <= least <= 1,
    }
    for fault, holds in faults.items():
        if holds:
            raise RequestError(f"These paths cannot be found: {fault}.")
