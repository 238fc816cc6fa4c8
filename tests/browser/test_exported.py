"""The picture of an export, opened from its file in a real Chromium without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from graphsvc.views.forms import About, files
from graphsvc.views.picture.export import outward
from tests.views.test_export import fresh, sample_picture

pytestmark = pytest.mark.browser


def test_the_picture_opens_offline_with_its_mark_on_the_canvas(browser: Browser, tmp_path: Path) -> None:
    faults: list[str] = []

    def paint(mark: str) -> bytes:
        path = tmp_path / f"{len(mark)}.html"
        path.write_bytes(files(outward(sample_picture(), fresh).view, About("a title", mark), ["html"])["picture.html"])
        context = browser.new_context(offline=True, viewport={"width": 900, "height": 700})
        page = context.new_page()
        page.on(
            "console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        if mark:
            assert page.locator("#mark").inner_text() == mark
        image = page.locator("#canvas canvas").screenshot()
        context.close()
        return image

    # The mark is painted on the canvas itself, so without a mark, or with another mark, the picture differs.
    pictures = [paint(mark) for mark in ("", "Handling C · for Kent Police", "Handling C · for A charity")]
    assert len(set(pictures)) == 3
    assert paint("Handling C · for Kent Police") == pictures[1]
    assert faults == []
