"""Help pages: what the numbers mean and do not mean, and which role may do what."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import NotFound
from graphsvc.records import grading
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.views import linked, wording
from graphsvc.views.measured import read_figures
from graphsvc.web.frame import answer, home
from graphsvc.web.frame import page as register

blueprint = Blueprint("numbers", __name__)


# Topic (part of its URL, and name of its template) → title, in the order of the list.
TOPICS = MappingProxyType(
    {
        "lead": "Lead",
        "belief": "Belief",
        "score": "Score and rank",
        "ranked-on": "What a ranking is computed on",
        "holds": "How sure a rank is",
        "stages": "Stages",
        "groups": "Groups of witnesses",
        "accounts": "Witness statements, shown as one",
        "payments": "Payments, and their sums",
        "other": "Other sources",
        "record": "On the record",
        "witnesses": "Without witnesses",
        "denied": "Denied",
        "abstains": "No one stands out",
        "review": "Review of a lead",
        "readings": "Innocent readings",
        "questions": "Next best question",
        "sets": "Key players",
        "displacement": "Worker movements",
        "surges": "Surges",
        "linked": "Linked crossings",
        "taken-back": "Superseded and withdrawn",
        "grading": "Grading (3x5x2)",
        "weights": "What a single claim is worth",
        "interest": "Interest of the source",
        "handling": "Handling",
        "sealed": "Sealed persons",
    }
)


@register(blueprint, "/numbers")
def page() -> ResponseReturnValue:
    """List the topics; the JSON also contains the table of weights."""
    return answer("numbers/page.html", topics=dict(TOPICS), weights=_weights())


@register(blueprint, "/numbers/<name>")
def topic(name: str) -> ResponseReturnValue:
    """Explain one number or word that pages show."""
    if name not in TOPICS:
        raise NotFound(f"Nothing is explained under this address. {url_for('numbers.page')} lists what is.")
    return answer(
        "numbers/topic.html",
        name=name,
        topics=dict(TOPICS),
        ingredients={word: {"label": label, "means": means} for word, (label, means) in wording.INGREDIENTS.items()},
        sources=dict(grading.SOURCE_GRADES),
        assessments=dict(grading.ASSESSMENTS),
        handling_codes=dict(grading.HANDLING),
        kinds=list(STATEMENT_KINDS),
        chances=home().weights.chances,
        origins=list(dict.fromkeys((row[0], row[3]) for row in home().weights.rows() if row[0] in STATEMENT_KINDS)),
        weights=_weights(),
        surges=read_figures("surges"),
        displacement=read_figures("displacement"),
        few_below=home().settings.few_below,
        questions_most=home().settings.questions_most,
        linked_figures=linked.figure_rows(),
    )


def _weights() -> list[dict[str, Any]]:
    return [
        {"section": section, "name": name, "value": value, "from": origin}
        for section, name, value, origin in home().weights.rows()
    ]


@register(blueprint, "/roles")
def roles() -> ResponseReturnValue:
    """Show the table of roles that the gate uses."""
    return answer(
        "roles/table.html",
        actions=home().actions(),
        roles=[{"role": role, "is": says, "may": may} for role, says, may in home().roles()],
    )
