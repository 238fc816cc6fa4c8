from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from graphsvc.analysis.claims.belief import claim_belief, link_table
from graphsvc.analysis.examples import claim_from, people
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.errors import OperatorError
from graphsvc.records.grading import ASSESSMENTS, INTERESTS, SOURCE_GRADES
from graphsvc.records.relations import RELATIONS
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import CERTAIN, DENIED, LARGEST, OTHER, SHIPPED, read_weights


def table(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_table_weighs_every_part_of_a_grading_and_names_where_each_value_is_from() -> None:
    assert set(SHIPPED.witness_assessment) == set(SHIPPED.other_assessment) == set(ASSESSMENTS)
    assert set(SHIPPED.source_grade) == set(SOURCE_GRADES)
    assert set(SHIPPED.chances) == set(STATEMENT_KINDS)
    assert all(set(by_relation) == {*RELATIONS, OTHER, DENIED} for by_relation in SHIPPED.chances.values())
    assert all(0 < chance <= CERTAIN for by_relation in SHIPPED.chances.values() for chance in by_relation.values())
    assert set(SHIPPED.interest) == set(INTERESTS)
    assert all(origin.strip() for *_, origin in SHIPPED.rows())
    assert all(0 < value <= LARGEST and math.isfinite(value) for _, _, value, _ in SHIPPED.rows())


def test_a_table_of_ones_own_replaces_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    own = read_weights(table(tmp_path, '[record]\nfrom = "counted on closed cases"\nRUNS = 0.4\n'))
    assert own.chances["record"]["RUNS"] == 0.4
    assert own.chances["witness"] == SHIPPED.chances["witness"]
    assert own.origins["record.RUNS"] == "counted on closed cases"
    assert own.origins["witness.RUNS"] == SHIPPED.origins["witness.RUNS"]
    assert own.digest != SHIPPED.digest


def test_the_same_values_are_the_same_table_wherever_they_come_from(tmp_path: Path) -> None:
    value = SHIPPED.source_grade["1"]
    own = read_weights(table(tmp_path, f'[source_grade]\nfrom = "elsewhere"\n1 = {value}\n'))
    assert own.digest == SHIPPED.digest == read_weights().digest


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [
        (
            "[interest]\nrivla = 2.0\n",
            "key interest.rivla (value 2.0) is unknown; [interest] takes rival, owes, owed, accuser",
        ),
        ("[kinds]\nrecord = 2.0\n", "key kinds (value {'record': 2.0}) is no section; there are witness"),
        ("record = 3\n", "key record (value 3) is no section"),
        ("[record]\nRUNS = 1\n", "key record.RUNS (value 1) takes a number above 0 and no more than 0.999"),
        ("[other_assessment]\nE = 0\n", "key other_assessment.E (value 0) takes a number above 0"),
        ("[other_assessment]\nE = -0.3\n", "key other_assessment.E (value -0.3) takes a number above 0"),
        ("[other_assessment]\nE = inf\n", "key other_assessment.E (value inf) takes a number above 0"),
        ("[other_assessment]\nE = nan\n", "key other_assessment.E (value nan) takes a number above 0"),
        ("[other_assessment]\nE = 1e300\n", "no more than 1000"),
        ("[other_assessment]\nE = true\n", "key other_assessment.E (value True) takes a number"),
        ('[other_assessment]\nE = "0.3"\n', "key other_assessment.E (value '0.3') takes a number"),
        ("[again]\nrepeated = 1.5\n", "key again.repeated (value 1.5) takes a number above 0 and no more than 1"),
        ("[record]\nfrom = 3\n", "key record.from (value 3) takes a text"),
        ("[record\n", "is no TOML"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_file_key_value_and_way_out(
    tmp_path: Path, text: str, said_of_it: str
) -> None:
    path = table(tmp_path, text)
    with pytest.raises(OperatorError, match=re.escape(said_of_it)) as refused:
        read_weights(path)
    assert str(path) in str(refused.value)
    assert "the shipped table" in str(refused.value)


def test_a_table_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"GRAPHSVC_GRADING names .*none\.toml, which cannot be read"):
        read_weights(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'[record]\nfrom = "\xe9"\n')
    with pytest.raises(OperatorError, match="which is no TOML"):
        read_weights(tmp_path / "latin.toml")


def test_beliefs_links_and_ranks_are_computed_with_the_table_they_are_given(tmp_path: Path) -> None:
    own = read_weights(
        table(tmp_path, "[witness]\nRUNS = 0.9\ndenied = 0.9\n[again]\nrepeated = 1.0\n[interest]\nrival = 0.5\n")
    )
    assert claim_belief("witness", "2", "C", "RUNS", weights=own) == pytest.approx(0.9)
    assert claim_belief("witness", "2", "C", "RUNS", "rival", own) == pytest.approx(4.5 / 5.5)
    claims = [claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1", id="again")]
    one_boat = {"s1": frozenset({"k"}), "s2": frozenset({"k"})}
    (figures,) = link_table(claims, one_boat, own).values()
    (shipped,) = link_table(claims, one_boat).values()
    assert figures.belief == pytest.approx(0.99)
    assert shipped.belief < 0.9
    cast = people("p1", "p2")
    # The score counts sources; the table defines how much a denial subtracts.
    claims.append(claim_from("s3: p1 not RUNS g1"))
    assert rank(claims, cast, {}, weights=own).leads[0].score < rank(claims, cast, {}).leads[0].score
