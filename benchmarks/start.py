"""How long a second start takes, from the command to the first page.

Reference: a bare Python that imports Django and connects to nothing, in the same run.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from urllib.request import urlopen

from _city import new_home, serving

GOAL = 6.0


def main() -> None:
    """Start a city once, then again a few times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rounds = 1 if parser.parse_args().quick else 5
    with new_home():
        first = start()
        again = statistics.median(start() for _ in range(rounds))
    bare = statistics.median(bare_django() for _ in range(rounds))
    print(f"first start {first:.1f} s, later ones {again:.1f} s", file=sys.stderr)
    facts = {
        "name": "second start to first page",
        "value": round(again, 2),
        "unit": "s",
        "reference": "python that imports and sets up Django",
        "reference_value": round(bare, 2),
        "ratio": round(again / bare, 2),
        "goal": GOAL,
        "holds": again < GOAL,
    }
    print(json.dumps(facts))


def start() -> float:
    """Seconds from the command to the first page."""
    began = time.perf_counter()
    with serving("--no-demo") as (_, address):
        urlopen(f"{address}/account/login/").read()
        return time.perf_counter() - began


def bare_django() -> float:
    """Seconds in which Python loads Django and the applications."""
    began = time.perf_counter()
    words = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'anlan.config.settings'; django.setup()"
    )
    subprocess.run([sys.executable, "-c", words], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
