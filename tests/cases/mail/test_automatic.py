"""What no person wrote makes no report and gets no answer."""

import pytest

from anlan.cases.mail.automatic import ignored
from anlan.cases.mail.reading import parsed, sender_of
from anlan.cases.mail.terms import Ignored

OURS = {"hazards@city.example"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("Auto-Submitted: auto-replied", Ignored.AUTOMATIC),
        ("Auto-Submitted: auto-generated; owner-email=x", Ignored.AUTOMATIC),
        ("Auto-Submitted: no", None),
        ("Auto-Submitted: no (a person)", None),
        ("X-Autoreply: yes", Ignored.AUTOMATIC),
        ("X-Auto-Response-Suppress: All", None),
        ("Precedence: bulk", Ignored.LIST),
        ("Precedence: LIST", Ignored.LIST),
        ("List-Id: <news.example>", Ignored.LIST),
        ("List-Unsubscribe: <mailto:x@y>", Ignored.LIST),
        ("Return-Path: <>", Ignored.BOUNCE),
        ("Return-Path: <anna@home.example>", None),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", Ignored.BOUNCE),
        ("From: MAILER-DAEMON@mx.example", Ignored.BOUNCE),
        ("From: Hazards@City.Example", Ignored.OURS),
        ("X-Anlan: 1", Ignored.OURS),
        ("From: anna@home.example", None),
    ],
)
def test_a_mail_is_passed_over_by_what_its_fields_say(fields: str, why: Ignored | None) -> None:
    message = parsed(f"{fields}\nSubject: x\n\nwords".encode())

    assert ignored(message, sender_of(message), OURS) == why
