"""The form of a report: who may send it, what it says of errors, that nothing typed is lost."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.publishing.receipts import as_typed
from anlan.store.models import Case, Contact, Photo, Report, ReportAddition
from tests.cast import Cast
from tests.examples import examples
from tests.publishing import sent_photos
from tests.small_disk import little_room

FILLED = {
    "token": "a-token-of-one-form-1",
    "category": "water",
    "words": "The rail at the pond is broken.",
    "address": "荻花村 村口小店对面",
}
CODE = re.compile(r'id="code"[^>]*>([0-9 ]{19})<')


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture
def resident(db: None) -> Client:
    """A browser that keeps no cookie and reads English."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["lang"] = "en"
    return client


def photo(name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sent_photos.jpeg(), "image/jpeg")


def sent_code(resident: Client, **changes: Any) -> str:
    """Send the form; the receipt code as the page shows it."""
    found = CODE.search(resident.post("/report/", FILLED | changes).text)
    assert found
    return found[1]


def errors_at(text: str) -> list[str]:
    """The fields that say an error."""
    return re.findall(r'class="err" id="id_(\w+)_error"', text)


def test_the_emergency_numbers_come_before_the_form(cast: Cast, resident: Client) -> None:
    page = resident.get("/report/").text

    assert 0 < page.index("tel:119") < page.index("tel:120") < page.index("tel:110") < page.index("<form")


@pytest.mark.parametrize(
    "words", ["有小孩落水", "A child is drowning in the pond", "楼道着火了", "There is fire"]
)
def test_words_of_danger_bring_up_the_numbers_again_and_lose_nothing(
    cast: Cast, resident: Client, words: str
) -> None:
    urgent = FILLED | {"words": words}

    asked = resident.post("/report/", urgent)
    sent = resident.post("/report/", urgent | {"called": "yes"})

    assert asked.status_code == 200 and asked.text.count("tel:119") == 2 and words in asked.text
    assert CODE.search(sent.text) and Report.objects.count() == 1


def test_a_report_gives_a_code_that_follows_it(cast: Cast, resident: Client) -> None:
    code = sent_code(resident)

    assert as_typed(code)
    page = resident.post("/receipt/", {"code": code})
    assert page.status_code == 200
    assert FILLED["words"] in page.text
    assert code.replace(" ", "") not in page.text.replace(" ", "")


def test_the_form_sent_again_shows_the_same_code(cast: Cast, resident: Client) -> None:
    assert sent_code(resident) == sent_code(resident, words="Something else")
    assert Report.objects.count() == 1


def test_an_empty_form_says_what_is_missing_at_each_field(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/", {})

    assert (page.status_code, errors_at(page.text)) == (422, ["category", "words", "address"])
    assert "3 things to put right" in page.text


def test_nothing_typed_is_lost_on_an_error(cast: Cast, resident: Client) -> None:
    typed = FILLED | {"category": "", "kind": "open_water", "contact": "138 0000 1234"}

    page = resident.post("/report/", typed | {"photos": photo()}).text

    assert errors_at(page) == ["category"]
    for words in ("words", "address", "contact", "token"):
        assert html.escape(typed[words]) in page
    assert 'value="open_water" selected' in page
    assert "Photo 1 is kept" in page


def test_a_photo_accepted_before_an_error_need_not_be_chosen_again(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/", FILLED | {"words": "", "photos": photo()}).text
    kept = re.findall(r'name="photos-kept" value="([^"]+)"', page)

    resident.post("/report/", FILLED | {"photos-kept": kept})

    assert Report.objects.get().photos.count() == 1


@pytest.mark.parametrize("side", [400, 1500], ids=["read into memory", "put aside on the disk"])
def test_a_photo_for_which_there_is_no_room_loses_none_of_the_words(
    cast: Cast, resident: Client, side: int
) -> None:
    large = SimpleUploadedFile("a.jpg", sent_photos.noisy(side), "image/jpeg")

    with little_room():
        page = resident.post("/report/", FILLED | {"photos": large})

    assert (page.status_code, errors_at(page.text)) == (422, ["photos"])
    assert "Photo 1: there is no room for photos here at the moment." in page.text
    assert FILLED["words"] in page.text
    resident.post("/report/", FILLED)
    assert Report.objects.get().words == FILLED["words"]


def test_a_bad_photo_loses_none_of_the_words(cast: Cast, resident: Client) -> None:
    bad = SimpleUploadedFile("a.jpg", b"<html>")

    page = resident.post("/report/", FILLED | {"photos": bad})

    assert (page.status_code, errors_at(page.text)) == (422, ["photos"])
    assert FILLED["words"] in page.text


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ({"address": "荻花村 村口小店对面"}, "village_111"),
        ({"address": "柳埠镇渡头"}, "village_112"),
        ({"address": "小店对面", "township": "990101001"}, "township_11"),
        ({"address": "渡头村桥边", "township": "990102002"}, "village_221"),
        ({"address": "", "township": "990101001", "village": "990101001201"}, "village_111"),
        ({"address": "桥边", "area": "990102002201"}, "village_221"),
    ],
)
def test_the_area_is_the_one_that_the_place_means(
    cast: Cast, resident: Client, typed: dict[str, str], area: str
) -> None:
    resident.post("/report/", FILLED | typed)

    assert Report.objects.get().area == getattr(cast, area)


