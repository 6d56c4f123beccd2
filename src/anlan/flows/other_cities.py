"""Accepted cases of a category go to the city that answers for it.

The steps of all files about other cities run one after the other in one job at a time
(`edge/jobs/other_cities.py`). A process killed between sending and marking sends again under the same key,
which our own server takes once.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction

from anlan.cases.elsewhere import OF_THE_SERVER, goes, request_of, rest_until
from anlan.channels import NotTaken, open311
from anlan.channels.open311 import Server
from anlan.flows import case_steps
from anlan.flows.photos_for_cities import as_jpeg, photos_of, photos_to_send, public_address
from anlan.publishing.open311.terms import PhotosAs
from anlan.publishing.progress import CLOSED_ELSEWHERE, HANDED_OVER
from anlan.staff.notices import next_try
from anlan.store.models import Case, HandedOver, OtherCity, PublicPhoto
from anlan.store.readers.other_cities import cases_to_hand_over, waiting

STEP_SENT, STEP_CLOSED, STEP_HEARD = HANDED_OVER, CLOSED_ELSEWHERE, "heard_elsewhere"
PHOTO = "照片 Photo"
"""What an update says that only brings a photo: it must say something."""
FORBIDDEN = frozenset({401, 403})
"""Codes of a key that is not in force: the next case would be told the same."""


@transaction.atomic
def gather_cases(*, acting_user: None, now: datetime) -> int:
    """Put accepted cases on their way to the cities that answer for their category; gives how many."""
    made = [
        HandedOver(city=city, case=case, send_at=now)
        for city in OtherCity.objects.filter(active=True, sends=True)
        for case in cases_to_hand_over(city)
        if goes(case.state)
    ]
    HandedOver.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def hand_over_cases(*, acting_user: None, now: datetime) -> int:
    """Send what is due; gives how many were taken. What is not taken is tried again, up to a dead letter.

    A server that does not answer is left alone with the rest for a while.
    """
    by_city = groupby(waiting(now), key=lambda row: row.city)
    return sum(_hand_over_all(city, rows, now) for city, rows in by_city)


def send_photos(*, acting_user: None, now: datetime) -> int:
    """Send photos that a person cleared after their case went; gives how many were taken."""
    taken, resting = 0, set[int]()
    for row, photo in photos_to_send(now):
        if row.city_id in resting:
            continue
        try:
            taken += _send_photo(row, photo)
        except NotTaken as error:
            rest(row.city, error, now)
            resting.add(row.city_id)
    return taken


def source_of(city: OtherCity) -> str:
    """How reports and events name the city."""
    return f"open311-{city.pk}"


def server_of(city: OtherCity) -> Server:
    """The city's server."""
    return Server(city.address.rstrip("/"), city.form, city.jurisdiction_id)


def rest(city: OtherCity, error: NotTaken, now: datetime) -> None:
    """Leave a server that did not answer alone, longer each time."""
    city.tries = min(city.tries + 1, 1000)
    city.rest_until, city.last_error = rest_until(city.tries, error.rest, now), str(error)[:200]
    city.save(update_fields=["tries", "rest_until", "last_error"])


def answered(city: OtherCity) -> None:
    """It answered: it need not rest any more."""
    if city.tries or city.last_error:
        city.tries, city.rest_until, city.last_error = 0, None, ""
        city.save(update_fields=["tries", "rest_until", "last_error"])


def _hand_over_all(city: OtherCity, rows: Iterable[HandedOver], now: datetime) -> int:
    taken = 0
    for row in rows:
        try:
            _hand_over(row, now)
        except NotTaken as error:
            _failed(row, error, now)
            if error.status in OF_THE_SERVER | FORBIDDEN:
                rest(city, error, now)
                return taken
        else:
            taken += 1
            answered(city)
    return taken


def _hand_over(row: HandedOver, now: datetime) -> None:
    city, report = row.city, row.case.reports.order_by("received_at").first()
    words = report.words if report is not None else ""
    fields = dict(request_of(row.case, words, row.case.area.name, city.service_code))
    photos = photos_of(row)
    if photos and city.photos_as == PhotosAs.ADDRESS:
        fields["media_url"] = public_address(photos[0])
    files = [as_jpeg(photo) for photo in photos] if city.photos_as == PhotosAs.PARTS else []
    taken = open311.send(server_of(city), fields, api_key=city.api_key, key=row.key.hex, photos=files)
    row.their_id, row.their_token, row.sent_at = taken.request_id, taken.token, now
    row.sent_photos = [str(photo.photo_id) for photo in photos]
    if taken.request_id or taken.token:
        row.ask_at = now
    else:
        row.ended_at = now  # a black box: nothing can be asked after
    with transaction.atomic():
        row.save()
        note(row, STEP_SENT, f"{city.name} {taken.request_id}".strip(), now)


def _send_photo(row: HandedOver, photo: PublicPhoto) -> bool:
    """One photo as an update of its own, once, whatever is answered. Raises NotTaken of the server."""
    city, as_file = row.city, row.city.photos_as == PhotosAs.PARTS
    fields = {"service_request_id": row.their_id, "update_id": photo.photo_id.hex, "description": PHOTO}
    more = {} if as_file else {"media_url": public_address(photo)}
    files = [as_jpeg(photo)] if as_file else []
    wrong = ""
    try:
        open311.send_update(server_of(city), fields | more, api_key=city.api_key, photos=files)
    except NotTaken as error:
        if error.status in OF_THE_SERVER | FORBIDDEN:
            raise
        wrong = f"media: {error}"[:200]
    row.sent_photos, row.last_error = [*row.sent_photos, str(photo.photo_id)], wrong
    row.save(update_fields=["sent_photos", "last_error"])
    return not wrong


def _failed(row: HandedOver, error: NotTaken, now: datetime) -> None:
    row.tries += 1
    again = next_try(row.tries, now)
    row.send_at, row.dead_at = again or row.send_at, None if again else now
    row.last_error = str(error)[:200]
    row.save()


def note(row: HandedOver, step: str, reason: str, now: datetime) -> None:
    """A line in the case's history; its state stays: no case closes on somebody else's word."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.case_id)
    actor = case_steps.Actor(source=source_of(row.city))
    case_steps.record(case, step, actor=actor, now=now, reason=reason)
