"""Who hears of an event, and what is due to be sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from anlan.cases.notices import Audience
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Relation, Role, UnitKind
from anlan.store.models import Case, CaseTask, Delivery, Membership, NoticeChoice, Unit, User, Webhook

type Work = Case | CaseTask
"""What people hear of: a case with its unit, or the task of another unit in it."""

ROLE_OF = {Audience.DESK: Role.DISPATCHER, Audience.VERIFIERS: Role.VERIFIER}


def members_told(case: Work, audience: Audience) -> list[User]:
    """The members who hear of an event of a case, or of a task.

    Of verifiers, those who were drawn for it. Of dispatchers, and of verifiers where nobody was drawn, those
    of the smallest area that holds the case and has any.
    """
    if audience is Audience.VERIFIERS and case.drawn_verifiers:
        return [each.user for each in _acting(Q(pk__in=case.drawn_verifiers))]
    if audience is Audience.UNIT:
        return [each.user for each in _acting(Q(role__in=roles_told(case), unit=case.unit_id))]
    found = list(_acting(Q(role=ROLE_OF[audience], area__code__in=codes_over(case.area_path))))
    if audience is Audience.VERIFIERS and case.unit_path:
        inside = Membership.objects.filter(unit_path__startswith=case.unit_path).values("user")
        theirs = Q(user__in=inside) | Q(user=case.rectified_by_id)
        found = list(_acting(Q(role=Role.VERIFIER, area__code__in=codes_over(case.area_path)) & ~theirs))
    nearest = max((len(each.area_path) for each in found), default=0)
    return [each.user for each in found if len(each.area_path) == nearest]


def moderators_over(area_path: str) -> list[User]:
    """Those of the smallest area over this one who decide on reports that wait there."""
    roles = [role for role in Role if Relation.OWN_AREA in allowed_relations(role, Action.MODERATE)]
    found = list(_acting(Q(role__in=roles, area__code__in=codes_over(area_path))))
    nearest = max((len(each.area_path) for each in found), default=0)
    return [each.user for each in found if len(each.area_path) == nearest]


def roles_told(work: Work) -> list[str]:
    """Handlers, and of a case that a rule sent to a role in this unit, who has that."""
    route = work.route_reason if isinstance(work, Case) else {}
    meant = work.unit is not None and route.get("unit") == work.unit.code
    return sorted({Role.HANDLER, Role(route["role"])} if meant and route.get("role") else {Role.HANDLER})


def choices_of(members: Iterable[User]) -> dict[int, NoticeChoice]:
    """How each member, by id, wants to be told, if they ever said; one query."""
    return {each.user_id: each for each in NoticeChoice.objects.filter(user__in=list(members))}


def dispatchers_of(case: Work, level: str) -> list[User]:
    """The dispatchers whose own area holds `case` and is of this level; one query."""
    which = Q(role=Role.DISPATCHER, area__code__in=codes_over(case.area_path), area__level=level)
    return [each.user for each in _acting(which)]


def _acting(which: Q) -> QuerySet[Membership]:
    """Memberships that count, one a member, with the member and their choice."""
    return (
        Membership.objects.filter(which, user__is_active=True, unit__active=True)
        .select_related("user")
        .order_by("user_id", "-area_path")
        .distinct("user_id")
    )


def unit_told(case: Work, audience: Audience) -> Unit | None:
    """The unit whose mailbox hears of it: the responsible one, or the nearest desk that has a mailbox."""
    if audience is Audience.UNIT:
        return case.unit if case.unit is not None and case.unit.email else None
    return desk_over(case.area_path) if audience is Audience.DESK else None


def desk_over(area_path: str) -> Unit | None:
    """The nearest desk over an area that has a mailbox."""
    desks = Unit.objects.filter(
        kind=UnitKind.DESK, active=True, area__code__in=codes_over(area_path)
    ).exclude(email="")
    return max(desks, key=lambda desk: (len(desk.area_path), desk.code), default=None)


def webhooks_told(case: Case) -> list[Webhook]:
    """The systems that hear of every event in the area of `case`."""
    return list(Webhook.objects.filter(active=True, area__code__in=codes_over(case.area_path)).order_by("id"))


def codes_over(area_path: str) -> list[str]:
    """The codes of an area and of those above it."""
    return area_path.rstrip(".").split(".")


CLAIM = """
UPDATE store_delivery SET claimed_until = %(until)s
WHERE id IN (
    SELECT d.id FROM store_delivery d
    WHERE d.sent_at IS NULL AND d.dead_at IS NULL AND d.send_at <= %(now)s
      AND (d.claimed_until IS NULL OR d.claimed_until <= %(now)s)
      AND NOT EXISTS (
          SELECT 1 FROM store_delivery e
          WHERE e.receiver = d.receiver AND e.way = d.way AND e.case_id = d.case_id AND e.id < d.id
            AND e.sent_at IS NULL AND e.dead_at IS NULL)
    ORDER BY d.send_at, d.id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""

LEASE = timedelta(minutes=5)
"""How long whoever claimed a message may take to send it; past this it is taken to have died."""


def claim(now: datetime, most: int = 200) -> list[Delivery]:
    """Messages that are due, each the first of its case for its receiver, claimed for LEASE."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "until": now + LEASE, "most": most})
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(
        Delivery.objects.filter(pk__in=ids)
        .select_related("event", "case__category", "case__area", "case__unit", "user", "unit", "webhook")
        .defer("case__words", "case__area__boundary")
        .order_by("receiver", "way", "id")
    )
