"""Worlds of generators by other authors, which stand in a folder beside the project and are no part of it.

Each is a script `NAME.py sim FOLDER --seed N --false SHARE` that writes a case and a truth.json with `hubs`, `candidates` and,
where it tells them, `roles`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.case_folder import Case, read

# List of a truth.json → roles that belong in it, in the words of these authors.
_LISTS = {"leaders": {"top"}, "brokers": {"broker"}, "helpers": {"helper"}}


def world(folder: Path, name: str, seed: int, false_share: float) -> Case:
    """One world of a generator in a folder.

    Raises:
        CalledProcessError: the generator is not there, or ended with an error.
    """
    with tempfile.TemporaryDirectory() as made:
        target = Path(made) / "case"
        command = [sys.executable, f"{name}.py", "sim", str(target), "--seed", str(seed), "--false", str(false_share)]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        truth = json.loads((target / "truth.json").read_text("utf-8"))
        roles = truth.get("roles", {})
        for kind, those in _LISTS.items():
            truth.setdefault(kind, [person for person, role in roles.items() if role in those])
        (target / "truth.json").write_text(json.dumps(truth), "utf-8")
        return read(target)
