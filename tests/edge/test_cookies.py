"""Cookies, tokens of forms and redirects (ASVS 5.0: V3.3.2, V3.3.4, V3.4.1, V3.5.1, V3.7.2)."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast

ROOT = Path(__file__).parents[2]
HTTPS = (
    "import os, json; os.environ['ANLAN_PUBLIC_URL'] = 'https://city.example';"
    "from anlan.config import settings as s;"
    "print(s.SECURE_HSTS_SECONDS >= 31_536_000, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
)


def sign_in(browser: Client, cast: Cast, **more: str) -> Any:
    """Send the form with which Carol signs in."""
    cast.carol.user.set_password("a-long-password-of-carol")
    cast.carol.user.save()
    return browser.post("/account/login/", {"login": "carol", "password": "a-long-password-of-carol", **more})


def signed_in(cast: Cast) -> Client:
    """A browser in which Carol signed in by the form."""
    browser = Client()
    sign_in(browser, cast)
    return browser


def test_every_cookie_of_ours_is_kept_from_scripts_and_other_sites(cast: Cast) -> None:
    browser = signed_in(cast)
    browser.get("/reports/new?lang=en&theme=dark")
    cookies = browser.cookies

    assert {"sessionid", "csrftoken", "lang", "theme"} <= set(cookies)
    assert {(name, bool(each["httponly"]), each["samesite"]) for name, each in cookies.items()} == {
        (name, True, "Lax") for name in cookies
    }


def test_with_https_browsers_are_told_to_stay_there() -> None:
    said = subprocess.run([sys.executable, "-c", HTTPS], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["True", "True", "True"]


@pytest.mark.parametrize("address", ["/reports/new", "/moderation/held/1/", "/account/logout/"])
def test_a_form_of_staff_needs_the_token_of_its_page(cast: Cast, address: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.judy.user)

    assert browser.post(address, {"decision": "let_in"}).status_code == 403


@pytest.mark.parametrize("next_one", ["https://evil.example/", "//evil.example", "/\\evil.example", "js:x"])
def test_signing_in_leads_to_no_other_host(cast: Cast, next_one: str) -> None:
    browser = Client()
    answer = sign_in(browser, cast, next=next_one)

    assert answer.status_code == 302 and answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]
