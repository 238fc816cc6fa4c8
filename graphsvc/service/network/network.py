"""The network around some entities for one reader. A picture takes a few queries, plus one for each step."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphsvc.analysis import projection
from graphsvc.analysis.paths.ties import Web
from graphsvc.errors import RequestError
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.leads.material import Material
from graphsvc.service.network.answers import Answers
from graphsvc.service.network.coast import Line, coast
from graphsvc.service.network.comments import Comments
from graphsvc.service.network.entities import Entities
from graphsvc.service.network.growth import Growth, growth
from graphsvc.service.network.lists import CaseLists
from graphsvc.service.network.overview import Overviews
from graphsvc.service.network.paths import PathCaches, Paths
from graphsvc.service.network.request import MOST_OPENED, PictureRequest
from graphsvc.service.network.saved_views import SavedViews
from graphsvc.views.forms.graphs import writable
from graphsvc.views.picture.arrangements import Frame
from graphsvc.views.picture.network import OPENING, Picture, in_turns, leave_aside, picture, sift
from graphsvc.views.picture.page import offline_page

if TYPE_CHECKING:
    import networkx as nx

GRAPHS = ("claims", "links", "operation")


@dataclass(frozen=True, slots=True)
class PicturePage:
    """A picture for a notebook cell or a file, as one HTML page that works offline.

    The page contains the data, at this reader's handling level (shown as `mark`). Its later use is not logged.
    """

    view: Picture
    title: str
    mark: str

    def page(self) -> str:
        """Return the page as HTML text."""
        return offline_page(self.view, self.title, self.mark)

    def save(self, path: str | Path) -> Path:
        """Write the page to a file that only its owner can read; return the path."""
        target = Path(path)
        target.touch(mode=0o600)
        target.write_text(self.page(), encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        """Return the page in a sandboxed frame, so that it and the notebook's scripts cannot reach each other."""
        return (
            f'<iframe srcdoc="{html.escape(self.page())}" title="{html.escape(self.title)}" sandbox="allow-scripts"'
            ' width="100%" height="620" style="border:0"></iframe>'
        )


