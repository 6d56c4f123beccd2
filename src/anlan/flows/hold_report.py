"""A resident's report is taken, at once or held until a person looked; either way with a receipt."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases.emergency_words import sounds_urgent
from anlan.cases.terms import Channel, PlaceSource
from anlan.flows.follow_ups import later
from anlan.flows.mail_threads import forget_thread
from anlan.flows.receipts import installation_salt
from anlan.flows.store_photos import Picture
from anlan.flows.submit_report import (
    Receipt,
    Told,
    area_of,
    category_of,
    code_again,
    free_code,
    submit_report,
)
from anlan.flows.weigh_report import Sender, Weighed, weigh_report
from anlan.places.terms import Crs
from anlan.publishing.photos import MAX_PHOTOS
from anlan.publishing.receipts import key_of
from anlan.store.models import HeldGroup, HeldReport, Photo
from anlan.store.readers.receipts import held_under


@dataclass(frozen=True)
class HeldReceipt:
    """The receipt of what waits for a person; `code` is None when it can be shown no more."""

    code: str | None
    is_resend: bool = False


def take_report(
    *,
    acting_user: None,
    token: str,
    told: Told,
    sender: Sender,
    now: datetime,
    channel: Channel = Channel.WEB,
) -> Receipt | HeldReceipt:
    """Take what a resident told, or give the receipt again when the form with `token` came before.

    A report without a category, or of an unclear place, comes from a `sender` that says so, and is held.

    Raises what `submit_report` raises.
    """
    known = held_again(token)
    if known is not None:
        return known
    weighed = weigh_report(acting_user=None, told=told, sender=sender, now=now)
    if not weighed.reasons:
        return submit_report(acting_user=None, token=token, told=told, now=now, channel=channel)
    try:
        with transaction.atomic():
            return _hold(token, told, weighed, channel, now)
    except IntegrityError:  # the same form, twice at once
        known = held_again(token)
        if known is None:
            raise
        return known


def was_held(token: str) -> bool:
    """Whether what the form with `token` sent waits, or waited; costs a look-up, no slow hash."""
    return held_under(key_of(token)) is not None


def held_again(token: str) -> HeldReceipt | None:
    """The receipt of what the form with `token` sent before and was held."""
    held = held_under(key_of(token))
    return HeldReceipt(code_again(token, held.receipt_hash), is_resend=True) if held else None


def _hold(token: str, told: Told, weighed: Weighed, channel: Channel, now: datetime) -> HeldReceipt:
    category, area = category_of(told) if told.category_code else None, area_of(told)
    ids = [picture.id for picture in told.pictures]
    if len(ids) > MAX_PHOTOS:
        raise Refused("photos_too_many", most=MAX_PHOTOS)
    if Photo.objects.filter(pk__in=ids).exists() or HeldReport.objects.filter(pictures__overlap=ids).exists():
        raise Refused("photo_used")
    code, receipt_hash = free_code(token, installation_salt())
    held = HeldReport.objects.create(
        group=_group(weighed, now),
        reasons=list(weighed.reasons),
        received_at=now,
        idempotency_key=key_of(token),
        receipt_hash=receipt_hash,
        channel=channel,
        category=category,
        area=area,
        area_path=area.path,
        is_urgent=sounds_urgent(told.words),
        told=said_of(told),
        pictures=ids,
    )
    later("tell_held", held_id=held.pk)
    return HeldReceipt(code)


def _group(weighed: Weighed, now: datetime) -> HeldGroup:
    """The group that still waits for a decision, or a new one."""
    found, _made = HeldGroup.objects.get_or_create(
        why=weighed.reasons[0], mark=weighed.mark, defaults={"began_at": now}
    )
    return found


@transaction.atomic
def add_to_held(*, acting_user: None, held_id: int, words: str, pictures: Sequence[Picture]) -> None:
    """More words or photos of the reporter for what nobody has decided on yet. Raises NotFound."""
    held = HeldReport.objects.select_for_update(of=("self",)).filter(pk=held_id, decided_at=None).first()
    if held is None or held.withdrawn_at is not None:
        raise NotFound
    told = told_of(held.told)
    more = "\n\n".join(filter(None, (told.words, words)))
    held.told = said_of(replace(told, words=more, pictures=[*told.pictures, *pictures]))
    held.pictures = [*held.pictures, *(picture.id for picture in pictures)]
    if sounds_urgent(words) and not held.is_urgent:
        held.is_urgent = True
        later("tell_held", held_id=held.pk)
    held.save(update_fields=["told", "pictures", "is_urgent"])


@transaction.atomic
def withdraw_held(*, acting_user: None, held_id: int, now: datetime) -> None:
    """The reporter takes it back before anybody decided: nothing of it is kept. Twice is once.

    Raises NotFound.
    """
    held = HeldReport.objects.select_for_update(of=("self",)).filter(pk=held_id, decided_at=None).first()
    if held is None:
        raise NotFound
    if held.withdrawn_at is None:
        held.withdrawn_at, held.told, held.pictures = now, {}, []
        forget_thread(held.idempotency_key)
        held.save(update_fields=["withdrawn_at", "told", "pictures"])


def said_of(told: Told) -> dict[str, Any]:
    """What was told, as the database keeps it until somebody decides."""
    return asdict(told) | {"pictures": [_picture_said(each) for each in told.pictures]}


def _picture_said(picture: Picture) -> dict[str, Any]:
    return asdict(picture) | {"id": str(picture.id), "made_at": picture.made_at.isoformat()}


def told_of(said: dict[str, Any]) -> Told:
    """What was told, out of what `said_of` kept."""
    typed: dict[str, Any] = {
        "crs": Crs(said["crs"]),
        "place_source": PlaceSource(said["place_source"]),
        "answers": tuple(said.get("answers", ())),
    }
    return Told(**(said | typed | {"pictures": [_picture_of(each) for each in said["pictures"]]}))


def _picture_of(said: dict[str, Any]) -> Picture:
    return Picture(**(said | {"id": UUID(said["id"]), "made_at": datetime.fromisoformat(said["made_at"])}))
