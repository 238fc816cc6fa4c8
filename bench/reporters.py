"""Compare methods to combine several reporters: `python -m bench.reporters`.

In worlds of each author other than this project, reported links, and hubs among people, are ranked by

- *union*: every link that any source asserts; *intersection*: links that at least two sources assert;
- *majority*: sources that assert a link minus sources that deny it, divided by all sources that mention one of its
  ends. Here and in the next two methods, the silence of these sources counts against the link;
- *Dawid-Skene*: how often each source asserts true and false links, and how likely each link is, estimated together by
  expectation-maximisation (Dawid & Skene 1979, Maximum likelihood estimation of observer error-rates);
- *reliability*: reports are Poisson counts with the product of a source's reliability and a link's strength as mean,
  gamma priors, fitted by coordinate ascent. This is the model of De Bacco, Contisciani, Cardoso-Silva, Safdari, Lima
  Borges, Sweet & Young (2023, Latent network models to account for noisy, multiply reported social network data), for
  directed links of several kinds and without its term for mutual links;
- *ours*: belief (`graphsvc.analysis.claims.belief`), with chances fitted on all authors but the one judged; for hubs,
  the score, with weights fitted in the same way.

The other methods rank hubs by the sum of a person's values over the links in which they arrange or direct. Then, for
several sorts of link, our belief is compared with the share of true links. Worlds without a list of true links are used
for hubs only.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import rankdata

from bench import fit_beliefs, fit_weights
from bench.case_folder import Case
from bench.left_out import author_means, but, by_others
from bench.worlds import FALSE_SHARES, FAMILIES, case
from graphsvc.analysis.claims.belief import LinkFigures, link_table
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.claims.roles import BEHIND
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.ranking.additive import ScoreWeights
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.records.relations import LinkKey

OURS = "ours"
_BEHIND = "who arranges or directs"
_TRIED = 6
_BINS = 10
# Number of rounds; on every world used for fitting, both methods are then stable to the third digit.
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Reports:
    """Sources and the links that they assert or deny.

    Attributes:
        keys: the links.
        asserts: links x sources: 1 if the source asserts the link. `denies`: 1 if it denies the link. `could`: 1 if it
            mentions one of the link's ends.
    """

    keys: list[LinkKey]
    asserts: csr_array
    denies: csr_array
    could: csr_array


def reports(world: Case) -> Reports:
    """Collect the reports of each source of a world."""
    claims = [claim for claim in world.claims if claim.asserts or claim.denies]
    keys = sorted({claim.key for claim in claims if claim.asserts})
    place = {key: number for number, key in enumerate(keys)}
    names = sorted({claim.source or claim.statement for claim in claims})
    source_of = {name: number for number, name in enumerate(names)}
    cells: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    speaks: dict[str, set[int]] = defaultdict(set)
    for claim in claims:
        source = source_of[claim.source or claim.statement]
        speaks[claim.subject].add(source)
        speaks[claim.object].add(source)
        if claim.key in place:
            cells[claim.denies].add((place[claim.key], source))
    could = {(number, source) for key, number in place.items() for source in speaks[key[0]] | speaks[key[2]]}
    return Reports(keys, *(_matrix(pairs, len(keys), len(names)) for pairs in (cells[False], cells[True], could)))


def _matrix(cells: set[tuple[int, int]], rows: int, columns: int) -> csr_array:
    row, column = np.array(sorted(cells), dtype=np.int64).reshape(-1, 2).T
    return csr_array((np.ones(len(row)), (row, column)), shape=(rows, columns))


def majority(report_table: Reports) -> Floats:
    """Return, of the sources that could report each link, the share that assert it minus the share that deny it."""
    return np.asarray(
        (report_table.asserts.sum(axis=1) - report_table.denies.sum(axis=1))
        / np.maximum(report_table.could.sum(axis=1), 1)
    )


def dawid_skene(report_table: Reports) -> Floats:
    """Estimate how likely each link is, 0 to 1, and how often each source reports true links and false links."""
    could, asserts = report_table.could, report_table.asserts
    silent = could - could.multiply(asserts)
    likely = np.clip(majority(report_table), 0.05, 0.95)
    for _ in range(_ROUNDS):
        right = (asserts.T @ likely + 1) / (could.T @ likely + 2)
        wrong = (asserts.T @ (1 - likely) + 1) / (could.T @ (1 - likely) + 20)
        odds = asserts @ (np.log(right) - np.log(wrong)) + silent @ (np.log1p(-right) - np.log1p(-wrong))
        so = (likely.sum() + 1) / (len(likely) + 2)
        likely = 1 / (1 + np.exp(-np.clip(odds + np.log(so / (1 - so)), -30, 30)))
    return np.asarray(likely)


def reliability(report_table: Reports) -> Floats:
    """Estimate the strength of each link; reports of reliable sources count more."""
    could, heard = report_table.could, report_table.asserts.sum(axis=1)
    report_counts = np.asarray(report_table.asserts.sum(axis=0))
    strength = np.asarray(heard + 0.1) / np.maximum(could.sum(axis=1), 1)
    for _ in range(_ROUNDS):
        reliable = (report_counts + 1) / (could.T @ strength + 1)
        strength = np.asarray(heard + 0.1) / (could @ reliable + 1)
    # The model itself has no denials; here, a denial lowers a link as much as an assertion raises it.
    result: Floats = strength - np.asarray(report_table.denies @ reliable / (could @ reliable + 1))
    return result


@dataclass(frozen=True, slots=True)
class Judged:
    """Results of every method on one world.

    Attributes:
        family: family of the world.
        true: whether each link is true; empty if not known.
        sorts: sort of link, in words → whether each link is of that sort.
        values: method → value of each link; for our method, its belief.
        hubs: method → average precision and AUC of its ranking of hubs.
    """

    family: str
    true: Bools
    sorts: dict[str, Bools]
    values: dict[str, Floats]
    hubs: dict[str, tuple[float, float]]


def judge(task: tuple[tuple[str, int, float], ScoreWeights, fit_beliefs.Chances]) -> Judged:
    """Rank the links and the people of one world by every method."""
    world_key, score_weights, chances = task
    weights = fit_beliefs.weights_with(chances)
    world = case(*world_key)
    report_table = reports(world)
    table = link_table(world.claims, world.dependence, weights)
    values = {
        "union": np.ones(len(report_table.keys)),
        "intersection": (report_table.asserts.sum(axis=1) > 1).astype(float),
        "majority": majority(report_table),
        "Dawid-Skene": dawid_skene(report_table),
        "reliability": reliability(report_table),
        OURS: np.array([table[key].belief for key in report_table.keys]),
    }
    sorts = _sorts(world, report_table.keys, table)
    hubs = {
        name: _hubs(_sum_by_subject(report_table.keys, sorts[_BEHIND], value), world.planted_people)
        for name, value in values.items()
    }
    ranking = rank(world.claims, world.persons, world.dependence, weights=weights, score_weights=score_weights)
    hubs[OURS] = _hubs({lead.id: lead.score for lead in ranking.leads}, world.planted_people)
    listed = fit_beliefs.truth(world)
    true = [(key in listed[0]) == listed[1] for key in report_table.keys] if listed else []
    return Judged(world_key[0], np.array(true, dtype=bool), sorts, values, hubs)


def _sorts(world: Case, keys: Sequence[LinkKey], table: Mapping[LinkKey, LinkFigures]) -> dict[str, Bools]:
    recorded = {claim.key for claim in world.claims if claim.asserts and claim.source_kind == "record"}
    record = np.array([key in recorded for key in keys], dtype=bool)
    behind = np.array([key[1] in BEHIND for key in keys], dtype=bool)
    groups = np.array([table[key].groups for key in keys])
    other_sources = np.array([table[key].other_sources for key in keys])
    lone = (groups == 1) & (other_sources == 0)
    return {
        "all": np.ones(len(keys), dtype=bool),
        "no record": ~record,
        "one group of witnesses alone": lone,
        _BEHIND: behind,
        "who arranges or directs, no record": behind & ~record,
        "who arranges or directs, one group of witnesses alone": behind & lone,
        "who arranges or directs, one report alone": behind & ~record & (groups == 0) & (other_sources == 1),
    }


def _sum_by_subject(keys: Sequence[LinkKey], behind: Bools, values: Floats) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for number in np.flatnonzero(behind).tolist():
        total[keys[number][0]] += float(values[number])
    return total


def _hubs(scores: Mapping[str, float], planted: measures.Planted) -> tuple[float, float]:
    figures = measures.mean_figures(scores, planted)
    return figures["average precision"], figures["AUC"]


def auc(true: Bools, values: Floats) -> float:
    """Return the chance that a true link has a higher value than a false one; ties count half. NaN without either."""
    so = int(true.sum())
    if so in (0, len(true)):
        return math.nan
    return float((rankdata(values)[true].sum() - so * (so + 1) / 2) / (so * (len(true) - so)))


def average_precision(true: Bools, values: Floats) -> float:
    """Return the average precision of links, with ties in a fixed random order; NaN without true or false links."""
    if true.all() or not true.any():
        return math.nan
    luck = np.random.default_rng(0).random(len(true))
    ranked = true[np.lexsort((luck, -values))]
    return float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean())


def off(belief: Floats, true: Floats | Bools) -> float:
    """Return the mean difference between belief and share of true links, over bins weighted by number of links."""
    place = np.minimum((belief * _BINS).astype(int), _BINS - 1)
    sums = np.bincount(place, belief, _BINS) - np.bincount(place, np.asarray(true, dtype=float), _BINS)
    return float(np.abs(sums).sum() / len(belief))


def judge_methods(
    fitted: int = fit_beliefs.FITTED, tried: int = _TRIED, false_share: float = FALSE_SHARES[1]
) -> list[Judged]:
    """Try every method on worlds of every author but this project; our method is fitted on the other authors.

    Args:
        fitted: number of worlds of each family used to fit beliefs.
        tried: number of worlds of each family to try.
        false_share: share of false statements.
    """
    voices, belief_worlds = fit_weights.worlds(), fit_beliefs.worlds(fitted)
    authors = sorted({FAMILIES[name].author for name in by_others()})
    fits = {
        author: (fit_weights.fit(but(voices, author)), fit_beliefs.fit(but(belief_worlds, author)))
        for author in authors
    }
    to_judge = [
        ((name, seed, false_share), *fits[FAMILIES[name].author])
        for name in by_others()
        for seed in FAMILIES[name].tried[:tried]
    ]
    with ProcessPoolExecutor() as processes:
        return list(processes.map(judge, to_judge))


def of_authors(values: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return the mean over authors (see `author_means`), and the mean of the worst author."""
    means = [mean for mean in author_means(values).values() if not math.isnan(mean)]
    return measures.mean(means), min(means)


