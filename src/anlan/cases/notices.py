"""Which events of a case are told to whom."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from anlan.cases.escalation import Rung
from anlan.cases.terms import Severity, Step


class NoticeKind(StrEnum):
    """What a notice says."""

    NEW_REPORT = "new_report"
    GIVEN = "given"  # a case is yours
    TASK_GIVEN = "task_given"  # your part of a case that another unit leads
    REWORK = "rework"
    RETURNED = "returned"  # wrong unit: send it elsewhere
    TO_VERIFY = "to_verify"
    VERIFIED = "verified"  # ready to be closed
    REOPENED = "reopened"
    NEAR_DUE = "near_due"
    OVERDUE = "overdue"
    TIME_ASKED = "time_asked"  # a unit needs more time: grant or decline
    TIME_ANSWERED = "time_answered"
    ESCALATED = "escalated"  # overdue for so long that a level above hears
    ALARM = "alarm"  # a device, or many, saw something abnormal
    WARNING = "warning"  # one to people, in an area of the member
    HELD = "held"  # reports wait until a person has looked
    HELD_URGENT = "held_urgent"  # the same, and one sounds as if somebody were in danger


class Audience(StrEnum):
    """Who hears of it."""

    UNIT = "unit"  # the handlers of the responsible unit, and its desk
    DESK = "desk"  # the nearest dispatchers, and the nearest desk
    VERIFIERS = "verifiers"  # those who were drawn, or the nearest outside the responsible unit


TOLD: Mapping[str, tuple[NoticeKind, Audience]] = MappingProxyType(
    {
        "reported": (NoticeKind.NEW_REPORT, Audience.DESK),
        Step.DISPATCH: (NoticeKind.GIVEN, Audience.UNIT),
        Step.FAIL: (NoticeKind.REWORK, Audience.UNIT),
        Step.NOT_FIXED: (NoticeKind.REWORK, Audience.UNIT),
        Step.RETURN: (NoticeKind.RETURNED, Audience.DESK),
        Step.RECTIFY: (NoticeKind.TO_VERIFY, Audience.VERIFIERS),
        Step.PASS: (NoticeKind.VERIFIED, Audience.DESK),
        Step.REOPEN: (NoticeKind.REOPENED, Audience.DESK),
        "extension_asked": (NoticeKind.TIME_ASKED, Audience.DESK),
        "extension_granted": (NoticeKind.TIME_ANSWERED, Audience.UNIT),
        "extension_declined": (NoticeKind.TIME_ANSWERED, Audience.UNIT),
        "interim_overdue": (NoticeKind.OVERDUE, Audience.UNIT),
        "drawn_again": (NoticeKind.TO_VERIFY, Audience.VERIFIERS),
        "task_given": (NoticeKind.TASK_GIVEN, Audience.UNIT),
        "task_fail": (NoticeKind.REWORK, Audience.UNIT),
        "task_rectify": (NoticeKind.TO_VERIFY, Audience.VERIFIERS),
        "task_drawn_again": (NoticeKind.TO_VERIFY, Audience.VERIFIERS),
    }
)
"""Event: what it says, and to whom; of a task, its own unit and verifiers.

What is not here is told to nobody."""

KIND_OF_RUNG: Mapping[Rung, NoticeKind] = MappingProxyType(
    {
        Rung.HANDLER: NoticeKind.NEAR_DUE,
        Rung.UNIT_HEAD: NoticeKind.OVERDUE,
        Rung.TOWNSHIP: NoticeKind.ESCALATED,
        Rung.COUNTY: NoticeKind.ESCALATED,
        Rung.CITY: NoticeKind.ESCALATED,
    }
)
"""What is said to those who hear that a stage is near its end or over it."""


def is_urgent(severity: str) -> bool:
    """May a notice of a case with this severity come in quiet hours?"""
    return severity == Severity.SEVERE
