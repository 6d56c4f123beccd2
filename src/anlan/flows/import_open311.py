"""Somebody brings in requests of an Open311 server: reports and cases with the history they had there.

What comes in says so everywhere: its events are "imported" and carry the source. A request closed there is a
closed case here, with a last event that nobody verified it here; no step of ours is ever written for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from anlan.base.errors import Refused
from anlan.base.tables import N_, Complaints
from anlan.base.when_used import when_used
from anlan.cases import deadlines
from anlan.cases.intake import title_of
from anlan.cases.open311 import ForeignRequest
from anlan.cases.terms import TOTAL, Channel, PlaceSource, Stage, State
from anlan.flows.import_runs import FileRead, record_run, take_turn
from anlan.flows.new_case import search_words
from anlan.flows.publish_cases import publish_all
from anlan.places.lookup import Confidence
from anlan.store.models import Area, Case, CaseEvent, Category, Report, StageClock, User
from anlan.store.readers.places import area_index

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")

CLOSED_THERE = "在来源系统中已结案，本系统未核查。 Closed in the source system; nobody verified it here."
BROUGHT_IN = "从来源系统导入，尚未受理。 Brought in from the source system; nobody accepted it here yet."
OUTSIDE = N_("a point inside an area with a boundary; put under %(area)s")


@dataclass(frozen=True, slots=True)
class RequestList:
    """What was read, where it goes, and what was odd in it so far.

    `categories` says which category of ours stands for a service (its name or code); the others become
    categories of their own that nobody can pick. `area` is the code for requests outside all boundaries;
    empty for the city.
    """

    requests: Sequence[ForeignRequest]
    odd: Complaints
    source: str = "open311"
    area: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FileRead] = ()


@transaction.atomic
def import_open311(*, acting_user: User | None, request_list: RequestList, now: datetime) -> dict[str, int]:
    """Take the requests that are not there yet, and say how many and what was odd.

    Raises Refused("no_areas"), Refused("area_unknown"), Refused("category_unknown").
    """
    take_turn("open311")
    new = _new_ones(request_list)
    areas = _areas(new, request_list)
    categories = _categories(new, request_list)
    cases = [
        _case(request, area, categories[request.service_name], now)
        for request, area in zip(new, areas, strict=True)
    ]
    Case.objects.bulk_create(cases, batch_size=500)
    publish_all(cases)
    StageClock.objects.bulk_create((clock for case in cases for clock in _clocks(case)), batch_size=1000)
    pairs = list(zip(cases, new, strict=True))
    Report.objects.bulk_create(
        (_report(case, request, request_list.source) for case, request in pairs), batch_size=500
    )
    CaseEvent.objects.bulk_create(
        (event for case, request in pairs for event in _events(case, request, request_list.source, now)),
        batch_size=1000,
    )
    counts = _counts(new, request_list)
    record_run(
        "open311",
        acting_user=acting_user,
        files=request_list.files,
        started_at=now,
        now=now,
        counts=counts,
        odd=request_list.odd.rows,
    )
    return counts


def preview_open311(request_list: RequestList) -> dict[str, int]:
    """What an import would do, without doing it. Raises what the import raises."""
    new = _new_ones(request_list)
    _areas(new, request_list)
    for code in {_wanted(request, request_list) for request in new} - {""}:
        _ours(code)
    return _counts(new, request_list)


def _new_ones(request_list: RequestList) -> list[ForeignRequest]:
    ids = [request.source_id for request in request_list.requests]
    there = set(
        Report.objects.filter(source=request_list.source, source_id__in=ids).values_list(
            "source_id", flat=True
        )
    )
    return [request for request in request_list.requests if request.source_id not in there]


def _counts(new: Sequence[ForeignRequest], request_list: RequestList) -> dict[str, int]:
    return {
        "requests": len(request_list.requests),
        "added": len(new),
        "unchanged": len(request_list.requests) - len(new),
        "events": sum(len(request.events) for request in new),
        "odd": request_list.odd.total,
    }


def _areas(new: Sequence[ForeignRequest], request_list: RequestList) -> list[Area]:
    """Where each request lies: by its point, else in the area that was named, and that is odd."""
    fallback = _fallback_area(request_list.area)
    index = area_index()
    lng = np.array([np.nan if request.lng is None else request.lng for request in new], dtype=np.float64)
    lat = np.array([np.nan if request.lat is None else request.lat for request in new], dtype=np.float64)
    found = index.find(lng, lat)
    stored = Area.objects.in_bulk(list(index.codes), field_name="code")
    areas = []
    for request, place, sure in zip(new, found.area, found.confidence, strict=True):
        if sure == Confidence.UNKNOWN:
            _say_outside(request, fallback, request_list)
        areas.append(fallback if sure == Confidence.UNKNOWN else stored[index.codes[place]])
    return areas


def _say_outside(request: ForeignRequest, area: Area, request_list: RequestList) -> None:
    file = request_list.files[0].name if request_list.files else ""
    place = f"{request.lng}, {request.lat}" if request.lng is not None else ""
    request_list.odd.say(file, request.row, "long", place, OUTSIDE, area=area.code)


def _fallback_area(code: str) -> Area:
    if code:
        area = Area.objects.filter(code=code).first()
        if area is None:
            raise Refused("area_unknown", code=code)
        return area
    roots = Area.objects.filter(parent=None, in_use=True).order_by("code")[:1]
    if not roots:
        raise Refused("no_areas")
    return roots[0]


def _categories(new: Sequence[ForeignRequest], request_list: RequestList) -> dict[str, Category]:
    """A category for each service name."""
    found: dict[str, Category] = {}
    for request in new:
        if request.service_name in found:
            continue
        code = _wanted(request, request_list)
        found[request.service_name] = _ours(code) if code else _theirs(request, request_list.source)
    return found


def _wanted(request: ForeignRequest, request_list: RequestList) -> str:
    """The code of the category of ours that was named for a request's service; empty for none."""
    named = request_list.categories
    return named.get(request.service_name) or named.get(request.service_code) or ""


