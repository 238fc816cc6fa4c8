"""How witness statements are shown to readers without source clearance.

Lists of witnesses, their number, and which witness supports which claim need source clearance: in the wrong hands they
are a list for intimidation. Without it, witness statements are not shown one by one. Their claims appear as one row for
each subject, relation, object, polarity and status. The number of independent witness groups that assert or deny a link
is shown only if it reaches a minimum. Smaller numbers are shown as `few` and count as one statement with a fixed grade,
whatever their sources and grades. Belief is shown in four steps; a link that only `few` support is always `SOME`.
Filters, orders, scores and pictures use only these figures. So probing reveals nothing: an additional witness among
the few, a better grade or another day changes nothing.
"""

from __future__ import annotations

from types import MappingProxyType

# Belief in four steps: the step is the number of these thresholds reached, plus one.
STEPS = (0.25, 0.5, 0.75)
# Step → the belief shown for it, which is its middle.
MIDDLES = MappingProxyType({1: 0.125, 2: 0.375, 3: 0.625, 4: 0.875})
# The belief shown for a link that only few witnesses support.
SOME = 0.5
# Source grade and assessment of several witnesses' claims merged into one: the commonest, in the middle of the scale.
ACCOUNT = ("2", "C")
# Mark of a link whose denial this reader may not see in full: the same for any number and kind of sources.
CONTESTED = "contested"
# The same mark in the graph, where all values of a property have one type.
HIDDEN_DENIAL = -1
# Figures of a link that reveal single witnesses: each is stored again, coarsened, with this suffix.
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
    """Return the step, 1 to 4, of a belief.

    Example:
        >>> [step(belief) for belief in (0.1, 0.25, 0.6, 1.0)]
        [1, 2, 3, 4]
    """
    return 1 + sum(belief >= least for least in STEPS)


def belief(exact: float) -> float:
    """Return the belief shown for an exact belief (0 to 1): the middle of its step, or 0 for a link never asserted.

    Example:
        >>> belief(0.0), belief(0.2), belief(0.714), belief(0.75)
        (0.0, 0.125, 0.625, 0.875)
    """
    exact = round(exact, 9)  # a sum of logarithms may fall just short of its step
    return MIDDLES[step(exact)] if exact > 0 else 0.0


def score(exact: float) -> float:
    """Round a score, or a share of one, as shown: to the nearest quarter.

    Example:
        >>> score(1.14), score(-0.1), score(0.62)
        (1.25, 0.0, 0.5)
    """
    return round(exact * 4) / 4 + 0.0


def denial(groups: int, reports: int, few_below: int, *, hidden: bool = False) -> list[int] | None:
    """Return the counts of a link's denials for readers without source clearance; None if nothing denies it.

    A denial by few witnesses, and one that the reader may not see at all, leave the same mark: `contested`.

    Args:
        groups: independent groups of witnesses that deny the link.
        reports: reports and records that deny it.
        few_below: fewer groups than this are shown as `contested`, without their number.
        hidden: whether statements that the reader may not see deny the link.

    Example:
        >>> denial(0, 0, 3), denial(0, 0, 3, hidden=True), denial(1, 2, 3), denial(3, 1, 3, hidden=True), denial(0, 1, 3)
        (None, [-1, 0], [-1, 0], [3, 1], [0, 1])
    """
    if 0 < groups < few_below or (hidden and not groups and not reports):
        return [HIDDEN_DENIAL, 0]
    return voices(groups, reports)


def voices(groups: int, reports: int) -> list[int] | None:
    """Return counts for readers without source clearance: [witness groups, reports and records]; None if both are 0.

    The two are kept apart so that the number of a few groups stays hidden: reports and records are listed, and could
    be subtracted from a sum. Comparing a list with a number never matches, so a filter by number reveals nothing.
    """
    return [groups, reports] if groups or reports else None


def denial_mark(*denying: int | str | None) -> str:
    """Join the denials of links into one mark: `denied` if any link is, else `contested` if any is, else empty.

    Example:
        >>> denial_mark(0, CONTESTED), denial_mark(CONTESTED, 2), denial_mark("denied", ""), denial_mark()
        ('contested', 'denied', 'denied', '')
    """
    marks = {each for each in denying if each}
    return "" if not marks else CONTESTED if marks == {CONTESTED} else "denied"


def denied_word(denying: int | str | None) -> str:
    """Return whether a link is denied, for files and graphs: `yes`, `no`, or `contested` if the reader may not know.

    Example:
        >>> denied_word(2), denied_word(CONTESTED), denied_word(0)
        ('yes', 'contested', 'no')
    """
    return {"": "no", "denied": "yes"}.get(mark := denial_mark(denying), mark)


def ranked_on(handling: str, *, sources: bool) -> str:
    """Return a sentence on what a reader's ranking leaves out or coarsens; empty for full clearance.

    It contains no number: how many statements are under code C, or come from witnesses, is itself restricted.

    Args:
        handling: strictest handling code the reader may see, `P` or `C`.
        sources: whether the reader has source clearance.

    Example:
        >>> ranked_on("C", sources=True)
        ''
        >>> ranked_on("P", sources=True)
        'Ranked on what you may see: statements under handling code C, if there are any, are not in it. Readers with more clearance see a different list.'
    """
    lacking = []
    if handling != "C":
        lacking.append("statements under handling code C, if there are any, are not in it")
    if not sources:
        lacking.append("where only a few witnesses speak of a link, their statements count as one")
    if not lacking:
        return ""
    return f"Ranked on what you may see: {', and '.join(lacking)}. Readers with more clearance see a different list."
