"""What a warning says before anybody wrote it: words with fields that an alarm fills, for each colour."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from anlan.base.errors import Refused
from anlan.sensing.terms import Colour

FIELDS = ("place", "area", "value", "unit", "threshold", "time")
"""Where it is, in which area, what was measured in which unit, against which threshold, at what time."""
_FIELD = re.compile(r"\{(\w*)\}")
_LONGEST = 200


@dataclass(frozen=True)
class Words:
    """A template. `hours` is how long its warnings last; {field} stands where the alarm's fact goes."""

    category: str
    urgency: str
    certainty: str
    hours: int
    event_zh: str
    event_en: str
    headline_zh: str
    headline_en: str
    description_zh: str
    description_en: str
    instruction_zh: str
    instruction_en: str


TEXTS = tuple(name for name in Words.__dataclass_fields__ if name.endswith(("_zh", "_en")))

_YELLOW = Words(
    category="Safety",
    urgency="Expected",
    certainty="Observed",
    hours=6,
    event_zh="险情",
    event_en="Hazard",
    headline_zh="{place}出现险情，请注意避开",
    headline_en="Hazard at {place}: keep away",
    description_zh="{time}，{place}测得 {value} {unit}，超过 {threshold} {unit}。",
    description_en="At {time}, {value} {unit} was measured at {place}, above {threshold} {unit}.",
    instruction_zh="请勿靠近，听从现场人员指挥。",
    instruction_en="Keep away, and do what people on site say.",
)
BUILT_IN: Mapping[Colour, Words] = MappingProxyType(
    {
        Colour.RED: replace(
            _YELLOW,
            urgency="Immediate",
            headline_zh="{place}情况危急，请立即撤离",
            headline_en="Danger at {place}: leave at once",
            instruction_zh="请立即撤到安全地带，不要返回，紧急情况拨打 119 或 110。",
            instruction_en="Go to a safe place at once, and do not go back. In an emergency call 119 or 110.",
        ),
        Colour.ORANGE: replace(
            _YELLOW,
            urgency="Immediate",
            headline_zh="{place}险情加重，请远离",
            headline_en="The hazard at {place} grows: go away from it",
        ),
        Colour.YELLOW: _YELLOW,
        Colour.BLUE: replace(
            _YELLOW,
            urgency="Future",
            headline_zh="{place}情况异常，请留意",
            headline_en="Something is abnormal at {place}: take care",
        ),
    }
)
"""Words for any kind of alarm, until an administrator writes better ones."""


def content_of(words: Words) -> dict[str, object]:
    """The template as it is kept."""
    return asdict(words)


def words_of(content: Mapping[str, object]) -> Words:
    """What was kept, as a template."""
    return Words(**content)  # type: ignore[arg-type]


def check_words(words: Words) -> None:
    """Raise Refused("template_field_unknown") for a field that no alarm fills."""
    for name in TEXTS:
        unknown = [each for each in _FIELD.findall(getattr(words, name)) if each not in FIELDS]
        if unknown:
            known = ", ".join(f"{{{each}}}" for each in FIELDS)
            raise Refused("template_field_unknown", field=f"{{{unknown[0]}}}", known=known)


def filled(words: Words, facts: Mapping[str, str]) -> Words:
    """The words with facts in place of fields; a sentence whose fact is not known is left out.

    A headline or an event keeps standing: there the field alone goes.
    """
    texts: dict[str, Any] = {name: _filled(name, getattr(words, name), facts) for name in TEXTS}
    return replace(words, **texts)


def _filled(name: str, text: str, facts: Mapping[str, str]) -> str:
    if name.startswith(("description", "instruction")):
        text = "".join(part for part in _sentences(text) if _is_known(part, facts))
        return _FIELD.sub(lambda found: facts[found[1]], text).strip()
    return _FIELD.sub(lambda found: facts.get(found[1], ""), text).strip()[:_LONGEST]


def _sentences(text: str) -> list[str]:
    """The sentences of a text with what ends them; a point inside a number ends none."""
    return [part for part in re.split(r"(?<=[。！？\n])|(?<=[.!?])(?=\s)", text) if part]


def _is_known(sentence: str, facts: Mapping[str, str]) -> bool:
    return all(facts.get(field) for field in _FIELD.findall(sentence))
