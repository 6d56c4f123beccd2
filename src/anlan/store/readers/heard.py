"""Warnings of other senders: feeds that are due, what is in force, what a feed brought."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Case, Count, Max, Prefetch, Q, QuerySet, Value, When

from anlan.base.errors import NotFound
from anlan.places.terms import Level
from anlan.sensing.cap.reading import Message
from anlan.sensing.hearing import HeardState, code_of, hit
from anlan.sensing.terms import Colour, MessageStatus
from anlan.staff.terms import Action
from anlan.store.models import Area, CapFeed, FeedRule, HeardArea, HeardWarning
from anlan.store.readers.staff import Acting
from anlan.store.readers.warnings import above

MOST = 50
LEVELS = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
"""Areas that a shape is mapped to; villages are reached by those above them."""
WORST_FIRST = Case(
    *(
        When(colour=colour, then=Value(place))
        for place, colour in enumerate((Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE))
    )
)
WITH_AREAS = Prefetch(
    "areas", HeardArea.objects.select_related("area").defer("area__boundary").order_by("pk")
)

type FromElsewhere = HeardWarning
"""A message of another sender as pages hold it."""


def feeds_due(now: datetime) -> list[CapFeed]:
    """Feeds that are to be asked now."""
    found = CapFeed.objects.filter(Q(next_at=None) | Q(next_at__lte=now), active=True)
    return list(found.order_by("pk"))


def known_entries(feed: CapFeed, keys: Sequence[str]) -> set[str]:
    """Those of these entries that were read before; one query."""
    return set(HeardWarning.objects.filter(feed=feed, entry__in=keys).values_list("entry", flat=True))


def areas_of(message: Message) -> list[Area]:
    """Our areas that a message is about: by its codes, else by its shapes, else by their names."""
    codes = {code_of(each) for each in message.codes}
    named = Area.objects.filter(in_use=True).defer("boundary")
    by_code = list(named.filter(code__in=codes).order_by("path")) if codes else []
    if by_code:
        return _widest(by_code)
    top = Area.objects.filter(in_use=True, level=Level.CITY).order_by("path").first()
    if message.polygons and top is not None:
        return hit(message.polygons, top, _below)
    return _widest(named.filter(name__in=message.places, level__in=LEVELS).order_by("path"))


def _below(area: Area) -> list[Area]:
    return list(Area.objects.filter(parent=area, in_use=True, level__in=LEVELS).order_by("path"))


def _widest(areas: "Sequence[Area] | QuerySet[Area]") -> list[Area]:
    """Without those that lie in another of them; ordered by path."""
    kept: list[Area] = []
    for each in areas:
        if not kept or not each.path.startswith(kept[-1].path):
            kept.append(each)
    return kept


def heard_in_force(now: datetime, path: str = "", *, meant: bool = True) -> list[HeardWarning]:
    """Other senders' warnings in force, red first; below `path` or over it. `meant` leaves drills out."""
    found = HeardWarning.objects.filter(state=HeardState.IN_FORCE, expires__gt=now, feed__active=True)
    if meant:
        found = found.filter(status=MessageStatus.ACTUAL)
    if path:
        near = Q(area_path__startswith=path) | Q(area_path__in=above(path))
        found = found.filter(pk__in=HeardArea.objects.filter(near).values("heard"))
    found = found.select_related("feed").defer("document").prefetch_related(WITH_AREAS)
    return list(found.order_by(WORST_FIRST, "-sent", "-pk")[:MOST])


def feeds(acting: Acting) -> list[CapFeed]:
    """All feeds, `in_force` and `faulty` counted. Raises NotFound for who administers less than the city."""
    _check(acting)
    faulty = Q(heard__state=HeardState.FAULTY)
    return list(
        CapFeed.objects.annotate(
            in_force=Count("heard", filter=Q(heard__state=HeardState.IN_FORCE)),
            faulty=Count("heard", filter=faulty),
            newest=Max("heard__heard_at"),
        ).order_by("name")
    )


def one_feed(acting: Acting, feed_id: int) -> CapFeed:
    """One feed. Raises NotFound."""
    _check(acting)
    found = CapFeed.objects.filter(pk=feed_id).first()
    if found is None:
        raise NotFound
    return found


def rules_of(feed: CapFeed) -> list[FeedRule]:
    """The rules of a feed."""
    return list(feed.rules.select_related("area").defer("area__boundary").order_by("pk"))


def brought_by(feed: CapFeed) -> list[HeardWarning]:
    """What a feed brought last, the newest first."""
    found = feed.heard.defer("document").prefetch_related(WITH_AREAS).order_by("-heard_at", "-pk")
    return list(found[:MOST])


def _check(acting: Acting) -> None:
    if not acting.may_in_whole_city(Action.MANAGE_WEBHOOKS):
        raise NotFound


KEPT = timedelta(days=90)
"""How long messages that are over stay to be looked up."""
