from __future__ import annotations

import time
import uuid
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from graphsvc.access.people import accounts
from graphsvc.ingest.check import Delivery
from graphsvc.service import Service
from graphsvc.service.answers import Loaded

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]

Visiting = Callable[..., AbstractContextManager[Any]]
LONG_S = 60.0
FILES = {
    "people.csv": "id,name\nP1,Idris Karam\nP2,Ana Petrou\nP3,Omar Said\n",
    "statements.csv": "id,kind,handling\nST1,record,P\n",
    "links.csv": "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,ST1\nP1,DIRECTTED,P3,ST1\n",
}


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def case() -> str:
    return f"browser-{uuid.uuid4().hex[:8]}"


def preview(page: Page, case: str, path: Path) -> None:
    page.goto("/load")
    page.get_by_label("Case", exact=True).fill(case)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("its first delivery creates it")).to_be_visible()
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="What delivery.zip would do")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_upload_preview_confirm_progress_case(visit: Visiting, case: str, delivery: Path, *, scripts: bool) -> None:
    with visit(java_script_enabled=scripts) as seen:
        page: Page = seen.page
        preview(page, case, delivery)
        expect(page.get_by_text("The counts reconcile")).to_be_visible()
        row = page.get_by_role("row").filter(has_text="DIRECTTED")
        expect(row).to_contain_text("links.csv")
        expect(row).to_contain_text("3")
        page.get_by_role("button", name="Import it").click()
        expect(page.get_by_role("heading", name="Delivery 1 is loaded")).to_be_visible(timeout=LONG_S * 1000)
        page.get_by_role("link", name="Open the case").click()
        page.wait_for_url(f"**/case/{case}")
        page.goto(f"/case/{case}/load")
        expect(page.get_by_role("link", name="Undo import")).to_be_visible()


def test_cancel_deletes_the_upload(visit: Visiting, case: str, delivery: Path, demo: Service) -> None:
    with visit() as seen:
        page: Page = seen.page
        preview(page, case, delivery)
        page.get_by_role("button", name="Cancel and delete the upload").click()
        expect(page.get_by_role("heading", name="Import a delivery")).to_be_visible()
        assert case not in [row.id for row in demo.session(_walker(demo), "tests").cases()]


def test_a_load_is_watched_and_can_be_stopped(
    visit: Visiting, case: str, delivery: Path, demo: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_case: str, _account: str, _delivery: Delivery, progress: Callable[..., None], **_how: Any) -> Loaded:
        end = time.monotonic() + LONG_S
        while time.monotonic() < end:
            progress(3, 9, "writing to the graph")
            time.sleep(0.02)
        raise AssertionError("nobody stopped it")

    with visit() as seen:
        page: Page = seen.page
        preview(page, case, delivery)
        monkeypatch.setattr(demo.casework, "load", slow)
        page.get_by_role("button", name="Import it").click()
        expect(page.get_by_text("writing to the graph")).to_be_visible()
        expect(page.get_by_text("3 of 9")).to_be_visible()
        page.reload()
        expect(page.get_by_text("writing to the graph")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", name="Cancelled")).to_be_visible(timeout=LONG_S * 1000)
        expect(page.get_by_text("no case was made")).to_be_visible()


def test_a_wrong_file_is_said_before_it_is_sent(visit: Visiting, case: str, tmp_path: Path) -> None:
    wrong = tmp_path / "people.csv"
    wrong.write_text("id\nP1\n", "utf-8")
    with visit(viewport={"width": 360, "height": 740}) as seen:
        page: Page = seen.page
        page.goto(f"/case/{case}/load")
        page.locator("#file").set_input_files(wrong)
        expect(page.get_by_role("alert")).to_contain_text("is no .zip, .xlsx")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _walker(demo: Service) -> Any:
    return next(account for account in accounts.list_accounts(demo.database) if account.name == "walker")
