"""All that is kept about one case, read in one query: see gathered.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, DateField, QuerySet
from django.db.models.expressions import RawSQL

from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    CaseJoin,
    CaseSensor,
    CaseTask,
    Category,
    Contact,
    Device,
    EvidenceLook,
    Extension,
    Membership,
    Photo,
    Property,
    Recurrence,
    Report,
    ReportAddition,
    ResidentAnswer,
    ReturningPlace,
    SecondCheck,
    SentRequest,
    Series,
    Site,
    StageClock,
    Unit,
    Verification,
)
from anlan.store.readers.calendars import Row as CalendarRow
from anlan.store.readers.calendars import rows_in_force
from anlan.store.readers.gathered import Gathered, Whole
from anlan.store.readers.prepared import Given

_GIVEN = Given("case")
_NAMED = Whole(Unit, only=("id", "name"))
_OTHER = Whole(Case, only=("id", "opened_at", "title"))
_AREA = ("boundary",)
_CASE = Whole(
    Case,
    without=("words",),
    category=Whole(Category, parent=Whole(Category), unit=Whole(Unit)),
    area=Whole(Area, without=_AREA, parent=Whole(Area, without=_AREA)),
    unit=Whole(Unit),
    site=Whole(Site, only=("id", "name", "kind")),
    merged_into=_OTHER,
)
_TASK = Whole(CaseTask, unit=_NAMED)
_EVENT = Whole(CaseEvent, actor_unit=_NAMED)
_CLOCK = Whole(StageClock)
_PHOTO = Whole(Photo)
_REPORT = Whole(
    Report,
    only=(
        *("id", "case_id", "channel", "words", "answers", "received_at"),
        *("source", "source_id", "withdrawn_at"),
    ),
    contact=Whole(Contact),
    sent=Whole(SentRequest, only=("id", "report_id", "media_url")),
    answer=Whole(ResidentAnswer, only=("id", "report_id", "satisfied")),
)
_ADDITION = Whole(ReportAddition, only=("id", "report_id", "words", "received_at"))
_VERIFICATION = Whole(Verification, unit=_NAMED)
_EXTENSION = Whole(Extension, clock=_CLOCK)
_JOIN = Whole(CaseJoin, into=_OTHER)
_CHECK = Whole(SecondCheck)
_RETURN = Whole(Recurrence, earlier=_OTHER, case=_OTHER, place=Whole(ReturningPlace, only=("id", "returns")))
_SENSOR = Whole(
    CaseSensor,
    series=Whole(
        Series,
        only=("id", "device_id", "property_id"),
        device=Whole(Device, only=("id", "name")),
        property=Whole(Property, only=("id", "code", "unit")),
    ),
)
_DRAWN = RawSQL(
    "store_membership.id IN (SELECT unnest(drawn_verifiers) FROM store_case WHERE id = %s "
    "UNION SELECT unnest(drawn_verifiers) FROM store_casetask WHERE case_id = %s)",
    (_GIVEN, _GIVEN),
    output_field=BooleanField(),
)
_LINKS = Recurrence.objects.filter(undone_at=None)
_WHOLES: Mapping[str, tuple[Whole[Any], Callable[[], QuerySet[Any, Any]]]] = {
    "case": (_CASE, lambda: Case.objects.filter(pk=_GIVEN)),
    "tasks": (_TASK, lambda: CaseTask.objects.filter(case_id=_GIVEN).order_by("given_at", "pk")),
    "events": (_EVENT, lambda: CaseEvent.objects.filter(case_id=_GIVEN).order_by("-at", "-id")),
    "clocks": (
        _CLOCK,
        lambda: StageClock.objects.filter(case_id=_GIVEN, ended_at=None).order_by("due_at", "stage"),
    ),
    "photos": (_PHOTO, lambda: Photo.objects.filter(case_id=_GIVEN).order_by("made_at")),
    "reports": (_REPORT, lambda: Report.objects.filter(case_id=_GIVEN).order_by("received_at")),
    "additions": (_ADDITION, lambda: ReportAddition.objects.filter(report__case_id=_GIVEN)),
    "joined": (_OTHER, lambda: Case.objects.filter(merged_into_id=_GIVEN).order_by("pk")),
    "verifications": (_VERIFICATION, lambda: Verification.objects.filter(case_id=_GIVEN).order_by("-at")),
    "extensions": (_EXTENSION, lambda: Extension.objects.filter(case_id=_GIVEN).order_by("-pk")),
    "joins": (_JOIN, lambda: CaseJoin.objects.filter(joined_id=_GIVEN, undone_at=None)),
    "checks": (_CHECK, lambda: SecondCheck.objects.filter(case_id=_GIVEN).order_by("-pk")),
    "recurrences": (_RETURN, lambda: _LINKS.filter(case_id=_GIVEN).order_by("pk")),
    "came_back": (_RETURN, lambda: _LINKS.filter(earlier_id=_GIVEN)),
    "sensors": (_SENSOR, lambda: CaseSensor.objects.filter(case_id=_GIVEN)),
}
"""Parts of the answer that are rows of a table as a whole."""

_PLAIN: Mapping[str, Callable[[], QuerySet[Any, Any]]] = {
    "posts": lambda: Membership.objects.filter(_DRAWN).values_list("pk", "unit__name"),
    "calendar": rows_in_force,
    "looks": lambda: EvidenceLook.objects.filter(
        case_id=_GIVEN, user_id=Given("user"), day=Given("day", DateField())
    ).values_list("pk"),
}


def _asking(whole: Whole[Any], rows: Callable[[], QuerySet[Any, Any]]) -> Callable[[], QuerySet[Any, Any]]:
    return lambda: rows().values_list(*whole.names())


_ABOUT = Gathered(**{name: _asking(*each) for name, each in _WHOLES.items()}, **_PLAIN)


@dataclass(frozen=True)
class Told:
    """A report, with what its reporter added later."""

    report: Report
    additions: Sequence[ReportAddition]

    @property
    def satisfied(self) -> bool | None:
        """What the reporter said of the result; None while nothing was said."""
        answer: ResidentAnswer | None = getattr(self.report, "answer", None)
        return None if answer is None else answer.satisfied


@dataclass(frozen=True)
class About:
    """A case and all that belongs to it, whoever may see it."""

    case: Case
    tasks: list[CaseTask]
    events: list[CaseEvent]  # the newest first
    clocks: list[StageClock]  # that run or stand still, those of tasks included
    photos: list[Photo]
    reports: list[Told]
    joined: list[Case]
    verifications: list[Verification]  # the newest first
    extensions: list[Extension]  # the newest first
    joins: list[CaseJoin]
    check: SecondCheck | None
    recurrence: Recurrence | None
    came_back: list[Recurrence]
    sensors: list[CaseSensor]
    posts: Mapping[int, str]  # of all who were drawn: membership, name of its unit
    calendar: tuple[CalendarRow, ...]
    looked: bool  # was it written down today that this person looked at it?


def about(case_id: int, user_id: int, day: date) -> About | None:
    """The case with all of it, in one query; None where there is no such case."""
    found = _ABOUT(case=case_id, user=user_id, day=day)
    made: dict[str, list[Any]] = {
        name: list(map(whole.made, found[name])) for name, (whole, _) in _WHOLES.items()
    }
    case, additions, reports = (made.pop(name) for name in ("case", "additions", "reports"))
    checks, recurrences = made.pop("checks"), made.pop("recurrences")
    if not case:
        return None
    return About(
        case=case[0],
        reports=[Told(each, [more for more in additions if more.report_id == each.pk]) for each in reports],
        check=next(iter(checks), None),
        recurrence=next(iter(recurrences), None),
        posts=dict(found["posts"]),
        calendar=tuple(found["calendar"]),
        looked=bool(found["looks"]),
        **made,
    )
