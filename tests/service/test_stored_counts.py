"""A stored column of numbers, read as a series."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from graphsvc.cases.stores.series_store import StoredSeries
from graphsvc.errors import RequestError
from graphsvc.service.surges.reference import of_stored


@pytest.mark.parametrize("number", [math.inf, 1e18, 0.5, -1.0])
def test_what_is_no_count_is_refused_and_other_columns_stay(number: float) -> None:
    stored = StoredSeries(
        "s1",
        "channel",
        "ana",
        dt.datetime(2020, 6, 1, tzinfo=dt.UTC),
        "P",
        ("id", "boats"),
        (),
        dt.date(2020, 5, 8),
        1,
        ((number, 1.0), (8.0, None)),
    )
    with pytest.raises(RequestError, match="'id' of 'channel' holds numbers that are no counts"):
        of_stored(stored)
    assert of_stored(stored, "boats")[0].counts == (8, None)
