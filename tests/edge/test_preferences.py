"""Language and look: asked for once, kept."""

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.fixture(autouse=True)
def demo(settings: object) -> None:
    """The kit is there in a demonstration."""
    settings.ANLAN_SYNTHETIC = True  # type: ignore[attr-defined]


def test_the_language_asked_for_is_kept(client: Client) -> None:
    first = client.get("/kit?lang=en")
    second = client.get("/kit")

    assert [page.headers["Content-Language"] for page in (first, second)] == ["en", "en"]


def test_a_language_we_do_not_speak_changes_nothing(client: Client) -> None:
    assert "lang" not in client.get("/kit?lang=tlh").cookies


def test_the_look_asked_for_is_kept_until_the_device_decides_again(client: Client) -> None:
    client.get("/kit?theme=dark")
    dark = client.get("/kit").content.decode()
    client.get("/kit?theme=system")
    system = client.get("/kit").content.decode()

    assert ('data-theme="dark"' in dark, "data-theme" in system) == (True, False)


@pytest.mark.parametrize("address", ["/public/map.json", "/public/cases.atom?area=990101", "/warnings/"])
def test_a_cache_keeps_languages_chosen_by_cookie_apart(cast: Cast, client: Client, address: str) -> None:
    said = client.get(address)["Vary"].lower()

    assert "cookie" in said and "accept-language" in said
