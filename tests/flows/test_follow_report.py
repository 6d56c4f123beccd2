"""What the holder of a receipt can do, and what is erased when."""

from datetime import date, timedelta

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import State, Step
from anlan.flows import case_steps
from anlan.flows.erase_contacts import erase_contacts
from anlan.flows.follow_report import add_to_report, erase_contact, give_contact, withdraw_report
from anlan.flows.store_photos import take_picture
from anlan.flows.submit_report import submit_report
from anlan.store.models import Contact, Erasure, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.test_submit_report import RAIL, TOKEN
from tests.publishing import sent_photos

DAY = timedelta(days=1)
ADDING = "a-token-of-another-form"


@pytest.fixture
def report(cast: Cast) -> Report:
    """A report with a phone number."""
    told = RAIL.__class__(**{**RAIL.__dict__, "phone": "13800001234"})
    receipt = submit_report(acting_user=None, token=TOKEN, told=told, now=NOON)
    return Report.objects.get(pk=receipt.report_id)


def steps(report: Report) -> list[str]:
    return list(report.case.events.values_list("step", flat=True))


def end_case(report: Report) -> None:
    """The desk rejects it at NOON."""
    case = report.case
    case_steps.take(case, Step.REJECT, actor=case_steps.Actor(source="test"), now=NOON, reason="no hazard")


def test_words_and_photos_are_added_and_staff_are_told(report: Report) -> None:
    picture = take_picture(sent_photos.png(), now=NOON)

    add_to_report(
        acting_user=None,
        report_id=report.pk,
        token=ADDING,
        words=" still there ",
        pictures=[picture],
        now=NOON,
    )

    assert list(report.additions.values_list("words", "received_at")) == [("still there", NOON)]
    assert list(report.photos.values_list("pk", "event__step")) == [(picture.id, "added")]
    assert steps(report) == ["reported", "added"]


def test_the_same_addition_again_adds_nothing(report: Report) -> None:
    for _ in range(2):
        add_to_report(acting_user=None, report_id=report.pk, token=ADDING, words="x", now=NOON)

    assert report.additions.count() == 1
    assert steps(report) == ["reported", "added"]


def test_an_empty_addition_is_refused(report: Report) -> None:
    with pytest.raises(Refused, match="nothing_added"):
        add_to_report(acting_user=None, report_id=report.pk, token=ADDING, words="  ", now=NOON)


def test_a_report_that_does_not_exist_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        add_to_report(acting_user=None, report_id=1, token=ADDING, words="x", now=NOON)


def test_taking_back_erases_the_contact_at_once_and_leaves_the_case(report: Report) -> None:
    for _ in range(2):
        withdraw_report(acting_user=None, report_id=report.pk, now=NOON)

    report.refresh_from_db()
    assert report.withdrawn_at == NOON
    assert not Contact.objects.exists()
    assert list(Erasure.objects.values_list("kind", "rule", "at")) == [
        ("contact", "the reporter took the report back", NOON)
    ]
    assert (report.case.state, steps(report)) == (State.NEW, ["reported", "withdrawn"])


def test_nothing_can_be_added_to_what_was_taken_back(report: Report) -> None:
    withdraw_report(acting_user=None, report_id=report.pk, now=NOON)

    with pytest.raises(Refused, match="report_withdrawn"):
        add_to_report(acting_user=None, report_id=report.pk, token=ADDING, words="x", now=NOON)
    with pytest.raises(Refused, match="report_withdrawn"):
        give_contact(acting_user=None, report_id=report.pk, phone="13800001234", now=NOON)


def test_a_contact_is_changed_and_erased_when_the_reporter_says_so(report: Report) -> None:
    give_contact(acting_user=None, report_id=report.pk, email="a@b.cn", now=NOON)
    assert list(Contact.objects.values_list("phone", "email")) == [("", "a@b.cn")]

    for _ in range(2):
        erase_contact(acting_user=None, report_id=report.pk, now=NOON)

    assert not Contact.objects.exists()
    assert list(Erasure.objects.values_list("rule", flat=True)) == ["the reporter asked"]
    assert steps(report) == ["reported", "contact_given", "contact_erased"]


def test_a_contact_lives_90_days_after_the_case_ended(report: Report) -> None:
    end_case(report)
    last_day = date(2026, 11, 23) + 90 * DAY
    assert Contact.objects.get().erase_after == last_day

    assert erase_contacts(acting_user=None, now=NOON + 90 * DAY) == 0
    assert erase_contacts(acting_user=None, now=NOON + 91 * DAY) == 1

    assert not Contact.objects.exists()
    assert list(Erasure.objects.values_list("rule", "report")) == [
        ("90 days after the case ended", report.pk)
    ]


def test_a_contact_given_after_the_end_has_its_date_too(report: Report) -> None:
    end_case(report)

    give_contact(acting_user=None, report_id=report.pk, phone="13900001234", now=NOON + DAY)

    assert Contact.objects.get().erase_after == date(2026, 11, 24) + 90 * DAY


def test_contacts_of_open_cases_stay(report: Report) -> None:
    assert erase_contacts(acting_user=None, now=NOON + 1000 * DAY) == 0
