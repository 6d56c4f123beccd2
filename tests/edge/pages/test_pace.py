"""Who sends very much waits: nothing typed is lost, the page says until when, and the desk never waits."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from anlan.flows import receipts
from anlan.store.models import Photo, Report, ReportAddition
from tests.cast import Cast
from tests.edge.pages.test_report import CODE, FILLED, photo

TYPED = FILLED | {"token": "another-token-of-a-form", "contact": "13800001234"}
ADDED = {"words": "It is worse now", "token": "a-token-of-an-addition"}


@pytest.fixture
def resident(db: None, settings) -> Client:
    """A browser of a network that may send two pieces in an hour."""
    settings.ANLAN_SENDINGS_PER_HOUR = 2
    return Client(headers={"accept-language": "en"})


def send(browser: Client, **form: Any) -> Any:
    return browser.post("/report/", form)


def test_the_third_report_of_an_hour_waits_and_keeps_what_was_typed(cast: Cast, resident: Client) -> None:
    send(resident, **FILLED, photos=photo())

    page = send(resident, **TYPED, photos=photo("b.jpg"))

    assert (page.status_code, Report.objects.count(), Photo.objects.count()) == (429, 1, 1)
    assert 0 < int(page["Retry-After"]) <= 3601
    assert re.search(r"send it again at (today )?[0-9: -]+, and choose new photos again", page.text)
    for field in ("words", "address", "contact", "token"):
        assert html.escape(TYPED[field]) in page.text


def test_photos_accepted_before_stay(cast: Cast, resident: Client) -> None:
    first = send(resident, **(TYPED | {"category": "", "photos": photo()})).text
    kept = re.findall(r'name="photos-kept" value="([^"]+)"', first)

    page = send(resident, **TYPED, **{"photos-kept": kept})

    assert page.status_code == 429
    assert "Photo 1 is kept" in page.text


def test_looking_for_the_area_is_not_sending(cast: Cast, resident: Client) -> None:
    for _ in range(3):
        assert send(resident, **FILLED, look="yes").status_code == 200


def test_a_report_sent_again_shows_its_code_whatever_came_since(cast: Cast, resident: Client) -> None:
    sent = [CODE.findall(send(resident, **FILLED).text) for _ in range(4)]

    assert sent[0] and sent == [sent[0]] * 4


def test_who_asks_for_very_many_codes_waits_and_keeps_what_was_typed(
    cast: Cast, resident: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "CODES_AN_HOUR", 2)
    (code,) = CODE.findall(send(resident, **FILLED).text)
    sent = [send(resident, **FILLED).status_code for _ in range(2)]

    again, followed = send(resident, **FILLED), resident.post("/receipt/", {"code": code})

    assert (sent, again.status_code, followed.status_code) == ([200, 200], 429, 429)
    assert html.escape(FILLED["words"]) in again.text
    for page in (again, followed):
        assert 0 < int(page["Retry-After"]) <= 3601
        assert "Very many receipt codes were asked about from your network." in page.text


def test_a_form_that_looks_with_a_sent_token_is_counted_too(
    cast: Cast, resident: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "CODES_AN_HOUR", 1)
    send(resident, **FILLED)

    looked = [send(resident, **FILLED, look="yes").status_code for _ in range(2)]

    assert looked == [200, 429]


def test_an_addition_waits_and_keeps_what_was_typed(cast: Cast, resident: Client) -> None:
    (code,) = CODE.findall(send(resident, **FILLED, photos=photo()).text)
    given = re.search(r'name="pass" value="([^"]+)"', resident.post("/receipt/", {"code": code}).text)
    assert given

    page = resident.post("/receipt/add", {"pass": given[1], **ADDED})

    assert (page.status_code, ReportAddition.objects.count()) == (429, 0)
    assert ADDED["words"] in page.text


def test_the_desk_does_not_wait(cast: Cast, resident: Client) -> None:
    resident.force_login(cast.judy.user)
    tokens = [f"token-number-{number}-of-the-desk" for number in range(4)]

    answers = [resident.post("/reports/new", FILLED | {"token": token}) for token in tokens]

    assert [answer.status_code for answer in answers] == [200] * 4


def test_behind_a_proxy_the_network_is_the_one_the_proxy_names(
    cast: Cast, resident: Client, settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    tokens = [f"token-number-{number}-of-a-form" for number in range(4)]

    answers = [
        resident.post("/report/", FILLED | {"token": token}, headers={"x-forwarded-for": f"203.0.{number}.7"})
        for number, token in enumerate(tokens)
    ]

    assert [answer.status_code for answer in answers] == [200] * 4
