r"""What a text looks like to whoever reads it: as many signs, place by place, with disguises of its letters undone.

| disguise | as in |
|---|---|
| letters of other scripts that look Latin | `Неwа` |
| a word parted at the end of a line, tags inside it | `Ka-⏎rim`, `He<b>wa</b>` |
| signs written by code: of addresses, pages, mail and programs | `Hewa%20Karim`, `&#72;ewa`, `=C3=AA`, `\u0048` |
| digits and signs for letters | `H3wa K@r1m` |
| letters and words for digits | `O7911 l23456`, `zero seven nine one one one` |
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import partial

from graphsvc.names.spelling import latinised

# Fills the places of signs that nobody reads; no part of any word.
PAD = "\u2060"

# The sign comes first: it is rare, and what is before it is looked at only there.
_PARTED = re.compile(r"[-\u2010\u2011\u00ad=](?<=[^\W\d_].)[ \t]{0,8}\r?\n[ \t]{0,8}(?=[^\W\d_])")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,100}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});?")
_BYTES = re.compile(r"(?:%[0-9A-Fa-f]{2}){1,64}|(?:=[0-9A-F]{2}){1,64}")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt])")
_CODED = re.compile(r"[%=&\\<\n]")
_BLANKS = {"\\n": "\n", "\\r": "\r", "\\t": "\t"}

_FIGURED = re.compile(r"[^\W\d_][0134578@$!|€]|[0134578@$!|€][^\W\d_]")
_FIGURES = str.maketrans("034578@$€", "oeastbase")
_ONES = "1!|"
_TOKEN = re.compile(r"(?:[^\W_]|(?<=[^\W_])(?!@[\w\-]{1,63}\.\w)[@$!|€](?=[^\W_]))+")
_NUMBER = re.compile(r"\d{3}")

_LETTERED = re.compile(r"(?<![^\W_])(?=[OoIlSBZ]{0,17}\d)[\dOoIlSBZ]{3,17}(?![^\W_])")
_DIGITS = str.maketrans("OoIlSBZ", "0011582")
_SAID = {"zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"} | {
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
_SPOKEN = re.compile(rf"\b(?=[zontfsed])(?:(?:{'|'.join(_SAID)}|double|triple)\b[ ,\-]{{0,3}}){{6,40}}", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")
_TIMES = {"double": 2, "triple": 3}


def looks(text: str) -> list[str]:
    """The text with its disguises undone, each as long as the text, what is surest first; the text itself among them.

    Example:
        >>> looks("Hewa"), [look.replace(PAD, "") for look in looks("H3wa%20K")]
        (['Hewa'], ['H3wa K', 'H3wa%20K', 'Hewa K'])
    """
    plain = latinised(text)
    texts = [plain]
    if _CODED.search(plain):
        plain = _decoded(plain)
        texts.insert(0, plain)
    texts.append(text)
    if _FIGURED.search(plain):
        texts += [_TOKEN.sub(_lettered(letter), plain) for letter in "il"]
    if _LETTERED.search(plain):
        texts.append(_LETTERED.sub(lambda run: run.group().translate(_DIGITS), plain))
    if _SPOKEN.search(plain):
        texts.append(
            _SPOKEN.sub(lambda run: _padded(_said(run.group()), run.group().rstrip(" ,-")) + _behind(run), plain)
        )
    return list(dict.fromkeys(texts))


def _decoded(text: str) -> str:
    for signs, form, read in _DECODED:
        if any(sign in text for sign in signs):
            text = form.sub(partial(_read, read), text)
    return text


def _read(read: Callable[[str], str], run: re.Match[str]) -> str:
    return _padded(read(run.group()), run.group())


def _padded(read: str, written: str) -> str:
    return read[: len(written)].ljust(len(written), PAD)


def _escaped(written: str) -> str:
    return _BLANKS.get(written) or chr(int(written[2:], 16))


def _of_bytes(written: str) -> str:
    return bytes.fromhex(re.sub("[%=]", "", written)).decode("utf-8", "replace")


def _nothing(_written: str) -> str:
    return ""


# Signs without which there is none, its form, and what is read there.
_DECODED: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("\n", _PARTED, _nothing),
    ("<", _TAG, _nothing),
    ("&", _ENTITY, html.unescape),
    ("\\", _ESCAPE, _escaped),
    ("%=", _BYTES, _of_bytes),
)


def _lettered(letter: str) -> Callable[[re.Match[str]], str]:
    """Reads one word with letters for its digits: `letter` for those that may be an i or an l."""
    figures = _FIGURES | dict.fromkeys(map(ord, _ONES), letter)

    def read(run: re.Match[str]) -> str:
        word = run.group()
        if sum(map(str.isalpha, word)) < 2 or _NUMBER.search(word):
            return word
        return word.translate(figures)

    return read


def _behind(run: re.Match[str]) -> str:
    return run.group()[len(run.group().rstrip(" ,-")) :]


def _said(run: str) -> str:
    digits, times = "", 1
    for word in _WORD.findall(run.lower()):
        if word in _TIMES:
            times = _TIMES[word]
        else:
            digits, times = digits + _SAID[word] * times, 1
    return digits
