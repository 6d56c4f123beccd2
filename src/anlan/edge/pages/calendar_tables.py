"""The days of the city's calendar as a table: brought into the draft, and given out."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.base.tables import Complaints
from anlan.cases.calendars import Day, Version
from anlan.cases.day_tables import COLUMNS, read_days, rows
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_calendar import draft_of
from anlan.edge.pages.table_upload import read_upload, table_answer, table_field
from anlan.flows import manage_calendar as flows
from anlan.staff.terms import Action
from anlan.store.readers import calendars
from anlan.store.readers.staff import Acting


class TableForm(forms.Form):
    """A table of days as a file."""

    table = table_field(
        _(
            "With the columns date, kind (holiday, workday or make_up), name and, if you like, hours. It "
            "replaces the days of the draft; nothing holds before the draft is in force."
        )
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    days: dict[date, Day]

    def __init__(self, draft: Version, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft

    def clean(self) -> None:
        """Read the table; every bad cell is said with its row and column."""
        read_upload(self, "table", self.read)

    def read(self, file: str, lines: Iterable[str], complaints: Complaints) -> None:
        """The days of the table, against what they are by the week and the country."""
        self.days = read_days(file, lines, lambda day: self.draft.day_without_own(day).kind, complaints)


@managing(Action.MANAGE_CALENDAR)
def bring(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Replace the draft's days by a table; what became of them is said, and the draft shows them."""
    found = draft_of(acting)
    draft = calendars.draft_over_country(found)
    form = TableForm(draft, request.POST or None, request.FILES or None, initial={"revision": found.revision})

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        call = {"revision": typed["revision"], "now": timezone.now()}
        flows.replace_days(acting_user=acting, days=form.days, **call)
        messages.success(request, _became(draft.own_days, form.days))
        return redirect("manage_calendar_draft")

    title, back = gettext("Bring in a table of days"), reverse("manage_calendar_draft")
    return answer(request, Change(title=title, button=gettext("Bring in"), back=back, form=form, act=act))


@managing(Action.MANAGE_CALENDAR)
@require_safe
def draft_table(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The draft's days for a spreadsheet."""
    found = draft_of(acting)
    return _table(f"calendar-draft-{found.number}.csv", calendars.version_of(found))


@managing(Action.VIEW_CALENDAR)
@require_safe
def version_table(request: HttpRequest, acting: Acting, number: int) -> HttpResponse:
    """The days of a version for a spreadsheet."""
    return _table(f"calendar-{number}.csv", calendars.version_of(calendars.one_version(number)))


def _table(name: str, version: Version) -> HttpResponse:
    return table_answer(name, COLUMNS, rows(version.own_days))


def _became(before: Mapping[date, Day], after: Mapping[date, Day]) -> str:
    facts = {
        "total": len(after),
        "added": len(after.keys() - before.keys()),
        "changed": sum(before[day] != after[day] for day in after.keys() & before.keys()),
        "gone": len(before.keys() - after.keys()),
    }
    return gettext("%(total)s days of the table: %(added)s new, %(changed)s changed, %(gone)s gone.") % facts
