"""What a reader without source clearance is told of what witnesses said, declared once.

Numbers and lists of witnesses, and which of them carries what, take source clearance: they are a list for intimidation.
Without it statements of witnesses are not there one by one; what they say is told in one row for each subject, relation,
object, polarity and status. How many independent groups of them assert or deny a link is a number from a few on; fewer
read `few`, and count as one account of one grade, whoever gave it and however it was graded. Belief is told in four
steps; that of a link which `few` alone speak of is `SOME`, always. Whatever filters, orders, scores and draws uses what
is told, so that nothing can be probed: who it was that spoke, one more of the few, a better grade or another day moves
nothing.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.tables import STATEMENT_KINDS

# Kinds of statement that every reader is shown one by one.
OPEN_KINDS = tuple(kind for kind in STATEMENT_KINDS if kind != "witness")
# Belief in four steps: its step is the number of these it reaches, plus one.
STEPS = (0.25, 0.5, 0.75)
# What a belief in a step is told as: the middle of the step.
MIDDLES = MappingProxyType({1: 0.125, 2: 0.375, 3: 0.625, 4: 0.875})
# What a link is believed, as it is told, of which nobody speaks but few witnesses.
SOME = 0.5
# Source grade and assessment of an account where what witnesses said is told as one: the commonest, neither good nor bad.
ACCOUNT = ("2", "C")
# A link whose denial this reader may not see in full: one word, the same whoever denies it and however many do.
CONTESTED = "contested"
# That word in the graph, where all values of a property have one type.
HIDDEN_DENIAL = -1
# Figures of a link that tell of single witnesses: each stands once more (with this suffix) as such a reader is told it.
TOLD_FIGURES = (
    "belief",
    "asserting",
    "denying",
    "other_sources",
    "belief_on_record",
    "other_sources_on_record",
)
TOLD_SUFFIX = "_told"


def step(belief: float) -> int:
    """Belief in four steps.

    Example:
        >>> [step(belief) for belief in (0.1, 0.25, 0.6, 1.0)]
        [1, 2, 3, 4]
    """
    return 1 + sum(belief >= least for least in STEPS)


def belief(exact: float) -> float:
    """A belief (0 to 1) as it is told: the middle of its step; 0, which nothing asserts, stays 0.

    Example:
        >>> belief(0.0), belief(0.2), belief(0.714), belief(0.75)
        (0.0, 0.125, 0.625, 0.875)
    """
    exact = round(exact, 9)  # a sum of logarithms may fall short of the step it is
    return MIDDLES[step(exact)] if exact > 0 else 0.0


def score(exact: float) -> float:
    """A score, or a share of one, as it is told: to the nearest quarter.

    Example:
        >>> score(1.14), score(-0.1), score(0.62)
        (1.25, 0.0, 0.5)
    """
    return round(exact * 4) / 4 + 0.0


def denial(groups: int, others: int, few_below: int, *, hidden: bool = False) -> list[int] | None:
    """Count the denials of a link for readers without source clearance; None for no denial.

    A denial by few witnesses, and one that the reader may not see at all, leave the same mark: `contested`.

    Args:
        groups: independent groups of witnesses that deny the link.
        others: reports and records that deny it.
        few_below: fewer groups than this are not counted.
        hidden: whether statements that the reader may not see deny the link.

    Example:
        >>> denial(0, 0, 3), denial(0, 0, 3, hidden=True), denial(1, 2, 3), denial(3, 1, 3, hidden=True), denial(0, 1, 3)
        (None, [-1, 0], [-1, 0], [3, 1], [0, 1])
    """
    if 0 < groups < few_below or (hidden and not groups and not others):
        return [HIDDEN_DENIAL, 0]
    return voices(groups, others)


def voices(groups: int, others: int) -> list[int] | None:
    """A count of claims as it stands for such a reader: groups of witnesses, and reports and records; None for none.

    Kept apart, so that few groups read as few however many reports stand beside them, which are listed and could be
    taken away from a sum. A comparison with a number holds for no list: a filter by number shows such a reader nothing.
    """
    return [groups, others] if groups or others else None


def denial_mark(*denying: int | str | None) -> str:
    """Join the denials of links into one mark: `denied` if one is denied, else `contested` if one is contested, else empty.

    Example:
        >>> denial_mark(0, CONTESTED), denial_mark(CONTESTED, 2), denial_mark("denied", ""), denial_mark()
        ('contested', 'denied', 'denied', '')
    """
    marks = {each for each in denying if each}
    return "" if not marks else CONTESTED if marks == {CONTESTED} else "denied"


def denied_word(denying: int | str | None) -> str:
    """The word for a link's denials in files and graphs: `yes`, `no`, or `contested` where the reader may not see them.

    Example:
        >>> denied_word(2), denied_word(CONTESTED), denied_word(0)
        ('yes', 'contested', 'no')
    """
    return {"": "no", "denied": "yes"}.get(mark := denial_mark(denying), mark)


def ranked_on(handling: str, *, sources: bool) -> str:
    """What a ranking computed for a reader leaves out, in a sentence; empty for who is cleared for everything.

    It holds no number: how many statements are under code C, or of witnesses, is itself what such a reader may not know.

    Args:
        handling: strictest handling code the reader may see, `P` or `C`.
        sources: whether the reader has source clearance.

    Example:
        >>> ranked_on("C", sources=True)
        ''
        >>> ranked_on("P", sources=True)
        'Ranked on what you may see: statements under handling code C, if there are any, are not in it. Who is cleared for more has another list.'
    """
    lacking = []
    if handling != "C":
        lacking.append("statements under handling code C, if there are any, are not in it")
    if not sources:
        lacking.append("what witnesses said counts as one account for each tie where few of them speak")
    if not lacking:
        return ""
    return f"Ranked on what you may see: {', and '.join(lacking)}. Who is cleared for more has another list."
