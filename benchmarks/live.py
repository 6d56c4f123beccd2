"""How long after a step's commit an open page shows it, in a browser: the queue and the page of the case.

A city of its own is filled with made-up cases. A browser holds the queue of cases to accept and the page of
its first case open; somebody else accepts that case. The commit is heard from the database itself (LISTEN, in
a connection of the benchmark's own); a page writes down when the row left the queue and when the timeline
grew. The clock is that of the machine for both. Reference: a plain fetch of the queue in the same run, which
is the least that a refresh costs.
"""

import argparse
import json
import os
import re
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import OpenerDirector, Request

import psycopg
from _city import SMALL, fill, logged_in, new_home, serving
from _figures import say
from pages import session_of
from playwright.sync_api import Browser, BrowserContext, Page
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[1]
GOAL = 2.0
QUEUE = "/cases/?view=to_accept"
WATCH = """watched => { const root = document.documentElement; delete root.dataset.seenAt;
  const steps = () => document.querySelectorAll(".timeline > li").length;
  const before = steps();
  const seen = () => watched ? !document.getElementById(watched) : steps() > before;
  new MutationObserver(() => { if (!root.dataset.seenAt && seen()) root.dataset.seenAt = Date.now(); })
    .observe(document.body, { childList: true, subtree: true }); }"""
"""Writes down when the row with an id is gone; without one, when the timeline grew."""


@dataclass(frozen=True)
class Seen:
    """Seconds from the commit of one step to its change on the queue and on the page of the case."""

    queue: float
    case: float


class Commits:
    """Hears from the database when steps were committed, by case."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute("LISTEN anlan_case")
        self._heard: dict[int, float] = {}
        self._news = threading.Condition()
        self._stopped = False
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        while not self._stopped:
            for notice in self._connection.notifies(timeout=0.2):
                told = json.loads(notice.payload)
                with self._news:
                    self._heard.setdefault(told.get("case", 0), time.time())
                    self._news.notify_all()

    def of(self, case: int) -> float:
        """When the first step on this case was committed, in seconds; waits for it."""
        with self._news:
            if not self._news.wait_for(lambda: case in self._heard, timeout=30):
                raise SystemExit(f"no commit was heard of case {case}")
            return self._heard[case]

    def stop(self) -> None:
        """Hear no more."""
        self._stopped = True
        self._listener.join()
        self._connection.close()


def main() -> None:
    """Measure and print the JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few cases and steps: correctness only")
    quick = parser.parse_args().quick
    steps = 3 if quick else 40
    with _city(50, *SMALL) if quick else _city(20_000) as (pid, address):
        database = database_of(pid)
        new_cases(steps)
        person = logged_in(address, "city", "anlan-demo-2026")
        with chromium() as browser:
            cookie = {"name": "sessionid", "value": session_of(person).partition("=")[2], "url": address}
            context = browser.new_context(base_url=address)
            context.add_cookies([cookie])  # type: ignore[list-item]
            seen = measure(context, person, address, database, steps)
        reference = fetched(person, f"{address}{QUEUE}", steps)
    for line in figures(seen, reference):
        print(json.dumps(line), flush=True)


@contextmanager
def _city(cases: int, *options: str) -> Iterator[tuple[int, str]]:
    """A whole city, with its process and its address."""
    with new_home(), serving("--no-demo") as (process, address):
        fill(cases, *options)
        yield process.pid, address


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the journeys, whose pages the processor draws: there is no graphics card."""
    sys.path.insert(0, str(ROOT))
    from tests.journeys.browser import launched, without_a_card

    with launched(without_a_card) as browser:
        yield browser


def database_of(pid: int) -> str:
    """The address of the database of a city that runs: its process says where its home is."""
    words = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    os.environ["ANLAN_HOME"] = next(word[11:].decode() for word in words if word.startswith(b"ANLAN_HOME="))
    from anlan.edge.cli.installation import read_settings

    ours = read_settings().DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(**{name: ours[key] for name, key in names.items() if ours.get(key)})


def new_cases(count: int) -> None:
    """Hazards in that city that nobody has accepted yet, so that there is a step to take for each measure."""
    from anlan.edge.cli.installation import set_up

    set_up()
    from django.utils import timezone

    from anlan.flows.new_case import Hazard, open_case
    from anlan.store.models import Area, Category

    say(f"reporting {count} hazards")
    category = Category.objects.select_related("parent", "unit").filter(active=True, parent__isnull=False)[0]
    area = Area.objects.filter(in_use=True).order_by("-path")[0]
    for number in range(count):
        open_case(Hazard(category, area, f"护栏断了 {number}"), at=timezone.now(), source="benchmark")


def measure(
    context: BrowserContext, person: OpenerDirector, address: str, database: str, steps: int
) -> list[Seen]:
    """Take `steps` steps as `person` while two pages of `context` look on."""
    commits = Commits(database)
    try:
        queue, case = context.new_page(), context.new_page()
        return [_one(queue, case, person, address, commits) for _ in range(steps)]
    finally:
        commits.stop()


def _one(queue: Page, case: Page, person: OpenerDirector, address: str, commits: Commits) -> Seen:
    """One step, seen on both pages."""
    with queue.expect_request(re.compile(r"/live\?since=")):
        queue.goto(QUEUE)
    row = queue.locator("tr[id^='case-']").first.get_attribute("id") or ""
    number = int(row.removeprefix("case-"))
    with case.expect_request(re.compile(r"/live\?since=")):
        case.goto(f"/cases/{number}/")
    queue.evaluate(WATCH, row)
    case.evaluate(WATCH, "")
    accept(person, f"{address}/cases/{number}/")
    committed = commits.of(number)
    return Seen(*(_seen_at(page) - committed for page in (queue, case)))


def _seen_at(page: Page) -> float:
    """When a page showed the change, in seconds."""
    page.locator("html[data-seen-at]").wait_for(state="attached", timeout=30_000)
    return int(page.locator("html").get_attribute("data-seen-at") or 0) / 1000


def accept(person: OpenerDirector, case: str) -> None:
    """Accept a case by the form on its page."""
    page = person.open(case).read().decode()
    form = page[page.index('id="form-accept"') :]
    sent = {
        name: re.search(rf'name="{name}" value="([^"]+)"', form)[1]  # type: ignore[index]
        for name in ("csrfmiddlewaretoken", "version")
    }
    words = urlencode(sent | {"severity": "serious"}).encode()
    person.open(Request(f"{case}accept", words, {"Referer": case})).read()


def fetched(person: OpenerDirector, address: str, times: int) -> float:
    """The median time in which a page is fetched, in seconds."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        person.open(address).read()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def figures(seen: list[Seen], reference: float) -> Iterator[dict[str, object]]:
    """The JSON lines: for each page the median, and the worst, which has the goal."""
    for name in ("queue", "case"):
        taken = [getattr(each, name) for each in seen]
        say(f"{name}: {', '.join(f'{one:.3f}' for one in taken)}")
        for word, value, goal in (("median", statistics.median(taken), None), ("worst", max(taken), GOAL)):
            yield {
                "name": f"live {name}, commit to change, {word} of {len(taken)}",
                "value": round(value, 3),
                "unit": "s",
                "reference": "a fetch of the queue",
                "reference_value": round(reference, 3),
                "ratio": round(value / reference, 2),
                "goal": None if goal is None else f"at most {goal:g}",
                "holds": None if goal is None else value <= goal,
            }


if __name__ == "__main__":
    main()
