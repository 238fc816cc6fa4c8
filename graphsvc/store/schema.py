"""Applies the constraints and indexes in `cypher/schema/`, each numbered file once and in order; declares names.

A server plans a query again once one of its names is used in the store for the first time. That takes a third of a
second for each query. So every name in our own tables is declared before any query runs.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from graphsvc.errors import OperatorError
from graphsvc.queries import cypher_folder
from graphsvc.records.labels import INNER
from graphsvc.records.properties import LOOKED_IN, SENSITIVITY, figure_names
from graphsvc.records.relations import CUSTOM_TYPE, RELATIONS
from graphsvc.store.bolt import Store

_RECORDED = "MATCH (s:GraphsvcSchema) RETURN s.number AS number, s.digest AS digest"
_RECORD = "MERGE (s:GraphsvcSchema {number: $number}) SET s.digest = $digest, s.name = $name"

_FIGURES = [figure_names(conditional=whole, sources=sources) for whole in (True, False) for sources in (True, False)]
# Procedure that declares a name → names to declare. Recorded like a schema file, with number 0.
_NAMES = {
    "createRelationshipType": {*RELATIONS, CUSTOM_TYPE, *INNER},
    "createProperty": {"case", *LOOKED_IN, *(name for figures in _FIGURES for name in figures.values())}
    | {name.partition(".")[2] for name in SENSITIVITY if not name.startswith("computed.")},
}
_NAMES_NUMBER = 0
_AWAIT_S = 1_800  # for existing data to be indexed


def apply_schema(store: Store, folder: Path | None = None) -> list[str]:
    """Apply the files not applied yet, and return their names.

    Raises:
        OperatorError: a file changed after it was applied; a change needs a file with a new number.
        Busy: existing data could not be indexed within half an hour.
    """
    recorded = {
        int(number): digest for number, digest in store.read(_RECORDED, {}, timeout=30, cap=10_000, newest=True).rows
    }
    applied: list[str] = []
    for path in sorted((folder or cypher_folder() / "schema").glob("*.cypher")):
        number = int(path.name.partition("_")[0])
        text = path.read_text("utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if number in recorded:
            if recorded[number] != digest:
                raise OperatorError(
                    f"The schema file {path.name} was changed after it had been applied to this database."
                    " Put the change into a new file with the next number."
                )
            continue
        for statement in _statements(text):
            store.run_schema(statement)
        store.write(_RECORD, {"number": number, "digest": digest, "name": path.stem})
        applied.append(path.name)
    if applied:
        store.read("CALL db.awaitIndexes($seconds)", {"seconds": _AWAIT_S}, timeout=_AWAIT_S, cap=1)
    digest = hashlib.sha256(repr([sorted(names) for names in _NAMES.values()]).encode()).hexdigest()
    if recorded.get(_NAMES_NUMBER) != digest:
        for procedure, names in _NAMES.items():
            store.write(f"UNWIND $names AS name CALL db.{procedure}(name)", {"names": sorted(names)})
        store.write(_RECORD, {"number": _NAMES_NUMBER, "digest": digest, "name": "names"})
    return applied


def _statements(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]
