"""The pages of notices, and of the systems that are told."""

import pickle
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from anlan.cases.terms import State
from anlan.flows.manage_webhooks import add_webhook
from anlan.flows.notify import notify
from anlan.store.models import CaseEvent, Delivery, Notice, NoticeChoice, Webhook
from anlan.store.readers.staff import Acting
from tests.cast import Cast, build_cast
from tests.conftest import kept
from tests.flows.walks import walked_to

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_factor(settings) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def browser(person: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.user)
    return client


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """The cast, and what it is told of a case that is Alice's: stored once, each test gets a copy."""
    cast = build_cast()
    case = walked_to(State.DISPATCHED, cast, NOON)
    for event in CaseEvent.objects.filter(case=case).order_by("id"):
        notify(acting_user=None, event_id=event.pk, now=NOON)
    return kept((cast, Notice.objects.get(user=cast.alice.user)))


@pytest.fixture
def cast(db: None, scene: bytes) -> Cast:
    found: Cast = pickle.loads(scene)[0]
    return found


@pytest.fixture
def told(scene: bytes) -> Notice:
    """Alice's notice that a case is hers."""
    found: Notice = pickle.loads(scene)[1]
    return found


def test_the_head_of_every_page_says_how_many_notices_are_new(cast: Cast, told: Notice) -> None:
    alice = browser(cast.alice)
    counts = [re.findall(r"Notices <b[^>]*>(\d+)</b>", alice.get("/work/").text)]
    alice.post("/notices/seen", {"up_to": told.pk})
    counts.append(re.findall(r"Notices <b[^>]*>(\d+)</b>", alice.get("/work/").text))

    assert counts == [["1"], []]


def test_a_notice_leads_to_its_case_and_is_seen_then(cast: Cast, told: Notice) -> None:
    answer = browser(cast.alice).post(f"/notices/{told.pk}/")

    told.refresh_from_db()
    assert (answer.status_code, answer["location"]) == (302, f"/cases/{told.case_id}/")
    assert told.seen_at is not None


def test_a_notice_of_somebody_else_is_not_found(cast: Cast, told: Notice) -> None:
    answers = [browser(cast.erin).post(f"/notices/{number}/").status_code for number in (told.pk, 999_999)]

    assert answers == [404, 404]


@pytest.mark.parametrize("after", ["", "0", "x", "9" * 30, "-1", "５"])
def test_any_address_of_the_list_shows_it(cast: Cast, told: Notice, after: str) -> None:
    assert browser(cast.alice).get("/notices/", {"after": after}).status_code == 200


def test_a_member_chooses_how_they_are_told(cast: Cast) -> None:
    typed = {
        "by_email": ["given"],
        "by_sms": ["rework"],
        "phone": "13800000000",
        "digest_at": "17:00",
        "quiet_from": "21:00",
        "quiet_to": "07:00",
    }
    answer = browser(cast.alice).post("/account/notices/", typed)

    kept = NoticeChoice.objects.get(user=cast.alice.user)
    assert answer.status_code == 302
    assert (kept.by_email, kept.by_sms, kept.phone, str(kept.digest_at)) == (
        ["given"],
        ["rework"],
        "13800000000",
        "17:00:00",
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"by_sms": ["given"]}, "Give a mobile phone for short messages, or choose none of them."),
        ({"phone": "call me"}, "Digits only, such as 13800000000"),
        ({"quiet_from": "21:00"}, "Quiet hours need both a beginning and an end, or neither."),
        ({"by_email": ["gossip"]}, "gossip is not one of the available choices"),
    ],
)
def test_a_wrong_wish_is_said_and_nothing_is_kept(
    cast: Cast, typed: dict[str, object], sentence: str
) -> None:
    answer = browser(cast.alice).post("/account/notices/", typed)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not NoticeChoice.objects.exists()


