"""Filters and globals of templates, from `graphsvc.records` and `graphsvc.views`."""

from __future__ import annotations

from flask import Flask

from graphsvc.records import grading
from graphsvc.records.coarsened import SOME
from graphsvc.records.dates import clock, day, format_date, moment, stamp
from graphsvc.records.numbers import chance, count, plural, short
from graphsvc.records.relations import says
from graphsvc.service import limits
from graphsvc.views import loading, payments, resting, sentences, waits, wording
from graphsvc.views.behind import words as behind_words
from graphsvc.views.denials import denial
from graphsvc.web.rail import read_icon

_FILTERS = {
    "shown": format_date,
    "short": short,
    "chance": chance,
    "day": day,
    "moment": moment,
    "clock": clock,
    "stamp": stamp,
    "grade": wording.grade,
    "belief": wording.belief,
    "belief_told": wording.belief_told,
    "belief_short": wording.belief_short,
    "accounts": wording.accounts,
    "verb": wording.verb,
    "sentence": wording.claim,
    "amount": wording.amount,
    "begin": wording.begin,
    "who_did": behind_words.who_did,
    "label": wording.label,
    "title_of": wording.title,
    "value": wording.value,
}
_GLOBALS = {
    "count": count,
    "icon": read_icon,
    "plural": plural,
    "say": sentences,
    "band": resting.band,
    "loading": loading,
    "waits": waits,
    "MOST_ASKED": limits.MOST_STARTS,
    "UNTOLD": SOME,
    "RANGES": wording.RANGES,
    "SIGNS": wording.SIGNS,
    "kind_called": wording.kind,
    "of_kinds": wording.of_kinds,
    "KINDS": wording.KINDS,
    "STATEMENTS": wording.STATEMENTS,
    "STANDING": wording.STANDING,
    "says": says,
    "JUDGEMENTS": wording.JUDGEMENTS,
    "INGREDIENTS": wording.INGREDIENTS,
    "STAGES": wording.STAGES,
    "HANDLING": grading.HANDLING,
    "INTERESTED": wording.INTERESTED,
    "SHARED": wording.SHARED,
    "WEIGHED": wording.WEIGHED,
    "WEIGHED_NAMES": wording.WEIGHED_NAMES,
    "period": wording.period,
    "denial": denial,
    "voices": wording.voices,
    "voices_short": wording.voices_short,
    "rests_on": resting.rests,
    "surfaced_by": resting.found_through_text,
    "poorly_graded": resting.poorly_graded,
    "behind_words": behind_words,
    "sums_text": payments.sums_text,
    "is_pseudonym": wording.is_pseudonym,
}


def install(app: Flask) -> None:
    """Register the filters and globals with every template of an app."""
    app.jinja_env.filters.update(_FILTERS)
    app.jinja_env.globals.update(_GLOBALS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
