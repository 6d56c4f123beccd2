"""The operations wall in a browser: frames while its map is moved, and what it holds after a long time.

A city of its own has 70,000 devices, a tenth of them silent, and 5,000 open cases and more. Once it has done
what filling it left to do, its map is held with the mouse and moved anew before each frame for ten seconds,
while readings come in and the page follows them; frames are counted by requestAnimationFrame, so each of them
shows a whole map in another place. The browser has no graphics card: the processor draws its pages, as it
does on thin clients, and shares its cores with the city. Two references are taken in the same run: the same
map with nothing on it, and the same map by WebGL, which the processor then plays. The time of the page's
thread that its scripts take for a frame says what a laptop with a graphics card is left with, by WebGL. Then
the wall stays open while a river's readings are replayed at speed 3600: after each minute the garbage is
collected and the heap, the nodes and the listeners are counted, and the page says whether it is still the one
that was opened. --minutes says how long; 60 is an hour.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import _migrated
import psycopg
from _city import ANLAN, SMALL, fill, logged_in, new_home, serving
from _figures import at_least, at_most, say
from live import chromium, database_of
from pages import session_of
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Response

CASES, DEVICES, MINUTES = 40_000, 70_000, 60.0
QUICK_CASES, QUICK_DEVICES, QUICK_MINUTES = 50, 700, 0.1
OPEN, FRAMES, GROWTH = 5_000, 30.0, 2.0
"""Open cases that the map must hold; frames a second; megabytes of heap an hour that are no leak."""
FEWEST = 3
WARM = 3
"""Samples at the start that are left out: caches fill."""
REGISTER = """
WITH made AS (
    INSERT INTO store_device (name, title, kind_id, is_camera, area_id, area_path, unit_path, lng, lat,
        source_crs, purpose, legal_basis, state, firmware, gateway, muted_why)
    SELECT 'wall-' || n, '', k.id, false, a.id, a.path, '', a.lng + random() * 0.1 - 0.05,
        a.lat + random() * 0.1 - 0.05, 'wgs84', '', '', 'installed', '', '', ''
    FROM generate_series(1, %(count)s) n
    JOIN (SELECT id, path, lng, lat, row_number() OVER () AS place, count(*) OVER () AS all
          FROM store_area WHERE level = 'village') a ON a.place = 1 + n %% a.all
    CROSS JOIN (SELECT id FROM store_devicekind WHERE NOT is_camera ORDER BY id LIMIT 1) k
    RETURNING id)
INSERT INTO store_deviceliveness (device_id, state, since)
SELECT id, CASE WHEN id %% 10 = 0 THEN 'offline' ELSE 'online' END, now() FROM made
"""
REOPEN = """
UPDATE store_case SET state = 'in_progress', closed_at = NULL, due_at = now() + interval '1 day' WHERE id IN (
    SELECT id FROM store_case WHERE state = 'closed' AND lng IS NOT NULL ORDER BY id DESC
    LIMIT greatest(0, %(wanted)s - (SELECT count(*) FROM store_case
        WHERE state NOT IN ('closed', 'rejected', 'cancelled', 'merged'))))
"""
COUNT = """seconds => new Promise(done => {
  const canvas = document.querySelector("place-map canvas");
  const box = canvas.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const at = []; let end = 0;
  const next = now => {
    at.push(now);
    end ||= now + seconds * 1000;
    if (now >= end) return done(at);
    const step = at.length;
    const where = { bubbles: true, buttons: 1, pointerId: 1,
      clientX: x + (step % 80 - 40) * 5, clientY: y + (step % 50 - 25) * 4 };
    canvas.dispatchEvent(new PointerEvent("pointermove", where));
    canvas.dispatchEvent(new MouseEvent("mousemove", where));
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next); })"""
"""The mouse that holds the map is elsewhere before each frame: when they began, in milliseconds."""
A_CARD = """{ const told = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === 0x9246 ? "a graphics card" : told.call(this, name); }; }"""
"""Lets the page take the card that the processor plays for one; 0x9246 asks for its name."""
TO_DO = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()
"""
LOOKS, PATIENCE = 5, 300
"""Seconds in a row without a job that are rest; seconds after which rest is waited for no more."""
DRAG_SECONDS = 10.0


