"""What others will see of a report, said before it is sent, by the rule by which it is shown later."""

from typing import Any

from django.conf import settings

from anlan.edge.pages.report_form import ReportForm, named
from anlan.places.terms import Crs
from anlan.publishing.places import outline, public_place, size_km2
from anlan.publishing.terms import PlaceRule, PublicPlace
from anlan.store.readers.report_form import Shown, shown_as


def preview_of(form: ReportForm) -> dict[str, Any]:
    """The context of report/preview.html: what is known so far; the general rule while nothing is."""
    facts = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    shown = shown_as(facts.get("kind") or facts.get("category") or "", facts.get("area_code", ""))
    if shown is None:
        return {"preview": None}
    place = public_place(
        shown.rule, *_point(form, facts), area_kind=shown.area_kind, homes=settings.ANLAN_PUBLIC_CELL_HOMES
    )
    return {"preview": _in_words(form, facts, shown, place)}


def _in_words(form: ReportForm, facts: dict[str, Any], shown: Shown, place: PublicPlace) -> dict[str, Any]:
    at_site = form.here is not None and not facts.get("elsewhere")
    return {
        "kind": named(shown.kind),
        "area": shown.area.whole_name,
        "rule": PlaceRule.NEVER if shown.rule is PlaceRule.NEVER else place.rule,
        "may_be_exact": shown.rule is PlaceRule.EXACT,
        "site": form.here.name if form.here and at_site and shown.rule is PlaceRule.EXACT else "",
        "lng": place.lng,
        "lat": place.lat,
        "km2": size_km2(place.cell) if place.rule is PlaceRule.CELL and place.cell else None,
        "ring": outline(place.cell) if place.rule is PlaceRule.CELL and place.cell else None,
        "homes": settings.ANLAN_PUBLIC_CELL_HOMES,
    }


def _point(form: ReportForm, facts: dict[str, Any]) -> tuple[float | None, float | None]:
    """Where it is in WGS-84, as the report will say it."""
    lng, lat = facts.get("lng"), facts.get("lat")
    if lng is not None and lat is not None:
        from anlan.places.coordinates import point_to_wgs84  # numpy and shapely, only where there is a point

        return point_to_wgs84(lng, lat, Crs(facts.get("crs") or Crs.WGS84))
    if form.here is not None and not facts.get("elsewhere"):
        return form.here.lng, form.here.lat
    return None, None
