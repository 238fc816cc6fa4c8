"""Figures on help pages are those of the benchmarks."""

from __future__ import annotations

from bench.displacement import TASTES
from bench.surges import SORTS
from graphsvc.views.measured import read_figures


def test_calm_years_of_every_sort_have_at_most_two_false_alarms() -> None:
    rates = read_figures("surges")["false_alarms_a_year"]
    assert list(rates) == list(SORTS)
    assert max(rates.values()) <= 2


def test_chance_keeps_its_promise_wherever_the_free_like_to_go() -> None:
    figures = read_figures("displacement")
    for taste in TASTES:
        assert 0.02 <= figures[taste]["p_at_most_5_percent"] <= 0.06
        assert figures[taste]["found"] >= 0.8 * figures[taste]["visible"]
    calm, moved = figures["one hand, nobody moved"], figures["one hand, most moved"]
    assert calm["called"] <= 0.02 * calm["hands"]
    assert moved["called"] >= 0.4 * moved["hands"]
