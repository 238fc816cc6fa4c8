from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

from graphsvc.analysis.ranking.ingredients import FAMILIES, FAMILY_OF, family
from graphsvc.analysis.ranking.structure import contacts, positions
from graphsvc.records import cells, dates, lines, numbers
from graphsvc.records.coarsened import MIDDLES
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import SHIPPED
from graphsvc.views import charts, fields, linked, loading, resting, sentences, wording
from graphsvc.views.forms.anx import STRENGTHS

STATIC = Path(wording.__file__).parents[1] / "web" / "static"


@pytest.mark.parametrize(
    ("on", "groups", "words"),
    [
        ("one witness", 2, "rests on one witness"),
        ("one witness", "few", "rests on one witness"),
        ("few statements", 0, "rests on few statements, indirectly"),
        ("one record", 0, "rests on one record"),
        ("", 0, ""),
    ],
)
def test_whom_no_witness_raises_rests_on_witnesses_through_accounts_of_others(
    on: str, groups: int | str, words: str
) -> None:
    assert resting.rests(on, groups) == words


def test_whom_no_witness_raises_is_surfaced_through_accounts_of_others() -> None:
    assert [resting.found_through_text(groups) for groups in (0, 1, "few")] == [
        "found through witnesses, indirectly",
        "found through witnesses",
        "found through witnesses",
    ]


@pytest.mark.parametrize(
    ("share", "source_grade", "assessment", "words"),
    [
        (2.0, "2", "D", "half of it graded 2D"),
        (2.0, "3", "A", "half of it graded 3A"),
        (4.0, "1", "E", "half of it graded 1E"),
        (2.0, "2", "C", ""),
        (1.9, "2", "D", ""),
        (2.0, "", "", ""),
    ],
)
def test_one_claim_of_a_poor_grade_that_carries_half_of_a_score_is_said_to(
    share: float, source_grade: str, assessment: str, words: str
) -> None:
    assert resting.poorly_graded(share, 4.0, source_grade, assessment) == words
    assert resting.poorly_graded(share, -4.0, source_grade, assessment) == ""


@pytest.mark.parametrize(
    "module",
    [cells, charts, dates, fields, lines, linked, loading, numbers, sentences, wording],
    ids=lambda module: module.__name__,
)
def test_examples_in_docstrings_hold(module: object) -> None:
    tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried.attempted > 0
    assert tried.failed == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "asserted by nothing that counts"),
        (0.0, "weakly supported (0.00)"),
        (0.5, "more likely than not (0.50)"),
        (0.65, "supported (0.65)"),
        (1.0, "well supported (1.00)"),
    ],
)
def test_belief_in_words_at_its_bounds(value: float | None, words: str) -> None:
    assert wording.belief(value) == words


def test_a_denial_is_told_as_one() -> None:
    row = {"subject": "P1", "relation": "PILOTED", "object": "X1", "polarity": "denies", "from_on": None, "to_on": None}
    assert wording.claim(row) == "P1 did not, it is said: piloted X1"


def test_crossings_in_sentences_bear_their_date_in_words() -> None:
    row = {
        "subject_name": "Ash",
        "subject_kind": "person",
        "relation": "ORGANISED",
        "object_name": "2020-05-08T04:30Z, Dunkirk",
        "object_kind": "crossing",
    }
    assert wording.claim(row) == "Ash organised 8 May 2020, 04:30 UTC, Dunkirk"


def test_relations_of_the_deliverer_s_own_read_as_words() -> None:
    assert wording.verb("X_SOLD_PHONE_TO") == "sold phone to"


