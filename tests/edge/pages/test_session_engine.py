"""Sessions are read anew for every request: what ends them ends them at once, and nobody gets another's."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from anlan.store.models import User
from tests.cast import Cast


@pytest.fixture
def carol(cast: Cast) -> Client:
    return _signed_in("carol")


def _signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def _name(client: Client) -> str:
    response = client.get("/account/")
    return response.context["user"].username if response.status_code == 200 else "nobody"


def test_members_in_turn_are_each_themselves(carol: Client) -> None:
    other = User.objects.exclude(username="carol").filter(is_active=True).order_by("pk")[0].username

    both = [_name(client) for client in (carol, _signed_in(other), carol)]

    assert both == ["carol", other, "carol"]


@pytest.mark.parametrize(
    "end",
    [
        lambda: Session.objects.all().delete(),
        lambda: Session.objects.update(expire_date="2020-01-01T00:00:00Z"),
        lambda: User.objects.update(is_active=False),
        lambda: User.objects.update(password="changed"),
    ],
    ids=["deleted", "run out", "account closed", "password changed"],
)
def test_a_session_ends_with_the_next_request(carol: Client, end) -> None:
    before = _name(carol)
    end()

    assert (before, _name(carol)) == ("carol", "nobody")
