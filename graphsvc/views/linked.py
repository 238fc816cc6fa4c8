"""Crossings that hang together, in words and as plain data. Pure functions; what they give is text, never markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphsvc.analysis.linkage.features import NEAR, SHARED
from graphsvc.analysis.linkage.linked import ComparedFeature, LeftOut, SharedThing
from graphsvc.analysis.linkage.support import in_favour, support
from graphsvc.records.dates import ending
from graphsvc.records.numbers import count, plural, significant

# Features whose values are words, and no entities with a page.
WORDS = frozenset({"kind", "engine", "batch", "words", "launch_site", "landing_site"})
# What links boats by where they and their parts come from.
MARKET = ("supplier", "part", "batch", "store")
# A table of linked pairs has these columns.
COLUMNS = ("first", "first_date", "second", "second_date", "cluster", "ratio", "support", "chance", "shares")
# From what chance on two crossings stand in a table or graph of all pairs, in a cluster or not.
LEAST_CHANCE = 0.5
_MOST = 1e6


def ratio(log_ratio: float) -> str:
    """A likelihood ratio in words, to two digits at most.

    Example:
        >>> import math
        >>> ratio(math.log(38.4)), ratio(math.log(0.02)), ratio(0.0), ratio(30.0)
        ('38 times', '1 in 50', 'as likely either way', 'more than a million times')
    """
    value = math.exp(min(abs(log_ratio), 50.0))
    if value >= _MOST:
        shown = "a million"
        return f"more than {shown} times" if log_ratio > 0 else f"less than 1 in {shown}"
    if value < 1.05:
        return "as likely either way"
    rounded = significant(value, 2)
    shown = f"{rounded:,.1f}" if value < 10 and rounded != int(rounded) else f"{int(rounded):,}"
    return f"{shown} times" if log_ratio > 0 else f"1 in {shown}"


def alike(log_ratio: float) -> str:
    """What a ratio says of two crossings, in a sentence without its end.

    Example:
        >>> import math
        >>> alike(math.log(38)), alike(-math.log(38)), alike(0.0)
        ('it is 38 times as likely that they are so alike if they are of one series', 'it is 38 times as likely that they are so alike if they are not of one series', 'they are as likely to be so alike either way')
    """
    if abs(log_ratio) < 0.05:
        return "they are as likely to be so alike either way"
    return f"it is {ratio(abs(log_ratio))} as likely that they are so alike if they are {'' if log_ratio > 0 else 'not '}of one series"


def chance(value: float) -> str:
    """A chance in words.

    Example:
        >>> chance(0.004), chance(0.43), chance(0.998)
        ('under 1 in 100', '43 in 100', 'over 99 in 100')
    """
    if value < 0.01:
        return "under 1 in 100"
    return "over 99 in 100" if value > 0.99 else f"{round(100 * value)} in 100"


def rounded(value: float) -> float:
    """A chance to three places; never 0 or 1, since none is that sure.

    Example:
        >>> rounded(0.00004), rounded(0.4321), rounded(0.99999)
        (0.001, 0.432, 0.999)
    """
    return min(max(round(value, 3), 0.001), 0.999)


def called(feature: str, value: str, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What is shared, with its name where it is an entity.

    Args:
        feature: of `features.SHARED`.
        value: what it is.
        names: id → row of `entities.named`.
    """
    row = names.get(value) if feature not in WORDS else None
    return {
        "feature": feature,
        "words": SHARED[feature],
        "value": value,
        "name": (row["name"] or value) if row else value,
        "kind": row["kind"] if row else "",
        "sealed": bool(row and row.get("sealed")),
    }


