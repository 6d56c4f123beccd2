"""What rules found becomes rows that stay as they are."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from anlan.base.clock import micros
from anlan.flows.rule_firings import store_firings
from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode, Transition
from anlan.sensing.terms import Colour
from anlan.store.models import AlarmRule, AlarmRuleVersion, Property, RuleFiring
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge, a_series

pytestmark = pytest.mark.django_db
RULE = Rule("high-water", 1, "water-level", "level", RuleKind.THRESHOLD, (Level(Colour.YELLOW, 3.0, 2.8),))


@pytest.fixture
def firing(cast: Cast) -> Iterator[RuleFiring]:
    """The pond's water is high."""
    gauge = a_pond_gauge(cast)
    series = a_series(gauge)
    rule = AlarmRule.objects.create(
        code="high-water",
        name_zh="水位",
        name_en="high water",
        device_kind=gauge.kind,
        property=Property.objects.get(),
        kind=RuleKind.THRESHOLD,
        mode=RuleMode.LIVE,
    )
    AlarmRuleVersion.objects.create(rule=rule, version=1, content={}, in_force_from=NOON)
    values = {"value": 3.2, "measured": 3.2, "threshold": 3.0, "before": None, "late": False}
    found = Transition(RULE, series.pk, None, micros(NOON), Colour.YELLOW, values)
    yield store_firings([found], NOON + timedelta(seconds=1))[0]


def test_a_firing_says_what_where_when_and_why(firing: RuleFiring, cast: Cast) -> None:
    row = RuleFiring.objects.select_related("version__rule", "device").get()
    assert firing.pk == row.pk
    assert (row.version.rule.code, row.version.version) == ("high-water", 1)
    assert (row.device and row.device.name, row.site_id) == ("gauge-111", cast.pond_111.pk)
    assert (row.at, row.stored_at, row.severity) == (NOON, NOON + timedelta(seconds=1), "yellow")
    assert (row.shadow, row.advice) == (False, False)
    assert row.values == {
        "value": 3.2,
        "measured": 3.2,
        "threshold": 3.0,
        "before": None,
        "late": False,
        "rule": "high-water",
        "version": 1,
        "property": "level",
        "kind": "threshold",
    }


@pytest.mark.usefixtures("firing")
def test_firings_and_versions_stay_as_they_are() -> None:
    for model in (RuleFiring, AlarmRuleVersion):
        for change in (lambda rows: rows.update(id=0), lambda rows: rows.delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                change(model.objects.all())
