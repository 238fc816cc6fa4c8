"""Families of invented worlds: authors, the purpose of each seed, and unchanged worlds of other authors."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path

import pytest

from bench import worlds
from bench.worlds import FAMILIES, PROJECT, case

LAST_LOOKS = 9000
# Digest of the files that each author's script wrote for seed 1 with a fifth of statements false.
AS_WRITTEN = {
    "first": "ccb7a16d03fe2fbc",
    "second": "341928865c83f51c",
    "segments": "39fd037d19a118be",
    "kin": "002330de21bfa23f",
    "cells": "4e03e853d9793afd",
    "routes": "3fb61a1d181050a7",
    "logistics": "818ecdcd6d62a4aa",
    "gangmasters": "642a5fcfee69c3aa",
    "shadows": "f05197a370c6dd6f",
}


def digest(folder: Path) -> str:
    """Digest of all files of a folder, with their names."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


@pytest.mark.parametrize("family", AS_WRITTEN)
def test_worlds_of_other_authors_are_written_as_their_authors_wrote_them(family: str, tmp_path: Path) -> None:
    importlib.import_module(f"bench.worlds.{family}").make(tmp_path, 1, 0.2)
    assert digest(tmp_path) == AS_WRITTEN[family]


def test_every_family_of_another_author_is_pinned() -> None:
    assert {name for name, family in FAMILIES.items() if family.author != PROJECT} == set(AS_WRITTEN)


def test_no_seed_is_both_fitted_and_tried_and_none_is_kept_for_last_looks() -> None:
    for name, family in FAMILIES.items():
        assert not set(family.fitted) & set(family.tried), name
        assert max([*family.fitted, *family.tried]) < LAST_LOOKS, name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_world_names_its_hubs_among_those_who_are_ranked(family: str) -> None:
    seed = FAMILIES[family].fitted[0]
    world = case(family, seed, 0.2)
    assert world.planted_people.hubs <= world.planted_people.candidates
    assert 0.04 < len(world.planted_people.hubs) / len(world.planted_people.candidates) < 0.3
    assert world.claims


def test_cases_are_kept_in_the_folder_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CASES", str(tmp_path / "cases"))
    worlds._folder.cache_clear()
    try:
        world = case("close", 1, 0.2)
        (path,) = (tmp_path / "cases").iterdir()
        path.write_bytes(path.read_bytes().replace(b"world 1000001", b"world 9999999"))
        assert world.name == "world 1000001"
        assert case("close", 1, 0.2).name == "world 9999999"
    finally:
        worlds._folder.cache_clear()
    assert path.name.startswith("close-1-0.2-")
