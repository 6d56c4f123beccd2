"""Questions asked together answer as they do one by one, and give what Django would have made of the rows."""

import pytest

from anlan.cases.terms import State
from anlan.store.models import Case, CaseEvent, Photo, Report, StageClock, Unit
from anlan.store.readers.gathered import Gathered, Whole, any_of
from anlan.store.readers.prepared import Given
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db

CASE = Whole(Case, without=("words",), unit=Whole(Unit), merged_into=Whole(Case, only=("id", "title")))
EVENT, CLOCK = Whole(CaseEvent, actor_unit=Whole(Unit)), Whole(StageClock)
ABOUT = Gathered(
    case=lambda: Case.objects.filter(pk=Given("case")).values_list(*CASE.names()),
    events=lambda: (
        CaseEvent.objects.filter(case_id=Given("case")).order_by("-pk").values_list(*EVENT.names())
    ),
    clocks=lambda: (
        StageClock.objects.filter(case_id=Given("case")).order_by("pk").values_list(*CLOCK.names())
    ),
    photos=lambda: Photo.objects.filter(case_id=Given("case")).order_by("pk").values_list("id", "made_at"),
    nothing=lambda: Report.objects.filter(case_id=Given("case"), words="nobody said so").values_list("pk"),
)


def told(row: object) -> dict[str, object]:
    """What a row holds, without how it came."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_rows_read_together_are_those_that_are_read_one_by_one(cast: Cast, django_assert_num_queries) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    plain = Case.objects.get(pk=case.pk)
    photos = list(case.photos.order_by("pk").values_list("id", "made_at"))

    with django_assert_num_queries(1):
        found = ABOUT(case=case.pk)
        made = CASE.made(found["case"][0])
        unit, into = made.unit, made.merged_into

    assert (told(made), unit, into) == (told(plain), plain.unit, None)
    events = list(map(EVENT.made, found["events"]))
    assert list(map(told, events)) == list(map(told, plain.events.order_by("-pk")))
    assert [event.actor_unit for event in events] == [
        each.actor_unit for each in plain.events.order_by("-pk")
    ]
    assert list(map(told, map(CLOCK.made, found["clocks"]))) == list(map(told, plain.clocks.order_by("pk")))
    assert (found["photos"], found["nothing"]) == (photos, [])
    assert photos


def test_a_list_of_values_can_be_given(cast: Cast) -> None:
    units = Gathered(
        units=lambda: Unit.objects.filter(any_of("store_unit.code", "codes")).values_list("code")
    )

    assert units(codes=["committee-111", "nowhere"])["units"] == [("committee-111",)]
    assert units(codes=[])["units"] == []
