"""The pages on which administrators name other cities."""

from typing import Any

import pytest
from django.test import Client

from anlan.store.models import OtherCity
from tests.cast import Cast

TYPED = {
    "name": "Next",
    "address": "https://next.example/open311/v2",
    "form": "json",
    "category_code": "open_water",
    "service_code": "W1",
    "api_key": "their-key",
    "sends": "on",
}


@pytest.mark.django_db
def test_a_city_is_added_changed_and_its_key_is_shown_to_nobody(cast: Cast, settings: Any) -> None:
    settings.ANLAN_SYNTHETIC = True  # administrators need no second factor in the demo
    grace = Client(headers={"accept-language": "en"})
    grace.force_login(cast.grace.user)

    added = grace.post("/manage/cities/add/", TYPED, follow=True)
    city = OtherCity.objects.get()
    base = f"/manage/cities/of/{city.pk}/"
    typed = {**TYPED, "api_key": "", "service_code": "W2", "active": "on"}
    changed = grace.post(f"{base}change/", typed, follow=True)
    again = grace.post(f"{base}again/", follow=True)

    city.refresh_from_db()
    assert (city.service_code, city.api_key, city.sends, city.fetches) == ("W2", "their-key", True, False)
    pages = [
        added,
        changed,
        again,
        *(grace.get(each) for each in ("/manage/cities/", base, f"{base}change/")),
    ]
    assert [page.status_code for page in pages] == [200] * 6
    assert all("Next" in page.text and "their-key" not in page.text for page in pages)
