"""Requests that carry a file: it is streamed into an encrypting parcel, so that no clear copy of it touches the disk.

A view opens the parcel after it has settled that this person may load; what other requests carry may only be small.
"""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import IO, Any, cast

from flask import Request

from graphsvc.errors import InputError
from graphsvc.service import Parcel

_SMALL = 1 << 20


class ReceivingRequest(Request):
    """A request whose uploaded delivery goes into `parcel`, if its view has set one before it looks at the form."""

    parcel: Parcel | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        if self.parcel is None or not filename or PurePath(filename).suffix.lower() == ".toml":
            return _Small()
        parcel, self.parcel = self.parcel, None
        return cast("IO[bytes]", parcel)


class _Small(io.BytesIO):
    """A file in memory that may not grow large."""

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > _SMALL:
            raise InputError("Only the delivery itself may be larger than 1 MiB, and there is one at a time.")
        return super().write(data)
