"""Who hears of a warning, and which messages are due."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from anlan.base.errors import NotFound
from anlan.cases.notices import NoticeKind
from anlan.sensing.telling import NotSent, TellWay, touches
from anlan.staff.terms import Action
from anlan.store.models import Area, Follow, Membership, NoticeChoice, Warning, WarningDelivery, Webhook
from anlan.store.readers.staff import Acting, scope_q
from anlan.store.readers.warnings import above

LEASE = timedelta(minutes=5)
"""How long whoever claimed a message may take to send it; past this it is taken to have died."""
CLAIM = """
UPDATE store_warningdelivery SET claimed_until = %(until)s
WHERE id IN (
    SELECT d.id FROM store_warningdelivery d
    WHERE d.sent_at IS NULL AND d.dead_at IS NULL AND d.why_not = '' AND d.send_at <= %(now)s
      AND (d.claimed_until IS NULL OR d.claimed_until <= %(now)s)
      AND NOT EXISTS (
          SELECT 1 FROM store_warningdelivery e
          WHERE e.chain_id = d.chain_id AND e.receiver = d.receiver AND e.way = d.way AND e.id < d.id
            AND e.sent_at IS NULL AND e.dead_at IS NULL AND e.why_not = '')
    ORDER BY d.urgent DESC, d.send_at, d.id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""
"""Red first; of one chain and one receiver the first that waits."""


def claim_warnings(now: datetime, most: int = 200) -> list[WarningDelivery]:
    """Messages that are due, claimed for LEASE, the most urgent first; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "until": now + LEASE, "most": most})
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(
        WarningDelivery.objects.filter(pk__in=ids)
        .select_related("warning__area", "follow", "user", "webhook")
        .defer("warning__area__boundary")
        .order_by("-urgent", "send_at", "id")
    )


def had_some(told: WarningDelivery) -> bool:
    """May this receiver have had an earlier message of the chain? What was tried may have arrived."""
    earlier = WarningDelivery.objects.filter(
        chain=told.chain_id, receiver=told.receiver, way=told.way, pk__lt=told.pk
    )
    return earlier.filter(Q(sent_at__isnull=False) | Q(tries__gt=0) | Q(claimed_until__isnull=False)).exists()


def chain_of(warning: Warning) -> int:
    """The id of the first message of its chain; a query for each message before it."""
    first = warning.pk
    before = warning.follows_id
    while before is not None:
        first = before
        before = Warning.objects.filter(pk=first).values_list("follows_id", flat=True).get()
    return first


def told_before(chain: int) -> "QuerySet[WarningDelivery]":
    """Each receiver of earlier messages of a chain once, by each way."""
    found = WarningDelivery.objects.filter(chain=chain)
    return found.order_by("receiver", "way", "pk").distinct("receiver", "way")


def followers_warned(warning: Warning) -> list[Follow]:
    """Those outside who hear of it: by an area in it, over it, or that its shape reaches into."""
    found = Follow.objects.filter(_reaches(warning, "area__path"), warnings=True, confirmed_at__isnull=False)
    rows = list(found.order_by("pk"))
    reached = _reached({each.area_id for each in rows if each.area_id}, warning)
    return [each for each in rows if each.area_id in reached]


def _reached(areas: Iterable[int], warning: Warning) -> set[int]:
    """Of these areas those that the shape of a warning reaches into."""
    if not warning.polygon:
        return set(areas)
    found = Area.objects.filter(pk__in=list(areas)).values_list("pk", "boundary")
    return {pk for pk, boundary in found if touches(warning.polygon, bytes(boundary) if boundary else None)}


def staff_warned(warning: Warning) -> list[NoticeChoice]:
    """The members with a role in or over its area who chose to hear of warnings; one query."""
    roles = Membership.objects.filter(_reaches(warning, "area_path"), unit__active=True)
    chose = Q(by_email__contains=[NoticeKind.WARNING]) | Q(by_sms__contains=[NoticeKind.WARNING])
    found = NoticeChoice.objects.filter(chose, user__in=roles.values("user"), user__is_active=True)
    return list(found.select_related("user").order_by("user_id"))


def systems_warned(warning: Warning) -> list[Webhook]:
    """The systems that hear of it."""
    return list(Webhook.objects.filter(_reaches(warning, "area_path"), active=True).order_by("pk"))


def _reaches(warning: Warning, column: str) -> Q:
    path = warning.area_path
    return Q(**{f"{column}__startswith": path}) | Q(**{f"{column}__in": above(path)})


class HowTold(NamedTuple):
    """By one way, how many messages of a warning were sent, wait, are dead, or were better not sent."""

    way: TellWay
    sent: int
    waiting: int
    dead: int
    expired: int
    replaced: int


def how_told(acting: Acting, warning_id: int) -> list[HowTold]:
    """By each way how many were sent, wait, could not be sent, or were better not sent. Raises NotFound."""
    seen = Warning.objects.filter(scope_q(acting, Action.DRAFT_WARNING, unit=None), pk=warning_id)
    if not seen.exists():
        raise NotFound
    waiting = Q(sent_at=None, dead_at=None, why_not="")
    found = (
        WarningDelivery.objects.filter(warning=warning_id)
        .values("way")
        .annotate(
            sent=Count("pk", filter=Q(sent_at__isnull=False)),
            waiting=Count("pk", filter=waiting),
            dead=Count("pk", filter=Q(dead_at__isnull=False)),
            expired=Count("pk", filter=Q(why_not=NotSent.EXPIRED)),
            replaced=Count("pk", filter=Q(why_not__in=(NotSent.REPLACED, NotSent.NEVER_TOLD))),
        )
        .order_by("way")
        .values_list(*HowTold._fields)
    )
    return [HowTold(TellWay(way), *counts) for way, *counts in found]


def dead_of(warning: Warning) -> "QuerySet[WarningDelivery]":
    """The messages of a warning that nobody took."""
    return WarningDelivery.objects.filter(warning=warning, dead_at__isnull=False)
