"""Services and requests as the documents of GeoReport v2."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from anlan.edge.pages import public_words
from anlan.publishing.open311.terms import AttributeAsked, Datatype, Status
from anlan.publishing.places import outline
from anlan.publishing.progress import public_history
from anlan.publishing.public_states import OPEN
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.readers.open311 import Service
from anlan.store.readers.public_cases import PublicRow, public_way


def english() -> bool:
    """Does the asker read English?"""
    return (get_language() or "").startswith("en")


def service(each: Service) -> dict[str, Any]:
    """One service of the list."""
    name, group = (each.name_en, each.group_en) if english() else (each.name_zh, each.group_zh)
    return {
        "service_code": each.code,
        "service_name": name,
        "description": name,
        "metadata": each.has_attributes,
        "type": each.type,
        "keywords": f"{each.name_zh},{each.name_en}",
        "group": group,
    }


def definition(code: str, attributes: list[AttributeAsked]) -> dict[str, Any]:
    """What a service asks."""
    return {"service_code": code, "attributes": [attribute(each) for each in attributes]}


def attribute(each: AttributeAsked) -> dict[str, Any]:
    """One attribute; `values` for lists alone."""
    shown: dict[str, Any] = {
        "variable": each.variable,
        "code": each.code,
        "datatype": each.datatype,
        "required": each.required,
        "datatype_description": each.datatype_description,
        "order": each.order,
        "description": each.description,
    }
    if each.datatype in (Datatype.SINGLE, Datatype.MULTI):
        shown["values"] = [{"key": key, "name": name} for key, name in each.values]
    return shown


def request(case: PublicRow, *, extensions: bool) -> dict[str, Any]:
    """One request: what everybody may see of a case. Words are "" until a person cleared them."""
    unit = case.case.unit
    shown: dict[str, Any] = {
        "service_request_id": str(case.pk),
        "status": status_of(case.state),
        "status_notes": str(public_words.NOW[case.case.state]),
        "service_name": case.category.name_en if english() else case.category.name_zh,
        "service_code": case.category.code,
        "description": case.words,
        "agency_responsible": str(public_words.UNIT_KINDS[unit.kind]) if unit else None,
        "service_notice": None,
        "requested_datetime": local(case.opened_at),
        "updated_datetime": local(case.updated_at),
        "expected_datetime": local(case.case.due_at) if case.state in OPEN else None,
        "address": case.address,
        "address_id": case.area.code,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lng,
        "media_url": None,
    }
    return shown | (_extended(case) if extensions else {})


def _extended(case: PublicRow) -> dict[str, Any]:
    """What the extension `extensions=true` adds: how exactly the place is shown, and the way of the case."""
    cell = case.cell if case.place_rule == PlaceRule.CELL else None
    return {
        "extended_attributes": {
            "place": case.place_rule,
            "area_code": case.area.code,
            "area_name": case.area.name,
            "cell": f"{cell:x}" if cell else None,
            "cell_outline": " ".join(f"{lng},{lat}" for lng, lat in outline(cell)) if cell else None,
        },
        "notes": [
            {
                "datetime": local(step.at),
                "description": str(public_words.HAPPENED[step.step]),
                "type": step.step,
            }
            for step in public_way(case)
        ],
    }


def update(event: Any) -> dict[str, Any]:
    """One step of a case, as an update."""
    step = public_history([event], received_at=event.at)[-1]
    state = event.state_after
    return {
        "update_id": str(event.pk),
        "service_request_id": str(event.case_id),
        "status": "closed" if state in ("closed", "rejected", "cancelled", "merged") else "open",
        "updated_datetime": local(event.at),
        "description": str(public_words.HAPPENED[step.step]),
        "media_url": None,
    }


def status_of(state: str) -> Status:
    """Open or closed."""
    return Status.OPEN if PublicState(state) in OPEN else Status.CLOSED


def local(at: datetime | None) -> datetime | None:
    """A time on the city's clock."""
    from django.utils import timezone

    return None if at is None else timezone.localtime(at)
