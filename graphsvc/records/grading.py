"""3x5x2 grading of intelligence, as tables.

Source: College of Policing, Authorised Professional Practice on information management (intelligence report, 3x5x2).
"""

from __future__ import annotations

from types import MappingProxyType

SOURCE_GRADES = MappingProxyType({"1": "reliable", "2": "untested", "3": "not reliable"})
ASSESSMENTS = MappingProxyType(
    {
        "A": "known directly",
        "B": "known indirectly but corroborated",
        "C": "known indirectly",
        "D": "not known",
        "E": "suspected to be false",
    }
)
# What a source is to one whom their claim is about, strongest first: where several hold the first is told.
INTERESTS = MappingProxyType(
    {
        "rival": "the source, or a gang of theirs, is said to be a rival",
        "accuser": "the one named accuses the source",
        "owes": "the source is said to owe",
        "owed": "the source is said to be owed",
    }
)
HANDLING = MappingProxyType({"P": "lawful sharing permitted", "C": "sharing permitted with conditions"})
# Of a claim that says who somebody sealed is: told at its handling code, but to nobody without source clearance.
RESERVED = MappingProxyType({"P": "PS", "C": "CS"})

# What an empty cell means: the cautious reading.
DEFAULT_SOURCE_GRADE = "2"
DEFAULT_ASSESSMENT = "D"
DEFAULT_HANDLING = "C"


def at_least(source_grade: str, assessment: str) -> list[str]:
    """The grades at least as good as a source's and an assessment's, each as both together; an empty one asks nothing.

    Example:
        >>> at_least("1", "B"), len(at_least("2", "")), at_least("", "")
        (['1A', '1B'], 10, [])

    Raises:
        ValueError: it is no grade.
    """
    if not source_grade and not assessment:
        return []
    sources, assessments = list(SOURCE_GRADES), list(ASSESSMENTS)
    sources = sources[: sources.index(source_grade) + 1] if source_grade else sources
    assessments = assessments[: assessments.index(assessment) + 1] if assessment else assessments
    return [source + letter for source in sources for letter in assessments]


def handling_of(code: str) -> str:
    """The handling code of a claim as the graph holds it, reserved or not.

    Example:
        >>> handling_of("CS"), handling_of("P")
        ('C', 'P')
    """
    return code.removesuffix("S")


def stricter(*codes: str) -> str:
    """The strictest of some handling codes: what derives from a C statement is C.

    Example:
        >>> stricter("P", "C")
        'C'
    """
    return "C" if "C" in codes else "P"
