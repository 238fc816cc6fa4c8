"""The second factor: six-digit codes of an authenticator app that change every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import datetime as dt
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6
# Steps that a clock may be ahead or behind.
DRIFT = 1
ISSUER = "graphsvc"


def new_secret() -> str:
    """Return a new secret in the form authenticator apps accept: 160 random bits in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def uri(secret: str, name: str) -> str:
    """Return the `otpauth:` address that sets up an authenticator app, as text or in a QR code."""
    return _generator(secret).get_provisioning_uri(name, ISSUER)


def code_at(secret: str, moment: dt.datetime) -> str:
    """Return the code of a moment (UTC, without a time zone)."""
    return _generator(secret).generate(_step(moment) * STEP_S).decode("ascii")


def step_of(secret: str, code: str, moment: dt.datetime, after: int) -> int | None:
    """Return the time step of a code: at most `DRIFT` from the moment's, and later than step `after`; else None.

    Example:
        >>> at = dt.datetime(2020, 5, 8, 12, 0, 0)
        >>> step = step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at), at, 0)
        >>> step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at), at, step) is None
        True
    """
    entered_code = "".join(code.split()).encode("utf-8", "replace")
    generator, current = _generator(secret), _step(moment)
    match = None
    # All steps are compared, so that the time taken does not reveal which one matched.
    for step in range(current - DRIFT, current + DRIFT + 1):
        if bytes_eq(generator.generate(step * STEP_S), entered_code) and step > after:
            match = step
    return match


def _step(moment: dt.datetime) -> int:
    return int(moment.replace(tzinfo=dt.UTC).timestamp()) // STEP_S


def _generator(secret: str) -> TOTP:
    # SHA-1 is what every authenticator app computes; within an HMAC its collisions cannot be exploited.
    return TOTP(base64.b32decode(secret), DIGITS, hashes.SHA1(), STEP_S)  # noqa: S303
