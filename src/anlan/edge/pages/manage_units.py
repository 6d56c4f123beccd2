"""/manage/units/: the tree of units."""

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
from anlan.edge.pages.manage_fields import any_unit_field, area_field, unit_field
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field, unit_code_field
from anlan.flows import manage_units as flows
from anlan.staff.terms import Action
from anlan.store.readers.managed import touched_by_closing_unit, touched_by_moving_unit
from anlan.store.readers.managed_lists import history_of, one_unit, units
from anlan.store.readers.staff import Acting


class UnitForm(forms.Form):
    """What may be said of a unit."""

    name = name_field(_("Name"), longest=100)
    kind = forms.ChoiceField(label=_("Kind of unit"), choices=lambda: labels.options(labels.UNIT_KINDS))
    email = forms.EmailField(label=_("E-mail address of its desk"), required=False)
    phone = forms.CharField(label=_("Telephone of its desk"), max_length=32, required=False)


class PlaceForm(forms.Form):
    """Where a unit stands."""

    def __init__(self, acting: Acting, *args: Any, above: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Its name or its code; empty for none, which takes an administrator of the city")
        parent = unit_field(acting, Action.MANAGE_UNITS, above, required=False, help_text=hint)
        parent.label = _("Unit above it")
        self.fields |= {"parent_code": parent, "area_code": area_field(acting, Action.MANAGE_UNITS)}
        self.order_fields(self.field_order)


class NewUnitForm(PlaceForm, UnitForm):
    """A new unit."""

    field_order = ("name", "code", "kind", "parent_code", "area_code")
    code = unit_code_field()


class CloseForm(forms.Form):
    """Who goes on with the work of a unit."""

    successor_code = any_unit_field(
        _("Unit that follows"),
        help_text=_("Gets its open cases and tasks, sites and duties; empty if it has none."),
    )


@managing(Action.MANAGE_UNITS)
def all_units(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of units, in the order of their tree."""
    wanted = wanted_of(request.GET)
    found = units(acting, wanted)
    rows = [
        Row(
            reverse("manage_unit", args=[unit.code]),
            [
                unit.name,
                unit.code,
                labels.UNIT_KINDS[unit.kind],
                unit.parent.name if unit.parent else "",
                unit.area.name,
                ACTIVE_STATES["active" if unit.active else "closed"],
            ],
            off=not unit.active,
        )
        for unit in found.rows
    ]
    columns = [gettext(word) for word in ("Name", "Code", "Kind of unit", "Unit above it", "Area", "State")]
    return list_page(
        request,
        wanted=wanted,
        title=gettext("Units"),
        columns=columns,
        rows=rows,
        total=found.total,
        next_after=found.next_after,
        first=found.first,
        kinds=(gettext("Kind of unit"), labels.options(labels.UNIT_KINDS)),
        states=ACTIVE_STATES,
        add=(reverse("manage_unit_add"), gettext("Add a unit")),
    )


@managing(Action.MANAGE_UNITS)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """One unit: facts, members, history."""
    unit, roles, open_cases = one_unit(acting, code)
    closing = gettext("Close the unit") if unit.active else gettext("Open the unit again")
    facts = {
        "title": unit.name,
        "subtitle": ACTIVE_STATES["active" if unit.active else "closed"],
        "facts": [
            (gettext("Code"), unit.code),
            (gettext("Kind of unit"), labels.UNIT_KINDS[unit.kind]),
            (gettext("Unit above it"), unit.parent.name if unit.parent else ""),
            (gettext("Area"), f"{unit.area.name} ({unit.area.code})"),
            (gettext("E-mail address of its desk"), unit.email),
            (gettext("Telephone of its desk"), unit.phone),
            (gettext("Open cases"), str(open_cases)),
        ],
        "links": [
            (reverse("manage_unit_change", args=[code]), gettext("Change")),
            (reverse("manage_unit_move", args=[code]), gettext("Move")),
            (reverse("manage_unit_close" if unit.active else "manage_unit_open", args=[code]), closing),
        ],
        "lines_title": gettext("Members"),
        "lines_none": gettext("Nobody has a role in this unit yet."),
        "lines": [
            {
                "words": f"{each.user.first_name or each.user.username} · {labels.ROLES[each.role]}",
                "address": reverse("manage_member", args=[each.user.username]),
                "link": each.user.username,
            }
            for each in roles
        ],
        "events": in_words(history_of(f"unit:{code}"), with_subject=False),
    }
    return render(request, "manage/subject.html", facts)


@managing(Action.MANAGE_UNITS)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a unit."""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        place = {name: typed[name] for name in ("code", "parent_code", "area_code")}
        flows.add_unit(acting_user=acting, facts=_facts(typed), now=timezone.now(), **place)

    return answer(
        request,
        Change(
            title=gettext("Add a unit"),
            button=gettext("Add"),
            back=reverse("manage_units"),
            form=NewUnitForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_UNITS)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Change what is said of a unit."""
    unit, *_rest = one_unit(acting, code)
    before = {"name": unit.name, "kind": unit.kind, "email": unit.email, "phone": unit.phone}

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_unit(acting_user=acting, code=code, facts=_facts(typed), now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": unit.name},
            button=gettext("Save"),
            back=reverse("manage_unit", args=[code]),
            form=UnitForm(request.POST or None, initial=before),
            act=act,
        ),
    )


@managing(Action.MANAGE_UNITS)
def move(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Move a unit in the tree, with all that hangs on it."""
    unit, *_rest = one_unit(acting, code)
    before = {
        "parent_code": f"{unit.parent.name} ({unit.parent.code})" if unit.parent else "",
        "area_code": f"{unit.area.name} ({unit.area.code})",
    }

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.move_unit(acting_user=acting, code=code, seen=seen, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("Move %(name)s") % {"name": unit.name},
            button=gettext("Move"),
            back=reverse("manage_unit", args=[code]),
            form=PlaceForm(
                acting, request.POST or None, above=unit.parent.code if unit.parent else "", initial=before
            ),
            act=act,
            touched=lambda _typed: touched_by_moving_unit(unit),
        ),
    )


@managing(Action.MANAGE_UNITS)
def close(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Close a unit, after showing what that touches."""
    unit, *_rest = one_unit(acting, code)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.close_unit(acting_user=acting, code=code, seen=seen, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("Close %(name)s") % {"name": unit.name},
            button=gettext("Close the unit"),
            back=reverse("manage_unit", args=[code]),
            form=CloseForm(request.POST or None),
            act=act,
            touched=lambda _typed: touched_by_closing_unit(unit),
        ),
    )


@managing(Action.MANAGE_UNITS)
def open_again(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Open a closed unit."""
    unit, *_rest = one_unit(acting, code)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.open_unit(acting_user=acting, code=code, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Open %(name)s again") % {"name": unit.name},
            button=gettext("Open the unit again"),
            back=reverse("manage_unit", args=[code]),
            form=forms.Form(),
            act=act,
        ),
    )


def _facts(typed: dict[str, Any]) -> flows.UnitFacts:
    return flows.UnitFacts(**{name: typed[name] for name in ("name", "kind", "email", "phone")})
