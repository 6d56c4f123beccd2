"""Coverage: working devices at sites, cameras online, by area and night."""

from datetime import date, timedelta

import pytest

from anlan.flows.cover_sites import CAMERAS, cover_sites
from anlan.flows.keep_readings import keep_readings
from anlan.store.models import Area, Coverage, Device, DeviceLiveness
from anlan.store.observation_days import make_days, stored_parts
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_camera, a_pond_gauge

pytestmark = pytest.mark.django_db


def seen(device: Device, state: str) -> None:
    DeviceLiveness.objects.update_or_create(device=device, defaults={"state": state, "since": NOON})


def figures(area: Area) -> dict[str, tuple[int, int]]:
    rows = Coverage.objects.filter(area=area).values_list("figure", "part", "whole")
    return {figure: (part, whole) for figure, part, whole in rows}


def test_a_site_is_covered_by_a_device_that_works(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    cover_sites(acting_user=None, now=NOON)
    assert figures(cast.county_1) == {"pond": (0, 1)}
    seen(gauge, "late")
    cover_sites(acting_user=None, now=NOON)
    assert figures(cast.county_1) == figures(cast.township_11) == {"pond": (1, 1)}
    assert figures(cast.city) == {"pond": (1, 1), "school": (0, 1)}
    Device.objects.update(state="broken")
    cover_sites(acting_user=None, now=NOON + timedelta(days=1))
    assert list(Coverage.objects.filter(area=cast.county_1).order_by("day").values_list("day", "part")) == [
        (date(2026, 11, 23), 1),
        (date(2026, 11, 24), 0),
    ]


def test_cameras_online_of_all_that_stand(cast: Cast) -> None:
    for name, state in (("a", "online"), ("b", "offline"), ("c", "online")):
        seen(a_camera(name, cast.village_111), state)
    a_camera("never-heard", cast.village_111)
    a_camera("broken", cast.village_111, state="broken")
    a_camera("gone", cast.village_111, state="removed")
    cover_sites(acting_user=None, now=NOON)
    assert figures(cast.township_11)[CAMERAS] == (2, 5)
    assert CAMERAS not in figures(cast.county_2)


def test_room_for_readings_is_made_and_given_back(db: None) -> None:
    make_days([date(2024, 1, 1)])
    assert keep_readings(acting_user=None, now=NOON) == [
        "observation_20240101",
        "observation_minute_20240101",
    ]
    days = {part.first for part in stored_parts() if part.table == "observation"}
    assert min(days) == date(2026, 11, 22) and max(days) == date(2026, 11, 26)
    assert keep_readings(acting_user=None, now=NOON) == []
