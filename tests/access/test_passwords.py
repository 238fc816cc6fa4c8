"""Passwords that anyone would try first are refused; passwords of the kind we recommend are accepted."""

from __future__ import annotations

import pytest

from graphsvc.access.people.passwords import LONGEST_PASSWORD, refusal

TRIVIAL = (
    "password1234", "Password-2026!", "P@ssw0rd2026", "passwordpassword", "123456789012", "1234567890123456",
    "qwertyuiop12", "QWERTZUIOP!!", "asdfghjklasdf", "zxcvbnm12345", "1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghijkl",
    "lkjihgfedcba", "aaaaaaaaaaaa", "abcabcabcabc", "abcd1234abcd1234", "letmein12345", "welcome12345", "iloveyou2020",
    "administrator", "Administrator1", "adminadmin12", "changeme1234", "summer2026!!", "Winter-2025-Winter",
    "passwort2026", "motdepasse12", "sunshine1999", "princess2001!", "dragonmonkey", "football2024", "superman1985",
    "January2026!", "monday tuesday", "graphsvc2026!", "Europol-2026-", "police123456", "trustno11111", "secretsecret1",
    "19841985198619", "0000000000001", "!@#$%^&*()!@", "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff441234",
    "a1a1a1a1a1a1", "test test test", "hello world 1", "azertyuiop123",
    "correcthorsebatterystaple", "CorrectHorseBatteryStaple1!", "correct horse battery staple", "c0rrect-h0rse-battery-staple",
    "to be or not to be", "ToBeOrNotToBe", "maytheforcebewithyou", "The quick brown fox!", "onceuponatime2026",
    "horsebatterystaple", "purpleelephant", "bluerivermountain", "MyHouseIsGreen", "thesecretgarden7",
)  # fmt: skip
GOOD = (
    "correct horse battery", "a password of my own", "another long password", "tern over Dunkirk sand",
    "kX7#qLw9!mVz", "vierzig blaue Kisten", "\u0645\u0646\u0638\u0645 \u0628\u062d\u0631 \u0643\u062a\u0627\u0628",
    "\u6f6e\u6c34\u306e\u6d66\u98a8\u5cf6\u821f\u6708\u591c\u7802\u6d5c\u9ce5", "dnkqwz rtvbhj",
    "sandternoverdunkirk", "blue river mountain kiln", "blue-river-mountain-kiln", "vierzigblauekisten",
)  # fmt: skip


@pytest.mark.parametrize("password", TRIVIAL)
def test_what_anyone_would_try_is_refused_in_two_sentences(password: str) -> None:
    reason = refusal(password)
    assert reason.startswith(("This password ", "A password needs")), reason
    assert password not in reason


@pytest.mark.parametrize("password", GOOD)
def test_what_people_should_choose_is_taken(password: str) -> None:
    assert refusal(password, "ann lee") == ""


def test_the_name_of_the_account_is_no_password() -> None:
    for password, name in (
        ("maria.keller.77", "Maria Keller"), ("xx-m4r1a-keller", "keller"), ("Keller loves tea", "maria.keller"),
    ):  # fmt: skip
        assert "the name of its account" in refusal(password, name)
    assert refusal("planning blue canals", "ann") == ""  # a name too short to matter


def test_length_is_looked_at_first() -> None:
    assert "at least 12" in refusal("")
    assert "at least 12" in refusal("aaaa")
    assert "at most" in refusal("x" * (LONGEST_PASSWORD + 1))
