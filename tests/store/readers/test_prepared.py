"""Prepared queries: worked out once, asked with new values, never an answer to another one's question."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import CharField
from django.utils import timezone

from anlan.store.models import Membership, Unit, User
from anlan.store.readers.notices import unseen
from anlan.store.readers.prepared import Given, Prepared, PreparedUpdate, columns, instance
from anlan.store.readers.sessions import session_kept
from anlan.store.readers.staff import account, acting_for
from tests.cast import Cast


def test_each_asking_gets_the_rows_of_its_own_values(cast: Cast) -> None:
    by_name = Prepared(
        lambda: User.objects.filter(username=Given("name", CharField())).values_list("pk", "username")
    )

    asked = {name: by_name(name=name) for name in ("carol", "nemo", "carol", "x' OR ''='")}

    carol = User.objects.get(username="carol")
    assert asked == {"carol": [(carol.pk, "carol")], "nemo": [], "x' OR ''='": []}


def test_a_value_that_is_missing_stops_the_query(cast: Cast) -> None:
    with pytest.raises(KeyError):
        Prepared(lambda: User.objects.filter(pk=Given("user")).values_list("pk"))()


def test_a_change_is_made_where_its_values_say_and_nowhere_else(cast: Cast) -> None:
    rename = PreparedUpdate(
        lambda: User.objects.filter(username=Given("name", CharField())),
        first_name=Given("first", CharField()),
        last_name="Li",
    )

    changed = [rename(name="carol", first="x' OR ''='"), rename(name="nemo", first="Nemo")]

    renamed = User.objects.filter(last_name="Li").values_list("username", "first_name")
    assert (changed, list(renamed)) == ([1, 0], [("carol", "x' OR ''='")])


def test_a_row_becomes_what_django_makes_of_it(cast: Cast) -> None:
    names = columns(Unit)
    rows = Prepared(lambda: Unit.objects.order_by("pk").values_list(*names))()

    made = [instance(Unit, names, row) for row in rows]

    assert [vars(unit) | {"_state": None} for unit in made] == [
        vars(unit) | {"_state": None} for unit in Unit.objects.order_by("pk")
    ]


def test_members_are_read_as_django_reads_them(cast: Cast) -> None:
    for user in User.objects.all():
        plain = list(
            Membership.objects.filter(user=user, unit__active=True)
            .select_related("unit", "area")
            .order_by("id")
        )
        read = acting_for(user).memberships

        assert [(each, each.unit, each.area, each.role, each.area_path) for each in read] == [
            (each, each.unit, each.area, each.role, each.area_path) for each in plain
        ]
        assert (account(user.pk), unseen(user)) == (user, 0)


def test_nobody_is_behind_an_account_that_is_gone(cast: Cast) -> None:
    assert account(10**9) is None


def test_a_session_holds_until_its_end_and_no_longer_than_its_row(db: None) -> None:
    now = timezone.now()
    kept = Session.objects.create(session_key="k" * 32, session_data="x", expire_date=now)

    before, after = session_kept(kept.session_key, now - timedelta(seconds=1)), session_kept("k" * 32, now)
    kept.delete()

    assert before is not None
    assert (before.session_data, before.expire_date) == ("x", now)
    assert after is None
    assert session_kept("k" * 32, now - timedelta(seconds=1)) is None
