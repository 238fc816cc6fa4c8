"""Surges on invented years and on the counts of the Channel: false alarms, doublings, lasting changes, 8 May 2020.

    python -m bench.surges --calm 1000 --planted 100 --cut 200
    python -m bench.surges --file ../shared/data/small_boats/daily.csv

A calm year has no surges, so every alarm is false. It follows one to three other years. For each series it is drawn how
often a count is above 0, and the mean, variation and season of such counts; `SORTS` add weekdays, weather and growth. A
doubling is planted on a day: from then on, the mean is twice as high. It is found if one of the first two days with a
count above 0 is an alarm.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import signal

from bench.measured import write_measured
from graphsvc.analysis.surges.alarms import alarm_tail, surges, watched_days
from graphsvc.analysis.surges.counts import YEAR, Series
from graphsvc.analysis.surges.expected import outlook
from graphsvc.analysis.surges.milestones import milestone
from graphsvc.analysis.surges.segments import segments

_YEAR = 365
_FIRST = dt.date(2017, 1, 2)
_MAY = dt.date(2020, 5, 8)
# Correlation of the weather from one day to the next.
_SPELL = 0.75
_MEANS, _DISPERSIONS = (5, 20, 50, 100, 300), (0.0, 0.02, 0.05, 0.1, 0.3, 0.6)


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of calm days. A value of None is drawn for each series.

    Attributes:
        weekday: standard deviation of weekdays, on the log scale. spells: strength of weather that lasts for some days.
        growth: growth a year. chance: probability of a count above 0. mean: mean of such counts. dispersion: their
            variation.
    """

    weekday: float = 0.0
    spells: float = 0.0
    growth: float = 0.0
    chance: float | None = None
    mean: float | None = None
    dispersion: float | None = None


SORTS = {
    "season": Sort(),
    "weekday": Sort(weekday=0.5),
    "weather spells": Sort(weekday=0.3, spells=1.0),
    "growth of 60 % a year": Sort(weekday=0.3, growth=0.6),
    "growth and weather spells": Sort(weekday=0.3, growth=0.6, spells=1.0),
    "days that vary much, in weather spells": Sort(weekday=0.3, spells=1.0, dispersion=0.9),
    "hardly anything": Sort(chance=0.15, mean=4.0),
}


def draw_series(rng: np.random.Generator, days: int, sort: Sort, twice: int = 0) -> Series:
    """Draw a series of days of one sort; its last `twice` days have twice the mean."""
    mean = sort.mean or float(np.exp(rng.uniform(0.4, 5)))
    chance = sort.chance or rng.uniform(0.2, 0.95)
    dispersion = rng.uniform(0.02, 0.6) if sort.dispersion is None else sort.dispersion
    years, weather = np.arange(days) / YEAR, _weather(rng, days)
    season = rng.uniform(0, 0.6) * np.sin(2 * np.pi * years + rng.uniform(0, 6.28))
    weekday = rng.normal(0, sort.weekday, 7)[np.arange(days) % 7]
    means = mean * np.exp(season + weekday + np.log1p(sort.growth) * years + 0.35 * sort.spells * weather)
    means[days - twice :] *= 2
    size = rng.poisson(rng.gamma(1 / dispersion, dispersion * means) if dispersion else means)
    odds = chance / (1 - chance) * np.exp(2 * sort.spells * weather)
    counts = np.where(rng.random(days) < odds / (1 + odds), np.maximum(size, 1), 0)
    return Series(_FIRST, tuple(map(int, counts)))


