"""What is silent as one is one event."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.places.terms import within
from anlan.sensing.outages import LEAST, SHARE, Silent, groups, watched
from anlan.sensing.terms import OutageScope

PATHS = st.sampled_from(["1.", "1.2.", "1.2.3.", "1.2.4.", "1.5.", "1.5.6."])
DEVICES = st.lists(st.tuples(PATHS, st.sampled_from(["", "a", "b"]), st.booleans()), max_size=60)


@given(DEVICES)
def test_every_silent_device_is_in_exactly_one_group_that_holds(
    devices: list[tuple[str, str, bool]],
) -> None:
    silent = {
        number: Silent(number, f"d{number}", path, gateway)
        for number, (path, gateway, off) in enumerate(devices)
        if off
    }
    everyone = watched(
        ((path, gateway, 1.0) for path, gateway, off in devices if not off), list(silent.values())
    )
    found = groups(list(silent.values()), everyone)

    assert sorted(pk for group in found for pk in group.members) == sorted(silent)
    assert len({(group.scope, group.key) for group in found}) == len(found)
    for group in found:
        members = [silent[pk] for pk in group.members]
        assert all(within(device.area_path, group.area_path) for device in members)
        if group.scope is OutageScope.AREA:
            below = [pk for pk, device in silent.items() if within(device.area_path, group.key)]
            assert len(below) >= max(LEAST, SHARE * everyone.areas[group.key])
        elif group.scope is OutageScope.GATEWAY:
            assert {device.gateway for device in members} == {group.key}
        else:
            assert len(members) == 1


def silent_in(path: str, count: int, gateway: str = "", first: int = 0) -> list[Silent]:
    return [Silent(first + n, f"d{first + n}", path, gateway) for n in range(count)]


def test_a_county_without_power_is_one_event_whatever_gateways_it_has() -> None:
    off = [*silent_in("1.2.3.", 1500, "a"), *silent_in("1.2.4.", 1500, "b", 1500)]
    found = groups(off, watched([("1.5.6.", "c", 1.0)] * 1000, off))
    assert [(group.scope, group.key, len(group.members)) for group in found] == [
        (OutageScope.AREA, "1.2.", 3000)
    ]


def test_a_gateway_is_named_even_when_it_serves_a_whole_village() -> None:
    off = silent_in("1.2.3.", 20, "a")
    found = groups(off, watched([("1.2.4.", "b", 1.0)] * 20, off))
    assert [(group.scope, group.key, group.area_path) for group in found] == [
        (OutageScope.GATEWAY, "a", "1.2.3.")
    ]


def test_a_gateway_across_areas_is_one_event() -> None:
    off = [*silent_in("1.2.3.", 4, "a"), *silent_in("1.2.4.", 4, "a", 4)]
    on = [("1.2.3.", "b", 1.0)] * 20 + [("1.2.4.", "b", 1.0)] * 20
    (group,) = groups(off, watched(on, off))
    assert (group.scope, group.key, group.area_path) == (OutageScope.GATEWAY, "a", "1.2.")


def test_a_few_are_events_of_their_own() -> None:
    off = silent_in("1.2.3.", 2)
    found = groups(off, watched([("1.2.3.", "", 1.0)] * 40, off))
    assert [(group.scope, group.key) for group in found] == [
        (OutageScope.DEVICE, "d0"),
        (OutageScope.DEVICE, "d1"),
    ]


def test_who_speaks_once_a_day_does_not_hide_a_power_cut() -> None:
    off = [Silent(n, f"d{n}", "1.2.3.", "", heard=1000.0) for n in range(20)]
    before = [("1.2.3.", "", 500.0)] * 80
    assert [group.scope for group in groups(off, watched(before, off))] == [OutageScope.AREA]
    since = [("1.2.3.", "", 1500.0)] * 80
    assert {group.scope for group in groups(off, watched(since, off))} == {OutageScope.DEVICE}
