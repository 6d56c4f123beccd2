"""How long 1,000,000 open cases take to follow a holiday that the city announces, with their history.

All of them end after that day and count working days, so all move: the worst there is. One in ten was parked,
one in fifty got more time, one in a hundred is parked now. The reference is what PostgreSQL takes to write
the same rows without reckoning anything.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import _figures as figures
import _throwaway

if TYPE_CHECKING:
    from anlan.store.models import Area
    from anlan.store.readers.staff import Acting

MANY, FEW = 1_000_000, 2_000
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOLIDAY = date(2026, 11, 25)


def main() -> None:
    """Fill, announce, follow, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = FEW if parser.parse_args().quick else MANY
    with _throwaway.database(_throwaway.DURABLE):
        figures.say(f"fills {count:,} open cases")
        fill(count)
        settle()
        measure(count)


def measure(count: int) -> None:
    """Print the figures of a city that was filled."""
    figures.say("writes as many rows without reckoning")
    plain = timed(write_plainly)[1]
    vacuum()
    figures.say("looks at what would change")
    acting = administrator()
    draft = drafted(acting)
    figures.at_most("preview of a holiday", timed(lambda: preview(acting, draft))[1], "s", 5)
    run_id = put_in_force(acting, draft)
    figures.say("reckons all ends, and writes nothing")
    looked_at, seconds = timed(reckon_all)
    figures.at_most(f"ends of {count:,} open cases reckoned", seconds, "s", 30)
    figures.at_least("ends reckoned", looked_at / seconds, "1/s", 100_000)
    figures.say("follows the holiday")
    moved, seconds = timed(lambda: follow(run_id))
    if moved != count:
        raise SystemExit(f"{moved} of {count} cases moved")
    figures.at_most(f"{count:,} open cases follow a holiday", seconds, "s", 240)
    figures.at_most(
        "following a holiday beside writing alone",
        *(seconds, "s", 2),
        reference="UPDATE of the same rows",
        reference_value=plain,
    )


def fill(count: int) -> None:
    """Cases that a unit has in hand since some days ago, for 5 to 24 working days."""
    from django.db import connection

    from anlan.store.copying import take_stock
    from anlan.store.models import Area, Case, CaseEvent, Category, StageClock

    area = Area.objects.create(code="331000", name="city", level="city", path="331000.", source="bench")
    _staff(area)
    kind = Category.objects.create(code="pond", name_zh="水塘", name_en="pond")
    like = Case.objects.create(
        **{"title": "t", "category": kind, "area": area, "area_path": area.path},
        **{"state": "in_progress", "stage": "handle", "stage_since": NOW, "opened_at": NOW},
    )
    names = [column.column for column in Case._meta.concrete_fields if column.column not in ("id", "words")]
    listed = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO store_case ({listed}, words) SELECT {listed}, {WORDS} FROM store_case, "
            "generate_series(2, %s) AS n WHERE store_case.id = %s",
            [count, like.pk],
        )
        for statement in (STAGES, WHOLES, PAUSES, GRANTED, PARKED, PARKED_CASES, CASES):
            cursor.execute(statement, {"now": NOW, "like": like.pk})
    take_stock(Case, StageClock, CaseEvent)


WORDS = "to_tsvector('simple', (SELECT string_agg('w' || (n * 31 + m * m * 977) %% 9000, ' ') "
WORDS += "FROM generate_series(1, 20) AS m))"
"""Twenty words in each case, of some thousands."""

STAGES = """
INSERT INTO store_stageclock
    (case_id, stage, unit_path, began_at, promised_due_at, due_at, near_at, amount, time_unit, rung)
SELECT c.id, 'handle', '', b.began, b.began + b.days * interval '2 days',
       b.began + b.days * interval '2 days', b.began + interval '1 day', b.days, 'working days', 0
FROM store_case c, LATERAL (
    SELECT %(now)s - interval '4 days' - interval '20 hours' * (c.id %% 7)
                   - interval '1 second' * (c.id %% 3600) AS began,
           12 + c.id %% 20 AS days) b
"""

WHOLES = """
INSERT INTO store_stageclock
    (case_id, stage, unit_path, began_at, promised_due_at, due_at, near_at, time_unit, rung)
SELECT case_id, 'total', '', began_at, promised_due_at + interval '3 days', due_at + interval '3 days',
       near_at, 'working hours', 0
FROM store_stageclock
"""

PAUSES = """
INSERT INTO store_clockpause (case_id, began_at, ended_at)
SELECT case_id, began_at + interval '1 hour', began_at + interval '3 days' FROM store_stageclock
WHERE stage = 'handle' AND case_id %% 10 = 0
"""

GRANTED = """
INSERT INTO store_extension (case_id, clock_id, amount, time_unit, asked_by_id, asked_at, reason, answered_at,
                             granted, answer, due_before, due_after)
SELECT k.case_id, k.id, 2, 'working days', u.id, %(now)s, 'r', %(now)s, true, '', k.due_at, k.due_at
FROM store_stageclock k, (SELECT min(id) AS id FROM store_user) u
WHERE k.stage = 'handle' AND k.case_id %% 50 = 1 AND u.id IS NOT NULL
"""

