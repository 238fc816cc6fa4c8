"""Help pages: what the numbers mean and do not mean, and which role may do what."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from graphsvc.records import grading
from graphsvc.records.tables import STATEMENT_KINDS
from graphsvc.views import linked, wording
from graphsvc.views.measured import read_figures
from graphsvc.web.frame import answer, home
from graphsvc.web.frame import page as register

blueprint = Blueprint("numbers", __name__)


@register(blueprint, "/numbers")
def page() -> ResponseReturnValue:
    """Explain each number and word that pages show."""
    return answer(
        "numbers/page.html",
        ingredients={name: {"label": label, "means": means} for name, (label, means) in wording.INGREDIENTS.items()},
        sources=dict(grading.SOURCE_GRADES),
        assessments=dict(grading.ASSESSMENTS),
        handling_codes=dict(grading.HANDLING),
        kinds=list(STATEMENT_KINDS),
        chances=home().weights.chances,
        origins=list(dict.fromkeys((row[0], row[3]) for row in home().weights.rows() if row[0] in STATEMENT_KINDS)),
        weights=[
            {"section": section, "name": name, "value": value, "from": origin}
            for section, name, value, origin in home().weights.rows()
        ],
        surges=read_figures("surges"),
        displacement=read_figures("displacement"),
        few_below=home().settings.few_below,
        questions_most=home().settings.questions_most,
        linked_figures=linked.figure_rows(),
    )


@register(blueprint, "/roles")
def roles() -> ResponseReturnValue:
    """Show the role table, as the gate reads it."""
    return answer(
        "roles/table.html",
        actions=home().actions(),
        roles=[{"role": role, "is": says, "may": may} for role, says, may in home().roles()],
    )
