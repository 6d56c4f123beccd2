"""/manage/areas/: areas between two imports."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages import labels
from anlan.edge.pages.manage import ACTIVE_STATES, Change, Row, answer, list_page, managing, wanted_of
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import manage_areas as flows
from anlan.staff.terms import Action
from anlan.store.readers.managed import touched_by_ending_area
from anlan.store.readers.managed_lists import areas, history_of, one_area
from anlan.store.readers.staff import Acting

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AreaForm(forms.Form):
    """What an area is called."""

    name = name_field(_("Name"), longest=100)
    kind = forms.CharField(
        label=_("Kind as published"), help_text=_("Such as 街道, 镇, 村, 社区"), max_length=24, required=False
    )


class NewAreaForm(AreaForm):
    """A new area; its code says where it lies."""

    field_order = ("code", "name", "kind", "valid_from")
    code = forms.CharField(
        label=_("Official code"),
        help_text=_("6, 9 or 12 digits; it begins with the code of the area it lies in"),
        max_length=12,
    )
    valid_from = forms.DateField(label=_("In use from"), required=False, widget=DAY)


class EndForm(forms.Form):
    """When an area ends, and what follows it."""

    valid_to = forms.DateField(
        label=_("Last day"),
        help_text=_("It is in use through this day. A day that is over ends it at once."),
        widget=DAY,
    )

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor_code"] = area_field(acting, Action.MANAGE_AREAS, required=False)
        self.fields["successor_code"].label = _("Area that follows it")


@managing(Action.MANAGE_AREAS)
def all_areas(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of areas, in the order of their tree."""
    wanted = wanted_of(request.GET)
    found = areas(acting, wanted)
    rows = [
        Row(
            reverse("manage_area", args=[area.code]),
            [
                area.name,
                area.code,
                labels.LEVELS[area.level],
                area.parent.name if area.parent else "",
                ACTIVE_STATES["active" if area.in_use else "closed"],
            ],
            off=not area.in_use,
        )
        for area in found.rows
    ]
    columns = [gettext(word) for word in ("Name", "Code", "Level", "Lies in", "State")]
    return list_page(
        request,
        wanted=wanted,
        title=gettext("Area tree"),
        columns=columns,
        rows=rows,
        total=found.total,
        next_after=found.next_after,
        first=found.first,
        kinds=(gettext("Level"), labels.options(labels.LEVELS)),
        states=ACTIVE_STATES,
        add=(reverse("manage_area_add"), gettext("Add an area")),
    )


@managing(Action.MANAGE_AREAS)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """One area: facts and history."""
    area = one_area(acting, code)
    links = [(reverse("manage_area_change", args=[code]), gettext("Change"))]
    if area.in_use:
        links.append((reverse("manage_area_end", args=[code]), gettext("End the area")))
    facts = {
        "title": area.name,
        "subtitle": ACTIVE_STATES["active" if area.in_use else "closed"],
        "facts": [
            (gettext("Code"), area.code),
            (gettext("Level"), labels.LEVELS[area.level]),
            (gettext("Kind as published"), area.kind),
            (gettext("Lies in"), area.parent.name if area.parent else ""),
            (gettext("In use from"), area.valid_from),
            (gettext("Last day"), area.valid_to),
            (gettext("Area that follows it"), area.successor.name if area.successor else ""),
        ],
        "links": links,
        "events": in_words(history_of(f"area:{code}"), with_subject=False),
    }
    return render(request, "manage/subject.html", facts)


@managing(Action.MANAGE_AREAS)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add an area."""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.add_area(acting_user=acting, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("Add an area"),
            button=gettext("Add"),
            back=reverse("manage_areas"),
            form=NewAreaForm(request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_AREAS)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Rename an area."""
    area = one_area(acting, code)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_area(acting_user=acting, code=code, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": area.name},
            button=gettext("Save"),
            back=reverse("manage_area", args=[code]),
            form=AreaForm(request.POST or None, initial={"name": area.name, "kind": area.kind}),
            act=act,
        ),
    )


@managing(Action.MANAGE_AREAS)
def end(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """End an area; another goes on in its place."""
    area = one_area(acting, code)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.end_area(acting_user=acting, code=code, seen=seen, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("End %(name)s") % {"name": area.name},
            button=gettext("End the area"),
            back=reverse("manage_area", args=[code]),
            form=EndForm(acting, request.POST or None),
            act=act,
            touched=lambda _typed: touched_by_ending_area(area),
        ),
    )
