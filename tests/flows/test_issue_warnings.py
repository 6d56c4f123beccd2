"""Warnings on their way: two persons, chains, drills, ends; every message that leaves passes our checker."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
import shapely
from django.db import DatabaseError, transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.issue_warnings import (
    WarningFacts,
    begin_drill,
    change_warning,
    draft_cancel,
    draft_warning,
    drop_warning,
    end_drill,
    expire_warnings,
    hand_in,
    issue_warning,
    send_back,
)
from anlan.sensing.cap.checking import faults_of
from anlan.sensing.terms import WarningState, WarningStep
from anlan.sensing.warning_states import AFTER, after
from anlan.store.models import Warning, WarningEvent
from anlan.store.readers.staff import Acting
from anlan.store.readers.warnings import in_force
from tests.cast import Cast
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)

FACTS = WarningFacts(
    status="Actual",
    typed_status="Actual",
    area_code="990101",
    colour="orange",
    category="Met",
    urgency="Expected",
    certainty="Likely",
    event_zh="水位上涨",
    event_en="Rising water",
    headline_zh="下塘水位上涨，远离水边",
    headline_en="Water rises at Xiatang pond: keep away",
    description_zh="水位 3.2 m。",
    description_en="",
    instruction_zh="不要下水。",
    instruction_en="",
    shape="",
    onset=NOON,
    expires=NOON + 6 * HOUR,
)


def drafted(who: Acting, **changes: object) -> Warning:
    return draft_warning(acting_user=who, facts=replace(FACTS, **changes), now=NOON)  # type: ignore[arg-type]


def issued(writer: Acting, signer: Acting, **changes: object) -> Warning:
    message = drafted(writer, **changes)
    hand_in(acting_user=writer, warning_id=message.pk, now=NOON)
    return issue_warning(acting_user=signer, warning_id=message.pk, typed_status=message.status, now=NOON)


def refused(reason: str) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, match=f"^{reason}$")


def test_every_pair_of_state_and_step_is_in_the_table_or_refused() -> None:
    for state, step in product(WarningState, WarningStep):
        if (state, step) in AFTER:
            assert after(state, step) == AFTER[state, step]
        else:
            with refused("warning_step_not_allowed"):
                after(state, step)


def test_orange_leaves_by_the_hand_of_a_second_person_alone(cast: Cast) -> None:
    message = drafted(cast.carol)
    with refused("second_person_missing"):
        issue_warning(acting_user=cast.carol, warning_id=message.pk, typed_status="Actual", now=NOON)
    hand_in(acting_user=cast.carol, warning_id=message.pk, now=NOON)
    with refused("signs_own"):
        issue_warning(acting_user=cast.carol, warning_id=message.pk, typed_status="Actual", now=NOON)
    with refused("status_not_typed"):
        issue_warning(acting_user=cast.liu, warning_id=message.pk, typed_status="yes", now=NOON)
    sent = issue_warning(acting_user=cast.liu, warning_id=message.pk, typed_status="Actual", now=NOON)

    assert (sent.state, faults_of(sent.document.encode())) == ("issued", [])
    assert "<severity>Severe</severity>" in sent.document
    assert "<value>orange</value>" in sent.document
    assert [each.pk for each in in_force(NOON)] == [sent.pk]


def test_who_corrected_a_message_does_not_sign_it(cast: Cast) -> None:
    message = drafted(cast.carol)
    hand_in(acting_user=cast.carol, warning_id=message.pk, now=NOON)
    send_back(acting_user=cast.liu, warning_id=message.pk, why="时间不对", now=NOON)
    change_warning(acting_user=cast.liu, warning_id=message.pk, facts=replace(FACTS, colour="red"), now=NOON)
    hand_in(acting_user=cast.liu, warning_id=message.pk, now=NOON)
    with refused("signs_own"):
        issue_warning(acting_user=cast.liu, warning_id=message.pk, typed_status="Actual", now=NOON)


def test_yellow_is_issued_by_its_writer(cast: Cast) -> None:
    message = drafted(cast.carol, colour="yellow")
    sent = issue_warning(acting_user=cast.carol, warning_id=message.pk, typed_status="Actual", now=NOON)
    assert sent.state == "issued"


def test_an_update_and_a_cancel_name_all_that_came_before(cast: Cast) -> None:
    first = issued(cast.carol, cast.liu)
    second = draft_warning(
        acting_user=cast.carol, facts=replace(FACTS, colour="yellow"), now=NOON, follows=first.pk
    )
    with refused("warning_has_follower"):
        draft_cancel(acting_user=cast.carol, warning_id=first.pk, why="水退了", now=NOON)
    issue_warning(acting_user=cast.carol, warning_id=second.pk, typed_status="Actual", now=NOON + HOUR)
    third = draft_cancel(acting_user=cast.carol, warning_id=second.pk, why="水退了", now=NOON + HOUR)
    issue_warning(acting_user=cast.carol, warning_id=third.pk, typed_status="Actual", now=NOON + 2 * HOUR)

    states = Warning.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["updated", "cancelled", "issued"]
    third.refresh_from_db()
    assert faults_of(third.document.encode()) == []
    assert [each.split(",")[1] for each in third.references.split()] == [first.identifier, second.identifier]
    assert in_force(NOON + 2 * HOUR) == []


def test_a_warning_is_updated_and_called_off_however_often_it_was_updated(cast: Cast) -> None:
    last = issued(cast.carol, cast.liu, colour="yellow")
    sent = [last.identifier]
    for _ in range(13):
        facts = replace(FACTS, colour="yellow")
        update = draft_warning(acting_user=cast.carol, facts=facts, now=NOON, follows=last.pk)
        last = issue_warning(acting_user=cast.carol, warning_id=update.pk, typed_status="Actual", now=NOON)
        sent.append(last.identifier)
    end = draft_cancel(acting_user=cast.carol, warning_id=last.pk, why="水退了", now=NOON)
    ended = issue_warning(acting_user=cast.carol, warning_id=end.pk, typed_status="Actual", now=NOON)
    assert faults_of(ended.document.encode()) == []
    assert [each.split(",")[1] for each in ended.references.split()] == sent


def test_the_worst_warnings_are_shown_though_there_are_more_than_fit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for colour in ("blue", "red", "yellow"):
        issued(cast.carol, cast.liu, colour=colour)
    monkeypatch.setattr("anlan.store.readers.warnings.MOST", 2)
    assert [each.colour for each in in_force(NOON)] == ["red", "yellow"]


def test_a_drill_never_becomes_the_real_thing(cast: Cast) -> None:
    drill = begin_drill(acting_user=cast.liu, area_code="990100", words="防汛演练", now=NOON)
    with refused("drill_running"):
        drafted(cast.carol)
    message = issued(cast.carol, cast.liu, status="Exercise", typed_status="Exercise")
    assert "<status>Exercise</status>" in message.document
    assert "演练：" in message.document
    assert in_force(NOON) == []
    assert in_force(NOON, meant=False) == [message]
    with refused("drill_stays_drill"):
        draft_warning(acting_user=cast.carol, facts=FACTS, now=NOON, follows=message.pk)

    end_drill(acting_user=cast.liu, drill_id=drill.pk, now=NOON + HOUR)
    message.refresh_from_db()
    assert message.state == "expired"
    assert drafted(cast.carol).status == "Actual"


def test_a_real_warning_can_be_called_off_during_a_drill(cast: Cast) -> None:
    real = issued(cast.carol, cast.liu, colour="yellow")
    begin_drill(acting_user=cast.liu, area_code="990100", words="防汛演练", now=NOON)
    end = draft_cancel(acting_user=cast.carol, warning_id=real.pk, why="水退了", now=NOON)
    issue_warning(acting_user=cast.carol, warning_id=end.pk, typed_status="Actual", now=NOON)
    assert in_force(NOON) == []


def test_a_shape_lies_inside_the_area(cast: Cast) -> None:
    cast.county_1.boundary = shapely.to_wkb(shapely.MultiPolygon([shapely.box(121, 28, 122, 29)]))
    cast.county_1.save()
    good = drafted(cast.carol, shape="28.1,121.1 28.2,121.1 28.2,121.2")
    assert good.polygon[0] == good.polygon[-1] == [28.1, 121.1]
    with refused("shape_outside"):
        drafted(cast.carol, shape="28.1,121.1 28.2,121.1 28.2,123")
    for wrong in ("28.1,121.1 28.2,121.1", "28.1 121.1", "a,b c,d e,f"):
        with refused("shape_malformed"):
            drafted(cast.carol, shape=wrong)


def test_nobody_warns_outside_their_area_or_without_the_role(cast: Cast) -> None:
    for who in (cast.dan, cast.alice, cast.grace, cast.frank, cast.nobody):
        with pytest.raises(NotFound):
            drafted(who)
    message = drafted(cast.carol)
    for who in (cast.dan, cast.ivan, cast.bob):
        with pytest.raises(NotFound):
            drop_warning(acting_user=who, warning_id=message.pk, now=NOON)


def test_times_and_reasons_are_asked_for(cast: Cast) -> None:
    with refused("expires_too_early"):
        drafted(cast.carol, expires=NOON)
    real = issued(cast.carol, cast.liu)
    with refused("reason_missing"):
        draft_cancel(acting_user=cast.carol, warning_id=real.pk, why=" ", now=NOON)


def test_a_warning_ends_when_its_time_is_over_once(cast: Cast) -> None:
    issued(cast.carol, cast.liu)
    assert expire_warnings(acting_user=None, now=NOON + 5 * HOUR) == 0
    assert expire_warnings(acting_user=None, now=NOON + 6 * HOUR) == 1
    assert expire_warnings(acting_user=None, now=NOON + 6 * HOUR) == 0
    assert Warning.objects.get().state == "expired"


def test_what_happened_to_a_warning_cannot_be_changed(cast: Cast) -> None:
    message = drafted(cast.carol)
    with pytest.raises(DatabaseError), transaction.atomic():
        WarningEvent.objects.filter(warning=message).delete()
