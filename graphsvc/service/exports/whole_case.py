"""A whole case as Parquet, for people cleared for all of it: one file per table, and a manifest.

Nothing is sanitised: it contains all that its maker may read, including pseudonyms of sources and free text. As in the
graph, sealed people are not named. The export is recorded with the others of the case, so that it can be recalled if
someone in it is later sealed or erased.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graphsvc.access.gate.redact import Released
from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.appdb.rows import new_id
from graphsvc.cases.progress import quiet
from graphsvc.cases.stores.export_store import ShownFacts, expiry, number, recipient_id
from graphsvc.errors import Busy, Refused, RequestError
from graphsvc.records.dates import moment
from graphsvc.records.lines import is_title, require_reason
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.exports.bundle import MANIFEST, manifest
from graphsvc.service.exports.exposure import SEALABLE, lasting
from graphsvc.service.exports.given import GivenExports
from graphsvc.service.exports.placing import NewFolder, new_folder
from graphsvc.service.protection.clearance import sees_whole
from graphsvc.service.protection.requests import WHY
from graphsvc.views.parquet import ParquetTable, kind_of
from graphsvc.views.wording import is_pseudonym

# Table → the query it comes from.
WHOLE_TABLES: Mapping[str, str] = MappingProxyType(
    {
        "entities": "cases.entities",
        "people": "tables.people",
        "boats": "tables.boats",
        "crossings": "tables.crossings",
        "gangs": "tables.gangs",
        "workplaces": "tables.workplaces",
        "things": "tables.things",
        "statements": "tables.statements",
        "claims": "tables.claims",
        "links": "cases.links",
    }
)
_SAYS = (
    "All of a case, for people who are cleared for handling code C and for sources in it, and for nobody else: who said what stands"
    " in it by pseudonym, and free text as it was given, without names of sealed people. Intelligence, not evidence."
)
_NOT_COUNTED = "Not counted: readers of this may know who said what."
_NAME = 200
# Kind of entity that may be sealed later → kind of its pseudonym; a dwelling's pseudonym is that of a thing.
_SEALED_AS = {kind: kind for kind in SEALABLE} | {"workplace": "thing"}


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A whole case, as written.

    Attributes:
        folder: its location.
        number: the export's short name, as printed.
        rows: table → number of rows.
        size: total size of the files, in bytes.
    """

    folder: Path
    number: str
    rows: Mapping[str, int]
    size: int


class WholeCases:
    """Exports of one whole case, for people cleared for all of it."""

    def __init__(self, ask: Ask, given_exports: GivenExports) -> None:
        self._ask = ask
        self._given = given_exports

    def parquet(
        self, target: Path | None = None, *, recipient: str = "", reason: str = "", progress: Progress = quiet
    ) -> WholeCase:
        """Write the whole case into a new folder: a Parquet file for each of `WHOLE_TABLES`, and `manifest.json`.

        The folder appears complete, or not at all.

        Args:
            target: the folder; by default a new one in the current folder, named after case, handling code and version.
            recipient: the recipient; by default the maker.
            reason: the reason; by default the purpose.
            progress: called for each table.

        Raises:
            Refused: the role, or clearance for some part of the case, is missing.
            NotFound: the case does not exist, or this person may not see it.
            RequestError: the target exists.
            Busy: the case is being imported, or changed in the meantime.
            OperatorError: the disk does not accept it.
        """
        version = self._ask.version
        name = " ".join((recipient or self._ask.principal.name).split())
        if not is_title(name, _NAME):
            raise RequestError(f"Say who the export is for, in at most {_NAME} characters.")
        reason = require_reason(reason or self._ask.purpose, WHY)
        identifier = new_id()
        folder = target or Path(f"{self._ask.case}-handling-C-version-{version}")
        with new_folder(folder.absolute()) as files:
            with self._given.act("parquet", recipient=recipient_id(self._ask.key, name), export=identifier) as outcome:
                self._require_cleared()
                tables = _Tables(self._ask, files, number(identifier), now(), progress)
                # One look: all tables come from one state of the case, and its log line names the sources.
                with self._ask.look("read", step="parquet"):
                    require_still(self._ask, version, "written")
                    tables.read(version)
                text = manifest(tables.about(name, reason), tables.files).encode()
                files.file(MANIFEST).write(text)
                self._keep(identifier, name, reason, tables, hashlib.sha256(text).hexdigest(), version)
                outcome["rows"] = sum(tables.rows.values())
            # Only now that the log line is written may the folder appear.
            try:
                files.place()
            except BaseException:
                if not files.placed:
                    self._withdraw(identifier)
                raise
        return WholeCase(
            folder, number(identifier), tables.rows, len(text) + sum(size for _, size in tables.files.values())
        )

    def _require_cleared(self) -> None:
        case = self._ask.case
        grant = policy.require_case(self._ask.principal, case)
        if not (sees_whole(self._ask, case) and grant.sources):
            raise Refused(
                f"All of the case {case} is for who is cleared for handling code C and for sources in it, which"
                f" {self._ask.principal.name} is not; `graphsvc export make {case}` lets out a part of it that you may see,"
                " sanitised, and an administrator can extend the clearance."
            )

    def _keep(self, identifier: str, recipient: str, reason: str, tables: _Tables, digest: str, version: int) -> None:
        """Record the export and the people in it, so that it is recalled when one of them is sealed or erased.

        Raises:
            Busy: the case has changed since it was read; otherwise a person sealed since would be exported by name.
        """
        store, case, key = self._ask.home.export_store, self._ask.case, self._ask.key
        names = lasting(self._ask, tables.sealable)
        stand_by_name = frozenset(names[entity_id] for entity_id in tables.sealable if not is_pseudonym(entity_id))
        moment_now = now()
        store.add_recipient(case, key, recipient, "C", self._ask.withhold())
        store.keep(
            {
                "id": identifier,
                "case_id": case,
                "recipient": recipient_id(key, recipient),
                "account": self._ask.principal.name,
                "made_at": moment_now,
                "given_at": moment_now,
                "state": "given",
                "handling": "C",
                "nodes": tables.rows["entities"],
                "links": tables.rows["links"],
                "sha256": digest,
                "expires_at": expiry(0),
            },
            key,
            reason,
            None,
            ShownFacts(people=frozenset(names.values()), named=stand_by_name),
        )
        try:
            require_still(self._ask, version, "written")
        except BaseException:
            self._withdraw(identifier)
            raise

    def _withdraw(self, identifier: str) -> None:
        """Record that the export was not given after all."""
        self._ask.home.export_store.move(identifier, ("given",), state="removed", recall="", recall_at=None)