def show(every: Sequence[Judged]) -> None:
    """Print average precision and AUC of each method, then how far our belief differs from the truth by sort of link."""
    telling = [judgement for judgement in every if len(judgement.true)]
    print(f"{'':>14}{'links AP':>10}{'AUC':>7}{'behind AP':>11}{'AUC':>7}{'hubs AP':>9}{'AUC':>7}{'worst AP':>10}")
    for method in every[0].values:
        figures = []
        for sort in ("all", _BEHIND):
            for measure in (average_precision, auc):
                values = [(judgement.family, measure(judgement.true[judgement.sorts[sort]], judgement.values[method][judgement.sorts[sort]])) for judgement in telling]  # fmt: skip
                figures.append(of_authors(values)[0])
        hubs, worst = of_authors([(judgement.family, judgement.hubs[method][0]) for judgement in every])
        of_hubs = of_authors([(judgement.family, judgement.hubs[method][1]) for judgement in every])[0]
        print(f"{method:>14}{figures[0]:>10.3f}{figures[1]:>7.3f}{figures[2]:>11.3f}{figures[3]:>7.3f}{hubs:>9.3f}{of_hubs:>7.3f}{worst:>10.3f}")  # fmt: skip
    print(f"\n{'ours, by sort of link':<52}{'links':>8}{'true':>6}{'AUC':>7}{'worst':>7}{'off':>7}")
    for sort in telling[0].sorts:
        rows = _pool(telling, sort)
        discriminates, worst = of_authors([(family, auc(true, belief)) for family, true, belief in rows])
        wrong = of_authors([(family, off(belief, true)) for family, true, belief in rows])[0]
        so = of_authors([(family, float(true.mean())) for family, true, _ in rows])[0]
        size = sum(len(true) for _, true, _ in rows)
        print(f"{sort:<52}{size:>8,}{so:>6.2f}{discriminates:>7.3f}{worst:>7.2f}{wrong:>7.3f}")


def _pool(every: Sequence[Judged], sort: str) -> list[tuple[str, Bools, Floats]]:
    """Return (family, truth, belief) for links of a sort; worlds are pooled, as a single one has few such links."""
    families: dict[str, list[Judged]] = defaultdict(list)
    for judgement in every:
        families[judgement.family].append(judgement)
    return [
        (
            family,
            np.concatenate([judgement.true[judgement.sorts[sort]] for judgement in judgements]),
            np.concatenate([judgement.values[OURS][judgement.sorts[sort]] for judgement in judgements]),
        )
        for family, judgements in families.items()
        if any(judgement.sorts[sort].any() for judgement in judgements)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tried", type=int, default=_TRIED, help="worlds of each family to try on (%(default)s)")
    parser.add_argument("--false", type=float, default=FALSE_SHARES[1], help="share of false statements (%(default)s)")
    options = parser.parse_args()
    show(judge_methods(tried=options.tried, false_share=options.false))


if __name__ == "__main__":
    main()
