"""Pages around mails: what waits for its kind, the mailbox, and writing to a reporter; in both languages."""

import re

import pytest
from django.core import mail
from django.test import Client

from anlan.edge.jobs import mail as jobs
from anlan.flows.answer_mail import answer_event, answer_mails
from anlan.store.models import HeldGroup, HeldReport, InMail, MailboxState, Notice, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.mails import ANNA, composed, reply_to, take


def browser_of(acting, language: str = "en") -> Client:
    browser = Client(headers={"accept-language": language})
    browser.force_login(acting.user)
    return browser


def held_address() -> str:
    return f"/moderation/held/{HeldGroup.objects.get().pk}/"


SAID = {"decision": "let_in", "category_code": "open_water", "area_code": "荻花村 (990101001201)"}


@pytest.mark.parametrize(
    ("language", "asks", "says"),
    [
        ("en", "A mail that does not say clearly what kind it is, or where", "Decided on 1 report: Let in"),
        ("zh-hans", "邮件未写清类别或地点", "1 件上报已决定：放行"),
    ],
)
def test_a_moderator_says_of_which_kind_a_mail_is_and_where(
    cast: Cast, language: str, asks: str, says: str
) -> None:
    take(composed("村口的护栏断了"))
    browser = browser_of(cast.liu, language)

    page = browser.get(held_address()).text
    without = browser.post(held_address(), {"decision": "let_in"})
    done = browser.post(held_address(), SAID | {"address": "村口小店"}, follow=True)

    assert asks in page and "村口的护栏断了" in page and 'name="category_code"' in page
    assert without.status_code == 422
    report = Report.objects.get()
    assert (report.category, report.area, report.address) == (cast.open_water, cast.village_111, "村口小店")
    assert says in done.text


def test_what_was_typed_stays_when_the_kind_is_missing(cast: Cast) -> None:
    take(composed("村口的护栏断了"))

    page = browser_of(cast.liu).post(held_address(), SAID | {"category_code": "", "address": "村口小店"}).text

    assert "Choose the kind" in page and "荻花村 (990101001201)" in page and "村口小店" in page
    assert HeldReport.objects.get().decision == ""


def test_set_aside_a_mail_without_a_kind_waits_again_when_that_is_undone(cast: Cast) -> None:
    take(composed("免费贷款"))
    browser = browser_of(cast.liu)
    browser.post(held_address(), {"decision": "set_aside", "reason": "An advertisement"})

    page = browser.post(f"/moderation/held/reports/{HeldReport.objects.get().pk}/let-in", follow=True).text

    assert "It waits again" in page and held_address() in page


def test_moderators_of_the_smallest_area_hear_of_what_waits_once(cast: Cast) -> None:
    take(composed("荻花村的护栏断了"))
    for _ in range(2):
        jobs.tell_held(HeldReport.objects.get().pk)

    assert [notice.user.username for notice in Notice.objects.all()] == ["ivan"]
    browser = browser_of(cast.ivan)
    assert "A report waits for a person" in browser.get("/notices/").text
    assert browser.post(f"/notices/{Notice.objects.get().pk}/").url == "/moderation/held/"


@pytest.mark.parametrize(
    ("who", "language", "says"),
    [("liu", "en", "Larger than 40 MB"), ("grace", "zh-hans", "大于 40 MB")],
)
def test_a_mail_set_aside_is_listed_with_its_reason_until_somebody_dealt_with_it(
    cast: Cast, settings, who: str, language: str, says: str
) -> None:
    settings.ANLAN_MAIL_IN = "folder:///var/mail/hazards"
    take(b"", raw=None, size=60_000_000, place="41")
    MailboxState.objects.create(pk=1, failed_at=NOON, error="no such folder")
    browser = browser_of(getattr(cast, who), language)
    settings.ANLAN_SYNTHETIC = True

    page = browser.get("/moderation/mail/").text
    browser.post(f"/moderation/mail/{InMail.objects.get().pk}/settle")

    assert says in page and "41" in page and "no such folder" in page
    assert says not in browser.get("/moderation/mail/").text
    assert InMail.objects.get().settled_by == getattr(cast, who).user


def test_the_mailbox_belongs_to_those_of_the_whole_city(cast: Cast) -> None:
    for who in (cast.judy, cast.mia, cast.alice):
        assert browser_of(who).get("/moderation/mail/").status_code in (302, 404)


def test_the_desk_writes_below_the_mail_and_the_answer_comes_back_into_the_case(cast: Cast) -> None:
    take(composed(Message_ID="<first@home.example>"))
    report = Report.objects.get()
    browser = browser_of(cast.carol)
    address = f"/cases/{report.case_id}/write/"
    assert f'href="{address}"' in browser.get(f"/cases/{report.case_id}/").text
    version = re.search(r'name="version" value="(\d+)"', browser.get(address).text)
    assert version

    typed = {"version": version[1], "report_id": report.pk, "words": "是哪一侧？"}
    page = browser.post(address, typed, follow=True).text
    answer_event(acting_user=None, event_id=report.case.events.get(step="wrote").pk)
    sent = mail.outbox[-1]
    take(reply_to(sent, "东侧"))

    assert "On its way to the reporter." in page and "是哪一侧？" in page
    assert (sent.to, sent.subject, "是哪一侧？" in sent.body) == ([ANNA], "Re: 护栏断了", True)
    assert sent.extra_headers["In-Reply-To"] == "<first@home.example>"
    assert "东侧" in browser.get(f"/cases/{report.case_id}/").text


def test_who_sees_no_contact_writes_to_nobody(cast: Cast) -> None:
    take(composed())
    case = Report.objects.get().case_id

    assert browser_of(cast.frank).get(f"/cases/{case}/write/").status_code == 403
    assert "/write/" not in browser_of(cast.frank).get(f"/cases/{case}/").text


def test_a_receipt_of_what_has_no_kind_yet_can_be_read(cast: Cast) -> None:
    take(composed("村口的护栏断了"))
    answer_mails(acting_user=None, now=NOON)
    code = re.search(r"\d{4} \d{4} \d{4} \d{4}", mail.outbox[-1].body)
    assert code

    page = Client(headers={"accept-language": "en"}).post("/receipt/", {"code": code[0]}).text

    assert "It waits until a person has looked at it." in page and "村口的护栏断了" in page
    assert "does not say clearly what kind" in page and "machines" not in page


@pytest.mark.parametrize("address", ["hazards+@city.example", "hazards@city.example"])
def test_residents_and_the_desk_read_where_mails_are_written_to(cast: Cast, settings, address: str) -> None:
    settings.ANLAN_MAIL_ADDRESS = address
    pages = ("/report/", "/moderation/mail/", "/reports/new")
    said = []
    for settings.ANLAN_MAIL_IN in ("", "folder:///var/mail/hazards"):
        liu = browser_of(cast.liu)
        texts = [Client().get(pages[0]).text, *(liu.get(page).text for page in pages[1:])]
        said.append(["hazards@city.example" in text for text in texts])

    assert said == [[False, False, False], [True, True, False]]
