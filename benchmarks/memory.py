"""How much memory the whole idle city takes, after the daily pages were opened.

Resident memory counts what processes share once for each of them; the proportional share (PSS) counts it
once. Reference: the same number of bare Python processes.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from _city import below, fill, logged_in, new_home, serving, small_city

GOAL = 450.0
PAGES = ("/work/", "/cases/", "/areas/overview/")


def main() -> None:
    """Fill a city, open its pages, let it rest, and look at its processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    with small_city() if quick else _city() as (pid, address):
        dispatcher = logged_in(address, "dispatcher", "anlan-demo-2026")
        for page in PAGES:
            dispatcher.open(f"{address}{page}").read()
        time.sleep(0 if quick else 60)
        report(looks(pid, 1 if quick else 12))


@contextmanager
def _city() -> Iterator[tuple[int, str]]:
    """A whole city, with its process and its address."""
    with new_home(), serving("--no-demo") as (process, address):
        fill(2000)
        yield process.pid, address


def looks(pid: int, times: int) -> list[list["Process"]]:
    """Look at the processes at and below `pid`, every five seconds: what is done each minute is seen too."""
    found = []
    for number in range(times):
        time.sleep(5 if number else 0)
        found.append([one for each in (pid, *below(pid)) if (one := process_of(each))])
    return found


def report(seen: list[list["Process"]]) -> None:
    """Print the memory of the middle one of some looks, and of the worst."""
    in_order = sorted(seen, key=lambda family: sum(one.rss for one in family))
    middle, worst = in_order[len(in_order) // 2], in_order[-1]
    for one in middle:
        print(f"{one.rss:7.1f} MB {one.pss:7.1f} MB  {one.name}", file=sys.stderr)
    pythons = sum(one.name.split()[0].endswith("/python") for one in middle)
    bare = pythons * bare_python()
    for words, total in (
        ("resident", sum(one.rss for one in middle)),
        ("resident, while jobs of the minute run", sum(one.rss for one in worst)),
        ("proportional share", sum(one.pss for one in middle)),
    ):
        facts = {
            "name": f"idle city, {words}",
            "value": round(total, 1),
            "unit": "MB",
            "reference": f"{pythons} bare Python processes",
            "reference_value": round(bare, 1),
            "ratio": round(total / bare, 2),
            "goal": GOAL,
            "holds": total < GOAL,
        }
        print(json.dumps(facts))


class Process(NamedTuple):
    """A process: its memory in MB (1,000,000 bytes), its command shortened."""

    rss: float
    pss: float
    name: str


def process_of(pid: int) -> Process | None:
    """Look at a process; None for one that has ended meanwhile, as idle connections do."""
    try:
        return Process(memory(pid, "Rss"), memory(pid, "Pss"), name(pid))
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None


def memory(pid: int, kind: str) -> float:
    """Return the `Rss` or `Pss` of a process in MB (1,000,000 bytes)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f"{kind}:")]
    return int(line.split()[1]) * 1024 / 1e6


def name(pid: int) -> str:
    """Return the command of a process, shortened."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:110]


def bare_python() -> float:
    """Return the resident memory of a Python that does nothing."""
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        time.sleep(0.2)
        found = memory(process.pid, "Rss")
        process.kill()
    return found


if __name__ == "__main__":
    main()
