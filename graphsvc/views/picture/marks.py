"""One node for several people who are not drawn one by one, and the line that links it to an entity."""

from __future__ import annotations

from graphsvc.records.coarsened import step
from graphsvc.views.picture.folding import FoldedPicture
from graphsvc.views.picture.network import Edge


def mark(identifier: str, name: str, members: int, key: str, handling: str) -> FoldedPicture:
    """Return one node for several people; its position is set later.

    Args:
        identifier: id of the node.
        name: its label, which says who they are.
        members: their number; 0 if it must not be shown.
        key: id of the entity they are connected to.
        handling: handling code of that entity.
    """
    return FoldedPicture(
        id=identifier,
        kind="group",
        name=name,
        sort="",
        identified=True,
        sealed=False,
        handling=handling,
        gang="",
        start=False,
        links=1,
        more=0,
        x=0.0,
        y=0.0,
        by="",
        key=key,
        members=members,
        kinds=(("person", members),) if members else (),
    )


def line(subject: str, relation: str, target: str, says: str, belief: float) -> Edge:
    """Return the line between such a node and its entity, without support, as that of several links cannot be added."""
    return Edge(
        subject=subject,
        relation=relation,
        object=target,
        says=says,
        directed=True,
        belief=belief,
        step=step(belief),
        doubtful=False,
        denied=False,
        asserting="",
        denying="",
        groups="",
        other_sources=0,
        belief_on_record=0.0,
        groups_on_record="",
        other_sources_on_record=0,
        first_on="",
        last_on="",
        bend=0,
    )
