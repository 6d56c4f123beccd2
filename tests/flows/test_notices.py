"""Who hears of an event, in which order, and that nothing is lost and nothing told twice."""

import base64
import hashlib
import json
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import Severity, State
from anlan.flows.choose_notices import Wish, choose_notices, open_notice, see_notices
from anlan.flows.deliver_notices import deliver_notices, forget_notices
from anlan.flows.manage_webhooks import add_webhook, change_webhook, renew_secret, replay_dead_letters
from anlan.flows.notify import notify
from anlan.staff.notices import WAITS
from anlan.store.models import Area, Case, CaseEvent, Delivery, Notice, StaffEvent, Unit
from anlan.store.readers.receivers import LEASE, claim
from tests.cast import Cast
from tests.channels.listener import listening
from tests.flows.walks import new, walked_to

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in the city
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def tell(case: Case, now: datetime = NOON) -> None:
    """What the queue does with the events of a case, in their order."""
    for event in CaseEvent.objects.filter(case=case).order_by("id"):
        notify(acting_user=None, event_id=event.pk, now=now)


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("id").values_list("user__username", "kind"))


def test_each_step_is_told_to_those_who_act_next_and_not_to_whoever_took_it(cast: Cast) -> None:
    tell(walked_to(State.VERIFIED, cast, NOON))

    assert sorted(told()) == [
        ("alice", "given"),
        ("bob", "to_verify"),
        ("erin", "given"),
        ("ivan", "new_report"),
        ("ivan", "verified"),
    ]


def test_an_event_told_again_is_told_once(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)

    tell(case)
    tell(case)

    assert sorted(told()) == [("alice", "given"), ("erin", "given"), ("ivan", "new_report")]


def test_a_verifier_who_also_belongs_to_the_responsible_unit_is_not_asked_to_verify(cast: Cast) -> None:
    unit = cast.committee_111
    cast.bob.user.memberships.create(
        role="handler", unit=unit, unit_path=unit.path, area=cast.village_111, area_path=cast.village_111.path
    )

    tell(walked_to(State.RECTIFIED, cast, NOON))

    assert ("bob", "to_verify") not in told()


def test_only_the_drawn_verifiers_hear_of_a_rectified_case(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    drawn = cast.carol.user.memberships.create(
        role="verifier",
        unit=cast.city_desk,
        unit_path=cast.city_desk.path,
        area=cast.village_111,
        area_path=cast.village_111.path,
    )
    Case.objects.filter(pk=case.pk).update(drawn_verifiers=[drawn.pk])

    tell(case)

    assert [name for name, kind in told() if kind == "to_verify"] == ["carol"]


def test_the_mailbox_of_the_responsible_unit_gets_a_message_without_a_word_of_the_reporter(
    cast: Cast,
) -> None:
    cast.committee_111.email = "committee@lanchuan.example"
    cast.committee_111.save()
    case = walked_to(State.DISPATCHED, cast, NOON)

    tell(case)
    deliver_notices(acting_user=None, now=NOON)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["committee@lanchuan.example"],
        f"有案卷派给你单位: 临水防护 · 荻花村 · {case.number}",
    )
    assert "护栏" not in message.subject + message.body
    assert f"/cases/{case.pk}/" in message.body


def test_a_mail_that_cannot_be_made_waits_alone_and_a_name_of_two_lines_is_one(cast: Cast) -> None:
    committee, desk = cast.committee_111, cast.desk_1
    Unit.objects.filter(pk=committee.pk).update(email="committee\n@lanchuan.example")
    Unit.objects.filter(pk=desk.pk).update(email="desk@lanchuan.example")
    Area.objects.filter(pk=cast.village_111.pk).update(name="荻花\n村")
    case = walked_to(State.DISPATCHED, cast, NOON)
    tell(case)

    while deliver_notices(acting_user=None, now=NOON):
        pass

    assert [message.to for message in mail.outbox] == [["desk@lanchuan.example"]]
    assert f"荻花 村 · {case.number}" in mail.outbox[0].subject
    (waits,) = Delivery.objects.filter(sent_at=None)
    assert (waits.unit, waits.tries, waits.last_error) == (committee, 1, "ValueError")


