"""What a case did within a period, read from its history: the facts that the indices count.

This is the rule in full, case by case. store/scored_cases.py says the same for a million cases at once, and
tests/store/test_scored_cases.py holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from anlan.cases.indices import REVISED_FACTS
from anlan.cases.terms import Step, VerificationKind

REOPEN_COUNTS_FOR = timedelta(days=14)
"""A case reopened within this time of its closure was not fixed the first time."""

QUICK = timedelta(minutes=30)
"""A case that closes so soon after it was reported is shown apart."""


@dataclass(frozen=True)
class Happening:
    """One event of a case: when, which step, by which unit, and whether it changed the category."""

    at: datetime
    step: str
    unit_path: str = ""
    changed_category: bool = False


@dataclass(frozen=True)
class Handling:
    """One turn of a unit at the rectification: when it began, was due, and ended (None: it goes on)."""

    unit_path: str
    began_at: datetime
    due_at: datetime | None  # None: nothing was promised
    ended_at: datetime | None = None
    stopped_at: datetime | None = None  # since when its clock stands still


@dataclass(frozen=True)
class Look:
    """One verification: when, how it was seen, and whether the hazard was gone."""

    at: datetime
    kind: str
    passed: bool


@dataclass(frozen=True)
class Answer:
    """What one reporter said of the result."""

    at: datetime
    satisfied: bool


@dataclass(frozen=True)
class Return:
    """The hazard was found again, by another case; somebody may have taken that back."""

    at: datetime
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Past:
    """A case as far as it is known at the cut-off."""

    opened_at: datetime
    happenings: tuple[Happening, ...]  # in their order
    handlings: tuple[Handling, ...] = ()  # in their order
    from_field: bool = False
    findable: bool = True  # the same hazard could be known again: exact place, and a kind that is looked for
    looks: tuple[Look, ...] = ()
    answers: tuple[Answer, ...] = ()  # of each report that has one
    returns: tuple[Return, ...] = ()


@dataclass(frozen=True)
class CaseInPeriod:
    """The facts of one case in one period, and the units whose figures they are."""

    decided: bool = False
    accepted: bool = False
    fielded: bool = False
    sent: bool = False
    sent_wrong: bool = False
    due: bool = False
    on_time: bool = False
    closed: bool = False
    checked: bool = False
    redone: bool = False
    fixed_first: bool = False
    verified: bool = False
    on_site: bool = False
    ended: bool = False
    findable: bool = False
    recurred: bool = False
    answered: bool = False
    satisfied: bool = False
    parked: bool = False
    parked_late: bool = False
    cancelled: bool = False
    merged: bool = False  # whether or not that was undone
    merge_stands: bool = False
    redrawn: bool = False
    recategorised: bool = False
    quick: bool = False
    same_pair: bool = False
    decider_path: str = ""
    dispatcher_path: str = ""
    handler_path: str = ""
    verifier_path: str = ""
    reporter_path: str = ""
    left_out: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Period:
    """From `start` up to, but not including, `end`; what happened after `cut_off` is not known yet."""

    start: datetime
    end: datetime
    cut_off: datetime

    def holds(self, at: datetime | None) -> bool:
        """Does `at` lie in the period and before the cut-off?"""
        return at is not None and self.start <= at < self.end and at <= self.cut_off


HANDED_BACK = (Step.RETURN, Step.RECALL, Step.CANCEL)
"""Steps that end a turn of a unit without its work being done: in time, it is not held against the unit."""


DRAWN_AGAIN = ("drawn_again", "task_drawn_again")
"""Events: other verifiers were drawn for a case, or for a task in it."""


@dataclass(frozen=True)
class _Firsts:
    """The first time that a case was decided on, sent, checked, found removed and closed."""

    decision: Happening | None
    sending: Happening | None
    check: Happening | None
    passing: Happening | None
    closing: Happening | None

    @classmethod
    def of(cls, told: list[Happening]) -> "_Firsts":
        return cls(
            _first(told, Step.ACCEPT, Step.REJECT),
            _first(told, Step.DISPATCH),
            _first(told, Step.PASS, Step.FAIL),
            _first(told, Step.PASS),
            _first(told, Step.CLOSE),
        )


def facts_in(past: Past, period: Period) -> CaseInPeriod | None:
    """The facts of a case in a period; None when nothing of it belongs there."""
    told = [each for each in past.happenings if each.at <= period.cut_off]
    turns = [turn for turn in past.handlings if turn.began_at <= period.cut_off and not _gone(turn, told)]
    due = next((turn for turn in turns if period.holds(turn.due_at) and not _stands_still(turn)), None)
    within = [each for each in told if period.holds(each.at)]
    answers = [each for each in past.answers if period.holds(each.at)]
    if not told or (due is None and not within and not answers):
        return None
    first = _Firsts.of(told)
    looks = [each for each in past.looks if each.at <= period.cut_off]
    redone = _failed(told, looks) or _soon_reopened(told)
    recurred = any(_stands(each, period.cut_off) for each in past.returns)
    return CaseInPeriod(
        decided=period.holds(_at(first.decision)),
        accepted=first.decision is not None and first.decision.step == Step.ACCEPT,
        fielded=past.from_field,
        sent=period.holds(_at(first.sending)),
        sent_wrong=any(each.step in (Step.RETURN, Step.RECALL) for each in told),
        due=due is not None,
        on_time=due is not None and _in_time(due),
        closed=due is not None and any(each.step == Step.CLOSE and each.at >= due.began_at for each in told),
        checked=period.holds(_at(first.check)),
        redone=redone,
        fixed_first=not redone and not recurred,
        verified=period.holds(_at(first.passing)),
        on_site=any(each.passed and each.kind == VerificationKind.ON_SITE for each in looks),
        ended=period.holds(_at(first.closing)),
        findable=past.findable,
        recurred=recurred,
        answered=bool(answers),
        satisfied=bool(answers) and all(each.satisfied for each in answers),
        parked=any(each.step == Step.PARK for each in within),
        parked_late=any(each.step == Step.PARK and _late_at(past.handlings, each.at) for each in within),
        cancelled=any(each.step == Step.CANCEL for each in within),
        merged=any(each.step == Step.MERGE for each in within),
        merge_stands=_merge_stands(told, period),
        redrawn=any(each.step in DRAWN_AGAIN for each in within),
        recategorised=any(each.changed_category for each in within),
        quick=first.closing is not None and first.closing.at - past.opened_at <= QUICK,
        decider_path=_path(first.decision),
        dispatcher_path=_path(first.sending),
        handler_path=_path(due or next(reversed(turns), first.decision)),
        verifier_path=_path(first.passing),
    )


def _in_time(turn: Handling) -> bool:
    return turn.ended_at is not None and turn.due_at is not None and turn.ended_at <= turn.due_at


def revised(published: CaseInPeriod, later: CaseInPeriod | None) -> CaseInPeriod:
    """The facts of a published month with those that may come late as they are known later."""
    if later is None:
        return published
    return replace(published, **{fact: getattr(later, fact) for fact in REVISED_FACTS})


def _stands_still(turn: Handling) -> bool:
    """Did its clock stop before its end? One that stops later was late already."""
    return turn.stopped_at is not None and turn.due_at is not None and turn.stopped_at < turn.due_at


def _late_at(turns: Iterable[Handling], at: datetime) -> bool:
    """Was a turn late and not ended at that moment?"""
    return any(
        turn.due_at is not None
        and turn.began_at <= at
        and turn.due_at < at
        and (turn.ended_at is None or turn.ended_at >= at)
        for turn in turns
    )


def _gone(turn: Handling, told: Iterable[Happening]) -> bool:
    """Was it handed back while there was still time? Handed back later, it stays a late one."""
    if turn.due_at is not None and turn.ended_at is not None and turn.ended_at > turn.due_at:
        return False
    return any(each.step in HANDED_BACK and each.at == turn.ended_at for each in told)


def _merge_stands(told: Iterable[Happening], period: Period) -> bool:
    """Was it joined to another case in the period, and is still at the cut-off? Only the last join can be."""
    last = [each for each in told if each.step in (Step.MERGE, Step.UNMERGE)][-1:]
    return any(each.step == Step.MERGE and period.holds(each.at) for each in last)


def _path(done: Happening | Handling | None) -> str:
    """Of the unit that did it."""
    return done.unit_path if done else ""


def _first(told: Iterable[Happening], *steps: Step) -> Happening | None:
    return next((each for each in told if each.step in steps), None)


def _at(happening: Happening | None) -> datetime | None:
    return None if happening is None else happening.at


def _failed(told: Iterable[Happening], looks: Iterable[Look]) -> bool:
    """Did a check fail, one after the closing included?"""
    return any(each.step == Step.FAIL for each in told) or any(not each.passed for each in looks)


def _stands(link: Return, cut_off: datetime) -> bool:
    """Was the return known, and not taken back, at the cut-off?"""
    return link.at <= cut_off and (link.undone_at is None or link.undone_at > cut_off)


def _soon_reopened(told: list[Happening]) -> bool:
    closings = [each.at for each in told if each.step == Step.CLOSE]
    return any(
        closed_at < each.at <= closed_at + REOPEN_COUNTS_FOR
        for each in told
        if each.step == Step.REOPEN
        for closed_at in closings
    )
