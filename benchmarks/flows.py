"""How many steps of cases a second the machine takes, with all checks, on a PostgreSQL that loses nothing.

Cases of a made-up city go from new to closed through the flows that pages call: lock and version, permission,
table of states, rules of dispatch, clocks, the draw of verifiers, history, evidence, the queueing of notices,
and one commit each, flushed to the disk. Two processes do so at once, as the web processes of a city with two
processors would. The reference is the smallest durable change in the same run: one row of a table of our own,
updated and committed by one process. The figure by processor time leaves out the database.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from _figures import at_least, say
from _throwaway import DURABLE, database

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.flows.store_photos import Picture
    from anlan.store.models import Case, Unit
    from anlan.store.readers.staff import Acting

GOAL = 150.0
MINUTES = timedelta(minutes=5)


def main() -> None:
    """Make a city, walk its new cases, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases: correctness only")
    options.add_argument("--cases", type=int, default=500)
    given = options.parse_args()
    with database(DURABLE):
        measure(2 if given.quick else given.cases)


def measure(count: int) -> None:
    """Walk `count` cases, step by step."""
    from django.db import connections

    walk = ready(count)
    reference = count / timed(lambda: commits(count))[0]
    connections.close_all()  # none may be shared by those that are forked now
    with get_context("fork").Pool(PROCESSES) as pool:
        walks = [Walk(walk.cases[n::PROCESSES], walk.dispatcher, walk.handler) for n in range(PROCESSES)]
        done = pool.map(walked, walks, chunksize=1)
    taken = len(STEPS) * count
    seconds = max(end for _, end, _ in done) - min(began for began, _, _ in done)
    processor = sum(spent for _, _, spent in done)
    at_least("steps of cases, two processes, durable", taken / seconds, "flows/s", GOAL)
    at_least("steps of cases by processor time of a process", taken / processor, "flows/s", GOAL)
    at_least(
        "steps of cases beside the smallest durable change",
        *(taken / seconds, "flows/s", 0.02),
        reference="UPDATE of one row, committed",
        reference_value=reference,
    )


PROCESSES = 2
STEPS = ("accept", "dispatch", "start", "rectify", "verify", "close")


def walked(walk: "Walk") -> tuple[float, float, float]:
    """Take all steps with the cases; when that began and ended, and the processor time it took."""
    began, spent = time.perf_counter(), 0.0
    for name in STEPS:
        wall, processor = timed(partial(walk.each, getattr(walk, name)))
        count = max(len(walk.cases), 1)
        say(f"{name}: {count / wall:.0f} a second, {1000 * processor / count:.1f} ms of processor each")
        spent += processor
    return began, time.perf_counter(), spent


class Walk:
    """Cases, and the steps that take them along their road."""

    def __init__(self, cases: "list[Case]", dispatcher: "Acting", handler: "Acting") -> None:
        self.cases, self.dispatcher, self.handler = cases, dispatcher, handler

    def each(self, step: "Callable[[dict[str, Any], Case], Case]") -> None:
        """Take `step` with every case."""
        from django.utils import timezone

        now = timezone.now()
        self.cases = [
            step({"case_id": case.pk, "version": case.version, "now": now}, case) for case in self.cases
        ]

    def accept(self, facts: "dict[str, Any]", case: "Case") -> "Case":
        """The desk accepts."""
        from anlan.cases.terms import Severity
        from anlan.flows.triage_case import accept_case

        return accept_case(acting_user=self.dispatcher, severity=Severity(case.severity), **facts)

    def dispatch(self, facts: "dict[str, Any]", case: "Case") -> "Case":
        """The desk follows the suggestion."""
        from anlan.flows.dispatch_case import dispatch_case

        return dispatch_case(acting_user=self.dispatcher, unit_code=case.route_reason["unit"], **facts)

    def start(self, facts: "dict[str, Any]", case: "Case") -> "Case":
        """The unit begins."""
        from anlan.flows.handle_case import start_case

        return start_case(acting_user=self.handler, **facts)

    def rectify(self, facts: "dict[str, Any]", case: "Case") -> "Case":
        """The unit shows what it did."""
        from anlan.flows.handle_case import rectify_case

        pictures = [picture(facts["now"])]
        return rectify_case(acting_user=self.handler, done="3 m of railing", pictures=pictures, **facts)

    def verify(self, facts: "dict[str, Any]", case: "Case") -> "Case":
        """One of those drawn looks."""
        from anlan.flows.verify_case import pass_case

        seen = verifier(case.drawn_verifiers[0])
        return pass_case(acting_user=seen, seen="it holds", pictures=[picture(facts["now"])], **facts)

    def close(self, facts: "dict[str, Any]", case: "Case") -> "Case":
        """The desk closes."""
        from anlan.flows.close_case import close_case

        return close_case(acting_user=self.dispatcher, **facts)


def picture(made_at: "datetime") -> "Picture":
    """A photo as the page gives it to the flow: its files are on the disk already."""
    from anlan.flows.store_photos import Picture

    return Picture(id=uuid4(), made_at=made_at, sha256="0" * 64, width=800, height=600, bytes=1000)


@cache
def verifier(membership: int) -> "Acting":
    """Whoever holds a membership."""
    from anlan.store.models import Membership
    from anlan.store.readers.staff import acting_for

    return acting_for(Membership.objects.select_related("user").get(pk=membership).user)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of this process's processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def commits(count: int) -> None:
    """The smallest durable changes."""
    from django.db import connection

    with connection.cursor() as cursor:
        for number in range(count):
            cursor.execute("UPDATE bench_commit SET n = %s", [number])


def ready(count: int) -> Walk:
    """New cases of one made-up village, and who takes their steps."""
    from django.db import connection
    from django.utils import timezone

    from anlan.flows.demo.make import make_demo_city
    from anlan.flows.new_case import Hazard, open_case
    from anlan.store.models import Area, Category, Unit

    say("makes a city")
    now = timezone.now()
    make_demo_city(seed=1, cases=2000, now=now, townships=18, villages=36)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_commit (n int)")
        cursor.execute("INSERT INTO bench_commit VALUES (0)")
    kinds = Category.objects.filter(parent__isnull=False, unit_level="village").select_related("parent")
    kind, village = kinds.order_by("code")[0], Area.objects.filter(level="village").order_by("code")[0]
    say(f"opens {count} cases")
    hazard = Hazard(kind, village, "护栏断了约 3 米", lng=village.lng, lat=village.lat)
    cases = [
        open_case(replace(hazard, words=f"护栏断了 {number}"), at=now - MINUTES, source="resident")[0]
        for number in range(count)
    ]
    desk = Unit.objects.filter(kind="desk").order_by("path")[0]
    unit = Unit.objects.get(code=cases[0].route_reason["unit"])
    return Walk(cases, member("dispatcher", desk), member("handler", unit))


def member(role: str, unit: "Unit") -> "Acting":
    """A new member of a unit."""
    from anlan.store.models import Membership, User
    from anlan.store.readers.staff import acting_for

    user = User.objects.create(username=f"bench-{role}")
    Membership.objects.create(
        user=user, role=role, unit=unit, unit_path=unit.path, area=unit.area, area_path=unit.area_path
    )
    return acting_for(user)


if __name__ == "__main__":
    main()
