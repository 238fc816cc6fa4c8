"""Coastlines as a background of maps: Natural Earth at 1:10 million (public domain), simplified by `bench.shores`."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor
from pathlib import Path

import numpy as np

# Coordinates in the file are in steps, this many to a degree. Each line of the file is a shore: latitude and longitude
# of its first point, then the differences from point to point.
STEPS = 120
SHORES = Path(__file__).with_name("shores.txt")
# Points closer together than this share of the map's size are drawn as one: finer detail would not be visible.
_VISIBLE = 1 / 1400
_SHORTEST = 3

Ring = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Line = tuple[tuple[float, float], ...]


def coast(box: tuple[float, float, float, float]) -> tuple[Line, ...]:
    """Return the waters within a box as rings of (latitude, longitude) in degrees: the box, then the shores in it.

    Fill by the even-odd rule: points in the box and inside no land are water, as are lakes, which are rings in land.

    Args:
        box: south, west, north, east; latitudes from -85 to 85, longitudes from -180 to 180.
    """
    south, west, north, east = box
    return _lines(floor(south), floor(west), ceil(north), ceil(east))


@lru_cache(maxsize=32)
def _lines(south: int, west: int, north: int, east: int) -> tuple[Line, ...]:
    step = max(north - south, east - west) * _VISIBLE
    lines: list[Line] = [((south, west), (south, east), (north, east), (north, west), (south, west))]
    for ring in _rings():
        if (ring.max(axis=0) > (south, west)).all() and (ring.min(axis=0) < (north, east)).all():
            for axis, least, most in ((0, south, north), (1, west, east)):
                ring = _clip(_clip(ring, axis, least, 1), axis, most, -1)
            ring = ring[(np.diff(np.round(ring / step), axis=0, append=np.inf) != 0).any(axis=1)]
            if len(ring) >= _SHORTEST:
                lines.append(tuple((round(float(y), 4), round(float(x), 4)) for y, x in (*ring, ring[0])))
    return tuple(lines)


def _clip(ring: Ring, axis: int, limit: int, sign: int) -> Ring:
    """Clip a ring at one side of the box (Sutherland and Hodgman 1974); `sign` 1 keeps the part above `limit`."""
    inside = sign * (ring[:, axis] - limit) >= 0
    if inside.all():
        return ring
    following, follows = np.roll(ring, -1, axis=0), np.roll(inside, -1)
    steps = following - ring
    share = (limit - ring[:, axis]) / np.where(steps[:, axis] == 0, 1, steps[:, axis])
    crossing = ring + share[:, None] * steps
    both = np.stack([crossing, following], axis=1).reshape(-1, 2)
    return np.asarray(both[np.stack([inside != follows, follows], axis=1).ravel()])


@lru_cache(maxsize=1)
def _rings() -> tuple[Ring, ...]:
    """Return the shores of the world, about 170,000 points. First points are not repeated at the end."""
    lines = SHORES.read_text("utf-8").splitlines()
    return tuple(np.cumsum(np.array(line.split(), dtype=int).reshape(-1, 2), axis=0) / STEPS for line in lines)
