"""Another system sends a request through the Open311 interface, or says more about one that it sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import Channel
from anlan.flows.follow_report import add_to_report
from anlan.flows.receipts import hour_of
from anlan.flows.store_photos import Picture
from anlan.flows.submit_report import Told, submit_report
from anlan.publishing.open311.terms import ServiceType
from anlan.store.models import ApiKey, KeyUse, Report, SentRequest


@dataclass(frozen=True)
class Sent:
    """What another system says."""

    told: Told
    media_url: str = ""
    type: ServiceType = ServiceType.REALTIME


@dataclass(frozen=True)
class Taken:
    """What it gets: the id of the request, or a token that leads to it."""

    request_id: int
    token: UUID | None


@transaction.atomic
def count_use(*, acting_user: None, key: ApiKey, now: datetime) -> None:
    """Count one sending of a key. Raises Refused("open311_too_many") when it sent enough this hour."""
    use, _made = KeyUse.objects.get_or_create(key=key, hour=hour_of(now))
    most = settings.ANLAN_OPEN311_POSTS_PER_HOUR
    if not KeyUse.objects.filter(pk=use.pk, count__lt=most).update(count=F("count") + 1):
        raise Refused("open311_too_many", most=most)


@transaction.atomic
def send_request(*, acting_user: None, key: ApiKey, sent: Sent, now: datetime, again: str = "") -> Taken:
    """Take a request; one that the same key sent under the same `again` is not taken twice.

    Raises what `submit_report` raises.
    """
    form = f"open311 {key.pk} {again}" if again else uuid4().hex
    receipt = submit_report(acting_user=None, token=form, told=sent.told, now=now, channel=Channel.OPEN311)
    if receipt.is_resend:
        return Taken(receipt.case_id, SentRequest.objects.get(report=receipt.report_id).token)
    token = None if sent.type is ServiceType.REALTIME else uuid4()
    SentRequest.objects.create(report_id=receipt.report_id, key=key, media_url=sent.media_url, token=token)
    return Taken(receipt.case_id, token)


@transaction.atomic
def send_update(
    *,
    acting_user: None,
    key: ApiKey,
    request_id: int,
    token: str,
    words: str,
    pictures: Sequence[Picture],
    now: datetime,
) -> str:
    """More words or photos for a request that the same key sent; the same `token` again adds nothing.

    Gives the id of the update. Raises NotFound, Refused as `add_to_report` does.
    """
    report = Report.objects.filter(case=request_id, sent__key=key).order_by("pk").first()
    if report is None:
        raise NotFound
    add_to_report(acting_user=None, report_id=report.pk, token=token, now=now, words=words, pictures=pictures)
    return token
