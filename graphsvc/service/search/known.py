"""Looking for somebody sealed by a name, alias, number or id that one knows already: answered, and always in the log.

Who plays no visible part stands by a pseudonym, whoever they are, so whoever works on a case has to be able to ask which
one stands for somebody they know. The answer tells that, and nothing of being a source: of whom nothing is told that the
reader may see, it tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphsvc.access.log import audit
from graphsvc.access.vault import pseudonym
from graphsvc.errors import Busy, RequestError
from graphsvc.names.naming import spellings
from graphsvc.service.ask import Ask

_LONGEST = 200
# So few of one name are told apart by what is seen of them; a name that more bear tells nothing.
_MOST = 5
# Digits that a number needs to be one.
_NUMBER = 6
# Looks of one account in the last lines of the log, at most: whoever goes through a list of names is not working on a case.
_LOOKS, _OF_LINES = 30, 2_000


class Known:
    """The sealed of one case, found by what is known of them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def look(self, what: str) -> list[dict[str, Any]]:
        """The pseudonyms of people who are called so, as rows of `entities.named`; empty if there is nobody.

        Args:
            what: a whole name or alias however it is spelt, a whole phone number, or a delivered id.

        Raises:
            RequestError: it is none. Busy: this account has looked too often.
            Refused, NotFound, Busy: see `access.door.gate`.
        """
        what = what.strip()
        if not what or len(what) > _LONGEST:
            raise RequestError(f"Give a whole name, number or id, of at most {_LONGEST} characters.")
        with self._ask.act("known", sought=what) as outcome:
            self._require_seldom()
            key = self._ask.key
            standing = self._ask.home.register.standings(self._ask.case, key) or {}
            sought = _Sought(what, pseudonym(key, "person", what))
            codes = self._ask.grant.codes
            names = [
                name
                for name, person in standing.items()
                if person.sealed
                and sought.is_one(name, (known for known in person.identities if known.get("handling", "P") in codes))
            ]
            rows = [
                row
                for row in self._ask.named(names).values()
                if row["kind"] == "person" and self._ask.rows("entities.ties", id=row["id"]).rows
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


class _Sought:
    """What is looked for, as it may stand in an identity."""

    def __init__(self, what: str, name: str) -> None:
        self._name = name
        self._spelt = spellings(what)
        digits = _digits(what)
        self._digits = digits if len(digits) >= _NUMBER else ""

    def is_one(self, name: str, identities: Iterable[Mapping[str, Any]]) -> bool:
        """Whether it is somebody's, whose pseudonym and identities these are."""
        return name == self._name or any(self._is(values) for values in identities)

    def _is(self, values: Mapping[str, Any]) -> bool:
        names = [values.get("name", ""), *values.get("aliases", ())]
        if any(name and self._spelt & spellings(name) for name in names):
            return True
        return bool(self._digits) and any(_digits(phone) == self._digits for phone in values.get("phones", ()))


def _digits(text: str) -> str:
    """The digits of a number without the zero, or the code of the United Kingdom, that it begins with."""
    digits = "".join(character for character in text if character.isdigit())
    return digits.removeprefix("0044").removeprefix("44").lstrip("0")
