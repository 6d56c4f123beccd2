"""Every number of a page has its digits grouped, in both languages: seen where there are more than 10,000."""

import pickle
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.utils.functional import SimpleLazyObject

from anlan.edge.pages.templatetags.anlan import figure
from anlan.store.models import Area, Case, PublicCase, Site
from tests.cast import Cast, build_cast
from tests.conftest import NOON, kept
from tests.flows.walks import new

MANY = 10_000
BARE = re.compile(r"(?<![\w.,:/#+-])\d{5,}(?![\w/]|[.,:-]\d)")
"""Five digits and more that stand alone, and are not grouped."""

OF_ALL = ("/public/cases/", "/public/areas/{county}/", "/open-data/", "/report/")
OF_STAFF = (
    *("/work/", "/cases/", "/cases/?view=all", "/areas/", "/areas/{county}/", "/areas/overview/", "/sites/"),
    *("/devices/", "/notices/", "/duty/", "/wall/", "/supervision/"),
)
OF_ADMINISTRATORS = ("/manage/", "/manage/sites/", "/manage/areas/", "/manage/units/", "/manage/members/")

SHOW_MANY = {
    *("/public/cases/", "/public/areas/{county}/", "/work/", "/cases/", "/cases/?view=all", "/areas/"),
    *("/areas/{county}/", "/areas/overview/", "/sites/", "/wall/"),
}
"""The pages that show one of the large counts of this city."""


@pytest.fixture(scope="module")
def many(kept_rows: None) -> bytes:
    """The cast, in a city with more than 10,000 cases, all public, and as many sites: stored once.

    PostgreSQL is told of so many rows, as it learns by itself where they come one by one.
    """
    cast = build_cast()
    case = new(cast, NOON)
    copied(Case, case.pk, {})
    copied(Site, cast.pond_111.pk, {"code": "code || '-' || number"})
    public = PublicCase.objects.get(pk=case.pk)
    missing = Case.objects.exclude(pk=case.pk).order_by("pk").values_list("pk", flat=True)
    first = missing[0]
    copied(PublicCase, public.pk, {"case_id": f"{first} - 1 + number"})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE store_case, store_site, store_publiccase")
    return kept(cast)


@pytest.fixture
def cast(db: None, many: bytes) -> Cast:
    found: Cast = pickle.loads(many)
    return found


def copied(model: type[models.Model], pk: int, changes: Mapping[str, str]) -> None:
    """Store a row MANY times more; `changes` give columns that differ, as SQL with the copy's `number`."""
    fields = [each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)]
    names = [each.column for each in fields]
    values = [changes.get(name, f'"{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    key = model._meta.pk.column  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {', '.join(values)} "
            f"FROM {model._meta.db_table}, generate_series(1, {MANY}) number WHERE {key} = %s",
            [pk],
        )


class Texts(HTMLParser):
    """What a page says, without what scripts, styles and codes say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look away."""
        self._inside += tag in ("script", "style", "code")

    def handle_endtag(self, tag: str) -> None:
        """Look again."""
        self._inside -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        """Keep it."""
        if not self._inside:
            self.texts.append(data)


def bare_numbers(page: str, known: set[str]) -> list[str]:
    """Texts with a number of five digits and more that are not grouped; `known` are codes."""
    return [
        text.strip()
        for text in Texts(page).texts
        if any(number not in known for number in BARE.findall(text))
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_shows_a_bare_number_of_five_digits(cast: Cast, language: str, settings: Any) -> None:
    settings.ANLAN_SYNTHETIC = True  # administrators need no second factor
    known = set(Area.objects.values_list("code", flat=True))
    seen = {}
    for who, pages in ((None, OF_ALL), (cast.carol, OF_STAFF), (cast.grace, OF_ADMINISTRATORS)):
        browser = Client(headers={"accept-language": language})
        if who is not None:
            browser.force_login(who.user)
        for address in pages:
            answer = browser.get(address.format(county=cast.county_1.code))
            assert answer.status_code == 200, address
            seen[address] = answer.content.decode()

    bare = {address: found for address, page in seen.items() if (found := bare_numbers(page, known))}
    assert bare == {}
    assert {address for address, page in seen.items() if "10,001" in page} == SHOW_MANY


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (20_000, "20,000"),
        (999, "999"),
        (None, None),
        ("more", "more"),
        (SimpleLazyObject(lambda: 1234), "1,234"),
    ],
)
def test_a_count_is_shown_with_its_digits_grouped_and_words_as_they_are(
    count: Any, shown: str | None
) -> None:
    assert figure(count) == count
    assert shown is None or str(figure(count)) == shown
