"""Content banned from the repository (hosts, local paths, third-party code, large files, real data), and the legs."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests import legs
from tests.views import gephi

ROOT = Path(__file__).parents[1]
# Our own hosts, and hosts of specifications and licences, from which nothing is ever loaded.
_HOST = re.compile(
    r"https?://(?!127\.0\.0\.1|localhost|\[::1\]|\{|\$|<|www\.w3\.org|www\.apache\.org|example\.|host\b)[\w.-]+"
)
# Split, so that this file does not contain the names either.
_REGISTRIES = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "pythonhosted" + r"\.org",
            "maven" + r"\.org",
            "npmjs" + r"\.(org|com)",
            "debian" + r"\.org",
        )
    )
)
_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|farm|home/\w+)/[\w.]")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: nothing is tracked here")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    contents = []
    for path in tracked_files():
        try:
            contents.append((str(path.relative_to(ROOT)), path.read_text("utf-8")))
        except UnicodeDecodeError:
            assert path.suffix == ".png", f"{path} is not text or a picture"
    return contents


@pytest.mark.parametrize("pattern", [_HOST, _REGISTRIES, _MACHINE], ids=["host", "registry", "machine"])
def test_no_file_names_a_host_or_a_path_of_a_machine(pattern: re.Pattern[str]) -> None:
    hits = [
        f"{name}:{number}: {match[0]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := pattern.search(line)) and name != "tests/test_repository.py"
    ]
    assert not hits


def test_files_are_small_and_nothing_is_minified() -> None:
    for path in tracked_files():
        assert path.stat().st_size < 1_000_000, path
        assert ".min." not in path.name, path


def test_nothing_that_a_tool_left_behind_is_tracked() -> None:
    assert not [path.name for path in tracked_files() if path.name.endswith((".orig", ".rej", "~"))]


def test_lock_files_have_hashes_and_no_hosts() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)
        assert "http" not in text


def test_what_npm_brings_has_hashes_and_no_hosts() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert "http" not in text


def test_what_maven_brings_for_tests_has_a_hash() -> None:
    rows = [line for line in gephi.LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert rows
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w.-]+(:[\w.-]+){2,3}", row) for row in rows)


def test_a_line_of_a_template_fits_on_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "graphsvc" / "web").rglob("*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if len(line) > 160
    ]
    assert not long


def test_a_date_in_a_table_that_is_sorted_has_the_day_it_sorts_by() -> None:
    """As displayed, 8 May 2020 would sort by its day of the month."""
    sortable = r"<table[^>]*data-sortable.*?</table>|m\.table\((?:(?!sortable=false).)*?%}.*?{% endcall %}"
    date = r"\| (?:shown|day|moment)\b|\bperiod\(|\bm\.at\("
    bare = [
        f"{path.relative_to(ROOT)}: {cell}"
        for path in sorted((ROOT / "graphsvc" / "web").rglob("*.html"))
        for table in re.findall(sortable, path.read_text("utf-8"), re.DOTALL)
        for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", table, re.DOTALL)
        if re.search(date, cell) and "data-value" not in cell.partition(">")[0]
    ]
    assert not bare


def test_what_the_legs_share_is_there() -> None:
    """A renamed file would silently run in a leg without the servers it needs."""
    assert doctest.testmod(legs).failed == 0
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")]
    together = [room for rooms in legs.TOGETHER for room in rooms]
    for named in (*legs.SHARED, *legs.BOTH, *legs.LONG_TERM, *legs.ALONE, *together):
        assert any(file.startswith(named) for file in files), named
    assert all(named.startswith(legs.SHARED) for named in legs.LONG_TERM)
    assert not set(legs.BOTH) & set(legs.LONG_TERM)
