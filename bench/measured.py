"""Writing the figures that help pages show, into the package of views that they belong to."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any


def write_measured(part: str, figures: dict[str, Any]) -> None:
    """Write the figures of one package of views, such as `surges`."""
    path = Path(str(files("graphsvc.views"))) / part / "measured.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(f"{path.name} of {part} is written")
