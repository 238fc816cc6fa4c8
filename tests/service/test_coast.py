"""Waters under a map: sea and land in the right places, and a file that can be made again."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench import shores
from graphsvc.service.network.coast import SHORES, Line, coast

ATLAS = Path(__file__).parents[2] / ".cache" / "node" / "node_modules" / "world-atlas" / "land-10m.json"


def is_water(rings: tuple[Line, ...], latitude: float, longitude: float) -> bool:
    """Whether a line to the east crosses an odd number of sides (even-odd rule)."""
    crossed = 0
    for ring in rings:
        for (y, x), (next_y, next_x) in pairwise(ring):
            if (y > latitude) != (next_y > latitude):
                crossed += x + (latitude - y) / (next_y - y) * (next_x - x) > longitude
    return crossed % 2 == 1


@pytest.mark.parametrize("box", [(50.2, 0.4, 51.9, 2.8), (35.0, -9.0, 60.0, 30.0), (-84.0, -179.0, 84.0, 179.0)])
def test_the_channel_is_water_and_both_its_sides_are_land(box: tuple[float, float, float, float]) -> None:
    rings = coast(box)
    for name, latitude, longitude, water in (
        ("between Dover and Calais", 51.03, 1.55, True),
        ("off Dungeness", 50.75, 1.1, True),
        ("Canterbury", 51.28, 1.08, False),
        ("Saint-Omer", 50.75, 2.25, False),
    ):
        assert is_water(rings, latitude, longitude) is water, name


def test_rings_are_closed_and_stay_in_whole_degrees_around_the_box() -> None:
    rings = coast((50.2, 0.4, 51.9, 2.8))
    assert len(rings) > 2
    assert all(ring[0] == ring[-1] for ring in rings)
    points = np.concatenate(rings)
    assert (points.min(axis=0) == (50, 0)).all()
    assert (points.max(axis=0) == (52, 3)).all()


def test_the_open_sea_is_all_water_and_a_desert_is_none() -> None:
    sea, desert = (-40.5, -120.5, -40.2, -120.2), (23.2, 12.2, 23.5, 12.5)
    assert is_water(coast(sea), -40.4, -120.4)
    assert not is_water(coast(desert), 23.4, 12.4)


def test_the_whole_world_is_drawn_with_few_points() -> None:
    whole, part = coast((-84.0, -179.0, 84.0, 179.0)), coast((50.2, 0.4, 51.9, 2.8))
    assert sum(map(len, whole)) < 60_000
    assert sum(map(len, part)) > 100


def test_the_file_is_the_one_that_its_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not ATLAS.exists() and not os.environ.get("CI"):
        pytest.skip("world-atlas is not there: `make lint` fetches it")
    again = tmp_path / "shores.txt"
    monkeypatch.setattr(shores, "SHORES", again)
    monkeypatch.setattr("sys.argv", ["shores", str(ATLAS)])
    shores.main()
    assert again.read_bytes() == SHORES.read_bytes()
