"""The pages on which staff work on cases: what they show, to whom, with how many queries."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.cases.terms import State
from anlan.flows.case_tasks import give_task, withdraw_task
from anlan.flows.join_cases import join_case
from anlan.flows.new_case import Hazard, open_case
from anlan.store.models import Area, Case, Category
from anlan.store.readers import queue as queue_reader
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.flows.walks import new, walked_to
from tests.publishing.sent_photos import noisy
from tests.small_disk import little_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture
def at() -> timezone.datetime:
    return timezone.now() - timedelta(hours=10)


def browser(acting: Acting, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(acting.user)
    return client


def test_a_queue_shows_the_cases_of_the_own_area_only(cast: Cast, at: timezone.datetime) -> None:
    new(cast, at, "护栏断了")

    assert "护栏断了" in browser(cast.carol).get("/cases/?view=open").text
    assert "护栏断了" not in browser(cast.dan).get("/cases/?view=open").text


ADDRESSES = (
    "/cases/?view=open",
    "/cases/?view=all",
    "/cases/?view=all&words=护栏",
    "/work/",
    "/areas/overview/",
    "/cases/{case}/",
)


def test_a_page_asks_the_same_number_of_questions_for_one_case_and_for_a_thousand(
    cast: Cast, at: timezone.datetime
) -> None:
    client = browser(cast.carol)
    case = new(cast, at, "护栏断了")
    Case.objects.filter(pk=case.pk).update(lng=121.3, lat=28.6)
    few = {address: questions(client, address.format(case=case.pk)) for address in ADDRESSES}
    Case.objects.bulk_create(copies(case, 999))

    many = {address: questions(client, address.format(case=case.pk)) for address in ADDRESSES}

    assert Case.objects.count() == 1000
    assert many == few
    assert many["/cases/{case}/"] <= 10


def test_a_case_without_a_point_is_shown_with_those_of_its_village(cast: Cast, at: timezone.datetime) -> None:
    other, case = new(cast, at, "塘边护栏断了"), new(cast, at, "护栏没有了")
    Case.objects.filter(pk=case.pk).update(lng=None, lat=None)
    page = browser(cast.carol).get(f"/cases/{case.pk}/").text

    assert f'<a href="/cases/{other.pk}/">' in page
    assert "same village, distance unknown" in page


def test_where_the_rules_find_no_unit_a_person_chooses_among_those_that_are_there(
    cast: Cast, at: timezone.datetime
) -> None:
    """The kind answers to a village committee, and of the place only the township is known."""
    case, _ = open_case(Hazard(cast.open_water, cast.township_11, "护栏断了"), at=at, source="resident")
    Case.objects.filter(pk=case.pk).update(state=State.ACCEPTED, stage="dispatch")
    client = browser(cast.carol)
    page = client.get(f"/cases/{case.pk}/").text

    client.post(f"/cases/{case.pk}/dispatch", {"version": case.version, "unit_code": "office-11"})

    assert case.route_reason == {} and "No unit works here" not in page
    assert Case.objects.get(pk=case.pk).unit == cast.office_11


def test_my_work_counts_the_parked_cases_whose_review_date_has_come(
    cast: Cast, at: timezone.datetime
) -> None:
    case = new(cast, at)
    Case.objects.filter(pk=case.pk).update(state=State.PARKED, stage="", due_at=at)
    Case.objects.bulk_create(copies(Case.objects.get(pk=case.pk), 29))
    page = browser(cast.carol).get("/work/")

    assert (len(page.context["page"].reviews), page.context["page"].reviews_total) == (25, 30)
    assert '<h2 id="g-reviews">Parked, review date reached</h2><span class="q n">30</span>' in page.text


def questions(client: Client, address: str) -> int:
    """How many queries a page makes, once the process has seen it before."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def copies(case: Case, count: int) -> list[Case]:
    """More cases like `case`, at the same place."""
    stored = Case.objects.defer(None).values().get(pk=case.pk)
    return [Case(**stored | {"id": None}) for _ in range(count)]


def test_cases_of_all_times_are_counted_up_to_a_number_and_estimated_beyond(
    cast: Cast, at: timezone.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_reader, "MOST_COUNTED", 20)
    case = new(cast, at)
    Case.objects.bulk_create(copies(case, 19))

    assert "1 to 20 of 20" in browser(cast.carol).get("/cases/?view=all").text
    Case.objects.bulk_create(copies(case, 1193))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE store_case")
    for asked in ("view=all", "state=new", "view=all&category=open_water"):
        assert "1 to 25 of about 1,200" in browser(cast.carol).get(f"/cases/?{asked}").text


