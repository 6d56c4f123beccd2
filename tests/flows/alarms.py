"""What tests of alarms have in common: a rule at the pond, and what it found."""

from datetime import datetime, timedelta

from anlan.sensing.alarms.terms import AlarmSource, Cause
from anlan.sensing.rules.keeping import content_of
from anlan.sensing.rules.terms import Rule, RuleKind, RuleMode
from anlan.sensing.terms import Colour
from anlan.store.models import AlarmRule, AlarmRuleVersion, Device, Property, RuleFiring
from tests.cast import Cast
from tests.conftest import NOON


def a_rule(
    device: Device,
    code: str = "high-water",
    kind: RuleKind = RuleKind.THRESHOLD,
    mode: RuleMode = RuleMode.LIVE,
    **content: object,
) -> AlarmRuleVersion:
    """The version in force of a rule for devices of this kind, from an hour before noon on."""
    measured = Property.objects.filter(kind=device.kind).get(code="level")
    rule = AlarmRule.objects.create(
        code=code,
        name_zh="水位过高",
        name_en="High water",
        device_kind=device.kind,
        property=measured,
        kind=kind,
        mode=mode,
    )
    said = Rule(code, 1, device.kind.code, measured.code, kind, **{"levels": (), "mode": mode, **content})  # type: ignore[arg-type]
    return AlarmRuleVersion.objects.create(
        rule=rule, version=1, content=content_of(said), in_force_from=NOON - timedelta(hours=1)
    )


def found(
    version: AlarmRuleVersion, device: Device, severity: str, at: datetime = NOON, **columns: object
) -> RuleFiring:
    """What the rule found at a device; "" is normal again."""
    return RuleFiring.objects.create(
        **{
            "version": version,
            "device": device,
            "site": device.site,
            "at": at,
            "stored_at": at,
            "severity": severity,
            "values": {"value": 3.2},
            "shadow": False,
            **columns,
        }
    )


def by_hand(
    cast: Cast, condition: str = "hand:1", severity: Colour = Colour.ORANGE, **facts: object
) -> Cause:
    """Something abnormal at the pond of village_111 that no device measures."""
    return Cause(
        **{  # type: ignore[arg-type]
            "source": AlarmSource.HAND,
            "condition": condition,
            "severity": severity,
            "at": NOON,
            "area_path": cast.village_111.path,
            "unit": cast.committee_111.pk,
            "unit_path": cast.committee_111.path,
            **facts,
        }
    )
