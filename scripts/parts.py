"""Run the parts of `make test`, quick ones first, and say how long each took.

Checks that keep one processor busy run two at a time; each part shows what it printed when it ends. The
longest check begins first, and the suites do not wait for it. These run side by side: each alone would leave
a processor idle while it waits for another program.
Seconds are those of the clock; processor seconds do not depend on what else the machine does. What a browser
draws pages with ends unseen, so its seconds, about two fifths of the journeys', are not counted.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Part:
    """A command of `make test`; `kind` lets a few be asked for."""

    kind: str
    name: str
    command: tuple[str, ...]


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return a command of the virtual environment."""
    return (str(BIN / name), *arguments)


def npm(*arguments: str) -> tuple[str, ...]:
    """Return an npm command in `web/`."""
    return (str(ROOT / "scripts" / "npm"), "--prefix", "web", "run", "--silent", *arguments)


PARTS = (
    Part("lint", "types", tool("mypy")),
    Part("lint", "ruff", tool("ruff", "check", ".")),
    Part("lint", "format", tool("ruff", "format", "--check", ".")),
    Part("lint", "contracts", tool("lint-imports")),
    Part("python", "machine code", (sys.executable, "-m", "anlan.edge.ingest.compiling")),
    Part("web", "web types", npm("check")),
    Part("web", "web tests", npm("test")),
    Part("journeys", "browser", (str(ROOT / "scripts" / "browser"),)),
)
"""Two at a time, in this order; the first takes longer than the others together.

What readings need is compiled before the tests: each ingest that they start, and kill, would begin with it.
"""

PLAIN = ("pytest", "-q", "-p", "no:schemathesis")
APART = ("docs", "edge", "flows", "journeys", "stats", "store")
SUITES = (
    Part("journeys", "journeys", tool(*PLAIN, "-n", "2", "--dist", "worksteal", "tests/journeys")),
    Part("python", "edges", tool("pytest", "-q", "tests/edge", "--ignore=tests/edge/pages")),
    Part("python", "rooms", tool(*PLAIN, "tests", *(f"--ignore=tests/{name}" for name in APART))),
    Part("python", "flows", tool(*PLAIN, "tests/flows", "tests/store", "tests/docs")),
    Part("python", "pages", tool(*PLAIN, "tests/edge/pages")),
    Part("python", "statistics", tool(*PLAIN, "tests/stats")),
)
"""Each process loads what its own tests need; several processes of one suite load all of it each, so only the
one that keeps a browser busy has two.
"""
LANES = 3
"""Suites at a time, in this order: what waits for other programs begins early. More of them at once take more
processor time for the same work.
"""


@dataclass(frozen=True)
class Result:
    """How a part ended; seconds of the clock, and of the processors."""

    name: str
    passed: bool
    seconds: float
    busy: float


def main() -> int:
    """Run what was asked for; the number of parts that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted({part.kind for part in PARTS + SUITES}))
    chosen = parser.parse_args().only
    began = time.monotonic()
    checks = [part for part in PARTS if chosen in (None, part.kind)]
    suites = [part for part in SUITES if chosen in (None, part.kind)]
    with ThreadPoolExecutor(2) as two, ThreadPoolExecutor(LANES) as lanes:
        first = [two.submit(run, part) for part in checks]
        for each in first[1:]:
            each.result()
        results = [each.result() for each in (*first, *[lanes.submit(run, part) for part in suites])]
    print_table(results, time.monotonic() - began)
    return sum(not result.passed for result in results)


def run(part: Part) -> Result:
    """Run one part, and show what it printed when it has ended."""
    print(f"begins: {part.name}", flush=True)
    with TemporaryFile() as output:
        result = timed(part, output)
        output.seek(0)
        print(title(part) + output.read().decode(errors="replace"), end="", flush=True)
    return result


def title(part: Part) -> str:
    """The line above what a part prints."""
    return f"\n== {part.name}: {' '.join(part.command).replace(str(ROOT) + os.sep, '')}\n"


def timed(part: Part, output: IO[bytes]) -> Result:
    """Run a command to its end."""
    began = time.monotonic()
    process = subprocess.Popen(part.command, cwd=ROOT, env=environment(), stdout=output, stderr=output)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    busy = used.ru_utime + used.ru_stime
    return Result(part.name, process.returncode == 0, time.monotonic() - began, busy)


def environment() -> dict[str, str]:
    """Let Python keep what it compiles below `build/`, also where it may not elsewhere: each of the many
    processes of the tests would compile all it loads.
    """
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return given | {"PYTHONPYCACHEPREFIX": str(ROOT / "build" / "pycache")}


def print_table(results: list[Result], seconds: float) -> None:
    """Print part, verdict, seconds and processor seconds, and the whole."""
    print("\npart          result  seconds  processor")
    for each in results:
        print(
            f"{each.name:<12}  {'passed' if each.passed else 'FAILED'}  {each.seconds:7.1f}  {each.busy:9.1f}"
        )
    failed = sum(not each.passed for each in results)
    print(f"{'all':<20}  {seconds:7.1f}  {sum(each.busy for each in results):9.1f}")
    print(f"parts: {len(results) - failed} passed, {failed} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
