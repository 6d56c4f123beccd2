"""Public pages that are kept for the next reader: the same for all, new where they must be, gone at once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.edge.pages import kept_pages
from anlan.edge.pages.report_form import TO_COME
from anlan.flows.count_public import WITHDRAWALS_KEPT, forget_withdrawals
from anlan.flows.cover_photo import hide_photo
from anlan.flows.moderate import clear_words, hide_case, withhold_words
from anlan.flows.publish_cases import publish
from anlan.flows.report_photo import report_photo
from anlan.publishing.terms import Complaint, PhotoState, PlaceRule
from anlan.store.models import Case, Category, PublicPhoto, PublicWithdrawal, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.edge.pages.test_public_cases import pages_with
from tests.edge.pages.test_public_photos import photo_of
from tests.flows.walks import new

WORDS = "A railing is broken"


@pytest.fixture(autouse=True)
def kept(settings, tmp_path) -> None:
    settings.ANLAN_PAGES_KEPT, settings.MEDIA_ROOT = 60, tmp_path
    kept_pages.pages.clear()


@pytest.fixture
def reader() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def shown(cast: Cast) -> Case:
    """A case with words that everybody may read and a photo that everybody may see."""
    case, user = new(cast, NOON), cast.judy
    photo = photo_of(case)
    clear_words(acting_user=user, case_id=case.pk, words=WORDS, with_address=False, now=NOON)
    PublicPhoto.objects.filter(pk=photo.pk).update(state=PhotoState.CLEARED, covered_id=photo.pk)
    PublicWithdrawal.objects.all().delete()  # a test is one transaction, which would be noted once
    return case


def test_the_second_reader_gets_the_same_page_for_one_query(reader: Client, shown: Case) -> None:
    for page in pages_with(shown):
        first = reader.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            second = reader.get(page)
        first.headers.pop("X-Request-ID")
        second.headers.pop("X-Request-ID")
        assert (second.content, second.headers, len(asked)) == (first.content, first.headers, 1)


def test_a_kept_page_has_the_headers_of_any_other(reader: Client, shown: Case, settings) -> None:
    def headers() -> dict[str, str]:
        answer = reader.get(f"/public/cases/{shown.pk}/")
        return {name: value for name, value in answer.items() if name != "X-Request-ID"}

    first, again = headers(), headers()
    settings.ANLAN_PAGES_KEPT = 0
    assert first == again == headers() and "Content-Security-Policy" in again


def test_what_is_new_waits_until_the_page_is_drawn_anew(
    reader: Client, cast: Cast, shown: Case, settings
) -> None:
    reader.get("/public/cases/")
    address = f'href="/public/cases/{new(cast, NOON + timedelta(days=1)).pk}/"'

    assert address not in reader.get("/public/cases/").text
    settings.ANLAN_PAGES_KEPT = 0
    assert address in reader.get("/public/cases/").text


def _hide(cast: Cast, case: Case) -> None:
    hide_case(acting_user=cast.judy, case_id=case.pk, reason="Names a child", now=NOON)


def _withhold(cast: Cast, case: Case) -> None:
    withhold_words(acting_user=cast.judy, case_id=case.pk, reason="Names a child", now=NOON)


def _write_anew(cast: Cast, case: Case) -> None:
    clear_words(acting_user=cast.judy, case_id=case.pk, words="Broken", with_address=False, now=NOON)


def _never_show_the_kind(cast: Cast, case: Case) -> None:
    Category.objects.filter(pk=case.category_id).update(public_place=PlaceRule.NEVER)
    publish(Case.objects.get(pk=case.pk), NOON)


@pytest.mark.parametrize("taken_back", [_hide, _withhold, _write_anew, _never_show_the_kind])
def test_words_are_gone_from_every_page_as_soon_as_they_are_taken_back(
    reader: Client, cast: Cast, shown: Case, taken_back: Callable[[Cast, Case], None]
) -> None:
    before = [WORDS in reader.get(page).text for page in pages_with(shown)]
    assert before == [True, True, True, True, True, False, False]

    taken_back(cast, shown)

    assert [page for page in pages_with(shown) if WORDS in reader.get(page).text] == []


def test_a_hidden_case_is_on_no_page_and_not_counted(reader: Client, cast: Cast, shown: Case) -> None:
    pages = pages_with(shown)
    before = [reader.get(page).text for page in pages]

    _hide(cast, shown)

    after = [reader.get(page) for page in pages]
    assert [each.status_code for each in after] == [200, 404, 200, 200, 200, 404, 200]
    address = f"/public/cases/{shown.pk}/"
    for page in (0, 2, 3, 4):
        assert (address in before[page], address in after[page].text) == (True, False)
    assert ('"total":1' in before[6], '"total":0' in after[6].text) == (True, True)


def _hide_photo(cast: Cast, photo: PublicPhoto) -> None:
    hide_photo(acting_user=cast.judy, photo_id=photo.pk, reason="A child", now=NOON)


def _report_photo(cast: Cast, photo: PublicPhoto) -> None:
    assert photo.covered_id
    report_photo(
        acting_user=None,
        covered_id=photo.covered_id,
        reason=Complaint.PERSON,
        address="192.0.2.1",
        now=NOON,
    )


@pytest.mark.parametrize("taken_back", [_hide_photo, _report_photo])
def test_a_photo_is_gone_from_its_page_as_soon_as_it_is_taken_back(
    reader: Client, cast: Cast, shown: Case, taken_back: Callable[[Cast, PublicPhoto], None]
) -> None:
    page, photo = f"/public/cases/{shown.pk}/", PublicPhoto.objects.get(photo__case=shown)
    assert f"/public/photos/{photo.covered_id}" in reader.get(page).text

    taken_back(cast, photo)

    assert "/public/photos/" not in reader.get(page).text


def test_languages_themes_filters_and_names_of_the_host_are_kept_apart(
    reader: Client, shown: Case, settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example.org"]
    asked = [
        reader.get(page, headers=headers).text
        for page in ("/public/cases/", "/public/cases/?state=done", "/public/cases/?theme=dark")
        for headers in ({}, {"accept-language": "zh-CN"}, {"cookie": "theme=light"})
    ]
    feeds = [reader.get("/public/cases.atom", headers={"host": host}).text for host in settings.ALLOWED_HOSTS]

    assert len(set(asked)) == len(asked) - 1  # the address says more of the theme than the cookie
    assert [host in feed for host, feed in zip(settings.ALLOWED_HOSTS, feeds, strict=True)] == [True, True]


def test_who_is_signed_in_gets_a_page_of_their_own_and_gives_it_to_nobody(
    reader: Client, cast: Cast, shown: Case
) -> None:
    member = Client(headers={"accept-language": "en"})
    member.force_login(cast.judy.user)
    for page in pages_with(shown):
        member.get(page)
    assert len(kept_pages.pages) == 0

    reader.get("/public/cases/")
    with CaptureQueriesContext(connection) as asked:
        member.get("/public/cases/")
    assert len(asked) > 1


def test_only_good_pages_are_kept(reader: Client, shown: Case) -> None:
    answers = [reader.get(page) for page in ("/public/cases/999999/", "/public/cases/?words=nowhere")]
    reader.head("/public/cases/")

    assert [each.status_code for each in answers] == [404, 200]
    assert [address for address, *_rest in kept_pages.pages] == [
        "http://testserver/public/cases/?words=nowhere"
    ]


def test_the_oldest_page_goes_when_there_are_too_many(reader: Client, shown: Case) -> None:
    for number in range(kept_pages.MOST + 1):
        reader.get(f"/public/map.json?bbox={number}")

    addresses = [address for address, *_rest in kept_pages.pages]
    assert (len(addresses), addresses[0]) == (
        kept_pages.MOST,
        "http://testserver/public/map.json?bbox=1",
    )


def test_every_form_has_a_token_and_a_time_of_its_own_though_it_is_kept(
    reader: Client, shown: Case, cast: Cast
) -> None:
    forms = [reader.get(page).text for page in ("/report/", "/report/", "/report/?site=x", "/report/?site=x")]
    tokens = [re.findall(r'name="token" value="([^"]+)"', form)[0] for form in forms]
    times = [re.findall(r'name="drawn" value="([^"]+)"', form)[0] for form in forms]

    assert len(set(tokens)) == 4 and not set(TO_COME.values()) & {*tokens, *times}
    assert [word for word in TO_COME.values() for form in forms if word in form] == []
    said = {"category": "water", "words": "The rail is broken.", "address": "荻花村"}
    for token, drawn in zip(tokens, times, strict=True):
        assert 'id="code"' in reader.post("/report/", said | {"token": token, "drawn": drawn}).text
    assert Report.objects.count() == 4


def test_withdrawals_are_forgotten_when_no_page_is_that_old(cast: Cast, shown: Case) -> None:
    _hide(cast, shown)
    (noted,) = PublicWithdrawal.objects.all()

    kept_then, forgotten = (
        forget_withdrawals(acting_user=None, now=noted.at + WITHDRAWALS_KEPT + timedelta(seconds=seconds))
        for seconds in (-1, 1)
    )
    assert (kept_then, forgotten, PublicWithdrawal.objects.count()) == (0, 1, 0)
