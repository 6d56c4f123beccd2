"""Bringing in sites."""

import pytest
import shapely

from anlan.base.tables import Complaints, RowsRefused
from anlan.flows.import_sites import SiteChanges, SiteList, import_sites
from anlan.places.site_files import read_sites
from anlan.store.models import Area, Site, StaffEvent
from tests.cast import Cast
from tests.conftest import NOON

POND = "code,kind,name,area,unit,in_use,depth_m\nnew-1,pond,柳树塘,990101001202,committee-112,yes,2.5\n"


def imported(text: str) -> SiteChanges:
    complaints = Complaints()
    rows = read_sites("sites.csv", text.splitlines(keepends=True), complaints)
    return import_sites(acting_user=None, site_list=SiteList(rows, complaints=complaints), now=NOON)


def test_a_site_comes_in_with_its_area_unit_and_attributes(cast: Cast) -> None:
    assert imported(POND).counts() == {"added": 1, "changed": 0, "unchanged": 0, "odd": 0}

    site = Site.objects.get(code="new-1")
    assert (site.area, site.area_path) == (cast.village_112, cast.village_112.path)
    assert (site.unit, site.unit_path) == (cast.committee_112, cast.committee_112.path)
    assert (site.in_use, site.attributes) == (True, {"depth_m": 2.5})


def test_the_same_list_again_changes_nothing(cast: Cast) -> None:
    imported(POND)

    assert imported(POND).counts() == {"added": 0, "changed": 0, "unchanged": 1, "odd": 0}


def test_a_change_is_written_with_before_and_after_and_what_was_left_out_stays(cast: Cast) -> None:
    assert imported("code,kind,name,in_use\npond-111,pond,荻花大塘,no\n").counts()["changed"] == 1

    site = Site.objects.get(code="pond-111")
    assert (site.name, site.in_use, site.unit, site.lng) == ("荻花大塘", False, cast.committee_111, 121.2401)
    assert StaffEvent.objects.get(subject="site:pond-111").changes == {
        "name": ["荻花塘", "荻花大塘"],
        "in_use": [True, False],
    }


def test_areas_and_units_that_are_not_there_keep_everything_out(cast: Cast) -> None:
    with pytest.raises(RowsRefused) as refusal:
        imported(POND + "new-2,pond,甲,990109,,,\nnew-3,pond,乙,990101,nobody,,\n")

    assert [(bad.row, bad.column, bad.value) for bad in refusal.value.rows] == [
        (3, "area", "990109"),
        (4, "unit", "nobody"),
    ]
    assert not Site.objects.filter(code="new-1").exists()


def test_a_point_inside_a_boundary_says_the_area_and_one_elsewhere_is_odd(cast: Cast) -> None:
    square = shapely.to_wkb(shapely.MultiPolygon([shapely.box(121.0, 28.0, 121.4, 28.2)]))
    Area.objects.filter(code="990102").update(boundary=square)
    text = "code,kind,name,area,lng_wgs84,lat_wgs84\nn-1,pond,甲,,121.2,28.1\nn-2,pond,乙,990101,121.2,28.1\n"

    changes = imported(text)

    assert [(site.code, site.area.code) for site in changes.added] == [("n-1", "990102"), ("n-2", "990101")]
    assert [(bad.row, bad.column) for bad in changes.odd.rows] == [(3, "lng")]
