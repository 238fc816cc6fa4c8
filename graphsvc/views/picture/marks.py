"""Marks of a picture: one node that stands for so many who are not drawn one by one, and the line that ties it to the rest."""

from __future__ import annotations

from graphsvc.records.told import step
from graphsvc.views.picture.folding import FoldedPicture
from graphsvc.views.picture.network import Edge


def mark(identifier: str, name: str, members: int, key: str, handling: str) -> FoldedPicture:
    """So many people as one node, which is put in its place later.

    Args:
        identifier: of the node.
        name: what it says, which tells what it stands for.
        members: how many they are; 0 where that is not told.
        key: of what they are the people of.
        handling: the code of that.
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
    """The line between a mark and what it is tied to: what the links in it rest on cannot be added up, so nothing is told of it."""
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
