"""What looks like a machine waits for a person, nothing is lost, one decision is for all that is alike."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import altcha
import pytest
from django.db import IntegrityError, InternalError, transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases import holding
from anlan.cases.holding import Decision, HeldFor
from anlan.flows.decide_held import (
    decide_held,
    erase_held_contacts,
    erase_set_aside,
    look_at_held,
    undo_set_aside,
)
from anlan.flows.forget_senders import forget_senders
from anlan.flows.hold_report import HeldReceipt, take_report, told_of, withdraw_held
from anlan.flows.proof_of_work import challenge, spend
from anlan.flows.receipts import Followed, follow_code
from anlan.flows.store_photos import sweep_photos
from anlan.flows.submit_report import Receipt, Told
from anlan.flows.weigh_report import Sender
from anlan.store import photo_files
from anlan.store.models import Case, HeldGroup, HeldLook, HeldReport, Photo, Report, SentCount, SpentProof
from anlan.store.readers.held import held_progress, waiting_groups
from anlan.store.readers.receipts import progress
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture

RAIL = Told(
    category_code="open_water", words="村口水塘的护栏断了约三米", area_code="990101001201", address="村口小店"
)
HOME = Sender("203.0.113.7")
HOUR = timedelta(hours=1)
SENT = iter(range(10**9))


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def send(told: Told = RAIL, sender: Sender = HOME, now: Any = NOON, token: str = "") -> Receipt | HeldReceipt:
    return take_report(
        acting_user=None, token=token or f"a-token-of-form-{next(SENT)}", told=told, sender=sender, now=now
    )


def told(n: int, **changes: Any) -> Told:
    """Words and a place that no other report has."""
    return replace(RAIL, words=f"第 {n} 处护栏断了，大概有三米长", address=f"村口第 {n} 家", **changes)


def solved(now: Any = NOON) -> str:
    asked = altcha.Challenge.from_dict(challenge(acting_user=None, now=now))
    found = altcha.solve_challenge(asked)
    assert found
    return altcha.Payload(asked, found).to_base64()


@pytest.fixture
def quick_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Challenges that take a blink, good from now on: their library looks at the real clock."""
    monkeypatch.setattr("anlan.flows.proof_of_work.COST", 1)
    monkeypatch.setattr("anlan.flows.proof_of_work.LASTS", timedelta(days=36_500))


def reasons() -> list[list[str]]:
    return [each.reasons for each in HeldReport.objects.order_by("pk")]


def test_an_ordinary_report_is_a_case_at_once(cast: Cast) -> None:
    assert isinstance(send(), Receipt)
    assert (Case.objects.count(), HeldReport.objects.count()) == (1, 0)


