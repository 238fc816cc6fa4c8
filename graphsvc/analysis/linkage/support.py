"""Likelihood ratios in words: the scale of forensic reporting.

ENFSI (2015), *Guideline for evaluative reporting in forensic science*: what ratios of 2, 10, 100, 1,000, 10,000 and a million are called. The
words say how far what was compared supports one statement over another; they do not say which of the two is so.
"""

from __future__ import annotations

import math
from bisect import bisect_right

_LEAST = (2.0, 10.0, 100.0, 1e3, 1e4, 1e6)
WORDS = ("no", "weak", "moderate", "moderately strong", "strong", "very strong", "extremely strong")


def support(log_ratio: float) -> str:
    """What a likelihood ratio is called, whichever of both it speaks for.

    Args:
        log_ratio: its natural logarithm.

    Example:
        >>> import math
        >>> [support(math.log(ratio)) for ratio in (1, 5, 0.01, 5_000)]
        ['no', 'weak', 'moderately strong', 'strong']

    Limits: a ratio at the edge of two words is called by the stronger one.
    """
    return WORDS[bisect_right(_LEAST, math.exp(min(abs(log_ratio), 50.0)) * (1 + 1e-12))]


def in_favour(log_ratio: float) -> str:
    """The same as a phrase that says for what.

    Example:
        >>> in_favour(3.0), in_favour(-3.0), in_favour(0.1)
        ('moderate support for one series', 'moderate support for different ones', 'no support for either')

    Limits: as `support`.
    """
    word = support(log_ratio)
    if word == "no":
        return "no support for either"
    return f"{word} support for {'one series' if log_ratio > 0 else 'different ones'}"
