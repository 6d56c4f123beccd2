"""Numbers that name or reach a person: ID numbers, bank cards, telephones.

They are looked for at every place at which a number can begin, whatever stands between their digits: a number
that begins inside a date or behind a house number is found too.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type
from stdnum import luhn
from stdnum.cn import ric

from anlan.publishing.spans import BETWEEN, Finder, Kind, Span

PROVINCES = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
"""The first two digits of an ID number (GB/T 2260); 9 begins those of foreigners who may stay."""

MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")
_OTHER = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-/.年](?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"
)
"""Days, times of day and addresses of machines: with numbers beside them they can look like one number."""
_LABEL = re.compile(
    r"(?:号|码|单|编|第|#|no\.?|number|id|sn|ref\.?|code|order|case|invoice|[a-z¥$￥])[\s:：是为#.\-]{0,3}$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s{0,2}(?:[元块万亿人次个件份户吨盏米㎡%％]|平方|公里|千瓦|[a-z])", re.IGNORECASE)
_CALL = re.compile(
    r"(?:电话|手机|座机|短号|联系|致电|拨打|打给|来电|回电|tel|phone|mobile|call|contact|dial)"
    r"(?:号码|号|方式|我|他|她|number|me|at|on|is|no\.?|[\s:：是为,，.\-]){0,6}$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(r"400\d{7}|800\d{7}|1\d{2,5}|9\d{4,5}")
"""Numbers of offices and firms that anybody may read: 400, 800, 12345, 95588."""
_SEVERAL = frozenset({PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN})


def _of_digits(size: int, last: str = r"\d") -> re.Pattern[str]:
    """A number of `size` signs at each place at which one may begin, as group 1, with no digit beside it."""
    more = "{" + str(size - 2) + "}"
    return re.compile(rf"(?<!\d)(?=(\d(?:{BETWEEN}\d){more}{BETWEEN}{last})(?!\d))")


_MOBILES = [_of_digits(size) for size in (11, 13, 15)]


def _checked(sizes: range, kind: Kind, is_one: Callable[[str], bool], last: str = r"\d") -> Finder:
    """Numbers that say by themselves that they are one: by a check digit, a day of birth."""
    patterns = [_of_digits(size, last) for size in sizes]

    def find(signs: str) -> Iterator[Span]:
        for pattern in patterns:
            for match in pattern.finditer(signs):
                if is_one(bare(match[1])):
                    yield Span(*match.span(1), kind)

    return find


def _mobiles(signs: str) -> Iterator[Span]:
    for pattern in _MOBILES:
        for match in pattern.finditer(signs):
            if _is_mobile(bare(match[1])) and _is_one_number(signs, match.span(1)):
                yield Span(*match.span(1), Kind.PHONE)


def bare(number: str) -> str:
    """The digits of a number, and its X."""
    return "".join(sign for sign in number if sign.isdigit() or sign in "Xx").upper()


def _is_one_number(signs: str, span: tuple[int, int]) -> bool:
    """Is it no day or time with other numbers beside it? What has one sign in all its gaps is one number."""
    start, end = span
    if len(set(re.findall(r"(?<=\d)\D+(?=\d)", signs[start:end]))) <= 1:
        return True
    return not any(found.start() < end and start < found.end() for found in _OTHER.finditer(signs))


def is_id(digits: str) -> bool:
    """18 signs with a day of birth, and a right check sign or a place that exists (GB 11643-1999).

    A number with one wrong digit still names somebody, so one of the two is enough.
    """
    if "X" in digits[:17] or not _is_day(digits[6:14]):
        return False
    return (
        int(digits[:2]) in PROVINCES or digits[0] == "9" or bool(ric.calc_check_digit(digits) == digits[17])
    )


def is_old_id(digits: str) -> bool:
    """15 digits: six for the place, six for the day of birth, three more (GB 11643-1989)."""
    return int(digits[:2]) in PROVINCES and _is_day("19" + digits[6:12])


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year >= 1900
    except ValueError:
        return False


CARDS = {
    "62": range(16, 20),
    "4": range(16, 20, 3),
    "5": range(16, 17),
    "6": range(16, 20),
    "34": range(15, 16),
    "37": range(15, 16),
    "35": range(16, 20),
    "30": range(14, 20),
    "36": range(14, 20),
    "38": range(14, 20),
    "39": range(14, 20),
    "22": range(16, 17),
    "95": range(16, 20),
}
"""How cards begin, and how many digits those have (ISO/IEC 7812; 95 are old cards of ICBC)."""


def is_card(digits: str) -> bool:
    """14 to 19 digits by the rule of Luhn that begin as cards do."""
    sizes = CARDS.get(digits[:2]) or CARDS.get(digits[0], range(0))
    return len(digits) in sizes and bool(luhn.is_valid(digits))


def _is_mobile(digits: str) -> bool:
    """A mobile number of China, with its country's code or without."""
    return bool(MOBILE.fullmatch(digits))


