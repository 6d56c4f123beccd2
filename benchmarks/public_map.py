"""What the public map asks for at every zoom, over a million cases: how large the answers are, how long they
take at the client, and whether they hold the numbers of the list.

The cases are those of _million.py: 10,000 made up, each again and again, so that a place has a hundred cases.
A view is as large as that of a screen of 1440 by 900 pixels, in the densest place. Each address is asked for
ten times a second whatever the answers take (see pages.py). A size is given as it is and compressed.
"""

import argparse
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import _million
import pages
import psycopg
from _city import fill, new_home, serving, small_city
from _figures import at_least, at_most, say

WIDE, HIGH = 1440, 900
ZOOMS = range(5, 19)
FEW_ZOOMS = (8, 12, 15)
GOAL_MS, GOAL_KB = 200.0, 200.0
FILTERS = {
    "all": {},
    "open": {"state": "open"},
    "a family": {"category": "{family}"},
    "a year": {"since": "2026-01", "until": "2026-12"},
    "a county, its last months": {"area": "{county}", "since": "2026-06"},
    "a township": {"area": "{township}"},
}
DENSEST = """
SELECT avg(lng), avg(lat) FROM store_publiccase WHERE cell IS NOT NULL
GROUP BY cell ORDER BY count(*) DESC LIMIT 1
"""


def main() -> None:
    """Measure and print the JSON lines."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--quick", action="store_true", help="few cases, zooms and seconds: correctness only"
    )
    options.add_argument("--cases", type=int, default=1_000_000)
    given = options.parse_args()
    os.environ["ANLAN_LOG_LEVEL"] = "warning"
    with small_city() if given.quick else _city(given.cases) as (city, address):
        middle = (121.42, 28.66) if given.quick else _densest(Path(os.environ["ANLAN_HOME"]))
        size = "a small city" if given.quick else f"{given.cases:,} cases"
        print_figures(city, address, size, middle, quick=given.quick)


@contextmanager
def _city(cases: int) -> Iterator[tuple[int, str]]:
    """A city with its process and its address, once it is at rest; no answer is one that was kept."""
    os.environ["ANLAN_PAGES_KEPT"] = "0"
    with new_home() as home, serving("--no-demo") as (process, address):
        fill(_million.MADE)
        _million.wait_for_jobs(_million.sockets_of(home))
        _million.multiply(_million.sockets_of(home), cases // _million.MADE)
        pages.at_rest(process.pid)
        yield process.pid, address


def _densest(home: Path) -> tuple[float, float]:
    sockets = str(_million.sockets_of(home))
    with psycopg.connect(host=sockets, dbname="anlan", user="anlan", autocommit=True) as city:
        found = city.execute(DENSEST).fetchone()
    assert found is not None
    return found


def print_figures(city: int, address: str, size: str, middle: tuple[float, float], *, quick: bool) -> None:
    """Ask for each view under each filter, and say the largest and the slowest answer of each zoom."""
    known = _places(address)
    pace = pages.QUICK if quick else pages.Pace(10, 10)
    reference = pages.offered(f"{address}/healthz", "", pace, city)
    for zoom in FEW_ZOOMS if quick else ZOOMS:
        asked = {name: _address(address, zoom, middle, words, known) for name, words in FILTERS.items()}
        sizes = {name: _sizes(each) for name, each in asked.items()}
        worst = max(sizes, key=lambda name: sizes[name][0])
        named = f"public map, zoom {zoom}, {size}"
        at_most(f"{named}, largest answer ({worst})", sizes[worst][0], "KB", GOAL_KB)
        at_most(f"{named}, the same compressed", sizes[worst][1], "KB", GOAL_KB)
        loads = {
            name: pages.offered(each, "", pace, city)
            for name, each in asked.items()
            if not quick or name == "all"
        }
        slow = max(loads, key=lambda name: loads[name].p95)
        for line in pages.figures(f"{named}, slowest answer ({slow})", loads[slow], reference, GOAL_MS):
            print(json.dumps(line), flush=True)
    agree = sum(_holds_the_list(address, words, known) for words in FILTERS.values())
    at_least(f"filters under which map and list hold the same, {size}", agree, "filters", len(FILTERS))


def _places(address: str) -> dict[str, str]:
    """A family, a county and a township, as the list itself offers them."""
    page = _read(f"{address}/public/cases/")[1].decode()
    county = pages.choices(page, "area")[0]
    inside = _read(f"{address}/public/cases/?area={county}")[1].decode()
    return {
        "county": county,
        "township": next(code for code in pages.choices(inside, "area") if len(code) == 9),
        "family": pages.choices(page, "category")[0],
    }


def _address(
    address: str, zoom: float, middle: tuple[float, float], words: dict[str, str], known: dict[str, str]
) -> str:
    lng, lat = middle
    aside, above = (pixels * 360 / 512 / 2**zoom / 2 for pixels in (WIDE, HIGH * 0.88))
    box = (max(lng - aside, -180), max(lat - above, -85), min(lng + aside, 180), min(lat + above, 85))
    query = {name: value.format(**known) for name, value in words.items()}
    view = {"bbox": ",".join(f"{each:.5f}" for each in box), "zoom": f"{zoom:.1f}"}
    return f"{address}/public/map.json?{urlencode(query | view)}"


def _sizes(address: str) -> tuple[float, float]:
    """KB of an answer as it is, and as a browser fetches it."""
    compressed, body = _read(address)
    return len(body) / 1000, compressed / 1000


def _read(address: str) -> tuple[int, bytes]:
    """Bytes on the way, and the answer itself."""
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
        sent = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(sent), gzip.decompress(sent) if packed else sent


def _holds_the_list(address: str, words: dict[str, str], known: dict[str, str]) -> bool:
    """Is the sum of the whole map the number that the list says?"""
    query = urlencode({name: value.format(**known) for name, value in words.items()})
    seen = json.loads(_read(f"{address}/public/map.json?{query}")[1])
    listed = _read(f"{address}/public/cases/?{query}")[1].decode()
    total = sum(cell["n"] for cell in seen["cells"]) + seen["placeless"]
    said = listed.partition('<b class="n">')[2].partition("<")[0]
    say(f"{query or 'all'}: map {total}, list {said}")
    return total == seen["total"] == int(said.replace(",", "") or 0)


if __name__ == "__main__":
    main()
