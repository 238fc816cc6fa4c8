"""Properties of real reporting that the family `reported` has and older families lack."""

from __future__ import annotations

import dataclasses

import pytest

from bench.reporting import Reporting, reporting
from bench.worlds import FAMILIES, case


def measure(family: str) -> Reporting:
    """Measure the reporting in a family's worlds that are not used for fitting, with a fifth of statements false."""
    return reporting([case(family, seed, 0.2) for seed in FAMILIES[family].tried])


@pytest.fixture(scope="module")
def family_figures() -> Reporting:
    statistics = measure("reported")
    for name, value in dataclasses.asdict(statistics).items():
        print(f"{name:>13} {value:.3f}")
    return statistics


def test_a_false_statement_is_as_long_as_a_true_one(family_figures: Reporting) -> None:
    assert abs(family_figures.false_claims - family_figures.true_claims) <= 1
    worlds = measure("worlds")
    assert worlds.false_claims - worlds.true_claims > 1


def test_a_lie_is_told_in_several_claims_of_one_statement(family_figures: Reporting) -> None:
    assert family_figures.repeated > 0.7


@pytest.mark.parametrize("grading", ["grade", "assessment", "directs"])
def test_gradings_of_witnesses_say_little(family_figures: Reporting, grading: str) -> None:
    assert 0.4 < getattr(family_figures, grading) < 0.6


def test_whoever_stands_higher_is_named_by_fewer(family_figures: Reporting) -> None:
    assert family_figures.leaders < family_figures.hubs < family_figures.others + 0.05
    close = measure("close")
    assert close.leaders > family_figures.leaders + 0.2
    assert close.hubs > close.others + 0.1


def test_registers_name_straw_owners_more_often_than_controllers(family_figures: Reporting) -> None:
    assert 0.05 < family_figures.controllers < 0.35
    # In the older families no register names a person who controls a workplace.
    assert measure("worlds").controllers == 0
