"""Requests with an uploaded file, which is encrypted as it arrives, so that it is never on disk as clear text.

A view sets the parcel after checking that the user may import. Any other file in a request must be small.
"""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import IO, Any, cast

from flask import Request

from graphsvc.errors import InputError
from graphsvc.service import answers

_SMALL = 1 << 20


class ReceivingRequest(Request):
    """Request whose uploaded delivery is written to `parcel`, if the view sets one before it reads the form."""

    parcel: answers.Parcel | None = None

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
    """In-memory file limited to 1 MiB."""

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > _SMALL:
            raise InputError("Only the delivery itself may be larger than 1 MiB, and there is one at a time.")
        return super().write(data)
