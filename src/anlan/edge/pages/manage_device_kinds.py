"""/manage/devices/kinds/: kinds of devices, what they measure, and the versions of their profiles."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Refused
from anlan.edge.pages.device_words import in_language
from anlan.edge.pages.manage import Change, Row, answer, list_page, managing
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import device_kinds as flows
from anlan.sensing.profiles import Measured, Profile
from anlan.staff.terms import Action
from anlan.store.readers.devices import kind_view, stored_kinds
from anlan.store.readers.staff import Acting

CODE = r"\A[a-z0-9][a-z0-9-]{0,57}\Z"


class PropertyForm(forms.Form):
    """What devices of a kind measure."""

    code = forms.RegexField(
        CODE,
        label=_("Code of the property"),
        help_text=_("Small letters, digits and -; the last part of its topic. It stays as it is."),
    )
    name_zh = name_field(_("Name in Chinese"), longest=100)
    name_en = name_field(_("Name in English"), longest=100)
    unit = forms.CharField(
        label=_("Unit"), max_length=32, help_text=_("By UCUM: m, Cel, mA, %, 1. It stays as it is.")
    )
    low = forms.FloatField(label=_("Lowest reading that is believed"), required=False)
    high = forms.FloatField(label=_("Highest reading that is believed"), required=False)
    interval_seconds = forms.IntegerField(
        label=_("Seconds between two readings"), min_value=1, max_value=7 * 86_400
    )


class KindForm(PropertyForm):
    """A new kind with its first property."""

    field_order = ("kind_code", "kind_zh", "kind_en", "is_camera")
    kind_code = forms.RegexField(
        CODE, label=_("Code of the kind"), help_text=_("Small letters, digits and -. It stays as it is.")
    )
    kind_zh = name_field(_("Kind in Chinese"), longest=100)
    kind_en = name_field(_("Kind in English"), longest=100)
    is_camera = forms.BooleanField(label=_("A camera: only registered, never a picture"), required=False)


@managing(Action.MANAGE_DEVICES)
def all_kinds(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of kinds."""
    rows = [
        Row(
            reverse("manage_device_kind", args=[kind.code]),
            [in_language(kind.name_zh, kind.name_en), kind.code, kind.version, count],
        )
        for kind, count in stored_kinds()
    ]
    add_link = (reverse("manage_device_kind_add"), gettext("Add a kind"))
    return list_page(
        request,
        title=gettext("Kinds of devices"),
        columns=[gettext(word) for word in ("Name", "Code", "Version", "Devices")],
        rows=rows,
        total=len(rows),
        add=add_link if acting.may_in_whole_city(Action.MANAGE_DEVICES) else ("", ""),
    )


@managing(Action.MANAGE_DEVICES)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """One kind: what it measures, and its versions."""
    view = kind_view(code)
    whole = acting.may_in_whole_city(Action.MANAGE_DEVICES)
    context = {"view": view, "may_change": whole, "title": in_language(view.kind.name_zh, view.kind.name_en)}
    return render(request, "device/kind.html", context)


@managing(Action.MANAGE_DEVICES)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a kind."""
    _whole_city(acting)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        words = {name: value for name, value in typed.items() if not name.startswith(("kind_", "is_"))}
        profile = Profile(
            typed["kind_code"],
            typed["kind_zh"],
            typed["kind_en"],
            (Measured(**words),),
            typed["is_camera"],
        )
        flows.add_kind(acting_user=acting, profile=profile, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Add a kind"),
            button=gettext("Add"),
            back=reverse("manage_device_kinds"),
            form=KindForm(request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_DEVICES)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Change a property of a kind, or add one: a new version of its profile."""
    _whole_city(acting)
    view = kind_view(code)
    wanted = request.GET.get("property", "")
    before = next((each for each in view.properties if each.code == wanted), None)
    names = ("code", "name_zh", "name_en", "unit", "low", "high", "interval_seconds")

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_property(
            acting_user=acting, kind_code=code, measured=Measured(**typed), now=timezone.now()
        )

    return answer(
        request,
        Change(
            title=gettext("A new version of %(name)s") % {"name": code},
            button=gettext("Put in force"),
            back=reverse("manage_device_kind", args=[code]),
            form=PropertyForm(
                request.POST or None,
                initial={name: getattr(before, name) for name in names} if before else None,
            ),
            act=act,
        ),
    )


def _whole_city(acting: Acting) -> None:
    if not acting.may_in_whole_city(Action.MANAGE_DEVICES):
        raise Refused("not_permitted", action=Action.MANAGE_DEVICES)


urlpatterns = [
    path("", all_kinds, name="manage_device_kinds"),
    path("add/", add, name="manage_device_kind_add"),
    path("of/<str:code>/", show, name="manage_device_kind"),
    path("of/<str:code>/change/", change, name="manage_device_kind_change"),
]
