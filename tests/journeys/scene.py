"""A working day in the cast's city: one case in each state, overdue, near due and parked ones."""

from dataclasses import replace
from datetime import datetime, timedelta

from anlan.cases.terms import State
from anlan.flows.cover_sites import cover_sites
from anlan.flows.erase_photos import erase_photos
from anlan.flows.escalate_cases import escalate_cases, tell_escalations
from anlan.flows.handle_case import return_case
from anlan.flows.join_cases import join_case
from anlan.flows.park_case import park_case
from anlan.flows.score_month import score_months
from anlan.flows.shadow_rules import run_beside
from anlan.flows.triage_case import reject_case
from anlan.flows.verify_case import fail_case
from anlan.sensing.rules.terms import Level
from anlan.sensing.terms import Colour
from anlan.store.models import Case, DeviceLiveness, LatestValue
from anlan.store.readers.rule_views import versions_of_rule
from tests.cast import Cast
from tests.devices import a_camera, a_device, a_pond_gauge, a_series, readings
from tests.flows.alarms import a_rule, found
from tests.flows.walks import HOUR, new, walked_to

WORDS = (
    "渡头埠头台阶缺 2 级，无警示。晚上有人去洗衣服，看不见。",
    "老街 47 号一楼通道停满电动车，充电线从二楼拉下来",
    "桥头路灯连续 3 盏不亮",
    "The railing beside the school bus stop is loose and the drop behind it is about two metres deep",
)


def set_scene(cast: Cast, now: datetime) -> dict[str, Case]:
    """Cases by state, and "late" and "near" ones."""
    set_devices(cast, now)
    set_history(cast, now)
    supervised = _supervised(cast, now)
    cases = {state.value: walked_to(state, cast, now - 7 * HOUR) for state in ROAD}
    cases |= {f"more-{n}": new(cast, now - n * HOUR, words) for n, words in enumerate(WORDS)}
    cases |= {name: walked_to(state, cast, now - 7 * HOUR) for name, state in BEGUN.items()}
    cases["leaves"] = walked_to(State.DISPATCHED, cast, now - 3 * HOUR)
    cases["between"] = new(cast, now - HOUR, "埠头石阶松动")
    cases["late"] = new(cast, now - timedelta(days=3), "下涂塘埂渗漏，水已经流到路面上")
    cases["rework"] = _rework(cast, now)
    cases["returned"] = _returned(cast, now)
    cases["parked"] = _parked(cast, now)
    cases["supervised"] = supervised
    cases["rejected"] = _rejected(cast, now)
    cases["merged"] = _merged(cast, now, cases["new"])
    score_months(acting_user=None, now=now)
    cases["erased"] = _erased(cast, now)  # after the scores: there would be forty months of them
    return {name: Case.objects.get(pk=case.pk) for name, case in cases.items()}


def set_history(cast: Cast, now: datetime) -> None:
    """A case closed 100 days ago came back after its month was final: the next night revises its figures."""
    walked_to(State.CLOSED, cast, now - timedelta(days=100))
    score_months(acting_user=None, now=now - timedelta(days=60))
    walked_to(State.CLOSED, cast, now - timedelta(days=50))


ROAD = (
    State.NEW,
    State.ACCEPTED,
    State.DISPATCHED,
    State.IN_PROGRESS,
    State.RECTIFIED,
    State.VERIFIED,
    State.CLOSED,
)


BEGUN = {
    "raced": State.NEW,
    "to-park": State.DISPATCHED,
    "to-return": State.DISPATCHED,
    "wrongly-sent": State.DISPATCHED,
    "of-two-units": State.DISPATCHED,
    "to-fail": State.RECTIFIED,
    "drawn": State.RECTIFIED,
    "drawn-anew": State.RECTIFIED,
}
"""Cases of journeys that begin where others have been: in a browser that part is gone once."""


def _supervised(cast: Cast, now: datetime) -> Case:
    """A case that its unit left lying until the city heard, as the worker found it on its rounds."""
    case = walked_to(State.IN_PROGRESS, cast, now - timedelta(days=14))
    assert case.due_at is not None
    for hours in (-2, 0, 24, 72, 168):
        at = case.due_at + hours * HOUR
        escalate_cases(acting_user=None, now=at)
        tell_escalations(acting_user=None, now=at)
    return case


def _rework(cast: Cast, now: datetime) -> Case:
    case = walked_to(State.RECTIFIED, cast, now - 30 * HOUR)
    why = "2 根立柱用手能推动。"
    return fail_case(acting_user=cast.bob, case_id=case.pk, version=case.version, now=now - HOUR, reason=why)


def _returned(cast: Cast, now: datetime) -> Case:
    case = walked_to(State.DISPATCHED, cast, now - 5 * HOUR)
    why = "这段路归县公路中心管"
    return return_case(acting_user=cast.alice, case_id=case.pk, version=case.version, now=now, reason=why)


def _parked(cast: Cast, now: datetime) -> Case:
    case = walked_to(State.ACCEPTED, cast, now - 50 * HOUR)
    return park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=now - 40 * HOUR,
        reason="等枯水期",
        review_at=now + timedelta(days=20),
    )


def _rejected(cast: Cast, now: datetime) -> Case:
    case = new(cast, now - 9 * HOUR, "邻居家的狗太吵")
    why = "不是公共安全隐患，已告诉上报人找物业"
    return reject_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=now, reason=why)


def _erased(cast: Cast, now: datetime) -> Case:
    """A case that was closed so long ago that its photos are erased."""
    case = walked_to(State.CLOSED, cast, now - timedelta(days=1200))
    erase_photos(acting_user=None, now=now)
    return case


def _merged(cast: Cast, now: datetime, into: Case) -> Case:
    case = new(cast, now - HOUR, "塘边护栏断了")
    return join_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=now, into_id=into.pk)


def set_devices(cast: Cast, now: datetime) -> None:
    """A gauge with a day of readings, a silent one, two cameras, and the figures of last night."""
    gauge, silent = a_pond_gauge(cast), a_device("gauge-112", cast.village_112, lng=121.26, lat=28.61)
    series = a_series(gauge)
    stored = readings(series, now - timedelta(hours=20), [1.2 + n % 7 / 50 for n in range(200)])
    LatestValue.objects.create(series=series, at=stored[-1].at, value=1.3, received_at=stored[-1].at)
    rule = a_rule(gauge, levels=(Level(Colour.YELLOW, 3.0, 2.8), Level(Colour.RED, 4.0, 3.8)))
    found(rule, gauge, Colour.YELLOW, now - 2 * HOUR, shadow=True)
    _, said = versions_of_rule(rule.rule.code)[0]
    lower = replace(said, levels=(Level(Colour.YELLOW, 2.5, 2.3),))
    copy = run_beside(acting_user=cast.grace, rule=lower, why="提前告警", now=now - 2 * HOUR)
    found(copy.versions.get(), gauge, Colour.YELLOW, now - HOUR, shadow=True)
    cameras = [a_camera(f"cam-{n}", cast.village_111, lng=121.24, lat=28.6) for n in range(2)]
    for device, state in ((gauge, "online"), (silent, "offline"), (cameras[0], "online")):
        DeviceLiveness.objects.create(device=device, state=state, since=now)
    for days in range(3, -1, -1):
        cover_sites(acting_user=None, now=now - timedelta(days=days))
