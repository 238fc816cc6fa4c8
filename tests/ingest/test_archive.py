import io
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.archive import RATIO, zip_parts
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.readers import read_delivery

Deliver = Callable[..., Path]


def archive(path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, content in entries:
            packed.writestr(name, content, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize(
    "name", ["../people.csv", "a/../../people.csv", "/etc/people.csv", "C:people.csv", "..\\people.csv"]
)
def test_a_path_out_of_the_archive_is_refused(name: str, tmp_path: Path, limits: Limits) -> None:
    path = archive(tmp_path / "case.zip", [(name, b"id\n")])
    with pytest.raises(InputError, match="a path that leads out of the archive"):
        read_delivery(path, limits)


def test_a_symbolic_link_is_refused(tmp_path: Path, limits: Limits) -> None:
    entry = zipfile.ZipInfo("people.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(InputError, match=r"'people.csv', a symbolic link"):
        read_delivery(archive(tmp_path / "case.zip", [(entry, b"/etc/passwd")]), limits)


@pytest.mark.parametrize("second", ["people.csv", "People.csv"])
def test_the_same_name_twice_is_refused(second: str, tmp_path: Path, limits: Limits) -> None:
    path = archive(tmp_path / "case.zip", [("people.csv", b"id\n"), (second, b"id\n")])
    with pytest.raises(InputError, match=f"'{second}' twice"):
        read_delivery(path, limits)


def test_an_encrypted_archive_is_refused(tmp_path: Path, limits: Limits) -> None:
    path = archive(tmp_path / "case.zip", [("people.csv", b"id\nP1\n")])
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"case.zip is encrypted \('people.csv'\): make an archive without a password"):
        read_delivery(path, limits)


@pytest.mark.parametrize("name", ["more.zip", "people.csv"])
def test_an_archive_in_an_archive_is_refused(name: str, tmp_path: Path, limits: Limits) -> None:
    inner = archive(tmp_path / "inner.zip", [("people.csv", b"id\n")]).read_bytes()
    with pytest.raises(InputError, match=f"holds another archive \\('{name}'\\)"):
        read_delivery(archive(tmp_path / "case.zip", [(name, inner)]), limits)


def test_a_bomb_is_refused_by_what_it_unpacks_to(tmp_path: Path) -> None:
    path = archive(tmp_path / "case.zip", [("people.csv", b"id\n" + b"0" * 30_000_000)])
    assert path.stat().st_size < 40_000
    with pytest.raises(InputError, match=f"'people.csv' unpacks to more than {RATIO} times its size"):
        read_delivery(path, Limits(100_000_000, 1_000))


def test_a_bomb_that_lies_in_its_headers_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "case.zip", [("people.csv", b"id\n" + b"0" * 30_000_000)])
    content = path.read_bytes().replace((30_000_003).to_bytes(4, "little"), (3).to_bytes(4, "little"))
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"case.zip"):
        read_delivery(path, Limits(100_000_000, 1_000))


def test_one_large_file_is_refused(tmp_path: Path, limits: Limits) -> None:
    content = b"".join(b"%d\n" % (number * 7919) for number in range(600_000))
    assert len(content) > limits.file_bytes
    with pytest.raises(InputError, match=r"'people.csv' \(unpacked\) is larger than 5,000,000 bytes"):
        read_delivery(archive(tmp_path / "case.zip", [("people.csv", content)]), limits)


def test_many_files_that_are_large_together_are_refused(tmp_path: Path) -> None:
    files: list[tuple[str | zipfile.ZipInfo, bytes]] = [(f"{number}.csv", b"x" * 900) for number in range(5)]
    with pytest.raises(InputError, match="unpacks to more than 4,000 bytes"):
        read_delivery(archive(tmp_path / "case.zip", files), Limits(1_000, 100))


