"""Cases go to another city's Open311 server and its requests come here: against our own server."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.core import mail
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.live_server_helper import LiveServer

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import PhotoStage, State, Step
from anlan.flows.api_keys import make_key
from anlan.flows.ask_reporters import tell_reporters
from anlan.flows.fetch_cities import fetch_requests
from anlan.flows.follow_cities import follow_cases
from anlan.flows.manage_other_cities import CityFacts, add_city, change_city, hand_over_again
from anlan.flows.other_cities import gather_cases, hand_over_cases, send_photos
from anlan.flows.photos_for_cities import may_go
from anlan.flows.store_photos import Picture, store_photos
from anlan.publishing.open311.terms import PhotosAs
from anlan.publishing.terms import PhotoState
from anlan.staff.terms import KeyScope
from anlan.store import photo_files
from anlan.store.models import (
    Case,
    CaseEvent,
    Category,
    Contact,
    HandedOver,
    OtherCity,
    PublicCase,
    PublicPhoto,
    Report,
    StaffEvent,
)
from anlan.store.readers.other_cities import handed_over
from anlan.store.readers.receipts import progress
from tests.cast import Cast
from tests.channels.listener import listening
from tests.flows.walks import walked_to

NOW = datetime.now(UTC)
LATER = NOW + timedelta(minutes=5)


def a_city(cast: Cast, address: str, **more: Any) -> OtherCity:
    """Another city that answers for open water there: here it is a junction."""
    facts = CityFacts(address=address, **{"category_code": "open_water", "service_code": "junction"} | more)
    long_ago = NOW - timedelta(days=30)
    return add_city(acting_user=cast.grace, name="Next", facts=facts, now=long_ago)


@pytest.fixture
def live(cast: Cast, live_server: LiveServer) -> str:
    return f"{live_server.url}/open311/v2"


def sent_there(cast: Cast, live: str, **more: Any) -> tuple[Case, HandedOver]:
    """An accepted case, and how it went to ourselves."""
    key = make_key(acting_user=None, scope=KeyScope.OPEN311, name="Next", now=NOW)
    a_city(cast, live, api_key=key, **more)
    case = walked_to(State.DISPATCHED, cast, NOW - timedelta(days=1))
    assert (gather_cases(acting_user=None, now=NOW), gather_cases(acting_user=None, now=NOW)) == (1, 0)
    assert hand_over_cases(acting_user=None, now=NOW) == 1
    return case, HandedOver.objects.select_related("city").get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_accepted_case_goes_there_and_what_becomes_of_it_comes_back(
    cast: Cast, live: str, form: str
) -> None:
    case, row = sent_there(cast, live, form=form)

    theirs = Case.objects.get(pk=row.their_id)
    assert theirs.category.code == "junction"
    assert theirs.reports.get().words == case.title
    assert theirs.reports.get().address.startswith("荻花村")
    CaseEvent.objects.create(case=theirs, at=NOW, step=Step.ACCEPT, state_after=State.ACCEPTED)
    assert follow_cases(acting_user=None, now=LATER) == 2  # its state, and what happened
    assert follow_cases(acting_user=None, now=LATER) == 0
    PublicCase.objects.filter(pk=theirs.pk).update(state="done")
    assert follow_cases(acting_user=None, now=LATER) == 1
    row.refresh_from_db()
    assert (row.their_status, row.ended_at) == ("closed", LATER)
    steps = list(case.events.filter(source__startswith="open311-").values_list("step", flat=True))
    assert steps == ["handed_over", *["heard_elsewhere"] * 2, "closed_elsewhere"]
    assert Case.objects.get(pk=case.pk).state == State.DISPATCHED  # no case closes on somebody else's word


@pytest.mark.django_db(transaction=True)
def test_reporters_hear_once_that_the_other_city_has_closed_it_and_read_it_by_receipt(
    cast: Cast, live: str
) -> None:
    case, row = sent_there(cast, live)
    facts = {"case": case, "channel": "web", "category": case.category, "area": case.area}
    wang = Report.objects.create(words="Deep", received_at=case.opened_at, language="en", **facts)
    Contact.objects.create(report=wang, email="wang@example.org")
    PublicCase.objects.filter(pk=row.their_id).update(state="done")

    for at in (LATER, LATER + timedelta(minutes=10)):
        follow_cases(acting_user=None, now=at)

    queued = ProcrastinateJob.objects.filter(task_name="tell_reporters", args={"handed_over_id": row.pk})
    assert queued.count() == 1
    assert tell_reporters(handed_over_id=row.pk) == 1
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["wang@example.org"], "Next has closed the hazard you reported.")
    assert "Nobody of ours has checked it yet." in str(sent.body)
    assert [step.step for step in progress(wang.pk).history][-2:] == ["handed_over", "closed_elsewhere"]


@pytest.mark.django_db
def test_of_a_case_that_is_closed_here_too_reporters_were_asked_and_hear_nothing_more(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOW - timedelta(days=30))
    facts = {"channel": "web", "category": case.category, "area": case.area, "received_at": NOW}
    Contact.objects.create(report=case.reports.create(words="x", **facts), email="wang@example.org")
    city = a_city(cast, "https://next.example/open311/v2")
    row = HandedOver.objects.create(city=city, case=case, send_at=NOW, sent_at=NOW, ended_at=LATER)

    assert (tell_reporters(handed_over_id=row.pk), mail.outbox) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_token_leads_to_the_id(cast: Cast, live: str) -> None:
    Category.objects.filter(code="junction").update(open311_type="batch")
    _case, row = sent_there(cast, live)

    assert row.their_token and not row.their_id
    assert follow_cases(acting_user=None, now=LATER) == 1
    row.refresh_from_db()
    assert Case.objects.get(pk=row.their_id).category.code == "junction"


@pytest.mark.django_db(transaction=True)
def test_a_case_sent_twice_is_one_there(cast: Cast, live: str) -> None:
    _case, row = sent_there(cast, live)
    HandedOver.objects.update(sent_at=None, their_id="")  # killed between sending and marking

    hand_over_cases(acting_user=None, now=LATER)

    assert HandedOver.objects.get().their_id == row.their_id
    assert Report.objects.filter(category__code="junction").count() == 1


@pytest.mark.django_db(transaction=True)
def test_their_requests_come_here_once_and_are_not_sent_back(cast: Cast, live: str) -> None:
    city = a_city(cast, live, service_code="open_water", category_code="junction", sends=True, fetches=True)
    theirs = walked_to(State.ACCEPTED, cast, NOW - timedelta(hours=2))
    OtherCity.objects.update(fetched_at=NOW - timedelta(days=1))

    assert [fetch_requests(acting_user=None, now=NOW) for _ in range(2)] == [1, 0]

    report = Report.objects.get(source=f"open311-{city.pk}")
    assert (report.source_id, report.category.code) == (str(theirs.pk), "junction")
    Case.objects.filter(pk=report.case_id).update(state=State.ACCEPTED)
    assert gather_cases(acting_user=None, now=LATER) == 0


@pytest.mark.django_db(transaction=True)
def test_what_becomes_there_of_a_case_that_came_from_there_stands_in_its_history(
    cast: Cast, live: str
) -> None:
    city = a_city(cast, live, service_code="open_water", category_code="junction", fetches=True)
    theirs = walked_to(State.ACCEPTED, cast, NOW - timedelta(hours=2))
    OtherCity.objects.update(fetched_at=NOW - timedelta(days=1), photos_as=PhotosAs.PARTS)
    fetch_requests(acting_user=None, now=NOW)
    ours = Report.objects.get(source=f"open311-{city.pk}").case

    asked = [follow_cases(acting_user=None, now=NOW)]  # what happened there before
    asked.append(follow_cases(acting_user=None, now=LATER))
    PublicCase.objects.filter(pk=theirs.pk).update(state="done")
    asked += [follow_cases(acting_user=None, now=LATER), follow_cases(acting_user=None, now=LATER)]

    assert asked == [1, 0, 1, 0]
    heard = ours.events.filter(step__in=["heard_elsewhere", "closed_elsewhere"]).order_by("pk")
    said = list(heard.values_list("reason", flat=True))
    assert said[0].startswith(f"Next {theirs.pk}: ") and "closed" in said[-1]
    ours.refresh_from_db()
    assert ours.state == State.NEW  # no case closes on somebody else's word
    assert send_photos(acting_user=None, now=LATER) == 0 and not handed_over(city)
    assert gather_cases(acting_user=None, now=LATER) == 0


@pytest.mark.django_db(transaction=True)
def test_cases_that_came_before_they_were_asked_after_are_asked_after_too(cast: Cast, live: str) -> None:
    city = a_city(cast, live, service_code="open_water", category_code="junction", fetches=True)
    walked_to(State.ACCEPTED, cast, NOW - timedelta(hours=2))
    OtherCity.objects.update(fetched_at=NOW - timedelta(days=1))
    fetch_requests(acting_user=None, now=NOW)
    HandedOver.objects.all().delete()

    fetch_requests(acting_user=None, now=LATER)

    row = HandedOver.objects.get()
    assert (row.city, row.came, row.ask_at) == (city, True, LATER)


@pytest.mark.django_db
def test_what_is_not_taken_is_tried_again_and_ends_as_a_dead_letter(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOW - timedelta(days=1))
    with listening() as other:
        other.answers = [500, 302, *[503] * 6]
        city = a_city(cast, other.address)
        gather_cases(acting_user=None, now=NOW)
        at = NOW
        for _ in range(8):
            assert hand_over_cases(acting_user=None, now=at) == 0
            at += timedelta(days=3)
        came = {headers["idempotency-key"] for headers, _ in other.came}
    row = HandedOver.objects.get()
    assert (row.tries, row.last_error, row.dead_at is not None, len(came)) == (8, "HTTP 503", True, 1)
    assert hand_over_again(acting_user=cast.grace, city_id=city.pk, now=at) == 1
    row.refresh_from_db()
    assert (row.tries, row.dead_at) == (0, None)


@pytest.mark.django_db
def test_reporters_and_contacts_stay_here(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOW - timedelta(days=1))
    with listening() as other:
        a_city(cast, other.address, api_key="theirs")
        gather_cases(acting_user=None, now=NOW)
        hand_over_cases(acting_user=None, now=NOW)
    ((headers, body),) = other.came
    names = {pair.split("=")[0] for pair in body.decode().split("&")}
    assert names <= {"service_code", "description", "address_string", "lat", "long", "api_key"}
    assert headers["content-type"].startswith("application/x-www-form-urlencoded")


def cleared(case: Case) -> PublicPhoto:
    """A photo of a case from before, covered and cleared by a person."""
    covered, picture = uuid4(), BytesIO()
    Image.new("RGB", (40, 30), "grey").save(picture, "WEBP")
    photo_files.write_covered(covered, picture.getvalue(), picture.getvalue())
    came = Picture(uuid4(), NOW, uuid4().hex, 40, 30, 1000)
    (photo,) = store_photos([came], case=case, stage=PhotoStage.BEFORE, now=NOW)
    PublicPhoto.objects.filter(photo=photo).update(
        state=PhotoState.CLEARED, covered_id=covered, cleared_at=NOW
    )
    return PublicPhoto.objects.get(photo=photo)


@pytest.mark.django_db(transaction=True)
def test_cleared_photos_go_along_and_those_cleared_later_follow_once(
    cast: Cast, live: str, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    key = make_key(acting_user=None, scope=KeyScope.OPEN311, name="Next", now=NOW)
    a_city(cast, live, api_key=key, photos_as=PhotosAs.PARTS)
    case = walked_to(State.DISPATCHED, cast, NOW - timedelta(days=1))
    held = [cleared(case) for _ in range(2)][1]
    PublicPhoto.objects.filter(pk=held.pk).update(state=PhotoState.HELD)

    gather_cases(acting_user=None, now=NOW)
    hand_over_cases(acting_user=None, now=NOW)
    theirs = Case.objects.get(pk=HandedOver.objects.get().their_id)
    assert theirs.photos.count() == 1
    PublicPhoto.objects.filter(pk=held.pk).update(state=PhotoState.CLEARED)

    assert [send_photos(acting_user=None, now=LATER) for _ in range(2)] == [1, 0]
    assert theirs.photos.count() == 2


@pytest.mark.django_db
def test_a_photo_goes_as_an_address_or_not_at_all(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.ANLAN_PUBLIC_URL = tmp_path, "https://anlan.example"
    photo = cleared(walked_to(State.DISPATCHED, cast, NOW - timedelta(days=1)))
    with listening() as other:
        for photos_as in ("", PhotosAs.ADDRESS):
            OtherCity.objects.all().delete()
            a_city(cast, other.address, photos_as=photos_as)
            gather_cases(acting_user=None, now=NOW)
            hand_over_cases(acting_user=None, now=NOW)
    none, link = (dict(parse_qsl(body.decode())).get("media_url") for _headers, body in other.came)

    assert (none, link) == (None, f"https://anlan.example/public/photos/{photo.covered_id}")


@pytest.mark.django_db
def test_cases_from_before_and_of_others_stay(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOW - timedelta(days=40))
    walked_to(State.NEW, cast, NOW - timedelta(days=1))
    city = a_city(cast, "http://127.0.0.1:9")

    assert gather_cases(acting_user=None, now=NOW) == 0
    walked_to(State.ACCEPTED, cast, NOW - timedelta(days=1))
    off = CityFacts(city.address, "open_water", "junction", active=False)
    change_city(acting_user=cast.grace, city_id=city.pk, facts=off, now=NOW)
    assert gather_cases(acting_user=None, now=NOW) == 0


@pytest.mark.django_db
def test_only_who_administers_the_whole_city_may_and_the_key_is_in_no_history(cast: Cast) -> None:
    city = a_city(cast, "https://next.example/v2/", api_key="first-key")
    new = CityFacts("https://next.example/v2", "open_water", "W2", api_key="second-key")
    kept = CityFacts("https://next.example/v2", "open_water", "W3")

    change_city(acting_user=cast.grace, city_id=city.pk, facts=new, now=NOW)
    change_city(acting_user=cast.grace, city_id=city.pk, facts=kept, now=NOW)

    city.refresh_from_db()
    assert (city.address, city.api_key, city.service_code) == (
        *("https://next.example/v2", "second-key", "W3"),
    )
    events = StaffEvent.objects.filter(subject="city:Next")
    assert "key" not in str([each.changes for each in events])
    for person in (cast.mia, cast.carol):
        with pytest.raises((Refused, NotFound)):
            change_city(acting_user=person, city_id=city.pk, facts=kept, now=NOW)
    with pytest.raises(Refused, match="name_taken"):
        a_city(cast, "https://next.example/v2")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("public", "goes"),
    [
        ("", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("https://city.example", True),
    ],
)
def test_a_photo_goes_as_an_address_only_where_others_reach_it(
    cast: Cast, settings: Any, public: str, goes: bool
) -> None:
    settings.ANLAN_PUBLIC_URL = public
    city = a_city(cast, "https://next.example/v2", photos_as=PhotosAs.ADDRESS)

    assert may_go(HandedOver(city=city)) is goes
