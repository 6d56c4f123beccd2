"""Administrators and dispatchers add sites between two imports, correct them, close them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import check_seen, keep, record
from anlan.places.coordinates import point_to_wgs84
from anlan.places.terms import Crs
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Site, Unit
from anlan.store.readers.managed import editable_sites, touched_by_changing_site
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class SiteFacts:
    """A site as the form has it; the point in the system that is named, None without one."""

    kind: str
    name: str
    area_code: str
    unit_code: str
    lng: float | None
    lat: float | None
    crs: str
    in_use: bool = True


@transaction.atomic
def add_site(*, acting_user: Acting, code: str, facts: SiteFacts, now: datetime) -> Site:
    """Add a site. Raises NotFound, Refused("code_taken"), Refused("area_ended"), Refused("unit_closed")."""
    if Site.objects.filter(code=code).exists():
        raise Refused("code_taken", code=code)
    site = Site.objects.create(code=code, **_columns(acting_user, facts), **_point(facts))
    record(acting_user.user, "added", f"site:{code}", {"name": (None, facts.name)}, now)
    return site


@transaction.atomic
def change_site(*, acting_user: Acting, code: str, facts: SiteFacts, seen: str | None, now: datetime) -> Site:
    """Correct a site; close it or open it again.

    Raises NotFound, Conflict, Refused("area_ended"), Refused("unit_closed").
    """
    found = editable_sites(acting_user).select_for_update(of=("self",)).select_related("area", "unit")
    site = found.filter(code=code).first()
    if site is None:
        raise NotFound
    touched = touched_by_changing_site(site, area=facts.area_code, unit=facts.unit_code, in_use=facts.in_use)
    if touched is not None:
        check_seen(seen, touched.mark)
    columns = _columns(acting_user, facts, before=site)
    if (facts.lng, facts.lat, facts.crs) != (site.lng, site.lat, Crs.WGS84):
        columns |= _point(facts)
    keep(acting_user.user, "changed", f"site:{code}", site, columns, now)
    return site


def _columns(acting: Acting, facts: SiteFacts, before: Site | None = None) -> dict[str, Any]:
    """The columns of a site but for its point."""
    area = Area.objects.filter(code=facts.area_code).first()
    if area is None:
        raise NotFound
    check_reach(acting.memberships, Action.EDIT_SITES, Spot(area.path))
    if (before is None or before.area != area) and not area.in_use:
        raise Refused("area_ended")
    unit = _unit(facts.unit_code, before)
    return {
        "kind": facts.kind,
        "name": facts.name,
        "area": area,
        "area_path": area.path,
        "unit": unit,
        "unit_path": unit.path if unit else "",
        "in_use": facts.in_use,
    }


def _unit(code: str, before: Site | None) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise NotFound
    if not unit.active and (before is None or before.unit != unit):
        raise Refused("unit_closed")
    return unit


def _point(facts: SiteFacts) -> dict[str, Any]:
    """The point in WGS-84, and the system it was given in."""
    if facts.lng is None or facts.lat is None:
        return {"lng": None, "lat": None, "source_crs": Crs(facts.crs)}
    lng, lat = point_to_wgs84(facts.lng, facts.lat, Crs(facts.crs))
    return {"lng": lng, "lat": lat, "source_crs": Crs(facts.crs)}
