"""Somebody tells us of a hazard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.base.errors import Refused
from anlan.cases.terms import Channel, PhotoStage, PlaceSource
from anlan.flows.new_case import Hazard, open_case
from anlan.flows.receipts import installation_salt
from anlan.flows.store_photos import Picture, store_photos
from anlan.places.terms import Crs
from anlan.publishing.open311.answering import Answers
from anlan.publishing.receipts import derived_code, is_of, key_of, slow_hash
from anlan.staff.permissions import may
from anlan.staff.terms import Action
from anlan.store.models import Area, Case, CaseEvent, Category, Contact, Report, Site, User
from anlan.store.readers.receipts import is_taken, sent_with
from anlan.store.readers.staff import Acting

CODES_TRIED = 3
"""Codes that a report tries when one is taken: with 10^7 reports, one in 10^8 needs a second."""


@dataclass(frozen=True)
class Told:
    """What somebody told us; the point is in `crs`, in degrees, `place_source` says where it came from."""

    category_code: str
    words: str
    area_code: str
    address: str = ""
    lng: float | None = None
    lat: float | None = None
    crs: Crs = Crs.WGS84
    place_source: PlaceSource = PlaceSource.AREA
    phone: str = ""
    email: str = ""
    pictures: Sequence[Picture] = ()
    language: str = ""
    site_code: str = ""
    answers: Answers = ()


@dataclass(frozen=True)
class Receipt:
    """What a reporter gets: the code, shown now and kept nowhere; None when it can be shown no more."""

    code: str | None
    report_id: int
    case_id: int
    is_resend: bool


def submit_report(
    *, acting_user: Acting | None, token: str, told: Told, now: datetime, channel: Channel = Channel.WEB
) -> Receipt:
    """Store a report and open its case, or give the receipt again when the form with `token` came before.

    `acting_user` is the desk officer who typed it, None for a resident. Nothing of `told` is compared when a
    form comes again: the first one counts.
    Raises Refused("category_unknown", "area_unknown", "not_permitted", "photo_used", "photos_too_many").
    """
    known = receipt_again(token)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _submit(acting_user, token, installation_salt(), told, now, channel)
    except IntegrityError:  # the same form, twice at once
        known = receipt_again(token)
        if known is None:
            raise
        return known


def _submit(
    acting_user: Acting | None, token: str, salt: bytes, told: Told, now: datetime, channel: Channel
) -> Receipt:
    hazard = hazard_of(told)
    if acting_user is not None and not may(acting_user.memberships, Action.TYPE_REPORT, _Placed(hazard.area)):
        raise Refused("not_permitted", action=Action.TYPE_REPORT)
    user = acting_user.user if acting_user else None
    case, event = open_case(hazard, at=now, source=_source(channel), acting_user=user)
    code, receipt_hash = free_code(token, salt)
    came = Came(now, key_of(token), receipt_hash, channel, user)
    report = store_report(case, event, told=told, hazard=hazard, came=came, now=now)
    return Receipt(code, report.pk, case.pk, is_resend=False)


@dataclass(frozen=True)
class Came:
    """How a report came: when, under which key and receipt, by which way, typed by whom."""

    at: datetime
    key: UUID
    receipt_hash: bytes
    channel: Channel = Channel.WEB
    typed_by: User | None = None


def store_report(
    case: Case, event: CaseEvent, *, told: Told, hazard: Hazard, came: Came, now: datetime
) -> Report:
    """Store what was told as a report of `case`, with photos and contact; inside the caller's transaction."""
    report = Report.objects.create(
        case=case,
        channel=came.channel,
        category=hazard.category,
        words=hazard.words,
        answers=list(told.answers),
        area=hazard.area,
        address=hazard.address,
        lng=hazard.lng,
        lat=hazard.lat,
        place_source=told.place_source,
        source_crs=told.crs,
        received_at=came.at,
        language=told.language,
        typed_by=came.typed_by,
        receipt_hash=came.receipt_hash,
        idempotency_key=came.key,
    )
    store_photos(told.pictures, case=case, report=report, event=event, stage=PhotoStage.BEFORE, now=now)
    if told.phone or told.email:
        Contact.objects.create(report=report, phone=told.phone, email=told.email)
    return report


@dataclass(frozen=True)
class _Placed:
    """An area as a thing with a place, for the table of permissions."""

    area: Area

    @property
    def area_path(self) -> str:
        return self.area.path

    @property
    def unit_path(self) -> str:
        return ""


def hazard_of(told: Told) -> Hazard:
    """What is known of the hazard. Raises Refused("category_unknown", "area_unknown")."""
    site = Site.objects.filter(code=told.site_code, in_use=True).first() if told.site_code else None
    category, area = category_of(told), area_of(told)
    lng, lat = point_of(told)
    if site is not None and lng is None:
        lng, lat = site.lng, site.lat
    return Hazard(category, area, told.words, told.address, lng, lat, site)


def category_of(told: Told) -> Category:
    """The category in use that was told. Raises Refused("category_unknown")."""
    category = Category.objects.filter(code=told.category_code, active=True).first()
    if category is None:
        raise Refused("category_unknown", code=told.category_code)
    return category


def area_of(told: Told) -> Area:
    """The area in use that was told. Raises Refused("area_unknown")."""
    area = Area.objects.filter(code=told.area_code, in_use=True).first()
    if area is None:
        raise Refused("area_unknown", code=told.area_code)
    return area


def point_of(told: Told) -> tuple[float | None, float | None]:
    """The place in WGS-84, converted at the door."""
    if told.lng is None or told.lat is None:
        return None, None
    from anlan.places.coordinates import point_to_wgs84  # numpy and shapely, only for reports with a point

    return point_to_wgs84(told.lng, told.lat, told.crs)


def _source(channel: Channel) -> str:
    return "resident" if channel in (Channel.WEB, Channel.DESK, Channel.MAIL) else str(channel)


def free_code(token: str, salt: bytes) -> tuple[str, bytes]:
    """The first code of this form that no report has, nor one that waits, and its hash."""
    for attempt in range(CODES_TRIED):
        code = derived_code(salt, token, attempt)
        hashed = slow_hash(code, salt)
        if not is_taken(hashed):
            return code, hashed
    raise Refused("no_code_free")


def was_sent(token: str) -> bool:
    """Whether the form with `token` came before; costs a look-up, no slow hash."""
    return sent_with(key_of(token)) is not None


def receipt_again(token: str) -> Receipt | None:
    """The receipt of the report that the form with `token` sent before, whatever else comes with it now."""
    sent = sent_with(key_of(token))
    if sent is None or sent.report_id is None or sent.case_id is None:
        return None
    return Receipt(code_again(token, sent.receipt_hash), sent.report_id, sent.case_id, is_resend=True)


def code_again(token: str, receipt_hash: bytes | memoryview | None) -> str | None:
    """The code of a form, if it is the one whose hash was kept."""
    salt, kept = installation_salt(), bytes(receipt_hash or b"")
    codes = (derived_code(salt, token, attempt) for attempt in range(CODES_TRIED))
    return next((code for code in codes if is_of(code, salt, kept)), None)