def test_a_step_of_belief_is_worded_alike_wherever_it_stands() -> None:
    for middle, words in zip(MIDDLES.values(), wording.RANGES.values(), strict=True):
        assert wording.belief_told(middle).endswith(f", {words}")
        assert wording.belief_range(middle) == words
    assert [name for name, _ in STRENGTHS.values()] == [f"Belief {words}" for words in wording.RANGES.values()]


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        (loading.chart_read(3, 0, 1), "; 3 of them bear grades of 3x5x2, which are kept. 1 is left out because"),
        (loading.chart_read(0, 2, 2), "2 items (text, pictures) say nothing of anybody and are not read. 2 are left"),
        (
            loading.cancelled_sentences("load", new=True),
            "Nothing was loaded, and no case was made. The upload waits on the page Import.",
        ),
        (loading.failed_sentences("preview", recorded=True, new=True), "correct the file and choose it again."),
        (
            loading.failed_sentences("load", recorded=True, new=True),
            "the next load or start of the service completes it.",
        ),
        (loading.failed_sentences("undo", recorded=False, new=False), "The case is as it was."),
        (loading.job_title("undo", "done", 2, committed=True), "Delivery 2 is taken back"),
        (loading.job_title("withdraw", "done", 332974926, committed=True), "The waiting statement is taken back"),
        (loading.job_title("load", "done", 2, committed=False), "Nothing was loaded"),
        (loading.job_title("load", "interrupted", None, committed=False), "Interrupted"),
        (loading.rewritten("accounts", managed=True), "All accounts that waited"),
        (loading.rewritten("seal", managed=True), "nothing from before is in its files."),
        (loading.rewritten("erase", managed=False), "drop the old one, and delete backups."),
        (sentences.recall(2), "2 exports that were given show somebody"),
        (sentences.changed_links_sentence(2, "C"), "2 links are not as they were, as handling C tells them."),
        (
            sentences.no_way(over=True, besides=False),
            "Narrow it: fewer steps, a least belief, only the record, or leave",
        ),
        (sentences.no_way(over=False, besides=False), "Links of presence, service and family were left out."),
        (sentences.moved_by(1, 12), "(1 claim): rank 12 without"),
        (resting.made_of("MANAGED", "to", {"record": -0.5, "denied": 0.25}), "managed: records -0.50, denials +0.25"),
        (
            resting.made_of("OWES", "by", {"witness": None, "intelligence": None}),
            "somebody owes them: witnesses, reports",
        ),
        (sentences.invented_sentence(2), "2 agreeing invented accounts, by witnesses with nothing"),
        (sentences.place(1, 2, 1, 3, in_steps=True), "what few witnesses say of one person, is left out; 1 to 3"),
        (sentences.place(None, None, None, None, in_steps=True), "not told"),
        (sentences.if_checked(1, 4), "Rank about 1 if it is so, about 4 without it."),
        (sentences.safe(0, None, 5, by_source=True, earlier=False), "Nothing in it rests on a witness."),
        (
            sentences.safe(3, 7, 5, by_source=False, earlier=True),
            "Nobody: 5 people or more could have known all of it.",
        ),
        (sentences.unsafe(0, by_source=False, earlier=True), "told all of it. It goes only if a supervisor"),
        (
            sentences.peak(2, 0, 0, "May 2020", 2),
            "Most: 2 crossings, May 2020. 2 with a less precise date are in no bar.",
        ),
    ],
)
def test_sentences_say_what_is_told(words: str, fragment: str) -> None:
    assert fragment in words


def test_scripts_have_the_words_of_the_pages() -> None:
    """Scripts in the browser write some counts and sentences themselves."""
    script = (STATIC / "words.js").read_text("utf-8")

    def table(name: str) -> dict[str, str]:
        (body,) = re.findall(rf"const {name} = {{(.*?)}};", script, re.DOTALL)
        return dict(re.findall(r'(\w+): "([^"]*)"', body))

    assert table("MANY") == dict(numbers.MANY)
    assert f'NARROW = "{sentences.NARROW}"' in script


def test_every_part_of_a_grading_has_words() -> None:
    assert set(wording.WEIGHED) == {section for section, *_ in SHIPPED.rows()} - set(STATEMENT_KINDS)


def test_every_share_of_a_score_has_words_and_a_colour() -> None:
    alone = positions(contacts(np.array([0]), np.array([1]), 2))
    assert set(wording.INGREDIENTS) == {*FAMILIES, "only_carried", *alone, "roles"}
    colours = (STATIC / "graphsvc.css").read_text("utf-8")
    assert {*wording.INGREDIENTS} <= set(re.findall(r"^\.share-(\w+) {", colours, re.MULTILINE))


# Relation → its word in the ingredients of a score: first for the person acting, then for the person acted on.
_SAID_OF = {
    "ORGANISED": "organises", "SUPPLIED": "supplies", "RUNS": "runs", "CONTROLS": "controls", "PAID": "pays", "OWES": "owes",
    "PILOTED": "pilots", "ASSISTED": "assists", "MANAGED": "manages", "SERVED": "serves",
    "TRANSPORTED": "drives", "HOUSED": "houses", "DIRECTED": "gives orders", "RECRUITED": "recruits", "COERCED": "forces",
}  # fmt: skip
_DONE_TO = {
    "DIRECTED": "directed", "RECRUITED": "recruited", "COERCED": "forced", "TRANSPORTED": "driven", "HOUSED": "housed", "PAID": "paid",
    "OWES": "owed", "SERVED": "served",
}  # fmt: skip


def test_what_is_said_of_a_share_names_every_relation_that_has_one() -> None:
    """Otherwise a person who was only housed would be described as taking orders, which no one said."""
    assert {*_SAID_OF} == {*FAMILY_OF}
    for end, words in (("to", _SAID_OF), ("by", _DONE_TO)):
        for relation, word in words.items():
            assert word in wording.INGREDIENTS[family(relation, end)][1], (relation, end)
