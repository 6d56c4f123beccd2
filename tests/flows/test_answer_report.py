"""A reporter's word: what it opens, what it closes, what it only leaves on file."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.satisfaction import Effect
from anlan.cases.terms import Severity, Stage, State
from anlan.flows.answer_report import answer_report
from anlan.flows.ask_reporters import ask_reporters, report_of, token_for
from anlan.flows.close_case import close_case
from anlan.store.models import Case, Contact, Report, ResidentAnswer, Verification
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import ROAD, walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


def reported(cast: Cast, state: State, severity: Severity | None = None) -> tuple[Case, Report]:
    case = walked_to(state, cast, NOON)
    if severity is not None:
        Case.objects.filter(pk=case.pk).update(severity=severity)
    report = case.reports.create(
        channel="web", category=case.category, words="护栏断了", area=case.area, received_at=NOON
    )
    return case, report


def say(report: Report, satisfied: bool, why: str = "", days: float = 1) -> Effect:
    return answer_report(
        acting_user=None,
        report_id=report.pk,
        satisfied=satisfied,
        why=why,
        now=NOON + timedelta(days=days),
    )


def told(case: Case) -> tuple[str, int, int]:
    case.refresh_from_db()
    return case.state, case.reopen_count, case.rework_count


def test_not_fixed_opens_a_closed_case_as_rework_of_its_unit(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)

    assert say(report, False, "还是松的") is Effect.REOPENS
    assert told(case) == (State.REWORK, 1, 1)
    assert (case.unit, case.closed_at, case.rectified_at) == (cast.committee_111, None, None)
    event = case.events.latest("id")
    assert (event.step, event.source, event.reason) == ("not_fixed", "resident", "还是松的")


def test_when_the_unit_no_longer_acts_the_desk_gets_it(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)
    cast.committee_111.active = False
    cast.committee_111.save()

    say(report, False, "还是松的")
    assert told(case) == (State.REOPENED, 1, 1)


def test_the_same_report_opens_it_once_and_later_words_are_kept(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)
    Case.objects.filter(pk=case.pk).update(severity=Severity.SERIOUS)
    say(report, False, "还是松的")
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=LATER, rectified_at=LATER)

    assert say(report, False, "又松了", days=2) is Effect.REPEATED
    assert told(case) == (State.CLOSED, 1, 1)
    assert case.events.latest("id").reason == "又松了"


def test_after_fourteen_days_a_no_is_kept_and_the_answer_given_in_time_stays(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)
    say(report, True)

    assert say(report, False, "又坏了", days=30) is Effect.TOO_LATE
    assert told(case) == (State.CLOSED, 0, 0)
    assert ResidentAnswer.objects.get().satisfied is True


def test_no_answer_is_no_row_and_a_changed_one_replaces_the_first(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)
    assert ResidentAnswer.objects.count() == 0

    say(report, True)
    say(report, False, "仔细看还是松的")
    answer = ResidentAnswer.objects.get()
    assert (answer.satisfied, answer.why, answer.effect) == (False, "仔细看还是松的", Effect.REOPENS)
    assert told(case)[0] == State.REWORK


def test_the_same_answer_twice_is_one(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)

    assert [say(report, False, "松的"), say(report, False, "松的")] == [Effect.REOPENS] * 2
    assert told(case) == (State.REWORK, 1, 1)


def test_a_no_between_verification_and_closing_stops_the_closing(cast: Cast) -> None:
    case, report = reported(cast, State.VERIFIED)
    page = Case.objects.get(pk=case.pk).version

    assert say(report, False, "松的") is Effect.SENT_BACK
    assert told(case) == (State.REWORK, 0, 1)
    assert (case.unit, case.rectified_at, case.stage) == (cast.committee_111, None, Stage.HANDLE)
    event = case.events.latest("id")
    assert (event.step, event.source, event.reason) == ("not_fixed", "resident", "松的")
    assert [look.passed for look in case.verifications.order_by("pk")][-1:] == [False]
    for version, why in ((page, Conflict), (case.version, Refused)):
        with pytest.raises(why):
            close_case(acting_user=cast.carol, case_id=case.pk, version=version, now=NOON + timedelta(days=2))


def test_it_stops_it_once_then_whoever_verified_again_is_believed_and_the_desk_decides(cast: Cast) -> None:
    case, report = reported(cast, State.VERIFIED)
    say(report, False, "松的")
    verified_again(case, cast)

    assert say(report, False, "松的", days=5) is Effect.NOTED
    assert told(case)[0] == State.VERIFIED
    assert case.events.latest("id").step == "answer_noted"
    case = close_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=NOON + timedelta(days=6)
    )
    assert say(report, False, "松的", days=7) is Effect.REPEATED
    assert told(case)[0] == State.CLOSED


def verified_again(case: Case, cast: Cast) -> None:
    """The case as the unit and its verifier leave it after another round."""
    case.refresh_from_db()
    for days, state in enumerate((State.IN_PROGRESS, State.RECTIFIED, State.VERIFIED), start=2):
        case = ROAD[state](cast, case, NOON + timedelta(days=days))


def test_a_reporters_yes_verifies_a_hazard_that_is_not_serious(cast: Cast, settings: Any) -> None:
    settings.ANLAN_SECOND_CHECK_PERCENT = 0
    case, report = reported(cast, State.RECTIFIED, Severity.MODERATE)

    assert say(report, True, "好了") is Effect.CLOSES
    assert told(case)[0] == State.CLOSED
    verification = Verification.objects.get()
    assert (verification.kind, verification.report, verification.unit) == ("resident", report, None)


def test_a_serious_one_still_waits_for_a_check_on_site(cast: Cast) -> None:
    case, report = reported(cast, State.RECTIFIED, Severity.SERIOUS)

    assert say(report, True) is Effect.NOTED
    assert told(case)[0] == State.RECTIFIED


def test_the_word_of_a_report_typed_inside_the_responsible_unit_proves_nothing(cast: Cast) -> None:
    case, report = reported(cast, State.RECTIFIED, Severity.MODERATE)
    Report.objects.filter(pk=report.pk).update(typed_by=cast.alice.user)

    assert say(report, True) is Effect.NOTED
    assert told(case)[0] == State.RECTIFIED


def test_a_no_before_the_closing_sends_it_back(cast: Cast) -> None:
    case, report = reported(cast, State.RECTIFIED)

    assert say(report, False, "没修") is Effect.SENT_BACK
    assert told(case) == (State.REWORK, 0, 1)


@pytest.mark.parametrize(
    ("state", "why", "reason"),
    [(State.NEW, "x", "nothing_to_answer"), (State.CLOSED, " ", "why_missing")],
)
def test_what_cannot_be_answered_changes_nothing(cast: Cast, state: State, why: str, reason: str) -> None:
    case, report = reported(cast, state)

    with pytest.raises(Refused, match=reason):
        say(report, False, why)
    assert (told(case)[0], ResidentAnswer.objects.count()) == (state, 0)


def test_reporters_with_an_address_are_asked_once_by_a_link_of_their_own(cast: Cast) -> None:
    case, report = reported(cast, State.CLOSED)
    Contact.objects.create(report=report, email="wang@example.org")
    other = case.reports.create(
        channel="web", category=case.category, words="一样", area=case.area, received_at=NOON
    )
    Contact.objects.create(report=other, phone="13800000000")

    assert ask_reporters(case_id=case.pk) == 1
    [sent] = mail.outbox
    assert sent.to == ["wang@example.org"]
    token = next(line for line in str(sent.body).splitlines() if "/answer/" in line).rpartition("/answer/")[2]
    assert report_of(token.strip("/")) == report.pk


def test_a_link_that_was_changed_is_nobodys() -> None:
    with pytest.raises(NotFound):
        report_of(token_for(7)[:-1] + "x")
