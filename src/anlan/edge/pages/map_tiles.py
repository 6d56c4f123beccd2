"""/map/basemap.pmtiles: a file of tiles of this machine (ANLAN_BASEMAP=file:...), part by part."""

import re
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound

ADDRESS = "/map/basemap.pmtiles"
MOST = 4 * 2**20
"""Bytes of one answer; directories and tiles are far smaller."""

_PART = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


def basemap_address() -> str:
    """What a page gives its map: where tiles are fetched from; "" for our own boundaries."""
    return ADDRESS if _file() else str(settings.ANLAN_BASEMAP)


def _file() -> Path | None:
    said = str(settings.ANLAN_BASEMAP)
    return Path(said.removeprefix("file:")) if said.startswith("file:") else None


@require_safe
@cache_control(public=True, max_age=3600)
def basemap(request: HttpRequest) -> HttpResponse:
    """One part of the file (RFC 9110, section 14); nobody needs the whole, which may have gigabytes."""
    file = _file()
    if file is None or not file.is_file():
        raise NotFound
    facts = file.stat()
    first, last = _part(request.headers.get("Range", ""), facts.st_size)
    answer = HttpResponse(content_type="application/vnd.pmtiles")
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    if first > last:
        answer.status_code = 416
        answer["Content-Range"] = f"bytes */{facts.st_size}"
        return answer
    answer.status_code = 206
    answer["Content-Range"] = f"bytes {first}-{last}/{facts.st_size}"
    answer.content = _read(file, first, last)
    return answer


def _part(said: str, size: int) -> tuple[int, int]:
    """The first and the last byte that are asked for, at most MOST; the first after the last for no part."""
    asked = _PART.fullmatch(said)
    if asked is None:
        return 1, 0
    first = int(asked[1])
    last = min(int(asked[2] or size), size - 1, first + MOST - 1)
    return (first, last) if first <= last else (1, 0)


def _read(file: Path, first: int, last: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(first)
        return opened.read(last - first + 1)


urlpatterns = [path(ADDRESS.lstrip("/"), basemap, name="basemap")]
