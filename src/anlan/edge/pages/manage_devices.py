"""/manage/devices/: devices between two imports, their passwords, many at once."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from anlan.edge.pages import labels
from anlan.edge.pages.device_words import LIFECYCLES, kind_options
from anlan.edge.pages.devices import address_of, filters_of
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import CodeField, any_unit_field, area_field
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import device_credentials, manage_devices
from anlan.flows.device_credentials import Secret
from anlan.flows.manage_devices import DeviceFacts
from anlan.places.terms import Crs
from anlan.sensing.terms import Lifecycle
from anlan.staff.terms import Action
from anlan.store.readers.devices import kind_names, one_device
from anlan.store.readers.managed import Effect, Touched
from anlan.store.readers.sites import visible_sites
from anlan.store.readers.staff import Acting

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def day_field(label: "StrPromise") -> forms.DateField:
    """A day that may be left out."""
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}))


class DeviceForm(forms.Form):
    """A device as it may be changed."""

    field_order: tuple[str, ...] = ("title", "area_code", "site_code", "unit_code")
    title = forms.CharField(label=_("Name for people"), max_length=200, required=False)
    lng = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    crs = forms.ChoiceField(
        label=_("Coordinate system"),
        help_text=_("The one of the map or device that the point was read from"),
        choices=lambda: labels.options(labels.SYSTEMS),
        initial=Crs.WGS84,
    )
    purpose = forms.CharField(
        label=_("Purpose"), max_length=200, required=False, help_text=_("A camera needs it.")
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=200, required=False, help_text=_("A camera needs it.")
    )
    keeps_days = forms.IntegerField(
        label=_("Days for which its owner keeps recordings"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("A camera needs it."),
    )
    state = forms.ChoiceField(
        label=_("State"), choices=lambda: labels.options(LIFECYCLES), initial=Lifecycle.INSTALLED
    )
    installed_on = forms.DateField(
        label=_("Installed on"), required=False, widget=forms.DateInput({"type": "date"})
    )
    inspected_on = forms.DateField(
        label=_("Inspected on"), required=False, widget=forms.DateInput({"type": "date"})
    )
    gateway = forms.CharField(label=_("Gateway"), max_length=64, required=False)
    firmware = forms.CharField(label=_("Firmware"), max_length=64, required=False)

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.MANAGE_DEVICES)
        self.fields["site_code"] = CodeField(_("Site"), lambda: visible_sites(acting), required=False)
        self.fields["unit_code"] = any_unit_field(_("Owner"))
        self.order_fields(self.field_order)

    def clean(self) -> None:
        """Refuse half a point."""
        point = [name for name in ("lng", "lat") if self.cleaned_data.get(name) is not None]
        if len(point) == 1 and not self.errors:
            self.add_error("lat", gettext("Give both longitude and latitude, or neither."))


class NewDeviceForm(DeviceForm):
    """A new device."""

    field_order = ("name", "kind", *DeviceForm.field_order)
    name = forms.RegexField(
        r"\A[A-Za-z0-9_-]{1,64}\Z",
        label=_("Name of the device"),
        help_text=_("Letters, digits, - and _; it signs in with it, and it stays as it is."),
        error_messages={"invalid": _("Letters, digits, - and _ only, such as water-level-0001")},
    )
    kind = forms.ChoiceField(label=_("Kind of device"), choices=lambda: list(kind_options(kind_names())))


class MuteForm(forms.Form):
    """Until when, and why."""

    until = forms.DateTimeField(
        label=_("Muted until"),
        required=False,
        help_text=_("Empty ends the muting."),
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    why = name_field(_("Why"), longest=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = False


class ManyForm(forms.Form):
    """What to change of many devices; what is left empty stays."""

    field_order = ("state", "unit_code", "gateway", "firmware", "inspected_on", "muted_until", "muted_why")
    state = forms.ChoiceField(
        label=_("State"), choices=lambda: [("", "–"), *labels.options(LIFECYCLES)], required=False
    )
    gateway = forms.CharField(label=_("Gateway"), max_length=64, required=False)
    firmware = forms.CharField(label=_("Firmware"), max_length=64, required=False)
    inspected_on = forms.DateField(
        label=_("Inspected on"), required=False, widget=forms.DateInput({"type": "date"})
    )
    muted_until = forms.DateTimeField(
        label=_("Muted until"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"})
    )
    muted_why = forms.CharField(label=_("Why muted"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_code"] = any_unit_field(_("Owner"))
        self.order_fields(self.field_order)


@never_cache
@managing(Action.MANAGE_DEVICES)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Register a device; its password is shown once."""

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        facts = {name: value for name, value in typed.items() if name not in ("name", "kind")}
        secret = manage_devices.add_device(
            acting_user=acting,
            name=typed["name"],
            kind_code=typed["kind"],
            facts=DeviceFacts(**facts),
            now=timezone.now(),
        )
        return _secret(request, secret)

    return answer(
        request,
        Change(
            title=gettext("Register a device"),
            button=gettext("Register"),
            back=reverse("devices"),
            form=NewDeviceForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_DEVICES)
def change(request: HttpRequest, acting: Acting, name: str) -> HttpResponse:
    """Correct a device."""
    device = one_device(acting, name, Action.MANAGE_DEVICES)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        manage_devices.change_device(
            acting_user=acting, name=name, facts=DeviceFacts(**typed), now=timezone.now()
        )

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": device.title or name},
            button=gettext("Save"),
            back=reverse("device", args=[name]),
            form=DeviceForm(acting, request.POST or None, initial=_before(device)),
            act=act,
        ),
    )


