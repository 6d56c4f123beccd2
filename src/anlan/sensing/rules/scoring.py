"""How good detections are by the Numenta Anomaly Benchmark (Lavin and Ahmad 2015, section III; scorer 1.1).

In a labelled window only the first detection counts, the more the earlier; a missed window costs; each
detection outside costs, the less the nearer it follows a window. Scores are normalised so that who detects
nothing has 0 and who detects every window at its first point, and nothing else, has 100.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

PROBATION_SHARE = 0.15
PROBATION_OF = 5000
"""The first 15 % of a file, of at most 5000 readings, are to learn from: nothing there is scored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a detection in time, a false one, and a missed window weigh."""

    name: str
    detected: float
    false: float
    missed: float


PROFILES = (
    Profile("standard", 1.0, 0.11, 1.0),
    Profile("reward_low_FP_rate", 1.0, 0.22, 1.0),
    Profile("reward_low_FN_rate", 1.0, 0.11, 2.0),
)
"""The three application profiles of the benchmark."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One file: how many readings, its windows (first and last place), and where something was detected."""

    readings: int
    windows: Sequence[tuple[int, int]]
    detections: Sequence[int]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a profile, None when no window is labelled, and what it is made of."""

    profile: str
    score: float | None
    detected: int
    false: int
    missed: int


def worth(position: float) -> float:
    """From about 1 at -1 (the first point of a window) over 0 at its end to -1 far behind it."""
    return -1.0 if position > 3.0 else 2.0 / (1.0 + exp(5.0 * position)) - 1.0


def score(files: Iterable[Labelled], profile: Profile) -> Score:
    """The normalised score of all files together."""
    raw, windows, detected, false = 0.0, 0, 0, 0
    for each in files:
        hits, strays = _sorted_out(each)
        windows += len(hits)
        detected += sum(hit is not None for hit in hits)
        false += len(strays)
        raw += sum(-profile.missed if hit is None else profile.detected * hit for hit in hits)
        raw += sum(profile.false * stray for stray in strays)
    nothing, perfect = -profile.missed * windows, profile.detected * windows
    normalised = 100 * (raw - nothing) / (perfect - nothing) if windows else None
    return Score(profile.name, normalised, detected, false, windows - detected)


def probation(readings: int) -> int:
    """How many readings at the beginning are not scored."""
    return int(min(PROBATION_SHARE * readings, PROBATION_SHARE * PROBATION_OF))


def _sorted_out(file: Labelled) -> tuple[list[float | None], list[float]]:
    """Of each window what its first detection is worth, None when missed; what each other one is worth."""
    begins = probation(file.readings)
    windows = sorted(window for window in file.windows if window[1] >= begins)
    hits: list[float | None] = [None] * len(windows)
    strays = []
    for place in sorted(each for each in file.detections if each >= begins):
        inside = next((n for n, (first, last) in enumerate(windows) if first <= place <= last), None)
        if inside is None:
            strays.append(_stray(place, windows))
        elif hits[inside] is None:
            hits[inside] = _hit(place, windows[inside])
    return hits, strays


def _hit(place: int, window: tuple[int, int]) -> float:
    first, last = window
    return worth(-(last - place + 1) / (last - first + 1)) / worth(-1.0)


def _stray(place: int, windows: Sequence[tuple[int, int]]) -> float:
    before = [window for window in windows if window[1] < place]
    if not before:
        return -1.0
    first, last = before[-1]
    return worth((place - last) / max(last - first, 1))


def held_down(detections: Sequence[int], steps: int) -> list[int]:
    """Detections with those left out that follow one that counts within so many steps."""
    kept: list[int] = []
    for place in detections:
        if not kept or place - kept[-1] >= steps:
            kept.append(place)
    return kept
