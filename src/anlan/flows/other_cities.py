"""Accepted cases of a category go to the city that answers for it; what becomes of them there comes back.

The four steps run one after the other in one job at a time (`edge/jobs/other_cities.py`). A process killed
between sending and marking sends again under the same key, which our own server takes once.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.cases.elsewhere import goes, request_of
from anlan.cases.open311 import read_requests
from anlan.channels import NotTaken, open311
from anlan.channels.open311 import Server, text_of
from anlan.flows import case_steps
from anlan.flows.import_open311 import RequestList, import_open311
from anlan.staff.notices import next_try
from anlan.store.models import Case, HandedOver, OtherCity
from anlan.store.readers.other_cities import asked_after, cases_to_hand_over, waiting

AT_ONCE = 50
"""Ids in one question: the address stays below 2,000 characters for ids of up to 30."""
OVERLAP = timedelta(hours=1)
"""So much earlier is asked again: their clock may be wrong, and what came twice is known."""
LOOK_BACK = timedelta(days=90)
STEP_SENT, STEP_HEARD = "handed_over", "heard_elsewhere"


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
    """Send what is due; gives how many were taken. What is not taken is tried again, up to a dead letter."""
    return sum(_hand_over(each, now) for each in waiting(now))


def follow_cases(*, acting_user: None, now: datetime) -> int:
    """Ask what became of cases that are elsewhere; gives how many changed there."""
    changed = 0
    for city, rows in asked_after():
        for first in range(0, len(rows), AT_ONCE):
            changed += _follow(city, rows[first : first + AT_ONCE], now)
    return changed


def fetch_requests(*, acting_user: None, now: datetime) -> int:
    """Bring in requests of cities whose cases come here; gives how many were new."""
    return sum(_fetch(city, now) for city in OtherCity.objects.filter(active=True, fetches=True))


def source_of(city: OtherCity) -> str:
    """How reports and events name the city."""
    return f"open311-{city.pk}"


def server_of(city: OtherCity) -> Server:
    """The city's server."""
    return Server(city.address.rstrip("/"), city.form, city.jurisdiction_id)


def _hand_over(row: HandedOver, now: datetime) -> bool:
    city, report = row.city, row.case.reports.order_by("received_at").first()
    words = report.words if report is not None else ""
    fields = request_of(row.case, words, row.case.area.name, city.service_code)
    try:
        taken = open311.send(server_of(city), fields, api_key=city.api_key, key=row.key.hex)
    except NotTaken as error:
        _failed(row, error, now)
        return False
    row.their_id, row.their_token, row.sent_at = taken.request_id, taken.token, now
    if not (taken.request_id or taken.token):
        row.ended_at = now  # a black box: nothing can be asked after
    with transaction.atomic():
        row.save()
        _note(row, STEP_SENT, f"{city.name} {taken.request_id}".strip(), now)
    return True


def _failed(row: HandedOver, error: NotTaken, now: datetime) -> None:
    row.tries += 1
    again = next_try(row.tries, now)
    row.send_at, row.dead_at = again or row.send_at, None if again else now
    row.last_error = str(error)[:200]
    row.save()


def _follow(city: OtherCity, rows: Sequence[HandedOver], now: datetime) -> int:
    server = server_of(city)
    try:
        for row in rows:
            if not row.their_id:
                row.their_id = open311.id_of_token(server, row.their_token)
                row.save(update_fields=["their_id"])
        known = {row.their_id: row for row in rows if row.their_id}
        found = open311.ask(server, known) if known else []
    except NotTaken as error:
        HandedOver.objects.filter(pk__in=[row.pk for row in rows]).update(last_error=str(error)[:200])
        return 0
    by_id = {text_of(each, "service_request_id"): each for each in found}
    return sum(_heard(row, by_id[key], now) for key, row in known.items() if key in by_id)


@transaction.atomic
def _heard(row: HandedOver, item: Mapping[str, Any], now: datetime) -> bool:
    """Write down what the other city says now, when it says something else than before."""
    status, notes = text_of(item, "status").lower()[:20], str(item.get("status_notes") or "")[:500]
    if (status, notes) == (row.their_status, row.their_notes):
        return False
    row.their_status, row.their_notes, row.last_error = status, notes, ""
    if status == "closed":
        row.ended_at = now
    row.save()
    _note(row, STEP_HEARD, f"{row.city.name} {row.their_id}: {status}. {notes}".strip(), now)
    return True


def _note(row: HandedOver, step: str, reason: str, now: datetime) -> None:
    """A line in the case's history; its state stays: no case closes on somebody else's word."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.case_id)
    actor = case_steps.Actor(source=source_of(row.city))
    case_steps.record(case, step, actor=actor, now=now, reason=reason)


def _fetch(city: OtherCity, now: datetime) -> int:
    since = max(now - LOOK_BACK, (city.fetched_at or now) - OVERLAP)
    query = {
        "service_code": city.service_code,
        "start_date": timezone.localtime(since).isoformat(timespec="seconds"),
        "end_date": timezone.localtime(now).isoformat(timespec="seconds"),
    }
    try:
        found = open311.requests(server_of(city), query)
    except NotTaken:
        return 0
    ours = set(city.handed_over.values_list("their_id", flat=True))
    theirs = [each for each in found if text_of(each, "service_request_id") not in ours]
    odd = Complaints()
    try:
        read = read_requests(city.name, json.dumps(theirs), odd)
    except Refused:
        return 0
    mapping = {city.service_code: city.category.code}
    wanted = RequestList(read, odd, source=source_of(city), categories=mapping)
    counts = import_open311(acting_user=None, request_list=wanted, now=now)
    OtherCity.objects.filter(pk=city.pk).update(fetched_at=now)
    return counts["added"]
