"""What the one who runs an installation asks of the database."""

from datetime import datetime

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max, Min
from django.db.models.functions import Coalesce, Now
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from anlan.store.models import Area, Case, CaseEvent, Category, Site, Unit, User
from anlan.store.readers.whole import known_migrations


def is_empty() -> bool:
    """Whether nothing was put in yet: no area and no member of staff. Two queries."""
    return not Area.objects.exists() and not User.objects.exists()


def still_missing() -> tuple[str, ...]:
    """What a city needs and lacks, its root, first unit and first member aside. Five queries."""
    there = {
        "areas": Area.objects.exclude(parent=None),
        "categories": Category.objects.filter(active=True),
        "units": Unit.objects.order_by("pk")[1:2],
        "members": User.objects.order_by("pk")[1:2],
        "sites": Site.objects.all(),
    }
    return tuple(what for what, rows in there.items() if not rows.exists())


def migrations_missing() -> int:
    """Return how many migrations of this release the database lacks. Two queries, four where it lacks any.

    Where it has them all, none needs to be loaded: they are more than a hundred modules.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    if known_migrations() <= {f"{app}.{name}" for app, name in applied}:
        return 0
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def server_version() -> int:
    """Return the version of the database server, such as 180004."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return int(cursor.fetchone()[0])


def server_time() -> datetime:
    """Return the time by the clock of the database server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def newest_event() -> datetime | None:
    """Return when the last step of a case was taken; None in an empty city. One query."""
    return CaseEvent.objects.order_by("-at").values_list("at", flat=True).first()


def jobs_by_state() -> dict[str, int]:
    """Return the number of jobs in each state. One query."""
    return dict(ProcrastinateJob.objects.values_list("status").annotate(Count("id")).order_by())


def cases_by_state() -> dict[str, int]:
    """Return the number of cases in each state. One query."""
    return dict(Case.objects.values_list("state").annotate(Count("pk")).order_by())


def oldest_job() -> float | None:
    """Return for how many seconds the oldest waiting job has been due; None when none waits. One query."""
    due = ProcrastinateJob.objects.filter(status="todo").annotate(
        since=Coalesce("scheduled_at", Min("procrastinateevent__at"))
    )
    oldest = due.filter(since__lte=Now()).aggregate(age=Now() - Min("since"))["age"]
    return None if oldest is None else oldest.total_seconds()


def worker_silence() -> float | None:
    """Return how many seconds ago a worker last gave a sign (each does every 10 s); None when none is
    known."""
    silence = ProcrastinateWorker.objects.aggregate(age=Now() - Max("last_heartbeat"))["age"]
    return None if silence is None else silence.total_seconds()
