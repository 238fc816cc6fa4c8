"""One invented name in many spellings and scripts: each spelling finds all others, and no merely similar name."""

from __future__ import annotations

from itertools import permutations

import pytest

from graphsvc.names.likeness import SearchText, match
from graphsvc.names.terms import fields

# Spellings of one name, and similar names of others, in several scripts.
YUSUF = (
    "Yusuf Khorshid", "YUSUF KHORSHID", "Khorshid, Yusuf", "Mr Yusuf Khorshid", "Yousef Khorsheed", "Youssef Khurshid",
    "Yusif Khurshed", "Yûsif Xurşîd", "Yusuf Hurşid", "Jusuf Horšid", "Youssouf Khourchid", "Юсуф Хоршид", "Юсуф Хуршед",
    "ЮСУФ ХУРШИД", "يوسف خورشيد", "يُوسُف خُورشيد", "یوسف خورشید", "یووسف خورشید", "یوسف خۆرشید", "خورشید یوسف",
)  # fmt: skip
NOT_YUSUF = (
    "Yusuf Rashid", "Yunus Khorshid", "Yasin Khorshid", "Yusuf Karim", "Yusuf Horvat", "Iskandar Khorshid", "Юнус Хоршид",
    "Юсуф Рашид", "يونس خورشيد", "یونس خورشید", "يوسف ناصر", "یوسف شەریف", "Yusuf Korkmaz",
)  # fmt: skip
RASHID = (
    "Rashid Shirwani", "Rasheed Shirwani", "SHIRWANI Rashid", "Raschid Schirwani", "Rachid Chirwani",
    "Reşîd Şîrwanî", "Raşid Şirvani", "Rašid Širvani", "Rashid al-Shirwani", "Рашид Ширвани", "رشيد شيرواني", "رشيد الشيرواني",
    "رشید شیروانی", "ڕەشید شیروانی", "شيرواني رشيد",
)  # fmt: skip
NOT_RASHID = (
    "Rashid Sharif", "Rahim Shirwani", "Rostam Shirwani", "Rachid Chergui", "Richard Chirac", "Rashid Shirazi", "Рашид Шариф",
    "رشيد شريف", "رحيم شيرواني", "ڕەحیم شیروانی", "رستم شیروانی", "Rachel Cherwin",
)  # fmt: skip
BAHMAN = (
    "Bahman Sorani", "Behmen Soranî", "Bahman Sourani", "Bahman Sorany", "Behman Surani", "Sorani Bahman", "Бахман Сорани",
    "Бахман Сурани", "بهمن سوراني", "بهمن السوراني", "بهمن سورانی", "بەهمەن سۆرانی",
)  # fmt: skip
NOT_BAHMAN = (
    "Bahram Sorani", "Bahman Suri", "Baran Sarani", "Brahim Sorani", "Bahman Karimi", "Бахрам Сорани", "بهرام سوراني",
    "بەهرام سۆرانی", "بهمن كريمي", "Behnam Sorani",
)  # fmt: skip


@pytest.mark.parametrize(
    ("spellings", "strangers"),
    [(YUSUF, NOT_YUSUF), (RASHID, NOT_RASHID), (BAHMAN, NOT_BAHMAN)],
    ids=lambda names: names[0],
)
def test_each_spelling_finds_each_other_and_nobody_else(spellings: tuple[str, ...], strangers: tuple[str, ...]) -> None:
    def finds(text: str, name: str) -> bool:
        return match(SearchText(text), fields({"name": name})) is not None

    assert [pair for pair in permutations(spellings, 2) if not finds(*pair)] == []
    drawn_in = [(text, name) for text in spellings for name in strangers if finds(text, name) or finds(name, text)]
    assert drawn_in == []


@pytest.mark.parametrize(
    ("french", "spelling"),
    [("Rachid", "رشيد"), ("Chérif", "Sharif"), ("Achraf", "أشرف"), ("Bachir", "بەشیر"), ("Rachid", "Rasheed")],
)
def test_what_french_writes_ch_is_heard_as_sh(french: str, spelling: str) -> None:
    assert match(SearchText(french), fields({"name": spelling})) is not None
    assert match(SearchText(spelling), fields({"name": french})) is not None


def test_an_english_ch_is_still_one() -> None:
    assert match(SearchText("Chalabi"), fields({"name": "جلبي"})) is not None
    assert match(SearchText("Chawla"), fields({"name": "Schaller"})) is None
