"""Questions about cases that are handed over to other cities."""

from datetime import datetime
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q

from anlan.base.errors import NotFound
from anlan.staff.terms import Action
from anlan.store.models import Case, HandedOver, OtherCity, Report
from anlan.store.models.cases import OPEN
from anlan.store.readers.staff import Acting

BATCH = 200
SHOWN = 50
WAITING = Q(sent_at=None, dead_at=None)


def cases_to_hand_over(city: OtherCity) -> list[Case]:
    """Open cases of the city's category that are not on their way yet and did not come from there."""
    theirs = Report.objects.filter(case=OuterRef("pk"), source=f"open311-{city.pk}")
    known = HandedOver.objects.filter(case=OuterRef("pk"), city=city)
    found = Case.objects.filter(OPEN, category=city.category, opened_at__gte=city.since)
    return list(found.filter(~Exists(theirs), ~Exists(known)).order_by("pk")[:BATCH])


def waiting(now: datetime) -> list[HandedOver]:
    """What is due to leave, the oldest first."""
    due = HandedOver.objects.filter(WAITING, send_at__lte=now, city__active=True)
    return list(due.select_related("city", "case__area").order_by("send_at", "pk")[:BATCH])


def asked_after() -> list[tuple[OtherCity, list[HandedOver]]]:
    """What is elsewhere and not closed there, city by city. One query."""
    rows = (
        HandedOver.objects.filter(sent_at__isnull=False, ended_at=None, city__active=True)
        .select_related("city")
        .order_by("city", "pk")
    )
    return [(city, list(each)) for city, each in groupby(rows, key=lambda row: row.city)]


def other_cities(acting: Acting) -> list[OtherCity]:
    """All other cities with `waiting`, `dead` and `there` counted; for who administers this one."""
    if not acting.may_in_whole_city(Action.MANAGE_WEBHOOKS):
        raise NotFound
    counted = OtherCity.objects.select_related("category").annotate(
        waiting=Count("handed_over", filter=Q(handed_over__sent_at=None, handed_over__dead_at=None)),
        dead=Count("handed_over", filter=Q(handed_over__dead_at__isnull=False)),
        there=Count("handed_over", filter=Q(handed_over__sent_at__isnull=False)),
    )
    return list(counted.order_by("name"))


def one_city(acting: Acting, city_id: int) -> OtherCity:
    """One of them. Raises NotFound."""
    found = next((each for each in other_cities(acting) if each.pk == city_id), None)
    if found is None:
        raise NotFound
    return found


def handed_over(city: OtherCity) -> list[HandedOver]:
    """The last cases that went there or did not arrive. One query."""
    return list(city.handed_over.select_related("case").order_by("-pk")[:SHOWN])
