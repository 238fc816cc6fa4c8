"""Protection of sources and material. Each act passes the gate and is logged."""

from __future__ import annotations

from graphsvc.access.people import policy
from graphsvc.access.vault import masterkey
from graphsvc.cases.jobs import Job
from graphsvc.errors import NotFound
from graphsvc.service.ask import Ask
from graphsvc.service.protection.erasures import Erasures
from graphsvc.service.protection.holds import Holds
from graphsvc.service.protection.partly_named import PartlyNamedTexts
from graphsvc.service.protection.requests import Requests
from graphsvc.service.protection.reveals import Reveals
from graphsvc.service.protection.sealings import Sealings
from graphsvc.service.protection.shared_ids import CaseSharing
from graphsvc.service.protection.waiting import WaitingAccounts


class Protection:
    """Protective acts of one person: reveals, erasures, sealings, holds, waiting statements, the vault's key."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self.reveals = Reveals(ask, requests)
        self.erasures = Erasures(ask, requests)
        self.sealings = Sealings(ask, requests)
        self.sharing = CaseSharing(ask)
        self.waiting = WaitingAccounts(ask)
        self.holds = Holds(ask)
        self.texts = PartlyNamedTexts(ask)

    def job(self, job: str, wait_s: float = 0.0) -> Job:
        """Return one of the person's own jobs in this case.

        Raises:
            NotFound: there is no such job.
        """
        policy.require_case(self._ask.principal, self._ask.case)
        work = self._ask.home.jobs.one(job, self._ask.case, self._ask.principal.name, wait_s)
        if work.account != self._ask.principal.name or work.kind not in (
            "seal",
            "open",
            "erase",
            "accounts",
            "protect",
            "loosen",
        ):
            raise NotFound("There is no such work of yours in this case.")
        return work

    def rotate_key(self) -> str:
        """Give the vault a new master key; return a text that says where the key is stored.

        Raises:
            Refused: the role administrator is missing.
            OperatorError: the home is being served.
        """
        with self._ask.act_anywhere("keys"):
            return masterkey.rotate(self._ask.settings, self._ask.database)
