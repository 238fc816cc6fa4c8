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
# How a source relates to a person their claim is about, strongest first: if several apply, the first is shown.
INTERESTS = MappingProxyType(
    {
        "rival": "the source, or a gang of theirs, is said to be a rival",
        "accuser": "the one named accuses the source",
        "owes": "the source is said to owe",
        "owed": "the source is said to be owed",
    }
)
HANDLING = MappingProxyType({"P": "lawful sharing permitted", "C": "sharing permitted with conditions"})
# Handling code → its value for a claim that reveals who a sealed person is: readers need source clearance too.
RESERVED = MappingProxyType({"P": "PS", "C": "CS"})

# Meaning of an empty cell: the cautious reading.
DEFAULT_SOURCE_GRADE = "2"
DEFAULT_ASSESSMENT = "D"
DEFAULT_HANDLING = "C"


def at_least(source_grade: str, assessment: str) -> list[str]:
    """Return the combined grades (`1A`) that are at least as good as a source grade and an assessment.

    An empty argument sets no condition; with both empty the list is empty.

    Example:
        >>> at_least("1", "B"), len(at_least("2", "")), at_least("", "")
        (['1A', '1B'], 10, [])

    Raises:
        ValueError: an argument is not a grade.
    """
    if not source_grade and not assessment:
        return []
    sources, assessments = list(SOURCE_GRADES), list(ASSESSMENTS)
    sources = sources[: sources.index(source_grade) + 1] if source_grade else sources
    assessments = assessments[: assessments.index(assessment) + 1] if assessment else assessments
    return [source + letter for source in sources for letter in assessments]


def handling_of(code: str) -> str:
    """Return the handling code of a claim from its value in the graph, which may be one of `RESERVED`.

    Example:
        >>> handling_of("CS"), handling_of("P")
        ('C', 'P')
    """
    return code.removesuffix("S")


def stricter(*codes: str) -> str:
    """Return the strictest of some handling codes: anything derived from a C statement is C.

    Example:
        >>> stricter("P", "C")
        'C'
    """
    return "C" if "C" in codes else "P"