def _weather(rng: np.random.Generator, days: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Draw the weather of each day, with variance 1 and a correlation of .75 from one day to the next."""
    shocks = rng.normal(0, np.sqrt(1 - _SPELL**2), days)
    shocks[0] /= np.sqrt(1 - _SPELL**2)
    return np.asarray(signal.lfilter([1], [1, -_SPELL], shocks))


def calm(years: int, first: int) -> dict[str, float]:
    """Return sort → false alarms a year, in many calm years with seeds from `first` on."""
    rates = {}
    with ProcessPoolExecutor() as pool:
        for name, sort in SORTS.items():
            questions = ((seed, sort) for seed in range(first, first + years))
            alarms, runs = np.array(list(pool.map(_calm_year, questions, chunksize=10))).T
            rates[name] = round(float(np.mean(alarms)), 2)
            print(
                f"{years} calm years, {name}: {np.mean(alarms):.2f} false alarms a year (standard error"
                f" {np.std(alarms) / np.sqrt(years):.2f}), in {np.mean(runs):.2f} surges;"
                f" years with none {np.mean(runs == 0):.2f}, with more than two surges {np.mean(runs > 2):.2f}",
                flush=True,
            )
    return rates


def _calm_year(seed_and_sort: tuple[int, Sort]) -> tuple[int, int]:
    """Return the number of alarms and of surges in a calm year that follows one to three others."""
    seed, sort = seed_and_sort
    rng = np.random.default_rng([seed, 1])
    before = int(rng.integers(_YEAR, 3 * _YEAR))
    days = watched_days(draw_series(rng, before + _YEAR, sort), since=before)[0][before:]
    return sum(day.alarm for day in days), len(surges(days))


def planted_shares(worlds: int) -> dict[str, dict[str, float]]:
    """Return the share of doublings that are found, by mean and dispersion of the days before."""
    print(f"{worlds} doublings each, found within two active days; mean of an active day down, dispersion across")
    print("      " + "".join(f"{dispersion:8}" for dispersion in _DISPERSIONS))
    shares = {}
    for mean in _MEANS:
        row = [np.mean([_is_found(seed, mean, dispersion) for seed in range(worlds)]) for dispersion in _DISPERSIONS]
        shares[str(mean)] = {
            str(dispersion): round(float(share), 2) for dispersion, share in zip(_DISPERSIONS, row, strict=True)
        }
        print(f"{mean:6}" + "".join(f"{share:8.2f}" for share in row), flush=True)
    return shares


def _is_found(seed: int, mean: float, dispersion: float) -> bool:
    rng = np.random.default_rng([seed, 2])
    days, twice = 2 * _YEAR, 20
    series = draw_series(rng, days, Sort(chance=0.6, mean=mean, dispersion=dispersion), twice)
    counts = np.array(series.counts, float)
    active = [place for place in range(days - twice, days) if counts[place] > 0][:2]
    return bool(np.any(outlook(series, since=days - twice).at_least(counts)[active] <= alarm_tail(1)))


def cut(worlds: int) -> None:
    """Print how many calm series are wrongly cut into segments, and how many lasting doublings are dated within 61 days."""
    false = right = 0
    for seed in range(worlds):
        rng = np.random.default_rng([seed, 3])
        years = int(rng.integers(1, 5))
        false += len(segments(draw_series(rng, years * _YEAR, Sort()))) > 1
        later = segments(draw_series(rng, 3 * _YEAR, Sort(), twice=_YEAR))
        day = _FIRST + dt.timedelta(days=2 * _YEAR)
        right += any(abs((part.first - day).days) <= 61 for part in later[1:])
    print(
        f"{worlds} calm series of one to four years: {false / worlds:.3f} cut anywhere; doublings for good found: {right / worlds:.2f}",
        flush=True,
    )


def file(path: Path) -> None:
    """Print the records, the lasting changes, and 8 May 2020 judged on what was known the day before."""
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    first = dt.date.fromisoformat(rows[0]["date"])
    for column in (name for name in rows[0] if name != "date"):
        whole = Series(first, tuple(int(float(row[column] or 0)) for row in rows))
        start = next(place for place, count in enumerate(whole.counts) if count)
        series = Series(whole.day(start), whole.counts[start:])
        day = watched_days(series.until(_MAY))[0][-1]
        print(
            f"{column}: {day.count} on {day.day}, expected {day.mean:.1f}, once in twenty above {day.high}, alarm from {day.alarm_from}; p = {day.p:.4f}, alarm: {day.alarm}"
        )
        mark = milestone(series, _MAY)
        assert mark is not None
        print(f"  as many before: {mark.since}; more after: {mark.until}")
        days, _ = watched_days(series)
        yearly = {
            year: sum(day.alarm for day in days if day.day.year == year)
            for year in sorted({day.day.year for day in days})
        }
        print(f"  alarms by year: {yearly}; surges: {len(surges(days))}")
        parts = segments(whole)
        print(
            f"  change points: {len(parts) - 1}: {', '.join(f'{part.first} ({part.weekly:.1f} a week)' for part in parts)}",
            flush=True,
        )


def main() -> None:
    """Run the parts that the options request."""
    parser = argparse.ArgumentParser(prog="python -m bench.surges", description=__doc__.partition("\n")[0])
    parser.add_argument("--calm", type=int, default=0, help="so many calm years")
    parser.add_argument("--first", type=int, default=0, help="seed of the first calm year")
    parser.add_argument("--planted", type=int, default=0, help="so many doublings of each sort")
    parser.add_argument("--cut", type=int, default=0, help="so many series for lasting changes")
    parser.add_argument(
        "--file", type=Path, default=Path("../shared/data/small_boats/daily.csv"), help="daily counts of the Channel"
    )
    parser.add_argument("--write", action="store_true", help="write the figures that the help page prints")
    options = parser.parse_args()
    if options.file.is_file():
        file(options.file)
    else:
        print(f"{options.file} is not there: 8 May 2020 is left out. It is no part of the project.")
    if options.cut:
        cut(options.cut)
    shares = planted_shares(options.planted) if options.planted else {}
    rates = calm(options.calm, options.first) if options.calm else {}
    if options.write:
        run = {"first": options.first, "years": options.calm, "doublings": options.planted}
        write_measured("surges", {"false_alarms_a_year": rates, "doublings_found": shares, "run": run})


if __name__ == "__main__":
    main()
