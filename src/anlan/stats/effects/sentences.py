"""One honest sentence about an effect, in Chinese or English.

The sentence never says that something caused the change: it says how the counts compare with what was
expected, and that we cannot tell (说不准) as soon as the interval holds zero.
"""

from typing import Literal

import numpy as np

Lang = Literal["zh", "en"]
Scale = Literal["log", "count", "averted"]
Subject = Literal[
    "change",
    "slope",
    "averted",
    "places",
    "trend",
    "synthetic",
    "state",
    "picked",
    "displacement",
    "dose",
    "comparison",
]

_SUBJECTS: dict[Subject, tuple[str, str]] = {
    "change": ("At the change there were", "变化当时，事件数"),
    "slope": ("With each period after the change there were", "变化之后每过一期，事件数"),
    "averted": ("Since the change there were", "变化以来，事件总数"),
    "places": (
        "After the change the treated places, set against the others, had",
        "变化之后，实施地点与对照地点相比，事件数",
    ),
    "trend": (
        "Already before the change the treated places, a period against the others, had",
        "变化之前，实施地点每期与对照地点相比，事件数",
    ),
    "synthetic": (
        "Since the change the place, set against its synthetic control, had",
        "变化以来，该地与合成对照相比，事件数",
    ),
    "state": (
        "Since the change, set against the level carried forward, there were",
        "变化以来，与按原水平推算相比，事件数",
    ),
    "picked": (
        "The places picked for being bad, set against what they would return to by themselves, had",
        "按“严重”挑出的地点，与其自然回落后的预期相比，事件数",
    ),
    "displacement": (
        "The treated and displacement areas, set against their controls, had",
        "实施区与转移区合计，与各自对照区相比，事件数",
    ),
    "dose": ("With each unit of dose the places had", "投入每多一个单位，事件数"),
    "comparison": (
        "After the change the place, set against its comparison places, had",
        "变化之后，该地与所选对照地点相比，事件数",
    ),
}


def sentence(
    estimate: float, lower: float, upper: float, level: float, scale: Scale, subject: Subject, lang: Lang
) -> str:
    """The sentence for an estimate with its interval; ValueError for a language other than zh and en."""
    if lang not in ("zh", "en"):
        raise ValueError(f"lang is {lang!r}; give 'zh' or 'en'")
    low, high = _ordered(lower, upper, scale)
    middle = _amount(estimate, scale)
    tell = not lower <= 0 <= upper
    write = _english if lang == "en" else _chinese
    return write(
        _SUBJECTS[subject][lang == "zh"], middle, low, high, round(100 * level, 1), scale != "log", tell
    )


def _english(
    subject: str, middle: float, low: float, high: float, level: float, whole: bool, tell: bool
) -> str:
    interval = f"{level:g} % interval from {_more(low, whole)} to {_more(high, whole)}"
    if tell:
        return f"{subject} {_more(middle, whole)} events than expected ({interval})."
    subject = subject[0].lower() + subject[1:]
    return (
        f"Cannot tell: {subject} {_more(middle, whole)} events than expected, but the {interval} holds zero."
    )


def _chinese(
    subject: str, middle: float, low: float, high: float, level: float, whole: bool, tell: bool
) -> str:
    interval = f"{level:g}%区间：{_duo(low, whole)}到{_duo(high, whole)}"
    if tell:
        return f"{subject}比预期{_duo(middle, whole)}（{interval}）。"
    return f"说不准有没有变化：{subject}比预期{_duo(middle, whole)}，但{interval}，包含零。"


def _amount(value: float, scale: Scale) -> float:
    if scale == "log":
        return 100 * float(np.expm1(min(value, 20.0)))
    return -value if scale == "averted" else value


def _ordered(lower: float, upper: float, scale: Scale) -> tuple[float, float]:
    first, second = _amount(lower, scale), _amount(upper, scale)
    return (first, second) if first <= second else (second, first)


def _more(value: float, whole: bool) -> str:
    word = "fewer" if value < 0 else "more"
    return f"{_number(value, whole)} {word}" if whole else f"{_number(value, whole)} % {word}"


def _duo(value: float, whole: bool) -> str:
    word = "少" if value < 0 else "多"
    return f"{word}{_number(value, whole)}起" if whole else f"{word}{_number(value, whole)}%"


def _number(value: float, whole: bool) -> str:
    return f"{abs(value):,.0f}" if whole or abs(value) >= 1000 else f"{abs(value):.1f}"
