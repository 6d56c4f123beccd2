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
        "There is no calendar “%(calendar)s”: give cn, cn-summer, the code of a country such as de or us, or "
        "city for the calendar of this installation."
    ),
    "no_city": _(
        "There is no city in %(folder)s, so it has no calendar: set ANLAN_HOME to the folder of one, or give "
        "a country's calendar, such as cn."
    ),
    "windows_unreadable": _("“%(text)s” are no working hours: write them as 08:30-12:00, 14:00-17:30."),
    "window_backwards": _("%(window)s ends before it begins."),
    "windows_overlap": _("The working hours %(one)s and %(other)s overlap. Make them one, or part them."),
    "season_unreadable": _("“%(text)s” is not a season: write it as 06-01/09-30=08:30-12:00,14:30-18:00."),
    "seasons_overlap": _("Two seasons have the day %(day)s. Let one end before the other begins."),
    "versions_overlap": _(
        "Two versions begin on one day (%(day)s). Give one another day, or change the one that is there."
    ),
    "season_without_hours": _("A season needs working hours. Take the season out, or give it some."),
    "days_backwards": _("The last day, %(last)s, lies before the first, %(first)s."),
    "days_too_many": _("At most %(most)s days at once. Take fewer, or make it a season."),
    "day_named_twice": _(
        "%(day)s is in the table already (%(name)s). Take that day out first if it is to be another."
    ),
    "make_up_is_worked": _(
        "%(day)s is a workday anyhow, so it makes up for nothing. Correct the date, or say that it is a "
        "workday with hours of its own."
    ),
    "own_day_before": _(
        "%(day)s (%(name)s) lies before %(begins)s, from when on the calendar would hold, and the past stays "
        "as it was. Choose an earlier day of effect, or take that day out."
    ),
    "calendar_day_past": _("A calendar comes into force today (%(today)s) or later."),
    "calendar_follows": _(
        "Version %(number)s holds from %(day)s on, and the two would contradict. Choose a later day, or "
        "withdraw that version first and put what it says into this draft."
    ),
    "calendar_same": _("Nothing would change from that day on. Change the draft first."),
    "calendar_not_tried": _("Look at what would change from this day on first, in the draft as it stands."),
    "calendar_begun": _(
        "This version has begun, and the past stays. Put a new version in force to change what comes."
    ),
    "calendar_withdrawn": _("This version was withdrawn already."),
    "year_unlikely": _("Years are %(first)s to %(last)s."),
    "nothing_worked": _("A calendar needs working hours and at least one working day a week."),
}
