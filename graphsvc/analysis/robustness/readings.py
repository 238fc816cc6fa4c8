"""Innocent readings: facts about a lead that would also fit a person who did nothing wrong.

Each reading is one small function from claims to a sentence with its numbers, or to nothing. Readings have no weight
and change no score; they are shown so that the person who decides has read them. Numbers count people and crossings,
never witnesses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.roles import ABOARD, COERCES, COMMANDS, HANDS_ON, ORDERS
from graphsvc.records.numbers import count
from graphsvc.records.relations import LinkKey, doing, those

# Relations that show that two people met; lawful service brings about all of them.
MEETS = frozenset(those(lambda relation: relation.met))
_SERVES, _KIN, _PAYS, _SAME = (doing(word) for word in ("serves", "is kin", "pays", "is the same"))
# Fewer people than this do not make a pattern.
FEWEST = 2
# Below this many people served, no occupation is inferred.
FEWEST_SERVED = 3


@dataclass(frozen=True, slots=True)
class InnocentReading:
    """One innocent reading.

    Attributes:
        name: name of the reading.
        text: a sentence with its numbers; it names no one.
        entities: ids of the people and things the text is about, sorted.
    """

    name: str
    text: str
    entities: tuple[str, ...]


def readings(
    lead: str,
    claims: Iterable[Claim],
    aboard: Iterable[Claim],
    raising: Collection[Claim] = (),
    interested: Collection[str] = (),
) -> list[InnocentReading]:
    """Return every innocent reading of one lead that the claims support.

    Args:
        lead: the person's id.
        claims: claims the reader may see, at least those about the person; folded claims are accepted.
        aboard: claims that put anyone on a crossing, at least for people that claims about the lead name.
        raising: claims that raise the lead's score (`ranking.leads.Explanation.supporting`).
        interested: sources with an interest noted in a statement; only for readers with source clearance.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = [claim_from("s1: p1 PILOTED c1"), claim_from("s2: p2 COERCED p1")]
        >>> [reading.name for reading in readings("p1", claims, claims)]
        ['coerced']

    Limits: finds only recorded facts. A lead without a reading is not thereby guilty, and a lead with one is not
    thereby innocent.
    """
    claims = list(claims)
    about = [claim for claim in claims if claim.asserts and lead in (claim.subject, claim.object)]
    everywhere = [claim for claim in aboard if claim.asserts and claim.relation in ABOARD]
    answers = [reading(lead, about) for reading in _ALONE]
    answers.append(serving(lead, about, {claim.key for claim in claims if claim.denies}))
    answers.append(one_crossing(lead, about, everywhere))
    answers.append(owing(raising, interested))
    return [reading for reading in answers if reading is not None]


def lawful_service(lead: str, about: Iterable[Claim]) -> InnocentReading | None:
    """Return the reading that at least half of the people a lead met are people they served lawfully.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = [claim_from(f"s1: p1 {verb} p{n}") for n in (2, 3) for verb in ("SERVED", "CONTACTED")]
        >>> lawful_service("p1", claims).text
        'Met 2 of the 2 people they are said to have met while serving them lawfully (interpreter, driver, doctor, landlord or adviser).'

    Limits: a lawful service can be a cover; says nothing about other events during the service.
    """
    about = list(about)
    met = _partners(lead, about, MEETS)
    both = met & _objects(lead, about, _SERVES)
    if len(both) < FEWEST or 2 * len(both) < len(met):
        return None
    return _reading(
        "served",
        f"Met {len(both)} of the {len(met)} people they are said to have met while serving them lawfully"
        " (interpreter, driver, doctor, landlord or adviser).",
        both,
    )


def serving(lead: str, about: Iterable[Claim], denied: Collection[LinkKey] = ()) -> InnocentReading | None:
    """Return the reading that a lead served people lawfully, whether or not a meeting is reported.

    Args:
        lead: the person's id.
        about: claims about the person.
        denied: links that a claim with weight denies; they are not counted.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> claims = [claim_from(f"s1: p1 SERVED p{number}") for number in range(2, 6)]
        >>> serving("p1", claims, {("p1", "SERVED", "p5")}).text
        'Is said to have served 3 people lawfully (interpreter, driver, doctor, landlord or adviser).'

    Limits: a lawful service can be a cover. One denial, of any grade, removes a person from the number.
    """
    people = _objects(lead, (claim for claim in about if claim.key not in denied), _SERVES)
    if len(people) < FEWEST_SERVED:
        return None
    return _reading(
        "serving",
        f"Is said to have served {_people(len(people))} lawfully (interpreter, driver, doctor, landlord or adviser).",
        people,
    )


def family(lead: str, about: Iterable[Claim]) -> InnocentReading | None:
    """Return the reading that some people a lead directed, paid, recruited or coerced are family.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> family("p1", [claim_from("s1: p1 PAID p2"), claim_from("s1: p1 PAID p3"), claim_from("s2: p2 RELATED_TO p1")]).text
        'Is family of 1 of the 2 people they are said to have directed, paid, recruited or coerced.'

    Limits: families run gangs as well.
    """
    about = list(about)
    named = _objects(lead, about, COMMANDS)
    kin = named & _partners(lead, about, _KIN)
    if not kin:
        return None
    return _reading(
        "family",
        f"Is family of {len(kin)} of the {_people(len(named))} they are said to have directed, paid, recruited or coerced.",
        kin,
    )


def paid_for_service(lead: str, about: Iterable[Claim]) -> InnocentReading | None:
    """Return the reading that everyone who paid a lead was also served by them.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> paid_for_service("p1", [claim_from("s1: p2 PAID p1"), claim_from("s2: p1 SERVED p2")]).text
        'Was paid only by people they also served lawfully (1 person).'

    Limits: does not know the purpose of a payment.
    """
    about = list(about)
    payers = {claim.subject for claim in about if claim.relation in _PAYS and claim.object == lead}
    if not payers or not payers <= _objects(lead, about, _SERVES):
        return None
    return _reading("paid", f"Was paid only by people they also served lawfully ({_people(len(payers))}).", payers)


def coercion(lead: str, about: Iterable[Claim]) -> InnocentReading | None:
    """Return the reading that a lead is reported to have done the work, and to have been coerced.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> coercion("p1", [claim_from("s1: p1 PILOTED c1"), claim_from("s2: p2 COERCED p1")]).entities
        ('c1', 'p2')

    Limits: does not show that the coercion was to do this work, and is not a view of the law. Section 45 of the Modern
    Slavery Act 2015 does not extend to the offences in its schedule 4, which include assisting unlawful immigration.
    """
    about = list(about)
    work = {claim.object for claim in about if claim.relation in HANDS_ON and claim.subject == lead}
    by = {claim.subject for claim in about if claim.relation in COERCES and claim.object == lead}
    if not work or not by:
        return None
    piloted = any(claim.relation == "PILOTED" and claim.subject == lead for claim in about)
    did = "Piloted" if piloted else "Did the work"
    return _reading(
        "coerced",
        f"{did} while said to have been coerced: may be a victim. A defence (Modern Slavery Act 2015, section 45; for what its"
        " schedule 4 leaves out, duress) is for a lawyer, a referral for a first responder.",
        work | by,
    )


def same_as(lead: str, about: Iterable[Claim]) -> InnocentReading | None:
    """Return the reading that a lead is reported to be the same person as another, so claims may be about either.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> same_as("p1", [claim_from("s1: p2 SAME_AS p1")]).text
        'Is said to be the same person as somebody else: a claim may be about either.'

    Limits: one person often has two records, and most such claims are correct.
    """
    identities = _partners(lead, about, _SAME)
    if not identities:
        return None
    return _reading("same", "Is said to be the same person as somebody else: a claim may be about either.", identities)


def one_crossing(lead: str, about: Iterable[Claim], aboard: Iterable[Claim]) -> InnocentReading | None:
    """Return the reading that all orders of a lead were to people of one boat.

    Args:
        lead: the person's id.
        about: claims about the person.
        aboard: claims that put anyone on a crossing.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> aboard = [claim_from("s1: p1 CROSSED_ON c1"), claim_from("s1: p2 PILOTED c1")]
        >>> one_crossing("p1", [claim_from("s1: p1 DIRECTED p2")], aboard).text
        'Every reported order was to people of one crossing (1 person), and they were aboard themselves: an order aboard, to steer or to bail, is not one of a gang.'

    Limits: organisers can be aboard. Returns None for people of several crossings, whichever crossing the order was
    about.
    """
    subordinates = _objects(lead, about, ORDERS)
    crossings: dict[str, set[str]] = {}
    for claim in aboard:
        crossings.setdefault(claim.object, set()).add(claim.subject)
    theirs = {crossing for crossing, people in crossings.items() if people & subordinates}
    if not subordinates or len(theirs) != 1:
        return None
    (crossing,) = theirs
    if not subordinates <= crossings[crossing]:
        return None
    own = lead in crossings[crossing]
    tail = (
        ", and they were aboard themselves: an order aboard, to steer or to bail, is not one of a gang." if own else "."
    )
    return _reading(
        "one boat",
        f"Every reported order was to people of one crossing ({_people(len(subordinates))}){tail}",
        {crossing, *subordinates},
    )


def owing(raising: Collection[Claim], interested: Collection[str]) -> InnocentReading | None:
    """Return the reading that claims raising a lead come from sources with an interest: a debt, a promise, a quarrel.

    Only for readers with source clearance. It must not show whether a *person* who owes the lead is the source, so it
    uses only the interest noted about the source when the statement was taken.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> owing([claim_from("s1: p1 RUNS g1")], {"s1"}).text
        'Said only by sources with a noted interest (a debt, promise, payment or quarrel).'
        >>> owing([claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1")], {"s1"}).text
        'Among who says what raises it are sources with a noted interest (a debt, promise, payment or quarrel).'

    Limits: an interest does not make a statement untrue, and an empty note does not mean that there is no interest.
    """
    moved = [claim for claim in raising if claim.source in interested]
    if not moved:
        return None
    who = "Said only by" if len(moved) == len(raising) else "Among who says what raises it are"
    return InnocentReading("owing", f"{who} sources with a noted interest (a debt, promise, payment or quarrel).", ())


_ALONE: tuple[Callable[[str, Iterable[Claim]], InnocentReading | None], ...] = (
    lawful_service,
    family,
    paid_for_service,
    coercion,
    same_as,
)


def _reading(name: str, text: str, entities: Iterable[str]) -> InnocentReading:
    return InnocentReading(name, text, tuple(sorted(entities)))


def _people(number: int) -> str:
    return count(number, "person")


def _objects(lead: str, about: Iterable[Claim], relations: Collection[str]) -> set[str]:
    """Return the persons who are the object of any of these relations of the lead."""
    return {
        claim.object
        for claim in about
        if claim.subject == lead and claim.relation in relations and claim.object_kind == "person"
    }


def _partners(lead: str, about: Iterable[Claim], relations: Collection[str]) -> set[str]:
    """Return the persons at the other end of any of these relations."""
    partners = set()
    for claim in about:
        if claim.relation in relations:
            partner, kind = (
                (claim.object, claim.object_kind) if claim.subject == lead else (claim.subject, claim.subject_kind)
            )
            if kind == "person" and partner != lead:
                partners.add(partner)
    return partners
