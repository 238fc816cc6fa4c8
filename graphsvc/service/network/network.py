"""The network around some entities, as one reader may see it: at most three questions to the store beyond one a step."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphsvc.errors import NotFound, RequestError
from graphsvc.service.ask import Reading
from graphsvc.service.network.coast import Line, coast
from graphsvc.views.picture.arrangements import ARRANGEMENTS
from graphsvc.views.picture.network import OPENING, View, in_turns, opening, picture, reached
from graphsvc.views.picture.page import offline_page

# Nodes around the start, if nothing else is asked for, and at most; and what openings may bring it to.
NODES = 60
MOST_NODES = 500
MOST_OPENED = 1000
MOST_DEPTH = 4
MOST_STARTS = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture for a notebook cell or a file: one page that needs nothing else, offline included.

    What it shows has left the log's reach: it holds the data itself, at this reader's handling level.
    """

    view: View
    title: str

    def page(self) -> str:
        """The page as HTML text."""
        return offline_page(self.view, self.title)

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, readable by its owner alone; gives the path."""
        target = Path(path)
        target.touch(mode=0o600)
        target.write_text(self.page(), encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that a notebook's scripts and it cannot reach each other."""
        return (
            f'<iframe srcdoc="{html.escape(self.page())}" title="{html.escape(self.title)}" sandbox="allow-scripts"'
            ' width="100%" height="620" style="border:0"></iframe>'
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a picture is asked for with: see `Picturing.network`.

    Raises:
        RequestError: saying what is out of range.
    """

    ids: Sequence[str] = ()
    depth: int = 1
    opened: Sequence[str] = ()
    added: Sequence[str] = ()
    hidden: Collection[str] = ()
    relations: Sequence[str] = ()
    least: float = 0.0
    recorded: float = 0.0
    grades: Sequence[str] = ()
    apart: Sequence[str] = ()
    cap: int = NODES
    arrangement: str = ""

    def __post_init__(self) -> None:
        most = max(map(len, (self.opened, self.added, self.hidden)))
        faults = {
            "a network view needs at least one id to start at": not self.starts and not self.added,
            f"a network view starts at {MOST_STARTS} ids at most": len(self.starts) > MOST_STARTS,
            f"depth takes a whole number from 0 to {MOST_DEPTH}": not 0 <= self.depth <= MOST_DEPTH,
            f"the number of nodes is from 1 to {MOST_NODES}": not 1 <= self.cap <= MOST_NODES,
            "belief is a number from 0 to 1": not (0 <= self.least <= 1 and 0 <= self.recorded <= 1),
            f"at most {MOST_NODES} nodes can be opened, added or hidden": most > MOST_NODES,
            f"a layout is {', '.join(ARRANGEMENTS)} or left out": self.arrangement not in ("", *ARRANGEMENTS),
        }
        for fault, holds in faults.items():
            if holds:
                raise RequestError(f"This picture cannot be drawn: {fault}.")

    @property
    def starts(self) -> list[str]:
        """Where it starts, each once."""
        return list(dict.fromkeys(identifier for identifier in self.ids if identifier))

    @property
    def alone(self) -> list[str]:
        """What came in without its neighbours, each once."""
        return list(dict.fromkeys(identifier for identifier in self.added if identifier))

    @property
    def filters(self) -> dict[str, Any]:
        """What links must be, as the queries of `cypher/network` take it."""
        return {
            "relations": list(self.relations),
            "least": self.least,
            "recorded": self.recorded,
            "grades": list(self.grades),
        }


class Picturing(Reading):
    """The part of a session that draws the network."""

    def network(
        self,
        ids: Sequence[str],
        *,
        depth: int = 1,
        opened: Sequence[str] = (),
        added: Sequence[str] = (),
        hidden: Collection[str] = (),
        relations: Sequence[str] = (),
        least: float = 0.0,
        recorded: float = 0.0,
        grades: Sequence[str] = (),
        apart: Sequence[str] = (),
        cap: int = NODES,
        arrangement: str = "",
    ) -> View:
        """The entities `ids`, what is within `depth` links of them, and what opening nodes added, one after the other.

        Args:
            ids: where the picture starts, 1 to 60.
            depth: links away from the start, 0 to 4.
            opened: ids whose neighbours were asked for, in that order; each time adds up to 20, most believed first.
                `~PAID~P1` asks for those by that relation alone, `~boat~P1` for those of that kind (`views.picture.network.opening`).
            added: ids that came in alone, without their neighbours.
            hidden: ids left out of the picture; the rest stays in its place.
            relations: only links of these; empty for all.
            least: only links believed at least so much, 0 to 1.
            recorded: only links believed at least so much on the record alone, 0 to 1.
            grades: only links that a claim of one of these grades asserts, such as `1A` (`records.grading.at_least`); empty
                for all. A statement that this reader is not shown by itself has no grade for them.
            apart: links that no claim of one of these grades asserts are marked as such, and stay.
            cap: nodes at most before anything was opened, 1 to 500.
            arrangement: how it is laid out: empty for forces, or `command`, `rings`, `days`, `map`.

        Raises:
            RequestError: a number is out of range. NotFound: none of `ids` is there for this reader.
        """
        asked = Asked(ids, depth, opened, added, hidden, relations, least, recorded, grades, apart, cap, arrangement)
        stages, cut = self._stages(asked)
        wanted = asked.filters | {"ids": [identifier for stage in stages for identifier in stage]}
        questions = [("network.nodes", wanted), ("network.among", wanted)]
        if apart:
            questions.append(("network.among", wanted | {"grades": list(apart)}))
        entities, among, *of_grades = self._together(*questions)
        known = entities.dicts()
        if not {row["id"] for row in known} & {*asked.starts, *asked.alone}:
            named = ", ".join([*asked.starts, *asked.alone])
            raise NotFound(f"There is nothing with the id {named[:80]!r} that you can see in this case.")
        return picture(
            stages,
            known,
            among.dicts(),
            starts=asked.starts,
            hidden=hidden,
            truncated=cut or among.truncated or entities.truncated,
            in_steps=not self.grant.sources,
            arrangement=arrangement,
            graded={(row["subject"], row["relation"], row["object"]) for some in of_grades for row in some.dicts()}
            if apart
            else None,
        )

    def show(self, *ids: str, title: str = "", **filters: Any) -> Shown:
        """The network around `ids` for a notebook cell (`session.show("P1")`) or a file (`.save("p1.html")`).

        Args:
            ids: where the picture starts.
            title: its heading; else the case and the ids.
            filters: as for `network`.
        """
        return Shown(self.network(ids, **filters), title or f"{self.case}: around {', '.join(ids)}")

    def coast(self, view: View) -> tuple[Line, ...]:
        """Coastlines around a picture on a map, as lines of (latitude, longitude) in degrees.

        Raises:
            OperatorError: the package of coastlines is not installed whole.
        """
        return coast(view.frame.box) if view.frame else ()

    def _stages(self, asked: Asked) -> tuple[list[list[str]], bool]:
        """Ids by stage (the start with its surroundings, what came in alone, each opening), and whether a row cap cut links."""
        filters = asked.filters
        first = front = asked.starts
        cut = False
        for _ in range(asked.depth):
            room = asked.cap - len(first)
            if not front or room <= 0:
                break
            found = dict(self.rows("network.reach", ids=front, known=first, room=room, **filters).rows)
            front = in_turns([found.get(identifier, []) for identifier in front], room)
            first = first + front
        stages, known = [first], set(first)
        links: list[dict[str, Any]] = []
        waiting = [opening(text) for text in asked.opened]
        if waiting:
            rows = self.rows("network.around", ids=list(dict.fromkeys(one for one, _ in waiting)), **filters)
            cut |= rows.truncated
            links = rows.dicts()
        # Nodes that came in alone can be opened as well; opened before it came in (an address written by hand), a node
        # opens nothing.
        for alone in ([], [identifier for identifier in asked.alone if identifier not in known]):
            stages.append([identifier for identifier in alone if identifier not in known])
            known |= set(alone)
            turn, waiting = waiting, []
            for identifier, only in turn:
                if identifier in known:
                    stage = reached(links, [identifier], known, min(OPENING, MOST_OPENED - len(known)), only)
                    stages.append(stage)
                    known |= set(stage)
                else:
                    waiting.append((identifier, only))
        return stages, cut
