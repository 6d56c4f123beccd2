"""Services and requests as the documents of GeoReport v2."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from anlan.cases.terms import State
from anlan.edge.pages import public_words
from anlan.publishing.open311.terms import LISTS, AttributeAsked, Status
from anlan.publishing.places import outline
from anlan.publishing.progress import PublicStep, public_history
from anlan.publishing.public_states import OPEN, PUBLIC
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.readers.open311 import Service, ways
from anlan.store.readers.public_cases import PublicRow

LONGEST_WORDS = 4000
"""GeoReport v2, GET Service Requests: description."""


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
        "keywords": ",".join(dict.fromkeys((each.name_zh, each.name_en, *each.keywords))),
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
        "description": each.en if english() else each.zh,
    }
    if each.datatype in LISTS:
        shown["values"] = [{"key": key, "name": en if english() else zh} for key, zh, en in each.values]
    return shown


def requests(
    cases: Sequence[PublicRow], photos: Mapping[int, str], *, extensions: bool
) -> list[dict[str, Any]]:
    """Requests; `photos` says where everybody sees that of a case.

    With `extensions`, how exactly the place is shown and the way of each.
    """
    if not extensions:
        return [request(each, photos.get(each.pk)) for each in cases]
    gone = ways(cases)
    return [request(each, photos.get(each.pk)) | _extended(each, gone[each.pk]) for each in cases]


def request(case: PublicRow, photo: str | None = None) -> dict[str, Any]:
    """One request: what everybody may see. Words and photos are missing until a person cleared them.

    Nothing is expected by a date: the dates of a case are promises to its staff and its reporter.
    """
    unit = case.case.unit
    closed = status_of(case.state) is Status.CLOSED
    return {
        "service_request_id": str(case.pk),
        "status": status_of(case.state),
        "status_notes": str(public_words.NOW[case.case.state]),
        "service_name": case.category.name_en if english() else case.category.name_zh,
        "service_code": case.category.code,
        "description": case.words[:LONGEST_WORDS],
        "agency_responsible": str(public_words.UNIT_KINDS[unit.kind]) if unit else None,
        "service_notice": None,
        "requested_datetime": local(case.opened_at),
        "updated_datetime": local(case.closed_at if closed and case.closed_at else case.updated_at),
        "expected_datetime": None,
        "address": ", ".join(filter(None, (case.address, *_areas(case)))),
        "address_id": case.area.code,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lng,
        "media_url": photo,
    }


def _areas(case: PublicRow) -> tuple[str, str]:
    """From the smaller to the larger, as the specification asks; the city itself goes without saying."""
    above = case.area.parent
    return case.area.name, above.name if above is not None and above.parent_id is not None else ""


def _extended(case: PublicRow, way: Sequence[PublicStep]) -> dict[str, Any]:
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
                "description": str(public_words.HAPPENED_TO_IT[step.step]),
                "type": step.step,
            }
            for step in way
        ],
    }


def bulk(case: PublicRow) -> dict[str, Any]:
    """What the bulk file says in words of its own."""
    group = case.category.parent or case.category
    named = (group, case.category) if group != case.category else (group, None)
    name, kind = (each and (each.name_en if english() else each.name_zh) for each in named)
    return {
        "closed_date": local(case.closed_at),
        "status_description": status_of(case.state),
        "source": None,
        "service_name": name,
        "service_subtype": kind,
    }


def update(event: Any) -> dict[str, Any]:
    """One step of a case, as an update."""
    step = public_history([event], received_at=event.at)[-1]
    state = PUBLIC[State(event.state_after)]
    return {
        "update_id": str(event.pk),
        "service_request_id": str(event.case_id),
        "status": status_of(state),
        "updated_datetime": local(event.at),
        "description": str(public_words.HAPPENED_TO_IT[step.step]),
        "media_url": None,
    }


def status_of(state: str) -> Status:
    """Open or closed."""
    return Status.OPEN if PublicState(state) in OPEN else Status.CLOSED


def local(at: datetime | None) -> datetime | None:
    """A time on the city's clock."""
    return None if at is None else timezone.localtime(at)
