"""Readings are judged by the rules in the transaction that stores them, before they are stored.

What a rule remembers of a series is written together with the readings that moved it, so that after a
`kill -9` nothing is judged twice and nothing is passed by. The newest stored reading of a series says up to
where it was judged; a lane with nothing to remember has no row and costs no write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from anlan.base.when_used import when_used
from anlan.flows.mend_judgements import late_readings, late_since, mend
from anlan.flows.raise_later import raise_some
from anlan.flows.rule_firings import store_firings
from anlan.flows.rule_states import store_states
from anlan.sensing.rules.judging import LONG_AGO, NEVER, judge, judge_sites
from anlan.sensing.rules.lanes import Lanes, Moments, in_lanes
from anlan.sensing.rules.repairing import UNREPAIRED
from anlan.sensing.rules.states import changed, newest_of_sites
from anlan.sensing.rules.terms import Transition
from anlan.store.models import RuleFiring
from anlan.store.readers.rules import Judging, newest_judged, read_rules, states_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

LOCK = 7104
PARTS = 64
"""Two that store readings of the same series take turns: a lock for each of so many parts of all series."""


class NotNew(Exception):
    """Of readings that were stored before they were judged one is late, or was stored already."""


def judge_readings(
    series: NDArray[np.int32],
    at: Moments,
    value: NDArray[np.float64],
    now: datetime,
    rules: Sequence[Judging] | None = None,
    none_is_late: Callable[[], object] | None = None,
) -> list[RuleFiring]:
    """Judge n readings (series, microseconds since 1970, value) that are about to be stored; what was found.

    Call it in the transaction that stores them, before they are stored. `rules` are those of a RuleBook;
    without them those of these series are read. Readings that are stored already change nothing.

    With `none_is_late` they were stored in the same transaction, all of them new: it is called once they are
    known to be newer than what was judged. Raises NotNew when they are not, since what is late is judged
    beside what was stored before it.
    """
    if not len(series):
        return []
    rules = read_rules(np.unique(series).tolist()) if rules is None else rules
    judged = np.unique(np.concatenate([each.series for each in rules])) if rules else np.empty(0, np.int32)
    here = np.isin(series, judged)
    if not here.any():
        return []
    lanes = in_lanes(series[here], at[here], value[here])
    _take_turns(lanes.key)
    last, ahead = newest_judged(lanes.key, LONG_AGO), zone_ahead(now)
    late_ones = late_readings(lanes, last)
    if none_is_late is not None:
        if len(late_ones.at):
            raise NotNew
        none_is_late()
    since = late_since(lanes, late_ones)
    late = since < NEVER
    mended = mend(rules, lanes.only(late), last[late], since[late], ahead)
    found = [each for one in mended for each in (*one.missed, *one.new)]
    unheard = {id(each) for one in mended for each in one.missed}
    unheard -= {id(each) for one in mended for each in one.telling}
    for rule in rules:
        walked = np.ones(len(late), np.bool_) if rule.kind in UNREPAIRED else ~late
        found += _judged(rule, lanes.only(walked), last[walked], ahead)
    firings = store_firings(found, now)
    heard = [row for each, row in zip(found, firings, strict=True) if id(each) not in unheard]
    raise_some(heard, now)
    return firings


def _judged(rule: Judging, lanes: Lanes, last: Moments, zone_us: int) -> list[Transition]:
    return _by_site(rule, lanes) if rule.by_site else _by_series(rule, lanes, last, zone_us)


def _take_turns(series: NDArray[np.int32]) -> None:
    parts = np.unique(series % PARTS).tolist()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, part) FROM unnest(%s::int[]) AS part", [LOCK, parts])


def zone_ahead(now: datetime) -> int:
    """How far the clock on the wall of the city is ahead of UTC now, in microseconds."""
    offset = now.astimezone(ZoneInfo(settings.TIME_ZONE)).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def _by_series(rule: Judging, lanes: Lanes, last: Moments, zone_us: int) -> list[Transition]:
    mine = np.isin(lanes.key, rule.series)
    if not mine.any():
        return []
    own = lanes.only(mine)
    states = states_of(rule, own.key)
    before = states.copy()
    found = judge(rule.versions, own, last[mine], states, zone_us)
    store_states(rule, own.key, states, changed(before, states))
    return found


def _by_site(rule: Judging, lanes: Lanes) -> list[Transition]:
    """Readings of all sensors of a site, in the order of their time."""
    mine = np.isin(lanes.series, rule.series)
    if not mine.any():
        return []
    series = lanes.series[mine]
    sites = rule.site[np.searchsorted(rule.series, series)]
    own = in_lanes(series, lanes.at[mine], lanes.value[mine], sites)
    _take_turns(own.key)
    states = states_of(rule, own.key)
    before = states.copy()
    found = judge_sites(rule.versions, own, newest_of_sites(states), states)
    store_states(rule, own.key, states, changed(before, states))
    return found
