"""Store the made-up city in an empty installation."""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import cos, pi
from random import Random
from typing import Any
from uuid import UUID

import shapely
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from anlan.base.errors import Refused
from anlan.cases import deadlines
from anlan.cases.escalation import Rung, rung_reached
from anlan.cases.intake import title_of
from anlan.cases.terms import Channel, PlaceSource, State
from anlan.cases.words import tokens_to_store
from anlan.flows.demo import land
from anlan.flows.demo.devices import store_devices
from anlan.flows.demo.hazards import KINDS, TALES
from anlan.flows.demo.incidents import incidents
from anlan.flows.demo.people import Staffing, staff
from anlan.flows.demo.proof import prove_cases
from anlan.flows.demo.roads import DESK, VERIFIER, Clock, Road, road
from anlan.flows.demo.routing import store_routing
from anlan.flows.demo.services import store_services
from anlan.flows.follow_ups import later
from anlan.flows.publish_cases import month_of
from anlan.flows.starting_categories import Kind, store_starting_categories
from anlan.places.terms import Crs, Level
from anlan.publishing.places import public_place
from anlan.publishing.public_states import PUBLIC
from anlan.publishing.terms import PlaceRule
from anlan.staff.terms import Role
from anlan.store.copying import copy_rows, reserve_ids, take_stock
from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    Category,
    ClockPause,
    Device,
    Incident,
    LatestValue,
    Observation,
    PublicCase,
    Report,
    Site,
    StageClock,
    Unit,
)

YEARS = 2
FRESH, FRESH_DAYS = 0.02, 28
"""A share of cases of the last days beside their own, so that every desk has something to do; over as many
days as the wall takes for usual, so that today is like them.
"""
UNREAD, UNREAD_HOURS = 0.4, 18
"""The share of cases of the last hours that nobody has read yet."""

HOURS = (1, 1, 1, 1, 1, 2, 5, 9, 12, 13, 12, 10, 7, 8, 11, 12, 12, 11, 10, 9, 8, 6, 4, 2)
"""How many reports come in each hour of a day, in relation to one another."""

FILLED = (
    *(Area, Unit, Site, Device, Observation, LatestValue),
    *(Case, PublicCase, CaseEvent, StageClock, Report, Incident),
)
"""The tables of which many rows are stored, and which the database looks over afterwards."""


@dataclass(frozen=True)
class DemoCity:
    """How many of each were made, and the logins of those who may try it."""

    areas: int
    units: int
    sites: int
    cases: int
    events: int
    incidents: int
    devices: int
    readings: int
    logins: list[dict[str, str]]


@transaction.atomic
def make_demo_city(
    *,
    seed: int,
    cases: int,
    now: datetime,
    townships: int = land.TOWNSHIPS,
    villages: int = land.VILLAGES,
    progress: Callable[[str, int], None] = lambda part, done: None,
) -> DemoCity:
    """Make up a city and store it; `progress` hears of each part and how much of it is done.

    Raises Refused("city_not_empty") where there is a city already.
    """
    if Area.objects.exists():
        raise Refused("city_not_empty")
    rng = Random(seed)
    progress("land", 0)
    root = land.city(rng, townships, villages)
    areas = _store_areas(root)
    progress("units", 0)
    staffing = staff(rng, root, areas)
    categories = store_starting_categories()
    plots = [ground for ground in land.everything(root) if ground.level == Level.VILLAGE]
    store_services(categories)
    store_routing(root, areas, staffing, categories, now)
    sites = _store_sites(rng, plots, areas, staffing.committees)
    progress("cases", 0)
    events = _Writer(rng, areas, staffing, categories, now).write(plots, cases, progress)
    progress("incidents", 0)
    harm = copy_rows(Incident, INCIDENT, incidents(rng, plots, areas, _first_day(now), now))
    progress("devices", 0)
    devices, readings = store_devices(rng, plots, areas, staffing.committees, now)
    take_stock(*FILLED)
    prove_cases(now)
    later("score_months", timestamp=0)  # not only tonight: a demonstration is looked at now
    return DemoCity(
        len(areas), Unit.objects.count(), sites, cases, events, harm, devices, readings, staffing.logins
    )


