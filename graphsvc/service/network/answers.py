"""Who is behind some things, as one reader may see it: the picture of them, and where whom it names stands in the ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graphsvc.errors import RequestError
from graphsvc.records.relations import ENTITIES
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.network.request import MOST_NODES, MOST_STARTS, PictureRequest
from graphsvc.views.behind import CARRIES, Answer, Standing, behind, relations
from graphsvc.views.picture.network import Picture, opens

# Of what is done to an entity of any kind, and its boats.
_RELATIONS = (*dict.fromkeys(name for kind in ENTITIES for name in relations(kind)), CARRIES)


class Answers:
    """Who is behind crossings, boats, gangs, workplaces, people or things of one case."""

    def __init__(self, ask: Ask, material: Material, picture: Callable[[PictureRequest], Picture]) -> None:
        self._ask = ask
        self._material = material
        self._picture = picture

    def behind(self, ids: Sequence[str] = (), *, day: str = "", until: str = "") -> tuple[Answer, Picture]:
        """Who is said to be behind each, who stands behind several, and what is not known; with the picture it is read from.

        Args:
            ids: of entities, up to 60.
            day: crossings of this day as well, `2020-05-08`.
            until: of all days from it to this one.

        Raises:
            RequestError: nothing is asked about, or too much. NotFound: none of it is there for this reader.
        """
        asked = [*dict.fromkeys((*ids, *self._crossings(day, until or day)))]
        if not asked:
            raise RequestError("Say what is asked about: ids, or a day on which there are crossings.")
        if len(asked) > MOST_STARTS:
            raise RequestError(f"That is {len(asked)} at once; {MOST_STARTS} go. Take fewer days, or some of them.")
        carrying = self._picture(PictureRequest(asked, depth=1, relations=[CARRIES], cap=MOST_NODES))
        boats = [node.id for node in carrying.nodes if node.kind == "boat" and node.id not in asked]
        view = self._picture(
            PictureRequest(
                asked,
                depth=1,
                added=boats,
                opened=[opens(boat, name) for boat in boats for name in relations("boat")],
                relations=_RELATIONS,
                cap=MOST_NODES,
                arrangement="command",
            )
        )
        return behind(view, asked, self._standing()), view

    def _crossings(self, first: str, last: str) -> list[str]:
        if not first:
            return []
        rows = self._ask.rows("crossings.on_days", first=first, last=last, least=0.0).dicts()
        return [row["crossing"] for row in rows]

    def _standing(self) -> dict[str, Standing]:
        """Where everybody stands, for who may see a ranking."""
        if not self._ask.may("analyse"):
            return {}
        places = self._material.places()
        held = {}
        for lead in self._material.ranking(self._ask.grant).leads:
            place = places.get(lead.id)
            held[lead.id] = Standing(lead.rank, place.best if place else None, place.worst if place else None)
        return held
