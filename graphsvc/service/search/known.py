"""Find a sealed person by a known name, alias, number or id. Every search is logged.

Everyone without a visible part in the operation is shown by a pseudonym. People working on a case therefore need to ask
which pseudonym belongs to someone they know. The answer is that pseudonym, and says nothing about being a source.
People with no link that the reader may see are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.errors import Busy, RequestError
from graphsvc.names.naming import spellings
from graphsvc.service.ask import Ask

_LONGEST = 200
# Maximum number of people returned for a name. More matches are an error, and no one is returned.
_MOST = 5
# Fewest digits a search term needs to count as a phone number.
_NUMBER = 6
# Searches allowed per account and day, to prevent trying out lists of names; and the log lines in which to count them.
_LOOKS, _OF_LINES = 30, 2_000


class Known:
    """Search for sealed people of one case by known details."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def look(self, text: str) -> list[dict[str, Any]]:
        """Return the sealed people who match, as rows of `entities.named` with their pseudonyms; may be empty.

        Args:
            text: a whole name or alias in any spelling, a whole phone number, or a delivered id.

        Raises:
            RequestError: it is empty, too long, or matches too many people.
            Busy: this account has searched too often.
            Refused, NotFound, Busy: see `access.gate.gate`.
        """
        text = text.strip()
        if not text or len(text) > _LONGEST:
            raise RequestError(f"Give a whole name, number or id, of at most {_LONGEST} characters.")
        with self._ask.act("known", sought=text) as outcome:
            self._require_seldom()
            key = self._ask.key
            standing = self._ask.home.register.standings(self._ask.case, key) or {}
            sought = _Sought(text, pseudonym(key, "person", text))
            grant = self._ask.grant
            names = [
                name
                for name, person in standing.items()
                if person.sealed
                and sought.is_one(name, (known for known in person.identities if _may_match(known, grant)))
            ]
            # With an extra pseudonym, so that a search without sealed matches queries the graph too.
            named_rows = self._ask.entity_rows([*names, pseudonym(key, "person", text)])
            rows = [
                row
                for name, row in named_rows.items()
                if name in names and row["kind"] == "person" and self._ask.rows("entities.ties", id=row["id"]).rows
            ]
            if len(rows) > _MOST:
                raise RequestError(f"More than {_MOST} people of this case are called so. Give a number or an id.")
            outcome["rows"] = len(rows)
            outcome["sources"] = [row["id"] for row in rows]
        return rows

    def _require_seldom(self) -> None:
        mine = audit.Sought(account=self._ask.principal.name, action="known")
        day = audit.now().date()
        if (
            sum(line["at"].date() == day for line in audit.lines(self._ask.database, newest=_OF_LINES, sought=mine))
            > _LOOKS
        ):
            raise Busy(f"You have looked {_LOOKS} times today, which is the most. Tomorrow it goes on.")


def _may_match(identity: Mapping[str, Any], grant: Grant) -> bool:
    """Whether a reader may find a person by this identity. One known only from a statement would reveal the source.

    Homes of version 0.1.0 marked identities that are known only from a statement as `quiet`.
    """
    return identity.get("handling", "P") in grant.codes and (grant.sources or "quiet" not in identity)


class _Sought:
    """A search term, to be compared with identities."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._spelt = spellings(text)
        digits = _digits(text)
        self._digits = digits if len(digits) >= _NUMBER else ""

    def is_one(self, name: str, identities: Iterable[Mapping[str, Any]]) -> bool:
        """Whether the search term matches the person with this pseudonym and these identities."""
        return name == self._name or any(self._is(values) for values in identities)

    def _is(self, values: Mapping[str, Any]) -> bool:
        names = [values.get("name", ""), *values.get("aliases", ())]
        if any(name and self._spelt & spellings(name) for name in names):
            return True
        return bool(self._digits) and any(_digits(phone) == self._digits for phone in values.get("phones", ()))


def _digits(text: str) -> str:
    """Return the digits of a number, without a leading zero or the code of the United Kingdom."""
    digits = "".join(character for character in text if character.isdigit())
    return digits.removeprefix("0044").removeprefix("44").lstrip("0")
