"""Who appeals never decides; any of somebody's roles above the unit may."""

from datetime import date, timedelta

import pytest

from anlan.base.errors import Refused
from anlan.cases.terms import State
from anlan.flows.appeal_score import appeal_score, decide_appeal
from anlan.flows.score_month import score_months
from anlan.staff.terms import Role
from anlan.store.models import Area, Membership, ScoreAppeal, Unit
from anlan.store.readers.score_appeals import may_decide
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=6)


def also(who: Acting, role: Role, unit: Unit, area: Area) -> Acting:
    """The same person with one role more, after those they had."""
    Membership.objects.create(
        user=who.user, role=role, unit=unit, unit_path=unit.path, area=area, area_path=area.path
    )
    return acting_for(who.user)


def appealed(cast: Cast, who: Acting) -> ScoreAppeal:
    case = walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=LATER)
    return appeal_score(
        acting_user=who,
        month=date(2026, 11, 1),
        index="closed",
        unit_code="committee-111",
        case_id=case.pk,
        reason="A flood",
        now=LATER,
    )


def decide(who: Acting, appeal: ScoreAppeal) -> ScoreAppeal:
    return decide_appeal(acting_user=who, appeal_id=appeal.pk, accepted=True, answer="So it was", now=LATER)


def test_a_person_with_a_role_below_and_one_above_does_not_decide_their_own_appeal(cast: Cast) -> None:
    both = also(cast.alice, Role.DISPATCHER, cast.office_11, cast.township_11)
    appeal = appealed(cast, both)

    with pytest.raises(Refused, match="appeal_of_ones_own"):
        decide(both, appeal)

    assert not may_decide(both, appeal)
    assert decide(cast.ivan, appeal).decided_by == cast.ivan.user


def test_a_role_above_counts_though_another_role_stands_beside(cast: Cast) -> None:
    beside = also(cast.nobody, Role.DISPATCHER, cast.water_bureau_1, cast.county_1)
    appeal = appealed(cast, cast.alice)
    with pytest.raises(Refused, match="decider_not_above"):
        decide(beside, appeal)

    above = also(beside, Role.DISPATCHER, cast.desk_1, cast.county_1)

    assert above.memberships[0].unit == cast.water_bureau_1  # the first role that may is not above
    assert may_decide(above, appeal)
    assert decide(above, appeal).accepted