def test_filters_offer_to_each_person_their_own_areas_and_units(cast: Cast) -> None:
    carols, dans = (browser(one).get("/cases/?view=open").text for one in (cast.carol, cast.dan))

    assert ("鹤溪乡" in carols, "望潮县水利局" in carols, "石浦街道" in carols) == (True, True, False)
    assert ("鹤溪乡" in dans, "望潮县水利局" in dans, "石浦街道" in dans) == (False, False, True)


def test_a_renamed_area_is_offered_by_its_new_name_at_once(cast: Cast, at: timezone.datetime) -> None:
    case = new(cast, at)
    client = browser(cast.carol)
    assert case.area.name in client.get("/cases/?view=open").text

    cast.township_12.name = "新溪镇"
    cast.township_12.save()

    assert "新溪镇" in client.get("/cases/?view=open").text


@pytest.mark.parametrize("state", list(State)[:7])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_a_case_shows_in_every_state_on_the_road(
    cast: Cast, at: timezone.datetime, state: State, language: str
) -> None:
    case = walked_to(state, cast, at)

    for person in (cast.carol, cast.bob, cast.frank, cast.liu):
        answer = browser(person, language).get(f"/cases/{case.pk}/")
        assert answer.status_code == 200
        assert case.number in answer.text


def test_a_case_of_another_county_and_one_that_is_not_there_answer_alike(
    cast: Cast, at: timezone.datetime
) -> None:
    case = new(cast, at)
    dan = browser(cast.dan)

    hidden, missing = dan.get(f"/cases/{case.pk}/"), dan.get(f"/cases/{case.pk + 1000}/")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.text.replace(str(case.pk), "") == missing.text.replace(str(case.pk + 1000), "")
    assert dan.post(f"/cases/{case.pk}/accept", {"version": 0, "severity": "minor"}).status_code == 404


def test_a_dispatcher_accepts_on_the_page(cast: Cast, at: timezone.datetime) -> None:
    case = new(cast, at)

    answer = browser(cast.carol).post(
        f"/cases/{case.pk}/accept", {"version": 0, "severity": "serious", "category_code": "open_water"}
    )

    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.pk}/")
    case.refresh_from_db()
    assert (case.state, case.severity) == (State.ACCEPTED, "serious")


def test_a_refusal_keeps_what_was_typed_and_says_why(cast: Cast, at: timezone.datetime) -> None:
    case = walked_to(State.ACCEPTED, cast, at)

    answer = browser(cast.carol).post(
        f"/cases/{case.pk}/dispatch",
        {"version": case.version, "unit_code": cast.office_11.code, "reason": " "},
    )

    assert answer.status_code == 422
    assert "荻花村村委会 was suggested. Say why another unit should act." in answer.text


def test_whoever_comes_second_is_told_what_changed_and_keeps_the_words(
    cast: Cast, at: timezone.datetime
) -> None:
    case = walked_to(State.DISPATCHED, cast, at)
    words = {"version": case.version, "reason": "The pond belongs to the next village"}
    browser(cast.erin).post(f"/cases/{case.pk}/start", {"version": case.version})

    answer = browser(cast.alice).post(f"/cases/{case.pk}/return", words)

    assert answer.status_code == 422
    assert "Somebody was first: Taken in hand." in answer.text
    assert words["reason"] in answer.text
    again = browser(cast.alice).post(f"/cases/{case.pk}/return", words | {"version": case.version + 1})
    assert again.status_code == 302


def kept(words: str) -> str:
    """A field with `words` to be copied."""
    return f" readonly>{words}</textarea>"


def test_the_words_of_a_step_that_is_no_longer_open_are_shown_to_be_copied(
    cast: Cast, at: timezone.datetime
) -> None:
    case = new(cast, at)
    browser(cast.carol).post(f"/cases/{case.pk}/accept", {"version": 0, "severity": "minor"})

    answer = browser(cast.liu).post(f"/cases/{case.pk}/reject", {"version": 0, "reason": "Known, twice"})

    assert answer.status_code == 422
    assert "Not saved, and no longer open here: Reject" in answer.text
    assert "Somebody was first: Accepted." in answer.text
    assert kept("Known, twice") in answer.text


def test_what_was_wrong_with_a_form_is_said_though_its_step_is_no_longer_open(
    cast: Cast, at: timezone.datetime
) -> None:
    case = walked_to(State.IN_PROGRESS, cast, at)
    parked = {"version": case.version, "reason": "Ice", "review_on": timezone.localdate() + timedelta(days=3)}
    assert browser(cast.carol).post(f"/cases/{case.pk}/park", parked).status_code == 302

    sent = {"version": case.version, "done": "3 m fitted", "pictures": ""}
    answer = browser(cast.alice).post(f"/cases/{case.pk}/rectify", sent)

    assert answer.status_code == 422
    assert "Not saved, and no longer open here: Report as rectified" in answer.text
    assert "Add at least one photo." in answer.text
    assert kept("3 m fitted") in answer.text


