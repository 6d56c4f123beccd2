"""Run the benchmarks: `bench.py [NAME] [--quick]`; each prints one JSON object a line."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Run the one that is named, or all; the number that failed."""
    names = [word for word in arguments if not word.startswith("-")]
    options = [word for word in arguments if word.startswith("-")]
    files = [
        file
        for file in sorted((ROOT / "benchmarks").glob("*.py"))
        if not file.name.startswith("_") and (not names or file.stem in names)
    ]
    if not files:
        print(f"There is no benchmark named {' '.join(names)}.", file=sys.stderr)
        return 1
    return sum(subprocess.run([sys.executable, file, *options], cwd=ROOT).returncode != 0 for file in files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
