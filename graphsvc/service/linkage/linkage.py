"""Linked crossings for one reader: all clusters, one cluster, one crossing, one pair, and boats in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from graphsvc.analysis.linkage.linked import SharedName, shared_names, without_name
from graphsvc.analysis.linkage.overlap import Overlap
from graphsvc.errors import RequestError
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.cypher.frames import answer_frame, warn
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage.compared import ComparedCase, comparison, without_pieces
from graphsvc.views import linked as words
from graphsvc.views.beside import cut_message
from graphsvc.views.forms.graphs import writable

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

# Maximum number of nearest crossings, of names shown for a cluster, of boats in common, and of names in one row.
_NEAREST, _SHARED, _MARKET, _SUMMARY = 12, 24, 40, 4
# Maximum number of pairs in one table; those with the largest overlap are kept.
_PAIRS = 2000


@dataclass(frozen=True, slots=True)
class LinkedPairs:
    """Pairs of crossings and the names they share.

    Attributes:
        rows: rows with `views.linked.COLUMNS`, best first.
        clusters: number of a cluster → its crossings, largest cluster first; for one crossing, only its own cluster.
        truncated: there are more pairs than rows.
        nothing: message shown if there are no rows; otherwise empty.
        ranked_on: what the comparison leaves out for this reader, in a sentence; may be empty.
    """

    rows: list[tuple[Any, ...]]
    clusters: dict[int, list[str]]
    truncated: bool
    nothing: str
    ranked_on: str

    @property
    def cut(self) -> str:
        """Message shown if there are more pairs than rows; otherwise empty."""
        return cut_message(len(self.rows)) if self.truncated else ""

    @property
    def beside(self) -> list[str]:
        """Sentences to show with a table: that there are more pairs or none, and what the comparison leaves out."""
        return [*filter(None, [self.cut, self.nothing, self.ranked_on])]


class Linkage:
    """Linked crossings of one case. Only crossings are compared; no one is accused."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material

    def clusters(self) -> dict[str, Any]:
        """Return all clusters with the names their crossings share, and boats in common."""
        with self._ask.look("analyse", query="linked") as outcome:
            case = comparison(self._ask, self._material)
            linkage = case.linkage
            things = {ids: shared_names(linkage, ids) for ids in linkage.clusters}
            market = shared_names(linkage, features=words.MARKET)[:_MARKET]
            first = [thing for names_of in things.values() for thing in names_of[:_SUMMARY]]
            names = self._names(thing.name for thing in (*market, *first)) | self._names(case.dates)
            apart = len(case.dates) - sum(map(len, linkage.clusters))
            outcome["rows"] = len(linkage.clusters)
            return {
                "clusters": [self._summary(case, ids, things[ids], names) for ids in linkage.clusters],
                "compared": len(case.dates),
                "apart": apart,
                "apart_says": words.apart(apart),
                "ranked_on": self._ask.ranked_on,
                "nothing": "" if linkage.clusters else words.nothing_links(len(case.dates)),
                "boats": [
                    _thing(case, thing, names)
                    | {"says": words.boats_sentence(thing, names), "of": _crossings(case, thing.crossings, names)}
                    for thing in market
                ],
            }

    def of(self, crossing: str) -> dict[str, Any]:
        """Return the cluster of a crossing, and the crossings that share the most names with it.

        Raises:
            NotFound: it is not visible to this reader.
        """
        with self._ask.look("analyse", query="linked", entity=crossing) as outcome:
            case = comparison(self._ask, self._material)
            _check(case, crossing)
            every = case.linkage.nearest(crossing)
            nearest = dict(islice(every.items(), _NEAREST))
            cluster = case.linkage.cluster_of(crossing)
            names = self._names((name for both in nearest.values() for name in both.shared), [crossing, *nearest])
            outcome["rows"] = len(nearest)
            return {
                "crossing": _crossings(case, [crossing], names)[0],
                "cluster": list(cluster),
                "nothing": "" if cluster else words.IN_NO_CLUSTER,
                "nearest": [
                    _crossings(case, [neighbour], names)[0]
                    | words.figures(both)
                    | {
                        "together": neighbour in cluster,
                        "shares": _shares(case, (crossing, neighbour), both, names)[:_SUMMARY],
                    }
                    for neighbour, both in nearest.items()
                ],
                "more_nearest": len(every) - len(nearest),
                "ranked_on": self._ask.ranked_on,
            }

    def cluster(self, crossing: str) -> dict[str, Any]:
        """Return the cluster of a crossing, if any: its crossings, shared names, and what would split it.

        Raises:
            NotFound: the crossing is not visible to this reader.
        """
        with self._ask.look("analyse", query="linked cluster", entity=crossing) as outcome:
            case = comparison(self._ask, self._material)
            linkage = case.linkage
            _check(case, crossing)
            ids = linkage.cluster_of(crossing)
            if not ids:
                return {
                    "asked": crossing,
                    "crossings": [],
                    "nothing": words.IN_NO_CLUSTER,
                    "ranked_on": self._ask.ranked_on,
                }
            things = shared_names(linkage, ids)
            names = self._names((thing.name for thing in things[:_SHARED]), ids)
            pieces, more_pieces = without_pieces(self._ask, self._material, case, ids)
            links = list(islice(linkage.links(ids), _PAIRS + 1))
            outcome["rows"] = len(ids)
            return self._summary(case, ids, things, names) | {
                "asked": crossing,
                "things": [
                    _thing(case, thing, names)
                    | {
                        "of": len(thing.crossings),
                        "without": words.describe_parts(without_name(linkage, ids, thing.name), len(ids)),
                    }
                    for thing in things[:_SHARED]
                ],
                "more_things": max(0, len(things) - _SHARED),
                "pieces": [
                    {"kind": row.kind, "id": row.id} | words.describe_parts(row.parts, len(ids)) for row in pieces
                ],
                "more_pieces": more_pieces,
                "pairs": [
                    {"first": first, "second": second} | words.figures(both) for (first, second), both in links[:_PAIRS]
                ],
                "more_pairs": len(links) > _PAIRS,
                "ranked_on": self._ask.ranked_on,
            }

    def pair(self, first: str, second: str) -> dict[str, Any]:
        """Return the comparison of two crossings, name by name.

        Raises:
            NotFound: one is not visible to this reader.
            RequestError: both are the same.
        """
        if first == second:
            raise RequestError("Two crossings are compared: name a second one.")
        with self._ask.look("analyse", query="linked pair", entity=first) as outcome:
            case = comparison(self._ask, self._material)
            for name in (first, second):
                _check(case, name)
            about, both = case.linkage.about, case.linkage.overlap(first, second)
            alone = {
                crossing: [
                    name for name, mention in about[crossing].items() if mention.is_behind and name not in both.people
                ]
                for crossing in (first, second)
            }
            names = self._names([*both.shared, *alone[first], *alone[second]], [first, second])
            outcome["rows"] = len(both.shared)
            return {
                "first": _crossings(case, [first], names)[0],
                "second": _crossings(case, [second], names)[0],
                "together": second in case.linkage.cluster_of(first),
                "lines": [
                    words.line(name, about[first][name], about[second][name], names)
                    | {"denied": case.denial(name, (first, second))}
                    for name in (*both.people, *(name for name in both.shared if name not in both.people))
                ],
                **{
                    f"{side}_alone": [
                        words.describe(name, about[crossing][name].features, names)
                        | {"denied": case.denial(name, [crossing])}
                        for name in sorted(alone[crossing])
                    ]
                    for side, crossing in (("first", first), ("second", second))
                },
                "ranked_on": self._ask.ranked_on,
            } | words.figures(both)

    def table(self, crossing: str = "") -> LinkedPairs:
        """List pairs of crossings and the names they share, best first.

        Args:
            crossing: list its pairs with every crossing that shares a name; empty for all linked pairs.

        Raises:
            NotFound: the crossing is not visible to this reader.
        """
        with self._ask.look("analyse", query="linked") as outcome:
            case = comparison(self._ask, self._material)
            rows, truncated = self._pairs(case, crossing)
            outcome["rows"] = len(rows)
        clusters = {
            number: list(ids)
            for number, ids in enumerate(case.linkage.clusters, start=1)
            if crossing in ids or not crossing
        }
        none = words.NO_NAME if crossing else words.NO_PAIR
        return LinkedPairs(rows, clusters, truncated, "" if rows else none, self._ask.ranked_on)

    def frame(self, crossing: str = "") -> pd.DataFrame:
        """Return the pairs as a DataFrame; `attrs["clusters"]` lists the clusters. Arguments and errors as `table`."""
        pairs = self.table(crossing)
        warn(filter(None, [pairs.cut]))
        return answer_frame(words.COLUMNS, pairs.rows, pairs.beside, clusters=[*pairs.clusters.values()])

    def graph(self) -> nx.MultiDiGraph[str]:
        """Build a graph of linked crossings: one edge for each linked pair; nodes have the number of their cluster.

        If there are too many pairs for the graph, a warning says so (`errors.AnswerWarning`). The attribute `ranked_on`
        says what the comparison leaves out for this reader.
        """
        with self._ask.look("analyse", query="linked") as outcome:
            case = comparison(self._ask, self._material)
            pairs, truncated = self._pairs(case, "")
            names = self._ask.entity_rows(case.dates)
            outcome["rows"] = len(pairs)
        warn([cut_message(len(pairs))] if truncated else [])
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(ranked_on=self._ask.ranked_on)
        for name in case.dates:
            graph.add_node(name, kind="crossing", name=names[name]["name"] or name, date=case.dates[name])
        for number, ids in enumerate(case.linkage.clusters, start=1):
            for name in ids:
                graph.nodes[name]["cluster"] = number
        for row in pairs:
            values = dict(zip(words.COLUMNS, row, strict=True))
            attributes = {name: values[name] for name in ("people", "of_people", "names", "of_names", "shares")}
            graph.add_edge(values["first"], values["second"], key="LINKED", relation="LINKED", **attributes)
        return writable(graph)

    # -- parts of answers --------------------------------------------------------------------------------------

    def _pairs(self, case: ComparedCase, crossing: str) -> tuple[list[tuple[Any, ...]], bool]:
        """Return rows with `views.linked.COLUMNS`, and whether there are further ones. `crossing` is as in `table`."""
        linkage = case.linkage
        if crossing:
            _check(case, crossing)
            pairs = [((crossing, neighbour), both) for neighbour, both in linkage.nearest(crossing).items()]
        else:
            pairs = list(islice(linkage.links(), _PAIRS + 1))
        table = pairs[:_PAIRS]
        number = {name: place for place, ids in enumerate(linkage.clusters, start=1) for name in ids}
        names = self._names(name for _, both in table for name in both.shared)
        rows = [
            (
                first,
                case.dates[first],
                second,
                case.dates[second],
                number[first] if number.get(first) == number.get(second, 0) else None,
                len(both.people),
                both.behind,
                len(both.shared),
                both.named,
                words.shares_text(_shares(case, (first, second), both, names)[:_SUMMARY]),
            )
            for (first, second), both in table
        ]
        return rows, len(pairs) > len(table)

    def _summary(
        self,
        case: ComparedCase,
        ids: Sequence[str],
        things: Sequence[SharedName],
        names: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, Any]:
        first, last = words.days(case.dates[name] for name in ids)
        return {
            "id": ids[0],
            "crossings": _crossings(case, ids, names),
            "first": first,
            "last": last,
            "shares": [_thing(case, thing, names) | {"of": len(thing.crossings)} for thing in things[:_SUMMARY]],
        }

    def _names(self, *ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        return self._ask.entity_rows(set().union(*ids))


def _check(case: ComparedCase, crossing: str) -> None:
    if crossing not in case.dates:
        raise nothing(crossing)


def _crossings(case: ComparedCase, ids: Iterable[str], names: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"id": name, "name": (names.get(name) or {}).get("name") or name, "date": case.dates.get(name, "")}
        for name in ids
    ]


def _thing(case: ComparedCase, thing: SharedName, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a shared name as plain data, marked if it is denied or contested on any of its crossings."""
    return words.thing(thing, names) | {"denied": case.denial(thing.name, thing.crossings)}


def _shares(
    case: ComparedCase, pair: tuple[str, str], both: Overlap, names: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the names that two crossings share; people and groups behind both crossings come first."""
    order = (*both.people, *(name for name in both.shared if name not in both.people))
    about = case.linkage.about
    features = {name: {*about[pair[0]][name].features, *about[pair[1]][name].features} for name in order}
    return [_thing(case, SharedName(name, tuple(sorted(features[name])), pair), names) for name in order]
