"""Rules of the kinds of devices that every installation knows, as a made-up city has them."""

from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode
from anlan.sensing.terms import Colour

MINUTE = 60.0


def _above(code: str, kind: str, measured: str, *levels: Level, hold: float = 0) -> Rule:
    return Rule(code, 1, kind, measured, RuleKind.THRESHOLD, levels, hold_seconds=hold)


STANDARD: tuple[tuple[str, str, Rule], ...] = (
    (
        "水位过高",
        "High water",
        _above(
            *("high-water", "water-level", "level"),
            *(Level(Colour.YELLOW, 3.0, 2.8), Level(Colour.ORANGE, 3.5, 3.3), Level(Colour.RED, 4.0, 3.8)),
        ),
    ),
    (
        "水位快速上涨",
        "Water rises fast",
        Rule(
            *("fast-rise", 1, "water-level", "level", RuleKind.RATE, (Level(Colour.YELLOW, 0.5, 0.2),)),
            parameters={"over_seconds": 60 * MINUTE},
            mode=RuleMode.SHADOW,
        ),
    ),
    ("烟雾报警", "Smoke", _above("smoke-high", "smoke", "smoke", Level(Colour.RED, 10, 5))),
    (
        "可燃气体泄漏",
        "Gas leak",
        _above("gas-leak", "gas", "gas", Level(Colour.ORANGE, 10, 5), Level(Colour.RED, 25, 20)),
    ),
    (
        "充电棚高温",
        "Charging shed too hot",
        _above(
            *("shed-hot", "shed-heat", "temperature"),
            *(Level(Colour.ORANGE, 60, 50), Level(Colour.RED, 75, 65)),
        ),
    ),
    (
        "剩余电流过大",
        "Residual current",
        _above(
            *("current-high", "residual-current", "current"),
            *(Level(Colour.YELLOW, 300, 250), Level(Colour.ORANGE, 500, 400)),
            hold=5 * MINUTE,
        ),
    ),
    (
        "消火栓门打开",
        "Hydrant door open",
        _above("hydrant-open", "hydrant-door", "open", Level(Colour.BLUE, 1, 1)),
    ),
    (
        "求助按钮按下",
        "Help button pressed",
        _above("help-pressed", "help-button", "pressed", Level(Colour.RED, 1, 1)),
    ),
    (
        "燃气探测器失联",
        "Gas detector silent",
        Rule(
            *("gas-silent", 1, "gas", "gas", RuleKind.MISSING, (Level(Colour.BLUE, 12, 3),)),
            mode=RuleMode.SHADOW,
        ),
    ),
)
"""Name in Chinese, name in English, and the rule."""
