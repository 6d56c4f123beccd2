"""How long the sweep of overdue stages takes with 1,000,000 open cases, of which 20,000 became due.

100,000 more are overdue and were told before. The sweep moves each stage one rung up and writes who hears: of
200 units, the member who handles its cases. The reference asks PostgreSQL to count the same stages.
"""

import argparse
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import _figures as figures
import _throwaway

if TYPE_CHECKING:
    from anlan.store.models import Area

MANY, FEW = 1_000_000, 2_000


def main() -> None:
    """Fill, sweep, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = FEW if parser.parse_args().quick else MANY
    with _throwaway.database():
        figures.say(f"fills {count:,} open cases")
        fill(count)
        reference = timed(count_due)[1]
        figures.say("sweeps")
        moved, seconds = timed(sweep)
        told, telling = timed(tell)
        if (moved, told) != (count // 50, count // 50) or (sweep(), tell()) != (0, 0):
            raise SystemExit(f"{moved} stages moved, {told} were told, {count // 50} were due")
        if notices() != told:
            raise SystemExit(f"{notices()} members heard of {told} stages")
        figures.say(f"moving {seconds:.1f} s, telling {telling:.1f} s")
        figures.at_most(f"overdue sweep of {count:,} open cases", seconds + telling, "s", 5)
        figures.at_most(
            "overdue sweep beside counting what is due",
            *(seconds + telling, "s", 100),
            reference="SELECT count(*)",
            reference_value=reference,
        )


def fill(count: int) -> None:
    """Cases in hand: one in fifty is due now, one in ten was told before, the rest end later."""
    from django.db import connection
    from django.utils import timezone

    from anlan.store.copying import take_stock
    from anlan.store.models import Area, Case, Category, StageClock

    now = timezone.now()
    area = Area.objects.create(code="331000", name="city", level="city", path="331000.", source="bench")
    kind = Category.objects.create(code="pond", name_zh="水塘", name_en="pond")
    like = Case.objects.create(
        title="t", category=kind, area=area, area_path=area.path, stage_since=now, opened_at=now
    )
    first = with_units(area)
    names = [column.column for column in Case._meta.concrete_fields if column.column != "id"]
    listed = ", ".join(f'"{name}"' for name in names)
    whose = {"unit_id": f"{first} + n %% {UNITS}", "unit_path": f"'unit-' || n %% {UNITS} || '.'"}
    values = ", ".join(whose.get(name, f'"{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO store_case ({listed}) SELECT {values} FROM store_case, generate_series(2, %s) AS n "
            "WHERE store_case.id = %s",
            [count, like.pk],
        )
        cursor.execute(
            "UPDATE store_case SET unit_id = %s, unit_path = 'unit-0.' WHERE id = %s", [first, like.pk]
        )
        cursor.execute(CLOCKS, {"now": now})
    take_stock(Case, StageClock)


UNITS = 200


def with_units(area: "Area") -> int:
    """UNITS units with a handler each; the id of the first."""
    from anlan.store.models import Membership, Unit, User

    place = {"area": area, "area_path": area.path}
    units = Unit.objects.bulk_create(
        Unit(code=f"unit-{n}", name=f"unit {n}", kind="committee", path=f"unit-{n}.", **place)
        for n in range(UNITS)
    )
    people = User.objects.bulk_create(User(username=f"handler-{n}") for n in range(UNITS))
    Membership.objects.bulk_create(
        Membership(user=user, unit=unit, unit_path=unit.path, role="handler", **place)
        for user, unit in zip(people, units, strict=True)
    )
    return units[0].pk


CLOCKS = """
INSERT INTO store_stageclock (case_id, stage, unit_path, began_at, promised_due_at, due_at, near_at, rung)
SELECT c.id, 'handle', '', d.due - interval '30 days', d.due, d.due, d.due - interval '10 days', d.rung
FROM store_case c, LATERAL (SELECT
    CASE WHEN c.id %% 50 = 0 THEN %(now)s - interval '1 minute'
         WHEN c.id %% 10 = 1 THEN %(now)s - interval '2 days'
         ELSE %(now)s + interval '11 days' + c.id * interval '1 second' END AS due,
    CASE WHEN c.id %% 50 = 0 THEN 1 WHEN c.id %% 10 = 1 THEN 3 ELSE 0 END AS rung) d
"""


def sweep() -> int:
    """Tell what is due."""
    from django.utils import timezone

    from anlan.flows.escalate_cases import escalate_cases

    return escalate_cases(acting_user=None, now=timezone.now())


def tell() -> int:
    """Write what is to be heard."""
    from django.utils import timezone

    from anlan.flows.escalate_cases import tell_escalations

    return tell_escalations(acting_user=None, now=timezone.now())


def notices() -> int:
    """How many lines there are in the lists of members."""
    from anlan.store.models import Notice

    return Notice.objects.count()


def count_due() -> int:
    """Count what is due, by the same index."""
    from django.utils import timezone

    from anlan.store.models import StageClock

    return StageClock.objects.filter(near_at__lte=timezone.now(), ended_at=None, rung__lt=2).count()


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """Return what `work` gives, and how long it took by the clock on the wall."""
    before = time.perf_counter()
    done = work()
    return done, time.perf_counter() - before


if __name__ == "__main__":
    main()
