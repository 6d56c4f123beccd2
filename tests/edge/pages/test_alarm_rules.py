"""The pages of rules and rosters: tried before they are put in force, seen by who may, in their words."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from anlan.edge.pages.alarm_rule_words import in_words
from anlan.sensing.rules.terms import Level, Rule, RuleKind
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, AlarmRule, AlarmRuleVersion, Case, Device, RuleFiring, Shift, Site
from tests.cast import Cast
from tests.devices import a_pond_gauge, a_series, readings
from tests.edge.pages.test_alarms import browser, page, raised
from tests.flows.alarms import a_rule, found
from tests.flows.test_judge_readings import LEVELS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


TYPED = {
    "code": "high",
    "measured": "water-level level",
    "name_zh": "水位过高",
    "name_en": "High water",
    "side": "above",
    "hold_seconds": "0",
    "clear_seconds": "0",
    "mode": "live",
    "days": "7",
    "at_yellow": "3",
    "clear_yellow": "2.5",
}


def test_a_rule_is_tried_on_what_is_stored_and_then_put_in_force(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    first = timezone.now() - timedelta(hours=5)
    readings(a_series(gauge), first, [2.0, 3.1, 2.7, 3.2, 2.0, 3.5])
    admin = browser(cast.grace)
    address = "/duty/rules/add/?kind=threshold"
    assert "How does it judge?" in page(cast.grace, "/duty/rules/add/")
    tried = admin.post(address, {**TYPED, "try": "1"})
    assert tried.status_code == 200
    text = tried.content.decode()
    assert "It would have fired 2 times" in text and "6 readings of 1 device" in text
    assert cast.pond_111.name in text and not AlarmRule.objects.exists()

    assert admin.post(address, TYPED).headers["location"] == "/duty/rules/of/high/"
    shown = page(cast.carol, "/duty/rules/of/high/")
    assert "Medium: ≥ 3 m, until &lt; 2.5 m" in shown and "No alarm answered yet" in shown

    again = admin.post("/duty/rules/of/high/change/", {**TYPED, "why": "", "try": "1"})
    assert again.status_code == 200 and "A new version of High water" in again.content.decode()
    assert admin.post("/duty/rules/of/high/change/", {**TYPED, "why": ""}).status_code == 422

    wrong = admin.post("/duty/rules/of/high/change/", {**TYPED, "clear_yellow": "9", "why": "x"})
    assert wrong.status_code == 422 and "never further out" in wrong.content.decode()
    admin.post("/duty/rules/of/high/change/", {**TYPED, "at_yellow": "3.2", "why": "too many"})
    assert AlarmRuleVersion.objects.count() == 2
    assert "too many" in page(cast.carol, "/duty/rules/of/high/")


def test_a_rule_is_copied_into_its_shadow_compared_and_put_in_force(cast: Cast) -> None:
    a_pond_gauge(cast)
    admin = browser(cast.grace)
    admin.post("/duty/rules/add/?kind=threshold", TYPED)
    changed = {**TYPED, "at_yellow": "2", "clear_yellow": "1.5", "why": "too late", "beside": "1"}
    answer = admin.post("/duty/rules/of/high/change/", changed)
    assert answer.headers["location"] == "/duty/rules/of/high-shadow/"
    copy = AlarmRule.objects.get(code="high-shadow")
    gauge = Device.objects.get(name="gauge-111")
    begun = timezone.now()
    found(copy.versions.get(), gauge, "yellow", begun, shadow=True)

    text = page(cast.grace, "/duty/rules/of/high-shadow/")
    assert "Beside the rule in force" in text and "0 times found by both" in text
    assert "Found by it alone: In its shadow" in text and "Found by it alone: In force" not in text
    assert "/duty/rules/of/high-shadow/" in page(cast.carol, "/duty/rules/of/high/")
    assert "Run beside it" not in page(cast.grace, "/duty/rules/of/high-shadow/change/")
    assert "High water (copy)" in page(cast.carol, "/duty/rules/")

    address = "/duty/rules/of/high-shadow/put-in-force/"
    assert address in text and address not in page(cast.carol, "/duty/rules/of/high-shadow/")
    assert browser(cast.carol).post(address, {"why": "x"}).status_code == 403
    assert admin.get("/duty/rules/of/high/put-in-force/").status_code == 404
    assert admin.post(address, {"why": "finds more"}).headers["location"] == "/duty/rules/of/high/"
    assert "Medium: ≥ 2 m, until &lt; 1.5 m" in page(cast.carol, "/duty/rules/of/high/")
    resting = page(cast.grace, "/duty/rules/of/high-shadow/")
    assert address not in resting and "Beside the rule in force" not in resting


def test_missing_data_and_agreement_are_tried_too(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    now = timezone.now()
    readings(a_series(gauge), now - timedelta(hours=5), [3.5])
    readings(a_series(gauge), now - timedelta(minutes=4), [3.5])
    readings(a_series(a_pond_gauge(cast, "gauge-b")), now - timedelta(minutes=3), [3.5])
    admin = browser(cast.grace)
    silent = {**TYPED, "at_yellow": "3", "clear_yellow": "1", "try": "1"}
    text = admin.post("/duty/rules/add/?kind=missing", silent).content.decode()
    assert "It would have fired 1 time<" in text
    both = {**TYPED, "sensors": "2", "window_seconds": "600", "try": "1"}
    text = admin.post("/duty/rules/add/?kind=agreement", both).content.decode()
    assert "It would have fired 1 time<" in text


def test_the_page_of_a_rule_shows_its_shadow_and_how_good_it_is_to_those_of_the_area(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    version = a_rule(gauge, levels=LEVELS)
    found(version, gauge, "yellow", shadow=True)
    for number, false in enumerate((True, False, False, False)):
        Alarm.objects.filter(pk=raised(cast, f"c{number}").pk).update(rule=version.rule, false_alarm=false)
    alarm = Alarm.objects.filter(rule=version.rule).latest("pk")
    Alarm.objects.filter(pk=alarm.pk).update(values={"measured": 3.21, "threshold": 3})
    assert "3.21 m / 3 m" in page(cast.carol, f"/duty/alarms/{alarm.pk}/")
    shown = page(cast.carol, "/duty/rules/of/high-water/")
    assert "75 % real (3 of 4 answered alarms)" in shown and "only shown, no alarm" in shown
    assert cast.pond_111.name not in page(cast.dan, "/duty/rules/of/high-water/")
    assert RuleFiring.objects.count() == 1
    assert browser(cast.carol).get("/duty/rules/of/high-water/change/").status_code == 403
    assert browser(cast.judy).get("/duty/rules/").status_code == 403


def test_an_alarm_becomes_a_case_by_a_click(cast: Cast) -> None:
    alarm = raised(cast)
    address = f"/duty/alarms/{alarm.pk}/case/"
    assert browser(cast.ivan).post(address, {"category_code": cast.open_water.code}).status_code == 302
    case = Case.objects.get()
    assert case.number in page(cast.carol, f"/duty/alarms/{alarm.pk}/")
    again = browser(cast.ivan).post(address, {"category_code": cast.open_water.code})
    assert again.status_code == 422 and "a case already" in again.content.decode()


def test_who_is_on_duty_is_put_on_the_roster_and_shown(cast: Cast) -> None:
    typed = {
        "area_code": "990101",
        "user": "carol",
        "begins": "2026-11-23T08:00",
        "ends": "2099-11-24T08:00",
    }
    lead = browser(cast.carol)
    too_long = lead.post("/duty/rosters/add/", typed)
    assert too_long.status_code == 422 and "at most 31 days" in too_long.content.decode()
    tomorrow = timezone.localtime() + timedelta(days=1)
    typed |= {"begins": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "ends": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    assert lead.post("/duty/rosters/add/", typed).status_code == 302
    shift = Shift.objects.get()
    lead.post(f"/duty/rosters/{shift.pk}/stand-in/", {"stand_in": "liu"})
    text = page(cast.ivan, "/duty/rosters/")
    assert "on duty now" in text and "stands in" in text
    assert "on duty now" not in page(cast.dan, "/duty/rosters/")
    assert lead.post(f"/duty/rosters/{shift.pk}/end/", {}).status_code == 302


def test_the_city_changes_after_how_many_minutes_who_hears(cast: Cast) -> None:
    typed = {"township": "0", "county": "2", "city": "", "why": "typhoon"}
    assert browser(cast.grace).post("/duty/policies/red/", typed).status_code == 302
    assert browser(cast.mia).post("/duty/policies/red/", typed).status_code == 403
    crossed = browser(cast.grace).post("/duty/policies/red/", {**typed, "city": "1"})
    assert crossed.status_code == 422


def test_an_alarm_shows_the_places_around_it_by_kind_as_far_as_is_asked(cast: Cast) -> None:
    alarm, pond = raised(cast), cast.pond_111
    for code, kind, north in (("s1", "school", 0.002), ("s2", "shelter", 0.008), ("s3", "pond", 0.2)):
        a_site(cast, code, kind, pond.lng or 0.0, (pond.lat or 0.0) + north)
    near = page(cast.carol, f"/duty/alarms/{alarm.pk}/")
    assert "/sites/s1/" in near and "/sites/s2/" not in near
    far = page(cast.carol, f"/duty/alarms/{alarm.pk}/?within=1000")
    assert "Shelter" in far and "/sites/s2/" in far and "/sites/s3/" not in far


def a_site(cast: Cast, code: str, kind: str, lng: float, lat: float) -> Site:
    """A place of the village."""
    area = cast.village_111
    return Site.objects.create(
        code=code, name=code, kind=kind, area=area, area_path=area.path, lng=lng, lat=lat
    )


@pytest.mark.parametrize(
    ("kind", "unit", "says"),
    [
        (RuleKind.THRESHOLD, "Cel", "Critical: ≥ 60 °C, until < 50 °C"),
        (RuleKind.THRESHOLD, "1", "Critical: ≥ 60, until < 50"),
        (RuleKind.RATE, "m", "Critical: ≥ 60 m/h, until < 50 m/h"),
    ],
)
def test_levels_are_said_in_the_units_that_people_write(kind: RuleKind, unit: str, says: str) -> None:
    rule = Rule("hot", 1, "heat", "temperature", kind, (Level(Colour.RED, 60, 50),))
    with override("en"):
        assert in_words(rule, unit) == [says]
