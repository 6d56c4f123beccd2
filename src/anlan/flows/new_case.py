"""The one way in which a case begins: title, words to search by, suggested unit, deadline, first event."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField, Value

from anlan.cases import deadlines
from anlan.cases.intake import title_of
from anlan.cases.terms import Stage, State
from anlan.cases.words import tokens_to_store
from anlan.flows import clocks
from anlan.flows.follow_ups import tell_pages, tell_people
from anlan.flows.link_recurrence import link_recurrence
from anlan.flows.publish_cases import publish_all
from anlan.store.models import Area, Case, CaseEvent, Category, Site, User
from anlan.store.readers.limits import terms_for
from anlan.store.readers.routing import hazard_of, suggestion_for


@dataclass(frozen=True)
class Hazard:
    """What is known of a hazard when its case begins; the point is WGS-84."""

    category: Category
    area: Area
    words: str
    address: str = ""
    lng: float | None = None
    lat: float | None = None
    site: Site | None = None


def search_words(*texts: str) -> Func:
    """The value of a case's `words` column for these texts."""
    tokens = tokens_to_store(" ".join(texts))
    return Func(Value(tokens, output_field=ArrayField(TextField())), function="array_to_tsvector")


def open_case(
    hazard: Hazard, *, at: datetime, source: str, acting_user: User | None = None
) -> tuple[Case, CaseEvent]:
    """A new case for `hazard` and its first event, "reported"; `source` says who or which system told us."""
    title = title_of(hazard.words, hazard.category.name_zh)
    terms = terms_for(hazard.category, hazard.category.severity)
    due_at = deadlines.due(Stage.ACCEPT, at, terms)
    case = Case(
        state=State.NEW,
        stage=Stage.ACCEPT,
        stage_since=at,
        due_at=due_at,
        near_at=deadlines.near(Stage.ACCEPT, at, due_at, terms),
        title=title,
        category=hazard.category,
        severity=hazard.category.severity,
        area=hazard.area,
        area_path=hazard.area.path,
        site=hazard.site,
        address=hazard.address,
        lng=hazard.lng,
        lat=hazard.lat,
        opened_at=at,
        words=search_words(title, hazard.words, hazard.address, hazard.area.name),
    )
    suggestion = suggestion_for(hazard_of(case, words=f"{title} {hazard.words}"), hazard.category, at)
    case.route_reason = suggestion.reason if suggestion else {}
    case.save()
    publish_all([case])
    clocks.begin(case, at, terms)
    event = CaseEvent.objects.create(
        case=case, at=at, step="reported", state_after=State.NEW, source=source, actor=acting_user
    )
    link_recurrence(case, at)
    tell_pages(event, case)
    tell_people(event)
    return case, event
