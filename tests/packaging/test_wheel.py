"""The wheel that users get is built, installed in an empty environment, and does the main job there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from graphsvc.store.server.local import LocalServer

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    inherited = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http", "LANG"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, "PATH": os.environ["PATH"], "HOME": str(cwd), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, ROOT, cwd=out)
    (path,) = out.glob("*.whl")
    return path


def test_everything_the_command_needs_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (
        ("cypher", "*.cypher"),
        ("graphsvc/web", "*.html"),
        ("graphsvc/web", "*.[cjs]*s"),
        ("graphsvc/ingest/mappings", "*.toml"),
        ("graphsvc/store", "*.lock"),
        ("graphsvc/views", "*.typ"),
        ("graphsvc/appdb/migrations", "*.py"),
    ):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern) if "__pycache__" not in path.parts]
        assert files, folder
        for path in files:
            inside = path.as_posix() if path.parts[0] == "graphsvc" else f"graphsvc/{path.as_posix()}"
            assert inside in names, inside


@pytest.mark.neo4j
@pytest.mark.slow(reason="builds the wheel and installs it in a new environment")
def test_the_installed_wheel_does_the_main_job(wheel: Path, neo4j_server: LocalServer, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    # Python compiles modules on import; compiling all of them beforehand takes longer than the rest of this test.
    install = (python, "-m", "pip", "install", "-q", "--no-compile")
    run(*install, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    run(*install, "--no-deps", "--no-index", wheel, cwd=tmp_path)
    command = tmp_path / "env" / "bin" / "graphsvc"
    server = {
        "GRAPHSVC_HOME": str(tmp_path / "home"),
        "NEO4J_URI": neo4j_server.uri,
        "NEO4J_PASSWORD": neo4j_server.password,
    }
    run(command, "simulate", "out", "--seed", "7", "--people", "60", cwd=tmp_path)
    run(command, "load", "out", "--case", "wheel", cwd=tmp_path, **server)
    answer = json.loads(run(command, "hubs", "wheel", "--format", "json", "--all", cwd=tmp_path, **server))
    truth = json.loads((tmp_path / "out" / "truth.json").read_text("utf-8"))
    assert set(answer) == {"case", "verdict", "reason", "ranked_on", "total", "hubs"}
    ids = [hub["id"] for hub in answer["hubs"]]
    assert len(ids) == len(set(ids))
    # People without a name in the answer have pseudonyms, because nothing under P gives them a part.
    assert set(truth["candidates"]) & set(ids)
    assert len(ids) >= len(truth["candidates"])
