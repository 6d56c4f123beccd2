"""The ground of a map: what is drawn of the areas, and when it is drawn anew."""

import json
from collections.abc import Callable
from datetime import date

import pytest
import shapely
from django.test import Client

from anlan.places.terms import Crs
from anlan.store.models import Area, PublicCase, Site
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new

pytestmark = pytest.mark.django_db
OTHER = shapely.MultiPolygon([shapely.box(121.2, 28.5, 121.4, 28.6)])
SQUARE = shapely.MultiPolygon([shapely.box(121.2, 28.5, 121.3, 28.6)])


def give_boundary(area: Area) -> None:
    """A square, as an import would store it."""
    area.boundary, area.boundary_crs = SQUARE.wkb, Crs.GCJ02
    area.save()


def test_a_map_shows_areas_of_today_that_have_a_boundary(client: Client, cast: Cast) -> None:
    give_boundary(cast.county_1)
    give_boundary(cast.township_11)
    give_boundary(cast.village_111)
    cast.township_11.valid_to, cast.township_11.in_use = date(2026, 1, 1), False
    cast.township_11.save()

    drawn = client.get("/map/areas.geojson").json()

    of_the_county = {"code": "990101", "name": "望潮县", "level": "county"}
    assert [each["properties"] for each in drawn["features"]] == [of_the_county] * 2
    shape, name = (shapely.from_geojson(json.dumps(each["geometry"])) for each in drawn["features"])
    assert shape.equals(SQUARE)
    assert name.distance(SQUARE.centroid) < 0.01


def test_a_name_is_written_once_on_the_largest_part_of_an_area(client: Client, cast: Cast) -> None:
    islands = shapely.MultiPolygon([shapely.box(121, 28, 121.5, 28.5), shapely.box(122, 28, 122.1, 28.1)])
    Area.objects.filter(code="990101").update(boundary=islands.wkb)

    drawn = client.get("/map/areas.geojson").json()

    names = [each["geometry"] for each in drawn["features"] if each["geometry"]["type"] == "Point"]
    assert [islands.geoms[0].contains(shapely.Point(each["coordinates"])) for each in names] == [True]


def test_a_map_without_counties_shows_the_city(client: Client, cast: Cast) -> None:
    give_boundary(cast.city)

    drawn = client.get("/map/areas.geojson").json()

    assert [each["properties"]["level"] for each in drawn["features"]] == ["city", "city"]


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: give_boundary(cast.county_2),
        lambda cast: Area.objects.filter(code="990101").update(boundary=OTHER.wkb),
        lambda cast: Area.objects.filter(code="990101").update(name="望海县"),
        lambda cast: Area.objects.filter(code="990101").update(valid_to=date(2026, 1, 1), in_use=False),
    ],
    ids=["added", "redrawn", "renamed", "ended"],
)
def test_a_browser_that_has_it_is_told_so_until_an_area_changes(
    client: Client, cast: Cast, change: Callable[[Cast], object]
) -> None:
    give_boundary(cast.county_1)
    mark = client.get("/map/areas.geojson").headers["ETag"]

    same = client.get("/map/areas.geojson", headers={"If-None-Match": mark})
    change(cast)
    changed = client.get("/map/areas.geojson", headers={"If-None-Match": mark})

    assert (same.status_code, changed.status_code) == (304, 200)


def test_a_boundary_that_was_redrawn_is_drawn_anew(client: Client, cast: Cast) -> None:
    give_boundary(cast.county_1)
    before = client.get("/map/areas.geojson").json()
    cast.county_1.boundary = OTHER.wkb
    cast.county_1.save()

    after = client.get("/map/areas.geojson").json()

    assert before["features"][0]["properties"] == after["features"][0]["properties"]
    assert before["features"][0]["geometry"] != after["features"][0]["geometry"]


def test_maps_of_a_city_without_boundaries_begin_where_its_places_are(client: Client, cast: Cast) -> None:
    Area.objects.update(lng=None, lat=None)
    Site.objects.update(lng=121.3, lat=28.51234)
    Site.objects.filter(code="school-211").update(lng=121.45)
    of_sites = client.get("/map/areas.geojson")
    Area.objects.filter(code="990101").update(lng=121.2, lat=28.6)
    seen = {"If-None-Match": of_sites.headers["ETag"]}
    of_areas = client.get("/map/areas.geojson", headers=seen).json()
    give_boundary(cast.county_1)

    assert (of_sites.json()["features"], of_sites.json()["bbox"]) == ([], [121.3, 28.512, 121.45, 28.512])
    assert of_areas["bbox"] == [121.2, 28.6, 121.2, 28.6]
    assert "bbox" not in client.get("/map/areas.geojson").json()


def test_of_cases_only_those_that_the_public_sees_say_where_maps_begin(client: Client, cast: Cast) -> None:
    new(cast, NOON)
    Area.objects.update(lng=None, lat=None)
    Site.objects.update(lng=None, lat=None)
    PublicCase.objects.update(shown=True, lng=121.3, lat=28.5)
    shown = client.get("/map/areas.geojson").json()
    PublicCase.objects.update(shown=False)

    assert shown["bbox"] == [121.3, 28.5, 121.3, 28.5]
    assert "bbox" not in client.get("/map/areas.geojson").json()


def test_a_city_of_which_no_place_is_known_begins_nowhere(client: Client, cast: Cast) -> None:
    Area.objects.update(lng=None, lat=None)
    Site.objects.update(lng=None, lat=None)

    assert client.get("/map/areas.geojson").json() == {"type": "FeatureCollection", "features": []}