def _ours(code: str) -> Category:
    category = Category.objects.filter(code=code).first()
    if category is None:
        raise Refused("category_unknown", code=code)
    return category


def _theirs(request: ForeignRequest, source: str) -> Category:
    group, _ = Category.objects.get_or_create(
        code=f"imported-{source}"[:40],
        defaults={"name_zh": f"导入（{source}）", "name_en": f"Imported ({source})", "active": False},
    )
    category, _ = Category.objects.get_or_create(
        code=f"{source[:11]}-{request.service_code}",
        defaults={
            "parent": group,
            "name_zh": request.service_name,
            "name_en": request.service_name,
            "active": False,
        },
    )
    return category


def _case(request: ForeignRequest, area: Area, category: Category, now: datetime) -> Case:
    closed = request.closed_at is not None
    title = title_of(request.words, request.service_name)
    due_at = None if closed else deadlines.plain_due(Stage.ACCEPT, now, category)
    return Case(
        state=State.CLOSED if closed else State.NEW,
        stage="" if closed else Stage.ACCEPT,
        stage_since=request.closed_at or now,
        due_at=due_at,
        near_at=due_at and deadlines.amber_at(now, due_at),
        title=title,
        category=category,
        severity=category.severity,
        area=area,
        area_path=area.path,
        address=request.address,
        lng=request.lng,
        lat=request.lat,
        opened_at=request.received_at,
        closed_at=request.closed_at,
        words=search_words(title, request.words, request.address, area.name, request.source_id),
    )


def _clocks(case: Case) -> list[StageClock]:
    """The clock of the whole case, to which nobody here promised an end, and that of the stage it is in."""
    whole = StageClock(case=case, stage=TOTAL, began_at=case.opened_at, ended_at=case.closed_at)
    if not case.stage:
        return [whole]
    due = {"promised_due_at": case.due_at, "due_at": case.due_at, "near_at": case.near_at}
    return [whole, StageClock(case=case, stage=case.stage, began_at=case.stage_since, **due)]


def _report(case: Case, request: ForeignRequest, source: str) -> Report:
    return Report(
        case=case,
        channel=Channel.OPEN311,
        category=case.category,
        words=request.words,
        area=case.area,
        address=request.address,
        lng=request.lng,
        lat=request.lat,
        place_source=PlaceSource.SOURCE,
        received_at=request.received_at,
        source=source,
        source_id=request.source_id,
    )


def _events(case: Case, request: ForeignRequest, source: str, now: datetime) -> list[CaseEvent]:
    """The history there, event by event, and one of today that says where it came from."""
    events, before = [], ""
    for event in request.events:
        events.append(_event(case, event.at, before, event.state, event.words, source))
        before = event.state
    words = CLOSED_THERE if case.state == State.CLOSED else BROUGHT_IN
    return [*events, _event(case, now, before, case.state, words, source)]


def _event(case: Case, at: datetime, before: str, after: str, words: str, source: str) -> CaseEvent:
    return CaseEvent(
        case=case, at=at, step="imported", state_before=before, state_after=after, reason=words, source=source
    )
