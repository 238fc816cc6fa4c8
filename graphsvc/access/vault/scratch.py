"""A scratch file for data too large for memory, readable only by this process and only while it is open."""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

_BLOCK = 16


class Scratch:
    """A temporary file: in memory if small, otherwise encrypted on disk without a name.

    Args:
        folder: for large files.
        in_memory: most bytes kept in memory.
    """

    def __init__(self, folder: Path, in_memory: int) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._file: IO[bytes] = io.BytesIO()
        self._key = b""
        self._first = 0

    def write(self, data: bytes) -> int:
        """Write at the current position."""
        at = self._file.tell()
        if not self._key and at + len(data) > self._in_memory:
            self._move()
        self._file.write(self._crypt(at, data))
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Read from the current position; everything for -1."""
        at = self._file.tell()
        return self._crypt(at, self._file.read(size))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the current position."""
        return self._file.tell()

    def close(self) -> None:
        """Close and discard the file."""
        self._file.close()

    def _move(self) -> None:
        at = self._file.tell()
        self._file.seek(0)
        content, memory = self._file.read(), self._file
        # Each file has its own key, so the counter may start anywhere.
        self._key, self._first = secrets.token_bytes(32), secrets.randbits(96)
        self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115  # open as long as this is
        self._file.write(self._crypt(0, content))
        self._file.seek(at)
        memory.close()

    def _crypt(self, at: int, data: bytes) -> bytes:
        """Encrypt or decrypt data at a position."""
        if not self._key or not data:
            return data
        block, before = divmod(at, _BLOCK)
        counter = (self._first + block).to_bytes(_BLOCK, "big")
        stream = Cipher(AES256(self._key), CTR(counter)).encryptor()
        return (stream.update(bytes(before) + data) + stream.finalize())[before:]