class Network:
    """The network of one case: pictures, paths, saved views and comments."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material
        self.entities = Entities(ask)
        self.lists = CaseLists(ask)
        self.answers = Answers(ask, material, self.picture)
        self.paths = Paths(ask, material)
        self.overview = Overviews(ask)
        self.views = SavedViews(ask)
        self.comments = Comments(ask)

    def picture(self, wanted: PictureRequest) -> Picture:
        """Return the requested picture, including the neighbours added by each opened node in turn.

        Raises:
            NotFound: none of its starting ids is visible to this reader.
            Busy: the case changed during the read.
        """
        # Steps taken in memory run no logged query, so this log line records the request and its starting entities.
        with self._ask.look("read", **wanted.particulars):
            return self._draw(wanted)

    def _draw(self, wanted: PictureRequest) -> Picture:
        """Draw the picture; `picture` has logged the act. Raises as `picture`."""
        web = self._web(wanted)
        stages, cut = self._stages(wanted, web)
        ids = {"ids": [identifier for stage in stages for identifier in stage]}
        parameters = wanted.filters | ids
        questions = [
            ("network.nodes", wanted.beyond_filters | ids | {"beyond": ids["ids"] if web is None else []}),
            ("network.among", parameters),
        ]
        if wanted.apart:
            questions.append(("network.among", parameters | {"grades": list(wanted.apart)}))
        entities, among, *of_grades = self._ask.together(*questions)
        known = entities.dicts()
        if web is not None:
            beyond = web.beyond([row["id"] for row in known], **_of_ties(wanted.beyond_filters))
            known = [row | {"more": beyond[row["id"]]} for row in known]
        if not {row["id"] for row in known} & {*wanted.starts, *wanted.alone}:
            raise nothing(", ".join([*wanted.starts, *wanted.alone]))
        view = picture(
            stages,
            known,
            [row for row in among.dicts() if wanted.draws((row["subject"], row["relation"], row["object"]))],
            starts=wanted.starts,
            hidden=wanted.hidden,
            truncated=among.truncated or entities.truncated or cut,
            in_steps=not self._ask.grant.sources,
            arrangement=wanted.arrangement,
            graded={
                (row["subject"], row["relation"], row["object"]) for released in of_grades for row in released.dicts()
            }
            if wanted.apart
            else None,
        )
        asked = {*wanted.alone, *(identifier for identifier, _ in wanted.openings)}
        view = replace(view, asked=asked & view.names.keys())
        if wanted.aside:
            view = leave_aside(view, wanted.links or ())
        return sift(view, wanted.without, wanted.alone)

    def growth(self, identifier: str, wanted: PictureRequest | None = None) -> Growth:
        """Count the neighbours of `identifier` that are not in a picture; without `wanted`, all its neighbours.

        Raises:
            NotFound: it is not visible to this reader.
        """
        wanted = wanted or PictureRequest([identifier], depth=0)
        with self._ask.look("read", query="network", entities=[identifier]):
            stages, _ = self._stages(wanted, self._web(wanted))
            filters = wanted.beyond_filters | wanted.aside
            return growth(self._ask, identifier, {node for stage in stages for node in stage}, filters)

    def waters(self, frame: Frame | None) -> tuple[Line, ...]:
        """Return the waters of a map with this frame, as `coast` does; none without a frame."""
        return coast(frame.box) if frame else ()

    def graph(self, of: str = "operation") -> nx.MultiDiGraph[str]:
        """Return the case as a NetworkX graph; nodes carry `kind` and `name`.

        All values are text, numbers or Booleans, one type per attribute, and unknown values are left out, so
        `networkx.write_graphml` and `write_gexf` can write the graph. If some counts read `few` for this reader, all
        values of that attribute are text.

        Args:
            of: `claims` (one edge per claim, keyed by its id, with statement, grade and whether its link is denied;
                without source clearance, witness claims are one edge per link, polarity and status), `links` (one edge
                per link, keyed by its relation, with the figures of its claims) or `operation` (links other than mere
                presence, lawful service, family or identity).

        Raises:
            RequestError: `of` is not one of these.
        """
        if of not in GRAPHS:
            raise RequestError(f"A graph is of {', '.join(GRAPHS)}, not of {of!r}.")
        named = {row["id"]: row for row in self._ask.rows("cases.entities", whole=True).dicts()}
        if of == "claims":
            links = self._material.links()
            denying = {link: figures.denying for link, figures in links.items()}
            graph = projection.claims_graph(self._material.claims(), denying)
        elif of == "links":
            graph = projection.links_graph(self._material.links())
        else:
            graph = projection.operation_graph(self._material.links())
        for identifier, row in named.items():
            if identifier in graph or of != "operation" or row["kind"] == "person":
                graph.add_node(identifier, kind=row["kind"], name=row["name"] or identifier, sealed=row["sealed"])
        return writable(graph)

    def _stages(self, wanted: PictureRequest, web: Web | None) -> tuple[list[list[str]], bool]:
        """Return ids by stage (surroundings of the start, nodes added alone, openings), and whether rows were cut."""
        filters = wanted.filters | wanted.aside
        first = front = wanted.starts
        cut = False
        for steps_taken in range(wanted.depth):
            room = wanted.cap - len(first)
            if steps_taken == 1:
                # Presence and service are followed from the start, if there is nothing else there, but no further.
                filters = wanted.filters | {"without": [*wanted.excluded, *chain(*wanted.aside.values())]}
            if not front or room <= 0:
                break
            if web is None:
                reached = self._ask.rows("network.reach", ids=front, known=first, room=room, **filters)
                neighbours, cut = dict(reached.rows), cut or reached.truncated
            else:
                # Logged like the query it replaces.
                with self._ask.act("read", query="network.reach"):
                    neighbours = web.reach(front, first, room, **_of_ties(filters))
            front = in_turns([neighbours.get(identifier, []) for identifier in front], room)
            first = first + front
        stages, known = [first], set(first)
        waiting, cut_short = self._openings(wanted, first)
        # Nodes added alone can be opened too. A URL typed by hand may open a node that is not in the picture: this adds
        # nothing.
        for alone in ([], [identifier for identifier in wanted.alone if identifier not in known]):
            stages.append([identifier for identifier in alone if identifier not in known])
            known |= set(alone)
            turn, waiting = waiting, []
            for identifier, offers in turn:
                if identifier in known:
                    room = min(OPENING, MOST_OPENED - len(known))
                    new = ([node for node in offer if node not in known] for offer in offers)
                    stage = next(filter(None, new), [])[: max(room, 0)]
                    stages.append(stage)
                    known |= set(stage)
                else:
                    waiting.append((identifier, offers))
        return stages, cut or cut_short

    def _web(self, wanted: PictureRequest) -> Web | None:
        """Return the links of the case if in memory: a faster way to find neighbours, unless grades are requested."""
        return None if wanted.grades else self._ask.home.caches(PathCaches).webs.there(self._ask.state)

    def _openings(self, wanted: PictureRequest, known: list[str]) -> tuple[list[tuple[str, list[list[str]]]], bool]:
        """Return new neighbours for each opening, most believed first, and whether rows were cut.

        People merely present and lawful service, which are added last, are in a second list.
        """
        openings = wanted.openings
        if not openings:
            return [], False
        ids = [identifier for identifier, _ in openings]
        words = [word or "*" for _, word in openings]
        # Earlier openings may have added some of the neighbours already, so spare ones are requested.
        room = OPENING * len(openings) + len(wanted.alone)
        opened = self._ask.rows(
            "network.opened", ids=ids, words=words, known=known, room=room, **wanted.filters, **wanted.aside
        )
        brought = {turn: offers for turn, *offers in opened.rows}
        return [(identifier, brought.get(turn, [])) for turn, identifier in enumerate(ids)], opened.truncated


def _of_ties(filters: dict[str, Any]) -> dict[str, Any]:
    """Return the filters on links, without the filter on grades of statements."""
    return {name: value for name, value in filters.items() if name != "grades"}
