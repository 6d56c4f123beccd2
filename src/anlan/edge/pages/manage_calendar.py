"""/manage/calendar/: what is worked, by whose word, and the draft on its way to being in force."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.calendar_changes import OWN_KINDS, hours_text
from anlan.cases.calendars import Day, DayKind, Version, read_season, read_windows, season_text
from anlan.edge.pages import calendar_words
from anlan.edge.pages.calendar_words import DAY_KINDS, preview_words, special_days, table_of
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.rule_words import DAYS
from anlan.flows import manage_calendar as flows
from anlan.staff.terms import Action
from anlan.store.readers import calendars
from anlan.store.readers.rule_checks import cases_of_move
from anlan.store.readers.staff import Acting

AHEAD = 400
"""Days that the overview looks ahead."""


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, help_text=help_text)


class DaysForm(forms.Form):
    """Days, and what they are."""

    first = day_field(_("First day"))
    last = day_field(_("Last day"), required=False, help_text=_("Empty for one day."))
    kind = forms.ChoiceField(
        label=_("What they are"), choices=lambda: [(kind, DAY_KINDS[kind]) for kind in OWN_KINDS]
    )
    name = forms.CharField(label=_("Called"), max_length=40, required=False)
    hours = forms.CharField(
        label=_("Hours of their own"),
        max_length=200,
        required=False,
        help_text=_("Such as 08:30-12:00, 14:00-17:30. Empty for the usual ones. A holiday has none."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    day: Day

    def clean(self) -> None:
        """Read the hours; what cannot be read stands at its field."""
        typed = self.cleaned_data
        typed["last"] = typed.get("last") or typed.get("first")
        hours, kind = typed.pop("hours", ""), typed.pop("kind", "")
        try:
            windows = read_windows(hours) if hours and kind != DayKind.HOLIDAY else None
        except Refused as refusal:
            self.add_error("hours", refusal_text(refusal))
            return
        if kind:
            self.day = Day(DayKind(kind), typed.pop("name", "").strip(), windows)


class HoursForm(forms.Form):
    """When is worked."""

    week = forms.MultipleChoiceField(
        label=_("Worked on"),
        choices=lambda: [(str(n), day) for n, day in enumerate(DAYS)],
        widget=forms.CheckboxSelectMultiple,
    )
    windows = forms.CharField(
        label=_("Working hours"), max_length=200, help_text=_("Such as 08:30-12:00, 14:00-17:30")
    )
    seasons = forms.CharField(
        label=_("Seasons with hours of their own"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line, such as 06-01/09-30=08:30-12:00,14:30-18:00"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> None:
        """Read hours and seasons; what cannot be read stands at its field."""
        typed = self.cleaned_data
        readers: dict[str, Callable[[str], object]] = {
            "windows": read_windows,
            "seasons": lambda text: [read_season(line) for line in text.splitlines() if line.strip()],
            "week": lambda days: [int(day) for day in days],
        }
        for name, read in readers.items():
            try:
                typed[name] = read(typed[name]) if name in typed else None
            except Refused as refusal:
                self.add_error(name, refusal_text(refusal))


class YearsForm(forms.Form):
    """Of which years all days are in the table."""

    years = forms.TypedMultipleChoiceField(
        label=_("All days of these years are announced and in the table"),
        choices=lambda: [(year, year) for year in range(timezone.localdate().year, _last_year() + 1)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class TryForm(forms.Form):
    """From which day on."""

    from_day = day_field(_("In force from"), help_text=_("Today or later. What lies before stays as it was."))
    revision = forms.IntegerField(widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """Why, for the history of the calendar and of each case that moves."""

    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("Such as the number of the notice. Each case whose end moves says it."),
    )


def _may_name(acting: Acting) -> bool:
    """Others read which role changed the calendar, not which account."""
    return acting.may_in_whole_city(Action.MANAGE_CALENDAR) or acting.may_in_whole_city(Action.VIEW_AUDIT)


def _last_year() -> int:
    return timezone.localdate().year + 3


@managing(Action.VIEW_CALENDAR)
@require_safe
def overview(request: HttpRequest, acting: Acting) -> HttpResponse:
    """What is worked today and what comes, the versions, and how far the last change is."""
    today, found = timezone.localdate(), calendars.calendar_in_force()
    facts = {
        "table": table_of(found.version_on(today)),
        "rows": special_days(found, today, AHEAD),
        "assumed": calendar_words.assumed_years(found, today.year),
        "versions": calendars.versions(),
        "runs": calendars.runs(),
        "draft": calendars.draft(),
        "may_draft": acting.may_in_whole_city(Action.MANAGE_CALENDAR),
        "may_name": _may_name(acting),
    }
    return render(request, "manage/calendar.html", facts)


@managing(Action.VIEW_CALENDAR)
@require_safe
def version(request: HttpRequest, acting: Acting, number: int) -> HttpResponse:
    """One version of the city as it was put in force."""
    found = calendars.one_version(number)
    begins = found.in_force_from or date.min
    facts = {
        "version": found,
        "table": table_of(calendars.version_of(found)),
        "may_name": _may_name(acting),
        "may_withdraw": found.withdrawn_at is None
        and begins > timezone.localdate()
        and acting.may_in_whole_city(Action.MANAGE_CALENDAR),
    }
    return render(request, "manage/calendar_version.html", facts)


@managing(Action.MANAGE_CALENDAR)
def withdraw(request: HttpRequest, acting: Acting, number: int) -> HttpResponse:
    """Take back a version that has not begun."""
    if not acting.may_in_whole_city(Action.MANAGE_CALENDAR):
        raise NotFound
    calendars.one_version(number)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.withdraw_version(acting_user=acting, number=number, now=timezone.now(), **typed)

    title = gettext("Withdraw version %(number)s") % {"number": number}
    back = reverse("manage_calendar_version", args=[number])
    form = WhyForm(request.POST or None)
    return answer(request, Change(title=title, button=gettext("Withdraw"), back=back, form=form, act=act))


@managing(Action.MANAGE_CALENDAR)
@require_POST
def begin(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Begin a draft."""
    try:
        flows.begin_draft(acting_user=acting, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("manage_calendar_draft")


@managing(Action.MANAGE_CALENDAR)
@require_safe
def draft(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The draft: its table, what it would change, and how it goes on."""
    found = draft_of(acting)
    preview = found.preview or {}
    facts = {
        "draft": found,
        "table": table_of(calendars.version_of(found)),
        "tried": preview.get("revision") == found.revision,
        "preview": preview_words(preview, _seen(acting, preview)) if preview else None,
    }
    return render(request, "manage/calendar_draft.html", facts)


@managing(Action.MANAGE_CALENDAR)
@require_POST
def take_back(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Take days out of the draft again."""
    try:
        days = {name: date.fromisoformat(request.POST.get(name, "")) for name in ("first", "last")}
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        raise NotFound from None
    try:
        flows.take_back_days(acting_user=acting, revision=revision, now=timezone.now(), **days)
    except Conflict:
        messages.error(request, gettext("Somebody changed the draft meanwhile. Look at it as it stands now."))
    return redirect("manage_calendar_draft")


@managing(Action.MANAGE_CALENDAR)
def days(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Name days in the draft."""
    found = draft_of(acting)
    form = DaysForm(request.POST or None, initial={"revision": found.revision})

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.name_days(acting_user=acting, day=form.day, now=timezone.now(), **typed)

    return _draft_change(request, gettext("Name days"), gettext("Put into the draft"), form, act)


@managing(Action.MANAGE_CALENDAR)
def hours(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Change working hours, seasons and the week in the draft."""
    found = draft_of(acting)
    form = HoursForm(request.POST or None, initial=_typed_hours(calendars.version_of(found), found.revision))

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.set_hours(acting_user=acting, now=timezone.now(), **typed)

    return _draft_change(request, gettext("Working hours"), gettext("Put into the draft"), form, act)


@managing(Action.MANAGE_CALENDAR)
def years(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Say of which years the draft has all days."""
    found = draft_of(acting)
    initial = {"revision": found.revision, "years": found.content["years"]}
    form = YearsForm(request.POST or None, initial=initial)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.announce_years(acting_user=acting, now=timezone.now(), **typed)

    return _draft_change(request, gettext("Announced years"), gettext("Put into the draft"), form, act)


@managing(Action.MANAGE_CALENDAR)
def try_it(request: HttpRequest, acting: Acting) -> HttpResponse:
    """See what would change from a day on."""
    found = draft_of(acting)
    initial = {"from_day": timezone.localdate(), "revision": found.revision}
    form = TryForm(request.POST or None, initial=initial)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.try_draft(acting_user=acting, now=timezone.now(), **typed)
        return redirect("manage_calendar_draft")

    return _draft_change(request, gettext("See what would change"), gettext("Look"), form, act)


@managing(Action.MANAGE_CALENDAR)
def put_in_force(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Put the draft in force from the day that was looked at."""
    found = draft_of(acting)
    if not found.preview:
        messages.error(request, refusal_text(Refused("calendar_not_tried")))
        return redirect("manage_calendar_draft")
    from_day = date.fromisoformat(found.preview["from_day"])

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.put_in_force(
            acting_user=acting, revision=found.revision, from_day=from_day, now=timezone.now(), **typed
        )
        messages.success(
            request, gettext("Put in force. The ends of open cases follow within minutes; closed cases stay.")
        )
        return redirect("manage_calendar")

    title = gettext("Put in force from %(day)s") % {"day": calendar_words.day_words(from_day)}
    return _draft_change(request, title, gettext("Put in force"), WhyForm(request.POST or None), act)


@managing(Action.MANAGE_CALENDAR)
def drop(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Throw the draft away."""
    found = draft_of(acting)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.drop_draft(acting_user=acting, revision=found.revision, now=timezone.now())
        return redirect("manage_calendar")

    title = gettext("Throw the draft away")
    return _draft_change(request, title, title, forms.Form(), act)


def _draft_change(
    request: HttpRequest, title: str, button: str, form: forms.Form, act: Callable[..., HttpResponse | None]
) -> HttpResponse:
    back = reverse("manage_calendar_draft")
    return answer(request, Change(title=title, button=button, back=back, form=form, act=act))


def _typed_hours(version: Version, revision: int) -> dict[str, Any]:
    """Hours as the form holds them."""
    return {
        "week": [str(day) for day in sorted(version.week)],
        "windows": hours_text(version.windows),
        "seasons": "\n".join(season_text(each) for each in version.seasons),
        "revision": revision,
    }


def _seen(acting: Acting, preview: Mapping[str, Any]) -> dict[int, object]:
    """The cases that a preview names, those that this person may see."""
    ids = [pk for pk, _before, _after in preview["ends"]["cases"]]
    return {case.pk: case for case in cases_of_move(acting, ids)}


def draft_of(acting: Acting) -> calendars.KeptVersion:
    """The draft, for the administrator of the city. Raises NotFound."""
    found = calendars.draft()
    if found is None or not acting.may_in_whole_city(Action.MANAGE_CALENDAR):
        raise NotFound
    return found
