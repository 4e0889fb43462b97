"""The site that `make docs` builds, opened from the disk: whole, quiet, and asking nothing of any network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

SITE = Path(__file__).resolve().parents[2] / "docs" / "_build" / "html"
PAGES = ("index", "pages/tutorial.zh-CN", "pages/06_topics", "which-statistic", "api/analysis.keyness")


@pytest.fixture
def page(browser: Browser):
    """A page, the addresses it asked for and what it complained about."""
    if not (SITE / "index.html").exists():
        pytest.skip("The site is not built; run `make docs`.")
    page = browser.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert not complaints
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_pictures_and_formulas(page, name):
    page.goto((SITE / f"{name}.html").as_uri())
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    for width in (400, 1000, 1280, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if name == "pages/06_topics":
        assert page.evaluate("document.images.length") > 5
    if name == "api/analysis.keyness":
        assert page.evaluate("document.querySelector('math').getBoundingClientRect().width") > 50


def test_chinese_is_found(page):
    page.goto((SITE / "search.html").as_uri() + "?q=对数比")
    found = page.locator("#search-results li", has_text="差别是真的吗")
    expect(found.first).to_be_visible(timeout=20_000)
