"""Every address answers with the headers that keep a browser safe (ASVS 5.0: V3.2.1, V3.4.1 to V3.4.6)."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anlan.edge.pages.assets import asset_url
from tests.cast import Cast

GAPS = {"int": "1", "str": "x", "uuid": "00000000-0000-0000-0000-000000000000", "slug": "x", "path": "x"}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """An address for every route, its gaps filled."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda gap: GAPS.get(gap[1] or "str", "x"), route)
            if not re.search(r"[\\()^$?*\[]", filled):
                yield "/" + filled


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)) - {"/live", "/metrics"})


def test_there_are_addresses_to_walk() -> None:
    assert len(ADDRESSES) > 100


@pytest.mark.parametrize("who", ["", "carol"])
def test_every_address_keeps_the_browser_safe(cast: Cast, who: str) -> None:
    browser = Client(raise_request_exception=False)
    if who:
        browser.force_login(getattr(cast, who).user)
    wrong = {}
    for address in ADDRESSES:
        answer = browser.get(address)
        policy = answer.get("Content-Security-Policy", "")
        kept = (
            answer.get("X-Content-Type-Options") == "nosniff",
            answer.get("X-Frame-Options") == "DENY" and "frame-ancestors 'none'" in policy,
            "default-src 'none'" in policy and "unsafe" not in policy,
            answer.get("Referrer-Policy") in ("same-origin", "no-referrer"),
            answer.status_code < 500 or answer.status_code == 501,
        )
        if not all(kept):
            wrong[address] = (answer.status_code, kept)

    assert wrong == {}


@pytest.mark.django_db
def test_what_was_built_is_kept_for_ever_and_asked_for_once(client: Client) -> None:
    with closing(client.get(asset_url("src/main.ts"))) as answer:
        assert answer["Cache-Control"] == "max-age=315360000, public, immutable"


def test_weaknesses_can_be_told(client: Client) -> None:
    said = client.get("/.well-known/security.txt").text

    assert re.search(r"^Contact: mailto:\S+$", said, re.MULTILINE)
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT", said, re.MULTILINE)
