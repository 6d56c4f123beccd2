"""The pages of the calendar: read by all at work, changed by the administrator of the city."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from anlan.flows.recompute_deadlines import recompute_part
from anlan.store.models import CalendarRun, CalendarVersion, StageLimit
from anlan.store.readers.calendars import calendar_in_force
from anlan.store.readers.limits import assumed_year
from tests.cast import Cast
from tests.flows.walks import new

CALENDAR = "/manage/calendar/"
DRAFT = f"{CALENDAR}draft/"


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def signed_in(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(cast, who).user)
    client.cookies["lang"] = "en"
    return client


def workday() -> date:
    """A day of the working week, some days ahead, that nobody announced as free."""
    day = timezone.localdate() + timedelta(days=3)
    while calendar_in_force().version_on(day).day(day).kind != "workday":
        day += timedelta(days=1)
    return day


def drafting(cast: Cast) -> Client:
    client = signed_in(cast, "grace")
    client.post(f"{DRAFT}begin/")
    return client


def named(client: Client, revision: int = 0, **fields: object) -> Any:
    day = workday().isoformat()
    return client.post(
        f"{DRAFT}days/", {"first": day, "kind": "holiday", "name": "台风", "revision": revision, **fields}
    )


def test_a_holiday_goes_from_the_form_to_all_who_work(cast: Cast) -> None:
    client, day = drafting(cast), workday()
    named(client)
    client.post(f"{DRAFT}try/", {"from_day": day.isoformat(), "revision": 1})
    page = client.get(DRAFT).content.decode()
    assert "台风" in page and day.isoformat() in page and "08:30-12:00" in page

    client.post(f"{DRAFT}in-force/", {"why": "市府办 21 号"})
    run = CalendarRun.objects.get()
    while recompute_part(acting_user=None, run_id=run.pk, now=timezone.now()):
        pass
    seen = signed_in(cast, "alice").get(CALENDAR).content.decode()
    assert "台风" in seen and "市府办 21 号" in seen and "Begin a draft" not in seen
    assert "grace" not in seen and "grace" in client.get(CALENDAR).content.decode()
    assert calendar_in_force().version_on(day).day(day).name == "台风"
    assert "台风" in signed_in(cast, "carol").get(f"{CALENDAR}versions/1/").content.decode()


def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(cast: Cast) -> None:
    client = drafting(cast)
    wrong = named(client, hours="12:00-08:30", kind="make_up")
    assert wrong.status_code == 422
    assert sorted(wrong.context["form"].errors) == ["hours"]
    assert "12:00-08:30" in wrong.content.decode() and "台风" in wrong.content.decode()

    no_make_up = named(client, kind="make_up")
    assert "is a workday anyhow" in no_make_up.content.decode()
    backwards = named(client, last="2020-01-01")
    assert "lies before the first" in backwards.content.decode()


def test_hours_and_seasons_are_read_and_shown_as_they_were_typed(cast: Cast) -> None:
    client = drafting(cast)
    typed = {"week": ["0", "1", "2", "3", "4", "5"], "windows": "09:00-12:00", "revision": 0}
    bad = client.post(f"{DRAFT}hours/", typed | {"seasons": "summer"})
    assert sorted(bad.context["form"].errors) == ["seasons"]

    client.post(f"{DRAFT}hours/", typed | {"seasons": "06-01/09-30=08:30-12:00,14:30-18:00"})
    form = client.get(f"{DRAFT}hours/").content.decode()
    assert "06-01/09-30=08:30-12:00,14:30-18:00" in form and 'value="09:00-12:00"' in form
    assert "06-01 to 09-30: 08:30-12:00, 14:30-18:00" in client.get(DRAFT).content.decode()


def test_days_are_taken_out_again_and_a_stale_button_changes_nothing(cast: Cast) -> None:
    client, day = drafting(cast), workday().isoformat()
    named(client)
    for revision, left in ((0, [day]), (1, [])):
        client.post(f"{DRAFT}days/take-back/", {"first": day, "last": day, "revision": revision})
        assert list(CalendarVersion.objects.get().content["days"]) == left


def test_a_table_of_days_comes_in_whole_or_says_row_and_column_and_goes_out_again(cast: Cast) -> None:
    client, day = drafting(cast), workday().isoformat()
    named(client)

    def bring(rows: str, revision: int, header: str = "date,kind,name\n") -> Any:
        file = SimpleUploadedFile("days.csv", (header + rows).encode())
        return client.post(f"{DRAFT}table/", {"table": file, "revision": revision})

    assert 'enctype="multipart/form-data"' in client.get(f"{DRAFT}table/").content.decode()
    wrong = bring(f"{day},holiday,台风\n{day},feast,中秋\n", 1)
    assert wrong.status_code == 422 and sorted(wrong.context["form"].errors) == ["table"]
    assert "Row 3, column kind, “feast”: one of holiday" in wrong.content.decode()
    assert "lacks these columns: name" in bring("", 1, "date,kind\n").content.decode()
    assert list(CalendarVersion.objects.get().content["days"]) == [day]

    page = bring("2030-02-03,holiday,春节\n2030-02-10,make_up,补班\n", 1)
    assert "2 days of the table: 2 new, 0 changed, 1 gone." in client.get(page.url).content.decode()
    table = client.get("/manage/calendar/draft.csv").content.decode().splitlines()
    assert table == ["\ufeffdate,kind,name,hours", "2030-02-03,holiday,春节,", "2030-02-10,make_up,补班,"]
    client.post(f"{DRAFT}try/", {"from_day": day, "revision": 2})
    client.post(f"{DRAFT}in-force/", {"why": "国办通知"})
    version = signed_in(cast, "alice").get(f"{CALENDAR}versions/1.csv").content.decode().splitlines()
    assert version == table


def test_a_form_that_was_overtaken_comes_back_as_typed_and_can_be_sent_again(cast: Cast) -> None:
    client = drafting(cast)
    named(client)
    late = named(client, first="2030-02-03", name="春节")
    assert late.status_code == 409 and "Somebody changed the draft" in late.content.decode()
    again = {field.html_name: field.value() or "" for field in late.context["form"]}

    assert (again["name"], client.post(f"{DRAFT}days/", again).status_code) == ("春节", 302)
    assert "2030-02-03" in CalendarVersion.objects.get().content["days"]


def test_years_are_announced_and_no_longer_assumed(cast: Cast) -> None:
    client, year = drafting(cast), timezone.localdate().year + 2
    assert f"{year} are not announced" in client.get(CALENDAR).content.decode()
    client.post(f"{DRAFT}years/", {"years": [year], "revision": 0})
    client.post(f"{DRAFT}try/", {"from_day": timezone.localdate().isoformat(), "revision": 1})
    client.post(f"{DRAFT}in-force/", {"why": "国办通知"})
    assert not calendar_in_force().is_assumed(year)


def test_a_version_ahead_is_withdrawn_with_the_reason(cast: Cast) -> None:
    client, day = drafting(cast), workday()
    named(client)
    client.post(f"{DRAFT}try/", {"from_day": day.isoformat(), "revision": 1})
    client.post(f"{DRAFT}in-force/", {"why": "x"})
    client.post(f"{CALENDAR}versions/1/withdraw/", {"why": "取消停工"})
    assert "取消停工" in client.get(CALENDAR).content.decode()
    assert calendar_in_force().version_on(day).day(day).kind == "workday"


def test_a_draft_is_thrown_away(cast: Cast) -> None:
    client = drafting(cast)
    client.post(f"{DRAFT}drop/")
    assert not CalendarVersion.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("mia", 404), ("carol", 403), ("nobody", 403)])
def test_the_draft_is_the_citys_administrators_alone(cast: Cast, who: str, status: int) -> None:
    drafting(cast)
    client = signed_in(cast, who)
    assert client.get("/manage/calendar/draft.csv").status_code == status
    for address in ("", "days/", "table/", "hours/", "years/", "try/", "in-force/", "drop/"):
        assert client.get(f"{DRAFT}{address}").status_code == status


def test_the_pages_ask_a_fixed_number_of_questions(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = drafting(cast)
    named(client)
    client.post(f"{DRAFT}try/", {"from_day": workday().isoformat(), "revision": 1})
    for address in (CALENDAR, DRAFT):
        client.get(address)
        with django_assert_max_num_queries(14):
            client.get(address)


def test_years_and_hours_stand_apart_as_the_language_has_it(cast: Cast) -> None:
    chinese = signed_in(cast, "alice")
    chinese.cookies["lang"] = "zh-hans"
    page = chinese.get(CALENDAR).text

    year = timezone.localdate().year
    assert f"{year + 1}、{year + 2} 年的节假日还没有公布" in page
    assert "08:30-12:00、14:00-17:30" in page


def test_who_administers_nothing_reads_the_calendar_without_empty_tabs(cast: Cast) -> None:
    tabs = '<nav class="views"'
    assert tabs not in signed_in(cast, "alice").get(CALENDAR).text
    assert tabs in signed_in(cast, "grace").get(CALENDAR).text


def test_an_end_in_a_year_that_nobody_announced_says_so_to_staff_and_reporter(cast: Cast) -> None:
    StageLimit.objects.create(category=cast.open_water, stage="accept", amount=600, unit="working days")
    case = new(cast, timezone.now())
    year = timezone.localtime(case.due_at).year
    page = signed_in(cast, "carol").get(f"/cases/{case.pk}/").content.decode()
    assert f"The holidays of {year} are not announced yet." in page
    assert assumed_year(case) == year

    StageLimit.objects.all().delete()
    soon = new(cast, timezone.now())
    assert "are not announced" not in signed_in(cast, "carol").get(f"/cases/{soon.pk}/").content.decode()
    assert assumed_year(soon) is None
