"""What somebody says of a service's attributes, held against the definition, and how it is kept.

An answer is kept with the question as it was asked and the names of what was chosen, so that it says the same
when the question is changed or asked no more.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from anlan.base.errors import Refused
from anlan.publishing.open311.terms import LISTS, AttributeAsked, Datatype

LONGEST = {Datatype.STRING: 255, Datatype.TEXT: 2000}

type Said = dict[str, str | list[str]]
"""Answers by the code of their attribute: a text, or the keys of a list with several."""
type Answers = Sequence[Mapping[str, Any]]
"""Answers as they are kept, in the order of the questions; `kept` says how each looks."""


def answers_in(form: Mapping[str, Sequence[str]], asked: Iterable[AttributeAsked]) -> Said:
    """The answers of a form by attribute: `attribute[CODE]`, or `attribute[CODE][]` for several values.

    Some clients write `attribute[CODE][0]`; what a service does not ask is left out.

    Values of lists are kept by their keys. Raises Refused("open311_attribute_missing",
    "open311_attribute_wrong") with the code of the attribute and what would be right.
    """
    found: Said = {}
    for each in asked:
        if not each.variable:
            continue
        said = [word.strip() for word in _said(form, each.code) if word.strip()]
        if each.datatype is Datatype.MULTI and len(said) == 1 and said[0] not in _keys(each):
            said = [word.strip() for word in said[0].split(",") if word.strip()]
        if said:
            said = list(dict.fromkeys(said))
            found[each.code] = said if each.datatype is Datatype.MULTI else said[0]
            _check(each, said)
        elif each.required:
            raise Refused("open311_attribute_missing", code=each.code)
    return found


def kept(said: Said, asked: Iterable[AttributeAsked], zone: tzinfo) -> Answers:
    """Answers with their questions and the names of what was chosen, in Chinese and English.

    A time keeps its stamp as the value, and reads as the clocks of `zone` showed it.
    """
    return tuple(_kept(each, said[each.code], zone) for each in asked if each.code in said)


def _kept(asked: AttributeAsked, value: str | list[str], zone: tzinfo) -> Mapping[str, Any]:
    names = {key: (zh, en) for key, zh, en in asked.values}
    if asked.datatype is Datatype.DATETIME and isinstance(value, str):
        names[value] = (_on_clocks(value, zone),) * 2
    chosen = [names.get(each, (each, each)) for each in (value if isinstance(value, list) else [value])]
    return {
        "code": asked.code,
        "value": value,
        "asked_zh": asked.zh,
        "asked_en": asked.en,
        "said_zh": "、".join(zh for zh, _en in chosen),
        "said_en": ", ".join(en for _zh, en in chosen),
    }


def _on_clocks(value: str, zone: tzinfo) -> str:
    try:
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
    except OverflowError:  # at the ends of the calendar
        return value


def lines(answers: Answers) -> list[str]:
    """Each question with its answer, as one line of words."""
    return [f"{each['asked_zh']}：{each['said_zh']}" for each in answers]


def _keys(asked: AttributeAsked) -> list[str]:
    return [key for key, _zh, _en in asked.values]


def _said(form: Mapping[str, Sequence[str]], code: str) -> list[str]:
    name = re.compile(rf"attribute\[{re.escape(code)}\](\[\d{{0,4}}\])?", re.ASCII)
    return [word for each, words in form.items() if name.fullmatch(each) for word in words]


def _check(asked: AttributeAsked, said: Sequence[str]) -> None:
    if asked.datatype in LISTS:
        keys = _keys(asked)
        if not set(said) <= set(keys) or (asked.datatype is Datatype.SINGLE and len(said) > 1):
            raise Refused("open311_attribute_wrong", code=asked.code, right=", ".join(keys))
        return
    if len(said) > 1 or not _fits(asked.datatype, said[0]):
        raise Refused("open311_attribute_wrong", code=asked.code, right=asked.datatype)


def _fits(datatype: Datatype, word: str) -> bool:
    if "\0" in word:
        return False
    if datatype in LONGEST:
        one_line = not set(word) & {"\n", "\r"}
        return len(word) <= LONGEST[datatype] and (one_line or datatype is Datatype.TEXT)
    try:
        if datatype is Datatype.NUMBER:
            return math.isfinite(float(word))
        return datetime.fromisoformat(word).tzinfo is not None
    except ValueError:
        return False