def test_a_name_that_two_places_have_is_asked_back(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/", FILLED | {"address": "渡头村桥边"}).text

    offered = re.findall(r'name="area" value="(\d+)"', page)
    assert (errors_at(page), offered) == (["address"], ["990101001202", "990102002201"])


def test_an_address_without_a_known_name_is_asked_back(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/", FILLED | {"address": "the shop"}).text

    assert "We do not know which township that is in" in page


def test_looking_for_the_area_says_no_error_and_keeps_the_photo(cast: Cast, resident: Client) -> None:
    sent = {"look": "area", "township": "990101001", "photos": photo()}

    page = resident.post("/report/", sent)

    assert (page.status_code, errors_at(page.text)) == (200, [])
    assert "Photo 1 is kept" in page.text
    assert "荻花村" in page.text


def test_the_quick_search_answers_with_the_area_only(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/areas", {"address": "荻"}).text

    assert page.lstrip().startswith('<div class="stack-s" id="area">')
    assert 'value="990101001201"' in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"words": "x" * 2001}, "words"),
        ({"words": "bell \x07 rings"}, "words"),
        ({"words": "null \0 sign"}, "words"),
        ({"address": "荻花村" + "x" * 200}, "address"),
        ({"lng": "nowhere", "lat": "28.5"}, "address"),
        ({"lng": "181", "lat": "28.5"}, "address"),
        ({"lng": "nan", "lat": "28.5"}, "address"),
        ({"crs": "mars"}, "address"),
        ({"contact": "call me"}, "contact"),
        ({"contact": "a@b"}, "contact"),
        ({"category": "none"}, "category"),
        ({"kind": "stairwell"}, "kind"),
        ({"township": "999"}, "township"),
    ],
)
def test_each_bad_value_is_said_at_its_field(
    cast: Cast, resident: Client, typed: dict[str, str], field: str
) -> None:
    page = resident.post("/report/", FILLED | typed)

    assert (page.status_code, errors_at(page.text)) == (422, [field])
    assert Case.objects.count() == 0


FIELDS = ["token", "category", "kind", "words", "address", "area", "township", "village", "lng", "lat"]
FIELDS += ["place_source", "crs", "contact", "photos", "photos-kept", "photos-leave-out", "look"]
rubbish = st.dictionaries(
    st.sampled_from(FIELDS), st.text(max_size=60) | st.sampled_from(["荻花村", "\0", "nan"])
)


@settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rubbish, st.booleans())
def test_no_rubbish_breaks_the_form(
    cast: Cast, resident: Client, sent: dict[str, str], is_whole: bool
) -> None:
    page = resident.post("/report/", (FILLED if is_whole else {}) | sent)

    assert page.status_code in {200, 422}


@settings(
    max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "latin-1", "gbk", "rubbish"]))
def test_no_bytes_break_the_form(cast: Cast, resident: Client, body: bytes, charset: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        page = resident.generic("POST", "/report/", body, content_type=f"{kind}; charset={charset}")
        assert page.status_code in {200, 400, 422}


def test_the_page_says_no_cookie_and_gives_no_referrer(cast: Cast) -> None:
    page = Client().get("/report/")

    assert "csrftoken" not in page.cookies
    assert '<meta name="referrer" content="no-referrer">' in page.text


def test_similar_open_cases_nearby_are_told_without_anybodys_words(cast: Cast, resident: Client) -> None:
    place = {"lng": "121.24", "lat": "28.6", "place_source": "map"}
    sent_code(resident, **place, words="A secret of the first reporter")

    page = resident.post(
        "/report/", FILLED | place | {"token": "a-token-of-one-form-2", "lat": "28.6003"}
    ).text

    assert "1 like this nearby" in page
    assert "about 30 m away" in page
    assert "secret" not in page


# The desk


def test_a_desk_officer_types_a_report_for_a_resident(cast: Cast, client: Client) -> None:
    client.force_login(cast.judy.user)
    assert "tel:119" not in client.get("/reports/new").text

    page = client.post("/reports/new", FILLED)

    report = Report.objects.get()
    assert (report.channel, report.typed_by) == ("desk", cast.judy.user)
    assert f"/cases/{report.case_id}/" in page.text
    assert CODE.search(page.text) and "四位一组念给上报人听" in page.text and "data-print" in page.text


def test_the_form_of_the_desk_says_where_it_comes_from(cast: Cast, client: Client) -> None:
    """Browsers call the origin of a form without referrer "null", and no such form passes its token."""
    client.force_login(cast.judy.user)

    assert "no-referrer" not in client.get("/reports/new").text


def test_a_place_outside_the_officers_area_is_said_at_the_place(cast: Cast, client: Client) -> None:
    client.force_login(cast.dan.user)

    page = client.post("/reports/new?lang=en", FILLED)

    assert (page.status_code, errors_at(page.text)) == (422, ["address"])


def test_who_may_not_type_reports_does_not_find_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice.user)

    assert client.get("/reports/new").status_code == 404


