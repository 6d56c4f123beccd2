"""What the public may see of a case is written anew whenever the case changes, in the same transaction."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import CharField, DateField, DateTimeField
from django.utils import timezone

from anlan.cases.terms import State
from anlan.publishing.places import public_place
from anlan.publishing.public_states import PUBLIC
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.models import Case, FollowNews, PublicCase
from anlan.store.readers.gathered import any_of
from anlan.store.readers.prepared import Given, PreparedUpdate

PLACE = frozenset({"category", "area", "site", "lng", "lat"})
"""Columns of a case on which it depends how its place is shown."""


UNCLEARED: Mapping[str, Any] = MappingProxyType(
    {"words": "", "done_words": "", "address": "", "cleared_at": None}
)
"""What the public reads of a case that no person has cleared."""


def publish(case: Case, at: datetime) -> None:
    """Write what the public may see of `case` as it stands; words that a person cleared stay.

    Inside the caller's transaction. A row that a person hid stays hidden. Words and an address that were
    cleared while the place was exact may name the house: where it no longer may be exact they go, and wait
    for a person again.
    """
    facts = public_facts(case) | {"updated_at": at}
    hidden = facts.pop("place_rule_of_kind") is PlaceRule.NEVER
    known = PublicCase.objects.filter(pk=case.pk)
    if facts["place_rule"] is not PlaceRule.EXACT:
        known.filter(place_rule=PlaceRule.EXACT).update(**UNCLEARED, waiting_since=at)
    if not known.update(**facts, **({"shown": False} if hidden else {})):
        PublicCase.objects.create(case=case, shown=not hidden, waiting_since=at, **facts)
    if hidden:
        forget_news(case.pk)


def restate(case: Case, at: datetime, changed: Collection[str]) -> None:
    """Follow a step of a case of which the columns `changed` changed; mostly that is its state alone."""
    if PLACE & set(changed):
        publish(case, at)
        return
    _RESTATE(case=case.pk, now=at, **_standing(case))


_RESTATE = PreparedUpdate(
    lambda: PublicCase.objects.filter(pk=Given("case")),
    state=Given("state", CharField()),
    closed_at=Given("closed_at", DateTimeField()),
    closed_month=Given("closed_month", DateField()),
    updated_at=Given("now", DateTimeField()),
)


def month_of(at: datetime) -> date:
    """The first day of the month of the city in which a time lies."""
    return timezone.localdate(at).replace(day=1)


def _standing(case: Case) -> dict[str, Any]:
    """Where a case stands, and since when it is over."""
    return {
        "state": str(PUBLIC[State(case.state)]),
        "closed_at": case.closed_at,
        "closed_month": month_of(case.closed_at) if case.closed_at else None,
    }


def await_reading(case_ids: Collection[int], at: datetime) -> None:
    """Words came to these cases that no person has read for the public yet."""
    _AWAIT(cases=list(case_ids), now=at)


_AWAIT = PreparedUpdate(
    lambda: PublicCase.objects.filter(any_of("store_publiccase.case_id", "cases"), waiting_since=None),
    waiting_since=Given("now", DateTimeField()),
)


def forget_news(case_id: int) -> None:
    """Take back what followers have not been told yet of a case that the public no longer sees."""
    FollowNews.objects.filter(event__case=case_id, sent_at=None, dead_at=None).delete()


def publish_all(cases: Iterable[Case]) -> None:
    """Write many cases that are new, with their category and area at hand; words of open ones wait."""
    rows = []
    for case in cases:
        facts = public_facts(case)
        shown = facts.pop("place_rule_of_kind") is not PlaceRule.NEVER
        facts |= {"updated_at": case.closed_at or case.opened_at}
        waits = facts["state"] in (PublicState.RECEIVED, PublicState.IN_HAND)
        waiting_since = case.opened_at if waits else None
        rows.append(PublicCase(case=case, shown=shown, waiting_since=waiting_since, **facts))
    PublicCase.objects.bulk_create(rows, batch_size=1000)


def public_facts(case: Case) -> dict[str, Any]:
    """The columns that follow from the case alone."""
    rule = PlaceRule(case.category.public_place)
    place = public_place(
        rule, case.lng, case.lat, area_kind=case.area.kind, homes=settings.ANLAN_PUBLIC_CELL_HOMES
    )
    return _standing(case) | {
        "category_id": case.category_id,
        "area_id": case.area_id,
        "area_path": case.area_path,
        "site_id": case.site_id if rule is PlaceRule.EXACT else None,
        "month": month_of(case.opened_at),
        "opened_at": case.opened_at,
        "place_rule": place.rule,
        "lng": place.lng,
        "lat": place.lat,
        "cell": place.cell,
        "place_rule_of_kind": rule,
    }