def test_a_proof_counts_once_whoever_sends_it(cast: Cast, quick_proofs: None) -> None:
    proof = solved()

    assert [spend(acting_user=None, proof=proof, now=NOON) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("wrong", ["", "x", "e30=", "bnVsbA==", "W10=", "A" * 5000, "\0", "é"])
def test_what_is_no_proof_is_none(cast: Cast, wrong: str) -> None:
    assert not spend(acting_user=None, proof=wrong, now=NOON)


def test_a_proof_of_somebody_elses_key_or_out_of_date_is_none(
    cast: Cast, quick_proofs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = altcha.create_challenge(
        "PBKDF2/SHA-256", 1, counter=1, expires_at=4_000_000_000, hmac_secret="x"
    )
    found = altcha.solve_challenge(forged)
    assert found
    assert not spend(acting_user=None, proof=altcha.Payload(forged, found).to_base64(), now=NOON)
    proof = solved()

    assert not spend(acting_user=None, proof=proof, now=NOON + timedelta(days=40_000))


def test_without_proof_the_quota_is_smaller_and_beyond_it_a_report_waits(
    cast: Cast, quick_proofs: None, settings: Any
) -> None:
    settings.ANLAN_PLAIN_REPORTS_PER_HOUR = 2
    plain = [send(told(n)) for n in range(3)]
    proven = send(told(3), replace(HOME, proof=solved()))
    elsewhere = send(told(4), Sender("203.0.114.7"))

    assert [type(each) for each in plain] == [Receipt, Receipt, HeldReceipt]
    assert (type(proven), type(elsewhere)) == (Receipt, Receipt)
    assert reasons() == [[HeldFor.PACE]]


def test_a_replayed_proof_counts_as_none(cast: Cast, quick_proofs: None, settings: Any) -> None:
    settings.ANLAN_PLAIN_REPORTS_PER_HOUR = 1
    sender = replace(HOME, proof=solved())

    assert [type(send(told(n), sender)) for n in range(3)] == [Receipt, Receipt, HeldReceipt]


def test_a_day_has_its_own_quota_and_the_next_day_begins_anew(cast: Cast, settings: Any) -> None:
    settings.ANLAN_PLAIN_REPORTS_PER_DAY = 2
    times = (NOON, NOON + 5 * HOUR, NOON + 10 * HOUR, NOON + 30 * HOUR)

    assert [type(send(told(n), now=now)) for n, now in enumerate(times)] == [
        *(Receipt, Receipt, HeldReceipt),
        Receipt,
    ]


def test_the_networks_of_version_6_are_those_of_56_bits(cast: Cast, settings: Any) -> None:
    settings.ANLAN_PLAIN_REPORTS_PER_HOUR = 1
    senders = (
        "2001:db8:1:100::1",
        "2001:db8:1:1ff::1",
        "2001:db8:1:200::1",
        "::ffff:203.0.113.9",
        "203.0.113.8",
    )

    assert [type(send(told(n), Sender(each))) for n, each in enumerate(senders)] == [
        *(Receipt, HeldReceipt),
        *(Receipt, Receipt, HeldReceipt),
    ]


def test_a_filled_trap_and_a_link_wait_and_words_of_danger_do_not(cast: Cast) -> None:
    trapped = replace(HOME, pot="https://buy.example")
    send(told(1), trapped)
    send(replace(told(2), words="详情见 www.cheap.top/rail"))
    urgent = send(replace(told(3), words="着火了 看 www.cheap.top"), trapped)

    assert reasons() == [[HeldFor.POT], [HeldFor.LINK]]
    assert isinstance(urgent, Receipt)


def test_a_flood_of_one_text_is_one_group_whatever_network_it_comes_from(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "SAME_WORDS", 2)
    for n in range(5):
        send(replace(told(n), words="领取补贴请联系 街道办公室老王"), Sender(f"203.0.{n}.1"))

    assert Report.objects.count() == 2
    assert [(each.why, each.reports, each.areas) for each in waiting_groups(cast.judy)] == [
        (HeldFor.SAME_WORDS, 3, 1)
    ]


def test_a_flood_of_one_place_is_let_in_as_one_case(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "SAME_PLACE", 2)
    for n in range(5):
        send(replace(told(n), address="村口小店", phone="13800001234"))
    before = Case.objects.count()

    done = decide_held(
        acting_user=cast.judy, group_id=group(), decision=Decision.LET_IN_TOGETHER, now=later()
    )

    case = Case.objects.order_by("pk").last()
    assert case
    assert (done, Case.objects.count(), case.report_count, case.reports.count()) == (3, before + 1, 3, 3)
    assert [each.contact.phone for each in case.reports.all()] == ["13800001234"] * 3
    assert [each.step for each in case.events.all()] == ["reported", "let_in"]


def later() -> Any:
    return NOON + HOUR


def group() -> int:
    return HeldGroup.objects.get().pk


def held(n: int = 0, **changes: Any) -> HeldReceipt:
    """A report that waits, of a group of all with this sign."""
    receipt = send(replace(told(n), **changes), replace(HOME, pot="x"))
    assert isinstance(receipt, HeldReceipt)
    return receipt


def followed(receipt: HeldReceipt) -> Followed:
    return follow_code(acting_user=None, typed=receipt.code or "", address="203.0.113.7", now=later())


def test_let_in_it_is_a_report_with_the_same_receipt_and_its_photos(cast: Cast) -> None:
    taken = picture(NOON)
    receipt = held(pictures=[taken], email="a@example.org")
    waits = followed(receipt)

    decide_held(acting_user=cast.judy, group_id=group(), decision=Decision.LET_IN, now=later())

    report = Report.objects.get()
    assert waits.held_id and waits.report_id is None
    assert followed(receipt) == Followed(report.pk)
    assert (report.received_at, report.case.opened_at) == (NOON, later())
    assert (Photo.objects.get().report, report.contact.email) == (report, "a@example.org")
    assert progress(report.pk).let_in_at == later()
    row = HeldReport.objects.get()
    assert (row.told, row.decided_by, row.decided_unit) == ({}, cast.judy.user, cast.judy.memberships[0].unit)


def test_set_aside_says_why_and_can_be_undone_until_its_words_are_erased(cast: Cast) -> None:
    first, second = held(1), held(2)
    decide_held(
        acting_user=cast.judy, group_id=group(), decision=Decision.SET_ASIDE, now=later(), reason="广告"
    )
    seen = held_progress(followed(first).held_id or 0)
    assert (seen.is_set_aside, seen.why, Case.objects.count()) == (True, "广告", 0)

    undo_set_aside(acting_user=cast.judy, held_id=followed(first).held_id or 0, now=later())
    month = NOON + timedelta(days=31)
    assert erase_set_aside(acting_user=None, now=month) == 1

    assert followed(first).report_id is not None
    with pytest.raises(NotFound):
        undo_set_aside(acting_user=cast.judy, held_id=followed(second).held_id or 0, now=month)


def test_the_same_form_again_is_held_once_and_shows_its_code(cast: Cast) -> None:
    first = send(told(1), replace(HOME, pot="x"), token="a-token-of-one-form-1")
    again = send(told(2), HOME, token="a-token-of-one-form-1")

    assert isinstance(first, HeldReceipt)
    assert again == replace(first, is_resend=True)
    assert HeldReport.objects.count() == 1


def test_a_set_aside_needs_a_reason(cast: Cast) -> None:
    held()

    with pytest.raises(Refused, match="reason_missing"):
        decide_held(acting_user=cast.judy, group_id=group(), decision=Decision.SET_ASIDE, now=later())


def test_who_may_not_moderate_there_finds_nothing_to_decide(cast: Cast) -> None:
    held()

    for who in (cast.dan, cast.alice):
        with pytest.raises(NotFound):
            decide_held(acting_user=who, group_id=group(), decision=Decision.LET_IN, now=later())
    assert waiting_groups(cast.dan) == []


def test_a_decision_is_for_what_lies_in_ones_areas_and_the_rest_waits(cast: Cast) -> None:
    held(1)
    held(2, area_code="990102002201")

    done = decide_held(acting_user=cast.judy, group_id=group(), decision=Decision.LET_IN, now=later())

    assert (done, HeldReport.objects.filter(decided_at=None).count()) == (1, 1)


def test_after_a_decision_the_next_one_is_of_a_new_group(cast: Cast) -> None:
    held(1)
    decide_held(acting_user=cast.judy, group_id=group(), decision=Decision.LET_IN, now=later())
    held(2)

    assert HeldGroup.objects.count() == 2


def test_taken_back_nothing_of_it_is_kept_and_nobody_decides(cast: Cast) -> None:
    receipt = held()
    held_id = followed(receipt).held_id or 0

    withdraw_held(acting_user=None, held_id=held_id, now=later())

    assert HeldReport.objects.get().told == {}
    with pytest.raises(NotFound):
        decide_held(acting_user=cast.judy, group_id=group(), decision=Decision.LET_IN, now=later())


def test_what_stood_for_networks_words_and_places_is_gone_after_a_day(
    cast: Cast, quick_proofs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held()
    send(told(5), replace(HOME, proof=solved()))
    monkeypatch.undo()

    forget_senders(acting_user=None, now=NOON + 25 * HOUR)

    assert SentCount.objects.count() == 0
    assert HeldGroup.objects.get().mark is None
    assert HeldReport.objects.filter(decided_at=None).count() == 1
    forget_senders(acting_user=None, now=NOON + timedelta(days=80_000))
    assert SpentProof.objects.count() == 0


def test_photos_that_wait_are_not_swept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = picture(NOON)
    photo_files.write(taken.id, b"picture", b"small")
    held(pictures=[taken])

    sweep_photos(now=NOON + timedelta(days=36_000))
    assert photo_files.picture_path(taken.id).exists()

    withdraw_held(acting_user=None, held_id=HeldReport.objects.get().pk, now=later())
    sweep_photos(now=NOON + timedelta(days=36_000))
    assert not photo_files.picture_path(taken.id).exists()


def test_the_contact_of_what_waits_is_erased_in_time_and_its_words_wait_on(cast: Cast) -> None:
    held(1, email="a@example.org")
    held(2, phone="13800001234")
    held(3)

    early = erase_held_contacts(acting_user=None, now=NOON + timedelta(days=90))
    done = [erase_held_contacts(acting_user=None, now=NOON + timedelta(days=91)) for _ in range(2)]

    assert (early, done) == (0, [2, 0])
    rows = [each.told for each in HeldReport.objects.order_by("pk")]
    assert [(each["email"], each["phone"]) for each in rows] == [("", "")] * 3
    assert all(each["words"] for each in rows)


def test_what_was_told_comes_back_as_it_was(cast: Cast) -> None:
    said = replace(RAIL, lng=121.24, lat=28.6, phone="1", pictures=[picture(NOON)], language="en")
    held(**{name: getattr(said, name) for name in ("lng", "lat", "phone", "pictures", "language")})

    kept = told_of(HeldReport.objects.get().told)

    assert replace(kept, words=said.words, address=said.address) == said


def test_every_look_is_kept_once_a_day_and_cannot_be_changed(cast: Cast) -> None:
    held()
    for _ in range(2):
        look_at_held(acting_user=cast.judy, group_id=group(), now=NOON)

    assert HeldLook.objects.count() == 1
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        HeldLook.objects.all().delete()
