"""A look at the clock moves lanes as the compiled walk over one reading of each would."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.sensing.rules.judging import judge, spans
from anlan.sensing.rules.lanes import Lanes
from anlan.sensing.rules.silences import judge_silence
from anlan.sensing.rules.states import blank
from anlan.sensing.rules.terms import SEVERITIES, Level, Rule, RuleKind
from tests.examples import examples

SECOND = 1_000_000
LOOKS = st.lists(st.lists(st.floats(0, 12), min_size=3, max_size=3).map(np.array), min_size=1, max_size=6)
WAITS = st.sampled_from([0, 60, 150])


@settings(deadline=None, max_examples=examples(30))
@given(LOOKS, WAITS, WAITS)
def test_silences_are_judged_as_readings_of_how_long_they_last(
    looks: list[np.ndarray], hold: int, clear: int
) -> None:
    levels = (Level(SEVERITIES[0], 3, 2), Level(SEVERITIES[2], 6, 5))
    rule = Rule("quiet", 1, "any", "level", RuleKind.MISSING, levels, hold_seconds=hold, clear_seconds=clear)
    series, versions = np.array([4, 7, 9], np.int32), spans([rule])
    one, other = blank(RuleKind.MISSING, 3), blank(RuleKind.MISSING, 3)
    places = np.arange(3, dtype=np.int64)

    for number, missed in enumerate(looks, start=100):
        now = number * 60 * SECOND
        heard = (now - missed * SECOND).astype(np.int64)
        found = judge_silence(versions, series, heard, np.ones(3), 0, now, one)
        silent = (now - heard) / 1e6
        lanes = Lanes(series, places, places + 1, np.full(3, now, np.int64), silent, series)
        assert found == judge(versions, lanes, np.minimum(heard, now - 1), other)
        assert np.array_equal(one, other, equal_nan=True)