def test_the_words_of_a_rectification_are_kept_when_there_is_no_room_for_its_photo(
    cast: Cast, at: timezone.datetime
) -> None:
    case = walked_to(State.IN_PROGRESS, cast, at)
    sent = {"version": case.version, "done": "3 m fitted", "pictures": SimpleUploadedFile("a.jpg", noisy())}

    with little_room():
        answer = browser(cast.alice).post(f"/cases/{case.pk}/rectify", sent)

    assert answer.status_code == 422
    assert "Photo 1: there is no room for photos here at the moment." in answer.text
    assert "3 m fitted</textarea>" in answer.text


def test_the_words_of_a_task_that_was_withdrawn_meanwhile_are_shown_to_be_copied(
    cast: Cast, at: timezone.datetime
) -> None:
    case = walked_to(State.IN_PROGRESS, cast, at)
    asked = {"acting_user": cast.carol, "case_id": case.pk, "now": at + timedelta(hours=5)}
    task = give_task(unit_code="fire-11", what="Watch the pond", version=case.version, **asked)
    version = case.version + 1
    withdraw_task(task_id=task.pk, version=version, reason="No need", **asked)

    sent = {"version": version, "reason": "The pond is dry"}
    answer = browser(cast.carol).post(f"/cases/{case.pk}/tasks/{task.pk}/withdraw", sent)

    assert answer.status_code == 422
    assert "Not saved, and no longer open here: Withdraw the task" in answer.text
    assert kept("The pond is dry") in answer.text


def test_a_join_that_came_second_says_so_though_its_form_stands_elsewhere(
    cast: Cast, at: timezone.datetime
) -> None:
    case, other = new(cast, at), new(cast, at)
    browser(cast.carol).post(f"/cases/{case.pk}/accept", {"version": 0, "severity": "minor"})

    answer = browser(cast.liu).post(f"/cases/{case.pk}/merge", {"version": 0, "into": other.number})

    assert answer.status_code == 422
    assert "Somebody was first: Accepted." in answer.text


def test_somebody_from_the_unit_is_told_that_another_must_verify(cast: Cast, at: timezone.datetime) -> None:
    case = walked_to(State.RECTIFIED, cast, at)

    page = browser(cast.alice).get(f"/cases/{case.pk}/").text

    assert "The hazard is gone</b>: Your role does not allow this here." in page


@pytest.mark.parametrize(
    "query",
    [
        "words=护栏",
        "words=CX-2026-000001",
        "words=%00%27%22;--",
        "category=water",
        "area=990101001",
        "area=nowhere",
        "unit=committee-111",
        "state=closed",
        "state=rubbish",
        "stage=handle",
        "stage=rubbish",
        "view=rubbish",
        "older_than_days=7",
        "older_than_days=99999999999999",
        "after=rubbish",
        "after=2026-01-01T00:00:00%2B08:00,5,25",
        "after=9999-99-99,5,25",
        "after=2026-01-01,99999999999999999999999,25",
    ],
)
def test_any_address_of_a_queue_gives_a_queue(cast: Cast, at: timezone.datetime, query: str) -> None:
    new(cast, at)

    assert browser(cast.carol).get(f"/cases/?view=open&{query}").status_code == 200


def test_a_search_finds_words_in_chinese_and_english_and_numbers(cast: Cast, at: timezone.datetime) -> None:
    case = new(cast, at, "村口水塘护栏断了 pond railing")
    carol = browser(cast.carol)

    for words in ("护栏", "水塘 railing", "POND", case.number):
        assert case.title in carol.get("/cases/", {"view": "open", "words": words}).text
    assert case.title not in carol.get("/cases/", {"view": "open", "words": "桥"}).text


def test_pages_follow_one_another_without_gap_or_repeat(cast: Cast, at: timezone.datetime) -> None:
    made = {new(cast, at + timedelta(seconds=i)).pk for i in range(60)}
    carol, address, seen = browser(cast.carol), "/cases/?view=open", []

    while address:
        answer = carol.get(address)
        seen += [case.pk for case in answer.context["page"].cases]
        older = answer.context["pager"]["older"]
        address = f"/cases/{older}" if older else ""

    assert (len(seen), set(seen)) == (60, made)
    assert Case.objects.count() == 60


