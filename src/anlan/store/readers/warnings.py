"""Questions about warnings and drills: in force, one with its history, those of a person's areas."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, Q, QuerySet, Value, When

from anlan.base.errors import NotFound
from anlan.sensing.terms import Colour, MessageKind, MessageStatus, WarningState
from anlan.staff.terms import Action
from anlan.store.models import Drill, Warning
from anlan.store.readers.staff import Acting, scope_q

type Written = Warning
"""A message as pages hold it."""

MOST = 200
LEFT = (WarningState.ISSUED, WarningState.UPDATED, WarningState.CANCELLED, WarningState.EXPIRED)
"""States of a message that people have had."""


def in_force(now: datetime, path: str = "", *, meant: bool = True) -> list[Warning]:
    """Warnings in force, red first; below `path` or over it. `meant` leaves drills out."""
    found = Warning.objects.filter(state=WarningState.ISSUED, expires__gt=now)
    found = found.exclude(kind=MessageKind.CANCEL)
    if meant:
        found = found.filter(status=MessageStatus.ACTUAL)
    if path:
        found = found.filter(Q(area_path__startswith=path) | Q(area_path__in=above(path)))
    return list(_with_area(found).order_by(WORST_FIRST, "-pk")[:MOST])


WORST_FIRST = Case(
    *(
        When(colour=colour, then=Value(place))
        for place, colour in enumerate((Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE))
    )
)


def sent_messages() -> Sequence[Warning]:
    """The last messages that left, the newest first, drills marked as such by their status."""
    return list(_with_area(Warning.objects.filter(state__in=LEFT).order_by("-sent_at", "-pk"))[:100])


def sent_document(identifier: str) -> str:
    """A message as it left. Raises NotFound."""
    found = Warning.objects.filter(identifier=identifier, state__in=LEFT).values_list("document", flat=True)
    document = found.first()
    if document is None:
        raise NotFound
    return document


def my_warnings(acting: Acting) -> Sequence[Warning]:
    """The newest messages of the areas in which this person may write."""
    found = Warning.objects.filter(scope_q(acting, Action.DRAFT_WARNING, unit=None))
    return list(_with_area(found.order_by("-pk"))[:MOST])


def warnings_from(acting: Acting, alarm_id: int) -> Sequence[Warning]:
    """The messages that were written from an alarm, of those this person may see."""
    found = Warning.objects.filter(scope_q(acting, Action.DRAFT_WARNING, unit=None), alarm=alarm_id)
    return list(_with_area(found.order_by("pk"))[:MOST])


def one_warning(acting: Acting, warning_id: int) -> Warning:
    """A message with what is needed to show it. Raises NotFound."""
    found = Warning.objects.filter(scope_q(acting, Action.DRAFT_WARNING, unit=None), pk=warning_id)
    shown = _with_area(found).select_related("follows").prefetch_related("events", "followers").first()
    if shown is None:
        raise NotFound
    return shown


def drill_over(path: str) -> Drill | None:
    """The drill that runs in this area or in one above it."""
    return Drill.objects.filter(area_path__in=above(path), ended_at=None).select_related("area").first()


def my_drills(acting: Acting) -> list[Drill]:
    """Drills that run in the areas of this person."""
    found = Drill.objects.filter(scope_q(acting, Action.SIGN_WARNING, unit=None), ended_at=None)
    return list(found.select_related("area").defer("area__boundary").order_by("pk"))


def above(path: str) -> list[str]:
    """The path itself and those of all areas over it."""
    codes = path.rstrip(".").split(".")
    return [".".join(codes[: number + 1]) + "." for number in range(len(codes))]


def _with_area(found: "QuerySet[Warning]") -> "QuerySet[Warning]":
    return found.select_related("area", "unit").defer("area__boundary", "document")
