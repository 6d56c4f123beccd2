"""The ground of a map: what is drawn of the areas, and when it is drawn anew."""

from datetime import date

import pytest
import shapely
from django.test import Client

from anlan.places.terms import Crs
from anlan.store.models import Area
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SQUARE = shapely.MultiPolygon([shapely.box(121.2, 28.5, 121.3, 28.6)])


def give_boundary(area: Area) -> None:
    """A square, as an import would store it."""
    area.boundary, area.boundary_crs = SQUARE.wkb, Crs.GCJ02
    area.save()


def test_a_map_shows_areas_of_today_that_have_a_boundary(client: Client, cast: Cast) -> None:
    give_boundary(cast.county_1)
    give_boundary(cast.township_11)
    give_boundary(cast.village_111)
    cast.township_11.valid_to = date(2026, 1, 1)
    cast.township_11.save()

    drawn = client.get("/map/areas.geojson").json()

    assert [each["properties"] for each in drawn["features"]] == [
        {"code": "990101", "name": "望潮县", "level": "county"}
    ]
    assert shapely.from_geojson(str(drawn["features"][0]["geometry"]).replace("'", '"')).equals(SQUARE)


def test_a_map_without_counties_shows_the_city(client: Client, cast: Cast) -> None:
    give_boundary(cast.city)

    drawn = client.get("/map/areas.geojson").json()

    assert [each["properties"]["level"] for each in drawn["features"]] == ["city"]


def test_a_browser_that_has_it_is_told_so_until_an_area_changes(client: Client, cast: Cast) -> None:
    give_boundary(cast.county_1)
    mark = client.get("/map/areas.geojson").headers["ETag"]

    same = client.get("/map/areas.geojson", headers={"If-None-Match": mark})
    give_boundary(cast.county_2)
    changed = client.get("/map/areas.geojson", headers={"If-None-Match": mark})

    assert (same.status_code, changed.status_code) == (304, 200)
