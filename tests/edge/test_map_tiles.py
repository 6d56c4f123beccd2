"""The basemap's file is served in parts, and only where the setting names one."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.config.pages import policy
from anlan.edge.pages.map_tiles import basemap_address
from tests.cast import Cast

pytestmark = pytest.mark.django_db
BYTES = bytes(range(256)) * 4


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    made = tmp_path / "city.pmtiles"
    made.write_bytes(BYTES)
    settings.ANLAN_BASEMAP = f"file:{made}"
    return made


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-15", 0, 15), ("bytes=1000-99999", 1000, 1023), ("bytes=1000-", 1000, 1023)],
)
def test_a_part_is_answered_with_what_it_is_of(
    client: Client, file: Path, asked: str, first: int, last: int
) -> None:
    part = client.get("/map/basemap.pmtiles", headers={"range": asked})

    assert (part.status_code, part["Content-Range"]) == (206, f"bytes {first}-{last}/1024")
    assert part.content == BYTES[first : last + 1] and part["ETag"]


@pytest.mark.parametrize("asked", ["", "bytes=1024-", "bytes=9-1", "bytes=-5", "bytes=0-1,5-6", "rows=1-2"])
def test_what_is_no_part_of_it_is_said_with_its_size(client: Client, file: Path, asked: str) -> None:
    answer = client.get("/map/basemap.pmtiles", headers={"range": asked})

    assert (answer.status_code, answer["Content-Range"], answer.content) == (416, "bytes */1024", b"")


def test_without_a_file_there_is_none_and_pages_name_the_address_that_was_set(
    client: Client, settings: Any
) -> None:
    settings.ANLAN_BASEMAP = "/tiles/{z}/{x}/{y}.png"

    missing = client.get("/map/basemap.pmtiles", headers={"range": "bytes=0-15"})

    assert (missing.status_code, basemap_address()) == (404, "/tiles/{z}/{x}/{y}.png")


def test_a_page_with_a_file_asks_nobody_else(client: Client, file: Path, cast: Cast) -> None:
    page = client.get("/public/cases/")

    assert policy(f"file:{file}")["connect-src"] == policy("")["connect-src"]
    assert "https://" not in page["Content-Security-Policy"]