def test_several_messages_for_one_person_leave_as_one_mail_in_the_order_of_the_case(cast: Cast) -> None:
    choose_notices(acting_user=cast.ivan, wish=Wish(by_email=("new_report", "verified"), digest_at=time(17)))
    case = walked_to(State.VERIFIED, cast, NOON)
    tell(case)

    assert deliver_notices(acting_user=None, now=NOON) == 0
    later = NOON + timedelta(hours=5)
    while deliver_notices(acting_user=None, now=later):
        pass

    kinds = list(Delivery.objects.order_by("sent_at", "id").values_list("kind", flat=True))
    assert kinds == ["new_report", "verified"]
    assert {to for message in mail.outbox for to in message.to} == {"ivan@lanchuan.example"}


def test_a_severe_case_pulls_what_waits_of_it_before_itself(cast: Cast) -> None:
    choose_notices(acting_user=cast.alice, wish=Wish(by_email=("given", "rework"), digest_at=time(17)))
    case = walked_to(State.DISPATCHED, cast, NOON)
    tell(case)
    Case.objects.filter(pk=case.pk).update(severity=Severity.SEVERE)
    event = CaseEvent.objects.create(case=case, at=NOON, step="fail", state_after=State.REWORK)

    notify(acting_user=None, event_id=event.pk, now=NOON)

    assert list(Delivery.objects.order_by("id").values_list("kind", "send_at")) == [
        ("given", NOON),
        ("rework", NOON),
    ]


def test_a_message_is_claimed_once_and_again_only_when_who_claimed_it_died(cast: Cast) -> None:
    choose_notices(acting_user=cast.alice, wish=Wish(by_email=("given",)))
    tell(walked_to(State.DISPATCHED, cast, NOON))

    first, second, third = claim(NOON), claim(NOON + timedelta(minutes=1)), claim(NOON + LEASE)

    assert [[each.kind for each in batch] for batch in (first, second, third)] == [["given"], [], ["given"]]
    assert first[0].key == third[0].key


def test_a_later_message_of_a_case_waits_while_an_earlier_one_is_not_through(cast: Cast) -> None:
    with listening() as other:
        add_webhook(
            acting_user=cast.grace,
            name="平台",
            address=other.address,
            area_code=cast.county_1.code,
            now=NOON,
        )
        tell(walked_to(State.ACCEPTED, cast, NOON))
        other.answers = [500]

        deliver_notices(acting_user=None, now=NOON)
        came_at_first = len(other.came)
        again = NOON + WAITS[0]
        while deliver_notices(acting_user=None, now=again):
            pass

    steps = [json.loads(body)["type"] for _, body in other.came]
    ids = [headers["webhook-id"] for headers, _ in other.came]
    assert (came_at_first, steps, ids[0] == ids[1]) == (
        1,
        ["case.reported", "case.reported", "case.accept"],
        True,
    )


def test_a_message_that_is_never_taken_holds_up_its_own_case_alone(cast: Cast) -> None:
    refused, *others = [walked_to(State.ACCEPTED, cast, NOON + minutes * MINUTE) for minutes in range(4)]
    with listening() as other:
        hook, _ = add_webhook(
            acting_user=cast.grace, name="平台", address=other.address, area_code=cast.city.code, now=NOON
        )
        for case in (refused, *others):
            tell(case)
        other.never = f'"id": {refused.pk},'.encode()
        while deliver_notices(acting_user=None, now=NOON):
            pass
        left = set(Delivery.objects.filter(sent_at=None).values_list("case", flat=True))
        told_of = [json.loads(body)["data"] for _, body in other.came]

        now = _until_dead(NOON)
        dead = list(Delivery.objects.exclude(dead_at=None).values_list("case", "event__step", "tries"))
        other.never = b""
        count = replay_dead_letters(acting_user=cast.grace, webhook_id=hook.pk, now=now)
        while deliver_notices(acting_user=None, now=now):
            pass

    assert left == {refused.pk}
    for case in others:
        events = [each["event"] for each in told_of if each["case"]["id"] == case.pk]
        assert events == sorted(events) and len(events) == case.events.count()
    assert dead == [(refused.pk, step, 8) for step in ("reported", "accept")]
    assert [json.loads(body)["type"] for _, body in other.came[-2:]] == ["case.reported", "case.accept"]
    assert (count, Delivery.objects.filter(sent_at=None).count()) == (2, 0)
    _check_signatures(hook.secret, other.came)