def _first_day(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=365 * YEARS
    )


def _store_areas(root: land.Ground) -> dict[str, int]:
    """Area ids by code."""
    grounds = list(land.everything(root))
    first = reserve_ids(Area, len(grounds))
    ids = {ground.code: first + number for number, ground in enumerate(grounds)}
    columns = (
        *("id", "code", "name", "level", "kind", "parent_id", "path", "lng", "lat"),
        *("boundary", "boundary_crs", "source"),
    )
    copy_rows(
        Area,
        columns,
        (
            (
                *(
                    ids[each.code],
                    each.code,
                    each.name,
                    each.level,
                    each.kind,
                    ids.get(each.parent),
                    each.path,
                ),
                *each.point,
                *(shapely.to_wkb(each.shape), Crs.WGS84, "synthetic"),
            )
            for each in grounds
        ),
    )
    return ids


SITE_NAMES = {"pond": "塘", "charging_shed": "充电棚", "shop": "沿街店", "school": "小学"}


def _store_sites(
    rng: Random, villages: list[land.Ground], areas: dict[str, int], committees: dict[str, tuple[int, str]]
) -> int:
    columns = (
        *("code", "kind", "name", "area_id", "area_path", "unit_id", "unit_path"),
        *("lng", "lat", "source_crs", "in_use", "attributes"),
    )

    def rows() -> Iterator[tuple[Any, ...]]:
        for village in villages:
            for number, kind in enumerate(
                rng.choices(list(SITE_NAMES), (5, 4, 3, 1), k=rng.randint(1, 3)), start=1
            ):
                facts = {"depth_m": round(rng.uniform(0.8, 4), 1)} if kind == "pond" else {}
                yield (
                    *(f"{village.code}-{number}", kind, f"{village.name}{SITE_NAMES[kind]} {number} 号"),
                    *(areas[village.code], village.path, *committees[village.code]),
                    *land.somewhere(rng, village),
                    *(Crs.WGS84, True, facts),
                )

    return copy_rows(Site, columns, rows())


CASE = (
    *("id", "state", "former_state", "stage", "stage_since", "due_at", "near_at"),
    *("clock_left", "version", "title"),
    *("category_id", "severity", "area_id", "area_path", "unit_id", "unit_path", "address", "lng", "lat"),
    *("opened_at", "rectified_at", "closed_at", "rework_count", "reopen_count", "report_count"),
    *("route_reason", "words"),
)
REPORT = (
    *("case_id", "channel", "category_id", "words", "area_id", "address", "lng", "lat", "place_source"),
    *("source_crs", "received_at", "language", "idempotency_key", "source", "source_id"),
)
EVENT = (
    *("case_id", "at", "step", "state_before", "state_after", "actor_id", "actor_unit_id", "actor_role"),
    *("source", "reason", "changes"),
)
CLOCK = (
    *("case_id", "stage", "unit_id", "unit_path", "began_at", "promised_due_at", "due_at", "ended_at"),
    *("paused_at", "near_at", "rung"),
)
PAUSE = ("case_id", "began_at", "ended_at")
INCIDENT = (
    *("kind", "at", "area_id", "area_path", "lng", "lat", "injured", "killed", "source", "source_key"),
)
PUBLISHED = (
    *("case_id", "shown", "state", "category_id", "area_id", "area_path", "month", "opened_at", "updated_at"),
    *("closed_at", "closed_month", "place_rule", "lng", "lat", "cell", "address", "words"),
)
BLOCK = 2000


@dataclass(frozen=True)
class _Made:
    """One made-up case before it is written."""

    kind: Kind
    village: land.Ground
    words: str
    point: tuple[float, float] | None
    road: Road


