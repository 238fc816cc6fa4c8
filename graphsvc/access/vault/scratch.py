"""A file that only this process can read, and only while it is open: what is too large to wait in memory."""

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
    """A file to write at its end and read anywhere. Small ones stay in memory; larger ones lie encrypted, without a name.

    Args:
        folder: where a large one lies.
        in_memory: bytes that may stay in memory.
    """

    def __init__(self, folder: Path, in_memory: int) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._file: IO[bytes] = io.BytesIO()
        self._key = b""
        self._first = 0

    def write(self, data: bytes) -> int:
        """Write at the place it stands at."""
        at = self._file.tell()
        if not self._key and at + len(data) > self._in_memory:
            self._move()
        self._file.write(self._crypt(at, data))
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Read on from the place it stands at; everything for -1."""
        at = self._file.tell()
        return self._crypt(at, self._file.read(size))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place it stands at."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of it: nothing of it is left."""
        self._file.close()

    def _move(self) -> None:
        at = self._file.tell()
        self._file.seek(0)
        content, memory = self._file.read(), self._file
        # No key is used twice, so what counts up may begin anywhere.
        self._key, self._first = secrets.token_bytes(32), secrets.randbits(96)
        self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115  # open as long as this is
        self._file.write(self._crypt(0, content))
        self._file.seek(at)
        memory.close()

    def _crypt(self, at: int, data: bytes) -> bytes:
        """Encrypt or decrypt what stands at a place."""
        if not self._key or not data:
            return data
        block, before = divmod(at, _BLOCK)
        counter = (self._first + block).to_bytes(_BLOCK, "big")
        stream = Cipher(AES256(self._key), CTR(counter)).encryptor()
        return (stream.update(bytes(before) + data) + stream.finalize())[before:]
