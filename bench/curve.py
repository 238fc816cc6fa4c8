"""Draw ranking, leave-outs and memory by size of a case: `python -m bench.curve` makes curve.svg from curve.csv.

All axes are logarithmic, so that growth by a power of the size is a straight line. `python -m bench.stability --picture
FILE.svg` draws new measurements in the same way. The picture is readable on light and dark pages.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

_TOP, _HIGH, _WIDE = 78.0, 232.0, 264.0
_SIZE = (800, 372)
# Possible marks of an axis: 1 or 3 times a power of ten for seconds, powers of two for MiB.
_SECONDS = [step * 10.0**power for power in range(-4, 6) for step in (1, 3)]
_MIB = [2.0**power for power in range(3, 21)]
# Goals for 100,000 people: ranking with every leave-out in seconds, memory in MiB.
GOAL_S, GOAL_MIB = 8.0, 1024.0
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .head { font-size: 14px; font-weight: 600 }
  .quiet { fill: #59636e }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .goal { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 2 4 }
  .line { fill: none; stroke-width: 2 }
  .ranking { stroke: #0969da } .ranking-dot { fill: #0969da }
  .leave-outs { stroke: #bc4c00 } .leave-outs-dot { fill: #bc4c00 }
  .memory { stroke: #1a7f37 } .memory-dot { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #3d444d } .goal { stroke: #9198a1 }
    .ranking { stroke: #4493f8 } .ranking-dot { fill: #4493f8 }
    .leave-outs { stroke: #f0883e } .leave-outs-dot { fill: #f0883e }
    .memory { stroke: #3fb950 } .memory-dot { fill: #3fb950 }
  }
"""


@dataclass(frozen=True, slots=True)
class Size:
    """Measurements for one size of a case.

    Attributes:
        people: number of people.
        values: `ranking` and `leave-outs` in seconds, `memory` in MiB; absent if not measured.
    """

    people: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of the picture: its position, scale and curves."""

    left: float
    head: str
    marks: Sequence[tuple[float, str]]
    lines: Sequence[tuple[str, str]]
    goal: float
    goal_text: str

    def high(self, value: float) -> float:
        """Return the vertical position of a value."""
        low, most = math.log(self.marks[0][0]), math.log(self.marks[-1][0])
        return _TOP + _HIGH * (1 - (math.log(value) - low) / (most - low))


def read(path: Path) -> list[Size]:
    """Read the figures of a file: one row per size, empty cells for missing measurements."""
    columns = {"ranking": "ranking_s", "leave-outs": "leave_outs_s", "memory": "memory_mib"}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Size(int(row["people"]), {name: float(row[column]) for name, column in columns.items() if row[column]})
            for row in csv.DictReader(file)
        ]


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the exponent k if values grow with size as size ** k: the slope of logarithms, by least squares.

    Example:
        >>> round(exponent([(10, 1), (100, 20), (1000, 400)]), 3)
        1.301
    """
    at, of = ([math.log(point[axis]) for point in points] for axis in (0, 1))
    middle, level = sum(at) / len(at), sum(of) / len(of)
    risen = sum((x - middle) * (y - level) for x, y in zip(at, of, strict=True))
    return risen / sum((x - middle) ** 2 for x in at)


def draw(sizes: Sequence[Size]) -> str:
    """Draw the picture as SVG."""
    taken = [(name, value) for size in sizes for name, value in size.values.items()]
    seconds = _marks(_SECONDS, [GOAL_S, *(value for name, value in taken if name != "memory")])
    memory = _marks(_MIB, [GOAL_MIB, *(value for name, value in taken if name == "memory")])
    halves = (
        _Half(
            56,
            "Seconds",
            [(value, f"{value:g}") for value in seconds],
            (("leave-outs", "every leave-out"), ("ranking", "ranking")),
            GOAL_S,
            f"goal for 100,000, both: {GOAL_S:g} s",
        ),
        _Half(
            460,
            "Memory at most",
            [(value, f"{value / 1024:g} GiB") for value in memory],
            (("memory", "memory"),),
            GOAL_MIB,
            "goal: 4 GiB",
        ),
    )
    wide, high = _SIZE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" role="img" aria-labelledby="head told">',
        '<title id="head">Ranking, leave-outs and memory over the size of a case</title>',
        f'<desc id="told">{escape("; ".join(_describe(sizes)))}</desc>',
        f"<style>{_STYLE}</style>",
        _text(8, 22, "Ranking, every leave-out, and memory over the people of a case", "head"),
        _text(
            8, 42, "both axes logarithmic; the number at a line is the exponent by which it grows with people", "quiet"
        ),
    ]
    for half in halves:
        parts += _half(half, sizes)
    return "\n".join([*parts, "</svg>", ""])


