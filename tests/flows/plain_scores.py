"""The indices of docs/indices.md reckoned a second way: case by case, from rows as they lie in the tables."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

FORTNIGHT = timedelta(days=14)
EVENTS = "SELECT case_id, at, step, actor_unit_id FROM store_caseevent ORDER BY at, id"
TURNS = """
SELECT case_id, unit_path, began_at, due_at, ended_at, paused_at FROM store_stageclock
WHERE stage = 'handle' ORDER BY began_at, id
"""
LOOKS = "SELECT case_id, at, kind, passed FROM store_verification"
ANSWERS = """
SELECT r.case_id, a.at, a.satisfied FROM store_residentanswer a JOIN store_report r ON r.id = a.report_id
"""
RETURNS = "SELECT earlier_id, at, undone_at FROM store_recurrence"
FIELD = """
SELECT r.case_id, min(m.unit_path) FROM store_report r
LEFT JOIN store_membership m ON m.user_id = r.typed_by_id AND m.role = 'field_worker'
WHERE r.channel = 'field' GROUP BY r.case_id
"""
CASES = """
SELECT c.id, c.area_path, (c.lng IS NOT NULL OR c.site_id IS NOT NULL) AND k.recurs_metres > 0
FROM store_case c JOIN store_category k ON k.id = c.category_id
"""

Figures = dict[tuple[str, str], tuple[int, int]]
"""Numerator and denominator by path and index."""


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def by_case(sql: str) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for case, *rest in rows(sql):
        found[case].append(tuple(rest))
    return found


class Month:
    """A month up to its cut-off, with all that happened in the city."""

    def __init__(self, start: datetime, end: datetime, cut_off: datetime) -> None:
        self.start, self.end, self.cut_off = start, end, cut_off
        self.units = dict(rows("SELECT id, path FROM store_unit"))
        self.events, self.turns, self.looks = by_case(EVENTS), by_case(TURNS), by_case(LOOKS)
        self.answers, self.returns = by_case(ANSWERS), by_case(RETURNS)
        self.field = dict(rows(FIELD))

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.end and at <= self.cut_off

    def figures(self) -> tuple[Figures, Figures]:
        """Of areas, and of units, each with all that lies below it."""
        areas: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        units: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for case, area, findable in rows(CASES):
            for index, met, unit in self.of_case(case, findable):
                for table, path in ((areas, area), (units, unit)):
                    for above in _up(path):
                        table[above, index][0] += met
                        table[above, index][1] += 1
        return _fixed(areas), _fixed(units)

    def of_case(self, case: int, findable: bool) -> Iterator[tuple[str, bool, str]]:
        """Each index in which the case counts, whether it meets it, and whose figure that is."""
        told = [each for each in self.events[case] if each[0] <= self.cut_off]
        looks = [each for each in self.looks[case] if each[0] <= self.cut_off]
        decision = _first(told, "accept", "reject")
        sending, check = _first(told, "dispatch"), _first(told, "pass", "fail")
        passing, closing = _first(told, "pass"), _first(told, "close")
        owed, turns = self._owed(case, told)
        worker = owed[0] if owed else turns[-1][0] if turns else self._unit(decision)
        answers = [each for each in self.answers[case] if self.holds(each[0])]
        came_back = any(
            at <= self.cut_off and not (undone and undone <= self.cut_off)
            for at, undone in self.returns[case]
        )
        redone = _failed(told, looks)
        if decision and self.holds(decision[0]):
            accepted = decision[1] == "accept"
            yield "accepted", accepted, self._unit(decision)
            if case in self.field:
                yield "effective_reports", accepted, self.field[case] or ""
        if sending and self.holds(sending[0]):
            yield "wrong_dispatch", bool(_first(told, "return", "recall")), self._unit(sending)
        if owed:
            closings = [at for at, step, _ in told if step == "close"]
            yield "closed", any(at >= owed[1] for at in closings), worker
            yield "on_time", bool(owed[3] and owed[3] <= owed[2]), worker
        if check and self.holds(check[0]):
            yield "rework", redone, worker
            yield "first_time_fix", not redone and not came_back, worker
        if passing and self.holds(passing[0]):
            yield "verified_on_site", any(ok and kind == "on_site" for _, kind, ok in looks), worker
        if closing and self.holds(closing[0]) and findable:
            yield "recurrence", came_back, worker
        if answers:
            yield "satisfaction", all(satisfied for _, satisfied in answers), worker

    def _owed(self, case: int, told: list[Any]) -> tuple[Any, list[Any]]:
        """The first turn that fell due in the month, and all that nobody took back in time."""
        taken_back = {at for at, step, _ in told if step in ("return", "recall", "cancel")}
        kept = []
        for turn in self.turns[case]:
            _, began, due, ended, _ = turn
            in_time = not (due and ended and ended > due)
            if began <= self.cut_off and not (ended in taken_back and in_time):
                kept.append(turn)
        owed = (each for each in kept if self.holds(each[2]) and not (each[4] and each[4] < each[2]))
        return next(owed, None), kept

    def _unit(self, event: Any) -> str:
        return self.units.get(event[2], "") if event else ""


def _up(path: str) -> list[str]:
    """The paths of a node and of those above it."""
    codes = path.split(".")[:-1]
    return [".".join(codes[: depth + 1]) + "." for depth in range(len(codes))]


def _first(told: list[Any], *steps: str) -> Any:
    return next((each for each in told if each[1] in steps), None)


def _failed(told: list[Any], looks: list[Any]) -> bool:
    """Did a check fail, or was it opened again within a fortnight of a closing?"""
    again = [at for at, step, _ in told if step == "reopen"]
    closings = [at for at, step, _ in told if step == "close"]
    soon = any(closed < at <= closed + FORTNIGHT for at in again for closed in closings)
    return soon or bool(_first(told, "fail")) or not all(ok for _, _, ok in looks)


def _fixed(table: dict[tuple[str, str], list[int]]) -> Figures:
    return {key: (met, counted) for key, (met, counted) in table.items()}
