"""Tags of the pages of cases: {% load cases %}."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django import template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from anlan.cases.deadlines import tone
from anlan.cases.terms import State
from anlan.edge.pages import case_labels, deadlines, labels
from anlan.edge.pages.case_labels import Named
from anlan.edge.pages.states import STATE_LOOKS
from anlan.edge.pages.templatetags.anlan import drawn
from anlan.edge.pages.times import moment
from anlan.store.readers.routing import UnitLoad

register = template.Library()


MOVED = {
    "due_at": gettext_lazy("End of the stage: %(after)s instead of %(before)s"),
    "total_due_at": gettext_lazy("End of the case: %(after)s instead of %(before)s"),
    "check_due_at": gettext_lazy("End of the check: %(after)s instead of %(before)s"),
    "task_due_at": gettext_lazy("End of a task: %(after)s instead of %(before)s"),
}


class Family(Named, Protocol):
    """A category with its family."""

    @property
    def parent(self) -> Named | None: ...


class Timed(Protocol):
    """A case with its deadline."""

    @property
    def state(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def stage_since(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def near_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


class Interim(Protocol):
    """A case that may have to be made safe first."""

    @property
    def stage(self) -> str: ...
    @property
    def interim_due_at(self) -> datetime | None: ...
    @property
    def interim_at(self) -> datetime | None: ...


class Told(Protocol):
    """An event of a case's history."""

    @property
    def step(self) -> str: ...
    @property
    def state_after(self) -> str: ...
    @property
    def actor_role(self) -> str: ...
    @property
    def actor_unit(self) -> Any: ...
    @property
    def source(self) -> str: ...
    @property
    def changes(self) -> Mapping[str, list[Any]]: ...


@register.simple_tag
def category(named: Family) -> str:
    """{% category case.category %}: family and category in the language of the page."""
    return case_labels.category_name(named, named.parent)


@register.simple_tag
def case_due(case: Timed, now: datetime) -> SafeString | str:
    """{% case_due case now %}: the deadline of an open case; of an ended one when it ended."""
    if case.due_at is None:
        return (
            ""
            if case.closed_at is None
            else _("closed %(day)s") % {"day": date_format(case.closed_at, "Y-m-d")}
        )
    if case.state == State.PARKED:
        look = deadlines.stopped(review_at=case.due_at, reason="", now=now)
    else:
        look = deadlines.running(
            since=case.stage_since, near_at=case.near_at, at=case.due_at, stage=case.stage, now=now
        )
    return drawn(look)


@register.simple_tag
def interim(case: Interim, now: datetime) -> SafeString | str:
    """{% interim case now %}: by when a place must be made safe, while it is not; "" otherwise."""
    if case.interim_due_at is None or case.interim_at is not None or not case.stage:
        return ""
    late = case.interim_due_at <= now
    words = _("make safe by %(when)s, overdue") if late else _("make safe by %(when)s")
    said = words % {"when": moment(case.interim_due_at, now)}
    return format_html(' <span class="tag{}">{}</span>', " late" if late else "", said)


@register.filter
def tone_at(case: Timed, now: datetime) -> str:
    """{{ case|tone_at:now }}: how its pin looks: ok, amber, red, or stop."""
    if case.state == State.PARKED or case.due_at is None:
        return "stop"
    return str(tone(case.near_at, case.due_at, now))


@register.filter
def stage_word(stage: str) -> str:
    """{{ case.stage|stage_word }}: what is to be done, for the button of a row."""
    return str(case_labels.STAGES[stage])


@register.simple_tag
def family(named: Named) -> str:
    """{% family place.family %}: a family of categories in the language of the page."""
    return case_labels.category_name(named)


@register.simple_tag
def verification_kind(kind: str) -> str:
    """{% verification_kind each.kind %}: how it was seen that a hazard is gone."""
    return str(case_labels.VERIFICATION_KINDS[kind])


@register.filter
def moment_of(at: datetime, now: datetime) -> str:
    """{{ check.due_at|moment_of:now }}: a time in words without a tag."""
    return moment(at, now)


@register.simple_tag
def severity(value: str) -> str:
    """{% severity case.severity %}: the word."""
    return str(case_labels.SEVERITIES[value])


@register.simple_tag
def time_unit(value: str) -> str:
    """{% time_unit extension.time_unit %}: the word."""
    return str(case_labels.TIME_UNITS[value])


@register.simple_tag
def clock_word(name: str) -> str:
    """{% clock_word clock.stage %}: what a clock runs for."""
    return str(case_labels.CLOCKS[name])


@register.simple_tag
def rung(value: int) -> str:
    """{% rung event.changes.rung.1 %}: who hears."""
    return str(case_labels.RUNGS[value])


@register.simple_tag
def task_state(value: str) -> str:
    """{% task_state task.state %}: the word."""
    return str(case_labels.TASK_STATES[value])


@register.filter
def happened(event: Told) -> str:
    """{{ event|happened }}: what an event is called."""
    return case_labels.happened(event.step)


@register.filter
def by_whom(event: Told) -> str:
    """{{ event|by_whom }}: unit and role of who did it, never a name."""
    if event.actor_unit is None and event.actor_role:
        return str(labels.ROLES[event.actor_role])
    if event.actor_unit is None:
        return str(case_labels.SOURCES.get(event.source, event.source))
    return f"{event.actor_unit.name} · {labels.ROLES[event.actor_role]}"


@register.filter
def moved_ends(event: Told) -> list[str]:
    """{% for line in event|moved_ends %}: ends that an event moved, before and after, with their years."""
    pairs = [(sentence, event.changes[name]) for name, sentence in MOVED.items() if name in event.changes]
    return [
        str(sentence) % {"before": _told(before), "after": _told(after)}
        for sentence, (before, after) in pairs
    ]


def _told(at: str) -> str:
    """A moment of the history: as it is read now it is read in another year."""
    return date_format(localtime(datetime.fromisoformat(at)), "Y-m-d H:i")


@register.filter
def sign_of(event: Told) -> str:
    """{{ event|sign_of }}: the sign of the state that an event led to."""
    return STATE_LOOKS[event.state_after or State.NEW].sign


@register.filter
def tone_of(event: Told) -> str:
    """{{ event|tone_of }}: the tone of the state that an event led to."""
    return STATE_LOOKS[event.state_after or State.NEW].tone


@register.filter
def channel(value: str) -> str:
    """{{ report.channel|channel }}: the word."""
    return str(case_labels.CHANNELS.get(value, value))


@register.filter
def step_button(step: str) -> str:
    """{{ step|step_button }}: what the button of a step says."""
    return str(case_labels.STEPS[step])


@register.filter
def with_loads(field: BoundField, loads: list[UnitLoad]) -> list[tuple[BoundWidget, UnitLoad]]:
    """{% for option, load in field|with_loads:loads %}: each unit's radio button beside what it has to do."""
    return list(zip(field.subwidgets, loads, strict=True))


@register.simple_tag
def answer(kept: Mapping[str, str]) -> tuple[str, str]:
    """{% answer each as qa %}: a question of a category and its answer, in the language of the page."""
    tongue = "en" if get_language() == "en" else "zh"
    return kept[f"asked_{tongue}"], kept[f"said_{tongue}"]
