"""A resident reports a hazard and follows it by the receipt, with and without JavaScript."""

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.publishing import sent_photos

pytestmark = pytest.mark.journey

PHONE = 390
RAIL = "The rail at the pond is broken, some 3 metres."
PHOTO = {"name": "rail.jpg", "mimeType": "image/jpeg", "buffer": sent_photos.jpeg()}


def fill(page: Page, *, address: str = "荻花村 村口小店对面") -> None:
    """All that is needed, and a photo."""
    page.get_by_label("By the water", exact=True).check()
    page.get_by_label("What did you see").fill(RAIL)
    page.get_by_label("Where").fill(address)
    page.get_by_label("Photos (up to 4)").set_input_files([PHOTO])  # type: ignore[list-item]


def send(page: Page) -> None:
    page.get_by_role("button", name="Send the report").click()


def follow(page: Page, code: str) -> None:
    page.get_by_role("link", name="Follow a report").first.click()
    page.get_by_label("Receipt code").fill(code)
    page.get_by_role("button", name="Show the report").click()


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without"])
def test_a_resident_reports_with_a_photo_and_follows_it(open_page: Open, script: bool) -> None:
    page = open_page(width=PHONE, script=script)
    page.goto("/report/")
    expect(page.get_by_role("link", name="119")).to_be_visible()
    fill(page)
    send(page)

    expect(page.get_by_role("heading", name="We have your report.")).to_be_visible()
    code = page.locator("#code").inner_text()
    follow(page, code)

    expect(page.get_by_text("We have it. A person at the desk will look at it.")).to_be_visible()
    expect(page.get_by_text(RAIL)).to_be_visible()
    expect(page.get_by_text("1 photo, seen by staff of this case only")).to_be_visible()
    assert code.replace(" ", "") not in page.url


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without"])
def test_an_error_keeps_all_that_was_typed(open_page: Open, script: bool) -> None:
    page = open_page(width=PHONE, script=script)
    page.goto("/report/")
    fill(page, address="opposite the shop")
    send(page)

    summary = page.locator("#errors")
    expect(summary).to_contain_text("We do not know which township that is in. Choose it below.")
    expect(page.get_by_label("What did you see")).to_have_value(RAIL)
    expect(page.get_by_label("By the water", exact=True)).to_be_checked()
    expect(page.get_by_text("Photo 1 is kept")).to_be_visible()

    page.get_by_label("Township").select_option(label="柳埠镇")
    if not script:
        page.get_by_role("button", name="Find the area").click()
    page.get_by_label("Village").select_option(label="荻花村")
    expect(page.get_by_text("Photo 1 is kept")).to_be_visible()
    send(page)

    expect(page.locator("#code")).to_be_visible()
    expect(page.get_by_text("1 photo, without camera data")).to_be_visible()


def test_the_page_sent_again_shows_the_same_code(open_page: Open) -> None:
    page = open_page(width=PHONE)
    page.goto("/report/")
    fill(page)
    send(page)
    code = page.locator("#code").inner_text()

    page.reload()

    expect(page.get_by_role("heading", name="This report came before.")).to_be_visible()
    expect(page.locator("#code")).to_have_text(code)


def test_a_name_is_looked_up_while_it_is_typed_elsewhere(open_page: Open) -> None:
    page = open_page(width=PHONE)
    page.goto("/report/")
    page.get_by_label("What did you see").fill(RAIL)
    page.get_by_label("Where").fill("渡头村")
    page.get_by_role("button", name="Find the area").click()

    page.get_by_label("青屿县 云岙镇 渡头村").check()

    expect(page.get_by_label("What did you see")).to_have_value(RAIL)


def test_a_reporter_adds_words_and_takes_the_report_back(open_page: Open) -> None:
    page = open_page(width=PHONE)
    page.goto("/report/")
    fill(page)
    page.get_by_label("Phone or e-mail").fill("13800001234")
    send(page)
    follow(page, page.locator("#code").inner_text())

    page.get_by_label("What is new").fill("It is worse now.")
    page.get_by_role("button", name="Add it to the report").click()
    expect(page.get_by_text("Added. The people who work on it see it.")).to_be_visible()
    page.get_by_text("What that does").click()
    page.get_by_role("button", name="Take the report back").click()

    expect(page.get_by_text("Taken back. How to reach you is erased.")).to_be_visible()
    expect(page.get_by_text("It is worse now.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without"])
def test_what_the_kind_asks_is_answered_in_the_form(open_page: Open, script: bool) -> None:
    page = open_page(width=PHONE, script=script)
    page.goto("/report/")
    fill(page)
    page.get_by_label("Road", exact=True).check()
    page.get_by_text("Say it more exactly").click()
    page.get_by_label("More exactly").select_option("junction")
    if not script:
        page.get_by_role("button", name="Show what this kind asks").click()
    page.get_by_label("Dark", exact=True).check()
    send(page)

    expect(page.locator("#code")).to_be_visible()


def fill_words(page: Page, words: str) -> None:
    """What is wrong and the village; the point comes from the device or the map."""
    page.goto("/report/")
    page.get_by_label("By the water", exact=True).check()
    page.get_by_label("What did you see").fill(words)
    page.get_by_label("Where").fill("荻花村")


def stored_place(city: City, words: str) -> tuple[float, float, str]:
    """Where the report with these words is, and how that came to be known."""
    asked = "SELECT lng, lat, place_source FROM store_report WHERE words = %s"
    with psycopg.connect(city.environment["DATABASE_URL"]) as database:
        lng, lat, source = database.execute(asked, [words]).fetchall()[0]
    return round(lng, 6), round(lat, 6), source


def test_where_the_device_is_becomes_the_place_of_the_report(city: City, open_apart: Open) -> None:
    page, words = open_apart(width=PHONE), "Said from where I stand"
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 121.240123, "latitude": 28.600456, "accuracy": 12})
    fill_words(page, words)
    page.get_by_role("button", name="Use where I am now").click()
    expect(page.locator("[data-place-said]")).to_contain_text("12")
    send(page)

    expect(page.locator("#code")).to_be_visible()
    assert stored_place(city, words) == (121.240123, 28.600456, "position")


def test_what_lies_under_the_cross_of_the_map_becomes_the_place_of_the_report(
    city: City, open_page: Open
) -> None:
    page, words = open_page(width=PHONE), "Said by moving the map"
    fill_words(page, words)
    page.get_by_role("button", name="Pick on a map").click()
    expect(page.locator("place-map .cross")).to_be_visible(timeout=20_000)
    before = page.locator("[data-place=lng]").input_value()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-place-said]")).to_contain_text("Place set")
    place = [page.locator(f"[data-place={name}]").input_value() for name in ("lng", "lat", "source")]
    send(page)

    expect(page.locator("#code")).to_be_visible()
    assert (before, place[2]) == ("", "map")
    assert stored_place(city, words) == (float(place[0]), float(place[1]), "map")
