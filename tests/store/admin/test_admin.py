"""Django's admin: superusers with a second factor, to look; nothing of residents is there."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from anlan.store.admin import site
from anlan.store.models import StaffEvent, User
from tests.cast import Cast


@pytest.fixture
def root(cast: Cast) -> Client:
    """Grace, as a superuser with a second factor."""
    User.objects.filter(username="grace").update(is_superuser=True, is_staff=True)
    TOTP.activate(cast.grace.user, "JBSWY3DPEHPK3PXP")
    browser = Client()
    browser.force_login(cast.grace.user)
    return browser


@pytest.mark.parametrize("name", ["carol", "frank", "mia", "nobody"])
def test_others_are_sent_away(cast: Cast, name: str) -> None:
    browser = Client()
    browser.force_login(getattr(cast, name).user)

    assert browser.get("/django-admin/").status_code == 302


def test_without_a_second_factor_a_superuser_is_sent_to_set_one_up(cast: Cast) -> None:
    User.objects.filter(username="grace").update(is_superuser=True, is_staff=True)
    browser = Client()
    browser.force_login(cast.grace.user)

    assert browser.get("/django-admin/").url == "/account/second-factor/"


def test_the_admin_has_no_way_of_its_own_to_sign_in(db: None) -> None:
    assert Client().get("/django-admin/login/").url.startswith("/account/login/")


def test_what_residents_gave_is_not_there() -> None:
    there = {model.__name__ for model in site._registry}

    assert not there & {"Report", "ReportAddition", "Contact", "Photo", "Case", "CaseEvent", "SiteWideSalt"}


@pytest.mark.parametrize("table", sorted(model._meta.model_name for model in site._registry))
def test_every_table_is_listed_and_takes_nothing_new(root: Client, table: str) -> None:
    assert root.get(f"/django-admin/store/{table}/").status_code == 200
    assert root.get(f"/django-admin/store/{table}/add/").status_code == 403


def test_history_is_neither_changed_nor_deleted(root: Client) -> None:
    event = StaffEvent.objects.create(at="2026-11-23T12:00Z", action="x", subject="unit:x")

    assert root.post(f"/django-admin/store/staffevent/{event.pk}/change/", {"action": "y"}).status_code == 403
    assert root.post(f"/django-admin/store/staffevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_is_made_a_superuser_is_kept_in_history(root: Client, cast: Cast) -> None:
    liu = cast.liu.user

    root.post(f"/django-admin/store/user/{liu.pk}/change/", {"is_superuser": "on", "is_staff": "on"})

    assert list(StaffEvent.objects.values_list("subject", "actor__username", "changes")) == [
        ("member:liu", "grace", {"is_superuser": [False, True], "is_staff": [False, True]})
    ]


def test_nobody_changes_their_own_marks(root: Client, cast: Cast) -> None:
    answer = root.post(f"/django-admin/store/user/{cast.grace.user.pk}/change/", {})

    assert answer.status_code == 403
    assert User.objects.get(username="grace").is_superuser
