"""The first set-up: once, by one."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection

from anlan.base.errors import NotFound, Refused
from anlan.flows.manage_categories import add_starting_categories
from anlan.flows.set_up_city import FirstCity, set_up_city
from anlan.flows.starting_categories import FAMILIES
from anlan.store.models import Area, Category, Membership, StaffEvent, Unit, User
from anlan.store.readers.staff import acting_for
from tests.cast import Cast
from tests.conftest import NOON

CITY = FirstCity(
    area_code="990100",
    area_name="澜川市",
    unit_code="desk",
    unit_name="市指挥中心",
    username="grace",
    email="",
    password="长长的口令 and words",
)
STARTING = [each.code for family, kinds in FAMILIES for each in (family, *kinds)]


@pytest.mark.django_db
def test_city_unit_and_administrator_are_made_and_kept_in_history() -> None:
    user = set_up_city(city=CITY, now=NOON)

    assert user.check_password(CITY.password)
    assert list(Membership.objects.values_list("user__username", "role", "unit__path", "area_path")) == [
        ("grace", "administrator", "desk.", "990100.")
    ]
    assert list(StaffEvent.objects.order_by("id").values_list("subject", "actor__username")) == [
        ("area:990100", "grace"),
        ("unit:desk", "grace"),
        ("member:grace", "grace"),
        *((f"category:{code}", "grace") for code in STARTING),
    ]
    assert list(Category.objects.order_by("id").values_list("code", flat=True)) == STARTING


@pytest.mark.django_db
def test_a_city_may_begin_without_the_list_of_kinds() -> None:
    set_up_city(city=replace(CITY, starting_list=False), now=NOON)

    assert not Category.objects.exists()


@pytest.mark.django_db
def test_the_list_of_kinds_is_taken_later_while_there_are_none() -> None:
    grace = acting_for(set_up_city(city=replace(CITY, starting_list=False), now=NOON))

    add_starting_categories(acting_user=grace, now=NOON)
    with pytest.raises(Refused, match="categories_there"):
        add_starting_categories(acting_user=grace, now=NOON)

    assert list(Category.objects.order_by("id").values_list("code", flat=True)) == STARTING
    assert StaffEvent.objects.filter(action="added", actor=grace.user).count() == len(STARTING)


@pytest.mark.django_db
def test_the_city_that_an_import_brought_is_taken_and_gets_the_name_that_was_typed() -> None:
    known = Area.objects.create(code="990100", name="990100", level="city", path="990100.")

    set_up_city(city=CITY, now=NOON)

    assert Unit.objects.get().area == known
    assert Area.objects.get().name == "澜川市"
    assert StaffEvent.objects.get(subject="area:990100").changes == {"name": ["990100", "澜川市"]}


def test_a_city_with_staff_is_not_set_up_again(cast: Cast) -> None:
    with pytest.raises(NotFound):
        set_up_city(city=CITY, now=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"area_code": "990101"}, "city_code_wrong"),
        ({"area_code": "9901"}, "city_code_wrong"),
        ({"area_code": "99010０"}, "city_code_wrong"),
        ({"unit_code": "the desk"}, "unit_code_wrong"),
    ],
)
def test_a_wrong_code_leaves_nothing_behind(wrong: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        set_up_city(city=replace(CITY, **wrong), now=NOON)

    assert not User.objects.exists() and not Area.objects.exists() and not Unit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins() -> None:
    ready, outcomes = Barrier(2), []

    def run(name: str) -> None:
        ready.wait()
        try:
            outcomes.append(set_up_city(city=replace(CITY, username=name), now=NOON).username)
        except NotFound:
            outcomes.append("not found")
        finally:
            connection.close()

    both = [Thread(target=run, args=(name,)) for name in ("grace", "mallory")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert sorted(outcomes) == sorted([User.objects.get().username, "not found"])