def _until_dead(now: datetime) -> datetime:
    """Days in which the worker looks whenever a try is due, for two messages one after the other."""
    for wait in (*WAITS, timedelta()) * 2:
        while deliver_notices(acting_user=None, now=now):
            pass
        now += wait
    return now


def _check_signatures(secret: str, came: list[tuple[dict[str, str], bytes]]) -> None:
    """As a receiver would that has only the specification: HMAC (RFC 2104) written out by hand."""
    key = base64.b64decode(secret.removeprefix("whsec_")).ljust(64, b"\0")
    for headers, body in came:
        said = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        inner = hashlib.sha256(bytes(each ^ 0x36 for each in key) + said).digest()
        outer = hashlib.sha256(bytes(each ^ 0x5C for each in key) + inner).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(outer).decode()}"


def test_a_system_that_is_away_is_asked_twice_and_all_else_waits(cast: Cast) -> None:
    cases = [new(cast, NOON + minutes * MINUTE) for minutes in range(5)]
    with listening() as other:
        add_webhook(
            acting_user=cast.grace, name="平台", address=other.address, area_code=cast.city.code, now=NOON
        )
        for case in cases:
            tell(case)
        other.answers = [503] * 4
        asked = []
        for now in (NOON, NOON + WAITS[0]):
            while deliver_notices(acting_user=None, now=now):
                pass
            asked.append(len(other.came))
        while deliver_notices(acting_user=None, now=NOON + WAITS[0] + WAITS[1]):
            pass

    assert asked == [2, 4]
    assert Delivery.objects.filter(sent_at=None).count() == 0


def test_a_system_that_asks_for_a_pause_is_left_alone_so_long(cast: Cast) -> None:
    with listening() as other:
        add_webhook(
            acting_user=cast.grace, name="平台", address=other.address, area_code=cast.city.code, now=NOON
        )
        tell(new(cast, NOON))
        other.answers = [429]
        came = [deliver_notices(acting_user=None, now=NOON + minutes * MINUTE) for minutes in (0, 1, 59, 60)]

    assert came == [1, 0, 0, 1]
    assert Delivery.objects.get().sent_at == NOON + 60 * MINUTE


def test_what_nobody_takes_becomes_a_dead_letter_and_can_leave_again(cast: Cast) -> None:
    with listening() as other:
        hook, _ = add_webhook(
            acting_user=cast.grace,
            name="平台",
            address=other.address,
            area_code=cast.county_1.code,
            now=NOON,
        )
        tell(new(cast, NOON))
        other.answers = [500] * (len(WAITS) + 1)
        now = NOON
        for wait in (*WAITS, timedelta()):
            deliver_notices(acting_user=None, now=now)
            now += wait
        (dead,) = Delivery.objects.all()
        assert (dead.tries, dead.dead_at is not None, dead.last_error) == (8, True, "HTTP 500")
        assert deliver_notices(acting_user=None, now=now + timedelta(days=9)) == 0

        count = replay_dead_letters(acting_user=cast.grace, webhook_id=hook.pk, now=now)
        deliver_notices(acting_user=None, now=now)

    dead.refresh_from_db()
    assert (count, dead.sent_at, dead.dead_at, len(other.came)) == (1, now, None, len(WAITS) + 2)


def test_an_event_tells_another_system_facts_and_nothing_that_a_reporter_wrote(cast: Cast) -> None:
    with listening() as other:
        add_webhook(
            acting_user=cast.grace, name="平台", address=other.address, area_code=cast.city.code, now=NOON
        )
        case = new(cast, NOON)
        tell(case)
        deliver_notices(acting_user=None, now=NOON)

    ((_, body),) = other.came
    event = CaseEvent.objects.get(case=case)
    assert json.loads(body) == {
        "type": "case.reported",
        "timestamp": NOON.isoformat(),
        "data": {
            "event": event.pk,
            "state_before": "",
            "state_after": "new",
            "case": {
                "id": case.pk,
                "number": case.number,
                "state": "new",
                "category": "open_water",
                "severity": "moderate",
                "area": cast.village_111.code,
                "unit": None,
                "due_at": Case.objects.get(pk=case.pk).due_at.isoformat(),
                "version": 0,
                "address": f"/cases/{case.pk}/",
            },
        },
    }


