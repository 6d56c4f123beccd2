"""A report is stored once, opens a case, and gives a receipt that nobody keeps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import Channel, PlaceSource, State
from anlan.flows.receipts import follow_code
from anlan.flows.store_photos import take_picture
from anlan.flows.submit_report import Told, submit_report
from anlan.places.terms import Crs
from anlan.publishing.receipts import is_code
from anlan.store.models import Case, CaseEvent, Contact, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.publishing import sent_photos

TOKEN = "a-token-of-one-form-1"
RAIL = Told(
    category_code="open_water",
    words="村口水塘靠路一侧的护栏断了约 3 米。孩子放学都从这里走。",
    area_code="990101001201",
    address="村口小店对面",
    language="zh-hans",
)


def test_a_report_opens_a_new_case_with_its_history(cast: Cast) -> None:
    receipt = submit_report(acting_user=None, token=TOKEN, told=RAIL, now=NOON)

    report = Report.objects.get(pk=receipt.report_id)
    case = report.case
    assert (case.state, case.stage, case.title) == ("new", "accept", "村口水塘靠路一侧的护栏断了约 3 米")
    assert (case.category, case.area, case.opened_at) == (cast.open_water, cast.village_111, NOON)
    assert (report.channel, report.words, report.address, report.received_at) == (
        Channel.WEB,
        RAIL.words,
        RAIL.address,
        NOON,
    )
    assert list(CaseEvent.objects.values_list("case", "step", "state_after", "source", "actor")) == [
        (case.pk, "reported", State.NEW, "resident", None)
    ]


def test_the_receipt_finds_the_report_and_is_kept_nowhere(cast: Cast) -> None:
    receipt = submit_report(acting_user=None, token=TOKEN, told=RAIL, now=NOON)

    assert receipt.code is not None
    assert is_code(receipt.code)
    assert (
        follow_code(acting_user=None, typed=receipt.code, address="203.0.113.7", now=NOON).report_id
        == receipt.report_id
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM store_report r")
        row = str(cursor.fetchone())
    assert receipt.code not in row
    assert TOKEN not in row


def test_the_same_form_again_stores_nothing_and_shows_the_same_code(cast: Cast) -> None:
    first = submit_report(acting_user=None, token=TOKEN, told=RAIL, now=NOON)

    again = submit_report(acting_user=None, token=TOKEN, told=replace(RAIL, words="else"), now=NOON)

    assert again == replace(first, is_resend=True)
    assert (Report.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_is_stored_once(cast: Cast) -> None:
    def send(_number: int) -> str | None:
        try:
            return submit_report(acting_user=None, token=TOKEN, told=RAIL, now=NOON).code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        codes = set(people.map(send, range(4)))

    assert len(codes) == 1
    assert (Report.objects.count(), Case.objects.count()) == (1, 1)


def test_another_form_has_another_code(cast: Cast) -> None:
    codes = {submit_report(acting_user=None, token=TOKEN + end, told=RAIL, now=NOON).code for end in "ab"}

    assert len(codes) == 2


def test_a_point_is_converted_at_the_door_and_says_from_what(cast: Cast) -> None:
    told = replace(RAIL, lng=121.2445, lat=28.5973, crs=Crs.GCJ02, place_source=PlaceSource.MAP)

    submit_report(acting_user=None, token=TOKEN, told=told, now=NOON)

    report = Report.objects.get()
    assert (report.source_crs, report.place_source) == ("gcj02", "map")
    assert report.lng is not None and report.lat is not None
    assert 0.003 < told.lng - report.lng < 0.006  # type: ignore[operator]
    assert (report.case.lng, report.case.lat) == (report.lng, report.lat)


def test_photos_come_with_the_report(cast: Cast) -> None:
    picture = take_picture(sent_photos.jpeg(), now=NOON)

    submit_report(acting_user=None, token=TOKEN, told=replace(RAIL, pictures=[picture]), now=NOON)

    report = Report.objects.get()
    assert list(report.photos.values_list("pk", "case", "stage", "event__step")) == [
        (picture.id, report.case_id, "before", "reported")
    ]


@pytest.mark.parametrize(
    ("phone", "email", "kept"),
    [("13800001234", "", [("13800001234", "", None)]), ("", "a@b.cn", [("", "a@b.cn", None)]), ("", "", [])],
)
def test_a_contact_is_kept_only_when_it_was_given(
    cast: Cast, phone: str, email: str, kept: list[tuple[str, str, None]]
) -> None:
    submit_report(acting_user=None, token=TOKEN, told=replace(RAIL, phone=phone, email=email), now=NOON)

    assert list(Contact.objects.values_list("phone", "email", "erase_after")) == kept


def test_what_follows_is_queued_in_the_same_transaction(cast: Cast) -> None:
    receipt = submit_report(acting_user=None, token=TOKEN, told=RAIL, now=NOON)

    event = CaseEvent.objects.get(case=receipt.case_id)
    assert list(ProcrastinateJob.objects.values_list("task_name", "args")) == [
        ("notify", {"event_id": event.pk})
    ]


def test_a_desk_officer_types_a_report_in_their_own_area(cast: Cast) -> None:
    submit_report(acting_user=cast.judy, token=TOKEN, told=RAIL, now=NOON, channel=Channel.DESK)

    report = Report.objects.get()
    assert (report.channel, report.typed_by) == ("desk", cast.judy.user)
    assert report.case.events.get().actor == cast.judy.user


def test_a_desk_officer_of_another_county_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        submit_report(acting_user=cast.dan, token=TOKEN, told=RAIL, now=NOON, channel=Channel.DESK)

    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"category_code": "none"}, "category_unknown"), ({"area_code": "999999"}, "area_unknown")],
)
def test_what_is_not_in_use_is_refused(cast: Cast, change: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        submit_report(acting_user=None, token=TOKEN, told=replace(RAIL, **change), now=NOON)  # type: ignore[arg-type]


def test_a_photo_of_another_report_stores_nothing_at_all(cast: Cast) -> None:
    picture = take_picture(sent_photos.jpeg(), now=NOON)
    told = replace(RAIL, pictures=[picture])
    submit_report(acting_user=None, token=TOKEN, told=told, now=NOON)

    with pytest.raises(Refused, match="photo_used"):
        submit_report(acting_user=None, token=TOKEN + "b", told=told, now=NOON)

    assert (Report.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.parametrize("typed", ["0000 0000 0000 0000", "1234", "", "rubbish \0"])
def test_a_code_that_nobody_has_finds_nothing(db: None, typed: str) -> None:
    with pytest.raises(NotFound):
        follow_code(acting_user=None, typed=typed, address="203.0.113.7", now=NOON)
