"""A list of devices comes in whole or not at all; passwords are told once."""

import io
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import pytest

from anlan.base.errors import Refused
from anlan.base.tables import Complaints, RowsRefused
from anlan.flows.device_credentials import Secret
from anlan.flows.import_devices import (
    DeviceChanges,
    DeviceList,
    import_devices,
    known_kinds,
    preview_devices,
)
from anlan.places.terms import Crs
from anlan.sensing.device_files import read_devices
from anlan.store.models import Area, Credential, Device, DeviceEvent, ImportRun, Series
from tests.cast import Cast
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
GAUGE = "device,kind,name,lat,lng,site\ngauge-1,water-level,荻花塘水位,28.6,121.24,pond-111\n"


def listed(text: str, crs: Crs = Crs.WGS84) -> DeviceList:
    complaints = Complaints()
    rows = read_devices("d.csv", io.StringIO(text), complaints, known_kinds(NOON), crs)
    return DeviceList(rows, (), complaints)


def brought(text: str) -> tuple[DeviceChanges, list[Secret]]:
    kept: list[Secret] = []
    changes = import_devices(acting_user=None, device_list=listed(text), now=NOON, keep_secrets=kept.extend)
    return changes, kept


def test_a_device_comes_in_with_its_series_and_a_password(cast: Cast) -> None:
    changes, secrets = brought(GAUGE)

    device = Device.objects.get()
    assert (device.name, device.title, device.area, device.site) == (
        "gauge-1",
        "荻花塘水位",
        cast.village_111,
        cast.pond_111,
    )
    assert changes.counts() == {"added": 1, "changed": 0, "unchanged": 0, "odd": 0}
    assert [series.property.code for series in Series.objects.all()] == ["level"]
    assert [event.action for event in DeviceEvent.objects.all()] == ["registered"]
    (secret,) = secrets
    assert (secret.device, secret.username) == ("gauge-1", "gauge-1")
    assert Credential.objects.get().secret_sha256 == sha256(secret.password.encode()).hexdigest()


def test_the_second_time_changes_nothing_and_tells_no_password(cast: Cast) -> None:
    brought(GAUGE)
    changes, secrets = brought(GAUGE)

    assert changes.counts() == {"added": 0, "changed": 0, "unchanged": 1, "odd": 0}
    assert secrets == []
    assert (Series.objects.count(), DeviceEvent.objects.count(), Credential.objects.count()) == (1, 1, 1)
    assert ImportRun.objects.count() == 2


def test_a_change_is_kept_with_before_and_after_and_empty_cells_leave_what_is_there(cast: Cast) -> None:
    brought(GAUGE)
    changes, secrets = brought("device,kind,name,owner,gateway\ngauge-1,water-level,,committee-111,gw-1\n")

    device = Device.objects.get()
    assert (device.title, device.unit, device.gateway) == ("荻花塘水位", cast.committee_111, "gw-1")
    assert (device.area, device.lng) == (cast.village_111, 121.24)
    assert secrets == [] and changes.counts()["changed"] == 1
    assert DeviceEvent.objects.last().changes == {  # type: ignore[union-attr]
        "unit_id": [None, cast.committee_111.pk],
        "gateway": ["", "gw-1"],
    }


def test_every_bad_row_is_said_and_nothing_comes_in(cast: Cast) -> None:
    text = """device,kind,name,lat,lng,site,area,owner,keeps_days
bad name,water-level,,28.6,121.2,,,,
ok-1,toaster,,28.6,121.2,,,,
ok-2,water-level,,,,,,,
ok-3,water-level,,28.6,121.2,nowhere,,,
ok-4,water-level,,28.6,121.2,,999,,
ok-5,water-level,,28.6,121.2,,,nobody,
ok-6,water-level,,95,121.2,,,,
ok-7,camera,,28.6,121.2,,,,0
ok-8,water-level,,28.6,121.2,,,,
ok-8,water-level,,28.6,121.2,,,,
"""
    with pytest.raises(RowsRefused) as refusal:
        brought(text)

    assert [(bad.row, bad.column) for bad in sorted(refusal.value.rows, key=lambda bad: bad.row)] == [
        (2, "device"),
        (3, "kind"),
        (4, "lng"),
        (5, "site"),
        (6, "area"),
        (7, "owner"),
        (8, "lat"),
        (8, "lng"),
        (9, "keeps_days"),
        (9, "purpose"),
        (9, "legal_basis"),
        (9, "keeps_days"),
        (11, "device"),
    ]
    assert not Device.objects.exists() and not Credential.objects.exists()


def test_a_camera_says_what_for_by_which_right_and_how_long(cast: Cast) -> None:
    brought(
        "device,kind,lat,lng,area,purpose,legal_basis,keeps_days\n"
        "cam-1,camera,28.6,121.24,990101001,路口交通,《个人信息保护法》第二十六条,30\n"
    )
    camera = Device.objects.get()
    assert (camera.is_camera, camera.keeps_days, camera.area) == (True, 30, cast.township_11)


def test_a_point_outside_every_boundary_is_kept_with_the_whole_city_and_said(cast: Cast) -> None:
    changes, _ = brought("device,kind,lat,lng\nfar-1,water-level,40,100\n")

    assert Device.objects.get().area == cast.city
    assert [bad.column for bad in changes.odd.rows] == ["lng"]


def test_where_passwords_cannot_be_kept_nothing_comes_in(cast: Cast) -> None:
    def fails(secrets: Sequence[Secret]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        import_devices(acting_user=None, device_list=listed(GAUGE), now=NOON, keep_secrets=fails)
    assert not Device.objects.exists()


def test_a_preview_says_the_same_and_changes_nothing(cast: Cast) -> None:
    assert preview_devices(listed(GAUGE)).counts()["added"] == 1
    assert not Device.objects.exists()


def test_points_of_maps_of_china_are_converted(cast: Cast) -> None:
    rows = listed("device,kind,lat,lng\ng-1,water-level,28.6,121.24\n", Crs.GCJ02).devices
    assert rows[0].lng is not None and 0.001 < abs(rows[0].lng - 121.24) < 0.01


def test_without_areas_there_is_nowhere_to_put_a_device(db: Any) -> None:
    assert not Area.objects.exists()
    with pytest.raises(Refused, match="no_areas"):
        brought(GAUGE.replace(",site\n", "\n").replace(",pond-111", ""))


def test_many_rows_cost_a_fixed_number_of_questions(cast: Cast, django_assert_max_num_queries: Any) -> None:
    known_kinds(NOON)
    rows = "".join(f"g-{n},water-level,28.6,121.24,pond-111\n" for n in range(300))
    with django_assert_max_num_queries(35):
        brought(f"device,kind,lat,lng,site\n{rows}")
    assert Device.objects.count() == 300


@pytest.fixture(autouse=True)
def _nothing_printed(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No password ever goes to the output by itself."""
    yield
    assert capsys.readouterr().out == ""
