"""How a benchmark says a figure: one JSON object a line, see DESIGN section 6."""

import json
import sys
from operator import ge, le


def say(words: str) -> None:
    """Say what is being done, on the error stream."""
    print(words, file=sys.stderr, flush=True)


def at_most(
    name: str,
    value: float,
    unit: str,
    goal: float,
    *,
    reference: str = "",
    reference_value: float | None = None,
) -> bool:
    """Print a figure that should be `goal` or less; the ratio is taken when there is a reference."""
    return _figure(name, value, unit, goal, "at most", reference, reference_value)


def at_least(
    name: str,
    value: float,
    unit: str,
    goal: float,
    *,
    reference: str = "",
    reference_value: float | None = None,
) -> bool:
    """Print a figure that should be `goal` or more (of the reference, when there is one)."""
    return _figure(name, value, unit, goal, "at least", reference, reference_value)


def _figure(
    name: str, value: float, unit: str, goal: float, side: str, reference: str, reference_value: float | None
) -> bool:
    ratio = None if reference_value is None else value / reference_value
    measured = value if ratio is None else ratio
    holds = (le if side == "at most" else ge)(measured, goal)
    figure = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "reference": reference,
        "reference_value": None if reference_value is None else round(reference_value, 3),
        "ratio": None if ratio is None else round(ratio, 3),
        "goal": f"{side} {goal:g}",
        "holds": holds,
    }
    print(json.dumps(figure, ensure_ascii=False), flush=True)
    return holds
