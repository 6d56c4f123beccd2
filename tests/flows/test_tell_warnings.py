"""Warnings leave: to whom, in which order, once, through quiet hours; a drill is one everywhere."""

import json
from dataclasses import replace
from datetime import time, timedelta
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from socket import socket
from typing import Any

import pytest
import shapely
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from urllib3.connection import HTTPSConnection

from anlan.flows.deliver_warnings import deliver_warnings, forget_told
from anlan.flows.follow_public import (
    Browser,
    confirm_follow,
    follow_by_browser,
    follow_by_mail,
    token_to_confirm,
)
from anlan.flows.issue_warnings import (
    begin_drill,
    draft_cancel,
    draft_warning,
    expire_warnings,
    issue_warning,
)
from anlan.flows.tell_warnings import send_again, tell_warning
from anlan.staff.notices import WAITS
from anlan.store.models import Follow, NoticeChoice, Warning, WarningDelivery, Webhook
from anlan.store.readers.following import Subject
from tests.cast import Cast
from tests.channels.listener import listening
from tests.channels.test_push import word
from tests.conftest import NOON
from tests.flows.test_issue_warnings import FACTS, HOUR, drafted, issued

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def system(address: str, cast: Cast) -> Webhook:
    where = {"area": cast.city, "area_path": cast.city.path}
    return Webhook.objects.create(name="siren", address=address, secret="whsec_eA==", **where)


def follow(code: str, address: str = ANNA, language: str = "en") -> Follow:
    follow_by_mail(
        acting_user=None, address=address, subject=Subject(warnings=code), language=language, now=NOON
    )
    found = Follow.objects.get(email=address)
    return confirm_follow(acting_user=None, token=token_to_confirm(found), now=NOON)


def tell(message: Warning, now: Any = NOON) -> list[str]:
    """Run the job that issuing queued; the subjects of the mails that it sent."""
    before = len(mail.outbox)
    tell_warning(acting_user=None, warning_id=message.pk, now=now)
    while deliver_warnings(acting_user=None, now=now):
        pass
    return [each.subject for each in mail.outbox[before:]]


def update(cast: Cast, message: Warning, **changes: object) -> Warning:
    facts = replace(FACTS, **{"colour": "yellow", **changes})  # type: ignore[arg-type]
    draft = draft_warning(acting_user=cast.carol, facts=facts, now=NOON, follows=message.pk)
    return issue_warning(acting_user=cast.carol, warning_id=draft.pk, typed_status=draft.status, now=NOON)


def end(cast: Cast, message: Warning) -> Warning:
    draft = draft_cancel(acting_user=cast.carol, warning_id=message.pk, why="水退了", now=NOON)
    return issue_warning(acting_user=cast.carol, warning_id=draft.pk, typed_status=draft.status, now=NOON)


def yellow(cast: Cast, **changes: object) -> Warning:
    message = drafted(cast.carol, **{"colour": "yellow", **changes})
    return issue_warning(acting_user=cast.carol, warning_id=message.pk, typed_status=message.status, now=NOON)


def states() -> list[tuple[str, str]]:
    rows = WarningDelivery.objects.order_by("pk").select_related("warning")
    return [
        (row.warning.kind, "sent" if row.sent_at else "dead" if row.dead_at else row.why_not or "waiting")
        for row in rows
    ]


def test_issuing_queues_that_people_are_told_once(cast: Cast) -> None:
    message = yellow(cast)
    job = ProcrastinateJob.objects.get(task_name="tell_warning")
    assert (job.args, job.lock) == ({"warning_id": message.pk}, f"warning:{message.pk}")


@pytest.mark.parametrize(
    ("code", "hears"),
    [("990101", True), ("990100", True), ("990101001201", True), ("990102", False)],
    ids=["the area", "one over it", "one in it", "another"],
)
def test_who_follows_an_area_hears_of_what_touches_it(cast: Cast, code: str, hears: bool) -> None:
    follow(code)
    assert bool(tell(yellow(cast))) is hears


def test_who_follows_a_village_that_the_shape_does_not_reach_is_not_told(cast: Cast) -> None:
    for area, west in ((cast.county_1, 121.0), (cast.village_111, 121.0), (cast.village_112, 121.5)):
        area.boundary = shapely.to_wkb(shapely.MultiPolygon([shapely.box(west, 28, west + 0.5, 29)]))
        area.save()
    follow(cast.village_111.code, "in@example.org")
    follow(cast.village_112.code, "out@example.org")
    tell(yellow(cast, shape="28.1,121.1 28.2,121.1 28.2,121.2"))
    assert [each.to for each in mail.outbox] == [["in@example.org"]]


