"""People who may be at risk at a place, ordered by signs of risk, never by usefulness.

A sign is an allegation, not a finding: that a person was coerced or abandoned, moved after a closure, owes money to the
people who run the place, or lives under their control. Age is not among the signs: a person who is under 18, or whose
age is disputed, is shown by a pseudonym, and only the vault has the age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from graphsvc.analysis.displacement.cohorts import Whereabouts
from graphsvc.analysis.displacement.flows import Departure
from graphsvc.analysis.displacement.stays import ABANDONED, CONTROLS, LEAST, LIVED, MANAGED

COERCED, OWES = "COERCED", "OWES"
# Sign of risk → its words, gravest first.
SIGNS_OF_RISK = MappingProxyType(
    {
        "coerced": "said to be coerced",
        "abandoned": "said to be abandoned",
        "moved": "moved together with others after a place closed",
        "housed": "lives where whoever runs the place has a hand",
        "owes": "owes whoever runs the place",
        "came": "came after another place closed",
    }
)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A person at a place, with the signs of risk reported about them, gravest first (`SIGNS_OF_RISK`).

    Attributes:
        contested: signs for which every link is denied, or contested for this reader.
    """

    person: str
    signs: tuple[str, ...]
    contested: tuple[str, ...] = ()


def at_risk(known: Whereabouts, place: str, lefts: Iterable[Departure], few_below: int = 0) -> list[AtRisk]:
    """Return the people said to be at a place, sorted by their number of signs of risk, then by the gravest sign.

    If fewer than `few_below` people came from a place, their move does not count as a sign: the list would disclose
    their number and names.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie
        >>> told = ["p1 WORKED_AT w2", "p2 WORKED_AT w2", "boss COERCED p2", "boss CONTROLS w2", "p1 OWES boss"]
        >>> known = whereabouts([WorkPlace("w2")], [WorkTie(*text.split(), 0.7) for text in told])
        >>> at_risk(known, "w2", [])
        [AtRisk(person='p2', signs=('coerced',), contested=()), AtRisk(person='p1', signs=('owes',), contested=())]
    """
    # Person → sign → whether every link that shows it is denied.
    signs: dict[str, dict[str, bool]] = {stay.person: {} for stay in known.at.get(place, ()) if stay.belief >= LEAST}

    def add(person: str, sign: str, *, denied: bool = False) -> None:
        signs[person][sign] = denied and signs[person].get(sign, True)

    controllers: dict[str, set[str]] = defaultdict(set)
    for tie in known.ties:
        if tie.relation in (CONTROLS, MANAGED) and tie.holds:
            controllers[tie.object].add(tie.subject)
    running = controllers[place]
    for tie in known.ties:
        if not tie.holds:
            continue
        if tie.relation in (COERCED, ABANDONED) and tie.object in signs:
            add(tie.object, "coerced" if tie.relation == COERCED else "abandoned", denied=tie.denied)
        elif tie.relation == OWES and tie.subject in signs and tie.object in running:
            add(tie.subject, "owes", denied=tie.denied)
        elif tie.relation == LIVED and tie.subject in signs and running & controllers.get(tie.object, set()):
            add(tie.subject, "housed", denied=tie.denied)
    for left in lefts:
        together = any(excess.together and excess.place == place for excess in left.test.places)
        went = [became.person for became in left.cohort.went if became.following and became.following.place == place]
        if len(went) < few_below:
            continue
        for person in went:
            if person in signs:
                add(person, "moved" if together else "came")
    order = list(SIGNS_OF_RISK)
    rows = [
        AtRisk(person, tuple(gravest), tuple(sign for sign in gravest if person_signs[sign]))
        for person, person_signs in signs.items()
        for gravest in [sorted(person_signs, key=order.index)]
    ]
    return sorted(rows, key=lambda row: (-len(row.signs), [order.index(sign) for sign in row.signs], row.person))
