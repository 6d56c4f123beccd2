"""`anlan export` as the one who types it sees it."""

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from anlan.edge.cli.commands import app, main
from anlan.edge.cli.problems import Problem
from anlan.flows.new_case import Hazard, open_case
from anlan.places.attributes import ALL_NAMES
from anlan.store.models import Area, Site
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_device, a_pond_gauge, a_series, readings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tests_own_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "ANLAN_POSTGRES", None)
    monkeypatch.setenv("LC_ALL", "C")
    yield


def run(*words: object) -> str:
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def exported(file: Path, *words: object) -> list[dict[str, str]]:
    run("export", words[0], file, *words[1:])
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_exported_areas_come_in_again_without_a_change(cast: Cast, tmp_path: Path) -> None:
    rows = exported(tmp_path / "areas.csv", "areas")

    assert [row["code"] for row in rows][:3] == ["990100", "990101", "990101001"]
    assert "15  unchanged" in run("import", "areas", tmp_path / "areas.csv")


@pytest.mark.parametrize("what", ["areas", "observations"])
def test_a_terminal_shows_how_far_an_export_is(
    cast: Cast, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("export", what, tmp_path / "a.csv")
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown, output = run("export", what, tmp_path / "b.csv"), run("export", what)

    assert [f"{name}.csv \x1b" in said for name, said in (("a", plain), ("b", shown))] == [False, True]
    assert "\x1b" not in output
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_an_area_limits_what_is_exported(cast: Cast, tmp_path: Path) -> None:
    rows = exported(tmp_path / "sites.csv", "sites", "--area", "990101")

    assert [row["code"] for row in rows] == ["pond-111"]


def test_cases_leave_as_facts_without_the_words_of_a_reporter(cast: Cast, tmp_path: Path) -> None:
    words = "王老五家门口 13800000000 的井盖"
    open_case(
        Hazard(cast.junction, cast.village_111, words, address="王老五家", lng=121.2, lat=28.5),
        at=NOON,
        source="resident",
    )

    (row,) = exported(tmp_path / "cases.csv", "cases")

    assert (row["state"], row["category"], row["area"]) == ("new", "junction", "990101001201")
    assert all("王老五" not in cell and "13800000000" not in cell for cell in row.values())


def test_a_name_that_is_a_formula_leaves_as_text(cast: Cast, tmp_path: Path) -> None:
    Site.objects.filter(code="pond-111").update(name="=HYPERLINK(1)")

    names = [row["name"] for row in exported(tmp_path / "sites.csv", "sites")]
    assert names == ["'=HYPERLINK(1)", "老街小学"]


def test_exported_sites_come_in_again_with_their_attributes_and_without_a_change(
    cast: Cast, tmp_path: Path
) -> None:
    attributes = {"depth_m": 2.5, "fenced": False, "lifebuoys": 1}
    Site.objects.filter(code="pond-111").update(attributes=attributes)

    pond, school = exported(tmp_path / "sites.csv", "sites")

    assert {name: pond[name] for name in attributes} == {"depth_m": "2.5", "fenced": "no", "lifebuoys": "1"}
    assert {school[name] for name in attributes} == {""}
    assert "2  unchanged" in run("import", "sites", tmp_path / "sites.csv")


def test_without_a_file_the_table_goes_to_the_output(cast: Cast) -> None:
    header = run("export", "sites").splitlines()[0].split(",")

    columns = ("code", "kind", "name", "area", "unit", "in_use", "lng_wgs84", "lat_wgs84")
    assert header == [*columns, *ALL_NAMES]


def test_an_area_that_is_not_there_is_said_and_no_file_is_left(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no area 123456"):
        run("export", "incidents", tmp_path / "i.csv", "--area", "123456")
    assert list(tmp_path.iterdir()) == []


def test_areas_are_as_many_as_in_the_city(cast: Cast, tmp_path: Path) -> None:
    assert len(exported(tmp_path / "areas.csv", "areas")) == Area.objects.count()


def test_exported_devices_come_in_again_without_a_change(cast: Cast, tmp_path: Path) -> None:
    a_pond_gauge(cast)
    rows = exported(tmp_path / "devices.csv", "devices")

    assert [row["device"] for row in rows] == ["gauge-111"]
    out = ["--credentials", tmp_path / "out.csv"]
    assert "1  unchanged" in run("import", "devices", tmp_path / "devices.csv", *out)


def test_readings_leave_with_device_property_and_a_time_in_utc(cast: Cast) -> None:
    readings(a_series(a_pond_gauge(cast)), NOON, [1.25, -0.1, 3.0])

    printed = run("export", "observations", "--from", "2026-11-23T20:05:00+08:00", "--to", "2026-11-24")
    assert printed.splitlines() == [
        "device,property,time,value",
        "gauge-111,level,2026-11-23T12:05:00.000000Z,-0.1",
        "gauge-111,level,2026-11-23T12:10:00.000000Z,3",
    ]


def test_readings_go_to_a_file_and_of_one_area(cast: Cast, tmp_path: Path) -> None:
    readings(a_series(a_pond_gauge(cast)), NOON, [1.25])
    readings(a_series(a_device("far", cast.village_211)), NOON, [2.5])

    run("export", "observations", "-o", tmp_path / "o.csv", "--area", "990102")
    assert (tmp_path / "o.csv").read_text().splitlines()[1:] == ["far,level,2026-11-23T12:00:00.000000Z,2.5"]


def test_a_span_that_is_no_time_is_said() -> None:
    with pytest.raises(Problem, match="yesterday is no time: give a day such as"):
        run("export", "observations", "--from", "yesterday")


def test_a_reader_that_has_enough_ends_an_export_quietly(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(sys, "argv", ["anlan", "export", "areas"])
    with os.fdopen(writing, "w", buffering=1) as output:  # a line at a time, so that the first one fails
        monkeypatch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit) as ended:
            main()
        with suppress(BrokenPipeError):
            output.close()

    assert ended.value.code == 1
    assert capsys.readouterr().err == ""
