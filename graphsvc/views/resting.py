"""Words for the evidence, kinds of source, statements and grades that a lead rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from graphsvc.records.numbers import count
from graphsvc.records.relations import says
from graphsvc.records.statement_kinds import OPEN_ITEMS, STATEMENT_KINDS
from graphsvc.views.denials import denial
from graphsvc.views.wording import voices

# Evidence other than witnesses, in the words that a list of leads uses for what half of a score depends on.
_OF_NO_WITNESS = (*(f"one {item}" for item in OPEN_ITEMS), "one other source")
_SOURCES = MappingProxyType({name: kind.sources for name, kind in STATEMENT_KINDS.items()} | {"denied": "denials"})
# A source that is not reliable; information that is not known to be true, or suspected to be false.
_POOR_SOURCES, _POOR_ASSESSMENTS = ("3",), ("D", "E")


def rests(on: str, groups: int | str | None = None) -> str:
    """Say which evidence half of a score depends on; empty if it depends on no single item.

    Args:
        on: the evidence, in the words of a list of leads.
        groups: number of groups of witnesses whose statements raise the lead. If it is 0, witnesses matter only through
            what they say about others, whose links then count for more or less. None if unknown.

    Example:
        >>> rests("one record, one statement"), rests("")
        ('rests on one record, one statement', '')
        >>> rests("one witness", 0)
        'rests on one witness, indirectly'
    """
    if not on:
        return ""
    return f"rests on {on}{_through(groups) if on not in _OF_NO_WITNESS else ''}"


def found_through_text(groups: int | str) -> str:
    """Say that a person is among the first fifty only because of witness statements.

    Args:
        groups: number of groups of witnesses whose statements raise the lead.

    Example:
        >>> found_through_text(2), found_through_text(0)
        ('found through witnesses', 'found through witnesses, indirectly')
    """
    return f"found through witnesses{_through(groups)}"


def _through(groups: int | str | None) -> str:
    return ", indirectly" if groups == 0 else ""


def poorly_graded(share: float, score: float, source_grade: str, assessment: str) -> str:
    """Return the grade of a poorly graded claim that alone carries at least half of a score; else an empty text.

    Example:
        >>> poorly_graded(2.5, 4.0, "2", "D"), poorly_graded(2.5, 4.0, "2", "C"), poorly_graded(1.0, 4.0, "3", "E")
        ('half of it graded 2D', '', '')
    """
    poor = source_grade in _POOR_SOURCES or assessment in _POOR_ASSESSMENTS
    return f"half of it graded {source_grade}{assessment}" if poor and score > 0 and 2 * share >= score else ""


# Lowest of the top ranks, and lowest of the ranks worth a look.
_FIRST, _NEXT = 10, 40


def band(best: int | None, worst: int | None) -> str:
    """Describe a range of ranks in words.

    Example:
        >>> [band(*ranks) for ranks in ((1, 8), (5, 28), (50, 90), (3, 57), (None, None))]
        ['among the first 10', 'among the first 40', 'after the first 40', 'uncertain', 'not told']
    """
    if best is None or worst is None:
        return "not told"
    if worst <= _NEXT:
        return f"among the first {_FIRST if worst <= _FIRST else _NEXT}"
    return f"after the first {_NEXT}" if best > _NEXT else "uncertain"


def made_of(relation: str, end: str, by_kind: Mapping[str, float | None]) -> str:
    """Name a relation and the kinds of source that report it, with the share of each in a score if known.

    Args:
        relation: name of the relation.
        end: `to` if the lead is its subject, `by` if its object.
        by_kind: kind of source, or `denied` → share.

    Example:
        >>> made_of("ORGANISED", "to", {"witness": 3.316, "intelligence": 2.2})
        'organised: witnesses +3.32, reports +2.20'
        >>> made_of("DIRECTED", "by", {"witness": None, "record": None})
        'somebody gave instructions to them: witnesses, records'
    """
    words = says(relation)
    phrase = f"somebody {words} them" if end == "by" else words.removesuffix(" on").removesuffix(" to")
    kinds = (_SOURCES[kind] if share is None else f"{_SOURCES[kind]} {share:+.2f}" for kind, share in by_kind.items())
    return f"{phrase}: {', '.join(kinds)}"


def summary(
    lead: str, claims: Iterable[Mapping[str, Any]], groups: int | str, other_sources: int, denied: int | str = 0
) -> str:
    """Say in one sentence what a person is said to have done, most often said first, and who says so; may be empty.

    Args:
        lead: id of the person.
        claims: the claims that raise the score: `subject`, `subject_name`, `relation`, `object` and `object_kind`.
        groups: number of groups of witnesses whose statements raise the score.
        other_sources: number of other sources that do.
        denied: number of claims that deny any of it, or `contested`.

    Example:
        >>> claim = {"subject": "p1", "subject_name": "Ann", "relation": "ORGANISED", "object_kind": "crossing"}
        >>> summary("p1", [claim | {"object": "c1"}, claim | {"object": "c2"}, claim | {"object": "c1"}], 1, 2, 1)
        'According to 1 independent group of witnesses and 2 other sources, Ann organised 2 crossings. Some of it is denied by 1.'
    """
    done: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for claim in claims:
        if claim["subject"] == lead:
            done[claim["subject_name"] or lead, claim["relation"], claim["object_kind"]].append(claim["object"])
    often = sorted(done.items(), key=lambda item: -len(item[1]))
    acts = [f"{says(relation)} {count(len({*objects}), kind)}" for (_, relation, kind), objects in often]
    if not acts:
        return ""
    (name, _, _), _ = often[0]
    listed = f"{', '.join(acts[:-1])}{' and ' if acts[1:] else ''}{acts[-1]}"
    against = f" Some of it is {denial(denied)}." if denied else ""
    return f"According to {voices(groups, other_sources)}, {name} {listed}.{against}"
