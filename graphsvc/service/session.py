"""Session: everything one person can do for one purpose. The web pages, commands and notebooks use nothing else.

Everything here passes the gate. Data that a reader may not see are absent, as if they did not exist.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphsvc.access.people.principal import Grant, Principal
from graphsvc.cases.home import Home
from graphsvc.errors import RequestError
from graphsvc.service.accounts.own import OwnAccount
from graphsvc.service.accounts.staff import Accounts
from graphsvc.service.ask import Ask, CaseSummary
from graphsvc.service.cypher.cypher import Cypher
from graphsvc.service.cypher.frames import answer_frame
from graphsvc.service.cypher.named import Queries, left_out
from graphsvc.service.deliveries.deliveries import Deliveries
from graphsvc.service.displacement.displacement import Displacement
from graphsvc.service.exports.exports import Exports
from graphsvc.service.leads.leads import Leads
from graphsvc.service.leads.material import Material
from graphsvc.service.leads.moves import LeadMoves
from graphsvc.service.leads.rows import LEAD_COLUMNS, RANKS_OR_NONE
from graphsvc.service.linkage.linkage import Linkage
from graphsvc.service.log import Log
from graphsvc.service.network.behind import Behind
from graphsvc.service.network.network import GRAPHS, Network, PicturePage
from graphsvc.service.network.request import PictureRequest
from graphsvc.service.protection.protection import Protection
from graphsvc.service.protection.requests import Requests
from graphsvc.service.search.search import Search
from graphsvc.service.surges.over_time import OverTime, SeriesChoice, columns_of
from graphsvc.service.waiting.waiting import Waiting
from graphsvc.views.displacement.rows import MOVE_COLUMNS, besides
from graphsvc.views.forms.graphs import as_networkx
from graphsvc.views.surges.answer import COLUMNS as SURGE_COLUMNS

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


class Session:
    """One principal, one purpose and, once chosen, one case; the subjects of questions are its attributes.

    Attributes:
        ask: principal, purpose and case, passed to every subject.
        principal: the person acting.
        purpose: why they act.
    """

    def __init__(self, home: Home, principal: Principal, purpose: str, case: str = "") -> None:
        self.ask = Ask(home, principal, purpose, case)
        self.principal = principal
        self.purpose = purpose

    # -- the subjects -----------------------------------------------------------------------------------------

    @cached_property
    def leads(self) -> Leads:
        """The leads: why they stand out, how certain that is, and people's decisions about them."""
        return Leads(self.ask, self._material)

    @cached_property
    def network(self) -> Network:
        """Pictures of the network, paths through it, saved views, comments, and each entity in it."""
        return Network(self.ask, self._material)

    @cached_property
    def displacement(self) -> Displacement:
        """Movements of workers when a workplace closed, and the people who moved them."""
        return Displacement(self.ask)

    @cached_property
    def linkage(self) -> Linkage:
        """Linked crossings, the names they share, and how certain the links are."""
        return Linkage(self.ask, self._material)

    @cached_property
    def search(self) -> Search:
        """Search for entities by name, and in free text."""
        return Search(self.ask)

    @cached_property
    def queries(self) -> Queries:
        """Named queries."""
        return Queries(self.ask)

    @cached_property
    def cypher(self) -> Cypher:
        """Free Cypher, for those with the grant, and the case's library of saved queries."""
        return Cypher(self.ask)

    @cached_property
    def deliveries(self) -> Deliveries:
        """Imports from files and forms, undoing an import, and each statement with its history."""
        return Deliveries(self.ask, self.search, self._moves)

    @cached_property
    def exports(self) -> Exports:
        """Exports for outside recipients, and the witnesses they could expose."""
        return Exports(self.ask, self._requests)

    @cached_property
    def protection(self) -> Protection:
        """Reveals, erasures, sealings, holds, waiting statements, and the vault's key."""
        return Protection(self.ask, self._requests)

    @cached_property
    def waiting(self) -> Waiting:
        """The person's inbox in the case: pending work and news."""
        return Waiting(self.ask, self._moves, self.network, self.deliveries)

    @cached_property
    def time(self) -> OverTime:
        """Series over time, from the case or imported files, and their outliers."""
        return OverTime(self.ask)

    @cached_property
    def account(self) -> OwnAccount:
        """The person's own account."""
        return OwnAccount(self.ask)

    @cached_property
    def accounts(self) -> Accounts:
        """All accounts, for administrators."""
        return Accounts(self.ask)

    @cached_property
    def log(self) -> Log:
        """The log, for auditors."""
        return Log(self.ask)

    @cached_property
    def _material(self) -> Material:
        return Material(self.ask)

    @cached_property
    def _moves(self) -> LeadMoves:
        return LeadMoves(self.ask, self._material)

    @cached_property
    def _requests(self) -> Requests:
        return Requests(self.ask)

    # -- person and case --------------------------------------------------------------------------------------

    @property
    def case(self) -> str:
        """The case of this session: see `Ask.case`."""
        return self.ask.case

    @property
    def grant(self) -> Grant:
        """The clearance in this session's case."""
        return self.ask.grant

    @property
    def version(self) -> int:
        """Number of changes to the case that are visible at this clearance: see `Ask.version`."""
        return self.ask.version

    def at(self, case: str) -> Session:
        """Return the same session for another case."""
        return Session(self.ask.home, self.principal, self.purpose, case)

    def cases(self) -> list[CaseSummary]:
        """Return the cases this person can see, by name."""
        return self.ask.cases()

    def may(self, action: str) -> bool:
        """Whether the principal's roles allow an action (`access.people.policy.ACTIONS`)."""
        return self.ask.may(action)

    def require(self, action: str) -> None:
        """Raise Refused unless one of the person's roles allows the action.

        Raises:
            Refused: no role allows it.
        """
        self.ask.require(action)

    def look(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """Log one act for everything read inside it: see `Ask.look`."""
        return self.ask.look(action, **detail)

    def close(self) -> None:
        """Close all resources; only for a session of `graphsvc.connect`, which owns its home."""
        self.ask.home.close()

    # -- for notebooks ----------------------------------------------------------------------------------------

    def hubs(self) -> pd.DataFrame:
        """Return the ranking as a table, best first. Join other scores to it by `id`.

        `frame.attrs` has the `verdict` (`leads` or `abstains`), its `reason`, and what the ranking leaves out
        (`ranked_on`).
        """
        import pandas as pd

        table = self.leads.table()
        # Keep ranks as integers even if some are missing.
        frame = pd.DataFrame(table["hubs"], columns=list(LEAD_COLUMNS)).astype(dict.fromkeys(RANKS_OR_NONE, "Int64"))
        frame.attrs = {name: table[name] for name in ("verdict", "reason", "ranked_on")}
        return frame

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Return the answer of a named query as a table; `frame.attrs` describes cut rows and withheld columns.

        The attributes are `truncated` and `withheld` (columns beyond the reader's clearance). Both also cause a warning
        (`errors.AnswerWarning`), shown with the table. Parameters may be values of NumPy and pandas, or sets instead of
        lists (`service.cypher.parameters.native`).

        Raises:
            RequestError: no such query, or a parameter is wrong.
        """
        released = self.queries.run(query, parameters)
        attrs = {"truncated": released.truncated, "withheld": list(released.withheld)}
        return answer_frame(released.columns, released.rows, left_out(released), **attrs)

    def cypher_frame(self, text: str, /, **parameters: Any) -> pd.DataFrame:
        """Return the answer of free Cypher as a table; `frame.attrs["truncated"]` says whether rows were cut.

        `$case` and the other parameters that the service sets are available. Nodes, relationships and paths become
        dictionaries with `kind`. Cut rows, and names not in the graph, cause warnings (`errors.AnswerWarning`), shown
        with the table. Needs the grant for free Cypher.

        Raises:
            CypherFault: the query is wrong or not allowed; `line` and `column` say where.
            Refused: the grant is missing or suspended.
        """
        run = self.cypher.run(text, parameters)
        return answer_frame(run.columns, run.rows, run.warnings, truncated=run.truncated)

    def graph(self, of: str = "operation") -> nx.MultiDiGraph[str]:
        """Return the case as a NetworkX graph of `claims`, `links` or the `operation`: see `Network.graph`.

        Further graphs: `witnesses`, the witness paths to the first leads (`Witnesses.through`); `moves`, flows from the
        places people left to those where they next appear (`Displacement.graph`); `linked`, the linked crossings
        (`Linkage.graph`).

        Raises:
            RequestError: `of` is not one of these.
        """
        if of not in (*GRAPHS, "witnesses", "moves", "linked"):
            raise RequestError(f"A graph is of {', '.join(GRAPHS)}, witnesses, moves or linked, not of {of!r}.")
        if of == "moves":
            return self.displacement.graph()
        if of == "linked":
            return self.linkage.graph()
        return as_networkx(self.leads.witnesses.through().view) if of == "witnesses" else self.network.graph(of)

    def behind(self, *ids: str, day: str = "", until: str = "", service: bool = False) -> Behind:
        """Find the actors behind these entities, and behind the crossings of a day: see `Answers.behind`.

        `.frame` and `.common` are tables, `.graph` a NetworkX graph, `.answer.plain()` plain data.
        """
        return self.network.answers.behind(ids, day=day, until=until, service=service)

    def moves(self, *ids: str, day: str = "") -> pd.DataFrame:
        """Return flows from workplaces (by default, all that closed or emptied), one a row: see `Displacement.moves`.

        `frame.attrs["verdicts"]` says for each place whether chance would explain the movements.
        """
        with self.look("analyse", query="displacement"):
            rows = self.displacement.moves(ids, day=day)
            verdicts = self.displacement.verdicts(ids, day=day)
        table = [tuple(getattr(row, name) for name in MOVE_COLUMNS) for row in rows]
        return answer_frame(MOVE_COLUMNS, table, [] if table else besides(verdicts), verdicts=verdicts)

    def series(self, name: str = "crossings", **chosen: str) -> pd.DataFrame:
        """Return a series as a table: `day`, `count` (None if unknown) and, if requested, `condition`.

        Args:
            name: `crossings`, `people`, `per_boat`, or a reference series.
            chosen: other attributes of `SeriesChoice`, such as `step="week"`, `launch="Dunkirk"`, `column=`, `until=`.
        """
        series = self.time.series(SeriesChoice(name, **chosen))
        return answer_frame(*columns_of(series), list(series.notes))

    def surges(self, name: str = "crossings", **chosen: str) -> pd.DataFrame:
        """Return each day of a series with the value expected from the days before it: `views.surges.answer.COLUMNS`.

        `frame.attrs` has the `verdict`, `surges`, `records` and `segments`. Arguments as for `series`.
        """
        answer = self.time.surges(SeriesChoice(name, **chosen))
        plain = answer.plain()
        parts = {part: plain[part] for part in ("verdict", "surges", "records", "segments")}
        return answer_frame(SURGE_COLUMNS, list(map(tuple, answer.table())), list(answer.notes), **parts)

    def linked_crossings(self, crossing: str = "") -> pd.DataFrame:
        """Return pairs of linked crossings, or of one with all that share a name with it: see `Linkage.frame`."""
        return self.linkage.frame(crossing)

    def show(self, *ids: str, title: str = "", presence: bool = False, **wanted: Any) -> PicturePage:
        """Return the network around `ids` for a notebook cell (`session.show("P1")`) or a file (`.save("p1.html")`).

        Args:
            ids: where the picture starts.
            title: its heading; by default the case and the ids.
            presence: whether to include people merely present, and lawful service; as in `PictureRequest`.
            wanted: further options of the picture (`PictureRequest`).
        """
        view = self.network.picture(PictureRequest(ids, presence=presence, **wanted))
        # Marked with the reader's level, as pages are: figures are computed from everything they may see.
        mark = f"Handling {self.grant.handling}"
        return PicturePage(view, title or f"{self.case}: around {', '.join(ids)}", mark)
