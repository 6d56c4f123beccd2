"""Readings in their plain form, `{"t": "2026-11-27T09:00:00+08:00", "v": 1.5}`, read out of one buffer.

No object is made for a message. What is not in this form (other members, escapes, more digits than a double
holds exactly) is left to the general reader: a reading that is found here is what that reader would find.
"""

import numpy as np
from numpy.typing import NDArray

from anlan.stats._compiling import compiled, inner

EXACT = 1 << 53
"""Up to here every whole number is a double."""
POWERS = 10.0 ** np.arange(23)
"""Powers of ten that are doubles: a whole number up to EXACT times or by one of them is rounded once, and
so as it should be (Clinger 1990, "How to read floating point numbers accurately", section 2)."""
DAYS_BEFORE = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], np.int64)
DAYS_IN = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


@compiled()
def read_plain(
    data: NDArray[np.uint8], spans: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.float64]]:
    """Of n payloads, bytes `spans[i, 0]` up to `spans[i, 1]` of `data`: is it plain, its time, its value.

    Times in microseconds since 1970.
    """
    count = len(spans)
    plain = np.zeros(count, np.bool_)
    at = np.zeros(count, np.int64)
    value = np.zeros(count, np.float64)
    for place in range(count):
        plain[place] = _object(data, spans[place, 0], spans[place, 1], place, at, value)
    return plain, at, value


@inner
def _object(
    data: NDArray[np.uint8],
    here: int,
    end: int,
    place: int,
    at: NDArray[np.int64],
    value: NDArray[np.float64],
) -> bool:
    """Both members, in either order, and nothing else."""
    here = _after(data, here, end, 123)  # {
    seen_t = seen_v = False
    for member in range(2):
        here = _after(data, here, end, 34)  # "
        if here < 0 or here + 1 >= end or data[here + 1] != 34:
            return False
        name = data[here]
        here = _after(data, here + 2, end, 58)  # :
        if here < 0:
            return False
        if name == 116 and not seen_t:
            here, at[place] = _time(data, _after(data, here, end, 34), end)
            seen_t = True
        elif name == 118 and not seen_v:
            here, value[place] = _number(data, _space(data, here, end), end)
            seen_v = True
        else:
            return False
        if member == 0:
            here = _after(data, here, end, 44)  # ,
    here = _after(data, here, end, 125)  # }
    return here >= 0 and _space(data, here, end) == end


@inner
def _space(data: NDArray[np.uint8], here: int, end: int) -> int:
    """Behind the white space of JSON."""
    while 0 <= here < end and (data[here] == 32 or data[here] == 10 or data[here] == 13 or data[here] == 9):
        here += 1
    return here


@inner
def _after(data: NDArray[np.uint8], here: int, end: int, wanted: int) -> int:
    """Behind white space and the character that is wanted; -1 where it does not stand."""
    here = _space(data, here, end)
    return here + 1 if 0 <= here < end and data[here] == wanted else -1


@inner
def _digit(character: int) -> int:
    return np.int64(character) - 48  # type: ignore[return-value]  # an int64 is what numba knows as int


@inner
def _digits(data: NDArray[np.uint8], here: int, count: int) -> int:
    """A number of so many digits; -1 when there are others among them."""
    found = 0
    for place in range(here, here + count):
        digit = _digit(data[place])
        if digit < 0 or digit > 9:
            return -1
        found = found * 10 + digit
    return found


@inner
def _time(data: NDArray[np.uint8], here: int, end: int) -> tuple[int, int]:
    """A moment with its zone up to its quotation mark: the place behind that, microseconds since 1970."""
    if here < 0 or here + 21 > end:
        return -1, 0
    year, month, day = _digits(data, here, 4), _digits(data, here + 5, 2), _digits(data, here + 8, 2)
    hour, minute, second = (
        _digits(data, here + 11, 2),
        _digits(data, here + 14, 2),
        _digits(data, here + 17, 2),
    )
    marks = (
        data[here + 4] == 45
        and data[here + 7] == 45
        and data[here + 10] == 84
        and data[here + 13] == 58
        and data[here + 16] == 58
    )
    if not marks or year < 1 or month < 1 or month > 12 or day < 1 or minute < 0 or second < 0:
        return -1, 0
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = DAYS_IN[month] + (1 if leap and month == 2 else 0)
    if day > longest or hour < 0 or hour > 23 or minute > 59 or second > 59:
        return -1, 0
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 - 719_162
    days += DAYS_BEFORE[month] + (1 if leap and month > 2 else 0) + day - 1
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
    here, fraction = _fraction(data, here + 19, end)
    here, ahead = _zone(data, here, end)
    if here < 0 or here >= end or data[here] != 34:
        return -1, 0
    return here + 1, (seconds - ahead) * 1_000_000 + fraction


@inner
def _fraction(data: NDArray[np.uint8], here: int, end: int) -> tuple[int, int]:
    """Behind a fraction of a second of one to six digits, and its microseconds."""
    if here >= end or data[here] != 46:
        return here, 0
    here += 1
    first, found = here, 0
    while here < end and 48 <= data[here] <= 57:
        found = found * 10 + _digit(data[here])
        here += 1
        if here - first > 6:
            return -1, 0
    if here == first:
        return -1, 0
    for _ in range(6 - (here - first)):
        found *= 10
    return here, found


@inner
def _zone(data: NDArray[np.uint8], here: int, end: int) -> tuple[int, int]:
    """Behind `Z` or `+08:00`, and its seconds ahead of UTC."""
    if here < 0 or here >= end:
        return -1, 0
    if data[here] == 90:
        return here + 1, 0
    if (data[here] != 43 and data[here] != 45) or here + 6 > end or data[here + 3] != 58:
        return -1, 0
    hours, minutes = _digits(data, here + 1, 2), _digits(data, here + 4, 2)
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return -1, 0
    ahead = hours * 3_600 + minutes * 60
    return here + 6, ahead if data[here] == 43 else -ahead


@inner
def _number(data: NDArray[np.uint8], here: int, end: int) -> tuple[int, float]:
    """Behind a number of JSON without an exponent, and the number; -1 where there is none to be sure of."""
    if here < 0 or here >= end:
        return -1, 0.0
    negative = data[here] == 45
    if negative:
        here += 1
    first, whole, after = here, 0, 0
    while here < end and 48 <= data[here] <= 57 and whole < EXACT // 10:
        whole = whole * 10 + _digit(data[here])
        here += 1
    if here == first or (data[first] == 48 and here - first > 1):
        return -1, 0.0
    if here < end and data[here] == 46:
        here += 1
        while here < end and 48 <= data[here] <= 57 and whole < EXACT // 10:
            whole = whole * 10 + _digit(data[here])
            here += 1
            after += 1
        if after == 0:
            return -1, 0.0
    if after > 22 or (here < end and (48 <= data[here] <= 57 or data[here] == 101 or data[here] == 69)):
        return -1, 0.0
    found = whole / POWERS[after]
    return here, -found if negative else found
