"""Templates of warnings on pages, and a warning that begins with what an alarm says."""

import re

import pytest
import shapely
from django.test import Client

from anlan.flows.raise_alarms import raise_from_firings
from anlan.store.models import Alarm, Warning, WarningTemplate, WarningTemplateVersion
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.alarms import a_rule, found

pytestmark = pytest.mark.django_db
GENERAL = "/duty/warnings/templates/any/orange/"
OF_GAUGES = "/duty/warnings/templates/water-level/orange/"
WORDS = ("event_zh", "headline_zh", "event_en", "headline_en")
TYPED = {
    "category": "Met",
    "urgency": "Expected",
    "certainty": "Observed",
    "hours": "3",
    "event_zh": "水位上涨",
    "headline_zh": "{place}水位 {value} {unit}",
    "headline_en": "{place}: water at {value} {unit}",
    "event_en": "Rising water",
    "why": "防汛办要求",
}


@pytest.fixture(autouse=True)
def demo(settings: object) -> None:
    """Nobody needs a second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True  # type: ignore[attr-defined]


def browser(who: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(who.user)
    return client


def an_alarm(cast: Cast) -> Alarm:
    gauge = a_pond_gauge(cast)
    raise_from_firings([found(a_rule(gauge), gauge, "orange", values={"value": 3.2, "threshold": 3.0})], NOON)
    return Alarm.objects.get()


def value_of(page: str, name: str) -> str:
    field = re.search(
        rf'<(?:input|textarea)[^>]*name="{name}"[^>]*?(?:value="([^"]*)"[^>]*>|>\s*([^<]*)<)', page
    )
    assert field, name
    return (field[1] or field[2] or "").strip()


def test_a_template_is_looked_at_filled_and_then_put_in_force(cast: Cast) -> None:
    an_alarm(cast)
    grace = browser(cast.grace)
    looked = grace.post(f"{OF_GAUGES}change/", TYPED | {"look": "1"}).text
    assert "下塘水位 3.2 m" in looked and not WarningTemplate.objects.exists()
    grace.post(f"{OF_GAUGES}change/", TYPED | {"keep": "1"})
    grace.post(f"{OF_GAUGES}change/", TYPED | {"keep": "1", "headline_zh": "{place}涨水", "why": "短些"})

    shown = grace.get(OF_GAUGES).text
    assert "下塘涨水" in shown and "防汛办要求" in shown
    assert list(WarningTemplateVersion.objects.order_by("version").values_list("version", "why")) == [
        (1, "防汛办要求"),
        (2, "短些"),
    ]
    assert "built in" in grace.get(GENERAL).text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast: Cast) -> None:
    answer = browser(cast.grace).post(f"{GENERAL}change/", TYPED | {"headline_zh": "{ort}", "keep": "1"})
    assert (answer.status_code, WarningTemplate.objects.count()) == (422, 0)
    assert "{ort} is filled by no alarm" in answer.text and 'value="{ort}"' in answer.text


def test_only_who_administers_the_city_changes_templates(cast: Cast) -> None:
    for who in (cast.mia, cast.carol, cast.frank):
        assert browser(who).post(f"{GENERAL}change/", TYPED | {"keep": "1"}).status_code == 403
    assert browser(cast.carol).get(GENERAL).status_code == 200
    assert browser(cast.grace).get("/duty/warnings/templates/no-kind/orange/").status_code == 404
    assert browser(cast.grace).get("/duty/warnings/templates/any/pink/").status_code == 404


def test_a_warning_written_from_an_alarm_begins_with_its_facts(cast: Cast) -> None:
    alarm = an_alarm(cast)
    pond = cast.pond_111
    cast.county_1.boundary = shapely.to_wkb(
        shapely.MultiPolygon([shapely.Point(pond.lng, pond.lat).buffer(0.1)])
    )
    cast.county_1.save()
    browser(cast.grace).post(f"{OF_GAUGES}change/", TYPED | {"keep": "1"})
    carol = browser(cast.carol)
    assert f"/duty/warnings/new/?alarm={alarm.pk}" in carol.get(f"/duty/alarms/{alarm.pk}/").text
    page = carol.get(f"/duty/warnings/new/?alarm={alarm.pk}").text
    typed = {
        name: value_of(page, name)
        for name in (
            "area_code",
            "event_zh",
            "headline_zh",
            "event_en",
            "headline_en",
            "shape",
            "onset",
            "expires",
        )
    }
    assert typed["headline_zh"] == f"{pond.name}水位 3.2 m"
    assert typed["area_code"] == "望潮县 (990101)"
    assert len(typed["shape"].split()) > 8

    more = {"status": "Exercise", "typed_status": "Exercise", "colour": "orange"}
    more |= {name: TYPED[name] for name in ("category", "urgency", "certainty")}
    kept = carol.post(f"/duty/warnings/new/?alarm={alarm.pk}", typed | more)
    assert kept.status_code == 302, kept.text
    message = Warning.objects.get()
    assert (message.alarm_id, message.template.version, message.area) == (alarm.pk, 1, cast.county_1)  # type: ignore[union-attr]
    assert message.headline_zh in carol.get(f"/duty/alarms/{alarm.pk}/").text


def test_nobody_warns_of_an_alarm_elsewhere(cast: Cast) -> None:
    alarm = an_alarm(cast)
    for asked in (alarm.pk, alarm.pk + 1000, "x", "9" * 30):
        assert browser(cast.dan).get(f"/duty/warnings/new/?alarm={asked}").status_code == 404
    assert "Warn people" not in browser(cast.alice).get(f"/duty/alarms/{alarm.pk}/").text
