"""QR codes as part of a page. An image with a secret in its URL could be logged or cached on the way."""

from __future__ import annotations

import segno

_SCALE = 4


def svg(text: str, label: str) -> str:
    """Return the QR code of a text as an SVG element, dark on light in every theme, with `label` as its description."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(
        scale=_SCALE, border=4, dark="#000", light="#fff", svgclass="qr", title=label, lineclass=None
    )
