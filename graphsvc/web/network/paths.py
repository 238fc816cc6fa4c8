"""Paths between chosen people, step by step with their sources; the canvas reads them from the JSON twin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.coarsened import STEPS
from graphsvc.records.numbers import real
from graphsvc.service import answers, limits
from graphsvc.views import wording
from graphsvc.web.frame import answer, at, page, wants_json

blueprint = Blueprint("paths", __name__, url_prefix="/case/<case>/network")

# Minimum ends of a search; a search for paths from witness statements needs only one.
_ENDS = 2
# Words for kinds of link outside the operation.
BESIDE_WORDS = {
    "presence": "on the same boat, at the same place",
    "service": "lawful service",
    "family": "family",
    "identity": "said to be the same person",
    "own": "the deliverer's own",
}


@blueprint.app_context_processor
def _choices() -> dict[str, Any]:
    """Give templates the options of finding paths."""
    return {
        "PATHS": {"besides": BESIDE_WORDS, "longest": limits.LONGEST_PATH, "usual": limits.USUAL_STEPS, "steps": STEPS}
    }


@page(blueprint, "/paths", look="analyse", query="=paths", first="from", other="to")
def ways(case: str) -> ResponseReturnValue:
    """Show the paths that the URL requests or, with too few ends, only the form."""
    session = at(case)
    session.require("analyse")
    ends, wanted = _read_search()
    to_one = wanted["kind"] == "accounts"
    # If an end is missing, the page has a field for it, but a JSON request gets an error.
    enough = len(ends) >= (1 if to_one else _ENDS) or (bool(ends) and wants_json())
    traced = session.network.paths.find(ends, **wanted) if enough else None
    return answer(
        "paths/page.html",
        case=session.case,
        ends=ends,
        boxes=ends if enough else [*ends, "", ""][:_ENDS],
        asked=wanted,
        kinds={word: says for word, says in limits.PATH_KINDS.items() if word != "accounts" or session.grant.sources},
        between=_rows(session.case, traced, in_steps=not session.grant.sources) if traced else [],
        names=traced.names if traced else {},
        cut=bool(traced and traced.cut),
        most=limits.MOST_PATHS,
        to_one=to_one,
    )


def _read_search() -> tuple[list[str], dict[str, Any]]:
    """Return the ends and the options of the search, as arguments of `network.paths.find`."""
    args = request.args
    ends = [end.strip() for name in ("from", "to") for end in args.getlist(name) if end.strip()]
    return ends, {
        "kind": args.get("kind") or "shortest",
        "steps": _whole("steps", limits.USUAL_STEPS),
        "most": _whole("most", limits.USUAL_PATHS),
        "avoiding": [line.strip() for text in args.getlist("avoid") for line in text.splitlines() if line.strip()],
        "relations": [relation for relation in args.getlist("relation") if relation],
        "besides": [kind for kind in args.getlist("besides") if kind],
        "least": _share("least"),
        "recorded": args.get("recorded") == "yes",
    }


def _whole(name: str, usual: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise RequestError(f"In the address, {name} takes a whole number, not {text[:40]!r}.")
    return int(text)


def _share(name: str) -> float:
    text = request.args.get(name, "")
    try:
        return real(text) if text else 0.0
    except ValueError:
        raise RequestError(f"In the address, {name} takes a number from 0 to 1, not {text[:40]!r}.") from None


def _rows(case: str, traced: answers.ShownPaths, *, in_steps: bool) -> list[dict[str, Any]]:
    """Convert the paths found to rows with words and URLs."""
    return [
        {
            "first": pair.first,
            "second": pair.second,
            "ways": [_way(case, way, traced.names, in_steps=in_steps) for way in pair.ways],
            "more": pair.more,
            "over": pair.over,
        }
        for pair in traced.between
    ]


def _way(case: str, way: answers.ShownPath, names: dict[str, tuple[str, str]], *, in_steps: bool) -> dict[str, Any]:
    return {
        "nodes": way.nodes,
        "belief": way.belief,
        "believed": wording.belief_told(way.belief) if in_steps else wording.belief(way.belief),
        "weakest": way.weakest if len({round(step.belief, 2) for step in way.steps}) > 1 else None,
        "group": way.group,
        "source": way.source,
        "statement": way.statement,
        "picture": url_for("network.view", case=case, add=list(way.nodes)),
        "steps": [
            {
                "subject": step.subject,
                "relation": step.relation,
                "object": step.object,
                "says": wording.claim(_step_claim(step.subject, step.relation, step.object, names)),
                "belief": step.belief,
                "others": step.others,
                "asserting": step.asserting,
                "denying": step.denying,
                "contested": step.contested,
                "link": url_for(
                    "network.link", case=case, subject=step.subject, relation=step.relation, object=step.object
                ),
            }
            for step in way.steps
        ],
    }


def _step_claim(subject: str, relation: str, target: str, names: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {
        "subject": subject,
        "subject_name": names[subject][0],
        "subject_kind": names[subject][1],
        "relation": relation,
        "object": target,
        "object_name": names[target][0],
        "object_kind": names[target][1],
    }
