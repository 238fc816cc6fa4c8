"""Figures with their intervals, as one self-contained SVG for pages and reports; it follows a dark theme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _COLUMNS = 760, 2
_LABEL, _VALUE, _ROW, _HEAD, _FOOT, _GAP = 176, 44, 20, 30, 24, 20
# The highlighted method differs not only by hue: its marks are filled, the others are hollow.
_STYLE = """
svg{color:#1b1f24;background:#fff;font:12px system-ui,sans-serif}
text{fill:currentColor}.title{font-weight:600;font-size:13px}.main{font-size:15px;font-weight:600}
.axis{stroke:currentColor;stroke-opacity:.25}.faint{fill-opacity:.75}
.other{stroke:#6b7280;fill:#fff}.ours{stroke:#0072b2;fill:#0072b2}line.other,line.ours{stroke-width:2}
@media(prefers-color-scheme:dark){svg{color:#e6e8eb;background:#15181c}.other{stroke:#9aa3af;fill:#15181c}
.ours{stroke:#56b4e9;fill:#56b4e9}}
"""


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """One figure of one method: from 0 to 1, with its interval (NaN if unknown). `ours` is highlighted."""

    label: str
    value: float
    low: float
    high: float
    ours: bool = False


def svg(title: str, panels: Sequence[tuple[str, Sequence[IntervalMark]]]) -> str:
    """Draw a panel for each figure, with a row for each method: a dot between 0 and 1, and its interval as a line.

    Args:
        title: heading of the drawing; any text.
        panels: (name of the figure, its marks), from top left.

    Example:
        >>> picture = svg("One <case>", [("AUC", [IntervalMark("degree", 0.5, 0.4, 0.6)])])
        >>> picture.startswith("<svg xmlns="), "One &lt;case&gt;" in picture, picture.count("<circle")
        (True, True, 1)
    """
    wide = (_WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    parts, top = [], 40.0
    for start in range(0, len(panels), _COLUMNS):
        row = panels[start : start + _COLUMNS]
        parts += [_panel(name, marks, place * (wide + _GAP), top, wide) for place, (name, marks) in enumerate(row)]
        top += _HEAD + _ROW * max(len(marks) for _, marks in row) + _FOOT + _GAP
    head = f'<text class="main" x="0" y="20">{escape(title)}</text>'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 0 {_WIDTH + 24} {top:g}" role="img" '
        f'aria-label="{escape(title)}">'
    )
    return f"{opening}<style>{_STYLE}</style>{head}{''.join(parts)}</svg>\n"


def _panel(name: str, marks: Sequence[IntervalMark], left: float, top: float, wide: float) -> str:
    zero, unit = left + _LABEL, wide - _LABEL - _VALUE
    bottom = top + _HEAD + _ROW * len(marks)
    parts = [f'<text class="title" x="{left:g}" y="{top + 14:g}">{escape(name)}</text>']
    for tick in (0, 0.5, 1):
        x = zero + tick * unit
        parts.append(f'<line class="axis" x1="{x:g}" x2="{x:g}" y1="{top + _HEAD - 6:g}" y2="{bottom:g}"/>')
        parts.append(f'<text class="faint" x="{x:g}" y="{bottom + 14:g}" text-anchor="middle">{tick:g}</text>')
    for place, mark in enumerate(marks):
        parts.append(_row(mark, left, top + _HEAD + _ROW * (place + 0.5), zero, unit))
    return "".join(parts)


def _row(mark: IntervalMark, left: float, y: float, zero: float, unit: float) -> str:
    label = f'<text x="{left:g}" y="{y + 4:g}">{escape(mark.label)}</text>'
    if math.isnan(mark.value):
        return label + f'<text class="faint" x="{zero:g}" y="{y + 4:g}">nobody of that kind</text>'
    kind = "ours" if mark.ours else "other"
    tooltip = f"{mark.label}: {mark.value:.2f}"
    whisker = ""
    if not math.isnan(mark.low):
        ends = f'x1="{zero + mark.low * unit:.1f}" x2="{zero + mark.high * unit:.1f}"'
        whisker = f'<line class="{kind}" {ends} y1="{y:g}" y2="{y:g}"/>'
        tooltip += f" ({mark.low:.2f} to {mark.high:.2f})"
    dot = f'<circle class="{kind}" cx="{zero + mark.value * unit:.1f}" cy="{y:g}" r="4.5" stroke-width="2"/>'
    value = f'<text class="faint" x="{zero + unit + 12:g}" y="{y + 4:g}">{mark.value:.2f}</text>'
    return f"{label}<g><title>{escape(tooltip)}</title>{whisker}{dot}</g>{value}"
