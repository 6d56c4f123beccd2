"""What in words names or reaches a person: suggestions for whoever clears them. Nothing of it is kept.

Signs are first made alike, each one in its place: full-width and Chinese digits become 0 to 9, letters plain
ones. So a find is a span of the text as it was written.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn
from stdnum.cn import ric

COVER = "▇▇"


class Kind(StrEnum):
    """What was found."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"  # of WeChat or QQ
    BANK_CARD = "bank_card"


@dataclass(frozen=True, order=True)
class Span:
    """Signs `start` up to, but not with, `end`."""

    start: int
    end: int
    kind: Kind


DIGITS = str.maketrans("零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "0011234567891234567892"[:22])
_BETWEEN = r"[ \t\-–—_.·・/]{0,2}"
"""What people put between the digits of one number."""

_ID_18 = re.compile(rf"(?<!\d)(?:\d{_BETWEEN}){{17}}[\dXx](?!\d)")
_ID_15 = re.compile(rf"(?<!\d)(?:\d{_BETWEEN}){{14}}\d(?!\d)")
_CARD = re.compile(rf"(?<!\d)[3-6](?:{_BETWEEN}\d){{14,18}}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_BETWEEN})?1{_BETWEEN}[3-9](?:{_BETWEEN}\d){{9}}(?!\d)")
_LANDLINE = re.compile(rf"(?<!\d)[(（]?0\d{{2,3}}[)）]?{_BETWEEN}[2-8](?:{_BETWEEN}\d){{6,7}}(?!\d)")
_FOREIGN = re.compile(r"(?<!\d)\+(?!86)\d(?:[ \-()]{0,2}\d){7,14}(?!\d)")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_PLATE = re.compile(
    rf"[{_PROVINCES}][ ·・.\-]?[A-HJ-NP-Za-hj-np-z][ ·・.\-]?"
    r"(?:[A-HJ-NP-Za-hj-np-z0-9][ ·・.\-]?){4,5}[A-HJ-NP-Za-hj-np-z0-9学警港澳挂领](?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_ACCOUNT = re.compile(
    r"(?:微信|威信|薇信|加微|加V|加v|VX|vx|Vx|WX|wx|weixin|WeChat|wechat|QQ|qq|扣扣|企鹅号)"
    r"(?:号码|号|账号|群|id|ID)?[ :：是为=]{0,4}([A-Za-z0-9][A-Za-z0-9_\-]{4,19})"
)


def spans_in(text: str) -> list[Span]:
    """Everything in `text` that names or reaches a person, in its order, without overlaps."""
    alike = _alike(text)
    found = sorted(span for find in FINDERS for span in find(alike))
    return list(_apart(found))


def covered(text: str, spans: Iterable[Span]) -> str:
    """The text with each span covered."""
    parts, at = [], 0
    for span in sorted(spans):
        parts += [text[at : span.start], COVER]
        at = span.end
    return "".join([*parts, text[at:]])


def _alike(text: str) -> str:
    """The text with digits and letters in one form; every sign stays one sign in its place."""
    return "".join(_plain(sign) for sign in text).translate(DIGITS)


def _plain(sign: str) -> str:
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


def _apart(found: list[Span]) -> Iterator[Span]:
    """Spans that overlap become one, of the kind that began first."""
    last: Span | None = None
    for span in found:
        if last is None:
            last = span
        elif span.start < last.end:
            last = Span(last.start, max(last.end, span.end), last.kind)
        else:
            yield last
            last = span
    if last is not None:
        yield last


def _digits(words: str) -> str:
    return "".join(sign for sign in words if sign.isdigit() or sign in "Xx").upper()


Finder = Callable[[str], Iterator[Span]]


def _numbers(pattern: re.Pattern[str], kind: Kind, is_one: Callable[[str], bool]) -> Finder:
    def find(alike: str) -> Iterator[Span]:
        for match in pattern.finditer(alike):
            if is_one(_digits(match[0])):
                yield Span(match.start(), match.end(), kind)

    return find


def _is_id(digits: str) -> bool:
    """18 signs, the last a check of the others (GB 11643-1999); places are not looked up."""
    return "X" not in digits[:17] and bool(ric.calc_check_digit(digits) == digits[17])


def _is_old_id(digits: str) -> bool:
    """15 digits: six for the place, six for the day of birth, three more (GB 11643-1989)."""
    month, day = int(digits[8:10]), int(digits[10:12])
    return digits[0] in "12345678" and 1 <= month <= 12 and 1 <= day <= 31


def _is_card(digits: str) -> bool:
    return 15 <= len(digits) <= 19 and luhn.is_valid(digits) and digits[:2] != "10"


def _plates(alike: str) -> Iterator[Span]:
    for match in _PLATE.finditer(alike):
        if any(sign.isdigit() for sign in match[0][2:]):
            yield Span(match.start(), match.end(), Kind.PLATE)


def _emails(alike: str) -> Iterator[Span]:
    return (Span(match.start(), match.end(), Kind.EMAIL) for match in _EMAIL.finditer(alike))


def _accounts(alike: str) -> Iterator[Span]:
    return (Span(match.start(1), match.end(1), Kind.ACCOUNT) for match in _ACCOUNT.finditer(alike))


def _any(_digits: str) -> bool:
    return True


FINDERS: tuple[Finder, ...] = (
    _numbers(_ID_18, Kind.ID_NUMBER, _is_id),
    _numbers(_ID_15, Kind.ID_NUMBER, _is_old_id),
    _numbers(_CARD, Kind.BANK_CARD, _is_card),
    _numbers(_MOBILE, Kind.PHONE, _any),
    _numbers(_LANDLINE, Kind.PHONE, _any),
    _numbers(_FOREIGN, Kind.PHONE, _any),
    _plates,
    _emails,
    _accounts,
)
