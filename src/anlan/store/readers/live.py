"""Up to where an open page knows what happened, and what it missed since."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from anlan.staff.terms import Action
from anlan.store.models import Case, CaseEvent
from anlan.store.readers.staff import Acting, case_scope_q

MOST_MISSED = 500
LATE_COMERS = 1000
"""How many events back one may lie that was written before a page looked, and seen only after."""

MOVES = ["unit_path", "unit", "area", "task"]
"""What an event changes that takes a case out of somebody's sight."""

NOW = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, coalesce(max(id), 0) FROM store_caseevent
"""


@dataclass(frozen=True)
class Mark:
    """A moment in what happened: all transactions before `transaction` were over, `event` the last one seen.

    Numbers of events are given when they are written, not when they are seen: one below `event` may come to
    light later. Its transaction was not over then, so it has `transaction` as its number or a later one.
    """

    transaction: int
    event: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The mark that was written as "transaction.event"; None for anything else."""
        first, _, second = text.partition(".")
        if all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (first, second)):
            return cls(int(first), int(second))
        return None

    def __str__(self) -> str:
        return f"{self.transaction}.{self.event}"


def mark_now() -> Mark:
    """The moment before whatever is read next; one small query."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        transaction, event = cursor.fetchone()
    return Mark(transaction, event)


class Change(NamedTuple):
    """An event, its case, and the version that has now."""

    event: int
    case: int
    version: int


def changes_since(acting: Acting, event_id: int) -> list[Change]:
    """What happened since an event to cases this person may see, oldest first, at most MOST_MISSED."""
    found = CaseEvent.objects.filter(_visible(acting), pk__gt=event_id).order_by("pk")
    return [Change(*row) for row in found.values_list("pk", "case", "case__version")[:MOST_MISSED]]


def missed_since(acting: Acting, mark: Mark) -> bool:
    """Did anything happen since `mark` that a page of this person would show, or no longer show?

    Says yes too often rather than too seldom; which case it was is not said.
    """
    since = Q(pk__gt=mark.event) | Q(_not_over_by(mark), pk__gt=mark.event - LATE_COMERS)
    concerned = _visible(acting) | Q(changes__has_any_keys=MOVES)
    return CaseEvent.objects.filter(since, concerned).exists()


def _visible(acting: Acting) -> Q:
    return Q(case__in=Case.objects.filter(case_scope_q(acting, Action.VIEW_CASE)))


def _not_over_by(mark: Mark) -> RawSQL:
    """Was an event written by a transaction that was not over at `mark`? Rows keep 32 bits of the number."""
    number = str(mark.transaction % 2**32)
    return RawSQL("age(store_caseevent.xmin) <= age(%s::xid)", (number,), output_field=BooleanField())
