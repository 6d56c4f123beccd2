"""A newcomer's first day, in a browser: link, password, passkey, and in again by the passkey alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey
PASSWORD = "a long sentence 长长的口令"


def give_authenticator(page: Page) -> None:
    """Let the browser hold passkeys, as a phone with a finger on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def link_for(page: Page, username: str) -> str:
    """Invite a handler of village_111 and give the link that is shown."""
    page.goto("/manage/members/add/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Role").select_option("handler")
    page.get_by_label("Unit").fill("committee-111")
    page.get_by_label("Area").fill("荻花村")
    page.get_by_role("button", name="Invite").click()
    return page.locator("main code").inner_text()


def test_a_newcomer_gets_in_by_link_and_then_by_passkey(
    city: City, open_page: Open, open_apart: Open
) -> None:
    link = link_for(open_page("grace"), "olga")
    # passkeys belong to names, not to numbers such as 127.0.0.1
    at_name = link.replace("127.0.0.1", "localhost")
    page = open_apart()
    give_authenticator(page)

    page.goto(f"{at_name}?lang=en")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("User name or e-mail address").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="My account").click()
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What you call this key").fill("phone")
    page.get_by_label("Sign in with this key alone").check()
    page.get_by_role("button", name="Add this key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="My account").first.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("link", name="My account").click()

    expect(page.get_by_role("heading", name="Handler · 荻花村村委会")).to_be_visible()
