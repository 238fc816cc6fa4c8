"""Free Cypher of one person on one case: checking queries, running them in the background, cancelling, and history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.access.gate.cyphergate import Examined, Stands
from graphsvc.access.log import audit
from graphsvc.access.people import policy
from graphsvc.cases.cypher_runs import Run
from graphsvc.errors import Busy, RequestError
from graphsvc.service.ask import Ask
from graphsvc.service.cypher.frames import warn
from graphsvc.service.cypher.library import QueryLibrary
from graphsvc.service.cypher.parameters import native
from graphsvc.store.typed import Typed

_LOOKED_AT = 500  # newest log lines that a history is made from
_NOT_RUN = ("refused", "failed")
# Outcome in the log → word shown to the author of the query.
_ENDED = {
    "begun": "running",
    "released": "answered",
    "released, cut": "answered, cut",
    "failed: CypherFault": "refused",
    "failed: Busy": "stopped",
    "failed: CancelledTyped": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Past:
    """One query of the history.

    Attributes:
        outcome: how the query ended, in a word.
        rows: number of rows; None unless they were released.
        at: its time (UTC).
    """

    id: int
    at: dt.datetime
    text: str
    parameters: Mapping[str, Any]
    outcome: str
    rows: int | None
    seconds: float


class Cypher:
    """Free Cypher of one person on one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.library = QueryLibrary(ask)

    def refusal(self) -> str:
        """Return the reason why this person may not write Cypher now, in one sentence; empty if they may."""
        policy.require_case(self._ask.principal, self._ask.case)
        return self._ask.home.cypher_gate.refusal(self._ask.principal)

    def examine(self, text: str) -> Examined:
        """Check a query without running it; return its plan and the parameters it uses.

        Raises:
            CypherFault: what is wrong or not allowed, and where.
            Refused, NotFound, Busy: see `access.gate.cyphergate`.
        """
        return self._ask.home.cypher_gate.check(self._ask.principal, self._ask.purpose, self._ask.case, text)

    def start(
        self, text: str, parameters: Mapping[str, Any] | None = None, saving: Mapping[str, Any] | None = None
    ) -> str:
        """Run a query in the background; return the run's id. Raises as `examine`, before anything runs.

        Args:
            text: the query.
            parameters: name → value, of kinds that `service.cypher.parameters.native` accepts.
            saving: details typed for saving the query; the run returns them.
        """
        gate, case, values = self._ask.home.cypher_gate, self._ask.case, native(parameters or {})
        examined = gate.check(self._ask.principal, self._ask.purpose, case, text, values)

        def work(typed: Typed) -> Stands:
            return gate.run(self._ask.principal, self._ask.purpose, case, examined, values, typed)

        return self._ask.home.runs.start(self._ask.principal.name, case, text, values, work, saving)

    def result(self, run: str, wait_s: float = 0.0, *, answered: bool = False) -> Run:
        """Return one of the person's runs, after waiting at most `wait_s` seconds for it to end.

        Args:
            run: the run's id.
            wait_s: seconds to wait for its end.
            answered: raise an error unless there is an answer, for callers that can show nothing else (a file of rows).

        Raises:
            NotFound: there is no such run, it has expired, or any case has changed since.
            Refused: the grant is no longer valid.
            GraphsvcError: with `answered`: the run is unfinished (Busy), was cancelled, or failed.
        """
        runs, mine = self._ask.home.runs, (self._ask.principal.name, self._ask.case)
        states = self._ask.home.cypher_gate.require(self._ask.principal, self._ask.case)
        answer = runs.one(run, *mine, wait_s, states)
        if not answered or answer.state == "done":
            return answer
        if answer.state == "running":
            raise Busy("The text still runs, so there is no answer yet. Its page says when it has ended.")
        if answer.state == "cancelled":
            raise RequestError(f"{answer.fault} There is no answer; run the text again.")
        return runs.whole(run, *mine)

    def cancel(self, run: str) -> None:
        """End one of the person's runs. No effect if it has ended. Raises NotFound as `result`."""
        self._ask.home.runs.cancel(run, self._ask.principal.name, self._ask.case)

    def running(self) -> list[Run]:
        """Return the person's unfinished runs in this case."""
        return self._ask.home.runs.going(self._ask.principal.name, self._ask.case)

    def run(self, text: str, parameters: Mapping[str, Any] | None = None) -> Run:
        """Run a query to its end; Ctrl-C cancels it. Its `warnings` are issued as `errors.AnswerWarning`.

        Raises:
            CypherFault: what is wrong or not allowed, and where.
            Busy: it exceeded a limit, a case is being imported, or a case changed during the run.
        """
        runs, mine = self._ask.home.runs, (self._ask.principal.name, self._ask.case)
        run = self.start(text, parameters)
        try:
            while runs.one(run, *mine, 0.5).state == "running":
                pass
        except BaseException:
            self.cancel(run)
            raise
        answer = runs.whole(run, *mine)
        warn(answer.warnings)
        return answer

    def history(self, newest: int = 50) -> list[Past]:
        """Return the person's queries in this case, newest first, including queries refused before running.

        Raises:
            Refused: the grant is no longer valid.
        """
        self._ask.home.cypher_gate.require(self._ask.principal, self._ask.case)
        mine = audit.Sought(account=self._ask.principal.name, case=self._ask.case, action="cypher")
        acts = audit.lines(self._ask.database, newest=_LOOKED_AT, sought=mine)
        attempts = [act for act in acts if act["detail"].get("step") == "run" or act["outcome"].startswith(_NOT_RUN)]
        texts = self._ask.home.cypher_texts.of(attempts[:newest])
        return [
            Past(
                act["id"],
                act["at"],
                texts[act["id"]].text,
                texts[act["id"]].parameters,
                _ENDED.get(act["outcome"], act["outcome"]),
                act["rows"],
                round((act["ended_at"] - act["at"]).total_seconds(), 2) if act["ended_at"] else 0.0,
            )
            for act in attempts[:newest]
            if act["id"] in texts
        ]
