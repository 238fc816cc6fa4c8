"""The cost of searching for a name is bounded, whatever the name; the time for a text depends only on its length."""

from __future__ import annotations

import gc
import random
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import pytest

from graphsvc.names.naming import sound_alike, spellings
from graphsvc.names.whole import Needle, WholeNames

# Words with more possible pronunciations than others.
_MANY_SOUNDS = ("Sajjad", "Jawad", "Wajid", "Chowdhury", "Qajar", "Javed", "Jawwad", "Gjergj", "Xhevxhet", "Vajxwq")
_MEGABYTES = 8
_SECONDS = 5.0  # on a busy machine, under tracing; without bounds it took minutes, or all memory

NAMES = {
    "six words of eight sounds": "Thaxijaw Chuqujiv Xethowej Jathixu Quthajo Wexajith",
    "seven words of eight sounds": "Thaxijaw Chuqujiv Xethowej Jathixu Quthajo Wexajith Javithox",
    "seven words of many sounds": " ".join(_MANY_SOUNDS[:7]),
    "ten words of many sounds": " ".join(_MANY_SOUNDS),
    "twelve words": " ".join(_MANY_SOUNDS) + " Abdulrahman Ubaidullah",
    "a page of words": " ".join(_MANY_SOUNDS * 160),
    "a page of particles": "Karim " + "al " * 3000,
    "a page of initials": "A B C D E " * 1000,
    "one word without end": "karim" * 2000,
    "digits without end": "0791" * 2500,
    "signs": "王伟" * 2500,
}


def _costs(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor time, and peak memory in megabytes."""
    tracemalloc.start()
    try:
        began = time.process_time()
        call()
        return time.process_time() - began, tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_costs_little_however_long_it_is(kind: str) -> None:
    name = NAMES[kind]
    for role, build in (
        ("name", lambda: WholeNames([Needle("name", name)])),
        ("value", lambda: WholeNames([Needle("value", name)])),
        ("phone", lambda: WholeNames([Needle("phone", name)])),
        ("spelt", lambda: spellings(name)),
        ("heard", lambda: sound_alike(name, name.upper())),
    ):
        seconds, megabytes = _costs(build)
        print(f"{kind}, {role}: {seconds * 1000:.1f} ms, {megabytes:.2f} MB")
        assert megabytes < _MEGABYTES, role
        assert seconds < _SECONDS, role


@pytest.mark.parametrize(
    "kind", ["seven words of many sounds", "ten words of many sounds", "a page of words", "one word without end"]
)
def test_a_long_name_is_found(kind: str) -> None:
    name = NAMES[kind]
    whole_names = WholeNames([Needle("name", name)])
    for mention in (name, name.upper(), name.replace(" ", "_"), "  ".join(name.split())):
        assert whole_names.is_in(mention), mention[:80]


# Building blocks of a text, by kind; each is repeated until the text is long.
TEXTS = {
    "particles": "al ",
    "a name and particles": "Karim al al al al al al al al al ",
    "capital particles": "Al El Bin ",
    "initials": "A ",
    "initials with points": "H. K. ",
    "one letter each": "h e w a ",
    "the name, again and again": "Hewa Karim ",
    "one part": "Karim ",
    "one word": "hewakari",
    "one word of the name's beginning": "moham",
    "digits": "1 2 3 ",
    "the number": "07911123456 ",
    "brackets": "((((((+",
    "open brackets": "Hewa (",
    "quotes": 'Hewa "',
    "tags": "<",
    "entities": "&#",
    "percent": "%C3",
    "hyphens": "-\n",
    "digits for letters": "h3w4 ",
    "dates": "2001-05-",
    "dots": "1.1.1.1.",
    "at signs": "a@",
    "signs": "王",
    "emoji": "😀",
}


@pytest.fixture(scope="module")
def many_names() -> WholeNames:
    """Thousands of sealed people with similar first letters and last digits, some with one-word names."""
    rng = random.Random(1)
    needles = []
    for _ in range(4000):
        vowels = [rng.choice(("a", "e", "i", "o", "u", "aa", "oi")) for _ in range(4)]
        name = "Kh{}l{}d M{}h{}mm{}d".format(*vowels, rng.choice("aeiou"))
        needles += [
            Needle("name", name),
            Needle("name", f"Hewa {rng.choice(_MANY_SOUNDS)} Karim"),
            Needle("name", "Mohammed " + "".join(rng.choice("abdkl") for _ in range(rng.randrange(3, 12)))),
            Needle("name", "al " * rng.randrange(2, 11) + "Karim"),
            Needle("phone", f"+44{rng.randrange(10**9):09}123456"),
        ]
    return WholeNames(needles)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_takes_time_by_its_length_alone(many_names: WholeNames, kind: str) -> None:
    piece = TEXTS[kind]
    took = []
    for length in (20_000, 80_000):
        text = (piece * (length // len(piece) + 1))[:length]
        began = time.process_time()
        many_names.replace(text, "")
        took.append(time.process_time() - began)
    print(f"{kind}: {took[0]:.2f} s, {took[1]:.2f} s")
    assert took[1] < 8, took
    assert took[1] < 2 or took[1] < 10 * took[0], "four times the text takes at most about four times as long"


def test_thousands_of_names_take_time_by_their_number_alone() -> None:
    took = {}
    for number in (500, 2000):
        needles = [Needle("name", f"Hewa{place} Karim{place // 3} Saleh") for place in range(number)]
        took[number] = min(_takes(partial(WholeNames, needles)) for _ in range(2))
    assert took[2000] < 12 * took[500], took


def _takes(call: Callable[[], object]) -> float:
    """Seconds of processor time, without garbage collection, which also visits objects of other tests."""
    gc.disable()
    try:
        began = time.process_time()
        call()
        return time.process_time() - began
    finally:
        gc.enable()
