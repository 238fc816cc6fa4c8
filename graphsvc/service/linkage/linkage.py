"""Which crossings hang together, as one reader may see it: clusters, one of them, two crossings, and what boats have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from graphsvc.analysis.linkage.clusters import chances
from graphsvc.analysis.linkage.linked import (
    LinkedCrossings,
    SharedThing,
    comparison,
    shared,
    without_thing,
)
from graphsvc.analysis.linkage.support import in_favour
from graphsvc.cases.cypher_runs import cut
from graphsvc.errors import RequestError
from graphsvc.records.numbers import significant
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.cypher.frames import answer_frame, warn
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage.compared import ComparedCase, compared, without_pieces
from graphsvc.views import linked as words
from graphsvc.views.forms.graphs import writable

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from numpy.typing import NDArray

# Of one crossing so many others are named; of a cluster so many things it shares, of all boats so many.
_NEAREST, _SHARED, _MARKET, _SUMMARY = 12, 24, 40, 4
# What may be pairs of one table at most, those that hang together best.
_PAIRS = 2000


@dataclass(frozen=True, slots=True)
class LinkedPairs:
    """Pairs of crossings that hang together.

    Attributes:
        rows: of `views.linked.COLUMNS`, best first.
        clusters: number → ids of each, the largest first; of one crossing its own alone.
        truncated: there are more pairs than rows.
        nothing: what to say where there are no rows; empty otherwise.
        ranked_on: what the comparison leaves out for this reader, in a sentence; empty: nothing.
    """

    rows: list[tuple[Any, ...]]
    clusters: dict[int, list[str]]
    truncated: bool
    nothing: str
    ranked_on: str

    @property
    def cut(self) -> str:
        """What to say where there are more pairs than rows; empty otherwise."""
        return cut(len(self.rows)) if self.truncated else ""

    @property
    def beside(self) -> list[str]:
        """What a table alone would be silent on, in sentences: more pairs, that nothing links any, what this reader's leaves out."""
        return [*filter(None, [self.cut, self.nothing, self.ranked_on])]


