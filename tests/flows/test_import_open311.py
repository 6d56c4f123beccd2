"""Bringing in requests of another system: whole, once, and honest about where they came from."""

import json
from typing import Any

import pytest
import shapely

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.cases.open311 import read_requests
from anlan.cases.states import STEPS
from anlan.flows.import_open311 import CLOSED_THERE, RequestList, import_open311, preview_open311
from anlan.store.models import Area, Case, CaseEvent, Category, ImportRun, Report
from tests import shared
from tests.cases.test_open311 import CLOSED, OPENED, REQUEST, SEEN
from tests.cast import Cast
from tests.conftest import NOON

OPEN: dict[str, Any] = REQUEST | {
    "service_request_id": "14-2",
    "status": "open",
    "notes": REQUEST["notes"][1:],
}


def imported(*requests: object, **rest: Any) -> dict[str, int]:
    odd = Complaints()
    found = read_requests("r.json", json.dumps(requests), odd)
    return import_open311(acting_user=None, request_list=RequestList(found, odd, **rest), now=NOON)


def test_a_closed_request_becomes_a_closed_case_with_the_history_it_had(cast: Cast) -> None:
    imported(REQUEST, area="990101")

    case = Case.objects.get()
    assert (case.state, case.opened_at, case.closed_at, case.area) == (
        "closed",
        OPENED,
        CLOSED,
        cast.county_1,
    )
    columns = ("at", "step", "state_before", "state_after", "source", "reason", "actor")
    assert list(case.events.values_list(*columns)) == [
        (OPENED, "imported", "", "new", "open311", "Request opened", None),
        (SEEN, "imported", "new", "new", "open311", "Final Outcome: Transferred", None),
        (CLOSED, "imported", "new", "closed", "open311", "Request closed", None),
        (NOON, "imported", "closed", "closed", "open311", CLOSED_THERE, None),
    ]


def test_an_open_request_waits_to_be_accepted_here(cast: Cast) -> None:
    imported(OPEN)

    case = Case.objects.get()
    assert (case.state, case.stage, case.stage_since, case.area) == ("new", "accept", NOON, cast.city)


def test_twice_gives_no_copies(cast: Cast) -> None:
    imported(REQUEST, OPEN)

    assert imported(REQUEST, OPEN) | {"odd": 0} == {
        "requests": 2,
        "added": 0,
        "unchanged": 2,
        "events": 0,
        "odd": 0,
    }
    assert (Case.objects.count(), Report.objects.count(), CaseEvent.objects.count()) == (2, 2, 7)


def previewed(*requests: object, **rest: Any) -> dict[str, int]:
    odd = Complaints()
    return preview_open311(RequestList(read_requests("r.json", json.dumps(requests), odd), odd, **rest))


def test_a_preview_says_what_the_import_does_and_does_nothing(cast: Cast) -> None:
    said = previewed(REQUEST, OPEN)

    assert (Case.objects.count(), Category.objects.filter(code__startswith="open311").count()) == (0, 0)
    assert said == imported(REQUEST, OPEN)
    assert previewed(REQUEST, OPEN) == imported(REQUEST, OPEN)


def test_a_preview_refuses_what_the_import_refuses(cast: Cast) -> None:
    with pytest.raises(Refused, match="category_unknown"):
        previewed(REQUEST, categories={REQUEST["service_name"]: "nothing-of-ours"})
    with pytest.raises(Refused, match="area_unknown"):
        previewed(REQUEST, area="nowhere")


def test_no_step_of_ours_is_ever_written_for_it(cast: Cast) -> None:
    imported(REQUEST, OPEN)

    steps = set(CaseEvent.objects.values_list("step", flat=True))
    assert steps.isdisjoint({step for _, step in STEPS})


def test_answers_of_a_form_stay_outside(cast: Cast) -> None:
    imported(REQUEST)

    rows = [*Case.objects.values(), *Report.objects.values(), *CaseEvent.objects.values()]
    assert "GPL 4096" not in str(rows)


def test_odd_requests_are_listed_and_the_rest_is_taken(cast: Cast) -> None:
    counts = imported(REQUEST, {"service_name": "?"}, area="990101")

    assert (counts["added"], counts["odd"]) == (1, 3)
    assert [(row["row"], row["column"]) for row in ImportRun.objects.get().odd_rows] == [
        (2, "service_request_id"),
        (2, "requested_datetime"),
        (1, "long"),
    ]


def test_a_point_inside_a_boundary_says_the_area(cast: Cast) -> None:
    square = shapely.to_wkb(shapely.MultiPolygon([shapely.box(-88, 41, -87, 42)]))
    Area.objects.filter(code="990102").update(boundary=square)

    assert imported(REQUEST)["odd"] == 0
    assert Case.objects.get().area == cast.county_2


def test_services_become_categories_that_nobody_can_pick_unless_mapped(cast: Cast) -> None:
    imported(REQUEST)
    imported(OPEN, source="other", categories={"Pothole in Street": "junction"})

    found = Case.objects.order_by("id").values_list("category__code", "category__active")
    assert list(found) == [("open311-4fd3", False), ("junction", True)]
    assert Category.objects.get(code="open311-4fd3").name_en == "Pothole in Street"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [({"area": "123456"}, "area_unknown"), ({"categories": {"4fd3": "nothing"}}, "category_unknown")],
)
def test_a_mapping_to_nothing_is_refused(cast: Cast, rest: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        imported(REQUEST, **rest)
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_without_areas_it_is_refused() -> None:
    with pytest.raises(Refused, match="no_areas"):
        imported(REQUEST)


@shared.needed
def test_the_requests_of_chicago_come_in_with_all_their_events(cast: Cast) -> None:
    path = shared.DATA / "open311_chicago/chicago_open311_requests_2014.json"
    requests = json.loads(path.read_text())

    counts = imported(*requests, area="990101")

    assert (counts["requests"], counts["added"], counts["events"]) == (50, 50, 276)
    assert CaseEvent.objects.exclude(at=NOON).count() == 276
    states = {state: Case.objects.filter(state=state).count() for state in ("new", "closed")}
    assert states == {"new": 1, "closed": 49}
