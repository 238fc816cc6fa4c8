"""Checks for reveals, erasures, sealings and holds: clearance for a whole case, and the person behind a shown id."""

from __future__ import annotations

from graphsvc.access.people import policy
from graphsvc.access.vault import is_source, kind_of
from graphsvc.errors import NotFound, Refused
from graphsvc.service.ask import Ask


def sees_whole(ask: Ask, case: str) -> bool:
    """Whether the person is cleared for all of a case, that is, for handling code C."""
    grant = ask.principal.grant(case)
    return grant is not None and grant.handling == "C"


def require_whole(ask: Ask) -> None:
    """Raise an error unless the person is cleared for all of the case.

    Raises:
        NotFound: they may not see the case.
        Refused: they are cleared only for a part of it.
    """
    case = ask.case
    policy.require_case(ask.principal, case)
    if not sees_whole(ask, case):
        raise Refused(f"This takes clearance for handling code C in the case {case}.")


def person_of(ask: Ask, identifier: str) -> tuple[str, bool]:
    """Return the pseudonym of the person with this id (as shown on pages), and whether they are sealed.

    Raises:
        NotFound: there is no such person, or the reader may not see them.
    """
    row = ask.entity_rows([identifier]).get(identifier)
    if row is None or row["kind"] != "person":
        raise NotFound(f"There is no person with the id {identifier[:80]!r} that you can see in this case.")
    if row["sealed"]:
        return identifier, True
    return ask.pseudonyms("person", [identifier])[identifier], False


def is_shown(ask: Ask, pseudonym: str) -> bool:
    """Whether a reader may know of the person who has, or would have, this pseudonym.

    Readers without source clearance may know only people who are on a page: others may be in the case only as a source.
    """
    if ask.grant.sources:
        return True
    if is_source(pseudonym):
        return False
    register, key = ask.home.register, ask.key
    standing = (register.standings(ask.case, key) or {}).get(pseudonym)
    if standing is None or standing.is_absent:
        return True
    if standing.sealed:
        return bool(ask.entity_rows([pseudonym]))
    # Pages show a named person by their own id, or by a different one if their id contains a sealed person's name.
    masked = [page_id for page_id, bearer in register.masked_ids(ask.case, key).items() if bearer == pseudonym]
    return bool(ask.entity_rows([*masked, *(identity["id"] for identity in standing.identities)]))


def is_hidden(ask: Ask, pseudonym: str) -> bool:
    """Whether only readers with source clearance see this person now; others then see no requests about them."""
    if is_source(pseudonym):
        return True
    standing = (ask.home.register.standings(ask.case, ask.key) or {}).get(pseudonym)
    return standing is None or standing.is_hidden or standing.is_absent


def person_kept(ask: Ask, identifier: str) -> str:
    """Return a pseudonym as `person_of` does; for readers who may list sealed people, also if no longer delivered.

    Raises:
        NotFound: there is no such person, or the reader may not know of them.
    """
    try:
        return person_of(ask, identifier)[0]
    except NotFound:
        standing = (
            ask.home.register.sealed_standings(ask.case).get(identifier)
            if ask.may("seal") and ask.grant.sources
            else None
        )
        if standing is None or standing.moved_to or kind_of(identifier) != "person":
            raise
        return identifier
