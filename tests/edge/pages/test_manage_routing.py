"""The pages of the rules: a draft by form and by table, checked, tried, put in force."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from anlan.store.models import RoutingVersion
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new

DRAFT = "/manage/routing/draft/"
RULE = {"number": 1, "name": "夜间水边", "categories": ["water"], "days": ["6", "7"], "hours": "22:00-06:00"}
TARGET = {"unit": "望潮县水利局 (water-1)", "revision": 0}


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def signed_in(cast: Cast, who: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(cast, who).user)
    client.cookies["lang"] = "en"
    return client


def drafting(cast: Cast) -> Client:
    client = signed_in(cast, "grace")
    client.post(f"{DRAFT}do/begin/")
    return client


def test_a_rule_is_written_in_a_form_and_read_back_in_words(cast: Cast) -> None:
    client = drafting(cast)

    client.post(f"{DRAFT}rules/add/", RULE | TARGET)
    page = client.get(DRAFT).content.decode()

    for words in ("夜间水边", "By the water", "Sat, Sun, 22:00-06:00", "望潮县水利局"):
        assert words in page
    assert "water-1" in client.get(f"{DRAFT}rules/1/").content.decode()


def test_what_is_wrong_in_a_rule_stands_at_its_field_and_nothing_is_lost(cast: Cast) -> None:
    client = drafting(cast)

    answer = client.post(f"{DRAFT}rules/add/", RULE | TARGET | {"hours": "25:00", "areas": "990101;1"})

    errors = answer.context["form"].errors
    assert (answer.status_code, sorted(errors)) == (422, ["areas", "hours"])
    assert "夜间水边" in answer.content.decode()


def test_a_table_comes_in_whole_or_says_row_and_column(cast: Cast) -> None:
    client = drafting(cast)
    header = "name,categories,areas,unit,unit_kind,level\n"

    def bring(rows: str) -> str:
        file = SimpleUploadedFile("rules.csv", (header + rows).encode())
        return client.post(f"{DRAFT}table/", {"table": file, "revision": 0}).content.decode()

    page = bring("一,ufo,,desk,,\n二,water,,rule 1,,\n")
    assert "Row 2, column categories, “ufo”:" in page
    assert "Row 3, column unit, “rule 1”: a unit: a rule never leads to another rule" in page
    bring("一,water,,,,county\n")
    assert [cells["level"] for cells in RoutingVersion.objects.get().rules] == ["county"]


def test_a_draft_goes_in_force_and_out_again_as_a_table(cast: Cast) -> None:
    new(cast, NOON)
    client = drafting(cast)
    client.post(f"{DRAFT}rules/add/", {"number": 1, "name": "水边", "categories": ["water"]} | TARGET)
    client.post(f"{DRAFT}do/check/", {"revision": 1})
    client.post(f"{DRAFT}do/try/", {"revision": 1})

    page = client.get(DRAFT).content.decode()
    assert "荻花村村委会" in page
    assert "望潮县水利局" in page
    client.post(f"{DRAFT}in-force/", {"from_day": timezone.localdate().isoformat(), "revision": 1})

    assert "In force: version 1" in client.get("/manage/routing/").content.decode()
    assert "water-1" in client.get("/manage/routing/versions/1.csv").content.decode()


def test_who_may_not_change_rules_may_read_them_or_not(cast: Cast) -> None:
    answers = {
        who: [
            signed_in(cast, who).get(address).status_code
            for address in ("/manage/routing/", DRAFT, f"{DRAFT}rules/add/")
        ]
        for who in ("grace", "mia", "carol", "frank", "alice")
    }

    assert answers == {
        "grace": [200, 404, 404],  # there is no draft
        "mia": [200, 404, 404],
        "carol": [200, 403, 403],
        "frank": [200, 403, 403],
        "alice": [403, 403, 403],
    }
