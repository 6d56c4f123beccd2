"""What a reporter does with the receipt: add, be reached or not, take back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from anlan.base.errors import NotFound, Refused
from anlan.cases.retention import contact_erased_after
from anlan.cases.states import ENDED
from anlan.cases.terms import PhotoStage, State
from anlan.flows import case_steps
from anlan.flows.erase_contacts import ASKED, TAKEN_BACK, erase
from anlan.flows.erase_photos import keep_no_longer
from anlan.flows.publish_cases import await_reading
from anlan.flows.store_photos import Picture, store_photos
from anlan.publishing.photos import MAX_PHOTOS
from anlan.publishing.receipts import key_of
from anlan.store.models import Case, Contact, Report, ReportAddition

PHOTOS_IN_ALL = 3 * MAX_PHOTOS
"""Photos of one report, with those added later."""

RESIDENT = case_steps.Actor(source="resident")


@transaction.atomic
def add_to_report(
    *,
    acting_user: None,
    report_id: int,
    token: str,
    now: datetime,
    words: str = "",
    pictures: Sequence[Picture] = (),
) -> None:
    """Add words or photos to a report; the same form again adds nothing.

    Raises Refused("nothing_added", "photos_too_many", "photo_used", "report_withdrawn"), NotFound.
    """
    report, case = locked(report_id)
    if ReportAddition.objects.filter(idempotency_key=key_of(token)).exists():
        return
    if not words.strip() and not pictures:
        raise Refused("nothing_added")
    if report.photos.count() + len(pictures) > PHOTOS_IN_ALL:
        raise Refused("photos_too_many", most=PHOTOS_IN_ALL)
    ReportAddition.objects.create(
        report=report, words=words.strip(), received_at=now, idempotency_key=key_of(token)
    )
    if words.strip():
        await_reading([case.pk], now)
    event = case_steps.record(case, "added", actor=RESIDENT, now=now)
    store_photos(pictures, case=case, report=report, event=event, stage=PhotoStage.BEFORE, now=now)


@transaction.atomic
def withdraw_report(*, acting_user: None, report_id: int, now: datetime) -> None:
    """The reporter takes the report back: the contact goes at once, its photos when the case has ended.

    Staff decide about the hazard.

    Twice is once. Raises NotFound.
    """
    report, case = locked(report_id, withdrawn=True)
    if report.withdrawn_at is not None:
        return
    report.withdrawn_at = now
    report.save(update_fields=["withdrawn_at"])
    erase(report, TAKEN_BACK, now)
    keep_no_longer(report, timezone.localdate(now) if State(case.state) in ENDED else None)
    case_steps.record(case, "withdrawn", actor=RESIDENT, now=now)


@transaction.atomic
def give_contact(
    *, acting_user: None, report_id: int, now: datetime, phone: str = "", email: str = ""
) -> None:
    """Say how the reporter may be reached, instead of what was said before.

    Raises Refused("report_withdrawn"), NotFound.
    """
    report, case = locked(report_id)
    last_day = contact_erased_after(timezone.localdate(now)) if State(case.state) in ENDED else None
    facts = {"phone": phone, "email": email, "erase_after": last_day}
    Contact.objects.update_or_create(report=report, defaults=facts)
    case_steps.record(case, "contact_given", actor=RESIDENT, now=now)


@transaction.atomic
def erase_contact(*, acting_user: None, report_id: int, now: datetime) -> None:
    """The reporter does not want to be reached any more. Twice is once. Raises NotFound."""
    report, case = locked(report_id, withdrawn=True)
    if erase(report, ASKED, now):
        case_steps.record(case, "contact_erased", actor=RESIDENT, now=now)


def locked(report_id: int, *, withdrawn: bool = False) -> tuple[Report, Case]:
    """A report and its case, both locked; one that was taken back only when `withdrawn` ones will do."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).filter(reports=report_id).first()
    report = Report.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if case is None or report is None:
        raise NotFound
    if report.withdrawn_at is not None and not withdrawn:
        raise Refused("report_withdrawn")
    return report, case
