"""Questions about cases that are handed over to other cities."""

from datetime import datetime
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q

from anlan.base.errors import NotFound
from anlan.staff.terms import Action
from anlan.store.models import Case, HandedOver, OtherCity, PublicPhoto, Report
from anlan.store.models.cases import OPEN
from anlan.store.readers.public_photos import cleared_photos
from anlan.store.readers.staff import Acting

BATCH = 200
SHOWN = 50
MOST_ASKED = 500
"""Cases of all cities that are asked after at a time, those first that wait longest."""
WAITING = Q(sent_at=None, dead_at=None)


def cases_to_hand_over(city: OtherCity) -> list[Case]:
    """Open cases of the city's category that are not on their way yet and did not come from there."""
    theirs = Report.objects.filter(case=OuterRef("pk"), source=f"open311-{city.pk}")
    known = HandedOver.objects.filter(case=OuterRef("pk"), city=city)
    found = Case.objects.filter(OPEN, category=city.category, opened_at__gte=city.since)
    return list(found.filter(~Exists(theirs), ~Exists(known)).order_by("pk")[:BATCH])


def _awake(now: datetime, city: str = "") -> Q:
    """Of a city that is in use and not left alone just now; `city` leads to it."""
    resting = Q(**{f"{city}rest_until__gt": now})
    return Q(**{f"{city}active": True}) & ~resting


def waiting(now: datetime) -> list[HandedOver]:
    """What is due to leave, city by city, the oldest first."""
    due = HandedOver.objects.filter(WAITING, _awake(now, "city__"), send_at__lte=now)
    return list(due.select_related("city", "case__area").order_by("city", "send_at", "pk")[:BATCH])


def asked_after(now: datetime) -> list[tuple[OtherCity, list[HandedOver]]]:
    """What is elsewhere, not closed there and due to be asked after, city by city. One query."""
    due = HandedOver.objects.filter(_awake(now, "city__"), ask_at__lte=now, ended_at=None)
    rows = list(due.select_related("city").order_by("ask_at", "pk")[:MOST_ASKED])
    rows.sort(key=lambda row: row.city_id)
    return [(each[0].city, each) for each in (list(some) for _city, some in groupby(rows, key=_city_of))]


def _city_of(row: HandedOver) -> int:
    return row.city_id


def fetched_cities(now: datetime) -> list[OtherCity]:
    """Cities whose requests come here. One query."""
    return list(OtherCity.objects.filter(_awake(now), fetches=True).select_related("category"))


def cases_that_came(city: OtherCity) -> list[tuple[int, str]]:
    """Open cases that came from a city and are not asked after yet, each with its id there. One query."""
    known = HandedOver.objects.filter(case=OuterRef("case"), city=city)
    came = Report.objects.filter(source=f"open311-{city.pk}", case__in=Case.objects.filter(OPEN))
    return list(came.filter(~Exists(known)).order_by("pk").values_list("case", "source_id")[:BATCH])


def photos_missing_there(now: datetime) -> list[tuple[HandedOver, PublicPhoto]]:
    """Cleared photos of cases that went to a city that takes photos, and that did not go. Two queries."""
    there = HandedOver.objects.filter(_awake(now, "city__"), came=False, ended_at=None, sent_at__isnull=False)
    takes = ~Q(city__photos_as="") & ~Q(city__gives_updates=False) & ~Q(their_id="")
    rows = list(there.filter(takes).select_related("city").order_by("-pk")[:MOST_ASKED])
    photos = cleared_photos({row.case_id for row in rows})
    return [
        (row, photo)
        for row in rows
        for photo in photos
        if photo.photo.case_id == row.case_id and str(photo.photo_id) not in row.sent_photos
    ]


def other_cities(acting: Acting) -> list[OtherCity]:
    """All other cities with `waiting`, `dead`, `there` and `lost` counted; for who administers this one."""
    if not acting.may_in_whole_city(Action.MANAGE_WEBHOOKS):
        raise NotFound
    there = Q(handed_over__sent_at__isnull=False, handed_over__came=False)
    counted = OtherCity.objects.select_related("category").annotate(
        waiting=Count("handed_over", filter=Q(handed_over__sent_at=None, handed_over__dead_at=None)),
        dead=Count("handed_over", filter=Q(handed_over__dead_at__isnull=False)),
        there=Count("handed_over", filter=there),
        lost=Count("handed_over", filter=there & Q(handed_over__ended_at=None, handed_over__ask_at=None)),
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
    went = city.handed_over.filter(came=False)
    return list(went.select_related("case").order_by("-pk")[:SHOWN])