def _before(device: Any) -> dict[str, Any]:
    same = (
        *("title", "lng", "lat", "purpose", "legal_basis", "keeps_days", "state", "installed_on"),
        *("inspected_on", "gateway", "firmware"),
    )
    return {name: getattr(device, name) for name in same} | {
        "area_code": f"{device.area.name} ({device.area.code})",
        "site_code": f"{device.site.name} ({device.site.code})" if device.site else "",
        "unit_code": f"{device.unit.name} ({device.unit.code})" if device.unit else "",
        "crs": Crs.WGS84,  # as stored
    }


@managing(Action.MANAGE_DEVICES)
def mute(request: HttpRequest, acting: Acting, name: str) -> HttpResponse:
    """Say nothing of a device's silence for a time, or end that."""
    device = one_device(acting, name, Action.MANAGE_DEVICES)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        until: datetime | None = typed["until"]
        manage_devices.mute_device(
            acting_user=acting, name=name, until=until, why=typed["why"], now=timezone.now()
        )

    return answer(
        request,
        Change(
            title=gettext("Mute %(name)s") % {"name": device.title or name},
            button=gettext("Save"),
            back=reverse("device", args=[name]),
            form=MuteForm(
                request.POST or None, initial={"until": device.muted_until, "why": device.muted_why}
            ),
            act=act,
        ),
    )


@never_cache
@managing(Action.MANAGE_DEVICES)
def rotate(request: HttpRequest, acting: Acting, name: str) -> HttpResponse:
    """A new password, shown once; the old one ends at once."""
    one_device(acting, name, Action.MANAGE_DEVICES)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        return _secret(
            request,
            device_credentials.rotate_credential(acting_user=acting, name=name, now=timezone.now()),
        )

    return _confirmed(request, name, gettext("New password for %(name)s"), gettext("Make it"), act)


@managing(Action.MANAGE_DEVICES)
def revoke(request: HttpRequest, acting: Acting, name: str) -> HttpResponse:
    """End the password: the device signs in no more."""
    one_device(acting, name, Action.MANAGE_DEVICES)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        device_credentials.revoke_credential(acting_user=acting, name=name, now=timezone.now())

    return _confirmed(request, name, gettext("End the password of %(name)s"), gettext("End it"), act)


def _confirmed(request: HttpRequest, name: str, title: str, button: str, act: Any) -> HttpResponse:
    return answer(
        request,
        Change(
            title=title % {"name": name},
            button=button,
            back=reverse("device", args=[name]),
            form=forms.Form(request.POST or None),
            act=act,
            touched=lambda typed: Touched((Effect("device_signs_out", 1),)),
        ),
    )


@managing(Action.MANAGE_DEVICES)
def many(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Change all devices that fit the filters in the address: first how many they are, then do it."""
    filters = filters_of(request.GET)
    count, mark = manage_devices.many_effect(acting, filters)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        manage_devices.change_many(
            acting_user=acting,
            filters=filters,
            words=typed,
            seen=(seen or "").partition(" ")[2],
            now=timezone.now(),
        )

    return answer(
        request,
        Change(
            title=gettext("Change %(count)s devices") % {"count": count},
            button=gettext("Change them"),
            back=reverse("devices") + address_of(filters),
            form=ManyForm(request.POST or None),
            act=act,
            touched=lambda typed: _Marked((Effect("devices_change", count),), mark),
        ),
    )


class _Marked(Touched):
    """What a change touches, with the mark of which devices they are."""

    def __init__(self, effects: tuple[Effect, ...], mark: str) -> None:
        super().__init__(effects)
        object.__setattr__(self, "_mark", mark)

    @property
    def mark(self) -> str:
        """Also which devices they are."""
        return f"devices {self._mark}"  # type: ignore[attr-defined]


def _secret(request: HttpRequest, secret: Secret) -> HttpResponse:
    return render(request, "device/secret.html", {"secret": secret})


urlpatterns = [
    path("add/", add, name="manage_device_add"),
    path("many/", many, name="manage_devices_many"),
    path("of/<str:name>/change/", change, name="manage_device_change"),
    path("of/<str:name>/mute/", mute, name="manage_device_mute"),
    path("of/<str:name>/credential/", rotate, name="manage_device_credential"),
    path("of/<str:name>/revoke/", revoke, name="manage_device_revoke"),
]