def test_each_group_of_my_work_links_to_its_own_stage_and_shows_as_many_there(
    cast: Cast, at: timezone.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_reader, "WORK_ROWS", 1)
    for state in (State.NEW, State.NEW, State.ACCEPTED, State.ACCEPTED, State.ACCEPTED):
        walked_to(state, cast, at)
    carol = browser(cast.carol)

    groups = carol.get("/work/").context["groups"]

    assert [(group["stage"], group["count"]) for group in groups] == [("accept", 2), ("dispatch", 3)]
    for group in groups:
        assert group["address"].replace("&", "&amp;") in carol.get("/work/").text
        page = carol.get(group["address"]).context["page"]
        assert (page.total, {case.stage for case in page.cases}) == (group["count"], {group["stage"]})


def test_other_cases_are_named_only_to_who_may_see_them(cast: Cast, at: timezone.datetime) -> None:
    leading, other = walked_to(State.IN_PROGRESS, cast, at), new(cast, at)
    report = {"channel": "web", "category": leading.category, "words": "护栏断了", "area": leading.area}
    for case in (leading, other):
        case.reports.create(received_at=at, **report)
    joined = join_case(
        acting_user=cast.carol, case_id=other.pk, version=other.version, now=at, into_id=leading.pk
    )

    for address, number in ((leading.pk, joined.number), (joined.pk, leading.number)):
        assert number in browser(cast.carol).get(f"/cases/{address}/").text
    seen_by_unit = browser(cast.alice).get(f"/cases/{leading.pk}/").text
    assert joined.number not in seen_by_unit
    assert f"/cases/{joined.pk}/" not in seen_by_unit
    assert "Another case was joined" in seen_by_unit


def test_a_case_joined_with_one_that_is_not_yours_says_so_without_its_number(
    cast: Cast, at: timezone.datetime
) -> None:
    mine, into = walked_to(State.IN_PROGRESS, cast, at), new(cast, at)
    Case.objects.filter(pk=mine.pk).update(
        state=State.MERGED, former_state="new", merged_into=into, stage="", due_at=None
    )

    page = browser(cast.alice).get(f"/cases/{mine.pk}/").text

    assert "a case that is not yours to see" in page
    assert into.number not in page


def test_a_case_that_came_back_names_the_earlier_one_only_to_who_may_see_it(
    cast: Cast, at: timezone.datetime
) -> None:
    earlier = walked_to(State.CLOSED, cast, at)
    again = walked_to(State.IN_PROGRESS, cast, at + timedelta(hours=7))
    Case.objects.filter(pk=earlier.pk).update(unit=cast.committee_112, unit_path=cast.committee_112.path)

    for person, named in ((cast.carol, True), (cast.alice, False)):
        assert (earlier.number in browser(person).get(f"/cases/{again.pk}/").text) is named


def test_the_map_of_an_overview_has_the_areas_and_the_numbers_of_its_list(
    cast: Cast, at: timezone.datetime
) -> None:
    in_time, late = new(cast, at), new(cast, at)
    Case.objects.filter(pk=in_time.pk).update(due_at=at + timedelta(days=9))
    Case.objects.filter(pk=late.pk).update(area=cast.village_211, area_path=cast.village_211.path, due_at=at)

    page = browser(cast.liu).get("/areas/overview/").text

    rows = re.findall(
        r'<tr id="area-(\d+)" data-lng="[\d.]+" data-lat="[\d.]+" data-tone="(\w+)" (.*?)</tr>', page
    )
    shown = [
        (code, tone, *re.findall(r'data-count="(\d+)".*?area=\d+">(\d+)</a>', rest))
        for code, tone, rest in rows
    ]
    assert shown == [("990101", "ok", ("1", "1")), ("990102", "red", ("1", "1"))]
    assert '<place-map items="rows-area"' in page


def test_an_overview_says_what_is_known_by_the_area_alone_and_what_has_ended(
    cast: Cast, at: timezone.datetime
) -> None:
    case, other = new(cast, at), new(cast, at)
    Case.objects.filter(pk=case.pk).update(area=cast.county_1, area_path=cast.county_1.path)
    Area.objects.filter(code="990101001").update(in_use=False)
    Category.objects.update(active=False)

    page = browser(cast.carol).get("/areas/overview/990101/").text

    assert "No smaller area is known" in page
    assert re.search("柳埠镇</a> <span class=.tag.>ended</span>", page)
    assert "no longer in use" in page
    assert other.area_path.startswith(cast.county_1.path)


def test_an_overview_names_categories_in_the_language_of_the_page(cast: Cast) -> None:
    named = [browser(cast.carol, lang).get("/areas/overview/990101/").text for lang in ("en", "zh-hans")]

    found = [re.findall(r'<tr id="category-\w+"[^>]*><th scope="row">(.*?)</th>', page) for page in named]
    families = Category.objects.filter(parent=None).order_by("order", "code")
    assert found == [[each.name_en for each in families], [each.name_zh for each in families]]