@cache
def _falls_apart(digits: str) -> bool:
    """Is it nothing but mobile, ID and card numbers, one right behind the other?"""
    if not digits:
        return True
    return any(
        is_one(digits[:size]) and _falls_apart(digits[size:])
        for size, is_one in ((11, _is_mobile), (18, is_id), *((size, is_card) for size in range(16, 20)))
        if len(digits) >= size
    )


def _glued(signs: str) -> Iterator[Span]:
    """Numbers written one right behind the other."""
    for match in re.finditer(r"\d{22,200}", signs):
        if _falls_apart(match[0]):
            yield Span(*match.span(), Kind.PHONE)


_AREA_CODE = re.compile(
    rf"(?<!\d)(?=([(（]?0(?:10|2\d|[3-9]\d\d)[)）]?{BETWEEN}[2-8](?:{BETWEEN}\d){{6,7}})(?!\d))"
)
_FOREIGN = re.compile(rf"(?<!\d)(?=(\+{BETWEEN}[1-9](?:{BETWEEN}\d){{6,14}})(?!\d))")
_AMERICAN = re.compile(r"(?<!\d)(?![48]00)(\(?[2-9]\d\d\)[ .\-]?|[2-9]\d\d[.\-])[2-9]\d\d[ .\-]\d{4}(?!\d)")
_LOCAL = re.compile(r"(?<![\d.+\-/])(?=([2-8]\d{3}[ \-]?\d{4})(?![\d\-/]|\.\d))")
_CALLED = re.compile(rf"(?<!\d)\d(?:{BETWEEN}\d){{5,11}}(?!\d)")


def _phones(signs: str) -> Iterator[Span]:
    for pattern in (_AREA_CODE, _FOREIGN):
        yield from (
            Span(*match.span(1), Kind.PHONE)
            for match in pattern.finditer(signs)
            if _is_one_number(signs, match.span(1))
        )
    yield from (Span(*match.span(), Kind.PHONE) for match in _AMERICAN.finditer(signs))


def _local_phones(signs: str) -> Iterator[Span]:
    """Eight digits that are no day, have no other name before them and no unit behind them."""
    for match in _LOCAL.finditer(signs):
        start, end = match.span(1)
        named = _LABEL.search(signs[max(0, start - 12) : start]) and not _called(signs, start)
        if not (_is_day(bare(match[1])) or named or _UNIT.match(signs, end)):
            yield Span(start, end, Kind.PHONE)


def _called_phones(signs: str) -> Iterator[Span]:
    """Any number of 6 to 12 digits that somebody is told to call."""
    for match in _CALLED.finditer(signs):
        digits = bare(match[0])
        if _called(signs, match.start()) and not (_is_day(digits) or _PUBLIC.fullmatch(digits)):
            yield Span(*match.span(), Kind.PHONE)


def _called(signs: str, start: int) -> bool:
    return bool(_CALL.search(signs[max(0, start - 20) : start]))


def _known_phones(signs: str) -> Iterator[Span]:
    """What `phonenumbers` takes for a number of a person, here or abroad."""
    for found in PhoneNumberMatcher(signs, "CN", leniency=Leniency.VALID):
        begins = found.raw_string.lstrip("(").startswith(("+", "0"))
        if (
            begins
            and number_type(found.number) not in _SEVERAL
            and _is_one_number(signs, (found.start, found.end))
        ):
            yield Span(found.start, found.end, Kind.PHONE)


FINDERS: tuple[Finder, ...] = (
    _checked(range(18, 19), Kind.ID_NUMBER, is_id, last=r"[\dXx]"),
    _checked(range(15, 16), Kind.ID_NUMBER, is_old_id),
    _checked(range(14, 20), Kind.BANK_CARD, is_card),
    _mobiles,
    _glued,
    _phones,
    _local_phones,
    _called_phones,
    _known_phones,
)
