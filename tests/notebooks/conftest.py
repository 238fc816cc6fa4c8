"""The demo case as a process of its own finds it: by environment variables."""

from __future__ import annotations

import pytest

from graphsvc.service import Service


@pytest.fixture
def demo_home(demo: Service) -> dict[str, str]:
    """The variables that lead another process to the demo case."""
    settings = demo.settings
    return {
        "GRAPHSVC_HOME": str(settings.home),
        "NEO4J_URI": settings.neo4j_uri,
        "NEO4J_PASSWORD": settings.neo4j_password,
    }
