"""Words in other people's tables and charts that may mark a person as somebody to be sealed: a child, a victim or the like.

Whatever may be read as a mark is one: a person sealed by mistake can be opened, but a name cannot be taken back.
"""

from __future__ import annotations

import re

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
        ),
    ]
)
_BORN = frozenset({"birth", "dob", "yob", "born", "birthday", "birthdate"})
_PLACES = frozenset({"place", "country", "town", "city"})
_AGED = frozenset({"age", "aged"})
_NO = frozenset({"", "no", "n", "false", "0"})
# Words of an age that do not say it is below a number.
_ABOUT = frozenset({"about", "approx", "c", "ca", "circa", "year", "yr", "y", "old"})
_ADULT = "18"
# Values with more words are notes, which say more than what somebody is.
_MOST_WORDS = 3


def marks_by_type(name: str) -> dict[str, str]:
    """Return the cells that seal people drawn as this type; none for a type that marks nobody.

    Example:
        >>> marks_by_type("Children (unaccompanied)"), marks_by_type("Under 18"), marks_by_type("Man")
        ({'sealed': 'yes'}, {'sealed': 'yes'}, {})
    """
    words = _words(name)
    return {"sealed": "yes"} if words & _MARKS or {"under", _ADULT} <= words else {}


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
    """
    name = _words(attribute)
    column = "_".join(re.findall(r"[a-z]+", attribute.casefold()))
    if column in ("sealed", "age_disputed"):
        return column, value
    if column in ("category", "categories"):
        return "category", value
    if name & _BORN and not name & _PLACES:
        return "date_of_birth", value
    return ("sealed", "yes") if _says_marked(name, value) else None


def is_mark_column(name: str) -> bool:
    """Whether a column of people may hold marks, by its name.

    Example:
        >>> [is_mark_column(name) for name in ("sealed", "Date of birth", "categories", "Place of birth", "hair")]
        [True, True, True, False, False]
    """
    words = _words(name)
    is_birth = bool(words & _BORN) and not words & _PLACES
    return is_birth or bool(words & (_MARKS | _AGED | {"adult", _ADULT, "category", "categorie"}))


def _says_marked(name: frozenset[str], value: str) -> bool:
    """Whether an attribute may say that somebody is a child, a victim or the like."""
    is_no, words = value.strip().casefold() in _NO, _words(value)
    if name & _AGED:
        return not is_no and not _is_adult_age(words)
    if "adult" in name or {"over", _ADULT} <= name:
        return is_no
    if name & _MARKS or {"under", _ADULT} <= name:
        return not is_no
    return len(words) <= _MOST_WORDS and bool(words & _MARKS or {"under", _ADULT} <= words)


def _is_adult_age(words: frozenset[str]) -> bool:
    numbers = [int(word) for word in words if word.isdecimal()]
    other_words = {word for word in words if not word.isdecimal()} - _ABOUT
    return bool(numbers) and min(numbers) >= int(_ADULT) and not other_words


def _words(text: str) -> frozenset[str]:
    """Words of a text in lower case, without plural endings; an abbreviation with dots is one word."""
    joined = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text.casefold()).replace("_", " ")
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in re.findall(r"[a-z0-9]+|<", joined))
