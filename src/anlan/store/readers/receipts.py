"""Questions of somebody who follows a report by its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BinaryField, UUIDField

from anlan.cases.joining import Kind
from anlan.cases.satisfaction import may_answer
from anlan.cases.terms import State
from anlan.publishing.progress import PublicStep, public_history
from anlan.store.models import CaseJoin, Contact, HeldReport, Report, ResidentAnswer, SiteWideSalt
from anlan.store.readers.limits import assumed_year
from anlan.store.readers.prepared import Given, Prepared


@dataclass(frozen=True)
class Progress:
    """What a reporter sees of a report: nothing that names a member of staff or shows another's words."""

    report_id: int
    received_at: datetime
    withdrawn_at: datetime | None
    category_zh: str
    category_en: str
    area_names: tuple[str, ...]
    words: str
    answers: Sequence[Mapping[str, str]]  # with their questions
    added: tuple[tuple[datetime, str], ...]
    photo_count: int
    photos_were_erased: bool
    contact: str
    contact_was_erased: bool
    state: State
    due_at: datetime | None
    assumed_year: int | None  # whose holidays are not announced, though the end lies in it
    unit_kind: str
    reject_reason: str
    is_joined: bool
    history: tuple[PublicStep, ...]
    may_answer: bool
    answer: ResidentAnswer | None
    let_in_at: datetime | None  # when a person looked at it, if it was held until then


def salt() -> bytes | None:
    """The installation's salt; None before the first report."""
    return next((bytes(kept) for (kept,) in _SALT()), None)


_SALT = Prepared(lambda: SiteWideSalt.objects.order_by("pk").values_list("salt")[:1])


@dataclass(frozen=True)
class Sent:
    """A report by what its form sent, or what waits for a person; that has no report and no case yet."""

    receipt_hash: bytes | None
    report_id: int | None = None
    case_id: int | None = None


def sent_with(key: UUID) -> Sent | None:
    """The report that the form with this key sent. One query."""
    return next((Sent(*row) for row in _SENT(key=key)), None)


def held_under(key: UUID) -> Sent | None:
    """What the form with this key sent and was held. One query."""
    return next((Sent(*row) for row in _HELD(key=key)), None)


_KEY = Given("key", UUIDField())
_SENT = Prepared(
    lambda: Report.objects.filter(idempotency_key=_KEY).values_list("receipt_hash", "pk", "case_id")
)
_HELD = Prepared(lambda: HeldReport.objects.filter(idempotency_key=_KEY).values_list("receipt_hash"))


def is_taken(receipt_hash: bytes) -> bool:
    """Has a report, or what waits, a code with this hash? Two queries."""
    return any(hashes(hash=receipt_hash) for hashes in _WITH_HASH)


_HASH = Given("hash", BinaryField())
_WITH_HASH = (
    Prepared(lambda: Report.objects.filter(receipt_hash=_HASH).values_list("pk")),
    Prepared(lambda: HeldReport.objects.filter(receipt_hash=_HASH).values_list("pk")),
)


def report_with(receipt_hash: bytes) -> int | None:
    """The id of the report with this hash of its receipt code."""
    return Report.objects.filter(receipt_hash=receipt_hash).values_list("pk", flat=True).first()


def progress(report_id: int) -> Progress:
    """What the holder of the receipt may know of a report; ten queries."""
    report = Report.objects.select_related("category", "area__parent__parent", "case__unit", "held").get(
        pk=report_id
    )
    case = report.case
    events = list(
        case.events.filter(at__gte=report.received_at).select_related("actor_unit").order_by("at", "id")
    )
    joins = CaseJoin.objects.filter(
        kind=Kind.JOIN, into=case, undone_at=None, moved_reports__contains=[report.pk]
    )
    joined_at = joins.values_list("at", flat=True).first()
    reject = next((event.reason for event in reversed(events) if event.step == "reject"), "")
    return Progress(
        report_id=report.pk,
        received_at=report.received_at,
        withdrawn_at=report.withdrawn_at,
        category_zh=report.category.name_zh,
        category_en=report.category.name_en,
        area_names=_names(report),
        words=report.words,
        answers=report.answers,
        added=tuple(report.additions.order_by("received_at").values_list("received_at", "words")),
        photo_count=report.photos.filter(erased_at=None).count(),
        photos_were_erased=report.photos.filter(erased_at__isnull=False).exists(),
        contact=_contact(report),
        contact_was_erased=report.erasures.filter(kind="contact").exists(),
        state=State(case.state),
        due_at=case.due_at,
        assumed_year=assumed_year(case),
        unit_kind=case.unit.kind if case.unit else "",
        reject_reason=reject if case.state == State.REJECTED else "",
        is_joined=joined_at is not None,
        history=public_history(events, received_at=report.received_at, joined_at=joined_at),
        may_answer=report.withdrawn_at is None and may_answer(case.state),
        answer=ResidentAnswer.objects.filter(report=report).first(),
        let_in_at=report.held.decided_at if hasattr(report, "held") else None,
    )


def _names(report: Report) -> tuple[str, ...]:
    """County, township, village: the area's name after those above it, without the city's."""
    area, above = report.area, report.area.parent
    names = [area.name]
    while above is not None and above.parent_id:
        names.append(above.name)
        above = above.parent
    return tuple(reversed(names))


def _contact(report: Report) -> str:
    """Phone or address, masked: the person knows it, somebody who found the receipt does not."""
    contact = Contact.objects.filter(report=report).first()
    if contact is None:
        return ""
    said = contact.phone or contact.email
    return f"{said[:3]}…{said[-2:]}"
