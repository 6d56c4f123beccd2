"""Requests of other cities that come here, as they were made there."""

import json
from datetime import datetime, timedelta

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.cases.open311 import read_requests
from anlan.channels import NotTaken, open311
from anlan.channels.open311 import Item, text_of
from anlan.channels.open311.windows import Asking, Found, spans
from anlan.flows.import_open311 import RequestList, import_open311
from anlan.flows.other_cities import answered, rest, server_of, source_of
from anlan.store.models import HandedOver, OtherCity
from anlan.store.readers.other_cities import cases_that_came, fetched_cities

OVERLAP = timedelta(days=1)
"""So much earlier is asked again: clocks differ, some show a request late, and what came is known."""
LOOK_BACK = timedelta(days=90)
WORDS = 4000
"""GeoReport v2, POST Service Request: description."""


def fetch_requests(*, acting_user: None, now: datetime) -> int:
    """Bring in requests of cities whose cases come here, to be asked after; how many were new."""
    return sum(_fetch(city, now) for city in fetched_cities(now))


def _fetch(city: OtherCity, now: datetime) -> int:
    """All since the last time, span after span; up to where it came is kept, whatever comes then."""
    since = max(now - LOOK_BACK, (city.fetched_at or now) - OVERLAP)
    server, asked = server_of(city), {"service_code": city.service_code}
    asking = Asking(lambda query: open311.requests(server, asked | dict(query)))
    added = 0
    try:
        for until, found in spans(asking, since, now):
            added += _take(city, found, now)
            if until > (city.fetched_at or since):
                city.fetched_at = until
                city.save(update_fields=["fetched_at"])
    except NotTaken as error:
        rest(city, error, now)
        return added
    finally:
        _ask_after(city, now)
    answered(city)
    return added


def _ask_after(city: OtherCity, now: datetime) -> None:
    """What becomes there of the cases that came from there is asked for as of those that went there."""
    arrived = dict.fromkeys(("send_at", "sent_at", "ask_at"), now)
    rows = [
        HandedOver(city=city, case_id=case_id, came=True, their_id=theirs, **arrived)
        for case_id, theirs in cases_that_came(city)
    ]
    HandedOver.objects.bulk_create(rows, ignore_conflicts=True)


def _take(city: OtherCity, found: Found, now: datetime) -> int:
    ours = set(city.handed_over.filter(their_id__in=found).values_list("their_id", flat=True))
    theirs = [each for key, each in found.items() if key not in ours and _is_asked(city, each)]
    if not theirs:
        return 0
    odd = Complaints()
    try:
        read = read_requests(city.name, json.dumps([_whole(city, each) for each in theirs]), odd)
        wanted = RequestList(
            read, odd, source=source_of(city), categories={city.service_code: city.category.code}
        )
        return import_open311(acting_user=None, request_list=wanted, now=now)["added"]
    except Refused:
        return 0


def _is_asked(city: OtherCity, item: Item) -> bool:
    """Is it of the service that was asked for? Some servers give others too."""
    return text_of(item, "service_code") in ("", city.service_code)


def _whole(city: OtherCity, item: Item) -> dict[str, object]:
    """The request with the service it must be of, and words of a length that we take from anybody."""
    name, words = text_of(item, "service_name"), text_of(item, "description", WORDS)
    ours = {"service_code": city.service_code, "service_name": name or city.service_code}
    return dict(item) | ours | {"description": words}