PARKED = """
UPDATE store_stageclock SET paused_at = %(now)s WHERE case_id %% 100 = 3
"""

PARKED_CASES = """
UPDATE store_case
SET state = 'parked', former_state = 'in_progress', stage = '', clock_left = interval '9 days'
WHERE id %% 100 = 3
"""

CASES = """
UPDATE store_case c SET due_at = k.due_at FROM store_stageclock k
WHERE k.case_id = c.id AND k.stage = 'handle'
"""


def write_plainly() -> int:
    """The same tables written as often, in one statement each; it is taken back, as a killed run would be."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE store_stageclock SET due_at = due_at + interval '1 day', near_at = near_at")
        cursor.execute("UPDATE store_case SET due_at = due_at + interval '1 day'")
        count = int(cursor.rowcount)
        cursor.execute(
            "INSERT INTO store_caseevent (case_id, at, step, state_before, state_after, actor_role, source, "
            "reason, changes) SELECT id, now(), 'x', state, state, '', '', '', '{}' FROM store_case"
        )
        transaction.set_rollback(True)
    return count


def administrator() -> "Acting":
    """Whoever administers the city."""
    from anlan.store.models import User
    from anlan.store.readers.staff import acting_for

    return acting_for(User.objects.get(username="bench"))


def _staff(area: "Area") -> None:
    from anlan.store.models import Membership, Unit, User

    place = {"area": area, "area_path": area.path}
    unit = Unit.objects.create(code="desk", name="desk", kind="desk", path="desk.", **place)
    user = User.objects.create(username="bench")
    Membership.objects.create(user=user, unit=unit, unit_path=unit.path, role="administrator", **place)


def drafted(acting: "Acting") -> int:
    """A draft with the holiday; its revision."""
    from anlan.cases.calendars import Day, DayKind
    from anlan.flows import manage_calendar as flows

    draft = flows.begin_draft(acting_user=acting, now=NOW)
    days = {"first": HOLIDAY, "last": HOLIDAY, "day": Day(DayKind.HOLIDAY, "flood")}
    return flows.name_days(acting_user=acting, revision=draft.revision, now=NOW, **days).revision


def preview(acting: "Acting", revision: int) -> int:
    """Look at what would change; how many cases were looked at."""
    from anlan.flows.manage_calendar import try_draft

    tried = try_draft(acting_user=acting, revision=revision, from_day=HOLIDAY, now=NOW)
    return int((tried.preview or {})["ends"]["looked_at"])


def put_in_force(acting: "Acting", revision: int) -> int:
    """Put the draft in force; the run that is to follow."""
    from anlan.flows import manage_calendar as flows
    from anlan.store.models import CalendarRun

    flows.put_in_force(acting_user=acting, revision=revision, from_day=HOLIDAY, why="flood", now=NOW)
    return CalendarRun.objects.latest("pk").pk


def settle() -> None:
    """Bring the ends that were filled in to what the calendar says before any holiday."""
    from anlan.cases.calendar_tables import Source
    from anlan.flows.country_calendar import watch_country
    from anlan.flows.recompute_deadlines import begin_run
    from anlan.store.copying import take_stock
    from anlan.store.models import CalendarVersion, Case, CaseEvent, StageClock

    watch_country(acting_user=None, now=NOW)
    country = CalendarVersion.objects.get(source=Source.COUNTRY)
    follow(begin_run(country, HOLIDAY - timedelta(days=30), why="", asked_by=None, now=NOW).pk)
    vacuum()
    take_stock(Case, StageClock, CaseEvent)


def reckon_all() -> int:
    """Reckon the ends of all open cases, part by part, and write nothing; how many ends."""
    from anlan.flows.recompute_deadlines import PART, reckon
    from anlan.store.models import StageClock
    from anlan.store.readers.calendars import calendar_in_force
    from anlan.store.running_clocks import next_cases

    after, count, calendar = 0, 0, calendar_in_force()
    while (upto := next_cases(after, PART)) is not None:
        running = StageClock.objects.filter(ended_at=None, case__gt=after, case__lte=upto)
        cases = list(running.values_list("case_id", flat=True).distinct())
        count += len(reckon(cases, calendar, NOW).clocks)
        after = upto
    return count


def follow(run_id: int) -> int:
    """Let all open cases follow, by two beside each other as the worker does; how many moved."""
    from anlan.flows.recompute_deadlines import LANES
    from anlan.store.models import CalendarRun

    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(go_along, [run_id] * LANES))
    return CalendarRun.objects.get(pk=run_id).cases_moved


def go_along(run_id: int) -> None:
    """What the job of one lane does."""
    from django.db import connection

    from anlan.flows.recompute_deadlines import recompute_part

    while recompute_part(acting_user=None, run_id=run_id, now=NOW):
        pass
    connection.close()


def vacuum() -> None:
    """Take away what was written before and is no longer seen, as PostgreSQL does by itself in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM store_case, store_stageclock, store_caseevent")


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """Return what `work` gives, and how long it took by the clock on the wall."""
    before = time.perf_counter()
    done = work()
    return done, time.perf_counter() - before


if __name__ == "__main__":
    main()
