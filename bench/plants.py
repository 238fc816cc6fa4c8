"""Whether a few planted records push a hub out of the first ten: `python -m bench.plants`.

Register entries and staged seizures are cheap for people who can pay. In worlds of every author other than this
project, up to four hubs of the first ten get three records of one kind. The table shows how many of them then rank
below tenth place, by the score and by the plain regressions of `bench.plain`, all fitted on the other authors. Each
record is from a different register, so each counts. Do not use these worlds to choose a design that they will judge.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bench import fit_weights
from bench.case_folder import Case
from bench.left_out import SCORE, but, by_others
from bench.plain import Plain, fit, sums
from bench.worlds import FAMILIES, case, usual_share
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.ranking.additive import ScoreWeights
from graphsvc.analysis.ranking.candidates import split_people
from graphsvc.analysis.ranking.hubs import rank

_PLANTED, _FIRST, _HUBS = 3, 10, 4
_FALSE_SHARE = 0.2
_FITTED, _TRIED = 8, 2
# Planted record → (relation, whether the hub is its subject, kind of the other end).
PLANTS = {
    "steered a boat": ("PILOTED", True, "crossing"),
    "helped aboard": ("ASSISTED", True, "crossing"),
    "crossed": ("CROSSED_ON", True, "crossing"),
    "drove passengers": ("TRANSPORTED", True, "carried"),
    "housed passengers": ("HOUSED", True, "carried"),
    "served passengers": ("SERVED", True, "carried"),
    "served others": ("SERVED", True, "person"),
    "managed a workplace": ("MANAGED", True, "workplace"),
    "worked somewhere": ("WORKED_AT", True, "workplace"),
    "took orders": ("DIRECTED", False, "person"),
    "was paid": ("PAID", False, "person"),
    "was seen with others": ("CONTACTED", True, "person"),
}


def with_plants(invented_case: Case, hub: str, plant: str) -> Case:
    """Return the case with three planted records of one kind about a hub, or fewer if there are too few other ends."""
    relation, is_subject, far = PLANTS[plant]
    far_ends = _ends(invented_case, far, hub)[:_PLANTED]
    model = replace(
        invented_case.claims[0],
        relation=relation,
        polarity="asserts",
        status="active",
        source_kind="record",
        source_grade="1",
        assessment="A",
        interest="",
    )
    planted: list[Claim] = []
    for number, far_end in enumerate(far_ends):
        kind = "person" if far in ("person", "carried") else far
        ends = (hub, far_end, "person", kind) if is_subject else (far_end, hub, kind, "person")
        subject, target, subject_kind, object_kind = ends
        planted.append(
            replace(
                model,
                id=f"planted {number}",
                statement=f"planted {number}",
                source=f"planted register {number}",
                subject=subject,
                object=target,
                subject_kind=subject_kind,
                object_kind=object_kind,
            )
        )
    return replace(invented_case, claims=[*invented_case.claims, *planted])


def _ends(invented_case: Case, far: str, hub: str) -> list[str]:
    """Return the entities of a kind without the hub, those with the most claims first."""
    carried = split_people(invented_case.claims, invented_case.persons)[1]
    known: Counter[str] = Counter()
    for claim in invented_case.claims:
        for name, kind in ((claim.subject, claim.subject_kind), (claim.object, claim.object_kind)):
            if kind == "person":
                kind = "carried" if name in carried else "person"
            if kind == far and name != hub:
                known[name] += 1
    return [name for name, _ in known.most_common()]


def places(invented_case: Case, models: Mapping[str, Plain | ScoreWeights]) -> Iterator[tuple[str, str, bool]]:
    """Yield (method, kind of planted record, whether it pushed the hub out of the first ten) for each hub tried."""
    for method, model in models.items():
        scores = _scores(invented_case, model)
        for hub in [name for name in _first(scores, invented_case) if name in invented_case.planted_people.hubs][
            :_HUBS
        ]:
            for plant in PLANTS:
                again = with_plants(invented_case, hub, plant)
                yield method, plant, hub not in _first(_scores(again, model), again)


def _scores(invented_case: Case, model: Plain | ScoreWeights) -> dict[str, float]:
    if isinstance(model, ScoreWeights):
        ranking = rank(invented_case.claims, invented_case.persons, invented_case.dependence, score_weights=model)
        return {lead.id: lead.score for lead in ranking.leads}
    world = sums(invented_case)
    return dict(zip(world.ids, model.score(world).tolist(), strict=True))


def _first(scores: Mapping[str, float], invented_case: Case) -> list[str]:
    ranked = sorted(invented_case.planted_people.candidates & scores.keys(), key=lambda name: (-scores[name], name))
    return ranked[:_FIRST]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fitted", type=int, default=_FITTED, help="worlds of each family to fit the regressions on")
    parser.add_argument("--tried", type=int, default=_TRIED, help="worlds of each family to plant records in")
    options = parser.parse_args()
    worlds = {
        name: [sums(case(name, seed, usual_share(seed))) for seed in family.fitted[: options.fitted]]
        for name, family in FAMILIES.items()
    }
    voices = fit_weights.worlds(count=options.fitted)
    out: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for author in sorted({FAMILIES[name].author for name in by_others()}):
        other_worlds = but(worlds, author)
        models: dict[str, Plain | ScoreWeights] = {
            SCORE: fit_weights.fit(but(voices, author)),
            "one step": fit(other_worlds),
            "two steps": fit(other_worlds, steps=2),
        }
        for name in by_others():
            if FAMILIES[name].author == author:
                for seed in FAMILIES[name].tried[: options.tried]:
                    for method, plant, is_out in places(case(name, seed, _FALSE_SHARE), models):
                        out[method, plant].append(is_out)
    methods = list(dict.fromkeys(method for method, _ in out))
    print(f"{'three records that they':<24}" + "".join(f"{method:>14}" for method in methods))
    for plant in PLANTS:
        cells = (f"{sum(out[method, plant])} of {len(out[method, plant])}" for method in methods)
        print(f"{plant:<24}" + "".join(f"{cell:>14}" for cell in cells))


if __name__ == "__main__":
    main()
