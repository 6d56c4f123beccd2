"""Addresses that others keep lead to the one that residents type, whatever name a request asked for."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast

PUBLIC = "https://city.example"


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.ANLAN_PUBLIC_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["10.0.0.5"]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/open311/discovery.json", f'"url": "{PUBLIC}/open311/v2"'),
        ("/open311/v2/openapi.json", f'"url": "{PUBLIC}/open311/v2"'),
        ("/warnings/feed.atom", f'href="{PUBLIC}/warnings/feed.atom"'),
        ("/public/cases.atom", f'href="{PUBLIC}/public/cases.atom"'),
        ("/.well-known/security.txt", f"Canonical: {PUBLIC}/.well-known/security.txt"),
    ],
)
def test_what_programs_keep_names_the_public_address(cast: Cast, address: str, says: str) -> None:
    page = Client(headers={"host": "10.0.0.5"}).get(address).text

    assert says in page and "10.0.0.5" not in page
