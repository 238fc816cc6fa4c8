"""Words in other people's tables and charts that may mark a person as somebody to be sealed: a child, a victim or the like.

Whatever may be read as a mark is one: a person sealed by mistake can be opened, but a name cannot be taken back.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Words in a type of person, or in an attribute of theirs: people drawn with one may have to be sealed.
_MARKS = frozenset(
    [
        *(
            "child",
            "children",
            "minor",
            "juvenile",
            "infant",
            "baby",
            "boy",
            "girl",
            "teenager",
            "underage",
            "u18",
            "uasc",
            "kid",
            "teen",
            "youth",
            "young",
            "adolescent",
            "unaccompanied",
        ),
        *(
            "victim",
            "exploited",
            "exploitation",
            "trafficked",
            "survivor",
            "witness",
            "protected",
            "vulnerable",
            "sealed",
            "nrm",
        ),
    ]
)
_BORN = frozenset({"birth", "dob", "yob", "born", "birthday", "birthdate"})
_PLACES = frozenset({"place", "country", "town", "city"})
_DATED = frozenset({"date", "year", "day"})
_AGED = frozenset({"age", "aged"})
_NO = frozenset({"", "no", "n", "false", "0"})
_YES = frozenset({"yes", "y", "true", "1"})
# Words of an age that do not say it is below a number.
_ABOUT = frozenset({"about", "approx", "c", "ca", "circa", "year", "yr", "y", "old"})
_ADULT = "18"
_BELOW = frozenset({"under", "below", "u", "<"})
# An age within other words, such as "15 year old male".
_AGE = re.compile(r"\b(\d{1,2})[\s-]*(?:years?|yrs?|y/?o)\b", re.I)
# Values with more words are notes, which say more than what somebody is.
_MOST_WORDS = 3


def marks_by_type(name: str) -> dict[str, str]:
    """Return the cells that seal people drawn as this type; none for a type that marks nobody.

    Example:
        >>> marks_by_type("Children (unaccompanied)"), marks_by_type("Under 18"), marks_by_type("Man")
        ({'sealed': 'yes'}, {'sealed': 'yes'}, {})
    """
    return {"sealed": "yes"} if _is_mark(_words(name)) else {}


@lru_cache(maxsize=100_000)
def marks_by_value(value: str) -> bool:
    """Whether a short text, whatever it is called, may say that somebody is a child, a victim or the like.

    Example:
        >>> marks_by_value("Young person"), marks_by_value("15 year old male"), marks_by_value("a text with the word child")
        (True, True, False)
    """
    words, age = _words(value), _AGE.search(value)
    return (len(words) <= _MOST_WORDS and _is_mark(words)) or (age is not None and int(age[1]) < int(_ADULT))


def mark_in(attribute: str, value: str) -> tuple[str, str] | None:
    """Return the column and cell of a person that an attribute fills because it may mark them; None if it marks nobody.

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
    return ("sealed", "yes") if _says_marked(name, value) else None


def is_mark_column(name: str) -> bool:
    """Whether a column of people may hold marks, by its name.

    Example:
        >>> [is_mark_column(name) for name in ("sealed", "Date of birth", "categories", "Place of birth", "hair")]
        [True, True, True, False, False]
    """
    words = _words(name)
    return _is_birth(words) or bool(words & (_MARKS | _AGED | {"adult", _ADULT, "category", "categorie"}))


def _is_birth(words: frozenset[str]) -> bool:
    return bool(words & _BORN) and (not words & _PLACES or bool(words & _DATED))


def _is_mark(words: frozenset[str]) -> bool:
    return bool(words & _MARKS) or (_ADULT in words and bool(words & _BELOW))


def _says_marked(name: frozenset[str], value: str) -> bool:
    """Whether an attribute may say that somebody is a child, a victim or the like."""
    is_no, words = value.strip().casefold() in _NO, _words(value)
    if name & _AGED:
        return not is_no and not _is_adult_age(words)
    if "adult" in name or {"over", _ADULT} <= name:
        return value.strip().casefold() not in _YES
    if _is_mark(name):
        return not is_no
    return marks_by_value(value)


def _is_adult_age(words: frozenset[str]) -> bool:
    numbers = [int(word) for word in words if word.isdecimal()]
    other_words = {word for word in words if not word.isdecimal()} - _ABOUT
    return bool(numbers) and min(numbers) >= int(_ADULT) and not other_words


def _words(text: str) -> frozenset[str]:
    """Words of a text in lower case, without plural endings; an abbreviation with dots is one word.

    Words that are joined count as they are and parted, at capitals and digits.
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", text)
    words = set[str]()
    for written in (text, parted):
        joined = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", written.casefold()).replace("_", " ")
        words.update(re.findall(r"[a-z0-9]+|<", joined))
    return frozenset(word[:-1] if len(word) > 3 and re.search(r"[^s]s$", word) else word for word in words)
