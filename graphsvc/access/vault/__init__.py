"""The vault: everything that could name a sealed person, encrypted in the application database.

Envelope encryption with AES-256-GCM: a master key (a private file in the home, or the environment) wraps one data
key per case and one per sealed person. What a ciphertext is for is bound to it as associated data, so a value
moved to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import zlib
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graphsvc.appdb import tables
from graphsvc.errors import OperatorError, standing

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that reads like something else
_PREFIX = {"person": "S", "source": "Q", "thing": "T", "entered": "N", "hidden": "H"}
_ENTERED = re.compile(rf"N(?:-[{_ALPHABET}]{{4}}){{3}}")
_HIDDEN = re.compile(rf"H(?:-[{_ALPHABET}]{{4}}){{3}}")


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
    """Seals and opens values under the master key. `access.vault.masterkey` opens it.

    Args:
        master: the master key (32 bytes).
        root: what other keys of the home are derived from; it stays the same when the master key is rotated.
        generation: how often the master key had been rotated when this vault was opened.
    """

    def __init__(self, master: bytes, root: bytes, generation: int = 0) -> None:
        self._master = master
        self.root = root
        self._generation = generation

    def require_current(self, connection: sa.Connection) -> None:
        """Nothing, if the master key is still this one; called last in a transaction that keeps a wrapped key.

        Raises:
            OperatorError: it was rotated in the meantime: what was wrapped here could not be opened any more.
        """
        now = connection.execute(sa.select(tables.vault.c.generation).with_for_update(read=True)).scalar()
        if now != self._generation:
            raise OperatorError(
                f"The master key was rotated while this was under way. {standing()}; start graphsvc again."
            )

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
        """A key (32 bytes) for `what`: the same at every start of the home and after a rotation of the master key."""
        return hmac.digest(self.root, f"derived\0{what}".encode(), hashlib.sha256)


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
    number. `kind` is person, thing or source; a source never has the pseudonym of the person it may be. `entered` gives
    what was added by hand an id of its own, which is none of those.
    """
    digest = int.from_bytes(hmac.digest(key, f"{kind}\0{identifier}".encode(), hashlib.sha256)[:8], "big")
    letters = "".join(_ALPHABET[digest >> (5 * place) & 31] for place in range(12))
    return f"{_PREFIX[kind]}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def kind_of(name: str) -> str:
    """The kind of whom or what a pseudonym stands for, as `pseudonym` takes it.

    Example:
        >>> kind_of(pseudonym(b"k" * 32, "thing", "phone-7"))
        'thing'
    """
    return next(kind for kind, prefix in _PREFIX.items() if name.startswith(f"{prefix}-"))


def signs(key: bytes, identifier: str) -> str:
    """Twelve letters and digits that tell an id from every other without a word of it."""
    return pseudonym(key, "thing", f"{chr(0)}id {identifier}")[2:].replace("-", "")


def is_entered(identifier: str) -> bool:
    """Whether an id has the form of those that are given to what is added by hand."""
    return _ENTERED.fullmatch(identifier) is not None


def is_hidden(identifier: str) -> bool:
    """Whether an id is a hidden one: shown instead of a delivered id that names somebody sealed.

    Example:
        >>> is_hidden("H-7K3Q-X2MD-0A9B"), is_hidden("P12")
        (True, False)
    """
    return _HIDDEN.fullmatch(identifier) is not None


def claim_id(key: bytes, *parts: str) -> str:
    """The id of a claim: a keyed hash of what tells it apart, so that it says nothing to who lacks the case's key."""
    return hmac.digest(key, "\0".join(("claim", *parts)).encode(), hashlib.sha256)[:12].hex()
