from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from graphsvc.views.charts import scale, stack, timeline


def crossing(day: str, people: int | None = None, date: str = "") -> dict[str, Any]:
    return {"day": dt.date.fromisoformat(day), "date": date or day, "people_count": people}


def test_no_crossing_gives_no_bar() -> None:
    chart = timeline([])
    assert (chart.bars, chart.peak, chart.ticks) == ([], None, [])


@pytest.mark.parametrize(
    ("last", "step", "when"),
    [
        ("2020-06-01", "day", "8 May 2020"),
        ("2021-05-08", "week", "week of 4 May 2020"),
        ("2024-01-01", "month", "May 2020"),
    ],
)
def test_the_step_follows_the_span(last: str, step: str, when: str) -> None:
    chart = timeline([crossing("2020-05-08"), crossing(last)])
    assert chart.step == step
    assert chart.bars[0].when == when


def test_bars_stand_in_proportion_and_inside_the_drawing() -> None:
    rows = [crossing("2020-05-08", 21), crossing("2020-05-08", 30), crossing("2020-05-10", None)]
    chart = timeline(rows, width=100, height=120)
    assert [(bar.count, bar.people) for bar in chart.bars] == [(2, 51), (1, 0)]
    assert chart.peak == chart.bars[0]
    assert [bar.height for bar in chart.bars] == [120, 60]
    for bar in chart.bars:
        assert 0 <= bar.x < bar.x + bar.width <= 100
        assert bar.y + bar.height == pytest.approx(120)


def test_an_imprecise_date_is_counted_and_said() -> None:
    coarse = [crossing("2020-05-01", date="2020-05"), crossing("2020-05-01", date="2020-05")]
    chart = timeline([*coarse, crossing("2020-05-08T04:30Z"[:10], date="2020-05-08T04:30Z")])
    assert [(bar.first, bar.count) for bar in chart.bars] == [("2020-05-08", 1)]
    assert (chart.undated, chart.peak) == (2, chart.bars[0])
    by_month = timeline([*coarse, crossing("2020-01-01", date="2020"), crossing("2024-01-01")])
    assert [(bar.first, bar.count) for bar in by_month.bars] == [("2020-05-01", 2), ("2024-01-01", 1)]
    assert by_month.undated == 1
    assert timeline(coarse).bars == []


def test_labels_have_room() -> None:
    rows = [crossing(f"{year}-{month:02d}-01") for year in range(2000, 2020) for month in range(1, 13)]
    assert 2 < len(timeline(rows).ticks) <= 7


def test_a_stack_ends_where_the_score_stands() -> None:
    bar = stack({"a": 2.0, "b": 1.0, "c": -0.5}, -1.0, 3.0, 80.0, recorded=1.5)
    assert bar.zero == 20
    assert [(part.name, part.x, part.width) for part in bar.segments] == [("a", 20, 40), ("b", 60, 20), ("c", 10, 10)]
    assert bar.total == 20 + 2.5 * 20
    assert bar.recorded == 50


def test_the_scale_of_nothing_can_be_drawn_on() -> None:
    assert stack({}, *scale([]), 80.0).segments == []