def test_a_mail_says_what_where_until_when_and_how_to_stop(cast: Cast, settings: Any) -> None:
    settings.ANLAN_PUBLIC_URL = "https://city.example"
    follow("990101")
    message = yellow(cast)
    assert tell(message) == ["Yellow warning: Water rises at Xiatang pond: keep away"]
    (sent,) = mail.outbox
    assert "望潮县, until " in sent.body and "不要下水。" in sent.body
    assert "https://city.example/warnings/" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.extra_headers["Message-ID"] == f"<{WarningDelivery.objects.get().key.hex}@anlan>"
    assert tell(message) == []  # told again, once


def test_update_and_all_clear_reach_who_got_the_first_though_they_follow_elsewhere_now(cast: Cast) -> None:
    followed = follow("990101")
    first = yellow(cast)
    tell(first)
    Follow.objects.filter(pk=followed.pk).update(area=cast.county_2)
    second = update(cast, first)
    assert tell(second) == ["Yellow warning, updated: Water rises at Xiatang pond: keep away"]
    assert tell(end(cast, second)) == ["All clear, Yellow warning: Water rises at Xiatang pond: keep away"]


def test_an_all_clear_is_not_sent_to_who_had_heard_of_no_danger(cast: Cast) -> None:
    first = yellow(cast)
    tell(first)
    follow("990101")
    tell(end(cast, first))
    assert states() == [("Cancel", "never_told")]


def test_what_waits_is_replaced_by_the_update(cast: Cast) -> None:
    follow("990101")
    first = yellow(cast)
    tell_warning(acting_user=None, warning_id=first.pk, now=NOON)
    assert tell(update(cast, first)) == ["Yellow warning, updated: Water rises at Xiatang pond: keep away"]
    assert states() == [("Alert", "replaced"), ("Update", "sent")]


def test_what_is_over_is_not_sent(cast: Cast) -> None:
    follow("990101")
    message = yellow(cast)
    tell_warning(acting_user=None, warning_id=message.pk, now=NOON)
    assert deliver_warnings(acting_user=None, now=FACTS.expires) == 1
    assert (states(), mail.outbox) == ([("Alert", "expired")], [])


def chooses(cast: Cast, **wish: object) -> None:
    NoticeChoice.objects.create(user=cast.carol.user, **wish)
    cast.carol.user.email = "carol@example.org"
    cast.carol.user.language = "en"
    cast.carol.user.save()


def test_red_goes_through_quiet_hours_and_orange_waits_for_their_end(cast: Cast) -> None:
    local = timezone.localtime(NOON)
    chooses(cast, by_email=["warning"], quiet_from=time(0), quiet_to=(local + HOUR).time())
    orange, red = issued(cast.carol, cast.liu), issued(cast.carol, cast.liu, colour="red")
    assert tell(orange) == []
    assert tell(red) == ["Red warning: Water rises at Xiatang pond: keep away"]
    deliver_warnings(acting_user=None, now=NOON + HOUR)
    assert mail.outbox[-1].subject.startswith("Orange")


def test_red_goes_before_what_waits_longer(cast: Cast) -> None:
    follow("990101")
    blue = yellow(cast, colour="blue")
    red = issued(cast.carol, cast.liu, colour="red")
    for message in (blue, red):
        tell_warning(acting_user=None, warning_id=message.pk, now=NOON)
    deliver_warnings(acting_user=None, now=NOON)
    assert [each.subject.split()[0] for each in mail.outbox] == ["Red", "Blue"]


