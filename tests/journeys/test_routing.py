"""Who acts: a wrong dispatch with its reasons, a case of several units, rules drafted and put in force."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.test_case_road import photo, rectified, reported, sent_to_the_unit, stands_at, take
from tests.journeys.test_pages_hold import holds

pytestmark = pytest.mark.journey


def test_a_wrong_dispatch_shows_why_it_was_sent_there_and_why_that_was_wrong(open_page: Open) -> None:
    case, _ = reported(open_page)
    carol, alice = open_page("carol"), open_page("alice")

    sent_to_the_unit(carol, case)
    alice.goto(f"/cases/{case}/")
    take(alice, "return", reason="这口塘归水利局")

    carol.goto(f"/cases/{case}/")
    wrong = carol.locator("#panel .note", has_text="Wrong dispatch: 荻花村村委会")
    expect(wrong).to_contain_text("Sent there because: The nearest unit of the kind")
    expect(wrong).to_contain_text("Returned because: 这口塘归水利局")


def test_a_case_of_two_units_is_closed_when_the_task_of_the_other_is_verified(open_page: Open) -> None:
    case, _ = reported(open_page)
    carol, alice, bob = open_page("carol"), open_page("alice"), open_page("bob")
    sent_to_the_unit(carol, case)
    carol.locator("#task-give summary").click()
    carol.locator("#task-give select").select_option("office-11")
    carol.locator("#task-give textarea").fill("装警示牌")
    carol.get_by_role("button", name="Give the task").click()
    expect(carol.locator("#tasks")).to_contain_text("柳埠镇人民政府")

    rectified(alice, case)
    verified(bob, case, "pass")
    carol.goto(f"/cases/{case}/")
    take(carol, "close")
    expect(carol.locator("#panel")).to_contain_text("1 tasks of other units are not verified yet")

    withdrawn = carol.locator("#tasks details", has_text="Withdraw the task")
    withdrawn.locator("summary").click()
    withdrawn.locator("textarea").fill("村委会一并装好了")
    withdrawn.get_by_role("button").click()
    take(carol, "close")
    stands_at(carol, "Closed")
    expect(carol.locator(".timeline")).to_contain_text("Task withdrawn")


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