class Held(NamedTuple):
    """What a page holds once the garbage is gone."""

    at: float  # seconds
    heap: float  # megabytes
    nodes: float
    listeners: float


def main() -> None:
    """Measure and print the JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small city, some seconds: correctness only")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    given = parser.parse_args()
    cases, devices = (QUICK_CASES, QUICK_DEVICES) if given.quick else (CASES, DEVICES)
    options = SMALL if given.quick else ()
    minutes = QUICK_MINUTES if given.quick else given.minutes
    with chromium() as browser, new_home() as home:
        _migrated.put(home / "postgres")
        with serving("--no-demo") as (process, address):
            fill(cases, *options)
            database = database_of(process.pid)
            fill_map(database, devices, 0 if given.quick else OPEN)
            if not given.quick:
                wait_for_rest(database)
            look(browser, address, minutes, 1.0 if given.quick else DRAG_SECONDS)


def look(browser: Browser, address: str, minutes: float, seconds: float) -> None:
    """Open the wall of a city that runs, and print its figures."""
    session = session_of(logged_in(address, "city", "anlan-demo-2026")).partition("=")[2]
    with replaying():
        context = browser.new_context(base_url=address, viewport={"width": 1920, "height": 1080})
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        measure(context, minutes, seconds)


def fill_map(database: str, devices: int, open_cases: int) -> None:
    """Devices on the register and open cases, as many as the wall must show."""
    say(f"putting {devices:,} devices and at least {open_cases:,} open cases on the map")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(REGISTER, {"count": devices})
        connection.execute(REOPEN, {"wanted": open_cases})
        connection.execute("ANALYZE")


def wait_for_rest(database: str) -> None:
    """Wait until a city that was filled has done its jobs: the laptop of a wall is not its server."""
    began, still = time.monotonic(), 0
    with psycopg.connect(database, autocommit=True) as connection:
        while still < LOOKS and time.monotonic() - began < PATIENCE:
            row = connection.execute(TO_DO).fetchone()
            still = still + 1 if row == (0,) else 0
            time.sleep(1)
    say(f"waited {time.monotonic() - began:.0f} s for the city's jobs")


@contextmanager
def replaying() -> Iterator[None]:
    """A river's readings come in at 3600 times their speed, again and again."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "river.csv"
        first = datetime(2026, 1, 1, tzinfo=UTC)
        rows = (f"{(first + timedelta(minutes=n)).isoformat()},{2 + n % 60 / 40}" for n in range(100_000))
        file.write_text("Time,Level [m]\n" + "\n".join(rows) + "\n")
        command = [ANLAN, "replay", str(file), "--speed", "3600", "--kind", "water-level"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sender:
            try:
                yield
            finally:
                sender.terminate()


def measure(context: BrowserContext, minutes: float, seconds: float) -> None:
    """Print the figures of the wall, opened by somebody who is signed in."""
    bare = moved_once(empty_wall(context), seconds)
    played = moved_once(wall_by_webgl(context), seconds)
    page = wall(context)
    full = moved(page, seconds)
    at_least("frames a second while the wall's map is moved", full.frames, "1/s", FRAMES)
    at_least(
        "frames a second, of the same map with nothing on it",
        full.frames,
        "1/s",
        0.8,
        reference="an empty map",
        reference_value=bare.frames,
    )
    at_least(
        "frames a second, of the same map by WebGL",
        full.frames,
        "1/s",
        1.0,
        reference="WebGL that the processor plays",
        reference_value=played.frames,
    )
    at_most("time of the page's thread in scripts for a frame", full.script, "ms", 1000 / FRAMES)
    at_most("the same by WebGL", played.script, "ms", 1000 / FRAMES)
    held = list(watched(context, page, minutes))
    for name, unit, growth, goal in grown(held):
        at_most(name, growth, unit, goal)
    at_most("reloads of the wall", 0 if page.evaluate("window.opened === true") else 1, "", 0)
    say(f"{len(held)} samples, heap {held[0].heap:.1f} to {held[-1].heap:.1f} MB")


def wall(context: BrowserContext) -> Page:
    """The wall once its map holds what the server counted."""
    return _opened(context.new_page())


def empty_wall(context: BrowserContext) -> Page:
    """The wall with nothing on its map."""
    page = context.new_page()
    page.route("**/map.json?*", lambda route: route.fulfill(json={"cells": [], "points": []}))
    return _opened(page)


def wall_by_webgl(context: BrowserContext) -> Page:
    """The wall as a browser with a graphics card draws it."""
    page = context.new_page()
    page.add_init_script(A_CARD)
    return _opened(page)


def _opened(page: Page) -> Page:
    with page.expect_response(_is_answer, timeout=120_000) as counted:
        page.goto("/wall/")
    found = counted.value.json()
    say(f"{len(found['cells'])} squares and {len(found['points'])} places on the map")
    page.locator("place-map .wait").wait_for(state="detached")
    page.evaluate("window.opened = true")
    return page


def _is_answer(answer: Response) -> bool:
    return "map.json" in answer.url


class Moved(NamedTuple):
    """How a map moves: frames a second, and milliseconds of the page's thread in scripts for each of them."""

    frames: float
    script: float


def moved_once(page: Page, seconds: float) -> Moved:
    """How the map of a page moves that is not needed again."""
    try:
        return moved(page, seconds)
    finally:
        page.close()


def moved(page: Page, seconds: float) -> Moved:
    """Hold the map, move it before each frame, and count."""
    page.bring_to_front()
    probe = page.context.new_cdp_session(page)
    probe.send("Performance.enable", {"timeDomain": "threadTicks"})
    box = page.locator("place-map canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    before = _metrics(probe)["ScriptDuration"]
    at: list[float] = page.evaluate(f"({COUNT})({seconds})")
    script = _metrics(probe)["ScriptDuration"] - before
    with page.expect_response(_is_answer):  # a map that was moved asks anew
        page.mouse.up()
    probe.send("Performance.disable")
    return Moved(1000 * (len(at) - 1) / (at[-1] - at[0]), 1000 * script / len(at))


def _metrics(probe: CDPSession) -> dict[str, float]:
    said: list[dict[str, Any]] = probe.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in said}


def watched(context: BrowserContext, page: Page, minutes: float) -> Iterator[Held]:
    """What the wall holds, ten times or once a minute, whichever is more often; FEWEST times at least."""
    probe = context.new_cdp_session(page)
    probe.send("Performance.enable")
    began, every = time.monotonic(), min(60.0, minutes * 60 / 10)
    seen = 0
    while seen < FEWEST or time.monotonic() - began < minutes * 60:
        seen += 1
        yield _held(probe, time.monotonic() - began)
        page.wait_for_timeout(every * 1000)


def _held(probe: CDPSession, at: float) -> Held:
    probe.send("HeapProfiler.collectGarbage")
    found = _metrics(probe)
    return Held(at, found["JSHeapUsedSize"] / 1e6, found["Nodes"], found["JSEventListeners"])


def grown(held: list[Held]) -> Iterator[tuple[str, str, float, float]]:
    """Name, unit, growth an hour by the least squares line, and what is no leak."""
    warm = held[WARM:] if len(held) > 2 * WARM else held
    hours = [each.at / 3600 for each in warm]
    for name, unit, goal in (("heap", "MB/h", GROWTH), ("nodes", "1/h", 500.0), ("listeners", "1/h", 100.0)):
        line = statistics.linear_regression(hours, [getattr(each, name) for each in warm])
        yield f"growth of the wall's {name}", unit, line.slope, goal


if __name__ == "__main__":
    main()
