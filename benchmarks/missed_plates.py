"""How many plates the finder of covers misses, by their width in pixels, and what it covers without need.

Plates that belong to nobody (benchmarks/_plates.py), of four colours, each on the flat colour of a car at a
random place of a busy ground. A plate is missed when less than 80 % of it lies under the boxes.

`--quick`: one picture a size and colour.
"""

import argparse
import sys

import numpy as np
from _faces import Box, ground
from _figures import at_most, say
from _plates import COLOURS, put_plate

from anlan.publishing.plate_finding import plates_in

SIZES = (30, 40, 60, 80, 120, 160, 240)
WIDTH, HEIGHT = 1000, 750
GOAL = 0.25


def main() -> None:
    """Print one figure a size, and one of boxes where there is no plate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    each = 1 if parser.parse_args().quick else 20
    rng = np.random.default_rng(20261130)
    for size in SIZES:
        measure(size, each, rng)
    empty = [len(_found(np.asarray(ground(rng, WIDTH, HEIGHT)))) for _ in range(each)]
    at_most("plates found where there is none", float(np.mean(empty)), "boxes a picture", 10.0)


def measure(size: int, each: int, rng: np.random.Generator) -> None:
    """Print which share of plates of that width, as many of each colour, is missed."""
    missed = [_is_missed(size, colour, rng) for colour in COLOURS for _ in range(each)]
    say(f"{size} px: {sum(missed)} of {len(missed)} missed")
    at_most(f"plates missed at {size} px", float(np.mean(missed)), "share", GOAL)


def _is_missed(size: int, colour: str, rng: np.random.Generator) -> bool:
    picture = ground(rng, WIDTH, HEIGHT)
    plate = put_plate(picture, rng, colour, size)
    under = np.zeros((HEIGHT, WIDTH), bool)
    for x, y, w, h in _found(np.asarray(picture)):
        under[
            max(0, round(y - h / 8)) : round(y + h * 9 / 8), max(0, round(x - w / 8)) : round(x + w * 9 / 8)
        ] = True
    return _share(under, plate) < 0.8


def _found(picture: np.ndarray) -> list[tuple[float, float, float, float]]:
    return plates_in(np.ascontiguousarray(picture[:, :, ::-1]))


def _share(under: np.ndarray, plate: Box) -> float:
    return float(under[plate.y : plate.y + plate.h, plate.x : plate.x + plate.w].mean())


if __name__ == "__main__":
    sys.exit(main())
