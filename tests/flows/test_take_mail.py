"""A mail becomes a report once, is answered in its thread, and what answers it is added to the report."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from anlan.cases.holding import Decision, HeldFor
from anlan.cases.mail.terms import Aside, Ignored, Outcome
from anlan.cases.terms import Channel, Severity
from anlan.flows import answer_mail as answers
from anlan.flows import take_mail as flow
from anlan.flows.answer_mail import MOST_ANSWERS, answer_event, answer_held, answer_mails
from anlan.flows.ask_reporters import ask_reporters
from anlan.flows.decide_held import Placing, decide_held
from anlan.flows.follow_report import erase_contact
from anlan.flows.mail_threads import post
from anlan.flows.receipts import Followed, follow_code
from anlan.flows.take_mail import LEASE, MOST_TRIES
from anlan.flows.triage_case import reject_case
from anlan.store.models import Case, HeldReport, InMail, MailThread, Photo, Report, ReportAddition
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.mails import ANNA, CLEAR, composed, reply_to, take
from tests.publishing.sent_photos import jpeg, noisy
from tests.small_disk import little_room

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def answered(now: Any = NOON) -> Any:
    """Send the answers that are due; the last one that left."""
    answer_mails(acting_user=None, now=now)
    return mail.outbox[-1] if mail.outbox else None


def code_in(text: str) -> str:
    found = re.search(r"\d{4} \d{4} \d{4} \d{4}", text)
    assert found
    return found[0]


def test_a_clear_mail_is_a_case_at_once_with_its_sender_as_the_contact(cast: Cast) -> None:
    assert take(composed()) is Outcome.REPORT

    report = Report.objects.get()
    assert (report.channel, report.category, report.area) == (Channel.MAIL, cast.open_water, cast.village_111)
    assert (report.words, report.language) == (CLEAR, "zh-hans")
    assert (report.contact.email, report.contact.erase_after) == (ANNA, None)
    assert report.case.events.get().source == "resident"


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_mail_again_is_one_report(cast: Cast, times: int) -> None:
    message = composed()

    assert [take(message) for _ in range(times)] == [Outcome.REPORT] * times
    assert (Report.objects.count(), InMail.objects.count()) == (1, 1)


def test_the_same_id_in_another_mailbox_is_another_mail(cast: Cast) -> None:
    message = composed()
    take(message)

    take(message, mailbox="other@mail.example/INBOX")

    assert InMail.objects.count() == 2


class Killed(BaseException):
    """As by kill -9: nothing catches it."""


@pytest.mark.parametrize("where", ["_pictures", "_begin", "_end", "begin_thread"])
def test_killed_anywhere_between_read_and_stored_nothing_is_lost_and_nothing_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def killed(*args: Any, **facts: Any) -> None:
        raise Killed

    message = composed()
    with monkeypatch.context() as patched:
        patched.setattr(flow, where, killed)
        with pytest.raises(Killed):
            take(message)
    assert Report.objects.count() == 0

    at_once, later = take(message), take(message, NOON + LEASE)

    assert (at_once, later) == (Outcome.READING, Outcome.REPORT)
    assert (Report.objects.count(), MailThread.objects.count()) == (1, 1)
    assert InMail.objects.get().answer_due


def test_a_mail_that_ends_its_reader_each_time_is_set_aside(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any) -> None:
        raise Killed

    message = composed()
    monkeypatch.setattr(flow, "_read", killed)
    for n in range(MOST_TRIES):
        with pytest.raises(Killed):
            take(message, NOON + n * LEASE)

    assert take(message, NOON + MOST_TRIES * LEASE) is Outcome.ASIDE
    assert InMail.objects.get().why == Aside.ENDED_READER


@pytest.mark.parametrize(
    ("letter", "why"),
    [
        ({"raw": None, "size": 10**9}, Aside.TOO_LARGE),
        ({"raw": b"\x89PNG\r\n\x1a\n"}, Aside.UNREADABLE),
        ({"raw": b"From: a@b.cn\nSubject: \n\n  \n"}, Aside.EMPTY),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_its_reason(cast: Cast, letter: Any, why: Aside) -> None:
    assert take(b"", **letter) is Outcome.ASIDE
    assert (InMail.objects.get().why, Report.objects.count(), HeldReport.objects.count()) == (why, 0, 0)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, Ignored.AUTOMATIC),
        ({"Return_Path": "<>"}, Ignored.BOUNCE),
        ({"List_Id": "<news.example>"}, Ignored.LIST),
        ({"X_Anlan": "1"}, Ignored.OURS),
    ],
)
def test_what_no_person_wrote_makes_no_report_and_gets_no_answer(
    cast: Cast, fields: Any, why: Ignored
) -> None:
    assert take(composed(**fields)) is Outcome.IGNORED
    assert (InMail.objects.get().why, Report.objects.count(), answered()) == (why, 0, None)


def test_the_confirmation_stands_below_the_mail_and_its_code_follows_the_report(cast: Cast) -> None:
    take(composed(Message_ID="<first@home.example>"))

    sent = answered()

    assert (sent.to, sent.subject) == ([ANNA], "Re: 护栏断了")
    assert sent.extra_headers["In-Reply-To"] == sent.extra_headers["References"] == "<first@home.example>"
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"
    assert "查询码" in sent.body and "119" not in sent.body
    code = code_in(sent.body)
    followed = follow_code(acting_user=None, typed=code, address="203.0.113.7", now=NOON)
    assert followed == Followed(Report.objects.get().pk)


def test_the_answer_speaks_the_language_of_the_mail_and_calls_first_for_the_numbers(cast: Cast) -> None:
    take(composed("A child is drowning, unfenced water in 荻花村", "Help"))

    body = answered().body

    assert body.startswith("In danger now? Call 119 (fire), 120 (medical) or 110 (police) at once.")
    assert "Receipt code:" in body


def test_sent_again_by_whoever_was_killed_an_answer_is_known_as_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any, **facts: Any) -> None:
        post(*args, **facts)
        raise Killed

    take(composed())
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(answers, "post", killed)
        answered()

    assert answered(NOON) is mail.outbox[0]  # somebody may still be at it
    answered(NOON + answers.LEASE)
    answered(NOON + 2 * answers.LEASE)

    first, again = mail.outbox
    assert (first.extra_headers["Message-ID"], first.body) == (again.extra_headers["Message-ID"], again.body)


def test_an_answer_that_the_mail_system_does_not_take_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*args: Any, **facts: Any) -> None:
        raise OSError

    take(composed())
    with monkeypatch.context() as patched:
        patched.setattr(answers, "post", refused)
        answered()

    assert answered(NOON + answers.LEASE).to == [ANNA]


def test_photos_are_drawn_anew_and_everything_else_is_named_to_the_sender(cast: Cast) -> None:
    message = composed()
    message.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename="塘.jpg")
    message.add_attachment(b"no picture", maintype="image", subtype="jpeg", filename="坏.jpg")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="合同.pdf")
    take(message)

    body = answered().body

    assert Photo.objects.get().report == Report.objects.get()
    assert "- 坏.jpg: " in body and "- 合同.pdf: " in body and "塘.jpg" not in body
    assert "随信收到 1 张照片" in body
    assert InMail.objects.get().left == []


def test_a_mail_is_taken_though_there_is_no_room_for_its_photo_and_its_sender_is_told(cast: Cast) -> None:
    message = composed()
    message.add_attachment(noisy(), maintype="image", subtype="jpeg", filename="塘.jpg")

    with little_room():
        outcome = take(message)

    assert (outcome, Report.objects.count(), Photo.objects.count()) == (Outcome.REPORT, 1, 0)
    assert "- 塘.jpg: 系统暂时没有空间存放照片，请稍后再发" in answered().body


def test_a_reply_is_added_to_its_report_without_what_it_quotes(cast: Cast) -> None:
    take(composed())

    outcome = take(reply_to(answered(), "补充：水很深"), NOON + HOUR)

    addition = ReportAddition.objects.get()
    assert (outcome, addition.words, addition.report) == (Outcome.ADDED, "补充：水很深", Report.objects.get())
    assert answered() is mail.outbox[0]  # nothing was left out, so nothing has to be said


def test_a_reply_from_another_address_counts_by_its_word_and_not_by_its_sender(cast: Cast) -> None:
    take(composed())

    assert take(reply_to(answered(), "水很深", sender="work@office.example")) is Outcome.ADDED


def test_who_goes_on_below_the_own_mail_is_known_by_it_and_the_address(cast: Cast) -> None:
    take(composed(Message_ID="<first@home.example>"))
    same = composed("水很深", "Re: 护栏断了", In_Reply_To="<first@home.example>")
    other = composed("水很深", "Re: 护栏断了", "eve@home.example", In_Reply_To="<first@home.example>")

    assert [take(each) for each in (same, other)] == [Outcome.ADDED, Outcome.REPORT]
    assert ReportAddition.objects.count() == 1


def test_a_reply_of_danger_is_answered_with_the_numbers(cast: Cast) -> None:
    take(composed())

    take(reply_to(answered(), "有人落水了"))

    assert answered().body.startswith("如有人正面临危险")


def test_a_mail_without_kind_or_place_waits_for_a_person_who_says_them(cast: Cast) -> None:
    take(composed("村口的护栏断了"))
    held = HeldReport.objects.get()
    assert (held.reasons, held.category, held.area) == ([HeldFor.UNCLEAR], None, cast.city)
    body = answered().body

    placing = Placing("open_water", cast.village_111.code, "村口")
    done = decide_held(
        acting_user=cast.liu,
        group_id=held.group_id,
        decision=Decision.LET_IN,
        placing=placing,
        now=NOON + HOUR,
    )

    report = Report.objects.get()
    assert (done, report.channel, report.category, report.area) == (
        *(1, Channel.MAIL, cast.open_water),
        cast.village_111,
    )
    assert (report.address, report.contact.email) == ("村口", ANNA)
    code = code_in(body)
    assert follow_code(acting_user=None, typed=code, address="x", now=NOON) == Followed(report.pk)


def test_a_reply_to_what_waits_is_read_with_it(cast: Cast) -> None:
    take(composed("村口的护栏断了"))

    assert take(reply_to(answered(), "在荻花村，有人落水")) is Outcome.ADDED

    held = HeldReport.objects.get()
    assert held.told["words"].endswith("村口的护栏断了\n\n在荻花村，有人落水")
    assert held.is_urgent


def test_what_a_person_decides_on_a_mail_that_waits_is_written_below_it(cast: Cast) -> None:
    take(composed("免费贷款"))
    held = HeldReport.objects.get()

    decide_held(
        acting_user=cast.liu, group_id=held.group_id, decision=Decision.SET_ASIDE, reason="广告", now=NOON
    )
    answer_held(acting_user=None, held_id=held.pk)

    assert mail.outbox[-1].subject == "Re: 护栏断了" and "广告" in mail.outbox[-1].body


def test_why_the_desk_did_not_accept_it_is_written_below_the_mail(cast: Cast) -> None:
    take(composed(Message_ID="<first@home.example>"))
    case = Case.objects.get()
    reject_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, reason="那是邻市的路", now=NOON
    )

    event = case.events.get(step="reject")
    sent = [answer_event(acting_user=None, event_id=each.pk) for each in case.events.order_by("pk")]

    assert (sent, event.reason in mail.outbox[-1].body) == ([0, 1], True)
    assert mail.outbox[-1].extra_headers["In-Reply-To"] == "<first@home.example>"


def test_the_question_after_the_closing_stands_in_the_thread_and_carries_its_word(cast: Cast) -> None:
    take(composed())
    Case.objects.update(state="closed", closed_at=NOON, severity=Severity.MINOR)

    ask_reporters(case_id=Case.objects.get().pk)

    assert mail.outbox[-1].subject == "Re: 护栏断了"
    assert take(reply_to(mail.outbox[-1], "还没修好")) is Outcome.ADDED


def test_with_the_contact_the_thread_goes_and_nothing_more_is_written(cast: Cast) -> None:
    take(composed())
    first = answered()
    erase_contact(acting_user=None, report_id=Report.objects.get().pk, now=NOON)

    assert MailThread.objects.count() == 0
    InMail.objects.update(answer_due=True)
    assert answer_mails(acting_user=None, now=NOON) == 0
    assert take(reply_to(first, "又断了：" + CLEAR)) is Outcome.REPORT


def test_an_address_gets_only_so_many_answers_a_day(cast: Cast) -> None:
    for n in range(MOST_ANSWERS + 2):
        take(composed(f"{CLEAR} 第 {n} 处"))
    answered()

    assert len(mail.outbox) == MOST_ANSWERS
    assert Report.objects.count() + HeldReport.objects.count() == MOST_ANSWERS + 2


def test_more_than_the_quota_of_a_sender_waits_and_another_sender_does_not(cast: Cast, settings: Any) -> None:
    settings.ANLAN_PLAIN_REPORTS_PER_HOUR = 2
    for n in range(4):
        take(composed(f"{CLEAR} 第 {n} 处"))
    take(composed(f"{CLEAR} 又一处", sender="bob@home.example"))

    assert [each.reasons for each in HeldReport.objects.all()] == [[HeldFor.PACE]] * 2
    assert Report.objects.count() == 3


def test_no_word_and_no_address_of_a_mail_is_in_its_row(cast: Cast) -> None:
    take(composed(Message_ID="<secret@home.example>"))

    row = str(vars(InMail.objects.get()))

    assert "secret" not in row and "anna" not in row and "护栏" not in row


def test_a_mail_without_a_sender_is_a_report_without_a_contact(cast: Cast) -> None:
    assert take(f"Subject: {CLEAR}\n\n看照片".encode()) is Outcome.REPORT
    assert (hasattr(Report.objects.get(), "contact"), answered()) == (False, None)


def test_photos_of_a_mail_that_waits_are_confirmed_and_without_any_nothing_is_said(cast: Cast) -> None:
    said = []
    for photos in (2, 0):
        message = composed("村口的护栏断了")
        for name in range(photos):
            message.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename=f"{name}.jpg")
        take(message)
        said.append(re.findall(r"随信收到 (\d) 张照片", answered().body))

    assert said == [["2"], []]
