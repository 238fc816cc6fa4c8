"""`graphsvc.connect` opens an existing home and creates nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import graphsvc
from graphsvc.access.people import accounts
from graphsvc.config import Settings
from graphsvc.errors import NotFound, OperatorError
from graphsvc.service import Service, quiet
from tests.leaks.small import FIRST
from tests.toolbox import rows

CASE = "there"


def test_a_folder_that_is_no_home_is_refused_and_not_made(tmp_path: Path) -> None:
    typo = tmp_path / "typo"
    with pytest.raises(OperatorError, match="typo is not a home of graphsvc"):
        graphsvc.connect("testing", home=typo)
    assert not typo.exists()
    with pytest.raises(OperatorError, match="is not a home of graphsvc"):
        graphsvc.connect("testing", home=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.neo4j
def test_a_case_that_is_not_there_is_refused(
    at_server: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = at_server()
    for name, value in (("NEO4J_URI", settings.neo4j_uri), ("NEO4J_PASSWORD", settings.neo4j_password)):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRAPHSVC_DATABASE_URL", settings.database_url)
    rows.write(tmp_path / "1", **FIRST)
    with Service(settings) as service:
        owner = accounts.only_account(service.database, "")
        assert service.session(owner, "tests", CASE).deliveries.load(tmp_path / "1", quiet).committed
    with pytest.raises(NotFound, match="There is no case 'nope' that you can see"):
        graphsvc.connect("testing", case="nope", home=settings.home)
    session = graphsvc.connect("testing", case=CASE, home=settings.home)
    try:
        assert session.network.entities.counts()["person"] == 4
        assert [case.id for case in session.cases()] == [CASE]
    finally:
        session.close()
