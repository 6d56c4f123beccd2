"""The register of devices as people use it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.edge.pages.templatetags.devices import share, thinned
from anlan.flows.cover_sites import cover_sites
from anlan.flows.device_credentials import digest
from anlan.sensing.terms import Lifecycle
from anlan.staff.terms import Action
from anlan.store.models import (
    Credential,
    Device,
    DeviceEvent,
    DeviceKind,
    DeviceLiveness,
    LatestValue,
    ObservationDay,
    ObservationHour,
    ObservationMinute,
    Outage,
    Property,
    QuarantineCount,
    Series,
)
from anlan.store.observation_days import make_days
from anlan.store.readers import devices
from anlan.store.readers.devices import DeviceFilters, device_page, history
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_camera, a_device, a_pond_gauge, a_series, readings

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def browser(who: Acting | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if who:
        client.force_login(who.user)
    return client


def page(who: Acting | None, address: str, status: int = 200) -> str:
    answer = browser(who).get(address)
    assert answer.status_code == status
    return answer.content.decode()


def sent(who: Acting, address: str, status: int = 302, **words: Any) -> str:
    answer = browser(who).post(address, words)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def test_the_list_shows_what_is_theirs_by_filters_in_the_address(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    a_device("far-1", cast.village_211, gateway="gw")
    DeviceLiveness.objects.create(device=gauge, state="offline", since=NOON)

    shown = page(cast.carol, "/devices/")
    assert "gauge-111" in shown and "far-1" not in shown and "Offline 1" in shown
    assert "gauge-111" in page(cast.alice, "/devices/")  # of her unit
    assert "far-1" not in page(cast.alice, "/devices/")
    assert "gauge-111" in page(cast.liu, "/devices/?heard=offline&kind=water-level&area=990101")
    assert "No device fits" in page(cast.liu, "/devices/?heard=online")
    assert "far-1" in page(cast.liu, "/devices/?gateway=gw&heard=never&words=FAR&state=installed")
    page(cast.judy, "/devices/", 403)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_a_fixed_number_of_questions(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        device = a_device(f"d-{number}", cast.village_111)
        DeviceLiveness.objects.create(device=device, state="online", since=NOON)
    with django_assert_num_queries(2):
        found = device_page(cast.carol, DeviceFilters())
        assert [(each.kind.code, each.area.name, each.liveness.state) for each in found.devices]


def test_pages_of_the_list_go_on_by_name(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlan.store.readers.devices.PAGE", 2)
    for name in "abc":
        a_device(name, cast.village_111)
    first = device_page(cast.carol, DeviceFilters())
    assert ([each.name for each in first.devices], first.total) == (["a", "b"], 3)
    second = device_page(cast.carol, DeviceFilters(after=first.next_after))
    assert ([each.name for each in second.devices], second.next_after) == (["c"], "")


def test_the_page_of_a_device_shows_values_readings_history_and_what_was_not_believed(cast: Cast) -> None:
    gauge, now = a_pond_gauge(cast), timezone.now()
    series = a_series(gauge)
    readings(series, now - timedelta(hours=2), [1.0, 1.5, 2.25])
    LatestValue.objects.create(series=series, at=now, value=2.25, received_at=now)
    Outage.objects.create(
        scope="device",
        key=gauge.name,
        area_path=gauge.area_path,
        began_at=NOON,
        noticed_at=NOON,
        ended_at=NOON,
        devices=1,
    )
    QuarantineCount.objects.create(device=gauge.name, day=NOON.date(), reason="future", count=7)
    DeviceEvent.objects.create(device=gauge, at=NOON, action="registered", actor=cast.grace.user)

    shown = page(cast.carol, "/devices/gauge-111/?property=level")
    assert "2.25 m" in shown and '<path class="l1"' in shown and "level (m): from 1 to 2.25" in shown
    assert "Time in the future" in shown and '<dd class="n">7</dd>' in shown
    assert "Registered" in shown and "This device:" in shown
    assert "New password" not in shown  # carol does not manage devices
    for span in ("day", "week", "month", "year", "rubbish"):
        page(cast.carol, f"/devices/gauge-111/?span={span}")
    assert "New password" in page(cast.grace, "/devices/gauge-111/")
    page(cast.dan, "/devices/gauge-111/", 404)


def hours(series: Series, first: datetime, values: list[float], step: timedelta) -> None:
    """Roll-ups by the hour, and that there is a first day."""
    rows = [
        ObservationHour(series=series, at=first + step * place, count=2, sum=2 * value, low=0, high=value + 1)
        for place, value in enumerate(values)
    ]
    make_days(row.at.astimezone(UTC).date() for row in rows)
    ObservationHour.objects.bulk_create(rows)
    ObservationDay.objects.create(series=series, at=first, count=1, sum=1, low=1, high=1)


def test_a_device_is_looked_at_for_a_year_and_back_to_its_first_day(cast: Cast) -> None:
    gauge, now = a_pond_gauge(cast), timezone.now()
    hours(a_series(gauge), now - timedelta(days=700), [1.0, 2.0, 4.0], timedelta(days=300))
    shown = page(cast.carol, "/devices/gauge-111/?span=year")
    assert "level (m): from 0 to 5" in shown and "The span after" not in shown
    older = re.search(r'until=([^"]+)" rel="prev"', shown)
    assert older is not None
    before = page(cast.carol, f"/devices/gauge-111/?span=year&until={older[1]}")
    assert "level (m): from 0 to 3" in before
    assert "The span before" not in before and 'rel="next"' in before and "Until now" in before
    for rubbish in ("tomorrow", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z"):
        again = page(cast.carol, f"/devices/gauge-111/?span=year&until={rubbish}")
        assert "level (m): from 0 to 5" in again


def test_a_span_is_read_in_a_bounded_number_of_points(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    series = a_series(a_pond_gauge(cast))
    readings(series, NOON, [1.0, 3.0, 5.0, 2.0], minutes=1)
    minute = ObservationMinute(series=series, at=NOON, count=4, sum=11, low=1, high=5)
    minute.save(force_insert=True)
    last = NOON + timedelta(days=1)
    moments = [NOON + timedelta(minutes=each) for each in range(4)]
    each_one = list(zip(moments, (1.0, 3.0, 5.0, 2.0), strict=True))
    assert history(series.pk, NOON, last) == [(at, value, value, value) for at, value in each_one]
    monkeypatch.setattr(devices, "MOST_POINTS", 3)
    assert history(series.pk, NOON, last) == [(NOON, 2.75, 1.0, 5.0)]


def test_where_readings_are_not_kept_any_more_hours_are_shown(cast: Cast) -> None:
    series = a_series(a_pond_gauge(cast))
    long_ago = datetime(2019, 5, 6, 7, tzinfo=UTC)
    hours(series, long_ago, [3.0], timedelta(hours=1))
    assert history(series.pk, long_ago, long_ago + timedelta(days=1)) == [(long_ago, 3.0, 0.0, 4.0)]


def facts(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "title": "荻花塘水位",
        "area_code": cast.village_111.code,
        "site_code": "pond-111",
        "unit_code": "committee-111",
        "lng": 121.24,
        "lat": 28.6,
        "crs": "wgs84",
        "state": "installed",
        **changes,
    }


def test_a_device_is_registered_and_its_password_shown_once(cast: Cast) -> None:
    page(cast.grace, "/manage/devices/add/")
    shown = sent(cast.grace, "/manage/devices/add/", 200, name="new-1", kind="water-level", **facts(cast))
    device = Device.objects.get(name="new-1")
    assert (device.site, device.unit, device.area) == (cast.pond_111, cast.committee_111, cast.village_111)
    kept = Credential.objects.get(device=device).secret_sha256
    (password,) = [word for word in shown.replace("<", " ").replace(">", " ").split() if digest(word) == kept]
    assert password not in page(cast.grace, "/devices/new-1/")
    assert device.series.count() == 1
    assert "taken" in sent(
        cast.grace, "/manage/devices/add/", 422, name="new-1", kind="water-level", **facts(cast)
    )


def test_a_camera_says_why_it_is_there(cast: Cast) -> None:
    page(cast.grace, "/manage/devices/add/")
    words = facts(cast, name="cam-1", kind="camera")
    assert "A camera needs its purpose" in sent(cast.grace, "/manage/devices/add/", 422, **words)
    words |= {"purpose": "traffic", "legal_basis": "Art. 26", "keeps_days": 30}
    sent(cast.grace, "/manage/devices/add/", 200, **words)
    assert Device.objects.get(name="cam-1").is_camera


def test_a_change_is_kept_and_removal_ends_the_password(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    Credential.objects.create(device=gauge, username=gauge.name, secret_sha256="0" * 64, made_at=NOON)
    address = "/manage/devices/of/gauge-111/change/"
    page(cast.mia, address)
    sent(cast.mia, address, **facts(cast, state="removed", gateway="gw-1"))
    gauge.refresh_from_db()
    assert (gauge.state, gauge.gateway, gauge.removed_on is not None) == ("removed", "gw-1", True)
    event = DeviceEvent.objects.get(device=gauge)
    assert event.changes["state"] == ["installed", "removed"] and event.actor == cast.mia.user
    assert not Credential.objects.filter(revoked_at=None).exists()
    sent(cast.mia, address, **facts(cast, state="removed", gateway="gw-1", lng="", lat=""))
    assert Device.objects.get(pk=gauge.pk).lng is None
    assert "Give both" in sent(cast.mia, address, 422, **facts(cast, lat=""))
    sent(cast.carol, address, 403, **facts(cast))


def test_nobody_moves_a_device_out_of_their_reach(cast: Cast) -> None:
    a_pond_gauge(cast)
    moved = facts(cast, area_code=cast.village_211.code)
    sent(cast.mia, "/manage/devices/of/gauge-111/change/", 422, **moved)
    assert Device.objects.get().area == cast.village_111


def test_muting_needs_a_reason_and_ends(cast: Cast) -> None:
    a_pond_gauge(cast)
    address = "/manage/devices/of/gauge-111/mute/"
    later = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert "Say why" in sent(cast.mia, address, 422, until=later, why=" ")
    assert "over already" in sent(cast.mia, address, 422, until="2020-01-01T00:00", why="x")
    sent(cast.mia, address, until=later, why="pond is being dredged")
    assert "pond is being dredged" in page(cast.mia, "/devices/gauge-111/")
    sent(cast.mia, address, until="", why="")
    assert Device.objects.get().muted_until is None
    assert [each.action for each in DeviceEvent.objects.order_by("pk")] == ["muted", "unmuted"]


def test_a_password_is_made_anew_or_ended_after_a_look_at_what_that_does(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    address = "/manage/devices/of/gauge-111/credential/"
    assert "signs in no more" in page(cast.mia, address)
    sent(cast.mia, address, 200, seen="device_signs_out=1")
    sent(cast.mia, address, 200, seen="device_signs_out=1")
    assert Credential.objects.filter(device=gauge).count() == 2
    assert Credential.objects.filter(device=gauge, revoked_at=None).count() == 1
    sent(cast.mia, "/manage/devices/of/gauge-111/revoke/", seen="device_signs_out=1")
    assert not Credential.objects.filter(revoked_at=None).exists()
    actions = list(DeviceEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["credential_made", "credential_made", "credential_revoked"]


def test_many_are_changed_after_a_preview_and_not_when_others_fit_by_then(cast: Cast) -> None:
    for name in "abc":
        a_device(name, cast.village_111)
    far = a_device("far", cast.village_211)
    address = "/manage/devices/many/?kind=water-level"
    page(cast.mia, address)
    assert "Say what to change" not in sent(cast.mia, address, 200, state="broken")
    preview = sent(cast.mia, address, 200, state="broken", gateway="gw-9")
    assert "3 devices change" in preview
    seen = preview.split('name="seen" value="')[1].split('"')[0]

    a_device("d", cast.village_111)
    assert "It changed meanwhile" in sent(cast.mia, address, 409, state="broken", gateway="gw-9", seen=seen)
    preview = sent(cast.mia, address, 200, state="broken", gateway="gw-9")
    seen = preview.split('name="seen" value="')[1].split('"')[0]
    sent(cast.mia, address, state="broken", gateway="gw-9", seen=seen)
    assert set(Device.objects.exclude(pk=far.pk).values_list("state", "gateway")) == {("broken", "gw-9")}
    assert Device.objects.get(pk=far.pk).state == Lifecycle.INSTALLED
    assert DeviceEvent.objects.filter(action="changed_many").count() == 4
    nothing = sent(cast.mia, address, 200, any=1).split('name="seen" value="')[1].split('"')[0]
    assert "Say what to change" in sent(cast.mia, address, 422, any=1, seen=nothing)


def test_labels_are_a_pdf_of_what_one_may_see(cast: Cast) -> None:
    for number in range(30):
        a_device(f"gauge-{number}", cast.village_111, title="荻花塘水位计，在桥头东侧的立杆上")
    answer = browser(cast.carol).get("/devices/labels.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert answer.content.count(b"/Type /Page\n") == 2
    assert browser(cast.carol).get("/devices/labels.pdf").content == answer.content


def test_labels_lead_to_the_address_that_residents_type(cast: Cast, settings) -> None:
    a_device("gauge-1", cast.village_111)
    carol = browser(cast.carol)
    asked_by_another_name = carol.get("/devices/labels.pdf", HTTP_HOST="127.0.0.1").content
    settings.ANLAN_PUBLIC_URL = "https://city.example"

    sheets = [carol.get("/devices/labels.pdf", HTTP_HOST=name).content for name in ("127.0.0.1", "localhost")]

    assert sheets[0] == sheets[1] != asked_by_another_name


def test_coverage_by_area_and_night(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    assert "No figures yet" in page(cast.carol, "/devices/coverage/")
    cover_sites(acting_user=None, now=NOON - timedelta(days=1))
    DeviceLiveness.objects.create(device=gauge, state="online", since=NOON)
    cover_sites(acting_user=None, now=NOON)
    shown = page(cast.carol, "/devices/coverage/?area=990101")
    assert "Pond" in shown and "100%" in shown and "1/1" in shown and "11-22 0%" in shown
    page(cast.carol, "/devices/coverage/?area=990102", 404)


def test_everybody_reads_the_register_of_cameras_and_no_other_device_is_in_it(cast: Cast) -> None:
    a_pond_gauge(cast)
    camera = a_camera("cam-1", cast.village_111, unit=cast.office_11, unit_path=cast.office_11.path)
    a_camera("cam-2", cast.village_211)
    a_camera("gone", cast.village_211, state="removed")
    DeviceLiveness.objects.create(device=camera, state="online", since=NOON)
    shown = page(None, "/cameras/")
    for words in (
        "cam-1",
        "cam-2",
        "traffic at a junction",
        "Art. 26 PIPL",
        "30 days",
        "柳埠镇人民政府",
        "50%",
    ):
        assert words in shown
    assert "gauge-111" not in shown and "gone" not in shown and "No picture" in shown
    assert "cam-2" not in page(None, "/cameras/?area=990101")
    page(None, "/cameras/?area=nowhere", 404)
    assert "No camera is registered" in page(None, "/cameras/?area=990101002")


def test_a_share_is_whole_only_when_nothing_lacks() -> None:
    assert [share(0, 9), share(9, 9), share(99999, 100000), share(1, 100000), share(1, 3)] == [
        "0%",
        "100%",
        "99.9%",
        "0.1%",
        "33.3%",
    ]


def test_many_points_are_thinned_and_the_extremes_stay() -> None:
    points = [(NOON + timedelta(minutes=n), 1.0, 1.0, 99.0 if n == 777 else 1.0) for n in range(5000)]
    drawn = thinned(points)
    assert len(drawn) <= 600 and max(row[3] for row in drawn) == 99.0


def test_managing_is_for_administrators(cast: Cast) -> None:
    assert cast.mia.may_somewhere(Action.MANAGE_DEVICES)
    for who in (cast.carol, cast.alice, cast.frank, cast.heidi, cast.bob, cast.ken):
        page(who, "/manage/devices/add/", 403)
        page(who, "/devices/")


def test_a_kind_gets_a_new_version_and_its_devices_a_series(cast: Cast) -> None:
    gauge = a_pond_gauge(cast)
    a_series(gauge)
    address = "/manage/devices/kinds/of/water-level/change/"
    assert "water-level" in page(cast.grace, "/manage/devices/kinds/")
    words = {
        "name_zh": "水温",
        "name_en": "Water temperature",
        "low": -5,
        "high": 60,
        "interval_seconds": 900,
    }
    page(cast.grace, address)
    sent(cast.grace, address, code="temperature", unit="Cel", **words)
    assert sorted(gauge.series.values_list("property__code", flat=True)) == ["level", "temperature"]

    page(cast.grace, f"{address}?property=temperature")
    assert "The unit stays Cel" in sent(cast.grace, address, 422, code="temperature", unit="K", **words)
    assert "must lie below" in sent(
        cast.grace, address, 422, code="temperature", unit="Cel", **words | {"low": 60}
    )
    sent(cast.grace, address, code="temperature", unit="Cel", **words | {"high": 45})
    kind = DeviceKind.objects.get(code="water-level")
    assert kind.version == 3
    assert [each.profile["temperature"]["high"] for each in kind.versions.filter(version__gt=1)] == [60, 45]
    assert "version 3" in page(cast.grace, "/manage/devices/kinds/of/water-level/")
    page(cast.grace, "/manage/devices/kinds/of/nothing/", 404)


def test_a_new_kind_is_for_who_manages_the_whole_city(cast: Cast) -> None:
    words = {"kind_code": "wind", "kind_zh": "风速计", "kind_en": "Wind gauge", "code": "speed"}
    words |= {"name_zh": "风速", "name_en": "Wind speed", "unit": "m/s", "interval_seconds": "60"}
    sent(cast.mia, "/manage/devices/kinds/add/", 403, **words)
    page(cast.mia, "/manage/devices/kinds/")
    sent(cast.grace, "/manage/devices/kinds/add/", **words)
    assert Property.objects.get(kind__code="wind").interval_seconds == 60
    assert sent(cast.grace, "/manage/devices/kinds/add/", 422, **words)
