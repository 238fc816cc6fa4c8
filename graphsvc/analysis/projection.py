"""The case as NetworkX graphs: with an edge per claim, with an edge per link, and of the operation alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from graphsvc.analysis.claims.belief import LinkFigures
from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.claims.roles import OPERATION
from graphsvc.records.coarsened import denied_word
from graphsvc.records.relations import LinkKey

if TYPE_CHECKING:
    import networkx as nx


def claims_graph(claims: Iterable[Claim], denying: Mapping[LinkKey, int | str]) -> nx.MultiDiGraph[str]:
    """Return a graph with one edge per claim, keyed by its id, with its relation, statement and grade.

    An asserting edge has `denied`: `yes`, `no`, or `contested` where the reader may not see what denies the link.

    Args:
        claims: in any order.
        denying: link → its denials as disclosed.

    Merged witness statements have no id: they are keyed by relation, polarity and status. `amount` is present where the
    claim names one.

    Example:
        >>> claim = Claim("c1", "p1", "RUNS", "g1", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "gang")
        >>> claims_graph([claim], {}).edges["p1", "g1", "c1"]["statement"]
        't1'

    Limits: also contains denials and claims without weight; check `polarity` and `status` before counting.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for claim in claims:
        graph.add_node(claim.subject, kind=claim.subject_kind)
        graph.add_node(claim.object, kind=claim.object_kind)
        graph.add_edge(
            claim.subject,
            claim.object,
            key=claim.id or f"{claim.relation} {claim.polarity} {claim.status}",
            relation=claim.relation,
            polarity=claim.polarity,
            status=claim.status,
            statement=claim.statement,
            source=claim.source,
            source_kind=claim.source_kind,
            grade=f"{claim.source_grade}{claim.assessment}{claim.handling}" if claim.source_grade else "",
            on_record=claim.on_record,
            weight=claim.weight,
            currency=claim.currency,
            from_on=claim.from_on,
            to_on=claim.to_on,
            interest=claim.interest,
            # GraphML and GEXF have no value for a missing number.
            **({} if claim.amount is None else {"amount": claim.amount}),
            **({"denied": denied_word(denying.get(claim.key, 0))} if claim.asserts else {}),
        )
    return graph


def links_graph(links: Mapping[LinkKey, LinkFigures]) -> nx.MultiDiGraph[str]:
    """Return a graph with one edge per link, keyed by its relation, with its figures.

    Example:
        >>> links = {("p1", "RUNS", "g1"): LinkFigures(0.6, 1, 0, 1, 0, 0.0, "", "")}
        >>> links_graph(links).edges["p1", "g1", "RUNS"]["belief"]
        0.6

    Limits: includes presence, lawful service and family, as well as links of the operation.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for (subject, relation, object_), figures in links.items():
        graph.add_edge(
            subject,
            object_,
            key=relation,
            relation=relation,
            belief=figures.belief,
            asserting=figures.asserting,
            denying=figures.denying,
            groups=figures.groups,
            other_sources=figures.other_sources,
            belief_on_record=figures.belief_on_record,
            groups_on_record=figures.groups_on_record,
            other_sources_on_record=figures.other_sources_on_record,
            first_on=figures.first_on,
            last_on=figures.last_on,
        )
    return graph


def operation_graph(links: Mapping[LinkKey, LinkFigures], persons: Iterable[Person] = ()) -> nx.MultiDiGraph[str]:
    """Return the operation: all links except presence, lawful service, family and identity.

    Persons are nodes with their names, even without any link of the operation.

    Example:
        >>> figures = LinkFigures(0.6, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "RUNS", "g1"): figures, ("p1", "SERVED", "p2"): figures}
        >>> list(operation_graph(links).edges)
        [('p1', 'g1', 'RUNS')]

    Limits: custom relations of a delivery are left out, as their meaning is not known.
    """
    graph = links_graph({key: figures for key, figures in links.items() if key[1] in OPERATION})
    for person in persons:
        graph.add_node(person.id, name=person.name)
    return graph
