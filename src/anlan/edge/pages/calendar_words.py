"""A calendar in words: its hours and seasons, its special days in rows, and what a preview found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.cases.calendars import Day, DayKind, Season, Version, Window, WorkCalendar, window_text
from anlan.edge.pages.rule_words import DAYS

DAY_KINDS: Mapping[str, Promise] = {
    DayKind.HOLIDAY: _("holiday"),
    DayKind.MAKE_UP: _("make-up workday"),
    DayKind.WORKDAY: _("workday"),
    DayKind.REST: _("day of rest"),
}


@dataclass(frozen=True)
class DayRow:
    """Days in a row of which the same is said; `hours` is "" where they are not worked."""

    first: date
    last: date
    kind: str
    name: str
    hours: str

    @property
    def words(self) -> str:
        """When: one day with its weekday, or the first and the last."""
        if self.first == self.last:
            return day_words(self.first)
        return f"{day_words(self.first)} – {day_words(self.last)}"


def day_words(day: date) -> str:
    """A day as "2027-02-05 Friday" in the language of the page."""
    return f"{day.isoformat()} {DAYS[day.weekday()]}"


def week_words(week: Iterable[int]) -> str:
    """The days of the week that are worked."""
    return gettext(", ").join(str(DAYS[day]) for day in sorted(week))


def hours_words(windows: Iterable[Window]) -> str:
    """Hours of work, with the sign that the language puts between things in a row; "" for none."""
    return gettext(", ").join(window_text(window) for window in windows)


def table_of(version: Version) -> dict[str, Any]:
    """A version for the template calendar_table.html."""
    return {
        "week": week_words(version.week),
        "hours": hours_words(version.windows),
        "seasons": [season_words(each) for each in version.seasons],
        "rows": rows_of(version.own_days),
        "years": sorted(version.years),
    }


def season_words(season: Season) -> str:
    """A season and its hours."""
    (a, b), (c, d) = season.first, season.last
    facts = {"first": f"{a:02}-{b:02}", "last": f"{c:02}-{d:02}", "hours": hours_words(season.windows)}
    return gettext("%(first)s to %(last)s: %(hours)s") % facts


def rows_of(days: Mapping[date, Day]) -> list[DayRow]:
    """Days that somebody decided about, those in a row of which the same is said together."""
    found = sorted(days.items())
    runs = groupby(enumerate(found), lambda each: (each[1][0].toordinal() - each[0], each[1][1]))
    return [_row([pair for _, pair in run]) for _, run in runs]


def _row(run: Sequence[tuple[date, Day]]) -> DayRow:
    (first, day), (last, _) = run[0], run[-1]
    hours = hours_words(day.windows or ()) if day.kind != DayKind.HOLIDAY else ""
    return DayRow(first, last, str(DAY_KINDS[day.kind]), day.name, hours)


def special_days(found: WorkCalendar, first: date, count: int) -> list[DayRow]:
    """The holidays, make-up workdays and days with hours of their own among the next `count` days."""
    days = [first + timedelta(days=n) for n in range(count)]
    said = {day: found.version_on(day).day(day) for day in days}
    plain = (DayKind.REST, DayKind.WORKDAY)
    return rows_of({day: each for day, each in said.items() if each.kind not in plain or each.windows})


def assumed_years(found: WorkCalendar, first: int, count: int = 3) -> list[int]:
    """The years, from one on, whose holidays nobody announced."""
    return [year for year in range(first, first + count) if found.is_assumed(year)]


def preview_words(preview: Mapping[str, Any], seen: Mapping[int, Any]) -> dict[str, Any]:
    """What `try_draft` kept, for the page of the draft; `seen` are the cases that the person may see."""
    return {
        "from_day": date.fromisoformat(preview["from_day"]),
        "days": [_change_words(*each) for each in preview["days"]],
        **{name: preview["ends"][name] for name in ("of", "looked_at", "later", "earlier")},
        "cases": [
            {"case": seen[pk], "before": datetime.fromisoformat(was), "after": datetime.fromisoformat(now)}
            for pk, was, now in preview["ends"]["cases"]
            if pk in seen
        ],
    }


def _change_words(day: str, before: str, after: str, name: str, was: str, now: str) -> dict[str, Any]:
    return {
        "day": day_words(date.fromisoformat(day)),
        "before": DAY_KINDS[before],
        "after": DAY_KINDS[after],
        "name": name,
        "hours_before": was,
        "hours_after": now,
    }
