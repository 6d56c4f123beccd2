"""Who acts: a wrong dispatch with its reasons, a case of several units, rules drafted and put in force."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.test_case_road import photo, rectified, stands_at, take
from tests.journeys.test_pages_hold import holds

pytestmark = pytest.mark.journey


def test_a_wrong_dispatch_shows_why_it_was_wrong_and_the_next_one_why_it_was_chosen(
    city: City, open_page: Open
) -> None:
    case = city.cases["wrongly-sent"]
    carol, alice = open_page("carol"), open_page("alice")

    alice.goto(f"/cases/{case}/")
    take(alice, "return", reason="这口塘归镇里管")

    carol.goto(f"/cases/{case}/")
    wrong = carol.locator("#panel .note", has_text="Wrong dispatch: 荻花村村委会")
    expect(wrong).to_contain_text("Sent there because: The nearest unit of the kind")
    expect(wrong).to_contain_text("Returned because: 这口塘归镇里管")
    carol.get_by_label("柳埠镇人民政府").check()
    take(carol, "dispatch", reason="村委会说明归镇里管")
    stands_at(carol, "Dispatched")
    sent = carol.locator(".timeline li", has_text="村委会说明归镇里管")
    expect(sent).to_contain_text("柳埠镇人民政府")


def test_a_case_of_two_units_is_closed_when_the_task_of_the_other_is_verified(
    city: City, open_page: Open
) -> None:
    case = city.cases["of-two-units"]
    carol, alice, bob = open_page("carol"), open_page("alice"), open_page("bob")
    ken = handling(open_page, "ken", "柳埠镇消防站")
    carol.goto(f"/cases/{case}/")
    given(carol, "fire-11", "装救生圈箱")
    given(carol, "office-11", "装警示牌")

    rectified(alice, case)
    verified(bob, case, "pass")
    carol.goto(f"/cases/{case}/")
    take(carol, "close")
    expect(carol.locator("#panel")).to_contain_text("2 tasks of other units are not verified yet")

    ken.goto(f"/cases/{case}/")
    in_task(ken, "Take the task in hand")
    in_task(ken, "Report the task as done", done="箱子装在渡口")
    expect(ken.locator("#tasks summary", has_text="The task is done")).to_have_count(0)
    bob.goto(f"/cases/{case}/")
    in_task(bob, "The task is done", seen="到现场看过")
    carol.goto(f"/cases/{case}/")
    in_task(carol, "Withdraw the task", "柳埠镇人民政府", reason="消防站一并装好了")
    take(carol, "close")
    stands_at(carol, "Closed")
    expect(carol.locator(".timeline")).to_contain_text("Task verified")
    expect(carol.locator(".timeline")).to_contain_text("Task withdrawn")


def handling(open_page: Open, who: str, unit: str) -> Page:
    """The browser of somebody to whom an administrator gave the role of a handler in a unit."""
    grace = open_page("grace")
    grace.goto(f"/manage/members/of/{who}/role/")
    grace.get_by_label("Role").select_option("handler")
    grace.get_by_label("Unit").fill(f"{unit} (fire-11)")
    grace.get_by_label("Area").fill("990101001")
    grace.locator("main form button[type=submit]").last.click()
    expect(grace.locator("main")).to_contain_text("Handler")
    return open_page(who, width=390)


def given(page: Page, unit: str, what: str) -> None:
    """A task for another unit."""
    page.locator("#task-give summary").click()
    page.locator("#task-give select").select_option(unit)
    page.locator("#task-give textarea").fill(what)
    page.get_by_role("button", name="Give the task").click()
    expect(page.locator("#tasks")).to_contain_text(what)


def in_task(page: Page, words: str, unit: str = "柳埠镇消防站", **typed: str) -> None:
    """Open the form of a step of a unit's task, fill it, with a photo where one is asked for, send it."""
    line = page.locator("#tasks li[id^=task-]", has_text=unit)
    form = line.locator("details", has=page.locator(f"summary:text-is('{words}')"))
    form.locator("summary").click()
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    if form.locator("input[type=file]").count():
        form.locator("input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def verified(page: Page, case: int, step: str) -> None:
    page.goto(f"/cases/{case}/")
    page.locator(f"form[action$='/{step}'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(page, step, seen="到现场看过")


def test_rules_are_drafted_checked_tried_and_put_in_force(open_page: Open) -> None:
    grace, liu = open_page("grace", width=320), open_page("liu")
    grace.goto("/manage/routing/")
    grace.get_by_role("button", name="Begin a draft").click()
    grace.get_by_role("link", name="Add a rule").click()
    grace.get_by_label("What the rule is called").fill("青屿临水由街道处理")
    grace.get_by_label("Areas").fill("990102")
    grace.get_by_label("or to the nearest unit of this kind").select_option("township_office")
    grace.get_by_role("button", name="Save").click()
    grace.get_by_role("button", name="Check the draft").click()
    expect(grace.locator("#rule-1")).to_contain_text("青屿县")
    holds(grace)
    grace.get_by_role("button", name="Try it on the last 10,000 cases").click()
    expect(grace.locator("main")).to_contain_text(re.compile(r"\d+ cases looked at; 0 kinds of moves"))
    grace.get_by_role("link", name="Choose the day").click()
    grace.get_by_role("button", name="Put in force").click()

    liu.goto("/manage/routing/")
    expect(liu.locator("h2").first).to_contain_text("In force: version")
    expect(liu.locator("#rule-1")).to_contain_text("青屿临水由街道处理")
