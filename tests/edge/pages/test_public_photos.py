"""Photos on pages: the desk covers and clears them; everybody sees those, and can have one hidden."""

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from anlan.cases.terms import PhotoStage, State
from anlan.flows.cover_photo import suggest_covers
from anlan.flows.follow_report import add_to_report
from anlan.flows.store_photos import Picture, store_photos
from anlan.publishing.terms import PhotoState
from anlan.store import photo_files
from anlan.store.models import Case, EvidenceLook, Photo, PublicCase, PublicPhoto, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.test_cover_photo import drawn
from tests.flows.walks import new, walked_to

BOXES = json.dumps([{"x": 0.25, "y": 0.25, "w": 0.5, "h": 0.5, "kind": "hand"}])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.judy.user)
    return client


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def photo_of(case: Case, stage: PhotoStage = PhotoStage.BEFORE, *, is_looked_for: bool = True) -> Photo:
    photo_id = uuid4()
    photo_files.write(photo_id, drawn(), drawn())
    picture = Picture(photo_id, NOON, "0" * 64, 80, 60, 1000)
    (photo,) = store_photos([picture], case=case, stage=stage, now=NOON)
    PublicPhoto.objects.filter(pk=photo_id).update(looked_for_at=NOON if is_looked_for else None)
    return photo


def address(photo: Photo) -> str:
    return f"/moderation/{photo.case_id}/photos/{photo.pk}/"


def cleared(desk: Client, photo: Photo) -> str:
    """The address of a photo that the desk has just cleared."""
    assert desk.post(address(photo), {"act": "clear", "boxes": BOXES}).status_code == 302
    return f"/public/photos/{PublicPhoto.objects.get(photo=photo).covered_id}"


def test_a_photo_goes_from_the_desk_to_everybody_and_back_by_one_report(
    cast: Cast, desk: Client, browser: Client
) -> None:
    photo = photo_of(new(cast, NOON))
    public = f"/public/cases/{photo.case_id}/"
    before = browser.get(public).text
    shown = cleared(desk, photo)

    page, picture = browser.get(public).text, browser.get(shown)
    assert "/public/photos/" not in before and f"{shown}/small" in page
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
    assert browser.get(shown, headers={"if-none-match": picture["ETag"]}).status_code == 304

    answer = browser.post(f"{shown}/report", {"reason": "person"})
    assert answer.status_code == 200 and "hidden now" in answer.text
    assert [browser.get(each).status_code for each in (shown, f"{shown}/small", f"{shown}/report")] == [
        404
    ] * 3
    assert shown not in browser.get(public).text
    assert f'href="/moderation/{photo.case_id}/"' in desk.get("/moderation/?view=reported").text


def test_why_it_should_not_be_shown_is_asked(cast: Cast, desk: Client, browser: Client) -> None:
    shown = cleared(desk, photo_of(new(cast, NOON)))

    answer = browser.post(f"{shown}/report", {})

    assert answer.status_code == 422 and "Choose a reason" in answer.text
    assert browser.get(shown).status_code == 200


def test_who_sends_very_much_hides_no_photos(cast: Cast, desk: Client, browser: Client, settings) -> None:
    shown = cleared(desk, photo_of(new(cast, NOON)))
    settings.ANLAN_SENDINGS_PER_HOUR = 0

    assert browser.post(f"{shown}/report", {"reason": "person"}).status_code == 429
    assert browser.get(shown).status_code == 200


def test_before_faces_were_looked_for_the_page_says_so_and_nothing_is_cleared(
    cast: Cast, desk: Client
) -> None:
    photo = photo_of(new(cast, NOON), is_looked_for=False)

    page = desk.get(f"/moderation/{photo.case_id}/").text
    answer = desk.post(address(photo), {"act": "clear", "boxes": BOXES})

    assert "are being looked for" in page and "Cover these" not in page
    assert answer.status_code == 422 and "still being looked for" in answer.text


def test_without_a_script_boxes_come_from_the_rows_that_are_ticked(cast: Cast, desk: Client) -> None:
    photo = photo_of(new(cast, NOON))
    rows = {
        "on": ["0", "2"],
        "x-0": "10",
        "y-0": "20",
        "w-0": "30",
        "h-0": "40",
        "kind-0": "face",
        "x-1": "9",
    }
    rows |= {"x-2": "50", "y-2": "50", "w-2": "10.5", "h-2": "10"}

    desk.post(address(photo), rows | {"act": "clear"})

    boxes = PublicPhoto.objects.get(photo=photo).boxes
    found = [(round(box["x"], 6), round(box["w"], 6), box["kind"]) for box in boxes]
    assert found == [(0.1, 0.3, "face"), (0.5, 0.105, "hand")]


@pytest.mark.parametrize("boxes", ["{", "[1]", '[{"x": 0}]', "[" * 5000, json.dumps([{}] * 300)])
def test_what_are_no_boxes_is_refused_with_words(cast: Cast, desk: Client, boxes: str) -> None:
    photo = photo_of(new(cast, NOON))

    answer = desk.post(address(photo), {"act": "clear", "boxes": boxes})

    assert answer.status_code == 422 and "A box needs four numbers" in answer.text
    assert PublicPhoto.objects.get(photo=photo).state == PhotoState.HELD


