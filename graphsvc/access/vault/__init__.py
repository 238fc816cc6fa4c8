"""The vault: everything that could name a sealed person, encrypted in the application database.

Envelope encryption with AES-256-GCM: a master key (a private file in the home, or the environment) wraps one data
key per case and one per sealed person. Each ciphertext is bound to its purpose (associated data), so a value moved
to another row cannot be decrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import zlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graphsvc.appdb import tables
from graphsvc.appdb.schema import context_of
from graphsvc.errors import OperatorError, standing

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no characters that look alike
_PREFIX = {"person": "S", "source": "Q", "thing": "T", "entered": "N", "hidden": "H"}
_ENTERED = re.compile(rf"N(?:-[{_ALPHABET}]{{4}}){{3}}")
_HIDDEN = re.compile(rf"H(?:-[{_ALPHABET}]{{4}}){{3}}")


def encrypt(key: bytes, value: bytes, context: str) -> bytes:
    """Encrypt `value` under `key` (32 bytes), bound to `context`."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, value, context.encode())


def decrypt(key: bytes, value: bytes, context: str) -> bytes:
    """The inverse of `encrypt`.

    Raises:
        OperatorError: the key is wrong, or the value was changed.
    """
    try:
        return AESGCM(key).decrypt(value[:12], value[12:], context.encode())
    except InvalidTag:
        raise OperatorError(
            f"The vault cannot open {context}: the master key is not the one it was sealed with, or the database was"
            " changed. Restore the right key (file master.key in the home, or GRAPHSVC_MASTER_KEY)."
        ) from None


class Vault:
    """Seals and opens values under the master key. `access.vault.masterkey` opens it.

    Args:
        master: the master key (32 bytes).
        root: the key from which other keys of the home are derived; rotating the master key does not change it.
        generation: number of rotations of the master key before this vault was opened.
    """

    def __init__(self, master: bytes, root: bytes, generation: int = 0) -> None:
        self._master = master
        self.root = root
        self._generation = generation

    def require_current(self, connection: sa.Connection) -> None:
        """Check that the master key is still current; called last in a transaction that stores a wrapped key.

        Raises:
            OperatorError: it was rotated in the meantime, so keys wrapped here could no longer be opened.
        """
        now = connection.execute(sa.select(tables.vault.c.generation).with_for_update(read=True)).scalar()
        if now != self._generation:
            raise OperatorError(
                f"The master key was rotated while this was under way. {standing()}; start graphsvc again."
            )

    def new_key(self, context: str) -> tuple[bytes, bytes]:
        """Return a new data key, and the same key wrapped for storage, bound to `context`."""
        key = secrets.token_bytes(32)
        return key, self.wrap(key, context)

    def wrap(self, key: bytes, context: str) -> bytes:
        """Wrap a data key for storage, bound to `context`."""
        return encrypt(self._master, key, context)

    def key(self, wrapped: bytes, context: str) -> bytes:
        """Return the data key that was wrapped for `context`."""
        return decrypt(self._master, wrapped, context)

    def derive_key(self, context: str) -> bytes:
        """Return a key (32 bytes) for `context`: the same at every start and after a rotation of the master key."""
        return hmac.digest(self.root, f"derived\0{context}".encode(), hashlib.sha256)


def pack(key: bytes, value: Any, context: str) -> bytes:
    """Compress and encrypt a JSON value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return encrypt(key, zlib.compress(text.encode("utf-8", "surrogatepass"), 1), context)


def unpack(key: bytes, sealed: bytes, context: str) -> Any:
    """The inverse of `pack`."""
    return json.loads(zlib.decompress(decrypt(key, sealed, context)))


def seal(key: bytes, column: sa.Column[bytes], row: Mapping[str, Any] | sa.RowMapping, value: Any) -> bytes:
    """Seal a value for one column of one row; it cannot be opened anywhere else."""
    return pack(key, value, context_of(column, row))


def unseal(key: bytes, column: sa.Column[bytes], row: Any) -> Any:
    """The inverse of `seal`; an empty text for an empty column."""
    columns = row if isinstance(row, sa.RowMapping) else row._mapping
    return unpack(key, columns[column], context_of(column, columns)) if columns[column] else ""


def pseudonym(key: bytes, kind: str, identifier: str) -> str:
    """Return a pseudonym in the case whose data key is `key`, such as `S-7K3Q-X2MD-0A9B`.

    It is a keyed hash: the same in every import of the case, different in every other case. It reveals no order or
    number. `kind` is person, thing or source; a source never has the pseudonym of the person it may be. `entered` gives
    rows added by hand a separate id, and `hidden` replaces a delivered id that names a sealed person.
    """
    digest = int.from_bytes(hmac.digest(key, f"{kind}\0{identifier}".encode(), hashlib.sha256)[:8], "big")
    letters = "".join(_ALPHABET[digest >> (5 * place) & 31] for place in range(12))
    return f"{_PREFIX[kind]}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def kind_of(name: str) -> str:
    """Return the kind of a pseudonym's subject, as passed to `pseudonym`.

    Example:
        >>> kind_of(pseudonym(b"k" * 32, "thing", "phone-7"))
        'thing'
    """
    return next(kind for kind, prefix in _PREFIX.items() if name.startswith(f"{prefix}-"))


def is_source(name: str) -> bool:
    """Whether a text has the form of a source's pseudonym."""
    return name.startswith(f"{_PREFIX['source']}-")


def signs(key: bytes, identifier: str) -> str:
    """Return twelve letters and digits that distinguish an id from others without revealing it."""
    return pseudonym(key, "thing", f"{chr(0)}id {identifier}")[2:].replace("-", "")


def is_entered(identifier: str) -> bool:
    """Whether an id has the form given to rows added by hand."""
    return _ENTERED.fullmatch(identifier) is not None


def is_hidden(identifier: str) -> bool:
    """Whether an id is a hidden id, shown instead of a delivered id that names a sealed person.

    Example:
        >>> is_hidden("H-7K3Q-X2MD-0A9B"), is_hidden("P12")
        (True, False)
    """
    return _HIDDEN.fullmatch(identifier) is not None


def claim_id(key: bytes, *parts: str) -> str:
    """Return the id of a claim: a keyed hash of its distinguishing parts; it reveals nothing without the case's key."""
    return hmac.digest(key, "\0".join(("claim", *parts)).encode(), hashlib.sha256)[:12].hex()