def test_more_files_than_a_delivery_has_are_refused(tmp_path: Path, limits: Limits) -> None:
    files: list[tuple[str | zipfile.ZipInfo, bytes]] = [(f"{number}.csv", b"") for number in range(2_001)]
    with pytest.raises(InputError, match="more than 2,000 files"):
        read_delivery(archive(tmp_path / "case.zip", files), limits)


def test_damage_inside_is_found_before_anything_is_read(deliver: Deliver, zip_folder: Deliver, limits: Limits) -> None:
    path = zip_folder(deliver({"people.csv": "id,name\n" + "".join(f"P{n},{n * 7919}\n" for n in range(500))}))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        offset = packed.getinfo("people.csv").header_offset
    content[offset + 200] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"case.zip is damaged and cannot be unpacked"):
        read_delivery(path, limits)


def test_two_folders_deep_is_refused(deliver: Deliver, zip_folder: Deliver, limits: Limits) -> None:
    with pytest.raises(InputError, match="unknown file 'b/"):
        read_delivery(zip_folder(deliver(), inside="a/b/"), limits)


def test_a_folder_beside_a_readme_is_named(deliver: Deliver, zip_folder: Deliver, limits: Limits) -> None:
    path = zip_folder(deliver(), inside="case/")
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("README.txt", "hello")
        packed.writestr("papers/scan.pdf", "%PDF")
    with pytest.raises(InputError, match=r"unknown file 'case/\w+.csv'. It lies in a folder: make the archive of"):
        read_delivery(path, limits)
    parts = zip_parts(path, limits, ["README.txt", "papers"])
    assert sorted(part.name for part in parts) == ["links.csv", "people.csv", "statements.csv"]


def test_what_is_ignored_is_not_unpacked(deliver: Deliver, zip_folder: Deliver, tmp_path: Path, limits: Limits) -> None:
    inner = archive(tmp_path / "inner.zip", [("people.csv", b"id\n")]).read_bytes()
    path = zip_folder(deliver({"codebook.xlsx": inner, "large.txt": b"0" * 6_000_000}), inside="case/")
    with pytest.raises(InputError, match=r"holds another archive|times its size|is larger than"):
        zip_parts(path, limits)
    parts = zip_parts(path, limits, ["codebook.xlsx", "large.txt"])
    assert sorted(part.name for part in parts) == ["links.csv", "people.csv", "statements.csv"]


def test_names_of_files_are_compared_composed(tmp_path: Path, limits: Limits) -> None:
    path = archive(tmp_path / "case.zip", [("U\u0308bersicht.csv", b"id\n"), ("u\u0308.csv", b"id\n")])
    (part,) = zip_parts(path, limits, ["\u00fc.csv"])
    assert part.name == "\u00dcbersicht.csv"
    assert part.table("people").header == ["id"]


def test_what_a_mac_adds_is_passed_over(deliver: Deliver, zip_folder: Deliver, limits: Limits) -> None:
    path = zip_folder(deliver(), inside="case/")
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("__MACOSX/case/._people.csv", b"\0\5\x16\7")
        packed.writestr("case/.DS_Store", b"\0")
    assert [table.name for table in read_delivery(path, limits)] == ["people", "statements", "links"]


def test_rows_leave_no_file_open(deliver: Deliver, zip_folder: Deliver, limits: Limits) -> None:
    rows = iter(read_delivery(zip_folder(deliver()), limits)[0].rows)
    assert next(iter(rows)) == (2, ["P1", "Hewa"])
    del rows  # an archive left open would warn, and warnings are errors


def test_random_bytes_in_an_archive_raise_nothing_else(tmp_path: Path, limits: Limits) -> None:
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("people.csv", "links.csv"):
            packed.writestr(name, "id,name\nP1,x\n" * 20)
    path = tmp_path / "case.zip"
    refused = 0
    for place in range(len(good.getvalue())):
        content = bytearray(good.getvalue())
        content[place] ^= 0x41
        path.write_bytes(content)
        try:
            for table in read_delivery(path, limits):
                list(table.rows)
        except InputError:
            refused += 1
    assert refused > 100
