"""How often claims are true and what a grade is worth, read from `weights.toml` or the operator's own table."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graphsvc.errors import OperatorError
from graphsvc.records.relations import RELATIONS
from graphsvc.records.statement_kinds import STATEMENT_KINDS

# Larger values would dominate all others, and their products could overflow to infinity.
LARGEST = 1000.0
# Above this, no denial could outweigh a single claim.
CERTAIN = 0.999
# Entries of a kind of source that are not relations: the deliverer's own relations, and denials of any relation.
OTHER, DENIED = "other", "denied"
_FROM = "from"
_REPEATED = "repeated"
_FACTORS = ("witness_assessment", "other_assessment", "source_grade", "interest")
_MOST = {**dict.fromkeys(STATEMENT_KINDS, CERTAIN), **dict.fromkeys(("shared", "again"), 1.0)}
# Origin of a custom table's values, if the table does not state it.
_OWN = "set for this service, without saying where from"


@dataclass(frozen=True)
class Weights:
    """How often claims are true, and the factor by which each part of a grade multiplies those odds.

    Attributes:
        chances: kind of source → relation, `other` or `denied` → chance that a claim of grade 2 and assessment C is true, 0 to 1.
        witness_assessment: A to E → factor for a witness's claim; `other_assessment`: for a report or record.
        source_grade: 1 to 3 → factor.
        interest: how the source relates to the person the claim is about (`records.grading.INTERESTS`) → factor.
        shared: circumstance that two statements share (`interpreter`, `day` of the interviews) → how alike it makes
            them, up to 1.
        repeated: how much a second statement of the same group adds, as a share of the belief it has alone.
        origins: `section.name` of each value → its origin.
    """

    chances: Mapping[str, Mapping[str, float]]
    witness_assessment: Mapping[str, float]
    other_assessment: Mapping[str, float]
    source_grade: Mapping[str, float]
    interest: Mapping[str, float]
    shared: Mapping[str, float]
    repeated: float
    origins: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """Hash of the values, but not their origins: figures computed with other values are out of date."""
        values = [dict(sorted(section.items())) for section in self._sections().values()]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()

    def assessments(self, source_kind: str) -> Mapping[str, float]:
        """Return the factors of A to E for a kind of source."""
        return self.witness_assessment if source_kind == "witness" else self.other_assessment

    def rows(self) -> list[tuple[str, str, float, str]]:
        """Return every value as (section, name, value, origin), in the order of the shipped table."""
        return [
            (section, name, value, self.origins[f"{section}.{name}"])
            for section, values in self._sections().items()
            for name, value in values.items()
        ]

    def _sections(self) -> dict[str, Mapping[str, float]]:
        factors = {part: getattr(self, part) for part in _FACTORS}
        return {**self.chances, **factors, "shared": self.shared, "again": {_REPEATED: self.repeated}}


def read_weights(path: Path | None = None) -> Weights:
    """Read the shipped table, with its values replaced by those in the file `path`, if given.

    Example:
        >>> read_weights().source_grade["2"]
        1.0

    Raises:
        OperatorError: the file cannot be read, or has an unknown key or an invalid value; the message names both.
    """
    table = tomllib.loads(files("graphsvc.records").joinpath("weights.toml").read_text("utf-8"))
    for kind, row in STATEMENT_KINDS.items():
        # Relations without an entry get the chance of `other`, which a custom table may replace.
        chances = table.get(kind, table[row.counts_as])
        table[kind] = dict.fromkeys(RELATIONS, chances[OTHER]) | chances
    origins = {f"{part}.{name}": values[_FROM] for part, values in table.items() for name in values}
    if path is not None:
        _replace(table, origins, _read_table(path), path)
    named = {
        section: MappingProxyType({name: float(value) for name, value in values.items() if name != _FROM})
        for section, values in table.items()
    }
    repeated = named.pop("again")[_REPEATED]
    by_kind = MappingProxyType({kind: named.pop(kind) for kind in STATEMENT_KINDS})
    return Weights(chances=by_kind, **named, repeated=repeated, origins=MappingProxyType(origins))


def _read_table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OperatorError(
            f"GRAPHSVC_GRADING names {path}, which cannot be read ({error.strerror}). Correct it, or unset it to use"
            " the shipped table."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(
            f"GRAPHSVC_GRADING names {path}, which is no TOML: {error}. Correct it, or unset it to use the shipped table."
        ) from None


def _replace(
    table: dict[str, dict[str, Any]], origins: dict[str, str], replacements: Mapping[str, Any], path: Path
) -> None:
    """Check each given value, then replace the table's value with it."""
    for section, values in replacements.items():
        if section not in table or not isinstance(values, dict):
            raise _wrong(path, section, values, f"is no section; there are {', '.join(table)}")
        for name, value in values.items():
            key = f"{section}.{name}"
            if name not in table[section]:
                known = ", ".join(setting for setting in table[section] if setting != _FROM)
                raise _wrong(path, key, value, f"is unknown; [{section}] takes {known} and {_FROM}")
            if name == _FROM:
                if not isinstance(value, str) or not value.strip():
                    raise _wrong(path, key, value, "takes a text that says where the values come from")
            else:
                most = _MOST.get(section, LARGEST)
                number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
                if not number or not 0 < value <= most:
                    raise _wrong(path, key, value, f"takes a number above 0 and no more than {most:g}")
            table[section][name] = value
            origins[key] = str(values.get(_FROM, _OWN))


def _wrong(path: Path, key: str, value: Any, takes: str) -> OperatorError:
    return OperatorError(
        f"In the grading table {path} the key {key} (value {repr(value)[:60]}) {takes}. Correct it, leave it out, or"
        " unset GRAPHSVC_GRADING to use the shipped table."
    )


SHIPPED = read_weights()
