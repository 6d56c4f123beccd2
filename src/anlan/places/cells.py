"""Reading one cell of a table about places."""

import math
from datetime import date

from anlan.base.tables import N_, Complaints
from anlan.places.coordinates import point_to_wgs84
from anlan.places.terms import Crs

LIMITS = {"lng": 180.0, "lat": 90.0}
EXCHANGED = N_("degrees from -%(limit)g to %(limit)g; longitude and latitude look exchanged")


class Cells:
    """The cells of one row; each reader says what is wrong and goes on with None."""

    def __init__(self, file: str, row: int, record: dict[str, str], complaints: Complaints) -> None:
        self.file = file
        self.row = row
        self.record = record
        self.complaints = complaints

    def wrong(self, column: str, right: str, **facts: object) -> None:
        """Say that a cell is wrong."""
        self.complaints.say(self.file, self.row, column, self.record.get(column, ""), right, **facts)

    def text(self, column: str, longest: int) -> str | None:
        """Text, or None for an empty cell."""
        text = self.record.get(column, "")
        if "\x00" in text:
            self.wrong(column, N_("text without the sign NUL"))
            return None
        if len(text) > longest:
            self.wrong(column, N_("at most %(longest)s characters"), longest=longest)
            return None
        return text or None

    def day(self, column: str) -> date | None:
        """A date, or None for an empty cell."""
        text = self.record.get(column, "")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(column, N_("a day such as 2026-11-02"))
            return None

    def number(self, column: str) -> float | None:
        """A finite number, or None for an empty cell."""
        text = self.record.get(column, "")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.wrong(column, N_("a number such as 12.5"))
            return None
        return number

    def point(self, lng: str, lat: str, crs: Crs) -> tuple[float, float] | None:
        """A point in WGS-84, or None when both cells are empty."""
        x, y = self.number(lng), self.number(lat)
        if x is not None and y is not None and abs(x) <= LIMITS["lat"] < abs(y) <= LIMITS["lng"]:
            self.wrong(lat, EXCHANGED, limit=LIMITS["lat"])
            return None
        x, y = self._degrees(lng, x, LIMITS["lng"]), self._degrees(lat, y, LIMITS["lat"])
        if x is not None and y is not None:
            return point_to_wgs84(x, y, crs)
        if (self.record.get(lng, "") == "") != (self.record.get(lat, "") == ""):
            self.wrong(
                lng if self.record.get(lng, "") == "" else lat, N_("both longitude and latitude, or none")
            )
        return None

    def _degrees(self, column: str, number: float | None, limit: float) -> float | None:
        if number is not None and abs(number) > limit:
            self.wrong(column, N_("degrees from -%(limit)g to %(limit)g"), limit=limit)
            return None
        return number
