"""Administrators of the city say which cases go to other cities' Open311 servers and whose come here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import keep, record, take_turns
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Category, HandedOver, OtherCity
from anlan.store.readers.managed import city_path
from anlan.store.readers.staff import Acting

AWAKE: Mapping[str, Any] = {"tries": 0, "rest_until": None, "last_error": ""}
"""Columns of a city that is not left alone."""


@dataclass(frozen=True)
class CityFacts:
    """What is said of another city; an empty `api_key` leaves the one that is kept."""

    address: str
    category_code: str
    service_code: str
    form: str = "json"
    jurisdiction_id: str = ""
    api_key: str = ""
    sends: bool = True
    fetches: bool = False
    photos_as: str = ""
    active: bool = True


@transaction.atomic
def add_city(*, acting_user: Acting, name: str, facts: CityFacts, now: datetime) -> OtherCity:
    """Add another city. Raises Refused("not_permitted", "name_taken", "category_unknown")."""
    take_turns()
    _check_may(acting_user)
    if OtherCity.objects.filter(name=name).exists():
        raise Refused("name_taken", name=name)
    city = OtherCity.objects.create(name=name, since=now, **_columns(facts))
    record(acting_user.user, "added", subject_of(city), {"address": (None, city.address)}, now)
    return city


@transaction.atomic
def change_city(*, acting_user: Acting, city_id: int, facts: CityFacts, now: datetime) -> OtherCity:
    """Change what is said of another city; its key is in no history. Raises NotFound, Refused."""
    take_turns()
    city = _one(acting_user, city_id)
    columns = _columns(facts)
    key = columns.pop("api_key")
    if key and key != city.api_key:
        OtherCity.objects.filter(pk=city.pk).update(api_key=key)
        record(acting_user.user, "new_secret", subject_of(city), {}, now)
    keep(acting_user.user, "changed", subject_of(city), city, columns, now)
    OtherCity.objects.filter(pk=city.pk).update(gives_updates=None, **AWAKE)  # it may be another server now
    return city


@transaction.atomic
def hand_over_again(*, acting_user: Acting, city_id: int, now: datetime) -> int:
    """Let the dead letters of a city leave again, and ask again after cases that it did not know.

    Gives how many of both. Raises NotFound, Refused.
    """
    city = _one(acting_user, city_id)
    OtherCity.objects.filter(pk=city.pk).update(**AWAKE)
    dead = HandedOver.objects.filter(city=city, dead_at__isnull=False)
    lost = HandedOver.objects.filter(city=city, sent_at__isnull=False, ended_at=None, ask_at=None)
    count = dead.update(dead_at=None, tries=0, send_at=now) + lost.update(ask_at=now, ask_tries=0)
    record(acting_user.user, "replayed", subject_of(city), {"dead_letters": (count, 0)}, now)
    return count


def subject_of(city: OtherCity) -> str:
    """What history calls the city."""
    return f"city:{city.name}"[:100]


def _columns(facts: CityFacts) -> dict[str, Any]:
    columns = asdict(facts)
    category = Category.objects.filter(code=columns.pop("category_code"), active=True).first()
    if category is None:
        raise Refused("category_unknown", code=facts.category_code)
    return columns | {"category": category, "address": facts.address.rstrip("/")}


def _one(acting: Acting, city_id: int) -> OtherCity:
    _check_may(acting)
    city = OtherCity.objects.select_for_update(of=("self",)).filter(pk=city_id).first()
    if city is None:
        raise NotFound
    return city


def _check_may(acting: Acting) -> None:
    """Other cities concern the whole of this one."""
    check_reach(acting.memberships, Action.MANAGE_WEBHOOKS, Spot(city_path()))
