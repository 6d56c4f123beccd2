"""What the menu and the pages offer to a role opens to it: no link leads to a 404 or a 403."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from anlan.cases.terms import State
from tests.cast import PEOPLE, Cast
from tests.flows.walks import walked_to
from tests.journeys.scene import set_devices

LINK = re.compile(r'<a [^>]*href="([^"#]+)')
ONE_OF_A_ROLE = {role: name for name, (role, _, _) in PEOPLE.items()}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def offered(page: str, address: str) -> Iterator[str]:
    """The addresses of our own to which a page leads."""
    for found in LINK.findall(page):
        there = urlsplit(urljoin(address, found.replace("&amp;", "&")))
        ours = there.scheme in ("", "http") and there.netloc in ("", "testserver")
        if ours and not there.path.startswith("/photos/"):  # of pictures that these tests do not store
            yield there.path + ("?" + there.query if there.query else "")


def walked(browser: Client) -> dict[str, tuple[int, str]]:
    """Status of each page that my work, the menu and its pages lead to, and from where; one of each kind."""
    answers: dict[str, tuple[int, str]] = {}
    kinds, now, then = set(), [("/work/", "")], []
    for _step in range(3):
        for address, came_from in now:
            kind = (resolve(address.partition("?")[0]).view_name, "?" in address)
            if kind in kinds:
                continue
            kinds.add(kind)
            answer = browser.get(address)
            answers[address] = (answer.status_code, came_from)
            if answer.status_code == 200 and "html" in answer["Content-Type"]:
                then += [(each, address) for each in offered(answer.text, address)]
        now, then = then, []
    return answers


def test_every_link_that_a_role_is_offered_opens(cast: Cast) -> None:
    now = timezone.now()
    set_devices(cast, now)
    for state in (State.NEW, State.IN_PROGRESS, State.RECTIFIED):
        walked_to(state, cast, now - timedelta(hours=7))
    seen = {}
    for name in ONE_OF_A_ROLE.values():
        browser = Client()
        browser.force_login(getattr(cast, name).user)
        seen[name] = walked(browser)

    refused = [
        (name, address, *found)
        for name, pages in seen.items()
        for address, found in pages.items()
        if found[0] >= 400
    ]
    assert refused == []
    assert all(len(pages) > 10 for pages in seen.values())
