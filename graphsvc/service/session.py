"""What one person can do, for one purpose: the only thing web, command line and notebooks hold.

Everything here passes the gate. What a reader may not see is not there; "not there" and "not yours" read the same.
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
    """One principal, one purpose and, once chosen, one case: has the subjects that can be asked about.

    Attributes:
        ask: who asks, why and of which case: what every subject is handed.
        principal: who acts. purpose: why.
    """

    def __init__(self, home: Home, principal: Principal, purpose: str, case: str = "") -> None:
        self.ask = Ask(home, principal, purpose, case)
        self.principal = principal
        self.purpose = purpose

    # -- the subjects -----------------------------------------------------------------------------------------

    @cached_property
    def leads(self) -> Leads:
        """Who stands out, why, how sure that is, and what people decided about it."""
        return Leads(self.ask, self._material)

    @cached_property
    def network(self) -> Network:
        """Pictures of the network, ways through it, saved views, comments, and each entity in it."""
        return Network(self.ask, self._material)

    @cached_property
    def displacement(self) -> Displacement:
        """Where people went when a workplace closed, and who moved them."""
        return Displacement(self.ask)

    @cached_property
    def linkage(self) -> Linkage:
        """Which crossings hang together, by what, and how sure that is."""
        return Linkage(self.ask, self._material)

    @cached_property
    def search(self) -> Search:
        """Entities by what they are called, and free text."""
        return Search(self.ask)

    @cached_property
    def queries(self) -> Queries:
        """Named queries."""
        return Queries(self.ask)

    @cached_property
    def cypher(self) -> Cypher:
        """Cypher of one's own, with the grant, and the case's library of it."""
        return Cypher(self.ask)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What is loaded: from files, by form; taken back; each statement and its history."""
        return Deliveries(self.ask, self.search, self._moves)

    @cached_property
    def exports(self) -> Exports:
        """What goes out to someone else, and whom it could give away."""
        return Exports(self.ask, self._requests)

    @cached_property
    def protection(self) -> Protection:
        """Reveals, erasures, sealings, holds, accounts that wait, and the vault's key."""
        return Protection(self.ask, self._requests)

    @cached_property
    def waiting(self) -> Waiting:
        """What waits for this person in the case, and what is new to them."""
        return Waiting(self.ask, self._moves, self.network, self.deliveries)

    @cached_property
    def time(self) -> OverTime:
        """Series over time, of the case and brought in as files, and what stands out in them."""
        return OverTime(self.ask)

    @cached_property
    def account(self) -> OwnAccount:
        """One's own account."""
        return OwnAccount(self.ask)

    @cached_property
    def accounts(self) -> Accounts:
        """Everybody's accounts, for administrators."""
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

    # -- who asks, and where ----------------------------------------------------------------------------------

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
        """How often the case has been changed in what shows at this clearance: see `Ask.version`."""
        return self.ask.version

    def at(self, case: str) -> Session:
        """The same session at another case."""
        return Session(self.ask.home, self.principal, self.purpose, case)

    def cases(self) -> list[CaseSummary]:
        """The cases this person can see, by name."""
        return self.ask.cases()

    def may(self, action: str) -> bool:
        """Whether the principal's roles allow an action (`access.people.policy.ACTIONS`)."""
        return self.ask.may(action)

    def require(self, action: str) -> None:
        """Nothing, if a role of this person allows an action.

        Raises:
            Refused: it does not.
        """
        self.ask.require(action)

    def look(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """One act in the log for all that is read inside: see `Ask.look`."""
        return self.ask.look(action, **detail)

    def close(self) -> None:
        """Let go of everything; only for a session of `graphsvc.connect`, whose home is its own."""
        self.ask.home.close()

    # -- for notebooks ----------------------------------------------------------------------------------------

    def hubs(self) -> pd.DataFrame:
        """The ranking as a table, best first; join a score of your own to it by `id`.

        `frame.attrs` holds the verdict (`leads` or `abstains`), its reason, and what the ranking leaves out (`ranked_on`).
        """
        import pandas as pd

        table = self.leads.table()
        # Ranks stay whole numbers where some have none.
        frame = pd.DataFrame(table["hubs"], columns=list(LEAD_COLUMNS)).astype(dict.fromkeys(RANKS_OR_NONE, "Int64"))
        frame.attrs = {name: table[name] for name in ("verdict", "reason", "ranked_on")}
        return frame

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """The answer of a named query as a table; `frame.attrs["truncated"]` says whether rows were cut, `withheld` which columns are not in it.

        That they were, and which are not since the clearance does not cover them, is warned of (`errors.AnswerWarning`), and
        stands where the table is shown. Parameters may be of NumPy and pandas, and lists sets (`service.cypher.parameters.native`).

        Raises:
            RequestError: no such query, or a parameter is wrong.
        """
        released = self.queries.run(query, parameters)
        attrs = {"truncated": released.truncated, "withheld": list(released.withheld)}
        return answer_frame(released.columns, released.rows, left_out(released), **attrs)

    def cypher_frame(self, text: str, /, **parameters: Any) -> pd.DataFrame:
        """The answer of a text of Cypher as a table; `frame.attrs["truncated"]` says whether rows were cut.

        `$case` and the names the named queries use are bound. Nodes, relationships and paths are dictionaries with
        `kind`. What is cut, and words of the text that nothing in the graph bears, are warned of (`errors.AnswerWarning`)
        and stand where the table is shown. It takes the grant for free Cypher.

        Raises:
            CypherFault: the text is wrong or refused; `line` and `column` say where. Refused: no grant, or suspended.
        """
        run = self.cypher.run(text, parameters)
        return answer_frame(run.columns, run.rows, run.warnings, truncated=run.truncated)

    def graph(self, of: str = "operation") -> nx.MultiDiGraph[str]:
        """The case as a NetworkX graph of `claims`, `links` or the `operation`: see `Network.graph`.

        Or of the `witnesses`: their way to the first leads (`Witnesses.through`). Or of the `moves`: flows between places that people
        left and places where they appear next (`Displacement.graph`); or of crossings that are `linked` (`Linkage.graph`).

        Raises:
            RequestError: `of` is none of these.
        """
        if of not in (*GRAPHS, "witnesses", "moves", "linked"):
            raise RequestError(f"A graph is of {', '.join(GRAPHS)}, witnesses, moves or linked, not of {of!r}.")
        if of == "moves":
            return self.displacement.graph()
        if of == "linked":
            return self.linkage.graph()
        return as_networkx(self.leads.witnesses.through().view) if of == "witnesses" else self.network.graph(of)

    def behind(self, *ids: str, day: str = "", until: str = "", service: bool = False) -> Behind:
        """Who is said to be behind these, and behind the boats of a day: see `Answers.behind`.

        `.frame` and `.common` are tables, `.graph` a NetworkX graph, `.answer.plain()` plain data.
        """
        return self.network.answers.behind(ids, day=day, until=until, service=service)

    def moves(self, *ids: str, day: str = "") -> pd.DataFrame:
        """Where those went who were at some workplaces, or at all that closed or emptied: one row a flow (see `Displacement.moves`).

        `frame.attrs["verdicts"]` says of each place whether chance would have sent them there.
        """
        with self.look("analyse", query="displacement"):
            rows = self.displacement.moves(ids, day=day)
            verdicts = self.displacement.verdicts(ids, day=day)
        table = [tuple(getattr(row, name) for name in MOVE_COLUMNS) for row in rows]
        return answer_frame(MOVE_COLUMNS, table, [] if table else besides(verdicts), verdicts=verdicts)

    def series(self, name: str = "crossings", **chosen: str) -> pd.DataFrame:
        """A series as a table: `day`, `count` (None: not known) and `condition` where one is asked for.

        Args:
            name: `crossings`, `people`, `per_boat`, or a reference series.
            chosen: what else the series is chosen by (`SeriesChoice`): `step="week"`, `launch="Dunkirk"`, `column=`, `until=`.
        """
        series = self.time.series(SeriesChoice(name, **chosen))
        return answer_frame(*columns_of(series), list(series.notes))

    def surges(self, name: str = "crossings", **chosen: str) -> pd.DataFrame:
        """Each day of a series beside what was to be expected of it by the days before (`views.surges.answer.COLUMNS`).

        `frame.attrs` holds the `verdict`, `surges`, `records` and `segments`. Arguments as `series`.
        """
        answer = self.time.surges(SeriesChoice(name, **chosen))
        plain = answer.plain()
        parts = {part: plain[part] for part in ("verdict", "surges", "records", "segments")}
        return answer_frame(SURGE_COLUMNS, list(map(tuple, answer.table())), list(answer.notes), **parts)

    def linked_crossings(self, crossing: str = "") -> pd.DataFrame:
        """Return pairs of linked crossings, or all that share a name with one, as a table: see `Linkage.frame`."""
        return self.linkage.frame(crossing)

    def show(self, *ids: str, title: str = "", presence: bool = False, **wanted: Any) -> PicturePage:
        """The network around `ids` for a notebook cell (`session.show("P1")`) or a file (`.save("p1.html")`).

        Args:
            ids: where the picture starts.
            title: its heading; else the case and the ids.
            presence: whether those who were only there, and lawful service, come in with the rest, as *bring in* of the canvas does.
            wanted: what else the picture is asked for with (`PictureRequest`).
        """
        view = self.network.picture(PictureRequest(ids, presence=presence, **wanted))
        # The reader's level, as on a page: figures are computed from everything they may see.
        mark = f"Handling {self.grant.handling}"
        return PicturePage(view, title or f"{self.case}: around {', '.join(ids)}", mark)
