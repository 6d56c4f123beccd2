"""A case over a Spring Festival with make-up days: the administrator names them, and its end follows."""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from anlan.cases.announced_days import calendar
from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.test_case_road import reported, stands_at, take
from tests.journeys.test_pages_hold import holds

pytestmark = pytest.mark.journey

CN = calendar("cn")
DAY = timedelta(days=1)
MOVED = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d[^\d]+(\d{4}-\d\d-\d\d) \d\d:\d\d")


def test_a_case_over_a_spring_festival_with_make_up_days(open_page: Open, city: City) -> None:
    monday = quiet_monday()
    grace, carol = open_page("grace", width=320), open_page("carol")
    limit = limited(grace, monday)
    case, _ = reported(open_page)
    carol.goto(f"/cases/{case}/")
    severe(carol)
    take(carol, "dispatch")
    stands_at(carol, "Dispatched")

    announced(grace, monday)
    city.python("tests.journeys.follow")

    carol.goto(f"/cases/{case}/")
    said = carol.locator(".timeline li", has_text="The calendar of the city changed").first
    expect(said).to_contain_text("国办发明电 春节安排")
    expect(said).to_contain_text("Administrator")
    after, before = days_in(said.inner_text())
    ends = worked(before, set(), set())
    assert ends == worked(after, festival(monday), make_ups(monday))
    assert ends in (limit, limit - 1)  # dispatched before the hours of today, today is the first day
    assert after > before
    expect(carol.locator("#panel .due").first).to_contain_text(f"{after:%m-%d}")

    alice = open_page("alice", lang="zh-hans", width=390)
    alice.goto(f"/cases/{case}/")
    line = alice.locator(".timeline li", has_text="工作日历有变，时限随之重算").first
    expect(line).to_contain_text(f"环节时限：{after:%Y-%m-%d}")
    alice.goto("/manage/calendar/")
    expect(alice.locator("tr", has_text="春节").first).to_contain_text("放假")
    expect(alice.locator("tr", has_text="补班").first).to_contain_text("调休上班")


def quiet_monday() -> date:
    """The Monday of a usual week, with usual days around it, a week ahead or later."""
    day = date.today() + 8 * DAY
    while day.weekday() or not all(usual(day + n * DAY) for n in range(-4, 10)):
        day += DAY
    return day


def usual(day: date) -> bool:
    return CN.versions[0].announced.day(day) is None


def festival(monday: date) -> set[date]:
    return {monday + n * DAY for n in range(5)}


def make_ups(monday: date) -> set[date]:
    """The Saturday before and the Sunday after."""
    return {monday - 2 * DAY, monday + 6 * DAY}


def worked(until: date, free: set[date], worked_too: set[date]) -> int:
    """The workdays after today until a day."""
    days = [date.today() + n * DAY for n in range(1, (until - date.today()).days + 1)]
    return sum(
        day not in free and (bool(CN.versions[0].windows_of(day)) or day in worked_too) for day in days
    )


def days_in(words: str) -> tuple[date, date]:
    """The end after and the end before, as the timeline tells them."""
    found = MOVED.search(words)
    assert found, words
    after, before = (datetime.fromisoformat(each).date() for each in found.groups())
    return after, before


def limited(grace: Page, monday: date) -> int:
    """Give severe cases at the water so many working days that they end after the festival; how many."""
    amount = worked(monday, set(), set()) + 2
    grace.goto("/manage/categories/of/water/limits/")
    grace.get_by_label("Limit of").select_option("handle")
    grace.get_by_label("For cases of").select_option("severe")
    grace.get_by_label("How long (number)").fill(str(amount))
    grace.get_by_label("Counted in").select_option("working days")
    for _step in ("form", "what it touches"):
        grace.locator("main form button[type=submit].main").click()
    expect(grace.locator("main")).to_contain_text(f"{amount} working days")
    return amount


def severe(carol: Page) -> None:
    """Accept as severe."""
    form = carol.locator("form[action$='/accept']")
    form.locator("[name=severity][value=severe]").check()
    form.locator("button[type=submit]").click()
    stands_at(carol, "To dispatch")


def announced(grace: Page, monday: date) -> None:
    """Draft the festival and its make-up days, look at what would change, put it in force."""
    grace.goto("/manage/calendar/")
    grace.get_by_role("button", name="Begin a draft").click()
    name_days(grace, monday, monday + 4 * DAY, "holiday", "春节")
    bring_table(grace, monday)
    grace.get_by_role("link", name="Choose the day").click()
    grace.get_by_label("In force from").fill(f"{date.today() + DAY}")
    grace.get_by_role("button", name="Look").click()
    expect(grace.locator("main")).to_contain_text("1 would end later")
    expect(grace.locator("table", has_text="Days that would change").locator("tbody tr")).to_have_count(7)
    grace.get_by_role("link", name="Put in force").click()
    grace.get_by_label("Why").fill("国办发明电 春节安排")
    grace.get_by_role("button", name="Put in force").click()
    expect(grace.locator("main")).to_contain_text("The ends of open cases follow")


def bring_table(grace: Page, monday: date) -> None:
    """The make-up days come in by a table, with the days that the form named before."""
    days = dict.fromkeys(festival(monday), "holiday,春节") | dict.fromkeys(make_ups(monday), "make_up,补班")
    table = "date,kind,name\n" + "".join(f"{day},{said}\n" for day, said in sorted(days.items()))
    grace.get_by_role("link", name="Bring in a table").click()
    file: FilePayload = {"name": "春节.csv", "mimeType": "text/csv", "buffer": table.encode()}
    grace.get_by_label("Table (CSV)").set_input_files(files=[file])
    grace.get_by_role("button", name="Bring in").click()
    expect(grace.locator("main")).to_contain_text("7 days of the table: 2 new, 0 changed, 0 gone.")
    holds(grace)


def name_days(grace: Page, first: date, last: date, kind: str, name: str) -> None:
    grace.get_by_role("link", name="Name days").click()
    grace.get_by_label("First day").fill(f"{first}")
    grace.get_by_label("Last day").fill(f"{last}")
    grace.get_by_label("What they are").select_option(kind)
    grace.get_by_label("Called").fill(name)
    grace.get_by_role("button", name="Put into the draft").click()
    expect(grace.locator("h2", has_text="What the draft says")).to_be_visible()
