"""The sweep over devices: right after a restart, in a storm, and one event for what is silent as one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from anlan.flows.sweep_devices import Swept, sweep_devices
from anlan.sensing.terms import Lifecycle
from anlan.store.models import Alarm, Area, Device, DeviceLiveness, IngestOffset, LatestValue, Outage, Watch
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_camera, a_device, a_series

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def heard(device: Device, at: datetime, code: str = "level", value: float = 1.0) -> None:
    LatestValue.objects.update_or_create(
        series=a_series(device, code), defaults={"at": at, "value": value, "received_at": at}
    )


def fleet(area: Area, count: int, gateway: str = "", at: datetime = NOON) -> list[Device]:
    devices = [a_device(f"{area.code}-{gateway}-{n}", area, gateway=gateway) for n in range(count)]
    all_heard(devices, at)
    return devices


def all_heard(devices: Sequence[Device], at: datetime) -> None:
    known = LatestValue.objects.filter(series__device__in=devices, series__property__code="level")
    if known.update(at=at, value=1.0, received_at=at) < len(devices):
        for device in devices:
            heard(device, at)


def swept(minutes: float) -> Swept:
    """A sweep each minute up to this many after noon; what the last one found."""
    watch = Watch.objects.first()
    at = watch.swept_at + MINUTE if watch else NOON
    found = Swept()
    while at < NOON + minutes * MINUTE:
        sweep_devices(acting_user=None, now=at)
        at += MINUTE
    return sweep_devices(acting_user=None, now=NOON + minutes * MINUTE) or found


def state(device: Device) -> str:
    return DeviceLiveness.objects.get(device=device).state


def test_a_device_is_late_then_offline_then_back(cast: Cast) -> None:
    (device,) = fleet(cast.village_111, 1)
    swept(5)
    assert state(device) == "online"
    swept(8)
    assert state(device) == "late"
    found = swept(16)
    assert state(device) == "offline"
    outage = Outage.objects.get(pk__in=found.began)
    assert (outage.scope, outage.key, outage.devices, outage.began_at) == ("device", device.name, 1, NOON)

    heard(device, NOON + 17 * MINUTE)
    assert swept(17).ended == [outage.pk]
    assert state(device) == "online"


def test_after_a_restart_nobody_is_called_offline_for_what_we_missed(cast: Cast) -> None:
    on, off = fleet(cast.village_111, 2)
    heard(off, NOON - timedelta(hours=2))
    swept(1)
    swept(20)  # the second sweep comes right after the first, so all is judged
    heard(on, NOON + 20 * MINUTE)
    swept(20.5)
    assert (state(on), state(off)) == ("online", "offline")

    back = NOON + timedelta(hours=5)
    sweep_devices(acting_user=None, now=back)
    assert (state(on), state(off)) == ("online", "offline")
    for minutes in range(1, 17):
        sweep_devices(acting_user=None, now=back + minutes * MINUTE)
    assert state(on) == "offline"


def test_while_ingest_is_away_nobody_is_judged(cast: Cast) -> None:
    (device,) = fleet(cast.village_111, 1)
    IngestOffset.objects.create(stream="READINGS", sequence=1, at=NOON)
    swept(40)
    assert state(device) == "online"
    IngestOffset.objects.update(at=NOON + 60 * MINUTE)
    swept(60)
    assert state(device) == "offline"


def test_three_thousand_in_a_county_are_one_event_and_so_is_their_return(cast: Cast) -> None:
    lost = [*fleet(cast.village_111, 30, "a"), *fleet(cast.village_121, 30, "b")]
    kept = fleet(cast.village_211, 20, "c")
    swept(1)
    for minutes in range(2, 17):
        all_heard(kept, NOON + minutes * MINUTE)
        swept(minutes)
    (outage,) = Outage.objects.all()
    assert (outage.scope, outage.key, outage.devices) == ("area", cast.county_1.path, 60)
    assert DeviceLiveness.objects.filter(outage=outage, state="offline").count() == 60

    all_heard(lost[:50], NOON + 17 * MINUTE)
    all_heard(kept, NOON + 17 * MINUTE)
    assert swept(17).ended == [outage.pk]
    assert Outage.objects.filter(ended_at=None, scope="device").count() == 10
    all_heard([*lost, *kept], NOON + 18 * MINUTE)
    swept(18)
    assert not Outage.objects.filter(ended_at=None).exists()


def test_a_gateway_is_one_event_and_those_who_follow_join_it(cast: Cast) -> None:
    lost = fleet(cast.village_111, 6, "gw-1")
    kept = fleet(cast.village_111, 30, "gw-2")
    slow = a_device("slow", cast.village_111, gateway="gw-1", interval_seconds=900)
    heard(slow, NOON)
    for minutes in range(1, 47):
        all_heard(kept, NOON + minutes * MINUTE)
        swept(minutes)
    (outage,) = Outage.objects.all()
    assert (outage.scope, outage.key, outage.area_path, outage.devices) == (
        "gateway",
        "gw-1",
        cast.village_111.path,
        7,
    )
    assert {state(device) for device in [*lost, slow]} == {"offline"}


def test_a_silent_gateway_is_an_alarm_until_it_is_heard_again_and_a_silent_device_is_none(cast: Cast) -> None:
    lost, kept = fleet(cast.village_111, 6, "gw-1"), fleet(cast.village_111, 30, "gw-2")
    alone = a_device("alone", cast.village_211)
    heard(alone, NOON)
    for minutes in range(1, 17):
        all_heard(kept, NOON + minutes * MINUTE)
        swept(minutes)
    (alarm,) = Alarm.objects.all()
    assert (alarm.condition, alarm.state, alarm.severity) == ("outage:gateway:gw-1", "raised", "yellow")
    assert (alarm.area_path, alarm.says_silent, alarm.values) == (
        cast.village_111.path,
        True,
        {"place": "gw-1", "devices": 6},
    )

    all_heard([*lost, *kept], NOON + 17 * MINUTE)
    swept(17)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.cleared_at) == ("cleared", NOON + 17 * MINUTE)


def test_devices_that_stood_alone_go_into_the_area_that_follows(cast: Cast) -> None:
    devices = fleet(cast.village_111, 10)
    kept = fleet(cast.village_211, 20)
    for minutes in range(1, 17):
        all_heard([*devices[2:], *kept], NOON + minutes * MINUTE)
        swept(minutes)
    assert [each.scope for each in Outage.objects.filter(ended_at=None)] == ["device", "device"]
    for minutes in range(17, 33):
        all_heard(kept, NOON + minutes * MINUTE)
        swept(minutes)
    (outage,) = Outage.objects.filter(ended_at=None)
    assert (outage.scope, outage.devices) == ("area", 10)


def test_muted_broken_and_never_heard(cast: Cast) -> None:
    muted, broken = fleet(cast.village_111, 2)
    never = a_device("never", cast.village_111)
    Device.objects.filter(pk=muted.pk).update(muted_until=NOON + 30 * MINUTE)
    swept(20)
    assert (state(muted), state(broken)) == ("muted", "offline")
    Device.objects.filter(pk=broken.pk).update(state=Lifecycle.BROKEN)
    swept(31)
    assert state(muted) == "offline"
    assert not DeviceLiveness.objects.filter(device__in=[broken, never]).exists()
    assert [each.key for each in Outage.objects.filter(ended_at=None)] == [muted.name]


def test_a_camera_that_says_it_is_off_is_offline_at_once(cast: Cast) -> None:
    camera = a_camera("cam-1", cast.village_111)
    heard(camera, NOON, "online", 0.0)
    swept(0)
    assert state(camera) == "offline"
    heard(camera, NOON + MINUTE, "online", 1.0)
    swept(1)
    assert state(camera) == "online"


@pytest.mark.parametrize("count", [1, 12])
def test_a_sweep_costs_a_fixed_number_of_questions(
    cast: Cast, count: int, django_assert_max_num_queries: object
) -> None:
    fleet(cast.village_111, count)
    swept(15)
    with django_assert_max_num_queries(24):  # type: ignore[operator]  # ten of them for the alarm of an area
        sweep_devices(acting_user=None, now=NOON + 16 * MINUTE)
