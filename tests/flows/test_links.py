"""Links in what we send lead to where the pages are, and the process that sends loads no page for them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.urls import NoReverseMatch, reverse

import anlan.flows
from anlan.flows.links import PAGES, link_to

IDS = ("17", signing.dumps(17, salt="links"), "3f0c2b6e-2f0a-4a53-9d0e-52d1a5f6c001")


@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_to_where_the_page_is(page: str, settings: Any) -> None:
    settings.ANLAN_PUBLIC_URL = "https://anlan.example/"
    known = {(about,): path_of(page, about) for about in IDS} if "{}" in PAGES[page] else {(): reverse(page)}
    paths = {about: path for about, path in known.items() if path}

    assert paths
    assert {about: link_to(page, *about) for about in paths} == {
        about: f"https://anlan.example{path}" for about, path in paths.items()
    }


def path_of(page: str, about: str) -> str:
    """Where Django says that the page is; "" when it takes another kind of id."""
    try:
        return reverse(page, args=[about])
    except NoReverseMatch:
        return ""


def test_no_flow_asks_django_for_a_link() -> None:
    flows = Path(anlan.flows.__file__).parent.rglob("*.py")
    asking = [file.name for file in flows if re.search(r"\breverse\(", file.read_text())]

    assert asking == []
