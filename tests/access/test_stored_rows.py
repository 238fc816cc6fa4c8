"""Stored rows: encrypted words can be decrypted only in the row and column they were encrypted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from tests.toolbox.clock import MOMENT

KEY = b"k" * 32
REQUESTS = StoredRows(tables.requests, "asked_at")


@pytest.fixture
def database(settings: Callable[..., Settings]) -> Iterator[sa.Engine]:
    engine = open_database(settings())
    with transaction(engine) as connection:
        connection.execute(tables.cases.insert().values(id="dover", key_sealed=b"x", created_at=MOMENT))
    yield engine
    engine.dispose()


def test_words_open_only_in_their_own_row_and_column(database: sa.Engine) -> None:
    about = {"kind": "seal", "case_id": "dover", "pseudonym": "S-1", "asked_by": "ann", "state": "asked"}
    first, second = (REQUESTS.add(database, KEY, **about, reason_sealed="Bo is in danger") for _ in range(2))
    row = REQUESTS.one(database, first)
    assert row is not None
    assert b"danger" not in row.reason_sealed
    assert REQUESTS.words(KEY, row, "reason_sealed") == "Bo is in danger"
    assert REQUESTS.words(KEY, row, "answer_sealed") == ""
    for target, column in ((second, "reason_sealed"), (first, "answer_sealed")):
        moved = tables.requests.update().where(tables.requests.c.id == target)
        with transaction(database) as connection:
            connection.execute(moved.values({column: row.reason_sealed}))
        with pytest.raises(OperatorError, match="cannot open"):
            REQUESTS.words(KEY, REQUESTS.one(database, target), column)
