"""Where the first page leads."""

import pytest
from django.test import Client

from anlan.store.models import Area
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_new_installation_leads_to_its_set_up() -> None:
    assert Client().get("/")["Location"] == "/setup/"


def test_a_city_without_staff_leads_to_its_set_up_even_when_its_areas_were_imported() -> None:
    Area.objects.create(code="990100", name="990100", level="city", path="990100.")

    assert Client().get("/")["Location"] == "/setup/"


def test_a_resident_is_led_to_the_report_form(cast: Cast) -> None:
    assert Client().get("/")["Location"] == "/report/"


def test_staff_are_led_to_their_work(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.carol.user)

    assert client.get("/")["Location"] == "/work/"
