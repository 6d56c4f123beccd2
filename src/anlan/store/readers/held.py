"""Questions about reports that wait for a person: of those who decide, and of the reporter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When

from anlan.base.errors import NotFound
from anlan.cases.holding import Decision, HeldFor
from anlan.staff.terms import Action
from anlan.store.models import HeldGroup, HeldLook, HeldReport
from anlan.store.readers.staff import Acting, scope_q

GROUPS = 100
"""Groups on a page, the urgent and then the oldest first."""

SHOWN = 50
"""Reports of a group whose words are shown."""

WAITING = Q(decided_at=None, withdrawn_at=None)


@dataclass(frozen=True)
class WaitingGroup:
    """A group as the list shows it: nobody's words."""

    id: int
    why: str
    began_at: datetime
    reports: int
    urgent: int
    areas: int


@dataclass(frozen=True)
class HeldPage:
    """One group: what waits, what of it is shown, and who read it."""

    group: HeldGroup
    total: int
    shown: list[HeldReport]
    looks: list[HeldLook]


@dataclass(frozen=True)
class HeldProgress:
    """What a reporter sees of a report that waits, or that was set aside."""

    held_id: int
    received_at: datetime
    withdrawn_at: datetime | None
    category_zh: str  # "" while nobody said of which kind it is
    category_en: str
    area_name: str
    words: str
    answers: Sequence[Mapping[str, str]]  # with their questions
    is_unclear: bool  # does it wait because a mail says no kind or no place?
    is_set_aside: bool
    why: str
    decided_at: datetime | None


def waiting_groups(acting: Acting) -> list[WaitingGroup]:
    """Groups with reports on which this person may decide. One query."""
    counted = (
        _mine(acting)
        .filter(WAITING)
        .values("group", why=F("group__why"))
        .annotate(
            began=Min("received_at"),
            n=Count("pk"),
            urgent=Count("pk", filter=Q(is_urgent=True)),
            areas=Count("area", distinct=True),
        )
        .order_by(Case(When(urgent__gt=0, then=Value(0)), default=Value(1)), "began")
    )
    return [
        WaitingGroup(row["group"], row["why"], row["began"], row["n"], row["urgent"], row["areas"])
        for row in counted[:GROUPS]
    ]


def waiting_count(acting: Acting) -> int:
    """Reports that wait for this person. One query."""
    return _mine(acting).filter(WAITING).count()


def held_page(acting: Acting, group_id: int) -> HeldPage:
    """What waits of a group. Four queries. Raises NotFound."""
    group = HeldGroup.objects.filter(pk=group_id).first()
    mine = waiting_in(acting, group_id).select_related("category", "area")
    shown = list(mine.order_by("-is_urgent", "received_at", "pk")[:SHOWN])
    if group is None or not shown:
        raise NotFound
    looks = list(HeldLook.objects.filter(group=group_id).select_related("user").order_by("-day", "pk")[:20])
    return HeldPage(group, mine.count(), shown, looks)


def waiting_in(acting: Acting, group_id: int) -> QuerySet[HeldReport]:
    """The reports of a group on which this person may decide."""
    return _mine(acting).filter(WAITING, group=group_id)


def decided_lately(acting: Acting) -> list[HeldReport]:
    """What was decided last, the newest first. One query."""
    found = _mine(acting).filter(decided_at__isnull=False)
    return list(
        found.select_related("category", "area", "decided_unit", "report__case", "group").order_by(
            "-decided_at", "-pk"
        )[:SHOWN]
    )


def held_with(receipt_hash: bytes) -> int | None:
    """The id of what waits, or was set aside, with this hash of its receipt code."""
    found = HeldReport.objects.filter(receipt_hash=receipt_hash, report=None)
    return found.values_list("pk", flat=True).first()


def held_progress(held_id: int) -> HeldProgress:
    """What the holder of the receipt may know of it. One query. Raises NotFound."""
    held = HeldReport.objects.select_related("category", "area").filter(pk=held_id, report=None).first()
    if held is None:
        raise NotFound
    told: Mapping[str, Any] = held.told
    return HeldProgress(
        held_id=held.pk,
        received_at=held.received_at,
        withdrawn_at=held.withdrawn_at,
        category_zh=held.category.name_zh if held.category is not None else "",
        category_en=held.category.name_en if held.category is not None else "",
        area_name=held.area.name,
        words=told.get("words", ""),
        answers=told.get("answers", ()),
        is_unclear=HeldFor.UNCLEAR in held.reasons,
        is_set_aside=held.decision == Decision.SET_ASIDE,
        why=held.decided_why,
        decided_at=held.decided_at,
    )


def _mine(acting: Acting) -> QuerySet[HeldReport]:
    return HeldReport.objects.filter(scope_q(acting, Action.MODERATE, unit=None))
