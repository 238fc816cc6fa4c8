"""Files encrypted in chunks as they are written, so that a large one is never whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphsvc.access.vault import decrypt, encrypt
from graphsvc.errors import InputError, OperatorError

_CHUNK = 1 << 20
_SEALED = _CHUNK + 28  # nonce and tag of AES-GCM


class Parcel:
    """File that encrypts its contents as they are written; a web server can stream an upload into it.

    Attributes:
        size: bytes written so far.
        kept: whether `UploadStore.keep` has stored it.
    """

    def __init__(self, folder: Path, wrapped: bytes, key: bytes, most: int) -> None:
        self.id = folder.name
        self.wrapped, self.key = wrapped, key
        self.size, self.kept = 0, False
        self._most = most
        self._waiting = bytearray()
        self._number = 0
        content = folder / "content"
        content.touch(mode=0o600, exist_ok=False)
        self._file = content.open("wb")

    def write(self, data: bytes | bytearray) -> int:
        """Write the next bytes.

        Raises:
            InputError: the file is too large. OperatorError: the disk is full.
        """
        self.size += len(data)
        if self.size > self._most:
            raise InputError(
                f"The file is larger than {self._most // (1 << 20)} MiB, the most one upload may be."
                " Split the delivery, or load it with `graphsvc load`."
            )
        self._waiting += data
        # The last chunk is bound to another text than the others, so one chunk is always held back.
        while len(self._waiting) > _CHUNK:
            self._seal(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """Do nothing: form parsers rewind files they have filled, and only `UploadStore` reads them."""
        return 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def finish(self) -> None:
        """Seal the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        self._file.close()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        with disk():
            self._file.write(encrypt(self.key, chunk, _bound(what(self.id), self._number, last=last)))
        self._number += 1


def unseal(sealed: Path, key: bytes, bound: str, target: Path) -> None:
    """Decrypt a file sealed by a parcel into `target`.

    Raises:
        OperatorError: it was changed, cut, or sealed with a different key.
    """
    target.touch(mode=0o600, exist_ok=False)
    with sealed.open("rb") as chunks, target.open("wb") as clear:
        number, chunk = 0, chunks.read(_SEALED)
        while chunk:
            following = chunks.read(_SEALED)
            clear.write(decrypt(key, chunk, _bound(bound, number, last=not following)))
            number, chunk = number + 1, following


def what(identifier: str) -> str:
    """Return the text to which the key and content of an upload are bound."""
    return f"upload {identifier}"


def _bound(bound: str, number: int, *, last: bool) -> str:
    return f"{bound} {number} {'last' if last else 'more'}"


@contextmanager
def disk() -> Iterator[None]:
    """Turn disk errors into an `OperatorError` of one sentence."""
    try:
        yield
    except OSError as error:
        raise OperatorError(
            f"The upload cannot be kept ({error.strerror}). Nothing was loaded; free space in the home, then try again."
        ) from error
