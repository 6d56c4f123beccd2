"""Six rules that readings ask, over 1,000,000 readings of 70,000 devices in 50 batches, in memory."""

import argparse
import time
from dataclasses import replace

import _figures as figures
import numpy as np
from numpy.typing import NDArray

from anlan.sensing.rules.judging import LONG_AGO, judge, judge_sites, spans
from anlan.sensing.rules.lanes import Lanes, in_lanes
from anlan.sensing.rules.states import blank
from anlan.sensing.rules.terms import Level, Rule, RuleKind
from anlan.sensing.terms import Colour

DEVICES, READINGS, BATCHES = 70_000, 1_000_000, 50
LEVELS = (Level(Colour.YELLOW, 3.0, 2.8), Level(Colour.RED, 4.0, 3.8))
PARAMETERS = {
    RuleKind.RATE: {"over_seconds": 3600.0},
    RuleKind.STUCK: {"tolerance": 0.001},
    RuleKind.CUSUM: {"learn": 10.0, "slack": 0.5},
    RuleKind.AGREEMENT: {"sensors": 2.0, "window_seconds": 900.0},
}
RULES = [
    Rule("threshold", 1, "k", "p", RuleKind.THRESHOLD, LEVELS, hold_seconds=60),
    Rule("low", 1, "k", "p", RuleKind.THRESHOLD, (Level(Colour.BLUE, 9.0, 8.0),)),
    *(Rule(kind, 1, "k", "p", kind, LEVELS, parameters=PARAMETERS[kind]) for kind in PARAMETERS),
]


def main() -> None:
    """Measure and print the median of five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    batches = made_up(20_000 if quick else READINGS, 2 if quick else BATCHES)
    seconds = [walked(batches) for _ in range(2 if quick else 6)][1:]  # the first compiles
    readings = sum(len(at) for _, at, _ in batches)
    figures.at_most(f"{len(RULES)} rules on {readings:,} readings", float(np.median(seconds)), "s", 1)


type Batch = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]


def made_up(readings: int, batches: int) -> list[Batch]:
    """Each device in its turn, once a minute; few values lie beyond a level."""
    rng = np.random.default_rng(7)
    number = np.arange(readings)
    series = (number % DEVICES).astype(np.int32)
    at = number // DEVICES * 60_000_000 + rng.integers(0, 60_000_000, readings)
    value = 2.0 + 0.2 * rng.standard_normal(readings) + (rng.random(readings) < 1e-4)
    parts = np.array_split(number, batches)
    return [(series[part], at[part], value[part]) for part in parts]


def walked(batches: list[Batch]) -> float:
    """Seconds for all rules over all batches, sorting into lanes with them."""
    states = [blank(rule.kind, DEVICES) for rule in RULES]
    versions = [spans([replace(rule)]) for rule in RULES]
    last = np.full(DEVICES, LONG_AGO)
    began = time.perf_counter()
    for series, at, value in batches:
        lanes = in_lanes(series, at, value)
        sites = in_lanes(series, at, value, (series // 4).astype(np.int32))
        for rule, spans_, kept in zip(RULES, versions, states, strict=True):
            one(rule, spans_, sites if rule.kind is RuleKind.AGREEMENT else lanes, last, kept)
        last[lanes.key] = lanes.at[lanes.ends - 1]
    return time.perf_counter() - began


def one(rule: Rule, versions: list, lanes: Lanes, last: NDArray[np.int64], kept: NDArray[np.float64]) -> None:
    """One rule over one batch."""
    mine = kept[lanes.key]
    if rule.kind is RuleKind.AGREEMENT:
        judge_sites(versions, lanes, last[lanes.key], mine)
    else:
        judge(versions, lanes, last[lanes.key], mine)
    kept[lanes.key] = mine


if __name__ == "__main__":
    main()