def test_a_short_message_goes_to_the_phone_of_a_member_in_the_area(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.ANLAN_SMS_URL = f"file://{tmp_path}"
    chooses(cast, by_sms=["warning"], phone="13800000000")
    NoticeChoice.objects.create(user=cast.dan.user, by_sms=["warning"], phone="13900000000")
    tell(yellow(cast))
    (file,) = tmp_path.glob("*.json")
    said = json.loads(file.read_text())
    assert said["to"] == "13800000000"
    assert said["text"].startswith("Yellow warning: Water rises at Xiatang pond: keep away 望潮县, until ")


def test_a_drill_looks_like_one_in_every_way_and_no_follower_hears_of_it(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.ANLAN_SMS_URL = f"file://{tmp_path}"
    settings.ANLAN_OWN_NETWORKS = LOOPBACK
    chooses(cast, by_email=["warning"], by_sms=["warning"], phone="13800000000")
    follow("990101")
    begin_drill(acting_user=cast.liu, area_code="990100", words="防汛演练", now=NOON)
    with listening() as siren:
        system(siren.address, cast)
        tell(yellow(cast, status="Exercise", typed_status="Exercise"))
    (sent,) = mail.outbox
    (file,) = tmp_path.glob("*.json")
    text = json.loads(file.read_text())["text"]
    body = json.loads(siren.came[0][1])
    assert sent.to == ["carol@example.org"]
    assert (sent.subject[:7], sent.body[:16], text[:7]) == ("[DRILL]", "This is a drill.", "[DRILL]")
    assert "This is a drill." in text
    assert (body["type"], body["data"]["status"]) == ("drill.alert", "Exercise")
    assert "<status>Exercise</status>" in body["data"]["cap"] and "演练：" in body["data"]["cap"]


def test_a_system_gets_a_chain_in_its_order_though_it_was_away(cast: Cast, settings: Any) -> None:
    settings.ANLAN_OWN_NETWORKS = LOOPBACK
    hook = system("http://127.0.0.1:9/", cast)
    first = yellow(cast)
    tell(first)
    tell(update(cast, first))
    assert states() == [("Alert", "waiting"), ("Update", "waiting")]
    with listening() as siren:
        Webhook.objects.filter(pk=hook.pk).update(address=siren.address)
        while deliver_warnings(acting_user=None, now=NOON + WAITS[0]):
            pass
    assert [json.loads(body)["type"] for _, body in siren.came] == ["warning.alert", "warning.update"]
    keys = WarningDelivery.objects.order_by("pk").values_list("key", flat=True)
    assert [headers["webhook-id"] for headers, _ in siren.came] == [key.hex for key in keys]


def test_what_nobody_takes_ends_as_a_dead_letter_and_leaves_again_when_a_person_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("990101")
    message = yellow(cast, expires=NOON + timedelta(days=9))

    def refuse(*messages: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        tell(message)
        now = NOON
        for wait in WAITS:
            now += wait
            deliver_warnings(acting_user=None, now=now)
    assert states() == [("Alert", "dead")]
    assert send_again(acting_user=cast.carol, warning_id=message.pk, now=now) == 1
    deliver_warnings(acting_user=None, now=now)
    assert states() == [("Alert", "sent")]


def test_a_process_killed_between_sending_and_marking_sends_the_same_key_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow("990101")
    message = yellow(cast)
    real = EmailBackend.send_messages

    def die_after(*given: Any) -> int:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(EmailBackend, "send_messages", die_after)
        tell(message)
    deliver_warnings(acting_user=None, now=NOON + timedelta(minutes=4))
    assert len(mail.outbox) == 1
    deliver_warnings(acting_user=None, now=NOON + timedelta(minutes=5))
    assert len({each.extra_headers["Message-ID"] for each in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_a_browser_gets_red_at_once_and_not_after_its_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    browser = Browser("https://93.184.215.14/1", word(point), word(bytes(16)))
    follow_by_browser(
        acting_user=None, browser=browser, subject=Subject(warnings="990101"), language="en", now=NOON
    )
    asked: list[dict[str, str]] = []

    def ask(at: object, method: str, target: str, **given: Any) -> None:
        asked.append(given["headers"])

    taken = urllib3.HTTPResponse(BytesIO(), status=201, preload_content=False)
    monkeypatch.setattr(HTTPSConnection, "connect", lambda at: setattr(at, "sock", socket()))
    monkeypatch.setattr(HTTPSConnection, "request", ask)
    monkeypatch.setattr(HTTPSConnection, "getresponse", lambda at: taken)
    message = issued(cast.carol, cast.liu, colour="red")
    tell(message)
    assert {name: asked[0][name] for name in ("TTL", "Urgency", "Topic")} == {
        "TTL": "21600",
        "Urgency": "high",
        "Topic": f"warning-{message.pk}",
    }


def test_who_was_told_is_forgotten_long_after_the_end(cast: Cast) -> None:
    follow("990101")
    tell(yellow(cast))
    expire_warnings(acting_user=None, now=FACTS.expires)
    assert forget_told(acting_user=None, now=NOON + timedelta(days=89)) == 0
    assert forget_told(acting_user=None, now=NOON + timedelta(days=91)) == 1
