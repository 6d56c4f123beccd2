"""One place, one cause, one silence: which alarm stands for another."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from anlan.sensing.alarms.holding import holder_of, outgrows
from anlan.sensing.alarms.terms import AlarmSource, AlarmState, Cause, HeldWhy
from anlan.sensing.terms import Colour

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
VILLAGE, TOWNSHIP = "990100.990101.990101001.990101001201.", "990100.990101.990101001."


@dataclass(frozen=True)
class Known:
    """An open alarm."""

    pk: int = 1
    source: str = AlarmSource.RULE
    state: str = AlarmState.RAISED
    severity: str = Colour.ORANGE
    raised_at: datetime = NOON
    area_path: str = VILLAGE
    site_id: int | None = 7
    group_by: str = "rule:smoke"
    says_silent: bool = False


NEW = Cause(
    AlarmSource.RULE, "rule:smoke:device:2", Colour.YELLOW, NOON + timedelta(minutes=1), VILLAGE, site=7
)
SILENT = replace(NEW, says_silent=True, site=None)
POWER_CUT = Known(source=AlarmSource.OUTAGE, area_path=TOWNSHIP, site_id=None, group_by="", says_silent=True)
ANSWERED = Known(state=AlarmState.ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("new", "known", "held"),
    [
        pytest.param(NEW, Known(), HeldWhy.GROUPED, id="same place"),
        pytest.param(replace(NEW, site=8), Known(), None, id="another place, no cause named"),
        pytest.param(replace(NEW, site=8, group_by="rule:smoke"), Known(), HeldWhy.GROUPED, id="same cause"),
        pytest.param(
            replace(NEW, site=8, group_by="rule:smoke", at=NOON + timedelta(minutes=6)),
            Known(),
            None,
            id="same cause, later",
        ),
        pytest.param(replace(NEW, at=NOON + timedelta(minutes=31)), Known(), None, id="same place, later"),
        pytest.param(replace(NEW, severity=Colour.RED), Known(), None, id="worse than its leader"),
        pytest.param(
            NEW, Known(state=AlarmState.ESCALATED), HeldWhy.GROUPED, id="same place, told further up"
        ),
        pytest.param(NEW, ANSWERED, None, id="another danger at a place that somebody sees to"),
        pytest.param(replace(NEW, group_by="rule:water"), ANSWERED, None, id="another rule there"),
        pytest.param(
            replace(NEW, group_by="rule:smoke"), ANSWERED, HeldWhy.GROUPED, id="the same danger there"
        ),
        pytest.param(SILENT, POWER_CUT, HeldWhy.INHIBITED, id="silent in a silent area"),
        pytest.param(
            SILENT,
            replace(POWER_CUT, state=AlarmState.ACKNOWLEDGED),
            HeldWhy.INHIBITED,
            id="silence that is known",
        ),
        pytest.param(replace(NEW, site=None), POWER_CUT, None, id="smoke in a silent area is told"),
        pytest.param(replace(SILENT, area_path="990100.990102."), POWER_CUT, None, id="silent elsewhere"),
        pytest.param(SILENT, Known(site_id=None), None, id="silence is no smoke"),
    ],
)
def test_who_holds_a_new_alarm(new: Cause, known: Known, held: HeldWhy | None) -> None:
    assert holder_of(new, [known]) == (None if held is None else (known.pk, held))


def test_nothing_holds_the_first_alarm() -> None:
    assert holder_of(NEW, []) is None


def test_the_oldest_leads() -> None:
    younger = Known(pk=1, raised_at=NOON + timedelta(seconds=30))
    assert holder_of(NEW, [younger, Known(pk=2)]) == (2, HeldWhy.GROUPED)


def test_only_the_worse_outgrows() -> None:
    order = (Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED)
    for (place, one), (other_place, other) in product(enumerate(order), repeat=2):
        assert outgrows(one, other) == (place > other_place)