class Linkage:
    """Which crossings of one case hang together, and by what. A score is no proof: crossings are compared, and nobody is accused by it."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material

    def clusters(self) -> dict[str, Any]:
        """All clusters with what each shares and how strong that is; what boats have in common; what is in none."""
        with self._ask.look("analyse", query="linked") as outcome:
            case = compared(self._ask, self._material)
            made = case.linked
            things = {rows: shared(made, [made.ids[row] for row in rows]) for rows in made.clusters}
            market = [thing for thing in shared(made) if thing.feature in words.MARKET][:_MARKET]
            names = self._named([*market, *(thing for some in things.values() for thing in some[:_SUMMARY])], made.ids)
            apart = len(made.ids) - sum(map(len, made.clusters))
            loose = _loose(made)
            outcome["rows"] = len(made.clusters)
            return {
                "clusters": [self._summary(case, rows, things[rows], names) for rows in made.clusters],
                "compared": len(made.ids),
                "apart": apart,
                "apart_says": words.apart(apart, loose),
                "prior": made.table.prior,
                "ranked_on": self._ask.ranked_on,
                "nothing": "" if made.clusters else words.nothing_links(len(made.ids), loose),
                "boats": [
                    _thing(case, thing, names)
                    | {"says": words.boats_sentence(thing, names), "of": self._crossings(case, thing.crossings, names)}
                    for thing in market
                ],
            }

    def of(self, crossing: str) -> dict[str, Any]:
        """What one crossing hangs together with: its cluster, and the others most like it.

        Raises:
            NotFound: it is not there for this reader.
        """
        with self._ask.look("analyse", query="linked", entity=crossing) as outcome:
            case = compared(self._ask, self._material)
            made = case.linked
            at = self._row(made, crossing)
            of_it = (made.pairs.first == at) | (made.pairs.second == at)
            alike = np.flatnonzero(of_it & (made.together > 0))
            best = alike[np.argsort(-made.together[alike], kind="stable")][:_NEAREST].tolist()
            others = {
                pair: made.ids[
                    int(made.pairs.second[pair]) if int(made.pairs.first[pair]) == at else int(made.pairs.first[pair])
                ]
                for pair in best
            }
            cluster = made.cluster_of(crossing)
            things = {other: shared(made, (crossing, other)) for other in others.values()}
            names = self._named([thing for some in things.values() for thing in some], [crossing, *others.values()])
            outcome["rows"] = len(others)
            return {
                "crossing": self._crossings(case, [crossing], names)[0],
                "cluster": list(cluster),
                "nothing": "" if cluster else words.in_no_cluster(_loose(made, at)),
                "nearest": [
                    self._crossings(case, [other], names)[0]
                    | self._strength(made, [pair])
                    | {
                        "together": other in cluster,
                        "shares": [_thing(case, thing, names) for thing in things[other][:_SUMMARY]],
                    }
                    for pair, other in others.items()
                ],
                "more_nearest": len(alike) - len(others),
                "ranked_on": self._ask.ranked_on,
            }

    def cluster(self, crossing: str) -> dict[str, Any]:
        """The cluster that a crossing is in: its crossings, what they share, and what would split it; without any of it where it is in none.

        Raises:
            NotFound: the crossing is not there for this reader.
        """
        with self._ask.look("analyse", query="linked cluster", entity=crossing) as outcome:
            case = compared(self._ask, self._material)
            made = case.linked
            at = self._row(made, crossing)
            ids = made.cluster_of(crossing)
            if not ids:
                nothing_of_it = words.in_no_cluster(_loose(made, at))
                return {"asked": crossing, "crossings": [], "nothing": nothing_of_it, "ranked_on": self._ask.ranked_on}
            things = shared(made, ids)
            names = self._named(things[:_SHARED], ids)
            rows = tuple(made.ids.index(name) for name in ids)
            pieces, more_pieces = without_pieces(self._ask, self._material, case, ids)
            outcome["rows"] = len(ids)
            return self._summary(case, rows, things, names) | {
                "asked": crossing,
                "things": [
                    _thing(case, thing, names)
                    | {
                        "of": len(thing.crossings),
                        "without": words.left(without_thing(made, ids, thing.feature, thing.value), len(ids)),
                    }
                    for thing in things[:_SHARED]
                ],
                "more_things": max(0, len(things) - _SHARED),
                "pieces": [{"kind": piece.kind, "id": piece.id} | words.left(piece.left, len(ids)) for piece in pieces],
                "more_pieces": more_pieces,
                "pairs": [
                    {"first": made.ids[first], "second": made.ids[second]}
                    | self._strength(made, [made.number(made.ids[first], made.ids[second])])
                    for first, second in islice(combinations(rows, 2), _PAIRS)
                ],
                "more_pairs": max(0, len(ids) * (len(ids) - 1) // 2 - _PAIRS),
                "ranked_on": self._ask.ranked_on,
            }

    def pair(self, first: str, second: str) -> dict[str, Any]:
        """The comparison of two crossings, line by line.

        Raises:
            NotFound: one is not there for this reader. RequestError: both are the same.
        """
        if first == second:
            raise RequestError("Two crossings are compared: name another one beside the first.")
        with self._ask.look("analyse", query="linked pair", entity=first) as outcome:
            case = compared(self._ask, self._material)
            made = case.linked
            for name in (first, second):
                self._row(made, name)
            lines = comparison(made, first, second)
            names = self._ask.named({first, second, *words.entity_values(lines)})
            outcome["rows"] = len(lines)
            return {
                "first": self._crossings(case, [first], names)[0],
                "second": self._crossings(case, [second], names)[0],
                "together": second in made.cluster_of(first),
                "lines": [
                    words.line(line, names) | {"denied": case.denial(line.feature, line.value, (first, second))}
                    for line in lines
                ],
                "prior": made.table.prior,
                "ranked_on": self._ask.ranked_on,
            } | self._strength(made, [made.number(first, second)])

    def table(self, crossing: str = "", least: float | None = None) -> LinkedPairs:
        """Pairs of crossings that hang together, best first.

        Args:
            crossing: only pairs with this one; empty: all.
            least: least chance, 0 to 1, unless both are in one cluster; left out: 0.5, and of one crossing those that are more
                like it than two taken at random, the nearest of which `of` names.

        Raises:
            NotFound: the crossing is not there for this reader. RequestError: `least` is no chance.
        """
        if least is not None and not 0 <= least <= 1:
            raise RequestError(f"least is {least}, but takes a number from 0 to 1: the least chance of a pair.")
        with self._ask.look("analyse", query="linked") as outcome:
            case = compared(self._ask, self._material)
            rows, truncated = self._pairs(case, crossing, least)
            outcome["rows"] = len(rows)
        clusters = {
            number: names
            for number, some in enumerate(case.linked.clusters, start=1)
            if crossing in (names := [case.linked.ids[row] for row in some]) or not crossing
        }
        return LinkedPairs(rows, clusters, truncated, "" if rows else words.no_pair(least), self._ask.ranked_on)

    def frame(self, crossing: str = "", least: float | None = None) -> pd.DataFrame:
        """The same as a table: `attrs["clusters"]` lists the clusters, of one crossing its own alone. Raises as `table`."""
        pairs = self.table(crossing, least)
        warn(filter(None, [pairs.cut]))
        return answer_frame(words.COLUMNS, pairs.rows, pairs.beside, clusters=[*pairs.clusters.values()])

    def graph(self) -> nx.MultiDiGraph[str]:
        """Crossings that hang together as a graph: one edge a pair, with its ratio and chance; nodes carry the number of their cluster.

        That there are more pairs than it has edges is warned of (`errors.AnswerWarning`); what the comparison leaves out for this
        reader is its attribute `ranked_on`.
        """
        with self._ask.look("analyse", query="linked") as outcome:
            case = compared(self._ask, self._material)
            pairs, truncated = self._pairs(case, "", None)
            names = self._ask.named(case.linked.ids)
            outcome["rows"] = len(pairs)
        warn([cut(len(pairs))] if truncated else [])
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(ranked_on=self._ask.ranked_on)
        for name in case.linked.ids:
            graph.add_node(name, kind="crossing", name=names[name]["name"] or name, date=case.dates[name])
        for number, some in enumerate(case.linked.clusters, start=1):
            for row in some:
                graph.nodes[case.linked.ids[row]]["cluster"] = number
        for first, _, second, _, _, ratio, word, likely, shares in pairs:
            graph.add_edge(
                first,
                second,
                key="LINKED",
                relation="LINKED",
                ratio=ratio,
                support=word,
                chance=likely,
                shares=shares,
            )
        return writable(graph)

    # -- parts of answers --------------------------------------------------------------------------------------

    def _pairs(self, case: ComparedCase, crossing: str, least: float | None) -> tuple[list[tuple[Any, ...]], bool]:
        """Rows of `views.linked.COLUMNS`, and whether there are more than are given. Arguments as `table`."""
        made = case.linked
        cluster, chance = _cluster_numbers(made), made.chances
        first, second = made.pairs.first, made.pairs.second
        likely = chance >= (words.LEAST_CHANCE if least is None else least)
        if crossing and least is None:
            likely = made.together > 0  # those of which `of` names the nearest
        chosen = likely | ((cluster[first] == cluster[second]) & (cluster[first] >= 0))
        if crossing:
            at = self._row(made, crossing)
            chosen &= (first == at) | (second == at)
        numbers = np.flatnonzero(chosen)
        best = numbers[np.argsort(-made.together[numbers], kind="stable")][:_PAIRS].tolist()
        things = {pair: shared(made, (made.ids[first[pair]], made.ids[second[pair]]))[:3] for pair in best}
        names = self._named([thing for some in things.values() for thing in some], [])
        rows = [
            (
                made.ids[first[pair]],
                case.dates[made.ids[first[pair]]],
                made.ids[second[pair]],
                case.dates[made.ids[second[pair]]],
                int(cluster[first[pair]]) + 1 if cluster[first[pair]] == cluster[second[pair]] >= 0 else None,
                significant(float(np.exp(min(made.together[pair], 30.0)))),
                in_favour(float(made.together[pair])),
                words.rounded(float(chance[pair])),
                words.shares_text([_thing(case, thing, names) for thing in things[pair]]),
            )
            for pair in best
        ]
        return rows, len(numbers) > len(best)

    def _summary(
        self,
        case: ComparedCase,
        rows: Sequence[int],
        things: Sequence[SharedThing],
        names: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, Any]:
        made = case.linked
        ids = [made.ids[row] for row in rows]
        numbers = [made.number(made.ids[low], made.ids[high]) for low, high in combinations(rows, 2)]
        first, last = words.days(case.dates[name] for name in ids)
        return {
            "id": ids[0],
            "crossings": self._crossings(case, ids, names),
            "first": first,
            "last": last,
            "shares": [_thing(case, thing, names) | {"of": len(thing.crossings)} for thing in things[:_SUMMARY]],
        } | self._strength(made, numbers)

    def _strength(self, made: LinkedCrossings, numbers: Sequence[int]) -> dict[str, Any]:
        """How strongly some pairs hang together, on average."""
        ratios = made.together[list(numbers)]
        mean = float(ratios.mean())
        # Of these alone: among thousands of crossings are millions of pairs, and this is asked of each pair of a cluster.
        likely = float(chances(ratios, made.table).mean())
        return {
            "log_ratio": round(mean, 3),
            "ratio": words.ratio(mean),
            "alike": words.alike(mean),
            "support": in_favour(mean),
            "chance": words.rounded(likely),
            "chance_says": words.chance(likely),
        }

    def _crossings(
        self, case: ComparedCase, ids: Sequence[str], names: Mapping[str, Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        return [
            {"id": name, "name": (names.get(name) or {}).get("name") or name, "date": case.dates.get(name, "")}
            for name in ids
        ]

    def _named(self, things: Sequence[SharedThing], ids: Collection[str]) -> dict[str, dict[str, Any]]:
        every = {*words.entity_values(things), *ids, *(name for thing in things for name in thing.crossings)}
        return self._ask.named(every)

    def _row(self, made: LinkedCrossings, crossing: str) -> int:
        if crossing not in made.ids:
            raise nothing(crossing)
        return made.ids.index(crossing)


def _thing(case: ComparedCase, thing: SharedThing, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Something that crossings share, with whether it is denied or contested of any of them."""
    return words.thing(thing, names) | {"denied": case.denial(thing.feature, thing.value, thing.crossings)}


def _cluster_numbers(made: LinkedCrossings) -> NDArray[np.int64]:
    """The number of the cluster of each crossing; -1: it is in none."""
    cluster = np.full(len(made.ids), -1)
    for number, some in enumerate(made.clusters):
        cluster[list(some)] = number
    return cluster


def _loose(made: LinkedCrossings, at: int | None = None) -> int:
    """How many pairs are likely and of no one cluster, of all or of the crossing of that row."""
    first, second = made.pairs.first, made.pairs.second
    cluster = _cluster_numbers(made)
    chosen = (made.chances >= words.LEAST_CHANCE) & ((cluster[first] != cluster[second]) | (cluster[first] < 0))
    return int((chosen if at is None else chosen & ((first == at) | (second == at))).sum())