def test_a_system_is_added_with_a_secret_that_is_shown_once(cast: Cast) -> None:
    grace = browser(cast.grace)
    typed = {"name": "省平台", "address": "https://platform.example/hook", "area_code": cast.city.code}
    shown = grace.post("/manage/webhooks/add/", typed)

    hook = Webhook.objects.get()
    assert (shown.status_code, shown["cache-control"], hook.secret in shown.text) == (200, "no-store", True)
    assert hook.secret not in grace.get(f"/manage/webhooks/of/{hook.pk}/").text


@pytest.mark.parametrize("address", ["not an address", "ftp://a.example/x", ""])
def test_an_address_that_takes_no_events_is_refused_with_what_was_typed(cast: Cast, address: str) -> None:
    typed = {"name": "省平台", "address": address, "area_code": cast.city.code}
    answer = browser(cast.grace).post("/manage/webhooks/add/", typed)

    assert (answer.status_code, "省平台" in answer.text, Webhook.objects.exists()) == (422, True, False)


def test_systems_are_not_there_for_who_administers_less_than_the_city(cast: Cast) -> None:
    hook, _ = add_webhook(
        acting_user=cast.grace,
        name="省平台",
        address="https://a.example",
        area_code=cast.city.code,
        now=NOON,
    )
    mia = browser(cast.mia)
    base = f"/manage/webhooks/of/{hook.pk}/"

    answers = [
        mia.get("/manage/webhooks/"),
        mia.get(base),
        mia.post(f"{base}replay/"),
        mia.get(f"{base}change/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


@pytest.fixture
def dead(cast: Cast, told: Notice) -> list[Delivery]:
    """Two e-mails to the committee's mailbox and a text message to Alice that nobody took."""
    facts = {"case_id": told.case_id, "kind": "given", "send_at": NOON}
    gone = {"dead_at": NOON, "tries": 8}
    events = CaseEvent.objects.filter(case=told.case_id).order_by("id")[:2]
    unit = {"way": "email", "receiver": f"unit:{cast.committee_111.pk}", "unit": cast.committee_111}
    mails = [
        Delivery.objects.create(event=event, **facts | unit | gone, last_error="no e-mail address")
        for event in events
    ]
    user = {"way": "sms", "receiver": f"user:{cast.alice.user.pk}", "user": cast.alice.user}
    return [*mails, Delivery.objects.create(event=told.event, **facts | user | gone, last_error="HTTP 500")]


def test_what_no_mailbox_and_no_phone_took_is_seen_and_leaves_again(cast: Cast, dead: list[Delivery]) -> None:
    grace = browser(cast.grace)
    page = grace.get("/manage/messages/").text
    assert cast.committee_111.name in page
    assert [word in page for word in ("no e-mail address is kept", "2 messages", "HTTP 500", "alice")] == [
        True
    ] * 4

    sent = grace.post("/manage/messages/again/", {"way": "email", "receiver": dead[0].receiver})
    again = grace.post("/manage/messages/again/", {"way": "email", "receiver": dead[0].receiver})
    assert (sent.status_code, again.status_code) == (302, 404)
    waiting = Delivery.objects.filter(
        dead_at=None, tries=0, sent_at=None, way="email", unit=cast.committee_111
    )
    assert {each.pk for each in dead[:2]} <= set(waiting.values_list("pk", flat=True))
    assert Delivery.objects.get(pk=dead[2].pk).dead_at == NOON


def test_messages_that_did_not_arrive_are_for_administrators_of_the_city(
    cast: Cast, dead: list[Delivery]
) -> None:
    answers = [browser(person).get("/manage/messages/").status_code for person in (cast.mia, cast.carol)]
    assert all(status in (403, 404) for status in answers)
    way = {"way": "sms", "receiver": dead[2].receiver}
    assert browser(cast.mia).post("/manage/messages/again/", way).status_code in (403, 404)
    assert browser(cast.grace).post("/manage/messages/again/", {"way": "webhook"}).status_code == 404
