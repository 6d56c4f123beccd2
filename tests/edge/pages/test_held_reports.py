"""Pages of reports that wait: what the reporter reads, what moderators see and decide; nothing is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.edge.pages.report_form import drawn_at, drawn_now
from anlan.store.models import Case, HeldGroup, HeldLook, HeldReport, Report
from tests.cast import Cast
from tests.edge.pages.test_report import CODE, FILLED, photo

POT = {"website": "https://buy.example"}


@pytest.fixture
def resident(db: None) -> Client:
    """A browser that keeps no cookie and reads English."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


@pytest.fixture
def desk(cast: Cast) -> Client:
    """The browser of a moderator."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.judy.user)
    return browser


def sent(resident: Client, **changes: Any) -> str:
    """Send a report that waits; its code."""
    found = CODE.search(resident.post("/report/", FILLED | POT | changes).text)
    assert found
    return found[1]


def receipt(resident: Client, code: str) -> str:
    return resident.post("/receipt/", {"code": code}).text


def test_a_report_that_waits_says_so_and_stores_no_case(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/", FILLED | POT | {"photos": photo()})

    assert page.status_code == 200 and CODE.search(page.text)
    assert "A person looks at it first" in page.text
    assert (Case.objects.count(), HeldReport.objects.get().pictures != []) == (0, True)


def test_the_receipt_follows_the_decision(cast: Cast, resident: Client, desk: Client) -> None:
    code = sent(resident)
    waits = receipt(resident, code)
    group = HeldGroup.objects.get().pk

    assert 'href="/moderation/held/">Reports that wait <b class="n">1</b>' in desk.get("/work/").text
    listed, shown = desk.get("/moderation/held/").text, desk.get(f"/moderation/held/{group}/").text
    done = desk.post(f"/moderation/held/{group}/", {"decision": "let_in"}, follow=True)

    assert "It waits until a person has looked at it." in waits and FILLED["words"] in waits
    assert FILLED["words"] not in listed and FILLED["words"] in shown
    assert "Decided on 1 report: Let in" in done.text
    assert "and let in:" in receipt(resident, code)
    assert Report.objects.get().words == FILLED["words"]


def test_set_aside_the_reporter_reads_why_and_it_can_be_undone(
    cast: Cast, resident: Client, desk: Client
) -> None:
    code = sent(resident)
    address = f"/moderation/held/{HeldGroup.objects.get().pk}/"

    without = desk.post(address, {"decision": "set_aside"})
    desk.post(address, {"decision": "set_aside", "reason": "An advertisement"})
    aside = receipt(resident, code)
    desk.post(f"/moderation/held/reports/{HeldReport.objects.get().pk}/let-in")

    assert (without.status_code, "Say why" in without.text) == (422, True)
    assert "An advertisement" in aside and "did not take it up" in aside
    assert Report.objects.count() == 1


def test_what_waits_is_taken_back_by_its_receipt(cast: Cast, resident: Client) -> None:
    page = receipt(resident, sent(resident))
    found = re.search(r'name="pass" value="([^"]+)"', page)
    assert found

    page = resident.post("/receipt/held/withdraw", {"pass": found[1]}).text

    assert "Nothing of it is kept." in page and FILLED["words"] not in page
    assert resident.post("/receipt/held/withdraw", {"pass": "1:2:3"}).status_code == 404
    assert resident.post("/receipt/withdraw", {"pass": found[1]}).status_code == 404


def test_the_page_sent_again_shows_the_same_code(cast: Cast, resident: Client) -> None:
    assert sent(resident) == sent(resident, website="")


def test_faster_than_a_person_it_is_asked_once_more_and_nothing_is_lost(
    cast: Cast, resident: Client, settings: Any
) -> None:
    settings.ANLAN_QUICKEST_REPORT = 300
    typed = FILLED | {"contact": "13800001234", "photos": photo()}

    page = resident.post("/report/", typed).text
    mark = re.search(r'name="drawn" value="([^"]+)"', page)
    kept = re.findall(r'name="photos-kept" value="([^"]+)"', page)
    assert mark and drawn_at(mark[1])
    at_once = resident.post("/report/", FILLED | {"drawn": mark[1]}).text
    later = drawn_now(timezone.now() - timedelta(seconds=301))
    taken = resident.post("/report/", FILLED | {"drawn": later, "photos-kept": kept}).text

    for words in (page, at_once):
        assert "Look at it once more" in words and FILLED["words"] in words and not CODE.search(words)
    assert "13800001234" in page and "Photo 1 is kept" in page
    assert CODE.search(taken) and Report.objects.get().photos.count() == 1


def test_the_time_of_a_form_cannot_be_made_up(resident: Client) -> None:
    for mark in ("", "1", "1:2:3", drawn_now(timezone.now())[:-1] + "!"):
        assert drawn_at(mark) is None


def test_the_trap_is_hidden_from_people_and_screen_readers(cast: Cast, resident: Client) -> None:
    page = resident.get("/report/").text

    trap = re.search(r'<div class="pot" aria-hidden="true">.*?</div>', page)
    assert trap and 'tabindex="-1"' in trap[0] and 'autocomplete="off"' in trap[0]
    assert "website" not in resident.get("/reports/new").text


def test_a_challenge_is_kept_by_no_cache(cast: Cast, resident: Client) -> None:
    answer = resident.get("/report/challenge")

    assert answer["Cache-Control"].startswith("max-age=0")
    assert {"parameters", "signature"} == set(answer.json())


def test_who_may_not_moderate_sees_nothing_that_waits(cast: Cast, resident: Client) -> None:
    sent(resident)
    group, held = HeldGroup.objects.get().pk, HeldReport.objects.get().pk
    browser = Client()
    browser.force_login(cast.alice.user)

    assert browser.get("/moderation/held/").status_code == 403
    assert browser.post(f"/moderation/held/{group}/", {"decision": "let_in"}).status_code == 403
    assert browser.post(f"/moderation/held/reports/{held}/let-in").status_code == 403


def test_who_looks_is_listed_on_the_page_that_shows_the_words(
    cast: Cast, resident: Client, desk: Client
) -> None:
    sent(resident)

    page = desk.get(f"/moderation/held/{HeldReport.objects.get().group_id}/")

    assert [look.user for look in page.context["page"].looks] == [cast.judy.user]


def test_of_a_group_that_is_not_there_no_look_is_written_down(
    cast: Cast, resident: Client, desk: Client
) -> None:
    sent(resident)

    answer = desk.get(f"/moderation/held/{HeldReport.objects.get().group_id + 1}/")

    assert (answer.status_code, HeldLook.objects.exists()) == (404, False)