def line(compared: ComparedFeature, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One line of the comparison of two crossings."""
    if compared.feature == "through":
        says = "hang together through others"
    elif compared.feature in NEAR:
        says = figure(compared.feature, compared.apart or 0.0)
    elif not compared.value:
        says = f"{SHARED[compared.feature]}: known of both, and not the same"
    else:
        says = ""
    plain = {"feature": compared.feature, "words": says, "value": "", "name": "", "kind": "", "sealed": False}
    return (plain if says else called(compared.feature, compared.value, names)) | {
        "apart": None if compared.apart is None else round(compared.apart, 2),
        "log_ratio": round(compared.log_ratio, 3),
        "ratio": ratio(compared.log_ratio),
        "counted": compared.counted,
    }


def figure(feature: str, apart: float) -> str:
    """How far apart two crossings are, in words.

    Example:
        >>> figure("days", 1.0), figure("launch", 0.4), figure("price", 1.25)
        ('1 day apart', 'launched less than 1 km apart', 'prices of a place differ by 25 %')
    """
    if feature == "days":
        return "on the same day" if apart < 1 else f"{count(round(apart), 'day')} apart"
    if feature == "price":
        return (
            "the same price of a place"
            if apart < 1.005
            else f"prices of a place differ by {round(100 * (apart - 1))} %"
        )
    if feature == "length":
        return "boats of the same length" if apart < 0.05 else f"boats {apart:.1f} m apart in length"
    verb = "launched" if feature == "launch" else "landed"
    return f"{verb} less than 1 km apart" if apart < 1 else f"{verb} {round(apart):,} km apart"


def thing(shared: SharedThing, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Something that crossings share."""
    return called(shared.feature, shared.value, names) | {
        "crossings": list(shared.crossings),
        "log_ratio": round(shared.log_ratio, 3),
        "ratio": ratio(shared.log_ratio),
        "support": support(shared.log_ratio),
    }


def left(what: LeftOut, size: int) -> dict[str, Any]:
    """What becomes of a cluster without something."""
    whole = max(map(len, what.parts), default=0)
    if not what.splits:
        says = "still hangs together"
    elif whole < 2:
        says = "falls apart: nothing links any two of them then"
    else:
        says = f"falls into {len(what.parts)} parts; the largest has {whole} of {size}"
    return {
        "splits": what.splits,
        "says": says,
        "parts": [list(part) for part in what.parts],
        "support": in_favour(what.log_ratio),
        "log_ratio": round(what.log_ratio, 3),
    }


def boats_sentence(shared: SharedThing, names: Mapping[str, Mapping[str, Any]]) -> str:
    """What links boats by where they come from: "one supplier, five launches".

    Example:
        >>> boats_sentence(SharedThing("supplier", "p1", ("c1", "c2"), 1.0), {"p1": {"name": "Marlow Marine", "kind": "person"}})
        'Marlow Marine: one supplier, 2 launches'
    """
    nouns = {
        "supplier": "one supplier",
        "part": "one part",
        "batch": "serials next to each other",
        "store": "one store",
    }
    name = called(shared.feature, shared.value, names)["name"]
    return f"{name}: {nouns[shared.feature]}, {len(shared.crossings)} launches"


def days(dates: Iterable[str]) -> tuple[str, str]:
    """The first and the last day of some dates as given; empty where none is."""
    given = [date[:10] for date in dates if date]
    return (min(given), max(given, key=ending)) if given else ("", "")


def entity_values(things: Iterable[SharedThing | ComparedFeature]) -> list[str]:
    """Ids among what is shared."""
    return sorted({some.value for some in things if some.value and some.feature not in WORDS})


def no_pair(least: float | None) -> str:
    """Said where no pair is.

    Args:
        least: the least chance that was asked for; None: no other than usual.

    Example:
        >>> no_pair(None), no_pair(0.9)
        ('Nothing links these crossings strongly enough to be shown.', 'No pair has a chance of 0.9 or more, and none is of one cluster.')
    """
    if least is None:
        return "Nothing links these crossings strongly enough to be shown."
    return f"No pair has a chance of {least:g} or more, and none is of one cluster."


def likely(pairs: int, singular: str = "pair", many: str = "") -> str:
    """Pairs that a table holds without a cluster, with their verb.

    Args:
        pairs: how many.
        singular: what one of them is called.
        many: what several are called; empty for a noun's plural.

    Example:
        >>> likely(1), likely(2, "pair of yours", "pairs of yours")
        ('1 pair has a chance of 0.5 or more', '2 pairs of yours have a chance of 0.5 or more')
    """
    return f"{count(pairs, singular, many)} {plural(pairs, 'has', 'have')} a chance of {LEAST_CHANCE} or more"


def nothing_links(compared: int, pairs: int) -> str:
    """Said where there is no cluster.

    Args:
        compared: how many crossings were compared.
        pairs: how many of their pairs are likely nonetheless (`LEAST_CHANCE`).

    Example:
        >>> nothing_links(1, 0)
        'There are fewer than two crossings to compare.'
        >>> nothing_links(12, 3)
        '12 crossings were compared. No cluster stands out; 3 pairs have a chance of 0.5 or more.'
    """
    if compared < 2:
        return "There are fewer than two crossings to compare."
    if pairs:
        return f"{count(compared, 'crossing')} were compared. No cluster stands out; {likely(pairs)}."
    return (
        f"{count(compared, 'crossing')} were compared, and nothing links any of them strongly enough to be shown. That is an answer: "
        "more may be told later, or they may be of different series."
    )


def in_no_cluster(pairs: int) -> str:
    """Said of a crossing that is in no cluster.

    Args:
        pairs: how many pairs it makes are likely nonetheless (`LEAST_CHANCE`).

    Example:
        >>> in_no_cluster(1)
        'It is in no cluster; 1 pair with it has a chance of 0.5 or more.'
        >>> in_no_cluster(0)
        'It is in no cluster: nothing links it strongly enough to any other crossing that you can see.'
    """
    if pairs:
        return f"It is in no cluster; {likely(pairs, 'pair with it', 'pairs with it')}."
    return "It is in no cluster: nothing links it strongly enough to any other crossing that you can see."


def apart(crossings: int, pairs: int) -> str:
    """Said below clusters of the crossings that are in none; empty where each is in one.

    Args:
        crossings: how many are in none.
        pairs: how many pairs that are of no one cluster are likely nonetheless (`LEAST_CHANCE`).

    Example:
        >>> apart(1, 0), apart(0, 0)
        ('1 crossing hangs together with none strongly enough to be shown.', '')
        >>> apart(4, 2), apart(0, 1)
        ('4 crossings are in no cluster; 2 pairs that are of no one cluster have a chance of 0.5 or more.', '1 pair that is of no one cluster has a chance of 0.5 or more.')
    """
    if pairs:
        rest = likely(pairs, "pair that is of no one cluster", "pairs that are of no one cluster")
        alone = f"{count(crossings, 'crossing')} {plural(crossings, 'is', 'are')} in no cluster; " if crossings else ""
        return f"{alone}{rest}."
    if not crossings:
        return ""
    hang = plural(crossings, "hangs", "hang")
    return f"{count(crossings, 'crossing')} {hang} together with none strongly enough to be shown."


def shares_text(things: Sequence[Mapping[str, Any]], most: int = 3) -> str:
    """List shared things in a cell of a table, with a mark on those that are denied or contested."""
    return "; ".join(
        f"{row['words']} {row['name']}".strip() + (f" ({row['denied']})" if row["denied"] else "")
        for row in things[:most]
    )
