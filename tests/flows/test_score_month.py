"""The nightly figures: idempotent, restartable, final once published."""

from datetime import date, timedelta

import pytest

from anlan.cases.terms import State
from anlan.flows.score_month import score_months
from anlan.store.models import Score
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
LATER = NOON + timedelta(days=6)


def figures(kind: str, code: str) -> dict[str, tuple[int, int]]:
    rows = Score.objects.filter(kind=kind, code=code, replaced=False)
    return {row.index: (row.numerator, row.denominator) for row in rows}


def test_a_closed_case_counts_for_the_units_whose_work_it_was(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, NOON)

    score_months(acting_user=None, now=LATER)

    handled = {
        "closed": (1, 1),
        "on_time": (1, 1),
        "rework": (0, 1),
        "first_time_fix": (1, 1),
        "recurrence": (0, 1),
        "verified_on_site": (1, 1),
    }
    guards = {
        **dict.fromkeys(("parked", "cancelled", "merged", "recategorised", "quick"), (0, 1)),
        "same_pair": (1, 1),
    }
    assert figures("unit", "committee-111") == handled | guards
    assert figures("area", "990101001201")["accepted"] == (1, 1)
