"""The vault: everything that could name a sealed person, encrypted in the application database.

Envelope encryption with AES-256-GCM: a master key (a private file in the home, or the environment) wraps one data
key per case and one per sealed person. What a ciphertext is for is bound to it as associated data, so a value
moved to another row does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import zlib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graphsvc.config import Settings
from graphsvc.errors import OperatorError

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that reads like something else
_PREFIX = {"person": "S", "source": "Q", "thing": "T"}


def encrypt(key: bytes, value: bytes, what: str) -> bytes:
    """`value` encrypted under `key` (32 bytes) and bound to `what`."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, value, what.encode())


def decrypt(key: bytes, value: bytes, what: str) -> bytes:
    """The inverse of `encrypt`.

    Raises:
        OperatorError: the key is another one, or the value was changed.
    """
    try:
        return AESGCM(key).decrypt(value[:12], value[12:], what.encode())
    except InvalidTag:
        raise OperatorError(
            f"The vault cannot open {what}: the master key is not the one it was sealed with, or the database was"
            " changed. Restore the right key (file master.key in the home, or GRAPHSVC_MASTER_KEY)."
        ) from None


class Vault:
    """Seals and opens values under the master key."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    @classmethod
    def of(cls, settings: Settings, *, new: bool) -> Vault:
        """The vault of a home; its key file is generated when `new` (nothing has been sealed there yet).

        Raises:
            OperatorError: the key is missing although something was sealed with it, or is no key.
        """
        if settings.master_key:
            return cls(_key_of(settings.master_key, "GRAPHSVC_MASTER_KEY"))
        path = settings.home / "master.key"
        if not path.exists():
            if not new:
                raise OperatorError(
                    f"The vault's key {path} is missing, and sealed identities cannot be opened without it."
                    " Restore the file from your backup, or set GRAPHSVC_MASTER_KEY."
                )
            _write_key(path)
        return cls(_key_of(path.read_text("ascii", errors="replace").strip(), str(path)))

    def new_key(self, what: str) -> tuple[bytes, bytes]:
        """A new data key and the same wrapped for storage, bound to `what`."""
        key = secrets.token_bytes(32)
        return key, self.wrap(key, what)

    def wrap(self, key: bytes, what: str) -> bytes:
        """A data key wrapped for storage, bound to `what`."""
        return encrypt(self._master, key, what)

    def key(self, wrapped: bytes, what: str) -> bytes:
        """The data key that was wrapped for `what`."""
        return decrypt(self._master, wrapped, what)

    def derived(self, what: str) -> bytes:
        """A key (32 bytes) for `what`: the same at every start of the home, and telling nothing of the master key."""
        return hmac.digest(self._master, f"derived\0{what}".encode(), hashlib.sha256)


def pack(key: bytes, value: Any, what: str) -> bytes:
    """A JSON value, compressed and encrypted."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return encrypt(key, zlib.compress(text.encode("utf-8", "surrogatepass"), 1), what)


def unpack(key: bytes, sealed: bytes, what: str) -> Any:
    """The inverse of `pack`."""
    return json.loads(zlib.decompress(decrypt(key, sealed, what)))


def pseudonym(key: bytes, kind: str, identifier: str) -> str:
    """The pseudonym of a person, thing or source in the case whose data key is `key`, such as `S-7K3Q-X2MD-0A9B`.

    A keyed hash: the same in every load of the case, another in every other case, and telling neither order nor
    number. `kind` is person, thing or source; a source never has the pseudonym of the person it may be.
    """
    digest = int.from_bytes(hmac.digest(key, f"{kind}\0{identifier}".encode(), hashlib.sha256)[:8], "big")
    letters = "".join(_ALPHABET[digest >> (5 * place) & 31] for place in range(12))
    return f"{_PREFIX[kind]}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def claim_id(key: bytes, *parts: str) -> str:
    """The id of a claim: a keyed hash of what tells it apart, so that it says nothing to who lacks the case's key."""
    return hmac.digest(key, "\0".join(("claim", *parts)).encode(), hashlib.sha256)[:12].hex()


def _write_key(path: Path) -> None:
    """A new master key in a file only its owner can read, never half written and never overwriting another."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError:
        return  # another process of the same home was first: its key is the key
    except OSError as error:
        raise OperatorError(
            f"The vault's key cannot be written to {path} ({error.strerror}). Free space or make the folder writable."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _key_of(text: str, where: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise OperatorError(f"{where} holds no key (32 bytes in URL-safe base64). Restore the right one.")
    return key
