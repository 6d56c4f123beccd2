"""The first administrator sets the city up: its area, its first unit, their own account, kinds of hazards."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import keep, record, take_turns
from anlan.flows.starting_categories import begin_with_list
from anlan.places.areas import canonical_code, level_of, parent_code, path_of
from anlan.staff.terms import Role, UnitKind
from anlan.staff.units import check_code, path_below
from anlan.store.models import Area, Membership, Unit, User


@dataclass(frozen=True)
class FirstCity:
    """What the set-up page asks for."""

    area_code: str
    area_name: str
    unit_code: str
    unit_name: str
    username: str
    email: str
    password: str
    starting_list: bool = True
    """Begin with the kinds of hazards of flows/starting_categories.py?"""


@transaction.atomic
def set_up_city(*, city: FirstCity, now: datetime) -> User:
    """Make the city's area (or name the one that an import made), the first unit and its administrator.

    Nobody acts yet: the caller has checked the one-time code. Of two at once one wins; afterwards there is
    nothing to set up any more: NotFound. Raises Refused("city_code_wrong") for a code that is no city's, and
    Refused("unit_code_wrong").
    """
    take_turns()
    if User.objects.exists():
        raise NotFound
    check_code(city.unit_code)
    user = User(username=city.username, email=city.email, is_staff=True, is_superuser=True)
    user.set_password(city.password)
    user.save()
    area = _area(city, user, now)
    unit = Unit.objects.create(
        code=city.unit_code,
        name=city.unit_name,
        kind=UnitKind.DESK,
        path=path_below("", city.unit_code),
        area=area,
        area_path=area.path,
    )
    Membership.objects.create(
        user=user, unit=unit, unit_path=unit.path, role=Role.ADMINISTRATOR, area=area, area_path=area.path
    )
    record(user, "set_up", f"unit:{unit.code}", {"name": (None, unit.name)}, now)
    record(user, "set_up", f"member:{user.username}", {"role": (None, Role.ADMINISTRATOR)}, now)
    if city.starting_list:
        begin_with_list(user, now)
    return user


def is_city_code(code: str) -> bool:
    """Whether a city may have this code, or one that an import made has it."""
    known = Area.objects.filter(code=code, parent=None).exists()
    return known or (canonical_code(code) == code and parent_code(code) is None)


def _area(city: FirstCity, user: User, now: datetime) -> Area:
    """The root of the tree, named as was typed: lists of counties seldom say how the city is called."""
    known = Area.objects.filter(code=city.area_code, parent=None).first()
    if known is not None:
        keep(user, "set_up", f"area:{known.code}", known, {"name": city.area_name}, now)
        return known
    if not is_city_code(city.area_code):
        raise Refused("city_code_wrong", code=city.area_code)
    code = city.area_code
    area = Area.objects.create(code=code, name=city.area_name, level=level_of(code), path=path_of(code))
    record(user, "set_up", f"area:{code}", {"name": (None, area.name)}, now)
    return area
