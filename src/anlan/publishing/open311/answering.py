"""What a POST says of a service's attributes, held against the definition."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from anlan.base.errors import Refused
from anlan.publishing.open311.terms import LISTS, AttributeAsked, Datatype

LONGEST = {Datatype.STRING: 255, Datatype.TEXT: 2000}

Answers = dict[str, str | list[str]]


def answers_in(form: Mapping[str, Sequence[str]], asked: Iterable[AttributeAsked]) -> Answers:
    """The answers of a form by attribute: `attribute[CODE]`, or `attribute[CODE][]` for several values.

    Some clients write `attribute[CODE][0]`; what a service does not ask is left out.

    Values of lists are kept by their keys. Raises Refused("open311_attribute_missing",
    "open311_attribute_wrong") with the code of the attribute and what would be right.
    """
    found: Answers = {}
    for each in asked:
        if not each.variable:
            continue
        said = [word.strip() for word in _said(form, each.code) if word.strip()]
        if each.datatype is Datatype.MULTI and len(said) == 1 and said[0] not in dict(each.values):
            said = [word.strip() for word in said[0].split(",") if word.strip()]
        if said:
            said = list(dict.fromkeys(said))
            found[each.code] = said if each.datatype is Datatype.MULTI else said[0]
            _check(each, said)
        elif each.required:
            raise Refused("open311_attribute_missing", code=each.code)
    return found


def _said(form: Mapping[str, Sequence[str]], code: str) -> list[str]:
    name = re.compile(rf"attribute\[{re.escape(code)}\](\[\d{{0,4}}\])?", re.ASCII)
    return [word for each, words in form.items() if name.fullmatch(each) for word in words]


def _check(asked: AttributeAsked, said: Sequence[str]) -> None:
    if asked.datatype in LISTS:
        keys = [key for key, _name in asked.values]
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
