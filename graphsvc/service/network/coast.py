"""Waters under a map, from the package global-land-mask: a mask of the world's water, about one kilometre per cell.

Only the package's data file is read, as a stream and only as far as the map needs: importing the package would load the
whole world.
"""

from __future__ import annotations

import itertools
import zipfile
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from math import ceil, floor
from typing import cast

import contourpy
import numpy as np

from graphsvc.errors import OperatorError

# Cells per degree, and the world's rows and columns; the first cell is at 90 north, 180 west.
_CELLS = 120
_ROWS, _COLUMNS = 180 * _CELLS, 360 * _CELLS
# Maximum number of rows and columns used to draw a line: finer detail would not be visible.
_MOST = 700
_SHORTEST = 8
_PACKAGE, _FILE = "global-land-mask", "global_land_mask/globe_combined_mask_compressed.npz"

Coordinates = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.uint32]]
Mask = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
Line = tuple[tuple[float, float], ...]


def coast(box: tuple[float, float, float, float]) -> tuple[Line, ...]:
    """Return the waters within a box: shores as rings of (latitude, longitude) in degrees, with islands as inner rings.

    Args:
        box: south, west, north, east; latitudes from -85 to 85, longitudes from -180 to 180.

    Raises:
        OperatorError: the package is not fully installed.
    """
    south, west, north, east = box
    return _lines(floor(south), floor(west), ceil(north), ceil(east))


@lru_cache(maxsize=32)
def _lines(south: int, west: int, north: int, east: int) -> tuple[Line, ...]:
    top, bottom = max(90 - north, 0) * _CELLS, min((90 - south) * _CELLS, _ROWS - 1)
    left, right = max(west + 180, 0) * _CELLS, min((east + 180) * _CELLS, _COLUMNS - 1)
    stride = max(1, ceil(max(bottom - top, right - left) / _MOST))
    water = _rows(top, bottom, stride)[:, left : right + 1 : stride]
    rows, columns = water.shape
    shores = contourpy.contour_generator(
        x=left / _CELLS - 180 + np.arange(columns) * stride / _CELLS,
        y=90 - (top + np.arange(rows) * stride) / _CELLS,
        z=_smooth(water),
        fill_type=contourpy.FillType.OuterOffset,
    ).filled(0.5, 2.0)
    # The stubs do not distinguish fill types; the type used here gives points (x, y) and the offsets of rings.
    points, offsets = cast("tuple[list[Coordinates], list[Offsets]]", shores)
    rings = (
        outline[begin:end] for outline, at in zip(points, offsets, strict=True) for begin, end in itertools.pairwise(at)
    )
    return tuple(
        tuple((round(float(y), 4), round(float(x), 4)) for x, y in ring) for ring in rings if len(ring) >= _SHORTEST
    )


def _smooth(water: Mask) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Average each cell with its neighbours, so that a coast does not look like a staircase."""
    padded = np.pad(water.astype(np.float32), 1, mode="edge")
    rows, columns = water.shape
    shifted = [padded[down : down + rows, right : right + columns] for down in range(3) for right in range(3)]
    smooth: np.ndarray[tuple[int, int], np.dtype[np.float32]] = np.mean(shifted, axis=0, dtype=np.float32)
    return smooth


def _rows(top: int, bottom: int, stride: int) -> Mask:
    """Return rows `top` to `bottom`, every `stride`-th; True is water."""
    try:
        with zipfile.ZipFile(str(distribution(_PACKAGE).locate_file(_FILE))) as whole, whole.open("mask.npy") as mask:
            np.lib.format.read_magic(mask)
            shape, _, kind = np.lib.format.read_array_header_1_0(mask)
            if shape != (_ROWS, _COLUMNS) or kind != np.bool_:
                raise OperatorError(f"The coastlines of the package {_PACKAGE} are not in the form this version reads.")
            for _ in range(top):
                mask.read(_COLUMNS)
            rows = [row for at in range(top, bottom + 1) if (row := mask.read(_COLUMNS)) and (at - top) % stride == 0]
    except (PackageNotFoundError, FileNotFoundError, KeyError, zipfile.BadZipFile) as error:
        raise OperatorError(
            f"The package {_PACKAGE} is not installed whole; install graphsvc's packages again."
        ) from error
    return np.frombuffer(b"".join(rows), dtype=np.bool_).reshape(len(rows), _COLUMNS)