def require_still(ask: Ask, version: int, done: str) -> None:
    """Raise Busy unless the case is open at this version; `done` is the participle used in the message.

    Raises:
        Busy: it is at a different version.
    """
    if ask.require_open() != version:
        raise Busy(f"The case {ask.case} was changed in the meantime: nothing was {done}. Try again.")


class _Tables:
    """Writer of the tables of a case.

    Attributes:
        rows: table → number of rows.
        files: file → its SHA-256 and size in bytes.
        sealable: id of each person and thing → kind.
    """

    def __init__(self, ask: Ask, files: NewFolder, called: str, made_at: dt.datetime, progress: Progress) -> None:
        self._ask, self._into, self._called, self._made_at, self._progress = ask, files, called, made_at, progress
        self._version = 0
        self._described: dict[str, Any] = {}
        self.rows: dict[str, int] = {}
        self.files: dict[str, tuple[str, int]] = {}
        self.sealable: dict[str, str] = {}

    def read(self, version: int) -> None:
        """Write every table of the case to its file; the case is at this version."""
        self._version = version
        for done, (name, query) in enumerate(WHOLE_TABLES.items()):
            self._progress(done, len(WHOLE_TABLES), f"writing {name}")
            self._table(name, query)

    def about(self, recipient: str, reason: str) -> dict[str, Any]:
        """Return the contents of the manifest, apart from the hashes."""
        return {
            "export": self._called,
            "case": self._ask.case,
            "version": self._version,
            "handling": "C",
            "clearance": "handling code C, and sources",
            "made_by": self._ask.principal.name,
            "made_for": recipient,
            "why": reason,
            "purpose": self._ask.purpose,
            "made_at": f"{self._made_at:%Y-%m-%dT%H:%M:%S}Z",
            "says": _SAYS,
            "exposure": _NOT_COUNTED,
            "tables": self._described,
        }

    def _table(self, name: str, query: str) -> None:
        returns = self._ask.home.library[query].returns
        kinds = {column: kind_of(property_path) for column, property_path in returns.items()}
        mark = f"Handling C, with sources · case {self._ask.case}, version {self._version} · {self._called} · {moment(self._made_at)}"
        file = self._into.file(f"{name}.parquet")
        table = ParquetTable(name, file, kinds, {"graphsvc": mark, "graphsvc.says": _SAYS})

        def take(part: Released) -> None:
            table.add(part.rows)
            if name == "entities":
                kind = part.columns.index("kind")
                self.sealable.update((row[0], _SEALED_AS[row[kind]]) for row in part.rows if row[kind] in _SEALED_AS)

        try:
            self.rows[name] = self._ask.parts(query, take)
            table.close()
        finally:
            table.abandon()
        size = file.tell()
        file.seek(0)
        self.files[f"{name}.parquet"] = (hashlib.file_digest(file, "sha256").hexdigest(), size)  # type: ignore[arg-type]
        self._described[name] = {
            "file": f"{name}.parquet",
            "rows": table.rows,
            "groups_of_rows": table.groups,
            "columns": kinds,
        }
