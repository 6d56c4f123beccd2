"""Why a limit, a moment or a calendar was refused, in a sentence that says what would be right."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TIME_REFUSALS: dict[str, Promise] = {
    "moment_unreadable": _(
        "“%(text)s” is not a date and time with its zone: write it as 2026-02-13T16:30+08:00."
    ),
    "zone_missing": _("“%(at)s” does not say its time zone: write it as 2026-02-13T16:30+08:00."),
    "zone_unknown": _("There is no time zone “%(zone)s”: write it as Asia/Shanghai."),
    "limit_unreadable": _(
        "“%(text)s” is not a limit: write a whole number and one of emergency hours, working hours, "
        "working days, days, such as “2 working days”."
    ),
    "limit_not_whole": _("“%(text)s”: limits are whole numbers, such as “2 working days”."),
    "limit_out_of_range": _("A limit is 0 to %(most)s, not %(amount)s."),
    "pause_unreadable": _(
        "“%(text)s” is not a pause: write FROM/TO, such as 2026-02-13T09:00+08:00/2026-02-14T09:00+08:00."
    ),
    "pause_backwards": _("The pause ends at %(ends)s, before it begins at %(begins)s."),
    "beyond_calendar": _("Deadlines are reckoned for the years %(first)s to %(last)s."),
    "calendar_unknown": _(
        "There is no calendar “%(calendar)s”: give cn, cn-summer, or the code of a country such as de or us."
    ),
    "windows_unreadable": _("“%(text)s” are no working hours: write them as 08:30-12:00, 14:00-17:30."),
    "window_backwards": _("%(window)s ends before it begins."),
    "windows_overlap": _("The working hours %(one)s and %(other)s overlap. Make them one, or part them."),
    "season_unreadable": _("“%(text)s” is not a season: write it as 06-01/09-30=08:30-12:00,14:30-18:00."),
    "seasons_overlap": _("Two seasons have the day %(day)s. Let one end before the other begins."),
    "versions_overlap": _(
        "Two versions begin on one day (%(day)s). Give one another day, or change the one that is there."
    ),
    "nothing_worked": _("A calendar needs working hours and at least one working day a week."),
}