class _Writer:
    """Writes made-up cases with their reports and history, block by block."""

    def __init__(
        self,
        rng: Random,
        areas: dict[str, int],
        staffing: Staffing,
        categories: dict[str, Category],
        now: datetime,
    ) -> None:
        self.rng, self.areas, self.staffing, self.categories, self.now = rng, areas, staffing, categories, now
        self.events = 0

    def write(self, villages: list[land.Ground], count: int, progress: Callable[[str, int], None]) -> int:
        """Write `count` cases; the number of their events."""
        often = [TALES[kind.code].weight for kind in KINDS]
        kinds = [self.rng.choices(KINDS, often)[0] for _ in range(count)]
        opened = self._times(kinds)
        weights = list(accumulate(self.rng.lognormvariate(0, 0.8) for _ in villages))
        first = reserve_ids(Case, count)
        for start in range(0, count, BLOCK):
            block = [
                self._made(
                    kind, at, villages[bisect(weights, self.rng.random() * weights[-1], hi=len(villages) - 1)]
                )
                for at, kind in opened[start : start + BLOCK]
            ]
            self._store(first + start, block)
            progress("cases", start + len(block))
        return self.events

    def _times(self, kinds: list[Kind]) -> list[tuple[datetime, Kind]]:
        """When each is reported, in order: fewer at night and on Sundays, summer hazards in summer."""
        first, days = _first_day(self.now), 365 * YEARS
        by_summer = {each.summer: self._day_weights(first, days, each.summer) for each in TALES.values()}
        found = []
        for kind in kinds:
            weights = by_summer[TALES[kind.code].summer]
            day = bisect(weights, self.rng.random() * weights[-1], hi=days)
            if self.rng.random() < FRESH:
                day = days - self.rng.randrange(FRESH_DAYS)
            hour = self.rng.choices(range(24), HOURS)[0]
            at = first + timedelta(days=day, hours=hour, seconds=self.rng.randrange(3600))
            found.append((at if at < self.now else at - timedelta(days=1), kind))
        return sorted(found, key=lambda each: each[0])

    def _day_weights(self, first: datetime, days: int, summer: float) -> list[float]:
        def weight(day: int) -> float:
            date = first + timedelta(days=day)
            season = (1 - cos(2 * pi * (date.timetuple().tm_yday - 15) / 365.25)) / 2
            return (
                (0.6 if date.weekday() == 6 else 1.0) * (1 + (summer - 1) * season) * (0.8 + 0.4 * day / days)
            )

        return list(accumulate(weight(day) for day in range(days + 1)))

    def _made(self, kind: Kind, at: datetime, village: land.Ground) -> _Made:
        where = self.rng.choice(("村口", "小店对面", "桥头", "老街", "学校旁", "菜场后门", "祠堂前"))
        tales = TALES[kind.code]
        words = f"{village.name}{where}，{self.rng.choice(tales.said)}。"
        point = land.somewhere(self.rng, village) if self.rng.random() < 0.85 else None
        is_unread = self.now - at < timedelta(hours=UNREAD_HOURS) and self.rng.random() < UNREAD
        until = at if is_unread else self.now
        gone = road(self.rng, at, self.categories[kind.code], tales.done, until)
        return _Made(kind, village, words, point, gone)

    def _store(self, first: int, block: list[_Made]) -> None:
        copy_rows(Case, CASE, (self._case(first + n, made) for n, made in enumerate(block)))
        copy_rows(PublicCase, PUBLISHED, (self._published(first + n, made) for n, made in enumerate(block)))
        copy_rows(Report, REPORT, (self._report(first + n, made) for n, made in enumerate(block)))
        self.events += copy_rows(
            CaseEvent, EVENT, (row for n, made in enumerate(block) for row in self._history(first + n, made))
        )
        copy_rows(
            StageClock, CLOCK, (row for n, made in enumerate(block) for row in self._clocks(first + n, made))
        )
        pauses = ((first + n, *pause) for n, made in enumerate(block) for pause in made.road.pauses)
        copy_rows(ClockPause, PAUSE, pauses)

    def _case(self, pk: int, made: _Made) -> tuple[Any, ...]:
        gone, category = made.road, self.categories[made.kind.code]
        unit_id, unit_path = self.staffing.responsible(made.kind, made.village)
        title = title_of(made.words.split("，", 1)[1], made.kind.zh)
        return (
            *(pk, gone.state, gone.former or "", gone.stage or "", gone.stage_since, gone.due_at),
            *(gone.near_at, gone.clock_left, len(gone.events), f"{made.village.name}{title}"[:40]),
            *(category.pk, made.kind.severity, self.areas[made.village.code], made.village.path),
            *((unit_id, unit_path) if gone.has_unit else (None, "")),
            *(made.words.split("，", 1)[0], *(made.point or (None, None))),
            *(gone.opened_at, gone.rectified_at, gone.closed_at, gone.reworks, gone.reopened, 1),
            self.staffing.suggestion(made.kind, made.village),
            " ".join(f"'{token}'" for token in tokens_to_store(made.words + title)),
        )

    def _published(self, pk: int, made: _Made) -> tuple[Any, ...]:
        gone, category = made.road, self.categories[made.kind.code]
        place = public_place(
            PlaceRule(category.public_place),
            *(made.point or (None, None)),
            area_kind=made.village.kind,
            homes=settings.ANLAN_PUBLIC_CELL_HOMES,
        )
        return (
            *(pk, True, PUBLIC[State(gone.state)], category.pk, self.areas[made.village.code]),
            *(
                made.village.path,
                month_of(gone.opened_at),
                gone.opened_at,
                gone.events[-1].at if gone.events else gone.opened_at,
            ),
            *(gone.closed_at, gone.closed_at and month_of(gone.closed_at)),
            *(place.rule, place.lng, place.lat, place.cell, "", ""),
        )

    def _report(self, pk: int, made: _Made) -> tuple[Any, ...]:
        channel = self.rng.choices((Channel.WEB, Channel.DESK, Channel.FIELD), (6, 2, 3))[0]
        return (
            *(pk, channel, self.categories[made.kind.code].pk, made.words, self.areas[made.village.code]),
            *(made.words.split("，", 1)[0], *(made.point or (None, None))),
            *(PlaceSource.MAP if made.point else PlaceSource.AREA, Crs.WGS84, made.road.opened_at, "zh-hans"),
            *(UUID(int=self.rng.getrandbits(128), version=4), "", ""),
        )

    def _clocks(self, pk: int, made: _Made) -> Iterator[tuple[Any, ...]]:
        unit = self.staffing.responsible(made.kind, made.village)
        for clock in made.road.clocks:
            yield (
                *(pk, clock.stage, *(unit if clock.has_unit else (None, ""))),
                *(clock.began_at, clock.promised_due_at, clock.due_at, clock.ended_at, clock.paused_at),
                *(deadlines.amber_at(clock.began_at, clock.due_at), self._rung(clock)),
            )

    def _rung(self, clock: Clock) -> int:
        """How far up the stage was told; what nobody heard of yet is told by the next sweep."""
        if clock.ended_at is None:
            return Rung.NOBODY
        near_at = deadlines.amber_at(clock.began_at, clock.due_at)
        return rung_reached(near_at, clock.due_at, clock.ended_at)

    def _history(self, pk: int, made: _Made) -> Iterator[tuple[Any, ...]]:
        yield (pk, made.road.opened_at, "reported", "", "new", None, None, "", "resident", "", {})
        unit_id, _ = self.staffing.responsible(made.kind, made.village)
        for told in made.road.events:
            if told.who == DESK:
                actor = self.staffing.desk_of(made.village)
            elif told.who == VERIFIER:
                actor = self.staffing.verifier_of(made.village)
            else:
                actor = (None, unit_id, Role.HANDLER)
            yield (
                *(pk, told.at, told.step, told.before, told.after, *actor, "", told.reason),
                {"state": [told.before, told.after]},
            )
