"""Words in other people's tables and charts that may mean that a person must be sealed, such as a child or a victim.

In doubt, a word counts as a mark: a person sealed by mistake can be opened, but a name once shown stays known.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Words in a person's type or attributes that may mean that the person must be sealed.
_MARKS = frozenset(
    [
        "infant",
        "girl",
        "teenager",
        "teen",
        "u18",
        "uasc",
        "uam",
        "kid",
        "youth",
        "young",
        "adolescent",
        "toddler",
        "schoolgirl",
        "pvot",
        "survivor",
        "witness",
        "protected",
        "sealed",
        "nrm",
        "slavery",
        "informant",
        "chi",  # CHIS, without the ending of a plural
        "complainant",
        "injured",
        "mineur",
        "preteen",
        "pupil",
        "schoolkid",
        "daughter",
        "son",
        "vot",
        "msht",
        "yp",
        "juv",
        "safeguarding",
        "forced",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
    ]
)
# These words also count within a longer word, since databases join words: `isvictim`, `unaccompaniedchild`.
_WITHIN = (
    "victim",
    "child",
    "minor",
    "juvenile",
    "underage",
    "exploit",
    "traffick",
    "vulnerable",
    "unaccompanied",
    "boy",
    "baby",
    "babie",
)
_BORN = frozenset({"dob", "yob"})
_PLACES = frozenset({"place", "country", "town", "city"})
_DATED = frozenset({"date", "year", "day"})
_AGED = frozenset({"age", "aged"})
_NO = frozenset({"", "no", "n", "false", "0"})
_YES = frozenset({"yes", "y", "true", "1"})
# Words next to an age that leave its meaning unchanged, unlike "under".
_ABOUT = frozenset({"about", "approx", "c", "ca", "circa", "year", "yr", "y", "old"})
_ADULT = "18"
# An age below a number, or within other words, such as "under 16", "15 year old male" and "aged 15".
_BELOW = re.compile(r"(?:\b|(?<=[a-z]))(?:under|below|less than|u|<)[\s_/-]*(\d{1,2})\b", re.I)
_AGE = re.compile(
    r"\b(\d{1,2})[\s-]*(?:years?|yrs?|y\.?\s?/?o\b)|\baged?[\s:=]*(\d{1,2})\b|^(?:fe)?(?:male|man|m|f)[\s,;:/-]*(\d{1,2})$",
    re.I,
)
# Values with more words are notes, not a role or status.
_MOST_WORDS = 6


def marks_by_type(name: str) -> dict[str, str]:
    """Return the cells that seal people of this chart type; empty if the type is no mark.

    Example:
        >>> marks_by_type("Children (unaccompanied)"), marks_by_type("Under 18"), marks_by_type("Man")
        ({'sealed': 'yes'}, {'sealed': 'yes'}, {})
    """
    return {"sealed": "yes"} if _is_mark(name) or _is_young(name) else {}


@lru_cache(maxsize=100_000)
def marks_by_value(value: str) -> bool:
    """Whether a short value of any attribute may say that somebody is a child, a victim or the like.

    Example:
        >>> marks_by_value("Young person"), marks_by_value("15 year old male"), marks_by_value("was seen at the port with a child")
        (True, True, False)
    """
    return (len(value.split()) <= _MOST_WORDS and _is_mark(value)) or _is_young(value)


def mark_in(attribute: str, value: str) -> tuple[str, str] | None:
    """Return the column and cell to fill if an attribute may mark its person; None if it is no mark.

    Args:
        attribute: name of the attribute.
        value: as it is written in the chart.

    Example:
        >>> mark_in("D.O.B.", "2013"), mark_in("Is victim?", "Yes"), mark_in("Role", "Victim"), mark_in("Age", "under 18")
        (('date_of_birth', '2013'), ('sealed', 'yes'), ('sealed', 'yes'), ('sealed', 'yes'))
        >>> mark_in("Age", "about 40"), mark_in("Hair", "red"), mark_in("Place of birth", "Dover"), mark_in("Minor", "no")
        (None, None, None, None)
        >>> mark_in("isMinor", "yes"), mark_in("Adult", "disputed"), mark_in("Date and place of birth", "2012, Kabul")
        (('sealed', 'yes'), ('sealed', 'yes'), ('date_of_birth', '2012, Kabul'))
    """
    name = _words(attribute)
    column = "_".join(re.findall(r"[a-z]+", attribute.casefold()))
    if column in ("sealed", "age_disputed"):
        return column, value
    if column in ("category", "categories"):
        return "category", value
    if _is_birth(name):
        return "date_of_birth", value
    return ("sealed", "yes") if _says_marked(attribute, value) else None


def is_mark_column(name: str) -> bool:
    """Whether the name of a people column suggests that its cells may be marks.

    Example:
        >>> [is_mark_column(name) for name in ("sealed", "Date of birth", "categories", "Place of birth", "hair")]
        [True, True, True, False, False]
    """
    words = _words(name)
    return _is_birth(words) or _is_mark(name) or bool(words & (_AGED | {"adult", _ADULT, "category", "categorie"}))


def _is_birth(words: frozenset[str]) -> bool:
    is_born = bool(words & _BORN) or any("birth" in word or word.startswith("born") for word in words)
    return is_born and (not words & _PLACES or bool(words & _DATED))


def _is_mark(text: str) -> bool:
    words = _words(text)
    below = _BELOW.search(text)
    is_within = any(part in word for part in _WITHIN for word in words) or {"under", "age"} <= words
    is_below = {"under", "eighteen"} <= words or (below is not None and int(below[1]) <= int(_ADULT))
    return bool(words & _MARKS) or is_within or is_below or _is_no_adult(words)


def _is_no_adult(words: frozenset[str]) -> bool:
    return "adult" in words and bool(words & {"non", "not", "no"})


def _is_young(text: str) -> bool:
    ages = [int(digits) for match in _AGE.finditer(text) for digits in match.groups() if digits]
    return any(age < int(_ADULT) for age in ages)


def _says_marked(attribute: str, value: str) -> bool:
    """Whether an attribute may say that somebody is a child, a victim or the like."""
    name, is_no, words = _words(attribute), value.strip().casefold() in _NO, _words(value)
    if {"year", "old"} <= name or any(word.startswith("age") and not word.startswith("agen") for word in name):
        return (not is_no or value.strip() == "0") and not _is_adult_age(words)
    if ("adult" in name and not _is_no_adult(name)) or {"over", _ADULT} <= name or name == {_ADULT}:
        return value.strip().casefold() not in _YES
    if _is_mark(attribute):
        return not is_no
    return marks_by_value(value)


def _is_adult_age(words: frozenset[str]) -> bool:
    numbers = [int(word) for word in words if word.isdecimal()]
    other_words = {word for word in words if not word.isdecimal()} - _ABOUT
    return bool(numbers) and min(numbers) >= int(_ADULT) and not other_words


def _words(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, without plural endings; an abbreviation with dots is one word.

    Joined words are included both whole and split at capitals and digits.
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", text)
    words = set[str]()
    for written in (text, parted):
        joined = re.sub(r"\b([a-z])[. ](?=[a-z]\b)", r"\1", written.casefold()).replace("_", " ")
        words.update(re.findall(r"[a-z0-9]+|<", joined))
    return frozenset(word[:-1] if len(word) > 3 and re.search(r"[^s]s$", word) else word for word in words)