def test_the_form_and_the_receipt_say_how_long_photos_are_kept(
    cast: Cast, resident: Client, settings
) -> None:
    settings.ANLAN_PHOTO_DAYS = 45

    form, sent = resident.get("/report/").text, resident.post("/report/", FILLED | {"photos": photo()}).text
    found = CODE.search(sent)
    assert found
    receipt = resident.post("/receipt/", {"code": found[1]}).text

    assert "Photos are erased 45 days after the case ends." in form
    assert "1 photo, without camera data, erased 45 days after the case ends." in sent
    assert "Photos are erased 45 days after the case ends." in receipt


# The receipt


@pytest.mark.parametrize("code", ["0000 0000 0000 0000", "1234", "no code", "1" * 70, "\0"])
def test_wrong_codes_of_every_kind_read_alike(cast: Cast, resident: Client, code: str) -> None:
    page = resident.post("/receipt/", {"code": code})

    assert (page.status_code, errors_at(page.text)) == (422, ["code"])


def test_a_mistyped_and_an_unknown_code_answer_with_the_same_words(cast: Cast, resident: Client) -> None:
    mistyped, unknown = (
        re.findall('class="err".*?</p>', resident.post("/receipt/", {"code": code}).text)
        for code in ("0000 0000 0000 0001", "0000 0000 0000 0000")
    )

    assert mistyped == unknown


def test_the_code_is_taken_from_no_address(cast: Cast, resident: Client) -> None:
    code = sent_code(resident)

    assert FILLED["words"] not in resident.get(f"/receipt/?code={code}").text


def test_the_receipt_page_is_kept_by_no_cache_and_tells_no_site(cast: Cast, resident: Client) -> None:
    page = resident.post("/receipt/", {"code": sent_code(resident)})

    assert page["Cache-Control"].startswith("no-store")
    assert page["Referrer-Policy"] == "no-referrer"


def passed(resident: Client) -> dict[str, str]:
    """The pass on the page of a report with a phone number."""
    return pass_with(resident, sent_code(resident, contact="13800001234"))


def pass_with(resident: Client, code: str) -> dict[str, str]:
    """The pass on the page of a report whose code is known."""
    page = resident.post("/receipt/", {"code": code}).text
    found = re.search(r'name="pass" value="([^"]+)"', page)
    assert found
    return {"pass": found[1]}


def test_words_and_photos_are_added_by_the_pass(cast: Cast, resident: Client) -> None:
    form = passed(resident) | {
        "words": "It is worse now",
        "photos": photo(),
        "token": "another-token-of-a-form",
    }

    page = resident.post("/receipt/add", form)

    assert page.status_code == 200
    assert "It is worse now" in page.text
    assert (ReportAddition.objects.count(), Photo.objects.count()) == (1, 1)


def test_an_empty_addition_is_said_at_its_field(cast: Cast, resident: Client) -> None:
    page = resident.post("/receipt/add", passed(resident))

    assert (page.status_code, errors_at(page.text)) == (422, ["words"])


def test_the_contact_is_shown_masked_and_erased_when_asked(cast: Cast, resident: Client) -> None:
    form = passed(resident)

    page = resident.post("/receipt/contact", form | {"erase": "yes"}).text

    assert not Contact.objects.exists()
    assert "It was erased." in page


def test_a_report_is_taken_back(cast: Cast, resident: Client) -> None:
    page = resident.post("/receipt/withdraw", passed(resident))

    assert page.status_code == 200
    assert Report.objects.get().withdrawn_at is not None


def test_a_wrong_second_contact_comes_back_with_what_is_wrong_and_the_first_one_stays(
    cast: Cast, resident: Client
) -> None:
    form = passed(resident)

    page = resident.post("/receipt/contact", form | {"contact": "call me"})

    assert (page.status_code, page.context["contact"].errors.keys()) == (422, {"contact"})
    assert 'value="call me"' in page.text
    assert page.text.count(str(page.context["contact"].errors["contact"][0])) == 2  # above, and at the field
    assert Contact.objects.get().phone == "13800001234"


@pytest.mark.parametrize("path", ["add", "contact", "withdraw"])
@pytest.mark.parametrize("given_pass", ["", "rubbish", "1:2:3"])
def test_without_a_pass_nothing_is_found(cast: Cast, resident: Client, path: str, given_pass: str) -> None:
    assert resident.post(f"/receipt/{path}", {"pass": given_pass}).status_code == 404


def test_no_page_of_a_receipt_names_staff(cast: Cast, resident: Client) -> None:
    code = sent_code(resident)
    case = Case.objects.get()
    case.events.create(
        at=case.opened_at,
        step="accept",
        state_before="new",
        state_after="accepted",
        actor=cast.carol.user,
        actor_unit=cast.desk_1,
        reason="carol says hello",
    )

    page = resident.post("/receipt/", {"code": code}).text

    assert "by the command desk" in page
    for name in ("carol", cast.desk_1.name):
        assert name not in page
