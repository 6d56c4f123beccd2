"""A hazard's way through the house, each person at their own browser."""

import io
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.tabs import QUIET_PAGE

pytestmark = pytest.mark.journey


def photo(name: str = "now.jpg") -> dict[str, object]:
    """A picture as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 110)).save(file, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()}


def reported(open_page: Open) -> tuple[int, str]:
    """A resident reports a hazard on a phone; the id of its case and the receipt code.

    Words and place are like no other report's: a flood of one text or of one place waits for a person, and
    the newest case would be that of another journey.
    """
    mark = uuid4().hex[:8]
    phone = open_page(width=390)
    phone.goto("/report/")
    phone.get_by_label("By the water", exact=True).check()
    phone.get_by_label("What did you see").fill(f"村口水塘的护栏断了约 3 米，编号 {mark}。")
    phone.get_by_label("Where").fill(f"荻花村 村口小店对面 {mark}")
    phone.locator("input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    phone.get_by_role("button", name="Send the report").click()
    code = phone.locator("#code").inner_text()
    expect(phone.get_by_text("A person looks at it first")).to_have_count(0)
    desk = open_page("carol")
    desk.goto("/cases/?view=all")
    newest = desk.locator("tr[id^=case-]").first.get_attribute("id") or ""
    for page in (phone, desk):
        page.goto(QUIET_PAGE)  # an open page would go on to follow what happens
    return int(newest.removeprefix("case-")), code


def take(page: Page, step: str, **typed: str) -> None:
    """Open the form of a step, fill it, send it."""
    folded = page.locator(f"#step-{step}")
    if folded.count() and folded.get_attribute("open") is None:
        folded.locator("summary").click()
    form = page.locator(f"form[action$='/{step}']")
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def stands_at(page: Page, word: str, where: str = ".head .state") -> None:
    expect(page.locator(where).first).to_have_text(word)


def sent_to_the_unit(carol: Page, case: int) -> None:
    carol.goto(f"/cases/{case}/")
    take(carol, "accept")
    stands_at(carol, "To dispatch")
    take(carol, "dispatch")
    stands_at(carol, "Dispatched")


def rectified(alice: Page, case: int) -> None:
    alice.goto(f"/cases/{case}/")
    alice.locator("form[action$='/rectify'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(alice, "rectify", done="护栏补装 3 米，推拉不晃")
    stands_at(alice, "To verify")


def test_dispatched_rectified_with_a_photo_verified_by_another_and_closed(open_page: Open) -> None:
    case, code = reported(open_page)
    carol, alice, bob = open_page("carol"), open_page("alice", width=390), open_page("bob", width=390)

    sent_to_the_unit(carol, case)
    rectified(alice, case)
    expect(alice.locator("form[action$='/pass']")).to_have_count(0)
    expect(alice.locator("#panel")).to_contain_text("The hazard is gone: Your role does not allow this here.")

    bob.goto(f"/cases/{case}/")
    expect(bob.locator(".needs .no")).to_have_count(2)
    bob.locator("form[action$='/pass'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(bob, "pass", seen="到现场看过，护栏稳固")
    stands_at(bob, "Verified")

    carol.goto(f"/cases/{case}/")
    take(carol, "close")
    stands_at(carol, "Closed")
    expect(carol.locator(".pair img")).to_have_count(3)

    resident = open_page(width=390)
    resident.goto("/receipt/")
    resident.get_by_label("Receipt code").fill(code)
    resident.get_by_role("button", name="Show the report").click()
    stands_at(resident, "Closed", "main .state")
    expect(resident.locator(".timeline")).to_contain_text("Another unit checked on site: it is removed")


def test_the_wrong_unit_returns_it_and_another_gets_it_with_a_reason(city: City, open_page: Open) -> None:
    case = city.cases["to-return"]
    carol, alice = open_page("carol"), open_page("alice")

    alice.goto(f"/cases/{case}/")
    take(alice, "return", reason="这段路归镇里管")
    expect(alice.locator("h1")).to_have_text("This page is not there")

    carol.goto(f"/cases/{case}/")
    stands_at(carol, "Returned")
    carol.get_by_label("柳埠镇人民政府").check()
    take(carol, "dispatch")
    expect(carol.locator("[role=alert]").first).to_contain_text("荻花村村委会 was suggested.")
    carol.get_by_label("柳埠镇人民政府").check()
    take(carol, "dispatch", reason="村委会说明归镇里管")
    stands_at(carol, "Dispatched")
    expect(carol.locator(".timeline")).to_contain_text("这段路归镇里管")


def test_a_failed_verification_sends_it_back_and_the_second_one_closes_it(
    city: City, open_page: Open
) -> None:
    case = city.cases["to-fail"]
    carol, alice, bob = open_page("carol"), open_page("alice"), open_page("bob")

    bob.goto(f"/cases/{case}/")
    take(bob, "fail", reason="2 根立柱用手能推动")
    stands_at(bob, "Rework")

    rectified(alice, case)
    bob.goto(f"/cases/{case}/")
    bob.locator("form[action$='/pass'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(bob, "pass", seen="立柱已加固")
    carol.goto(f"/cases/{case}/")
    take(carol, "close")
    stands_at(carol, "Closed")
    expect(carol.locator(".head")).to_contain_text("Reworked once")


def test_of_two_dispatchers_the_second_is_told_and_keeps_the_words(city: City, open_page: Open) -> None:
    case = city.cases["raced"]
    carol, liu = open_page("carol"), open_page("liu", script=False)

    liu.goto(f"/cases/{case}/")
    carol.goto(f"/cases/{case}/")
    take(carol, "accept")
    take(liu, "reject", reason="邻村已经报过")

    expect(liu.locator("#panel")).to_contain_text("Somebody was first: Accepted.")
    expect(liu.locator("#panel textarea[readonly]")).to_have_value("邻村已经报过")
    stands_at(liu, "To dispatch")


def test_a_county_dispatcher_reaches_another_countys_case_by_no_address(city: City, open_page: Open) -> None:
    case = city.cases["rectified"]
    carol, dan = open_page("carol"), open_page("dan")
    carol.goto(f"/cases/{case}/")
    picture = carol.locator(".pair a").first.get_attribute("href")
    number = carol.locator(".head .code").inner_text()
    addresses = (f"/cases/{case}/", picture, f"{picture}/small", "/areas/overview/990101/")

    answers = [dan.goto(f"{address}") for address in addresses]
    assert [answer.status for answer in answers if answer] == [404, 404, 404, 404]
    dan.goto(f"/cases/?view=all&words={number}")
    expect(dan.locator(f"#case-{case}")).to_have_count(0)
    dan.goto("/cases/?view=all&area=990101")
    expect(dan.locator("[id^=case-]")).to_have_count(0)
