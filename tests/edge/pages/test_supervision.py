"""The pages of supervision."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.cases.supervision import Picks
from anlan.flows.supervise import Plan, begin_campaign
from anlan.store.models import Campaign, CampaignCheck, Case
from anlan.store.readers.staff import Acting
from anlan.store.readers.supervision import one_campaign, wrong_in_draw
from tests.cast import Cast

TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=30)
TYPED = {
    "name": "冬季水边督导",
    "picks": "areas",
    "area_code": "990101",
    "category_code": "",
    "begins_on": TODAY.isoformat(),
    "ends_on": LATER.isoformat(),
    "most": "2",
}


def browser(person: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.user)
    return client


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    days = {"begins_on": TODAY, "ends_on": LATER}
    plan = Plan(name="督导", picks=Picks.AREAS, area_code="990101", most=2, **days)
    return begin_campaign(acting_user=cast.carol, plan=plan, now=timezone.now())


def test_a_dispatcher_begins_a_campaign_and_records_a_hazard_that_becomes_a_case(cast: Cast) -> None:
    carol = browser(cast.carol)
    carol.post("/supervision/add/", TYPED)
    check = Campaign.objects.get().checks.first()
    typed = {"finding": "hazard", "words": "岸边没有护栏", "category_code": "open_water"}

    answer = carol.post(f"/supervision/check/{check.pk}/", typed)

    case = Case.objects.get()
    page = carol.get(answer["location"]).text
    assert (answer.status_code, case.area_id) == (302, check.area_id)
    assert case.number in page
    assert "1 of 2 checked" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": "2026-01-01"}, "The campaign ends before it begins. Correct one of the dates."),
        ({"most": "9999"}, "less than or equal to 500"),
        ({"area_code": "990102"}, "There is nothing of this name or code that you may choose."),
        ({"begins_on": "tomorrow"}, "Enter a valid date."),
        ({"most": ""}, "Say how many, or which."),
        ({"chosen": "990101001201"}, "Say why."),
        ({"chosen": "990102001001", "why": "x"}, "no village, in this area and category: 990102001001."),
        ({"picks": "cases", "chosen": "12 ab", "why": "x"}, "This is no number of a case: 12, ab."),
    ],
)
def test_a_wrong_plan_is_said_and_what_was_typed_stays(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    answer = browser(cast.carol).post("/supervision/add/", TYPED | changes)

    assert (answer.status_code, sentence in answer.text, "冬季水边督导" in answer.text) == (422, True, True)
    assert not Campaign.objects.exists()


def test_pages_open_to_those_who_supervise_the_area_and_to_auditors(cast: Cast, campaign: Campaign) -> None:
    check = campaign.checks.first()
    addresses = ["/supervision/", f"/supervision/{campaign.pk}/", f"/supervision/check/{check.pk}/"]
    people = ("carol", "frank", "dan", "alice")

    statuses = {
        name: [browser(getattr(cast, name)).get(address).status_code for address in addresses]
        for name in people
    }

    assert statuses == {
        "carol": [200, 200, 200],
        "frank": [200, 200, 403],
        "dan": [200, 404, 404],
        "alice": [403, 404, 403],
    }


def test_an_auditor_sees_the_draw_repeated_and_nobody_else_its_seed(cast: Cast, campaign: Campaign) -> None:
    assert campaign.seed is not None
    seed, page = bytes(campaign.seed.seed).hex(), f"/supervision/{campaign.pk}/"
    audited, plain = (browser(who).get(page).text for who in (cast.frank, cast.carol))
    assert (seed in audited, "Repeated: it agrees." in audited, seed in plain) == (True, True, False)
    assert all(code in audited for code in campaign.eligible)
    assert campaign.seed.commitment in plain

    first, second = campaign.checks.order_by("order")
    CampaignCheck.objects.filter(pk=first.pk).update(area=second.area)
    assert "Repeated, the draw gives another result." in browser(cast.frank).get(page).text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"counted": 50_000}, "result_differs"),
        ({"every": 2}, "result_differs"),
        ({"eligible": ["990101001201"]}, "list_changed"),
        ({"most": 1}, "result_differs"),
    ],
)
def test_a_draw_that_was_changed_afterwards_is_found(
    cast: Cast, campaign: Campaign, changes: dict[str, object], reason: str
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(**changes)
    assert wrong_in_draw(*one_campaign(cast.frank, campaign.pk)) == reason


def test_a_dispatcher_chooses_villages_and_the_page_says_who_chose_and_why(cast: Cast) -> None:
    typed = TYPED | {
        "most": "",
        "chosen": "990101001201\n990101001202",
        "why": "By the school",
    }

    answer = browser(cast.carol).post("/supervision/add/", typed)

    page = browser(cast.frank).get(f"/supervision/{Campaign.objects.get().pk}/").text
    assert answer.status_code == 302
    assert "not drawn" in page and "By the school" in page
    assert "荻花村" in page and "渡头村" in page


def test_before_its_days_a_campaign_takes_no_checks(cast: Cast) -> None:
    days = {"begins_on": (TODAY + timedelta(days=2)).isoformat()}
    browser(cast.carol).post("/supervision/add/", TYPED | days)
    check = Campaign.objects.get().checks.first()
    typed = {"finding": "in_order", "words": "x", "category_code": ""}

    answer = browser(cast.carol).post(f"/supervision/check/{check.pk}/", typed)

    assert answer.status_code == 422
    assert f"The campaign begins on {days['begins_on']}." in answer.text
