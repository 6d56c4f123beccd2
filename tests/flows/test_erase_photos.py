"""Photos go when the time that was said is over; what they proved stays, and what was not due stays whole."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from anlan.base.errors import NotFound
from anlan.cases.terms import PhotoStage, State, Step
from anlan.flows import case_steps, erase_photos
from anlan.flows.erase_photos import erase_photos as erase
from anlan.flows.follow_report import add_to_report, withdraw_report
from anlan.flows.join_cases import join_case, undo_join
from anlan.flows.store_photos import Picture, store_photos, sweep_photos, take_picture
from anlan.flows.submit_report import Told, submit_report
from anlan.store import photo_files
from anlan.store.models import Case, Erasure, Photo, Verification
from anlan.store.readers import whole
from anlan.store.readers.photos import photo_file
from anlan.store.readers.receipts import progress
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import walked_to
from tests.publishing import sent_photos

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
SYSTEM = case_steps.Actor(source="test")


@pytest.fixture(autouse=True)
def days(settings) -> Iterator[None]:
    """A city that keeps photos of reporters for 30 days and evidence for 100."""
    settings.ANLAN_PHOTO_DAYS, settings.ANLAN_EVIDENCE_DAYS = 30, 100
    yield


def reported(*pictures: Picture, token: str = "a-token-of-one-form") -> Case:
    told = Told("water", "The rail is broken.", "990101001201", pictures=pictures)
    receipt = submit_report(acting_user=None, token=token, told=told, now=NOON)
    return Case.objects.get(pk=receipt.case_id)


def ended(case: Case, now: datetime = NOON) -> Case:
    """The desk rejects it."""
    case_steps.take(case, Step.REJECT, actor=SYSTEM, now=now, reason="no hazard")
    return case


def last_days() -> dict[str, list[date | None]]:
    """Until when photos are kept, by what they show."""
    rows = Photo.objects.order_by("made_at", "pk").values_list("stage", "erase_after")
    return {stage: [day for name, day in rows if name == stage] for stage, _ in rows}


def test_photos_of_a_reporter_go_after_the_time_that_was_said(
    cast: Cast, django_capture_on_commit_callbacks
) -> None:
    photo = take_picture(sent_photos.jpeg(), now=NOON)
    case = ended(reported(photo))

    with django_capture_on_commit_callbacks(execute=True):
        early = erase(acting_user=None, now=NOON + 30 * DAY)
    kept = photo_files.picture_path(photo.id).exists()
    with django_capture_on_commit_callbacks(execute=True):
        due = erase(acting_user=None, now=NOON + 31 * DAY)

    assert (early, kept, due) == (0, True, 1)
    for path in (photo_files.picture_path(photo.id), photo_files.thumbnail_path(photo.id)):
        assert not path.exists()
    assert list(Erasure.objects.values_list("kind", "photo", "report__case", "rule", "at")) == [
        ("photo", photo.id, case.pk, "30 days after the case ended", NOON + 31 * DAY)
    ]
    assert erase(acting_user=None, now=NOON + 32 * DAY) == 0


def test_a_case_that_goes_on_keeps_its_photos(cast: Cast) -> None:
    case = reported(picture(NOON))

    assert last_days() == {"before": [None]}
    ended(case)
    assert last_days() == {"before": [TODAY + 30 * DAY]}
    case_steps.take(case, Step.REOPEN, actor=SYSTEM, now=NOON, reason="there is one")
    assert last_days() == {"before": [None]}


def test_what_a_closing_rests_on_stays_explained_when_its_photos_are_gone(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)
    closed_on = TODAY + DAY  # six hours later, past midnight of the city
    assert last_days() == {"after": [closed_on + 100 * DAY], "verification": [closed_on + 100 * DAY]}

    assert erase(acting_user=None, now=NOON + 102 * DAY) == 2

    seen = Verification.objects.get(case=case)
    (photo,) = Photo.objects.filter(pk__in=seen.evidence["photos"])
    assert photo.event is not None
    assert (photo.event.actor, photo.event.step) == (cast.bob.user, Step.PASS)
    assert photo.made_at > seen.rectified_at
    assert (photo.sha256, photo.erased_at) == ("0" * 64, NOON + 102 * DAY)
    assert set(Erasure.objects.values_list("kind", "report", "rule")) == {
        ("photo", None, "100 days after the case ended")
    }


def test_a_later_setting_is_for_later_photos(cast: Cast, settings) -> None:
    case = reported(picture(NOON))
    settings.ANLAN_PHOTO_DAYS = 300

    ended(case)

    assert last_days() == {"before": [TODAY + 30 * DAY]}


def test_photos_that_come_after_the_end_have_their_day_too(cast: Cast) -> None:
    case = ended(reported())
    report = case.reports.get()

    add_to_report(
        acting_user=None, report_id=report.pk, token="t" * 20, pictures=[picture(NOON)], now=NOON + DAY
    )

    assert last_days() == {"before": [TODAY + 31 * DAY]}


def test_photos_of_a_report_that_was_taken_back_go_when_the_case_has_ended(cast: Cast) -> None:
    case = reported(picture(NOON))
    withdraw_report(acting_user=None, report_id=case.reports.get().pk, now=NOON)
    assert last_days() == {"before": [None]}
    case.refresh_from_db()

    ended(case)

    assert last_days() == {"before": [TODAY]}
    assert erase(acting_user=None, now=NOON + DAY) == 1
    assert Erasure.objects.get(kind="photo").rule == "the report was taken back and the case ended"


def test_taken_back_after_the_end_they_go_at_once(cast: Cast) -> None:
    case = ended(reported(picture(NOON)))

    withdraw_report(acting_user=None, report_id=case.reports.get().pk, now=NOON + 5 * DAY)

    assert last_days() == {"before": [TODAY + 5 * DAY]}


def test_photos_in_a_joined_case_are_kept_as_long_as_the_case_it_was_joined_to(cast: Cast) -> None:
    first, second = reported(), reported(picture(NOON), token="another-token-of-a-form")
    store_photos([picture(NOON)], case=second, stage=PhotoStage.AFTER, now=NOON)
    joined = join_case(acting_user=cast.carol, case_id=second.pk, version=0, now=NOON, into_id=first.pk)
    assert last_days() == {"before": [None], "after": [None]}

    first.refresh_from_db()
    ended(first)

    assert last_days() == {"before": [TODAY + 30 * DAY], "after": [TODAY + 100 * DAY]}
    assert joined.state == State.MERGED


def test_photos_of_a_join_that_is_undone_are_kept_while_the_case_goes_on(cast: Cast) -> None:
    first, second = reported(), reported(picture(NOON), token="another-token-of-a-form")
    joined = join_case(acting_user=cast.carol, case_id=second.pk, version=0, now=NOON, into_id=first.pk)

    undo_join(acting_user=cast.carol, case_id=second.pk, version=joined.version, now=NOON)

    assert last_days() == {"before": [None]}


def test_an_erased_photo_is_found_by_nobody_and_stays_out_of_a_backup(cast: Cast) -> None:
    photo = take_picture(sent_photos.jpeg(), now=NOON)
    case = ended(reported(photo))
    report = case.reports.get()
    before = (photo_file(cast.carol, photo.id).exists(), progress(report.pk).photo_count, whole.photo_ids())

    erase(acting_user=None, now=NOON + 31 * DAY)

    with pytest.raises(NotFound):
        photo_file(cast.carol, photo.id)
    after = progress(report.pk)
    assert before == (True, 1, [photo.id])
    assert (after.photo_count, after.photos_were_erased, whole.photo_ids()) == (0, True, [])


def test_files_that_a_killed_process_left_are_swept(cast: Cast) -> None:
    photo = take_picture(sent_photos.jpeg(), now=NOON)
    ended(reported(photo))
    erase(acting_user=None, now=NOON + 31 * DAY)  # the test's transaction never ends: the files stay
    assert photo_files.picture_path(photo.id).exists()

    assert sweep_photos(now=datetime.now(NOON.tzinfo) + 2 * DAY) >= 1

    assert not photo_files.picture_path(photo.id).exists()


def test_many_go_a_part_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_photos, "AT_ONCE", 2)
    ended(reported(*(picture(NOON) for _ in range(3))))

    assert [erase(acting_user=None, now=NOON + 31 * DAY) for _ in range(3)] == [2, 1, 0]


def test_photos_from_before_the_rule_get_their_days_from_today_on(cast: Cast) -> None:
    """What the migration does to photos that are there: 30 days at least, in which a city may decide."""
    closed = walked_to(State.CLOSED, cast, NOON - 400 * DAY)
    going_on = reported(picture(NOON))
    Photo.objects.update(erase_after=None, keep_days=180)
    with connection.schema_editor() as editor:
        import_module(_migration()).date_photos(apps, editor)

    rows = Photo.objects.values_list("case", "keep_days", "erase_after").distinct()
    in_30_days = datetime.now(NOON.tzinfo).astimezone().date() + 30 * DAY
    assert set(rows) >= {(going_on.pk, 30, None)}
    ((_, keep_days, last_day),) = [row for row in rows if row[0] == closed.pk]
    assert (keep_days, abs(last_day - in_30_days) <= DAY) == (100, True)


def _migration() -> str:
    """The name of the migration, whatever its number."""
    (file,) = (Path(erase_photos.__file__).parents[1] / "store" / "migrations").glob("*_photo_retention.py")
    return f"anlan.store.migrations.{file.stem}"
