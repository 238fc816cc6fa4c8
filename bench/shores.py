"""Make the file of shores for maps: `python -m bench.shores land-10m.json`, from the npm package world-atlas.

The package contains Natural Earth's land at 1:10 million (public domain) as TopoJSON. `make lint` fetches it into
`.cache/node/node_modules/world-atlas`. Shores are simplified to 0.008 degrees, less than a kilometre (Douglas and Peucker
1973).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from graphsvc.service.network.coast import SHORES, STEPS, Ring

_TOLERANCE = 0.008
_LEAST_POINTS = 3


def main() -> None:
    """Write the file that maps read."""
    rings = (kept for ring in shores(Path(sys.argv[1])) if len(kept := whole_steps(ring)) >= _LEAST_POINTS)
    steps = (np.diff(ring, axis=0, prepend=0).ravel().tolist() for ring in rings)
    SHORES.write_text("".join(" ".join(map(str, line)) + "\n" for line in steps), "utf-8")


def shores(path: Path) -> Iterator[Ring]:
    """Yield the shore of each land or lake as (latitude, longitude) points, with the first point again at the end."""
    atlas = json.loads(path.read_text("utf-8"))
    scale, origin = np.array(atlas["transform"]["scale"]), np.array(atlas["transform"]["translate"])
    arcs = [(np.cumsum(arc, axis=0) * scale + origin)[:, ::-1] for arc in atlas["arcs"]]
    for land in atlas["objects"]["land"]["geometries"]:
        for polygon in land["arcs"] if land["type"] == "MultiPolygon" else [land["arcs"]]:
            for ring in polygon:
                parts = [arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring]
                yield np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def whole_steps(ring: Ring) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return a ring simplified and rounded to whole steps, without repeated points; the last point is left out."""
    points = np.round(simplify(ring) * STEPS).astype(np.int64)
    return np.asarray(points[(np.diff(points, axis=0, append=points[:1]) != 0).any(axis=1)])


def simplify(ring: Ring) -> Ring:
    """Return a ring without the points that can be left out so that the line moves by at most the tolerance."""
    kept = np.zeros(len(ring), dtype=bool)
    kept[[0, -1]] = True
    spans = [(0, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first > 1:
            along, off = ring[last] - ring[first], ring[first + 1 : last] - ring[first]
            length = np.hypot(*along)
            away = np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length if length else np.hypot(*off.T)
            middle = first + 1 + int(away.argmax())
            if away.max() > _TOLERANCE:
                kept[middle] = True
                spans += [(first, middle), (middle, last)]
    return ring[kept]


if __name__ == "__main__":
    main()