def _marks(steps: Sequence[float], values: Sequence[float]) -> list[float]:
    """Return the consecutive steps that enclose all values, with room for labels below the lowest."""
    first = max(at for at, step in enumerate(steps) if step <= min(values) / 1.5)
    last = min(at for at, step in enumerate(steps) if step >= max(values))
    return list(steps[first : last + 1])


def _half(half: _Half, sizes: Sequence[Size]) -> list[str]:
    low, most = math.log(sizes[0].people), math.log(sizes[-1].people)

    def across(people: float) -> float:
        return half.left + _WIDE * ((math.log(people) - low) / (most - low) if most > low else 0.5)

    bottom, right = _TOP + _HIGH, half.left + _WIDE
    parts = [_text(half.left, _TOP - 12, half.head, "quiet")]
    for value, text in half.marks:
        parts.append(_rule(half.left, half.high(value), right, half.high(value), "grid"))
        parts.append(_text(half.left - 6, half.high(value) + 4, text, "quiet", "end"))
    for size in sizes:
        parts.append(_rule(across(size.people), _TOP, across(size.people), bottom, "grid"))
        parts.append(_text(across(size.people), bottom + 18, f"{size.people:,}", "quiet", "middle"))
    parts.append(_text(half.left + _WIDE / 2, bottom + 38, "people", "quiet", "middle"))
    parts.append(_rule(half.left, half.high(half.goal), right, half.high(half.goal), "goal"))
    parts.append(_text(half.left + 4, half.high(half.goal) - 6, half.goal_text, "quiet"))
    for name, called in half.lines:
        points = [(size.people, size.values[name]) for size in sizes if name in size.values]
        places = [(across(people), half.high(value)) for people, value in points]
        parts.append(f'<polyline class="line {name}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>')
        for (x, y), (people, value) in zip(places, points, strict=True):
            parts.append(f'<circle class="{name}-dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
            label = f"{value:g}" if name != "memory" else f"{value / 1024:.3g} GiB"
            last = people == sizes[-1].people
            parts.append(
                _text(x - 8 if last else x + 8, y + (-8 if last else 16), label, "", "end" if last else "start")
            )
        if places:
            x, y = places[-1]
            by = f" {exponent(points):.2f}" if len(points) > 2 else ""
            parts.append(_text(x + 8, y + 4, f"{called}{by}", ""))
    return parts


def _describe(sizes: Sequence[Size]) -> Iterable[str]:
    """Describe each size in words, for people who cannot see the picture."""
    units = {"ranking": "s", "leave-outs": "s", "memory": "MiB"}
    for size in sizes:
        values = ", ".join(f"{name} {value:g} {units[name]}" for name, value in size.values.items())
        yield f"{size.people:,} people: {values}"


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    of = f' class="{kind}"' if kind else ""
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{of}{at}>{escape(text)}</text>'


def _rule(x: float, y: float, to_x: float, to_y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'


def main() -> None:
    beside = Path(__file__).parent
    parser = argparse.ArgumentParser(prog="python -m bench.curve", description=__doc__)
    parser.add_argument(
        "figures", nargs="?", type=Path, default=beside / "curve.csv", help="a row a size (%(default)s)"
    )
    parser.add_argument("--picture", type=Path, default=beside / "curve.svg", help="where it is written (%(default)s)")
    options = parser.parse_args()
    options.picture.write_text(draw(read(options.figures)), "utf-8")


if __name__ == "__main__":
    main()
