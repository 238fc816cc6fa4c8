"""Write invented cases, import the demo case, and evaluate rankings on invented cases."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import MappingProxyType

from graphsvc import simulate
from graphsvc.access.people import accounts, changes
from graphsvc.access.people.policy import ALLOWED, ROLES
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.evaluation import measures
from graphsvc.cases.versions import known_cases
from graphsvc.records.progress import Progress
from graphsvc.service.evaluation import simulated_cases
from graphsvc.service.service import Service
from graphsvc.service.session import Session

DEMO_CASE = "demo"
_TOP = 10
# Demo accounts in addition to one for each role: name → role. A partner is an investigator of another force.
DEMO_PARTNERS = MappingProxyType({"partner": "investigator"})
_CLEARED_FOR_SOURCES = ("analyst", "custodian", "disclosure", "supervisor")
# Clearance of each demo account that reads cases. They differ on purpose: the investigator sees everything except
# sources, the partner only what may be shared. The analyst is cleared for all of the demo, as free Cypher requires.
DEMO_GRANTS = MappingProxyType(
    {role: Grant("C", sources=role in _CLEARED_FOR_SOURCES) for role in ROLES if role in ALLOWED["read"]}
    | {"partner": Grant("P")}
)


def invent(
    out: Path,
    seed: int | None,
    *,
    people: int | None = None,
    false_share: float = 0.2,
    hard: bool = False,
    progress: Progress,
) -> None:
    """Write an invented case folder: without `seed`, the demo case; without `people`, the usual number of them."""
    if seed is None:
        simulate.demo(out)
    else:
        simulate.simulate(out, seed=seed, people=people, false_share=false_share, hard=hard, progress=progress)


def demo_case(service: Service, progress: Progress) -> dict[str, str]:
    """Add the demo case and its accounts to the home unless they exist; map each account to its clearance in words."""
    known = {principal.name for principal in accounts.list_accounts(service.database)}
    roles = {role: role for role in ROLES} | DEMO_PARTNERS
    for name, role in roles.items():
        if name not in known:
            cleared = {DEMO_CASE: DEMO_GRANTS[name]} if name in DEMO_GRANTS else {}
            accounts.add(service.database, name, [role], cleared)
            if role == "analyst":
                changes.set_free_cypher(service.database, name, is_granted=True)
    if not any(case["id"] == DEMO_CASE for case in known_cases(service.database)) or not _is_loaded(service):
        with tempfile.TemporaryDirectory(prefix="graphsvc-") as folder:
            invent(Path(folder) / DEMO_CASE, None, progress=progress)
            loader = next(p for p in accounts.list_accounts(service.database) if p.name == "analyst")
            session = service.session(loader, "making the demo case", DEMO_CASE)
            session.deliveries.load(Path(folder) / DEMO_CASE, progress)
    return {name: _clearance_text(DEMO_GRANTS.get(name)) for name in roles}


def _clearance_text(grant: Grant | None) -> str:
    if grant is None:
        return "reads no case"
    return f"sees handling {' and '.join(grant.codes)}{', and which witness spoke' if grant.sources else ''}"


def _is_loaded(service: Service) -> bool:
    return any(row["status"] == "active" for row in service.register.deliveries(DEMO_CASE))


def evaluate(session: Session, truth: Path) -> dict[str, float | int | str]:
    """Evaluate the session's ranking against a `truth.json`: average precision and other figures.

    Raises:
        InputError: the file is not a truth.json.
    """
    wanted = simulated_cases.read_planted(simulated_cases.read_truth(truth))
    ranked = [lead.id for lead in session.leads.ranking().leads if lead.id in wanted.candidates]
    hubs = wanted.hubs
    figures: dict[str, float | int | str] = {
        "verdict": session.leads.ranking().verdict,
        "candidates": len(wanted.candidates),
        "candidates ranked": len(ranked),
        "hubs": len(hubs),
        "average precision": measures.average_precision(ranked, hubs),
        "average precision by chance": len(hubs) / max(1, len(wanted.candidates)),
        "hubs among the first 10": measures.precision_at(ranked, hubs, _TOP),
    }
    if wanted.helpers:
        figures["lawful helpers among the first 10"] = measures.precision_at(ranked, wanted.helpers, _TOP)
    for name, those in (("leaders", wanted.leaders), ("brokers", wanted.brokers)):
        if those:
            figures[f"{name} found among the first {len(hubs)}"] = measures.recall_at(ranked, those, len(hubs))
    return figures
