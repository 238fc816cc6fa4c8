"""Words for the strength and the denial of a link, which every page and file shows with the link."""

from __future__ import annotations

from graphsvc.records.coarsened import CONTESTED, STEPS
from graphsvc.records.numbers import count, plural
from graphsvc.views.wording import SIGNS


def denial(denying: int | str) -> str:
    """Say in words that a link is denied; empty for no denial.

    Args:
        denying: number of claims that deny it, or `someone`; `contested` or True if the reader only learns that it is
            denied.

    Example:
        >>> denial(2), denial("someone"), denial("contested"), denial(True), denial(0)
        ('denied by 2', 'denied by someone', 'contested', 'contested', '')
    """
    if denying is True or denying == CONTESTED:
        return SIGNS["contested"]
    return f"denied by {denying}" if denying else ""


def strength(belief: float, *, denied: bool) -> str:
    """Return in one word how well a link is supported: *strong* from a belief of .75, *some* from .5, *weak* below.

    A denied link is *contested*, however much it is believed.

    Example:
        >>> strength(0.8, denied=False), strength(0.5, denied=False), strength(0.2, denied=False)
        ('strong', 'some', 'weak')
        >>> strength(0.8, denied=True)
        'contested'
    """
    if denied:
        return SIGNS["contested"]
    _, half, high = STEPS
    return "strong" if belief >= high else "some" if belief >= half else "weak"


def gone_without(links: int) -> str:
    """Warn that links would be exported without the denials that the reader sees.

    Example:
        >>> gone_without(1)
        '1 link that you see denied or contested would go without what speaks against it.'
    """
    them = plural(links, "it", "them")
    return f"{count(links, 'link')} that you see {SIGNS['denied']} would go without what speaks against {them}."
