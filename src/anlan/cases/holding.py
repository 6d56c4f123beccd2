"""Which reports of residents wait for a person first: what looks like a machine, never what looks urgent.

Nothing here loses a report. One that is held gets its receipt like any other; a person lets it in or sets it
aside, and several that look alike are one decision.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST_TOLD_APART = 12
"""Letters of words that many people would not write alike by chance; shorter ones count with their place."""

SAME_WORDS = 10
"""Reports with the same words within a day; the next one waits."""

SAME_PLACE = 20
"""Reports of one place within an hour: a burst main is told by many. The next one waits, and all that wait
are one decision."""

DAY = timedelta(days=1)

_TOP = "com|cn|net|org|top|xyz|vip|cc|io|me|info|site|shop|club|online|app|link|live|ru|tk|hk|tw|biz|icu|fun"
_LINK = re.compile(
    rf"(?:https?:)?//([\w.-]+)|\bwww\.([\w.-]+)|(?<![\w@.])((?:[a-z0-9-]+\.)+(?:{_TOP}))(?![\w.-])",
    re.IGNORECASE | re.ASCII,
)


class HeldFor(StrEnum):
    """Why a report waits; the first that holds names the group in which it is decided."""

    SAME_WORDS = "same_words"  # a flood of one text
    SAME_PLACE = "same_place"  # a flood of one place
    LINK = "link"  # in the words of somebody who has no receipt yet
    POT = "pot"  # the field that people neither see nor hear was filled in
    PACE = "pace"  # more from this network than its quota
    UNCLEAR = "unclear"  # a mail from which it is not clear which kind of hazard it is, or where


class Decision(StrEnum):
    """What a person decided on a report that waited."""

    LET_IN = "let_in"  # a case of its own
    LET_IN_TOGETHER = "let_in_together"  # one case of the whole group
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Quota:
    """Reports of one network that go to the desk at once, in an hour and in a day."""

    in_hour: int
    in_day: int

    def is_over(self, counted: "Counted") -> bool:
        """Is the next report one too many?"""
        return counted.in_hour >= self.in_hour or counted.in_day >= self.in_day


@dataclass(frozen=True)
class Counted:
    """How many of a kind came before, in the same hour and in the last day."""

    in_hour: int = 0
    in_day: int = 0


@dataclass(frozen=True)
class Signs:
    """What is known of a report when it comes: of the form, of its network, of those like it."""

    pot_filled: bool = False
    has_link: bool = False
    is_urgent: bool = False
    over_quota: bool = False
    same_words: Counted = Counted()
    same_place: Counted = Counted()
    is_unclear: bool = False


def held_for(signs: Signs) -> tuple[HeldFor, ...]:
    """Why this report waits for a person, the reason that groups it first; () goes to the desk at once.

    Words that sound as if somebody were in danger wait for no sign but a flood of themselves, and where a
    person must say first which desk they are for.
    """
    floods = {
        HeldFor.SAME_WORDS: signs.same_words.in_day >= SAME_WORDS,
        HeldFor.SAME_PLACE: signs.same_place.in_hour >= SAME_PLACE,
    }
    others = {
        HeldFor.LINK: signs.has_link,
        HeldFor.POT: signs.pot_filled,
        HeldFor.PACE: signs.over_quota,
    }
    looked_at = (floods if signs.is_urgent else floods | others) | {HeldFor.UNCLEAR: signs.is_unclear}
    return tuple(why for why, holds in looked_at.items() if holds)


def too_quick(drawn_at: datetime | None, now: datetime, quickest: timedelta) -> bool:
    """Was the form sent sooner than a person can fill it in, or by somebody who was never shown it?

    `drawn_at` is when it was first shown, None when the form does not prove that. Such a form comes back with
    all that is in it, and is taken when it is sent once more.
    """
    if not quickest:
        return False
    return drawn_at is None or not quickest <= now - drawn_at <= DAY


def hosts_in(words: str) -> tuple[str, ...]:
    """The hosts that links in the words lead to, in their order, small and without "www."."""
    found = (next(filter(None, match.groups())) for match in _LINK.finditer(words))
    return tuple(host.lower().strip(".").removeprefix("www.") for host in found)


def alike(words: str) -> str:
    """What two texts have in common that say the same: their letters and digits, small, of one width."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", words).lower() if sign.isalnum())


def text_of(words: str, place: str) -> str:
    """What stands for a text when floods are counted: short ones count with their place."""
    letters = alike(words)
    return letters if len(letters) >= SHORTEST_TOLD_APART else f"{letters} {place}"


def place_of(area_code: str, address: str, lng: float | None, lat: float | None) -> str:
    """What stands for a place when floods are counted; "" where only the area is known.

    A point (degrees, WGS-84) counts with those in the same 0.001 degrees, about 100 m.
    """
    if lng is not None and lat is not None:
        return f"{lng:.3f} {lat:.3f}"
    where = alike(address)
    return f"{area_code} {where}" if where else ""
