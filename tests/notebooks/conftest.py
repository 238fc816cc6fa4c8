"""The demo case for another process, which finds it by environment variables."""

from __future__ import annotations

import datetime as dt

import pytest

from graphsvc.access.people import accounts
from graphsvc.service import Service, command_line


@pytest.fixture
def demo_home(demo: Service) -> dict[str, str]:
    """Environment variables for another process to use the demo case, with an account signed in on the command line."""
    settings = demo.settings
    reader = next(name for name in accounts.list_accounts(demo.database) if "administrator" in name.roles).name
    token = accounts.issue(demo.database, reader, "cli", dt.timedelta(hours=1), "testing notebooks")
    file = command_line.token_file(settings)
    file.touch(mode=0o600)
    file.write_text(token, "ascii")
    return {
        "GRAPHSVC_HOME": str(settings.home),
        "NEO4J_URI": settings.neo4j_uri,
        "NEO4J_PASSWORD": settings.neo4j_password,
        "GRAPHSVC_DATABASE_URL": settings.database_url,
    }