def test_a_system_hears_only_of_its_own_area_and_only_while_it_is_in_use(cast: Cast) -> None:
    elsewhere, _ = add_webhook(
        acting_user=cast.grace,
        name="二县",
        address="https://two.example",
        area_code=cast.county_2.code,
        now=NOON,
    )
    off, _ = add_webhook(
        acting_user=cast.grace,
        name="一县",
        address="https://one.example",
        area_code=cast.county_1.code,
        now=NOON,
    )
    change_webhook(
        acting_user=cast.grace,
        webhook_id=off.pk,
        address=off.address,
        area_code=cast.county_1.code,
        active=False,
        now=NOON,
    )

    tell(new(cast, NOON))

    assert list(Delivery.objects.filter(webhook__in=[elsewhere, off])) == []


def test_a_secret_is_kept_out_of_the_history(cast: Cast) -> None:
    hook, secret = add_webhook(
        acting_user=cast.grace,
        name="平台",
        address="https://a.example",
        area_code=cast.city.code,
        now=NOON,
    )
    fresh = renew_secret(acting_user=cast.grace, webhook_id=hook.pk, now=NOON)

    kept = json.dumps(list(StaffEvent.objects.values_list("changes", flat=True)))
    assert (secret != fresh, secret in kept, fresh in kept) == (True, False, False)


@pytest.mark.parametrize("who", ["carol", "mia", "frank", "nobody"])
def test_only_administrators_of_the_whole_city_say_which_systems_are_told(cast: Cast, who: str) -> None:
    with pytest.raises((NotFound, Refused)):
        add_webhook(
            acting_user=getattr(cast, who),
            name="平台",
            address="https://a.example",
            area_code=cast.city.code,
            now=NOON,
        )


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (Wish(by_sms=("given",)), "phone_missing"),
        (Wish(by_email=("gossip",)), "notice_kind_unknown"),
        (Wish(quiet_from=time(21)), "quiet_hours_half"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(cast: Cast, wish: Wish, reason: str) -> None:
    with pytest.raises(Refused) as no:
        choose_notices(acting_user=cast.alice, wish=wish)

    assert no.value.reason == reason


def test_a_short_message_goes_to_the_phone_that_its_owner_gave(cast: Cast, settings, tmp_path) -> None:
    settings.ANLAN_SMS_URL = f"file:{tmp_path}"
    choose_notices(acting_user=cast.alice, wish=Wish(by_sms=("given",), phone="13800000000"))
    tell(walked_to(State.DISPATCHED, cast, NOON))

    deliver_notices(acting_user=None, now=NOON)

    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text())["to"] == "13800000000"


def test_seen_notices_are_no_longer_new_and_nobody_sees_those_of_others(cast: Cast) -> None:
    tell(walked_to(State.DISPATCHED, cast, NOON))
    mine = Notice.objects.get(user=cast.alice.user)

    with pytest.raises(NotFound):
        open_notice(acting_user=cast.erin, notice_id=mine.pk, now=NOON)
    see_notices(acting_user=cast.erin, up_to=mine.pk + 100, now=NOON)

    seen = dict(Notice.objects.values_list("user__username", "seen_at"))
    assert (seen["alice"], seen["erin"]) == (None, NOON)


def test_what_was_sent_or_seen_long_ago_is_forgotten_and_the_rest_is_kept(cast: Cast) -> None:
    choose_notices(acting_user=cast.alice, wish=Wish(by_email=("given",)))
    tell(walked_to(State.DISPATCHED, cast, NOON))
    deliver_notices(acting_user=None, now=NOON)
    see_notices(acting_user=cast.alice, up_to=10**9, now=NOON)

    early = forget_notices(acting_user=None, now=NOON + timedelta(days=30))
    late = forget_notices(acting_user=None, now=NOON + timedelta(days=91))

    assert (early, late) == (0, 2)
    assert sorted(told()) == [("erin", "given"), ("ivan", "new_report")]
