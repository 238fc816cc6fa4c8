"""FollowTheMoney entities, one per line: for Aleph, OpenAleph, OpenSanctions' tools and nomenklatura.

Tables map each kind of entity to a FollowTheMoney schema, and each relation to an edge schema. If the edge schema does
not accept the entities at its ends, the link becomes an `UnknownLink` with the relation as its role.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphsvc.records.relations import RELATIONS
from graphsvc.views.denials import denial
from graphsvc.views.forms.about import About, ExportForm
from graphsvc.views.forms.rows import link_id
from graphsvc.views.picture.network import Edge, Node, Picture
from graphsvc.views.wording import SIGNS, begin, belief_range, voices

# Kind of entity (for a thing, its sort) → (schema, properties that contain the name).
SCHEMATA = MappingProxyType(
    {
        "person": ("Person", ("name",)),
        "boat": ("Vessel", ("name",)),
        "crossing": ("Event", ("name",)),
        "gang": ("Organization", ("name",)),
        "workplace": ("Company", ("name",)),
        "phone": ("UserAccount", ("name", "username")),
        "vehicle": ("Vehicle", ("name",)),
        "address": ("Address", ("name", "full")),
        "account": ("BankAccount", ("name",)),
        "online": ("UserAccount", ("name", "username")),
        "document": ("Document", ("name", "title", "fileName")),
        "organisation": ("Organization", ("name",)),
        "part": ("Asset", ("name",)),
    }
)
# Schema → the schemata it extends.
_ALSO = MappingProxyType(
    {
        "Person": ("LegalEntity",),
        "Organization": ("LegalEntity",),
        "Company": ("Organization", "LegalEntity", "Asset"),
        "Vessel": ("Vehicle", "Asset"),
        "Vehicle": ("Asset",),
        "BankAccount": ("Asset",),
    }
)


@dataclass(frozen=True, slots=True)
class _Schema:
    """An edge schema: property and schema of each end, and the property that contains the relation."""

    name: str
    source: str
    takes: str
    target: str
    gives: str
    says: str


_UNKNOWN = _Schema("UnknownLink", "subject", "", "object", "", "role")
_SCHEMAS = (
    _Schema("Membership", "member", "LegalEntity", "organization", "Organization", "role"),
    _Schema("Directorship", "director", "LegalEntity", "organization", "Organization", "role"),
    _Schema("Ownership", "owner", "LegalEntity", "asset", "Asset", "role"),
    _Schema("Employment", "employee", "Person", "employer", "Organization", "role"),
    _Schema("Payment", "payer", "LegalEntity", "beneficiary", "LegalEntity", "purpose"),
    _Schema("Debt", "debtor", "LegalEntity", "creditor", "LegalEntity", "summary"),
    _Schema("Family", "person", "Person", "relative", "Person", "relationship"),
    _Schema("Associate", "person", "Person", "associate", "Person", "relationship"),
    _UNKNOWN,
)
_NAMED = MappingProxyType({schema.name: schema for schema in _SCHEMAS})
EDGES: Mapping[str, _Schema] = MappingProxyType({name: _NAMED[relation.ftm] for name, relation in RELATIONS.items()})


def as_ftm(view: Picture, about: About) -> dict[str, bytes]:
    """Return one file: entities, then links. Each has the mark as its `publisher`."""
    schemata = {node.id: SCHEMATA[node.sort or node.kind][0] for node in view.nodes}
    entities = [_node(node, about) for node in view.nodes]
    entities += [_edge(edge, schemata, about) for edge in view.edges]
    return {"entities.ftm.json": "".join(json.dumps(entity, ensure_ascii=False) + "\n" for entity in entities).encode()}


def _node(node: Node, about: About) -> dict[str, Any]:
    schema, names = SCHEMATA[node.sort or node.kind]
    properties = {name: [node.name] for name in names} | {"publisher": [about.mark]}
    if node.sealed:
        properties["summary"] = ["A pseudonym replaces the name."]
    elif not node.identified:
        properties["summary"] = [f"{begin(SIGNS['unidentified'])}."]
    return {"id": node.id, "schema": schema, "properties": properties}


def _edge(edge: Edge, schemata: Mapping[str, str], about: About) -> dict[str, Any]:
    schema = EDGES.get(edge.relation, _UNKNOWN)
    if not (_is(schemata[edge.subject], schema.takes) and _is(schemata[edge.object], schema.gives)):
        schema = _UNKNOWN
    description = f"Belief {belief_range(edge.belief)}, on the record {belief_range(edge.belief_on_record)}."
    description += f" Said by {voices(edge.groups, edge.other_sources)}."
    if edge.denied:
        description += f" {begin(denial(edge.denying))}."
    properties = {
        schema.source: [edge.subject],
        schema.target: [edge.object],
        "description": [description],
        "publisher": [about.mark],
        schema.says: [edge.says],
    }
    for name, date in (("startDate", edge.first_on), ("endDate", edge.last_on)):
        if date:
            properties[name] = [date.removesuffix("Z")]
    return {"id": link_id(edge), "schema": schema.name, "properties": properties}


def _is(schema: str, wanted: str) -> bool:
    return not wanted or schema == wanted or wanted in _ALSO.get(schema, ())


FORMS = (ExportForm(100, "ftm", "FollowTheMoney", "Aleph and its kin", as_ftm),)
