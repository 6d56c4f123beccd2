"""/manage/cities/: other cities' Open311 servers, which cases go there, and what did not arrive."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from anlan.edge.pages import labels
from anlan.edge.pages.case_labels import category_name
from anlan.edge.pages.manage import ACTIVE_STATES, Change, Row, answer, list_page, managing
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.times import moment
from anlan.flows import manage_other_cities as flows
from anlan.publishing.open311.terms import PhotosAs
from anlan.staff.terms import Action
from anlan.store.readers.managed_lists import history_of
from anlan.store.readers.other_cities import handed_over, one_city, other_cities
from anlan.store.readers.report_form import families
from anlan.store.readers.staff import Acting

PHOTOS_AS: Mapping[str, Promise] = MappingProxyType(
    {
        "": _("do not go there"),
        PhotosAs.ADDRESS: _("go as a link to our public page"),
        PhotosAs.PARTS: _("go as files of the form"),
    }
)
GIVES_UPDATES: Mapping[bool | None, Promise] = MappingProxyType(
    {
        None: _("not asked yet"),
        True: _("yes"),
        False: _("no: its server has none"),
    }
)


class CityForm(forms.Form):
    """Where another city's server is, and what goes between it and us."""

    address = forms.URLField(
        label=_("Address of its Open311 server, up to /v2"),
        max_length=300,
        assume_scheme="https",
        validators=[URLValidator(schemes=("http", "https"))],
    )
    form = forms.ChoiceField(label=_("Format it speaks"), choices=[("json", "JSON"), ("xml", "XML")])
    jurisdiction_id = forms.CharField(label="jurisdiction_id", max_length=100, required=False)
    category_code = forms.ChoiceField(label=_("Kind of hazard here"))
    service_code = forms.CharField(label=_("service_code there"), max_length=100)
    api_key = forms.CharField(
        label=_("Key that it gave us"),
        help_text=_("It is shown to nobody again. Empty: the one that is kept stays."),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    sends = forms.BooleanField(
        label=_("Send it our cases of this kind once a person accepted them, with their words and place"),
        required=False,
    )
    fetches = forms.BooleanField(label=_("Bring in its requests of this service"), required=False)
    photos_as = forms.ChoiceField(
        label=_("Photos that the public sees"),
        help_text=_("Those from before that a person covered and cleared, no others."),
        choices=lambda: labels.options(PHOTOS_AS),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (kind.code, category_name(kind, family))
            for family in families()
            for kind in (family.kinds or (family,))
        ]


class NewCityForm(CityForm):
    """A city that is new."""

    name = name_field(_("Name of the city"), longest=60)
    field_order = ("name",)


class ChangedCityForm(CityForm):
    """A city that is there."""

    active = forms.BooleanField(label=_("In use"), required=False)


@managing(Action.MANAGE_WEBHOOKS)
def all_cities(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The other cities."""
    cities = other_cities(acting)
    rows = [
        Row(
            reverse("manage_city", args=[each.pk]),
            [each.name, category_name(each.category), *_counts(each), _state(each)],
            off=not each.active,
        )
        for each in cities
    ]
    return list_page(
        request,
        title=gettext("Other cities"),
        columns=[
            *(gettext("Name"), gettext("Kind of hazard here"), gettext("Waiting"), gettext("Dead letters")),
            *(gettext("There"), gettext("Unknown there"), gettext("State")),
        ],
        rows=rows,
        total=len(rows),
        add=(reverse("manage_city_add"), gettext("Add a city")),
    )


def _counts(city: Any) -> tuple[int, int, int, int]:
    return city.waiting, city.dead, city.there, city.lost


def _came_up_to(city: Any) -> str:
    return moment(city.fetched_at, timezone.now()) if city.fetched_at else ""


def _state(city: Any) -> object:
    return ACTIVE_STATES["active" if city.active else "closed"]


@managing(Action.MANAGE_WEBHOOKS)
def show(request: HttpRequest, acting: Acting, city_id: int) -> HttpResponse:
    """One city: facts, the cases that went there, history."""
    city = one_city(acting, city_id)
    waiting, dead, there, lost = _counts(city)
    facts = {
        "title": city.name,
        "subtitle": _state(city),
        "city": city,
        "facts": [
            (gettext("Address of its Open311 server, up to /v2"), city.address),
            (gettext("Kind of hazard here"), category_name(city.category)),
            (gettext("service_code there"), city.service_code),
            (gettext("Cases go there"), gettext("yes") if city.sends else gettext("no")),
            (gettext("Requests come from there"), gettext("yes") if city.fetches else gettext("no")),
            (gettext("Photos that the public sees"), PHOTOS_AS[city.photos_as]),
            (gettext("Tells of each step"), GIVES_UPDATES[city.gives_updates]),
            (
                gettext("Requests came here up to"),
                _came_up_to(city),
            ),
            (gettext("Waiting"), waiting),
            (gettext("There"), there),
            (gettext("Dead letters"), dead),
            (gettext("Unknown there"), lost),
        ],
        "links": [(reverse("manage_city_change", args=[city.pk]), gettext("Change"))],
        "rows": handed_over(city),
        "may_again": dead or lost or city.rest_until,
        "resting": city.rest_until is not None and city.rest_until > timezone.now(),
        "events": in_words(history_of(flows.subject_of(city)), with_subject=False),
    }
    return render(request, "manage/city.html", facts)


@managing(Action.MANAGE_WEBHOOKS)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a city."""
    other_cities(acting)  # not found for who administers less than the city

    def act(typed: dict[str, Any], seen: str | None) -> None:
        name = typed.pop("name")
        flows.add_city(acting_user=acting, name=name, facts=flows.CityFacts(**typed), now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Add a city"),
            button=gettext("Add"),
            back=reverse("manage_cities"),
            form=NewCityForm(request.POST or None, initial={"sends": True}),
            act=act,
        ),
    )


@managing(Action.MANAGE_WEBHOOKS)
def change(request: HttpRequest, acting: Acting, city_id: int) -> HttpResponse:
    """Change what is said of a city."""
    city = one_city(acting, city_id)
    names = ("address", "form", "jurisdiction_id", "service_code", "sends", "fetches", "photos_as", "active")
    before = {name: getattr(city, name) for name in names} | {"category_code": city.category.code}

    def act(typed: dict[str, Any], seen: str | None) -> None:
        facts = flows.CityFacts(**typed)
        flows.change_city(acting_user=acting, city_id=city_id, facts=facts, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": city.name},
            button=gettext("Save"),
            back=reverse("manage_city", args=[city_id]),
            form=ChangedCityForm(request.POST or None, initial=before),
            act=act,
        ),
    )


@managing(Action.MANAGE_WEBHOOKS)
@require_POST
def again(request: HttpRequest, acting: Acting, city_id: int) -> HttpResponse:
    """Send again what did not arrive."""
    one_city(acting, city_id)
    count = flows.hand_over_again(acting_user=acting, city_id=city_id, now=timezone.now())
    said = ngettext(
        "%(n)d case is sent or asked after again.", "%(n)d cases are sent or asked after again.", count
    )
    messages.success(request, said % {"n": count})
    return redirect("manage_city", city_id)
