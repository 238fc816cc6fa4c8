"""The README's *Use it*, followed as by a new user: line by line, in an empty home."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALL, SERVE = "pip install .", "graphsvc serve"
# A separate server: on a shared one, typed Cypher is only for readers who may see everything.
SMALL = {"GRAPHSVC_NEO4J_QUICK_JAVA": "yes", "GRAPHSVC_NEO4J_START_S": "300", "GRAPHSVC_PORT": "0"}
# Command → text in its output after it did what the README says.
SAYS = {
    "behind": "C0001",
    "linked": "first_date",
    "simulate": "An invented case is in",
    "evaluate": "average precision|AP",
    "load": "Loaded into dover as delivery 1",
    "hubs": "leads: Ranked by",
    "query": "C0001",
    "users": "was changed",
    "cypher": "B0001",
    "export": "entities, .* handling",
}


def use_it(language: str) -> str:
    """Code block in a language under the heading *Use it*."""
    text = (ROOT / "README.md").read_text("utf-8").partition("\n## Use it\n")[2]
    block = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    return block[1]


def lines() -> list[str]:
    """The shell lines of the block, without their comments."""
    return [re.sub(r"\s+# .*", "", line) for line in use_it("").splitlines()]


def ran(line: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Run a shell line, which must succeed, and return its output."""
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, env=environ, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.mark.neo4j
@pytest.mark.skipif(os.name == "nt", reason="the lines are of a shell of Unix")
@pytest.mark.slow(reason="does what somebody new does, from an empty home to the pages")
def test_every_line_does_what_it_says(jars: Path, tmp_path: Path) -> None:
    first, *commands, last = lines()
    assert (first, last) == (INSTALL, SERVE)  # tests/packaging tests the installation
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "USER": "kim",
        "GRAPHSVC_HOME": str(tmp_path / "home"),
    }
    environ |= {"PYTHONPATH": str(ROOT), "GRAPHSVC_JARS": str(jars.parent)} | SMALL
    program = tmp_path / "bin" / "graphsvc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graphsvc "$@"\n')
    program.chmod(0o755)
    environ["PATH"] = f"{program.parent}{os.pathsep}{environ['PATH']}"
    try:
        for line in commands:
            assert re.search(SAYS[line.split()[1]], ran(line, tmp_path, environ)), line
        # Neo4j was started once and keeps running, so that not every line has to wait for it.
        assert "ends in" in ran("graphsvc neo4j status", tmp_path, environ)
        ran(f"{shutil.which(sys.executable)} - <<'NOTEBOOK'\n{use_it('python')}NOTEBOOK", tmp_path, environ)
        run_server(last, tmp_path, environ)
    finally:
        ran("graphsvc neo4j stop", tmp_path, environ)


def run_server(line: str, folder: Path, environ: Mapping[str, str]) -> None:
    """Run the `serve` line: the link it prints signs in, and Ctrl-C ends it."""
    with subprocess.Popen(
        ["/bin/sh", "-c", f"exec {line}"], cwd=folder, env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            link = next(match[1] for row in process.stderr if (match := re.search(r"Sign in as kim: (\S+)", row)))
            with urllib.request.urlopen(link, timeout=60) as page:  # noqa: S310  # the address it printed itself
                assert page.status == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
