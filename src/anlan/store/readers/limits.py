"""The time limits of a case: its category's own, in the city's calendar."""

from django.conf import settings

from anlan.cases import announced_days, deadlines
from anlan.cases.calendars import WorkCalendar
from anlan.cases.deadlines import Terms
from anlan.store.models import Category, StageLimit


def city_calendar() -> WorkCalendar:
    """The working time of the city, on its own clock."""
    return announced_days.calendar(settings.ANLAN_CALENDAR, settings.TIME_ZONE)


def terms_for(category: Category, severity: str) -> Terms:
    """What holds for a case of this category and severity; one query."""
    return deadlines.terms(category, limits_of(category), severity, city_calendar())


def limits_of(category: Category) -> list[StageLimit]:
    """The limits of a category, by stage and severity."""
    return list(StageLimit.objects.filter(category=category).order_by("stage", "severity"))
