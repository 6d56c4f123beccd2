"""The kinds of devices that every installation knows from the start, with what they measure."""

from collections.abc import Mapping
from dataclasses import dataclass

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Measured:
    """A property: its unit by UCUM, the range outside of which no reading is believed, how often it comes."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    low: float | None
    high: float | None
    interval_seconds: int

    def profile(self) -> dict[str, object]:
        """What a version of the kind keeps of it."""
        return {
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "interval_seconds": self.interval_seconds,
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of device."""

    code: str
    name_zh: str
    name_en: str
    properties: tuple[Measured, ...]
    is_camera: bool = False


PROFILES = (
    Profile(
        "water-level",
        "水位计",
        "Water level gauge",
        (Measured("level", "水位", "Water level", "m", -10, 50, 300),),
    ),
    Profile(
        "water-flow",
        "流量计",
        "Water flow gauge",
        (Measured("flow", "流量", "Water flow", "L/s", 0, 10_000_000, HOUR),),
    ),
    Profile(
        "smoke",
        "烟感",
        "Smoke detector",
        (
            Measured("smoke", "烟雾浓度", "Smoke obscuration", "%/m", 0, 100, HOUR),
            Measured("battery", "电量", "Battery", "%", 0, 100, 24 * HOUR),
        ),
    ),
    Profile(
        "gas",
        "可燃气体探测器",
        "Gas detector",
        (Measured("gas", "可燃气体浓度", "Gas, share of the lower explosive limit", "%", 0, 100, 900),),
    ),
    Profile(
        "shed-heat",
        "充电棚温感",
        "Charging shed heat detector",
        (Measured("temperature", "温度", "Temperature", "Cel", -40, 200, 300),),
    ),
    Profile(
        "residual-current",
        "剩余电流探测器",
        "Residual current monitor",
        (Measured("current", "剩余电流", "Residual current", "mA", 0, 30_000, 900),),
    ),
    Profile(
        "hydrant-door",
        "消火栓门磁",
        "Hydrant door contact",
        (Measured("open", "门开", "Door open", "1", 0, 1, 6 * HOUR),),
    ),
    Profile(
        "help-button",
        "求助按钮",
        "Help button",
        (Measured("pressed", "按下", "Pressed", "1", 0, 1, 6 * HOUR),),
    ),
    Profile(
        "gateway",
        "网关",
        "Gateway",
        (Measured("online", "在线", "Online", "1", 0, 1, 900),),
    ),
    Profile(
        "camera",
        "摄像头（仅登记）",
        "Camera (register only)",
        (Measured("online", "在线", "Online", "1", 0, 1, 900),),
        is_camera=True,
    ),
)

BY_CODE: Mapping[str, Profile] = {profile.code: profile for profile in PROFILES}
