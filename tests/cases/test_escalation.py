"""Who hears of a stage, and when."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.deadlines import Tone, tone
from anlan.cases.escalation import GRACE, Rung, rung_reached, rungs_between
from tests.conftest import NOON

HOUR = timedelta(hours=1)
NEAR, DUE = NOON - 8 * HOUR, NOON
moments = st.datetimes(NOON.replace(tzinfo=None) - 99 * HOUR, NOON.replace(tzinfo=None) + 399 * HOUR).map(
    lambda at: at.replace(tzinfo=NOON.tzinfo)
)


@pytest.mark.parametrize(
    ("hours", "rung"),
    [
        (-8.1, Rung.NOBODY),
        (-8, Rung.HANDLER),
        (-0.1, Rung.HANDLER),
        (0, Rung.UNIT_HEAD),
        (24, Rung.TOWNSHIP),
        (72, Rung.COUNTY),
        (167, Rung.COUNTY),
        (168, Rung.CITY),
        (9999, Rung.CITY),
    ],
)
def test_each_rung_hears_after_its_grace(hours: float, rung: Rung) -> None:
    assert rung_reached(NEAR, DUE, NOON + hours * HOUR) is rung


def test_after_a_day_in_which_nobody_looked_every_rung_hears_but_that_the_end_is_near() -> None:
    assert rungs_between(Rung.NOBODY, Rung.HANDLER) == ((Rung.HANDLER, True),)
    assert rungs_between(Rung.NOBODY, Rung.TOWNSHIP) == (
        (Rung.HANDLER, False),
        (Rung.UNIT_HEAD, True),
        (Rung.TOWNSHIP, True),
    )


@given(st.lists(moments, max_size=12))
def test_whenever_somebody_looks_each_rung_is_kept_once_and_upwards(looks: list) -> None:
    kept: list[Rung] = []
    for now in looks:  # in any order: the machine's clock may be set back
        before = kept[-1] if kept else Rung.NOBODY
        kept += [rung for rung, _ in rungs_between(before, rung_reached(NEAR, DUE, now))]

    assert kept == [Rung(number) for number in range(1, len(kept) + 1)]
    assert (Rung.CITY in kept) == any(now >= DUE + GRACE[Rung.CITY] for now in looks)


@given(moments)
def test_a_page_is_amber_and_red_exactly_while_somebody_is_told_so(now: datetime) -> None:
    told = rung_reached(NEAR, DUE, now)
    tones = {Rung.NOBODY: Tone.OK, Rung.HANDLER: Tone.NEAR}

    assert tone(NEAR, DUE, now) is tones.get(told, Tone.OVER)
