"""Where people went when a workplace closed: all closures of a case, one place, and one person's places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from graphsvc.analysis.displacement import flows, movers
from graphsvc.analysis.displacement.choice import Preferences
from graphsvc.analysis.displacement.flows import Departure
from graphsvc.analysis.displacement.stays import (
    CONTROLS,
    LEAST,
    MANAGED,
    ONLINE,
    WorkTie,
    contested_hands,
    hands,
    near,
)
from graphsvc.errors import RequestError
from graphsvc.records.dates import typed_date
from graphsvc.records.relations import link_key
from graphsvc.service.ask import Ask, nothing
from graphsvc.service.displacement.material import Displaced
from graphsvc.views.displacement import safeguarding
from graphsvc.views.displacement.drawing import PlacesLine, places_line
from graphsvc.views.displacement.rows import (
    CONTROL_CONTESTED,
    FEW,
    NOBODY_LEFT,
    ClosureRow,
    HandRow,
    MoveRow,
    MoverRow,
    NextRow,
    closure_row,
    coarsen_count,
    hand_rows,
    move_rows,
    mover_rows,
    next_rows,
    plain,
    preferences_in_words,
)
from graphsvc.views.displacement.safeguarding import AtRisk
from graphsvc.views.forms.graphs import writable

if TYPE_CHECKING:
    import networkx as nx

# Relations from an online place to its sites, and from the people running it to the accounts, phones and names they use
# or pay.
_OF_A_PLACE, _OF_THOSE = ("LOCATED_AT",), ("USED", "PAID")


@dataclass(frozen=True, slots=True)
class PlaceMoves:
    """One place: people who left it, where they went and who moved them, and people who came to it.

    Attributes:
        place: id, `name` and `sort` (kind) of the place.
        closed_on: its recorded closing day; may be empty.
        closure: how it closed or emptied, in one line; None if no closing day is known and no day was requested.
        moves: flows of people from it.
        came: flows of people to it, from places that people left.
        movers, next: see `views.displacement.rows`.
        hands: tests of all closures under one hand (controlled by the same person or gang), if they include this place.
        people: id → name and whether sealed, for everyone mentioned in this result.
        things: for an online place, the things linked to it and to the people running it.
        runs: people recorded as controlling or managing it.
        at_risk: for an online place, the people recorded there, by risk.
        count: number of people recorded there, or `few`.
    """

    place: dict[str, Any]
    closed_on: str
    closure: ClosureRow | None
    moves: tuple[MoveRow, ...]
    came: tuple[MoveRow, ...]
    movers: tuple[MoverRow, ...]
    next: tuple[NextRow, ...]
    hands: tuple[HandRow, ...]
    people: dict[str, dict[str, Any]]
    things: tuple[dict[str, Any], ...]
    runs: tuple[dict[str, Any], ...]
    at_risk: tuple[AtRisk, ...]
    count: int | str

    def plain(self) -> dict[str, Any]:
        """Return the result as plain data, for the JSON version of the page and the command."""
        return {
            "place": self.place,
            "closed_on": self.closed_on,
            "closure": plain(self.closure) if self.closure else None,
            "moves": [plain(row) for row in self.moves],
            "came": [plain(row) for row in self.came],
            "movers": [plain(row) for row in self.movers],
            "next": [plain(row) for row in self.next],
            "hands": [plain(row) for row in self.hands],
            "people": self.people,
            "things": list(self.things),
            "runs": list(self.runs),
            "at_risk": [asdict(row) for row in self.at_risk],
            "count": self.count,
        }


class Displacement:
    """Worker movements of one case, computed on what this reader may see."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._displaced = Displaced(ask)

    def closures(self) -> list[ClosureRow]:
        """Return every place that closed or emptied, one line each, in order of day.

        Raises:
            OperatorError: the case has more rows than may be analysed.
        """
        with self._ask.look("analyse", query="displacement") as outcome:
            every = self._displaced.every()
            names = self._names(_places_of(every.values()))
            closures = flows.count_tests(every.values())
            contested = self._contested_places()
            rows = [self._closure(left, names, closures, contested) for left in every.values()]
            outcome["rows"] = len(rows)
        return rows

    def hands(self) -> list[HandRow]:
        """Return tests of all closures under one hand (one controller) together, the least likely by chance first.

        Raises:
            OperatorError: the case has more rows than may be analysed.
        """
        with self._ask.look("analyse", query="displacement") as outcome:
            rows = self._hands()
            outcome["rows"] = len(rows)
        return rows

    def preferences(self) -> str:
        """Return a sentence on the places that people of this case prefer, as assumed by the tests against chance."""
        with self._ask.look("analyse", query="displacement"):
            fitted = (left.preferences for left in self._displaced.every().values())
            return preferences_in_words(max(fitted, key=lambda each: each.routes, default=Preferences()))

    def moves(self, ids: Sequence[str] = (), *, day: str = "") -> list[MoveRow]:
        """Return the flows of people from some places, or from all places that people left.

        Args:
            ids: workplace ids; empty for all workplaces that closed or emptied.
            day: instead of the recorded closure, follow the people present before this day, such as the day of a visit
                (`2020-05-08`).

        Raises:
            RequestError: the day is invalid, or given without a place.
            NotFound: a place is not visible to this reader.
        """
        with self._ask.look("analyse", query="displacement") as outcome:
            lefts = self._lefts(ids, day)
            names = self._names(_places_of(lefts))
            rows = [row for left in lefts for row in move_rows(left, lambda name: names.get(name, {}), self._few)]
            outcome["rows"] = len(rows)
        return rows

    def verdicts(self, ids: Sequence[str] = (), *, day: str = "") -> dict[str, str]:
        """Map each place to a sentence on whether chance would explain its flows. Arguments and errors as `moves`.

        For a requested place that no one is known to have left, the sentence says so. Without ids, people and gangs
        whose closures were tested together are included, with a sentence each.
        """
        with self._ask.look("analyse", query="displacement") as outcome:
            lefts, closures = self._lefts(ids, day), flows.count_tests(self._displaced.every().values())
            names = self._names(_places_of(lefts))
            contested = self._contested_places()
            verdicts = dict.fromkeys(ids, NOBODY_LEFT) | {
                left.closing.place: self._closure(left, names, closures, contested).text for left in lefts
            }
            verdicts |= {} if ids else {row.who: row.text for row in self._hands()}
            outcome["rows"] = len(verdicts)
        return verdicts

    def place(self, identifier: str, *, day: str = "") -> PlaceMoves:
        """Return one place: departures and arrivals and, for an online place, people who may need protection.

        Raises:
            RequestError: `day` is invalid.
            NotFound: no such workplace is visible to this reader.
        """
        with self._ask.look("analyse", query="displacement", entity=identifier) as outcome:
            moves = self._place(identifier, day)
            outcome["rows"] = len(moves.moves) + len(moves.came)
        return moves

    def person(self, identifier: str) -> PlacesLine:
        """Return one person's places over time, as recorded by the links on their page.

        Raises:
            NotFound: they are not visible to this reader.
        """
        with self._ask.look("analyse", query="displacement", entity=identifier) as outcome:
            if not self._ask.entity_rows([identifier]):
                raise nothing(identifier)
            stays = self._displaced.whereabouts().of.get(identifier, [])
            outcome["rows"] = len(stays)
            return places_line(stays, self._names({stay.place for stay in stays}))

    def graph(self) -> nx.MultiDiGraph[str]:
        """Return flows between places as a graph.

        Nodes have `name` and `kind`; edges have `people` (or `few`), `belief`, `chance`, days and `together`. Figures
        left out of the table of flows are left out here too: a flow of few people has only `people` and `together`, and
        no flow from the same place has `chance`. If any `people` is `few`, the attribute is text on all edges
        (`views.forms.graphs.writable`).
        """
        with self._ask.look("analyse", query="displacement") as outcome:
            every = self._displaced.every().values()
            names = self._names(_places_of(every))
            graph = flows.flow_graph(every)
            for name, values in graph.nodes(data=True):
                values |= {
                    "name": names.get(name, {}).get("name") or name,
                    "kind": names.get(name, {}).get("sort") or "",
                }
            # From the expected number of one flow and the actual numbers of the others, a reader could work out how
            # many people left in all.
            some_few = {left for left, _, values in graph.edges(data=True) if 0 < values["people"] < self._few}
            for left, _, values in graph.edges(data=True):
                if left in some_few:
                    values.pop("chance", None)
                if 0 < values["people"] < self._few:
                    for name in ("belief", "first", "last"):
                        del values[name]
                    values["people"] = FEW
            outcome["rows"] = graph.number_of_edges()
        return writable(graph)

    # -- inputs -------------------------------------------------------------------------------------------------

    @property
    def _few(self) -> int:
        return 0 if self._ask.grant.sources else self._ask.settings.few_below

    def _lefts(self, ids: Sequence[str], day: str) -> list[Departure]:
        every = self._displaced.every()
        if not ids:
            if day:
                raise RequestError("Name a place as well: a date can be given for one place at a time.")
            return list(every.values())
        return [left for name in dict.fromkeys(ids) if (left := self._departure_of(name, day)) is not None]

    def _departure_of(self, place: str, day: str) -> Departure | None:
        """Return the people who left a place, and when; None if no closure is known.

        Raises:
            RequestError: `day` is invalid.
            NotFound: the place is not visible to this reader.
        """
        known = self._displaced.whereabouts()
        if place not in known.places:
            raise nothing(place)
        if not day:
            return self._displaced.every().get(place)
        return flows.left_on(known, place, _day(day), self._displaced.every())

    def _hands(self, place: str = "") -> list[HandRow]:
        """Return the tests of closures under one hand (one controller): all of them, or only those with one place."""
        tests = self._displaced.hands()
        names = self._names({test.who for test in tests})
        contested = contested_hands(self._displaced.whereabouts().ties)
        rows = hand_rows(tests, lambda name: names.get(name, {}), self._few, contested)
        return [row for row in rows if not place or place in row.places]

    def _contested_places(self) -> frozenset[str]:
        """Return all places of each controller whose control of any place is denied or contested."""
        ties = self._displaced.whereabouts().ties
        contested = contested_hands(ties)
        return frozenset(place for place, controllers in hands(ties).items() if not contested.isdisjoint(controllers))

    def _closure(
        self, left: Departure, names: Mapping[str, dict[str, Any]], closures: int, contested: Collection[str]
    ) -> ClosureRow:
        row = closure_row(left, lambda name: names.get(name, {}), self._few, closures)
        if row.hand and not row.ids and row.place in contested:
            return replace(row, text=f"{row.text} {CONTROL_CONTESTED}")
        return row

    def _place(self, identifier: str, day: str) -> PlaceMoves:
        known, every, few = self._displaced.whereabouts(), self._displaced.every(), self._few
        left = self._departure_of(identifier, day)
        came = [departure for departure in every.values() if identifier in _next_of(departure)]
        moved = left.cohort.went if left else ()
        behind = movers.movers(known, left.closing, moved) if left else []
        following = movers.next_places(known, left.closing, moved) if left else []
        running = [tie for tie in known.ties if tie.relation in (CONTROLS, MANAGED) and tie.object == identifier]
        names = self._names(
            {identifier, *_places_of([*([left] if left else []), *came])}
            | {mover.who for mover in behind}
            | {name for place in following for name in (place.place, *(tie.subject for tie in place.ties))}
            | {tie.subject for tie in running}
        )

        def row_of(name: str) -> dict[str, Any]:
            return names.get(name, {})

        moves = move_rows(left, row_of, few) if left else []
        arrived = [row for departure in came for row in move_rows(departure, row_of, few) if row.next == identifier]
        online = known.places[identifier].kind == ONLINE
        number = coarsen_count(len({stay.person for stay in known.at.get(identifier, ()) if stay.belief >= LEAST}), few)
        risks = safeguarding.at_risk(known, identifier, every.values(), few) if online and number != FEW else []
        listed = {name for row in (*moves, *arrived) for name in row.who} | {row.person for row in risks}
        return PlaceMoves(
            _place_of(identifier, names) | {"sort": known.places[identifier].kind},
            known.places[identifier].closed_on,
            self._closure(left, names, flows.count_tests(every.values()), self._contested_places()) if left else None,
            tuple(moves),
            tuple(arrived),
            tuple(mover_rows(behind, left, row_of, few)) if left else (),
            tuple(next_rows(following, row_of)),
            tuple(self._hands(identifier)),
            {
                row["id"]: {"name": row["name"] or row["id"], "sealed": row["sealed"]}
                for row in self._ask.entity_rows(listed).values()
            },
            tuple(self._things(identifier, running)) if online else (),
            tuple(
                _place_of(tie.subject, names) | {"relation": tie.relation, "belief": tie.belief, "denied": tie.denied}
                for tie in running
            ),
            tuple(risks),
            number,
        )

    def _things(self, place: str, running: Sequence[WorkTie]) -> list[dict[str, Any]]:
        """Return the sites of an online place, and things that the people running it use or pay, such as phones."""
        who = sorted({tie.subject for tie in running})
        answers = [self._ask.rows("network.around", ids=[place], relations=list(_OF_A_PLACE), kind="thing").dicts()]
        if who:
            answers.append(self._ask.rows("network.around", ids=who, relations=list(_OF_THOSE), kind="thing").dicts())
        rows = [row for rows in answers for row in rows]
        ends = {row["subject"] for row in rows} | {row["object"] for row in rows}
        names, denying = self._names(ends), self._ask.denials([link_key(row) for row in rows])
        return [
            {
                "thing": thing,
                "name": names.get(thing, {}).get("name") or thing,
                "kind": names.get(thing, {}).get("sort") or "",
                "relation": row["relation"],
                "of": of,
                "of_name": names.get(of, {}).get("name") or of,
                "belief": row["belief"],
                "denied": denying.get(link_key(row), 0),
            }
            for row in rows
            for thing, of in [
                (row["object"], row["subject"]) if row["object_kind"] == "thing" else (row["subject"], row["object"])
            ]
        ]

    def _names(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Map ids to name, kind and sort (of a thing or workplace), for ids visible to this reader."""
        wanted = sorted(set(ids))
        known = self._displaced.whereabouts().places
        rows = self._ask.rows("network.nodes", ids=wanted).dicts() if wanted else []
        return {
            row["id"]: {
                "name": row["name"] or "",
                "kind": row["kind"],
                "sort": known[row["id"]].kind if row["id"] in known else row["sort"] or "",
            }
            for row in rows
        }


def _next_of(left: Departure) -> set[str]:
    """Return the places where the people who left were next recorded."""
    return {became.following.place for became in left.cohort.went if became.following}


def _place_of(name: str, names: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    named = names.get(name, {})
    return {"id": name, "name": named.get("name") or name, "kind": named.get("kind") or ""}


def _places_of(lefts: Iterable[Departure]) -> set[str]:
    return {name for left in lefts for name in (left.closing.place, *_next_of(left))}


def _day(text: str) -> dt.date:
    date = typed_date(text)
    if date.earliest != date.latest:
        raise RequestError(f"{text.strip()[:40]!r} is more than a day. Write one, such as 8 May 2020 or 2020-05-08.")
    if near(date.given) is None:
        raise RequestError(
            f"Ask about a day within the years that people work in, such as 2020-05-08, not {text[:40]!r}."
        )
    return date.earliest
