"""Run the parts of `make test` one after the other, quick ones first, and say how long each took."""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

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
    Part("lint", "ruff", tool("ruff", "check", ".")),
    Part("lint", "format", tool("ruff", "format", "--check", ".")),
    Part("lint", "contracts", tool("lint-imports")),
    Part("lint", "types", tool("mypy")),
    Part("web", "web types", npm("check")),
    Part("web", "web tests", npm("test")),
    Part("python", "tests", tool("pytest", "-q", "-n", "2", "--dist", "worksteal", "-m", "not journey")),
    Part("journeys", "browser", (str(ROOT / "scripts" / "browser"),)),
    Part("journeys", "journeys", tool("pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "journey")),
)


def main() -> int:
    """Run what was asked for; the number of parts that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted({part.kind for part in PARTS}))
    chosen = parser.parse_args().only
    results = [(part.name, *run(part)) for part in PARTS if chosen in (None, part.kind)]
    print_table(results)
    return sum(not passed for _, passed, _ in results)


def run(part: Part) -> tuple[bool, float]:
    """Run one part; whether it passed, and its seconds."""
    print(f"\n== {part.name}: {' '.join(part.command).replace(str(ROOT) + os.sep, '')}", flush=True)
    began = time.monotonic()
    done = subprocess.run(part.command, cwd=ROOT, check=False)
    return done.returncode == 0, time.monotonic() - began


def print_table(results: list[tuple[str, bool, float]]) -> None:
    """Print part, verdict and seconds, and the sum."""
    print("\npart          result  seconds")
    for name, passed, seconds in results:
        print(f"{name:<12}  {'passed' if passed else 'FAILED'}  {seconds:7.1f}")
    failed = sum(not passed for _, passed, _ in results)
    print(f"{'all':<20}  {sum(seconds for *_, seconds in results):7.1f}")
    print(f"parts: {len(results) - failed} passed, {failed} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
