"""POST /api/v1/readings: one reading or many as JSON, with the password of a device. docs/ingest.md"""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from anlan.base.errors import Refused
from anlan.edge.json_bodies import json_of
from anlan.sensing.posted import Posted, read_row
from anlan.sensing.terms import QuarantineReason

MOST = 10_000
MOST_BYTES = 2 << 20
RETRY = "10"

SENTENCES: dict[QuarantineReason, tuple[str, str]] = {
    QuarantineReason.MALFORMED: ("", "This is missing, or not what it must be."),
    QuarantineReason.UNKNOWN_DEVICE: ("device", "No device of the register has this name."),
    QuarantineReason.UNKNOWN_PROPERTY: ("property", "The kind of this device does not measure this."),
    QuarantineReason.NOT_ITS_OWN: ("device", "The sender is neither this device nor its gateway."),
    QuarantineReason.NO_ZONE: ("t", "The time must say its zone, as in 2026-11-27T09:30:00+08:00."),
    QuarantineReason.FUTURE: ("t", "The time lies more than 5 minutes ahead."),
    QuarantineReason.TOO_OLD: ("t", "Readings of this time are not kept any more."),
    QuarantineReason.WRONG_UNIT: ("unit", "The unit is not the one of this property."),
    QuarantineReason.NOT_A_NUMBER: ("v", "The value must be a finite number."),
    QuarantineReason.OUT_OF_RANGE: ("v", "The value lies outside of what this property can be."),
    QuarantineReason.TOO_MANY: ("row", "The device sends more than one may; send it again later."),
}
"""Which field of a row is wrong ("" where the row says which), and what would be right: for programs."""


@csrf_exempt
@require_POST
def readings(request: HttpRequest) -> JsonResponse:
    """Take readings of the device that signs in, or of those behind it."""
    sender = _sender(request.headers.get("Authorization", ""))
    if sender is None:
        answer = _refusal(401, "Sign in by HTTP Basic with the name and password of a device.")
        answer["WWW-Authenticate"] = 'Basic realm="anlan readings", charset="UTF-8"'
        return answer
    try:
        body = json_of(request, MOST_BYTES)
    except Refused as no:
        if no.reason == "body_too_large":
            return _refusal(413, f"At most {MOST_BYTES} bytes in one request.")
        return _refusal(400, "The body must be JSON: a reading, or a list of readings.")
    rows = body if isinstance(body, list) else [body]
    if not 0 < len(rows) <= MOST:
        return _refusal(413 if rows else 400, f"From 1 to {MOST} readings in one request.")
    return _answer(sender, [read_row(row, sender) for row in rows])


def _answer(sender: str, rows: list[Posted]) -> JsonResponse:
    from anlan.flows.post_readings import post_readings  # numpy is loaded by those who post

    done = post_readings(acting_user=None, sender=sender, rows=rows, now=timezone.now())
    faults = [_fault(place, rows[place], done.wrong[place]) for place in sorted(done.wrong)]
    told: dict[str, Any] = {"taken": done.taken, "new": done.new, "faults": faults}
    if not done.taken and QuarantineReason.TOO_MANY in done.wrong.values():
        return JsonResponse(told, status=429, headers={"Retry-After": RETRY})
    return JsonResponse(told, status=200 if done.taken else 422)


def _fault(place: int, row: Posted, reason: QuarantineReason) -> dict[str, object]:
    field, sentence = SENTENCES[reason]
    return {"row": place, "field": field or row.field, "reason": reason.value, "message": sentence}


def _refusal(status: int, message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def _sender(header: str) -> str | None:
    """The device that signed in; None when nobody did."""
    from anlan.store.readers.series import is_device

    scheme, _, coded = header.partition(" ")
    try:
        name, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    known = scheme.lower() == "basic" and "\0" not in name and is_device(name, password)
    return name if known else None


urlpatterns = [path("api/v1/readings", readings, name="post_readings")]
