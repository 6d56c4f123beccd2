"""/manage/sites/: sites between two imports."""

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
from anlan.edge.pages.manage_fields import any_unit_field, area_field
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import manage_sites as flows
from anlan.places.terms import Crs
from anlan.staff.terms import Action
from anlan.store.readers.managed import touched_by_changing_site
from anlan.store.readers.managed_lists import history_of, one_site, sites
from anlan.store.readers.staff import Acting


class SiteForm(forms.Form):
    """A site as it may be changed."""

    field_order: tuple[str, ...] = ("kind", "name", "area_code", "unit_code")
    kind = forms.ChoiceField(label=_("Kind of site"), choices=lambda: labels.options(labels.SITE_KINDS))
    name = name_field(_("Name"), longest=200)
    lng = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    crs = forms.ChoiceField(
        label=_("Coordinate system"),
        help_text=_("The one of the map or device that the point was read from"),
        choices=lambda: labels.options(labels.SYSTEMS),
        initial=Crs.WGS84,
    )
    in_use = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.EDIT_SITES)
        self.fields["unit_code"] = any_unit_field(_("Responsible unit"))
        self.order_fields(self.field_order)

    def clean(self) -> None:
        """Refuse half a point."""
        point = [name for name in ("lng", "lat") if self.cleaned_data.get(name) is not None]
        if len(point) == 1 and not self.errors:
            self.add_error("lat", gettext("Give both longitude and latitude, or neither."))


class NewSiteForm(SiteForm):
    """A new site."""

    field_order = ("code", *SiteForm.field_order)
    code = forms.RegexField(
        r"\A[A-Za-z0-9._-]{1,64}\Z",
        label=_("Code of the site"),
        help_text=_("Letters, digits, . - and _; it stays as it is."),
        error_messages={"invalid": _("Letters, digits, . - and _ only, such as pond-331081012-07")},
    )


@managing(Action.EDIT_SITES)
def all_sites(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of sites."""
    wanted = wanted_of(request.GET)
    found = sites(acting, wanted)
    rows = [
        Row(
            reverse("manage_site", args=[site.code]),
            [
                site.name,
                site.code,
                labels.SITE_KINDS[site.kind],
                site.area.name,
                site.unit.name if site.unit else "",
                ACTIVE_STATES["active" if site.in_use else "closed"],
            ],
            off=not site.in_use,
        )
        for site in found.rows
    ]
    columns = [
        gettext(word) for word in ("Name", "Code", "Kind of site", "Area", "Responsible unit", "State")
    ]
    return list_page(
        request,
        wanted=wanted,
        title=gettext("Sites"),
        columns=columns,
        rows=rows,
        total=found.total,
        next_after=found.next_after,
        first=found.first,
        kinds=(gettext("Kind of site"), labels.options(labels.SITE_KINDS)),
        states=ACTIVE_STATES,
        add=(reverse("manage_site_add"), gettext("Add a site")),
    )


@managing(Action.EDIT_SITES)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """One site: facts and history."""
    site = one_site(acting, code)
    facts = {
        "title": site.name,
        "subtitle": ACTIVE_STATES["active" if site.in_use else "closed"],
        "facts": [
            (gettext("Code"), site.code),
            (gettext("Kind of site"), labels.SITE_KINDS[site.kind]),
            (gettext("Area"), f"{site.area.name} ({site.area.code})"),
            (gettext("Responsible unit"), site.unit.name if site.unit else ""),
            (gettext("Point (WGS-84)"), f"{site.lng:.6f}, {site.lat:.6f}" if site.lng and site.lat else ""),
        ],
        "links": [(reverse("manage_site_change", args=[code]), gettext("Change"))],
        "events": in_words(history_of(f"site:{code}"), with_subject=False),
    }
    return render(request, "manage/subject.html", facts)


@managing(Action.EDIT_SITES)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a site."""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        facts = {name: value for name, value in typed.items() if name != "code"}
        flows.add_site(
            acting_user=acting, code=typed["code"], facts=flows.SiteFacts(**facts), now=timezone.now()
        )

    return answer(
        request,
        Change(
            title=gettext("Add a site"),
            button=gettext("Add"),
            back=reverse("manage_sites"),
            form=NewSiteForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.EDIT_SITES)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Correct a site, close it, open it again."""
    site = one_site(acting, code)
    before = {
        "kind": site.kind,
        "name": site.name,
        "area_code": f"{site.area.name} ({site.area.code})",
        "unit_code": f"{site.unit.name} ({site.unit.code})" if site.unit else "",
        "lng": site.lng,
        "lat": site.lat,
        "crs": Crs.WGS84,  # as stored
        "in_use": site.in_use,
    }

    def act(typed: dict[str, Any], seen: str | None) -> None:
        facts = flows.SiteFacts(**typed)
        flows.change_site(acting_user=acting, code=code, facts=facts, seen=seen, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": site.name},
            button=gettext("Save"),
            back=reverse("manage_site", args=[code]),
            form=SiteForm(acting, request.POST or None, initial=before),
            act=act,
            touched=lambda typed: touched_by_changing_site(
                site, area=typed["area_code"], unit=typed["unit_code"], in_use=typed["in_use"]
            ),
        ),
    )
