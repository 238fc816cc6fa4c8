"""Permissions: one table of roles and actions, and the functions that check it."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from graphsvc.access.people.principal import Grant, Principal
from graphsvc.errors import NotFound, OperatorError, Refused

ROLES = MappingProxyType(
    {
        "investigator": "browses cases, follows leads, loads deliveries",
        "analyst": "runs queries and analyses, loads deliveries",
        "custodian": "witness custodian: may know who a witness is, one at a time, with a reason",
        "disclosure": "disclosure officer: sees what may undermine a case",
        "supervisor": "agrees to what needs a second person",
        "auditor": "reads the log and nothing else",
        "administrator": "manages accounts; reads no case by that role alone",
    }
)
ACTIONS = MappingProxyType(
    {
        "read": "browse a case: pages, network view, search",
        "known": "look for somebody sealed by a name or number they know, which is always in the log",
        "keep": "keep and comment on views of the network",
        "query": "run named queries",
        "analyse": "rank leads and run link analysis",
        "review": "agree with, refuse or park a lead with a reason, and put questions about it to those who answer for a statement",
        "export": "export a sanitised part of a case for someone outside",
        "load": "load a delivery, or take one back",
        "cypher": "write Cypher freely, with the grant for it and clearance for every case",
        "log": "read the log",
        "accounts": "manage accounts, roles and grants",
        "reveal": "ask for the identity behind a pseudonym, and open it once agreed",
        "agree": "agree to or refuse what another person asked for: a reveal, a sealing or its end, an erasure, an export",
        "hold": "put a hold on a case or a person, and release it",
        "seal": "ask that a named person is sealed",
        "open": "ask that a sealed person is named again",
        "erase": "ask that a person is erased",
        "regroup": "decide which witnesses depend on each other, against what the case says",
        "keys": "give the vault a new master key",
    }
)
# Actions that may show people in a case.
READING = frozenset({"read", "known", "keep", "query", "analyse", "review", "export", "cypher", "reveal"})
_READERS = frozenset({"investigator", "analyst", "custodian", "disclosure", "supervisor"})
ALLOWED = MappingProxyType(
    {
        "read": _READERS,
        "known": _READERS,
        "keep": _READERS,
        "query": _READERS,
        "analyse": frozenset({"investigator", "analyst", "disclosure", "supervisor"}),
        "review": frozenset({"investigator", "analyst"}),
        "export": frozenset({"investigator", "analyst", "disclosure", "supervisor"}),
        "load": frozenset({"investigator", "analyst"}),
        "cypher": frozenset({"analyst"}),
        "log": frozenset({"auditor"}),
        "accounts": frozenset({"administrator"}),
        "reveal": frozenset({"custodian"}),
        "agree": frozenset({"supervisor"}),
        "hold": frozenset({"supervisor"}),
        "seal": frozenset({"custodian", "supervisor"}),
        "open": frozenset({"custodian"}),
        "erase": frozenset({"custodian", "supervisor"}),
        "regroup": frozenset({"analyst", "supervisor"}),
        "keys": frozenset({"administrator"}),
    }
)


def may(principal: Principal, action: str) -> bool:
    """Whether one of the principal's roles allows the action. An unknown action is never allowed."""
    return bool(ALLOWED.get(action, frozenset()) & principal.roles)


def require(principal: Principal, action: str) -> None:
    """Raise Refused unless one of the principal's roles allows the action.

    Raises:
        Refused: names the action and the roles that allow it, or asks for a second factor to be set up first.
    """
    if principal.must_enrol:
        raise Refused(
            f"{principal.name} must set up a second factor before anything else: on the page of your account, or with"
            " `graphsvc account second-factor`."
        )
    if not may(principal, action):
        roles = ", ".join(role for role in ROLES if role in ALLOWED.get(action, ())) or "no role"
        raise Refused(
            f"{principal.name} may not {ACTIONS.get(action, action)}: that takes the role {roles}."
            " An administrator can give it."
        )


def cypher_refusal(principal: Principal, cases: Iterable[str]) -> str:
    """Say in one sentence why a principal may not use free Cypher while `cases` are in the database; empty if they may.

    Free Cypher reads the whole database at once, so it requires the role, a separate grant, and clearance for handling
    code C and sources in every case. Checked at each run: a new case outside the clearance suspends the grant.
    """
    if not may(principal, "cypher") or not principal.free_cypher:
        return f"{principal.name} may not write Cypher freely: an administrator can give the grant for it."
    if all(_is_fully_cleared(principal.grant(case)) for case in cases):
        return ""
    # Do not reveal the number or names of cases that this account may not see.
    return (
        f"The grant of {principal.name} for free Cypher is suspended: it takes clearance for handling code C and sources"
        " in every case of the database. Named queries still work; an administrator can extend the clearance."
    )


def _is_fully_cleared(grant: Grant | None) -> bool:
    return grant is not None and grant.handling == "C" and grant.sources


def require_cypher(principal: Principal, cases: Iterable[str]) -> None:
    """Raise Refused if `cypher_refusal` gives a reason.

    Raises:
        Refused: with that reason.
    """
    refusal = cypher_refusal(principal, cases)
    if refusal:
        raise Refused(refusal)


def roles_named(text: str) -> frozenset[str]:
    """Return the roles that a setting names, separated by commas; `none` for no role.

    Raises:
        OperatorError: a name is not a role.
    """
    names = frozenset(part.strip() for part in text.split(",") if part.strip()) - {"none"}
    for name in sorted(names - frozenset(ROLES)):
        raise OperatorError(
            f"GRAPHSVC_SECOND_FACTOR_ROLES names {name!r}, which is no role. Roles: {', '.join(ROLES)}; or none."
        )
    return names


def require_case(principal: Principal, case: str) -> Grant:
    """Return the principal's clearance for a case.

    Raises:
        NotFound: there is no clearance; the message is the same as for a case that does not exist.
    """
    grant = principal.grant(case)
    if grant is None:
        raise no_such_case(case)
    return grant


def require_sources(principal: Principal, case: str) -> None:
    """Raise Refused unless the principal has source clearance in a case.

    Raises:
        Refused: source clearance is missing. NotFound: the case is not visible to them.
    """
    if not require_case(principal, case).sources:
        raise Refused(f"This takes source clearance in the case {case}. An administrator can give it.")


def no_such_case(case: str) -> NotFound:
    """Return the error for a case that is missing or that the reader may not see."""
    return NotFound(f"There is no case {case!r} that you can see. `graphsvc cases` lists those you can.")
