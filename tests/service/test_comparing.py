"""Rankings compared with planted truth: a folder is ranked as the service ranks it, and a perfect ranking scores 1."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.vault import pseudonym
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.errors import InputError, RequestError
from graphsvc.service import Service
from graphsvc.service.evaluation import comparison, invented, ranking_file, simulated_cases
from graphsvc.service.evaluation.comparison import CHANCE, GIVEN, HALVED, Compared
from graphsvc.simulate import simulate


def quiet(_done: int, _total: int, _what: str) -> None:
    pass


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("comparing")
    for seed in (1, 2, 3):
        simulate(folder / str(seed), seed=seed, people=180, hard=True)
    return [folder / str(seed) for seed in (1, 2, 3)]


@pytest.fixture(scope="module")
def compared_case(folders: list[Path]) -> Compared:
    return comparison.compare(folders[:1], None, halves=2, progress=quiet)


def _value(compared: Compared, method: str, figure: str) -> comparison.Measure:
    return next(measure for measure in compared.measures if (measure.method, measure.figure) == (method, figure))


def _ranking(path: Path, truth: dict[str, Any]) -> Path:
    """Write a ranking that puts every hub first."""
    rows = [{"id": person, "score": float(person in truth["hubs"])} for person in truth["candidates"]]
    path.write_text(json.dumps({"case": "x", "verdict": "leads", "hubs": rows}), "utf-8")
    return path


@pytest.mark.neo4j
def test_a_folder_is_ranked_as_the_service_ranks_it_once_it_is_loaded(
    service: Service, folders: list[Path], case: str
) -> None:
    loader = accounts.list_accounts(service.database)[0]
    session = service.session(loader, "tests", case)
    session.deliveries.load(folders[0], quiet)
    served = service.session(loader, "tests", case).leads.ranking()
    trial = simulated_cases.read(folders[0])
    tried = rank(trial.claims, trial.persons, trial.dependence)
    key = service.register.key(case, create=False)
    # In the service, sealed people have pseudonyms for ids. Everybody else has the same id in both.
    known = {name: lead for lead in tried.leads for name in (lead.id, pseudonym(key, "person", lead.id))}
    both = [lead for lead in served.leads if lead.id in known]
    # The service leaves children out of its list; a trial ranks everyone.
    assert len(both) == len(served.leads)
    assert {lead.id for lead in tried.leads} - {known[lead.id].id for lead in both} <= _children(folders[0])
    for lead in both:
        mine = known[lead.id]
        assert (lead.groups, lead.other_sources, lead.denied) == (mine.groups, mine.other_sources, mine.denied)
    # If two cells claim a person equally, the order of ids decides, and pseudonyms change that order.
    assert sum(lead.score == known[lead.id].score for lead in both) > 0.9 * len(both)
    figures = invented.evaluate(service.session(loader, "tests", case), folders[0] / "truth.json")
    assert figures["candidates"] == len(trial.planted_people.candidates)


def test_a_trial_is_the_same_every_time(folders: list[Path]) -> None:
    first, second = (simulated_cases.read(folders[0]) for _ in range(2))
    claims = [[(*claim.key, claim.polarity, claim.status) for claim in trial.claims] for trial in (first, second)]
    assert claims[0] == claims[1]
    scores = [
        [(lead.id, lead.score) for lead in rank(trial.claims, trial.persons, trial.dependence).leads]
        for trial in (first, second)
    ]
    assert scores[0] == scores[1]
    assert set(first.witness_of.values()) == set(first.truth["witnesses"])


def test_one_case_every_method_with_intervals_over_candidates(compared_case: Compared) -> None:
    assert compared_case.sampled == "candidates"
    assert compared_case.cases == ["1"]
    methods = list(dict.fromkeys(measure.method for measure in compared_case.measures))
    assert methods == [
        "graphsvc",
        "degree",
        "betweenness",
        "effective size",
        "PageRank",
        "PageRank from witnesses",
        "chance",
    ]
    for measure in compared_case.measures:
        assert math.isnan(measure.value) or 0 <= measure.low <= measure.high <= 1, measure
    assert 0.3 < _value(compared_case, CHANCE, "AUC").value < 0.7
    assert (
        _value(compared_case, "graphsvc", "average precision").value
        > _value(compared_case, CHANCE, "average precision").value
    )
    assert _value(compared_case, "graphsvc", HALVED).value > 0


@pytest.mark.slow(reason="scores several cases by every measure")
def test_several_cases_are_what_is_sampled(folders: list[Path]) -> None:
    seen: list[str] = []
    compared = comparison.compare(folders, None, halves=1, progress=lambda _done, _total, step: seen.append(step))
    assert (compared.sampled, compared.cases) == ("cases", ["1", "2", "3"])
    alone = [
        _value(comparison.compare([folder], None, halves=0, progress=quiet), "degree", "AUC").value
        for folder in folders
    ]
    together = _value(compared, "degree", "AUC")
    assert together.value == pytest.approx(sum(alone) / 3)
    assert min(alone) <= together.low < together.high <= max(alone)
    assert any(step.startswith("2 (2 of 3)") for step in seen)


def test_a_perfect_ranking_is_perfect(folders: list[Path], tmp_path: Path) -> None:
    truth = simulated_cases.read_truth(folders[0] / "truth.json")
    path = _ranking(tmp_path / "ranking.json", truth)
    compared = comparison.compare(folders[:1], path, halves=0, progress=quiet)
    assert compared.measures[0].method == GIVEN
    assert compared.unranked == 0
    for figure in ("average precision", "AUC", "R-precision"):
        measure = _value(compared, GIVEN, figure)
        assert (measure.value, measure.low, measure.high) == (1, 1, 1)
    assert not [measure for measure in compared.measures if measure.figure == HALVED]


def test_one_ranking_over_many_cases(folders: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "ranking.csv"
    lines = ["case,id,score", "elsewhere,p1,1"]
    for folder in folders:
        truth = simulated_cases.read_truth(folder / "truth.json")
        lines += [f"{folder.name},{person},{float(person in truth['hubs'])}" for person in truth["candidates"]]
    path.write_text("\n".join(lines), "utf-8")
    compared = comparison.compare(folders, path, halves=0, progress=quiet)
    assert (compared.unranked, compared.passed_over, compared.sampled) == (0, ["elsewhere"], "cases")
    assert compared.measures[0].method == GIVEN
    for figure in ("average precision", "AUC", "R-precision"):
        measure = _value(compared, GIVEN, figure)
        assert (measure.value, measure.low, measure.high) == (1, 1, 1)
    # Rows about other cases have no effect.
    alone = comparison.compare(folders[:1], path, halves=0, progress=quiet)
    assert (alone.unranked, alone.passed_over) == (0, ["2", "3", "elsewhere"])


def test_whoever_a_ranking_leaves_out_comes_last(folders: list[Path], tmp_path: Path) -> None:
    truth = simulated_cases.read_truth(folders[0] / "truth.json")
    path = tmp_path / "ranking.csv"
    path.write_text("id,score\n" + "".join(f"{person},1\n" for person in truth["helpers"]), "utf-8")
    compared = comparison.compare(folders[:1], path, halves=0, progress=quiet)
    assert compared.unranked == len(truth["candidates"]) - len(truth["helpers"])
    assert _value(compared, GIVEN, "helpers in the first 10").value == pytest.approx(min(1, len(truth["helpers"]) / 10))


def test_whoever_is_no_candidate_has_no_place_in_a_ranking(folders: list[Path], tmp_path: Path) -> None:
    """Only candidates of the planted truth are measured, so ranking passengers and strangers first costs nothing."""
    trial = simulated_cases.read(folders[0])
    outsiders = sorted({person.id for person in trial.persons} - trial.planted_people.candidates)
    assert len(outsiders) > 10
    order = [*sorted(trial.planted_people.hubs), *sorted(trial.planted_people.candidates - trial.planted_people.hubs)]
    compared = []
    for number, before in enumerate(([], [*outsiders, "stranger"])):
        path = tmp_path / f"{number}.csv"
        path.write_text("rank,id\n" + "".join(f"{n},{name}\n" for n, name in enumerate([*before, *order], 1)), "utf-8")
        compared.append(comparison.compare(folders[:1], path, halves=0, progress=quiet))
    assert compared[0].measures == compared[1].measures
    assert (compared[1].unranked, compared[1].candidates) == (0, len(order))
    assert _value(compared[1], GIVEN, "average precision").value == 1.0
    # Our own ranking lists some outsiders too: passengers linked to someone who plays a part.
    listed = {lead.id: lead.score for lead in rank(trial.claims, trial.persons, trial.dependence).leads}
    assert listed.keys() - trial.planted_people.candidates
    chosen = {name: score for name, score in listed.items() if name in trial.planted_people.candidates}
    assert measures.mean_figures(listed, trial.planted_people) == measures.mean_figures(chosen, trial.planted_people)


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("id,score\np1,2.5\np2,-1\n", {"p1": 2.5, "p2": -1}),
        ("p1,2.5\np2,1\n", {"p1": 2.5, "p2": 1}),
        ("\ufeffrank,id,name,score\r\n1,p1,Ash,0.25\r\n2,p2,,0.25\r\n", {"p1": -1, "p2": -2}),
        ("rank,id,score\n1,p1,0.25\n2,p2,0.25\nRanked on what you may see.,,\n", {"p1": -1, "p2": -2}),
        ('[{"id": "p1", "score": 1}, {"id": "p2", "score": 0.5, "more": [1]}]', {"p1": 1, "p2": 0.5}),
        ('{"hubs": [{"id": "p1", "rank": 1, "score": 1}]}', {"p1": -1}),
    ],
)
def test_rankings_are_read_as_they_come(tmp_path: Path, text: str, scores: dict[str, float]) -> None:
    path = tmp_path / "ranking"
    path.write_text(text, "utf-8")
    assert ranking_file.read(path) == {"": scores}


@pytest.mark.parametrize(
    "text",
    [
        "case,id,score\nworld,p1,2\nother,p1,1\n",
        "id,score,case\np1,2,world\np1,1,other\n",
        '[{"case": "world", "id": "p1", "score": 2}, {"case": "other", "id": "p1", "score": 1}]',
        '[{"case": "world", "hubs": [{"id": "p1", "score": 2}]}, {"case": "other", "hubs": [{"id": "p1", "score": 1}]}]',
    ],
)
def test_a_ranking_of_several_cases_says_which_row_is_of_which(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ranking"
    path.write_text(text, "utf-8")
    read = ranking_file.read(path)
    assert read == {"world": {"p1": 2}, "other": {"p1": 1}}
    assert ranking_file.of_folder(path, read, "world", alone=True) == {"p1": 2}
    assert ranking_file.of_folder(path, {"as it was loaded": {"p1": 2}}, "world", alone=True) == {"p1": 2}
    for cases, alone, message in (
        (read, True, "ranks nobody of 'third'. It ranks: other, world."),
        (read, False, "ranks nobody of 'third'"),
        ({"": {"p1": 2.0}}, False, "case='third'"),
        ({"world": {"p1": 2.0}}, False, "ranks nobody of 'third'"),
    ):
        with pytest.raises(InputError, match=message):
            ranking_file.of_folder(path, cases, "third", alone=alone)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "ranks nobody"),
        ("id,score\n", "ranks nobody"),
        ("id,score\np1,many\n", "line 2: takes an id"),
        ("id,score\np1,nan\n", "line 2: takes an id"),
        ("id,score\np1,1\np1,2\n", "line 3: 'p1' is ranked twice"),
        ("id,name\np1,Ash\n", "line 2: takes an id"),
        ("rank,id,score\n1,,\n", "line 2: takes an id"),
        ("rank,id,score\n,,\n", "line 2: takes an id"),
        ("{", "is no JSON"),
        ('{"leads": []}', "takes a list of persons"),
        ('[{"case": "world", "hubs": 3}, {"hubs": []}]', "takes a list of persons"),
        ('[{"case": 3, "hubs": [{"id": "p1", "score": 1}]}]', "entry 1: takes the name of a case as text, not 3"),
        ("case,id,score\nw,p1,1\nw,p1,2\n", "line 3: 'p1' is ranked twice in w"),
        ("[1]", "takes a list of persons"),
        ('[{"id": 3, "score": 1}]', "entry 1: takes an id"),
        ('[{"id": "p1", "score": true}]', "entry 1: takes an id"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_ranking_is_refused_by_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ranking"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        ranking_file.read(path)


def test_a_ranking_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "ranking").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as text"):
        ranking_file.read(tmp_path / "ranking")
    with pytest.raises(InputError, match="cannot be read as text"):
        ranking_file.read(tmp_path / "nowhere")


def test_wrong_requests(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="Name one or several case folders"):
        comparison.compare([], None, progress=quiet)
    with pytest.raises(RequestError, match="no two that are called alike"):
        comparison.compare([folders[0], folders[0]], tmp_path / "ranking", progress=quiet)
    (tmp_path / "ranking").write_text("id,score\nP0001,1\n", "utf-8")
    with pytest.raises(InputError, match="rows that name no case"):
        comparison.compare(folders[:2], tmp_path / "ranking", progress=quiet)
    with pytest.raises(RequestError, match="halves is -1"):
        comparison.compare(folders[:1], None, halves=-1, progress=quiet)
    with pytest.raises(InputError, match=r"truth\.json is no truth\.json of an invented case"):
        comparison.compare([tmp_path], None, progress=quiet)
    nobody = json.dumps({key: [] for key in ("hubs", "leaders", "brokers", "helpers", "candidates")})
    numbers = json.dumps({key: [1] for key in ("hubs", "leaders", "brokers", "helpers", "candidates")})
    minimal = {"hubs": ["P1"], "candidates": ["P1"]}
    for wrong in ("[]", "{}", "[" * 100_000, nobody, numbers, json.dumps(minimal | {"helpers": "P1"})):
        (tmp_path / "truth.json").write_text(wrong, "utf-8")
        with pytest.raises(InputError, match="no truth"):
            comparison.compare([tmp_path], None, progress=quiet)


@pytest.fixture
def faulty(folders: list[Path], tmp_path: Path) -> Path:
    """A folder with rows that loading rejects."""
    folder = tmp_path / "case"
    shutil.copytree(folders[0], folder)
    kin = {"subject_id": "P0001", "relation": "RELATED_TO", "object_id": "P0002", "statement_id": "S00001"}
    more: dict[str, list[dict[str, str]]] = {
        "links.csv": [
            kin | {"relation": "RUNS", "object_id": "nobody"},
            kin | {"relation": "DIRECTED", "object_id": "P9999"},
            kin | {"notes": "as cousins"},
            kin | {"notes": "as neighbours"},
        ],
        "people.csv": [{"name": "Nobody"}, {"id": "P9999", "sealed": "maybe"}],
    }
    for name, cells in more.items():
        with (folder / name).open("r+", encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
            file.seek(0, io.SEEK_END)
            csv.DictWriter(file, columns, restval="").writerows(cells)
    return folder


def test_rows_that_loading_leaves_out_are_left_out_in_the_same_words(
    folders: list[Path], faulty: Path, service: Service, case: str
) -> None:
    loader = accounts.list_accounts(service.database)[0]
    loaded = service.session(loader, "tests", case).deliveries.load(faulty, quiet, dry_run=True)
    assert sorted(row.file for row in loaded.rejections) == ["links.csv"] * 3 + ["people.csv"] * 2
    assert any(row.cause for row in loaded.rejections), "what refers to a row left out is told so"
    whole, rest = simulated_cases.read(folders[0]), simulated_cases.read(faulty)
    assert rest.rejections == loaded.rejections
    added = Counter(claim.key for claim in rest.claims) - Counter(claim.key for claim in whole.claims)
    assert list(added.elements()) == [("P0001", "RELATED_TO", "P0002")]
    alone = comparison.compare([faulty], None, halves=0, progress=quiet)
    assert alone.left_out == [str(row) for row in loaded.rejections]
    several = comparison.compare([faulty, folders[1]], None, halves=0, progress=quiet)
    assert several.left_out == [f"case: {row}" for row in loaded.rejections]


def test_what_the_truth_does_not_tell_is_not_known(faulty: Path) -> None:
    """The truth of other authors' worlds only lists the hubs."""
    truth = simulated_cases.read_truth(faulty / "truth.json")
    (faulty / "truth.json").write_text(json.dumps({name: truth[name] for name in ("hubs", "candidates")}), "utf-8")
    compared = comparison.compare([faulty], None, halves=0, progress=quiet)
    for figure in ("helpers in the first 10", "leaders in the first tenth", "brokers in the first tenth"):
        measure = _value(compared, "graphsvc", figure)
        assert all(map(math.isnan, (measure.value, measure.low, measure.high)))
    assert _value(compared, "graphsvc", "AUC").value > 0


def test_the_picture_has_a_panel_for_each_figure(compared_case: Compared) -> None:
    drawn = comparison.picture(compared_case)
    for measure in compared_case.measures:
        assert f">{measure.figure}</text>" in drawn
        assert f">{measure.method}</text>" in drawn


def _children(folder: Path) -> set[str]:
    """Ids of the people of a folder who are under 18 today, or of disputed age."""
    with (folder / "people.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["id"] for row in csv.DictReader(file) if row["age_disputed"] == "yes" or row["date_of_birth"] > "2002"
        }
