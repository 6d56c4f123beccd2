"""The filters of a queue in an address: every one, whatever it says, there and back."""

import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anlan.edge.pages.queue import address_of, filters_in
from anlan.store.models import BulkRun, Export, SavedSearch
from anlan.store.readers.queue import Filters
from tests.cast import Cast

WORDS = [each.name for each in fields(Filters) if each.name != "older_than_days"]
TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=210)
LONG = Filters(
    view="open",
    words="栏" * 200,
    category="water",
    area="990101",
    unit="committee-111",
    state="in_progress",
    stage="handle",
    older_than_days=30,
    site="pond-111",
)
"""An address of more than 2,000 characters, whose last filters must not be lost."""


@given(st.dictionaries(st.sampled_from(WORDS), TYPED), st.integers(0, 99_999))
def test_an_address_says_its_filters_again(typed: dict[str, str], days: int) -> None:
    query = Filters(**({"view": "mine"} | typed), older_than_days=days)
    filters = filters_in(address_of(query, after=query.after).removeprefix("?"))

    assert filters_in(address_of(filters, after=filters.after).removeprefix("?")) == filters


@pytest.fixture
def carol(cast: Cast, settings, tmp_path: Path) -> Client:
    """Her browser; files lie in a folder of the test."""
    settings.ANLAN_HOME = tmp_path
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.carol.user)
    return client


def posted(carol: Client) -> str:
    """The filters as the page of the queue sends them along."""
    page = carol.get(f"/cases/{address_of(LONG)}").text
    found = re.search(r'name="query" value="([^"]*)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_a_search_a_file_and_a_step_for_many_mean_every_filter_of_a_long_address(carol: Client) -> None:
    query = posted(carol)
    carol.post("/cases/searches/save", {"query": query, "name": "“护栏” <b>&amp; 'x'</b>\u202e"})
    carol.post("/cases/exports/ask", {"query": query, "kind": "csv"})
    back = carol.post("/cases/many/", {"query": query, "step": "accept", "which": "all"})["location"]

    search, export = SavedSearch.objects.get(), Export.objects.get()
    assert (Filters(**search.filters), Filters(**export.filters)) == (LONG, LONG)
    assert (back, BulkRun.objects.count()) == (f"/cases/{address_of(LONG)}", 0)
    page = carol.get("/cases/searches/").text
    assert address_of(LONG).replace("&", "&amp;") in page and "栏" * 200 in unquote_plus(page)
    assert "<b>&amp;" not in page
