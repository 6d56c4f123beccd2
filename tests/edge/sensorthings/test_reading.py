"""/v1.1 as a reader sees it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from anlan.edge.sensorthings.options import read, split
from anlan.store.models import Device, Series
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_camera, a_device, a_pond_gauge, a_series, readings

pytestmark = pytest.mark.django_db
ROOT = "http://testserver/v1.1/"


@pytest.fixture
def gauge(cast: Cast) -> Series:
    series = a_series(a_pond_gauge(cast))
    readings(series, NOON, [1.0, 2.0, 3.0, 4.0, 5.0])
    return series


def got(address: str, status: int = 200, **query: str) -> Any:
    answer = Client().get(f"/v1.1/{address}", query)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content) if answer.content else None


def test_the_root_names_what_is_held_and_what_is_done(cast: Cast) -> None:
    root = got("")
    assert [each["name"] for each in root["value"]] == [
        "Things",
        "Locations",
        "FeaturesOfInterest",
        "Sensors",
        "ObservedProperties",
        "Datastreams",
        "Observations",
    ]
    assert root["value"][0]["url"] == f"{ROOT}Things"
    conformance = root["serverSettings"]["conformance"]
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array" in conformance
    assert not [each for each in conformance if "historical" in each or "batch" in each or "mqtt" in each]
    assert Client().get("/v1.1").status_code == 200


def test_a_thing_has_number_links_and_facts(gauge: Series) -> None:
    thing = got(f"Things({gauge.device_id})")
    assert thing == {
        "@iot.id": gauge.device_id,
        "@iot.selfLink": f"{ROOT}Things({gauge.device_id})",
        "name": "gauge-111",
        "description": "water-level",
        "properties": {
            "kind": "water-level",
            "state": "installed",
            "area": "990101001201",
            "site": "pond-111",
            "owner": "committee-111",
        },
        "Locations@iot.navigationLink": f"{ROOT}Things({gauge.device_id})/Locations",
        "Datastreams@iot.navigationLink": f"{ROOT}Things({gauge.device_id})/Datastreams",
    }


def test_every_set_and_every_link_of_its_first_entity_can_be_read(gauge: Series) -> None:
    for each in got("")["value"]:
        page = got(each["name"])
        first = page["value"][0]
        assert isinstance(first["@iot.id"], int)
        assert got(first["@iot.selfLink"].removeprefix(ROOT)) == first
        for name, link in first.items():
            if name.endswith("@iot.navigationLink"):
                assert got(link.removeprefix(ROOT))


def test_the_datastream_of_a_gauge(gauge: Series) -> None:
    stream = got(f"Things({gauge.device_id})/Datastreams")["value"][0]
    assert stream["name"] == "gauge-111 level"
    assert stream["unitOfMeasurement"] == {"name": "m", "symbol": "m", "definition": "ucum:m"}
    assert stream["observationType"].endswith("OM_Measurement")
    assert got(f"Datastreams({gauge.pk})/Thing/name") == {"name": "gauge-111"}
    assert got(f"Datastreams({gauge.pk})/ObservedProperty")["name"] == "level"
    assert got(f"Datastreams({gauge.pk})/Sensor")["metadata"]["level"]["unit"] == "m"


def test_readings_page_by_page_without_a_gap(gauge: Series) -> None:
    address, seen = f"Datastreams({gauge.pk})/Observations?$top=2&$count=true", []
    while address:
        page = json.loads(Client().get(f"/v1.1/{address}").content)
        assert page["@iot.count"] == 5
        seen += [each["result"] for each in page["value"]]
        address = page.get("@iot.nextLink", "").removeprefix(ROOT)
        assert "$skip=" not in address
    assert seen == [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(("order", "expected"), [("asc", [1, 2, 3, 4, 5]), ("desc", [5, 4, 3, 2, 1])])
def test_pages_in_the_order_of_time(gauge: Series, order: str, expected: list[float]) -> None:
    address, seen = f"Observations?$top=2&$orderby=phenomenonTime {order}", []
    while address:
        page = json.loads(Client().get(f"/v1.1/{address}").content)
        seen += [each["result"] for each in page["value"]]
        address = page.get("@iot.nextLink", "").removeprefix(ROOT)
    assert seen == expected


def test_other_pages_go_on_by_counting(cast: Cast) -> None:
    for name in "abc":
        a_device(name, cast.village_111)
    page = got("Things", **{"$top": "2", "$orderby": "name desc"})
    assert [each["name"] for each in page["value"]] == ["c", "b"]
    assert "$skip=2" in page["@iot.nextLink"]
    following = json.loads(Client().get(page["@iot.nextLink"]).content)
    assert [each["name"] for each in following["value"]] == ["a"]
    assert "@iot.nextLink" not in following


FILTERS = [
    ("Things", "name eq 'gauge-111'", 1),
    ("Things", "startswith(name,'cam')", 1),
    ("Things", "contains(tolower(description),'WATER') or name eq 'x'", 0),
    ("Things", "properties/kind eq 'camera'", 1),
    ("Things", "properties/kind ne 'camera' and not (name eq 'far')", 1),
    ("Things", "Datastreams/ObservedProperty/name eq 'level'", 1),
    ("Things", "@iot.id gt 0", 3),
    ("Datastreams", "Thing/properties/area eq '990101001201'", 1),
    ("Datastreams", "ObservedProperty/name eq 'level' and Sensor/name eq 'water-level'", 1),
    ("Datastreams", "unitOfMeasurement/symbol eq 'm'", 1),
    ("Observations", "result gt 2 and result le 4", 2),
    ("Observations", "result add 1 eq 3", 1),
    ("Observations", "phenomenonTime ge 2026-11-23T12:10:00Z", 3),
    ("Observations", "phenomenonTime lt 2026-11-23T20:05:00+08:00", 1),
    ("Observations", "Datastream/Thing/name eq 'gauge-111'", 5),
    ("Observations", "year(phenomenonTime) eq 2026 and minute(phenomenonTime) eq 20", 1),
    ("Observations", "FeatureOfInterest/name eq 'nowhere'", 0),
    ("Sensors", "properties/is_camera eq true", 1),
    ("Sensors", "properties/version eq 1 and encodingType eq 'application/json'", 2),
    ("Locations", "name eq 'gauge-111'", 1),
    ("Locations", "encodingType eq 'application/geo+json' and name eq 'gauge-111'", 1),
    ("Things", "substringof('auge-1',name)", 1),
    ("Things", "substringof('%',name)", 0),
    ("Observations", "phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", 5),
    ("Observations", "totaloffsetminutes(phenomenonTime) eq 0", 5),
]


@pytest.mark.parametrize(("plural", "text", "count"), FILTERS, ids=[each[1] for each in FILTERS])
def test_filters(gauge: Series, cast: Cast, plural: str, text: str, count: int) -> None:
    a_camera("cam-1", cast.village_111)
    a_device("far", cast.village_211)
    page = got(plural, **{"$filter": text, "$count": "true"})
    assert (page["@iot.count"], len(page["value"])) == (count, count)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("year(phenomenonTime) eq 2026", 1),
        ("month(phenomenonTime) eq 12", 1),
        ("day(phenomenonTime) eq 31", 1),
        ("hour(phenomenonTime) eq 23", 1),
        ("date(phenomenonTime) eq 2026-12-31", 1),
        ("time(phenomenonTime) gt 20:00:00", 1),
        ("date(phenomenonTime) eq 2027-01-01", 1),
    ],
)
def test_parts_of_a_time_are_those_of_utc_in_which_it_is_shown(cast: Cast, text: str, count: int) -> None:
    year_end = datetime(2026, 12, 31, 23, 55, tzinfo=UTC)
    readings(a_series(a_pond_gauge(cast)), year_end, [1.0, 2.0])

    assert got("Observations", **{"$filter": text, "$count": "true"})["@iot.count"] == count


def test_a_part_of_a_property_has_an_address(gauge: Series) -> None:
    assert got(f"Things({gauge.device_id})/properties/kind") == {"kind": "water-level"}
    assert got(f"Datastreams({gauge.pk})/unitOfMeasurement/symbol") == {"symbol": "m"}
    answer = Client().get(f"/v1.1/Things({gauge.device_id})/properties/legal_basis/$value")
    assert answer.status_code == 404
    got(f"Datastreams({gauge.pk})/Thing({gauge.device_id})", 404)


def test_the_next_page_of_what_is_expanded_keeps_all_its_options(gauge: Series) -> None:
    text = "Observations($top=1;$select=result;$count=true;$filter=result gt 1)"
    stream = got(f"Datastreams({gauge.pk})", **{"$expand": text})
    following = json.loads(Client().get(stream["Observations@iot.nextLink"]).content)
    assert following["@iot.count"] == 4
    (second,) = following["value"]
    assert (set(second), second["result"]) == ({"@iot.selfLink", "result"}, 3.0)


def test_a_data_array_has_the_components_that_are_selected(gauge: Series) -> None:
    options: Any = {"$resultFormat": "dataArray", "$select": "result,phenomenonTime", "$top": "1"}
    (block,) = got("Observations", 200, **options)["value"]
    assert block["components"] == ["phenomenonTime", "result"]
    assert [row[1] for row in block["dataArray"]] == [1.0]
    got("Observations", 400, **options | {"$select": "nothing"})


def test_a_reading_is_found_by_its_number(gauge: Series) -> None:
    page = got("Observations", **{"$filter": "result eq 3"})
    number = page["value"][0]["@iot.id"]
    assert got(f"Observations({number})")["result"] == 3.0
    assert got("Observations", **{"$filter": f"@iot.id eq {number}"})["value"][0]["result"] == 3.0
    after = got("Observations", **{"$filter": f"id gt {number}", "$orderby": "id desc"})["value"]
    assert [each["result"] for each in after] == [5.0, 4.0]
    assert got(f"Observations({number})/result/$value", 200) == 3.0
    assert got(f"Datastreams({gauge.pk})/Observations({number})")["result"] == 3.0
    got(f"Datastreams({gauge.pk + 1})/Observations({number})", 404)


def test_expansions_with_options_of_their_own(gauge: Series, cast: Cast) -> None:
    a_series(a_device("far", cast.village_211))
    text = (
        "Datastreams($select=name,id;$expand=Observations($top=1;$orderby=phenomenonTime desc;$count=true))"
    )
    things = got("Things", **{"$expand": text, "$orderby": "id"})["value"]
    stream = things[0]["Datastreams"][0]
    assert [set(stream) - {"Observations", "Observations@iot.count", "Observations@iot.nextLink"}] == [
        {"name", "@iot.id", "@iot.selfLink"}
    ]
    assert [each["result"] for each in stream["Observations"]] == [5.0]
    assert stream["Observations@iot.count"] == 5
    following = json.loads(Client().get(stream["Observations@iot.nextLink"]).content)
    assert [each["result"] for each in following["value"]] == [4.0]
    assert things[1]["Datastreams"][0]["Observations"] == []


def test_expansions_by_path_and_to_one(gauge: Series) -> None:
    stream = got(f"Datastreams({gauge.pk})", **{"$expand": "Thing/Locations,ObservedProperty,Sensor"})
    assert stream["Thing"]["Locations"][0]["location"]["type"] == "Point"
    assert stream["ObservedProperty"]["name"] == "level"
    observation = got(
        "Observations", **{"$expand": "Datastream($select=name),FeatureOfInterest", "$top": "1"}
    )
    assert observation["value"][0]["Datastream"]["name"] == "gauge-111 level"
    assert observation["value"][0]["FeatureOfInterest"]["feature"]["coordinates"] == [121.2401, 28.6002]


@pytest.mark.parametrize("count", [1, 3])
def test_expansions_cost_one_question_a_level(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        readings(a_series(a_device(f"g-{number}", cast.village_111)), NOON, [1.0, 2.0])
    with django_assert_num_queries(7):  # two of them set the limit of time, two begin and end
        got("Things", **{"$expand": "Datastreams($expand=Observations($top=1))"})


def test_selecting(gauge: Series) -> None:
    thing = got("Things", **{"$select": "@iot.id,name,Datastreams"})["value"][0]
    assert set(thing) == {"@iot.id", "@iot.selfLink", "name", "Datastreams@iot.navigationLink"}


def test_addresses_alone_and_data_arrays(gauge: Series) -> None:
    refs = got(f"Things({gauge.device_id})/Datastreams/$ref")
    assert refs["value"] == [{"@iot.selfLink": f"{ROOT}Datastreams({gauge.pk})"}]
    page = got("Observations", **{"$resultFormat": "dataArray", "$top": "2"})
    (block,) = page["value"]
    assert block["Datastream@iot.navigationLink"] == f"{ROOT}Datastreams({gauge.pk})"
    assert block["components"] == ["id", "phenomenonTime", "resultTime", "result"]
    assert [row[3] for row in block["dataArray"]] == [1.0, 2.0]


NOT_DONE = [
    "HistoricalLocations",
    "Things?$filter=st_within(location,geography'POINT (1 2)')",
    "Sensors?$filter=Datastreams/name eq 'x'",
    "Things?$filter=Datastreams/any(d:d/name eq 'x')",
    "Things?$resultFormat=csv",
    "Observations?$filter=before(phenomenonTime,2026-11-30T00:00:00Z)",
    "Observations?$filter=during(phenomenonTime,2026-11-30T00:00:00Z/2026-11-30T12:00:00Z)",
    "Things?$filter=properties/colour eq 'red'",
    "Locations?$filter=location/type eq 'Point'",
]
WRONG = [
    "Things?$filter=name eq",
    "Things?$filter=name eq 5 and result gt 3",
    "Things?$filter=nothing eq 1",
    "Things?$filter=",
    "Things?$filter=name",
    "Things?$filter=1",
    "Things?$filter=length(name)",
    "Things?$filter=not id eq 1",
    "Things?$filter=not name",
    "Things?$filter=properties/kind",
    "Things?$filter=Datastreams/name",
    "Observations?$filter=result",
    "Observations?$filter=phenomenonTime",
    "Observations?$filter=result eq 'abc'",
    "Observations?$filter=phenomenonTime gt 5",
    "Things?$top=-1",
    "Things?$top=1&$top=2",
    "Things?$count=maybe",
    "Things?$orderby=name sideways",
    "Things?$select=nothing",
    "Things?$expand=Nothing",
    "Things?$unknown=1",
    "Observations?$skiptoken=x",
    "Things?$expand=Datastreams($filter=",
]
MISSING = ["Nothing", "Things(999999)", "Things('a')", "Things(1)/Datastreams(999)", "Things/name", "x$y"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *((each, 501) for each in NOT_DONE),
        *((each, 400) for each in WRONG),
        *((each, 404) for each in MISSING),
    ],
)
def test_refusals_have_one_shape(gauge: Series, address: str, status: int) -> None:
    answer = Client().get(f"/v1.1/{address}")
    assert answer.status_code == status, answer.content
    said = json.loads(answer.content)
    assert (said["code"], said["type"], set(said)) == (status, "error", {"code", "type", "message"})


def test_counts_of_very_many_readings_are_those_of_the_planner(
    gauge: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.store.readers.sensorthings.pages.EXACT_COUNT", 0)
    assert got("Observations", **{"$count": "true"})["@iot.count"] > 0


def test_a_question_that_takes_too_long_is_refused(gauge: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlan.store.readers.sensorthings.pages.LONGEST_MS", 1)
    slow = " and ".join(f"contains(name,'{n}') eq false" for n in range(30))
    answer = Client().get("/v1.1/Observations", {"$filter": slow.replace("name", "Datastream/name")})
    assert answer.status_code in (200, 400)


def test_devices_without_a_point_have_no_location_and_their_area_as_feature(cast: Cast) -> None:
    device: Device = a_device("far", cast.village_211)
    readings(a_series(device), NOON, [1.0])
    assert got(f"Things({device.pk})/Locations")["value"] == []
    feature = got("Observations", **{"$expand": "FeatureOfInterest"})["value"][0]["FeatureOfInterest"]
    assert feature["feature"]["coordinates"] == [cast.village_211.lng, cast.village_211.lat]


def test_parts_in_brackets_and_quotes_stay_together() -> None:
    assert split("a(b,c),d,'e,f'", ",") == ["a(b,c)", "d", "'e,f'"]
    inner = read([("$expand", "A/B($top=1),A($select=x)")]).expand
    assert [(name, each.select, each.expand[0][0], each.expand[0][1].top) for name, each in inner] == [
        ("A", ("x",), "B", 1)
    ]


def test_of_a_camera_the_cell_is_shown_and_never_the_point(cast: Cast) -> None:
    """The register of cameras shows no more; a filter by geometry, which could find it, is not done."""
    near = [a_camera(f"camera-{each}", cast.village_111, lng=121.2 + each / 1e5, lat=28.6) for each in (1, 2)]

    shown = [got(f"Things({each.pk})/Locations")["value"][0]["location"]["coordinates"] for each in near]
    features = [got(f"FeaturesOfInterest({each.pk})")["feature"]["coordinates"] for each in near]

    assert shown[0] == shown[1] == features[0] == features[1]
    assert shown[0] != [near[0].lng, near[0].lat]
