"""Verifying a damaged export, a repacked one, or a file that is no export prints one sentence, never a traceback."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphsvc.cli import program
from graphsvc.errors import InputError
from graphsvc.service.exports.bundle import bundle, verify

FILES = {"graph.json": b'{"nodes": [' + b'{"id": "P1"}, ' * 400 + b"{}]}", "nodes.csv": b"Id,Label\nP1,Ari\n"}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "whole.zip"
    path.write_bytes(bundle(FILES, {"export": "E-1"}))
    assert verify(path) == []
    return path


def data_of(path: Path, member: str) -> tuple[int, int]:
    """The offset and length of a file's compressed data in an archive."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(member)
        return entry.header_offset + 30 + len(member), entry.compress_size


@pytest.mark.parametrize("member", [*FILES, "manifest.json"])
@pytest.mark.parametrize("at", ["first", "middle", "last"])
def test_what_is_damaged_is_named(whole: Path, member: str, at: str) -> None:
    content = bytearray(whole.read_bytes())
    begins, size = data_of(whole, member)
    begins += {"first": 0, "middle": size // 2 - 5, "last": size - 10}[at]
    content[begins : begins + 10] = bytes(byte ^ 0xFF for byte in content[begins : begins + 10])
    whole.write_bytes(content)
    fault = "the manifest is not as it was" if member == "manifest.json" else f"{member} is not as it was"
    assert verify(whole) == [fault]
    refused = CliRunner().invoke(program, ["export", "verify", str(whole)])
    assert isinstance(refused.exception, InputError)
    assert str(refused.exception) == f"{whole} is not as it was given: {fault}."


def test_one_packed_anew_in_a_way_that_is_not_read_is_to_be_unpacked(whole: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_BZIP2) as repacked:
        for name in archive.namelist():
            repacked.writestr(name, archive.read(name))
    # This archive has no password, but its flag claims one.
    locked = bytearray(whole.read_bytes())
    central = locked.find(b"PK\x01\x02")
    locked[central + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    for path in (tmp_path / "other.zip", tmp_path / "locked.zip"):
        refused = CliRunner().invoke(program, ["export", "verify", str(path)])
        assert isinstance(refused.exception, InputError)
        assert "Unpack it, then verify the folder." in str(refused.exception)
        assert not refused.output


@pytest.mark.parametrize("text", ["no json", "[" * 100_000, "[1]", '{"files": 1, "sha256": 1}'])
def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="This is no export of graphsvc"):
        verify(tmp_path)
