"""An empty city: the first administrator is walked through the set-up, and signs in."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.city import EmptyCity, empty_city

pytestmark = pytest.mark.journey
PASSWORD = "a long sentence 长长的口令"


@pytest.fixture(scope="module")
def empty() -> Iterator[EmptyCity]:
    """A city in which nothing is yet."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-e-", dir="/tmp"))
    try:
        with empty_city(folder) as started:
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("lang", "width", "heading"), [("zh-hans", 1440, "初始设置"), ("en", 320, "Set up the city")]
)
def test_the_set_up_fits_and_keeps_what_was_typed(
    empty: EmptyCity, browser: Browser, lang: str, width: int, heading: str
) -> None:
    context = browser.new_context(base_url=empty.address, viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "lang", "value": lang, "url": empty.address}])
    page = context.new_page()
    page.goto("/setup/")
    page.locator("[name=unit_name]").fill("市指挥中心")
    page.locator("main button").last.click()

    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("[name=unit_name]")).to_have_value("市指挥中心")
    expect(page.locator("h1")).to_have_text(heading)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_first_administrator_sets_up_signs_in_and_is_asked_for_a_second_factor(
    empty: EmptyCity, browser: Browser
) -> None:
    context = browser.new_context(base_url=empty.address)
    context.add_cookies([{"name": "lang", "value": "en", "url": empty.address}])
    page = context.new_page()
    page.goto("/setup/")
    typed = {
        "code": empty.setup_code,
        "area_code": "990100",
        "area_name": "澜川市",
        "unit_code": "desk",
        "unit_name": "市指挥中心",
        "username": "grace",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main button").last.click()
    page.get_by_label("User name or e-mail address").fill("grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("**/account/second-factor/")  # an administrator needs one before anything else
    expect(page.get_by_role("link", name="Add a key")).to_be_visible()
    context.clear_cookies()
    assert page.goto("/setup/").status == 404  # type: ignore[union-attr]
    context.close()