def test_a_box_that_is_typed_wrong_comes_back_as_typed(cast: Cast, desk: Client) -> None:
    photo = photo_of(new(cast, NOON))
    typed = {"x-4": "12,5", "y-4": "10", "w-4": "30", "h-4": "oops"}

    page = desk.post(address(photo), {"act": "clear", "on": "4", **typed})

    assert page.status_code == 422
    assert [f'name="{name}" value="{value}"' in page.text for name, value in typed.items()] == [True] * 4


def test_to_keep_a_photo_from_the_public_takes_a_reason(cast: Cast, desk: Client) -> None:
    photo = photo_of(new(cast, NOON))

    without = desk.post(address(photo), {"act": "hide", "reason": ""})
    desk.post(address(photo), {"act": "hide", "reason": "A child"})

    assert without.status_code == 422
    assert PublicPhoto.objects.get(photo=photo).state == PhotoState.HIDDEN
    assert "A child" in desk.get(f"/moderation/{photo.case_id}/").text


def test_a_photo_of_another_case_of_the_area_cannot_be_reached_through_a_case_of_ones_own(cast: Cast) -> None:
    mine, theirs = new(cast, NOON), photo_of(new(cast, NOON))
    Case.objects.filter(pk=mine.pk).update(area=cast.village_211, area_path=cast.village_211.path)
    PublicCase.objects.filter(pk=mine.pk).update(area=cast.village_211, area_path=cast.village_211.path)
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.dan.user)

    answer = client.post(f"/moderation/{mine.pk}/photos/{theirs.pk}/", {"act": "hide", "reason": "x"})

    assert answer.status_code == 404


def test_a_closed_case_shows_what_was_done_before_and_after_and_asks(
    cast: Cast, desk: Client, browser: Client
) -> None:
    case = walked_to(State.CLOSED, cast, NOON)
    before, after = photo_of(case), photo_of(case, PhotoStage.AFTER)
    page = desk.get(f"/moderation/{case.pk}/").text
    for photo in (before, after):
        cleared(desk, photo)
    desk.post(f"/moderation/{case.pk}/", {"act": "clear", "words": "", "done": "3 m of railing fitted"})

    public = browser.get(f"/public/cases/{case.pk}/").text
    assert "What the unit says was done" in page
    assert "Before and after" in public and "3 m of railing fitted" in public and "Is it fixed?" in public
    assert re.findall(r"<figcaption><b>(\w+)</b>", public) == ["Before", "After"]


def test_of_an_open_case_only_photos_from_before_and_no_deeds_are_shown(
    cast: Cast, desk: Client, browser: Client
) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    shown, held = cleared(desk, photo_of(case)), cleared(desk, photo_of(case, PhotoStage.AFTER))
    PublicCase.objects.filter(pk=case.pk).update(done_words="3 m of railing fitted")

    public = browser.get(f"/public/cases/{case.pk}/").text

    assert shown in public and held not in public and "railing fitted" not in public


def test_what_a_reporter_adds_waits_for_a_person_though_words_were_cleared(cast: Cast, desk: Client) -> None:
    case = new(cast, NOON)
    report = Report.objects.create(
        case=case, channel="web", category=cast.open_water, words="A", area=cast.village_111, received_at=NOON
    )
    link = f'href="/moderation/{case.pk}/"'
    desk.post(f"/moderation/{case.pk}/", {"act": "clear", "words": "A"})
    cleared_away = link not in desk.get("/moderation/").text
    add_to_report(acting_user=None, report_id=report.pk, token="t", words="Call 13800001234", now=NOON)

    page = desk.get(f"/moderation/{case.pk}/").text
    assert cleared_away and link in desk.get("/moderation/").text
    assert "Added later by a reporter" in page and "Call ▇▇" in page


def test_what_the_unit_did_waits_and_long_words_are_not_cut(cast: Cast, desk: Client) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    Report.objects.create(
        case=case,
        channel="web",
        category=cast.open_water,
        words="x" * 4000,
        area=cast.village_111,
        received_at=NOON,
    )

    assert f'href="/moderation/{case.pk}/"' in desk.get("/moderation/").text
    assert "x" * 4000 in desk.get(f"/moderation/{case.pk}/").text.split("<textarea")[1]


def test_staff_who_look_at_a_case_are_written_down(cast: Cast, desk: Client) -> None:
    photo = photo_of(new(cast, NOON))
    staff = Client()
    staff.force_login(cast.carol.user)

    staff.get(f"/cases/{photo.case_id}/")
    staff.get(f"/cases/{photo.case_id}/")
    desk.get(f"/photos/{photo.pk}")

    assert sorted(EvidenceLook.objects.values_list("user__username", flat=True)) == ["carol", "judy"]
    assert "carol" in desk.get(f"/moderation/{photo.case_id}/").text


def test_the_job_looks_for_faces(cast: Cast) -> None:
    photo = photo_of(new(cast, NOON), is_looked_for=False)

    assert suggest_covers(acting_user=None, photo_id=photo.pk, now=NOON)
    assert PublicPhoto.objects.get(photo=photo).looked_for_at == NOON


def test_other_programs_find_the_first_photo_that_everybody_may_see(
    cast: Cast, desk: Client, browser: Client
) -> None:
    case = walked_to(State.ACCEPTED, cast, timezone.now())
    photo = photo_of(case)

    def addresses() -> list[str | None]:
        asked = ("requests.json", f"requests/{case.pk}.json")
        return [browser.get(f"/open311/v2/{each}").json()[0]["media_url"] for each in asked]

    before, shown = addresses(), cleared(desk, photo)

    assert (before, addresses()) == ([None, None], [f"http://testserver{shown}"] * 2)
    assert browser.get(shown).status_code == 200
