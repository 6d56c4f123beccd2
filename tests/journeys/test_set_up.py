"""An empty city: the first administrator is walked through the set-up, and signs in; then it goes to work."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.edge.cli.serving import ANLAN
from tests.journeys.city import ROOT, EmptyCity, empty_city
from tests.journeys.test_case_road import photo, stands_at, take

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
        "area_code": "331000",
        "area_name": "台州市",
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
    goes_its_whole_way(empty, browser)


def goes_its_whole_way(city: EmptyCity, browser: Browser) -> None:
    """With its real areas and its first staff the city takes a report and closes it by the shortest road."""
    areas = ROOT / "tests" / "data" / "areas" / "jiaojiang.csv"
    subprocess.run([ANLAN, "import", "areas", areas], env=city.environment, check=True)
    sessions = json.loads(city.python("tests.journeys.real_places"))

    def opened(who: str = "") -> Page:
        context = browser.new_context(base_url=city.address, viewport={"width": 390, "height": 900})
        context.add_cookies([{"name": "lang", "value": "en", "url": city.address}])
        if who:
            context.add_cookies([{"name": "sessionid", "value": sessions[who], "url": city.address}])
        return context.new_page()

    resident, desk, unit, verifier = opened(), opened("sent-by"), opened("done-by"), opened("seen-by")
    resident.goto("/report/")
    resident.get_by_label("By the water", exact=True).check()
    resident.get_by_label("What did you see").fill("河边步道的护栏断了")
    resident.get_by_label("Where").fill("城隍浦社区 河边")
    resident.get_by_role("button", name="Send the report").click()
    code = resident.locator("#code").inner_text()

    desk.goto("/cases/?view=open")
    desk.locator("tr[id^=case-] a.t").click()
    case = desk.url
    expect(desk.locator("main")).to_contain_text("海门街道 › 城隍浦社区 331002001003")
    take(desk, "accept")
    take(desk, "dispatch")
    stands_at(desk, "Dispatched")
    unit.goto(case)
    unit.locator("form[action$='/rectify'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(unit, "rectify", done="护栏补装")
    verifier.goto(case)
    verifier.locator("form[action$='/pass'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(verifier, "pass", seen="到现场看过")
    desk.goto(case)
    take(desk, "close")
    stands_at(desk, "Closed")

    resident.goto("/receipt/")
    resident.get_by_label("Receipt code").fill(code)
    resident.get_by_role("button", name="Show the report").click()
    stands_at(resident, "Closed", "main .state")
    for page in (resident, desk, unit, verifier):
        page.context.close()
