"""What an address below /v1.1 names: a set of entities, one of them, one of its properties."""

import re
from dataclasses import dataclass

from django.db.models import Q

from anlan.base.errors import NotFound, Refused
from anlan.store.readers.sensorthings.entities import ENTITIES, Entity
from anlan.store.readers.sensorthings.pages import Item, follow, one

SEGMENT = re.compile(r"(?P<name>[A-Za-z0-9@._-]+)(?:\((?P<id>'?[^()']*'?)\))?\Z")
NOT_HELD = frozenset(
    {"$batch", "HistoricalLocations", "MultiDatastreams", "Tasks", "Actuators", "TaskingCapabilities"}
)


@dataclass(frozen=True)
class Named:
    """What an address names. `scope` limits the set; `item` is the one entity, `field` a property of it."""

    entity: Entity
    scope: Q | None = None
    item: Item | None = None
    parent: Item | None = None
    field: str = ""
    raw: bool = False  # $value
    ref: bool = False  # $ref


def named(path: str) -> Named:
    """Follow an address. Raises NotFound, Refused("not_done")."""
    segments = path.strip("/").split("/")
    raw, ref = segments[-1] == "$value", segments[-1] == "$ref"
    if raw or ref:
        segments.pop()
    found = _first(segments[0]) if segments else None
    if found is None:
        raise NotFound
    for segment in segments[1:]:
        found = _next(found, segment)
    if raw and not found.field:
        raise NotFound
    return Named(found.entity, found.scope, found.item, found.parent, found.field, raw, ref)


def _first(segment: str) -> Named:
    name, number = _read(segment)
    if name not in ENTITIES:
        raise NotFound
    entity = ENTITIES[name]
    return Named(entity, item=None if number is None else one(entity, number))


def _next(found: Named, segment: str) -> Named:
    if found.item is None:
        raise NotFound
    name, number = _read(segment)
    if found.field and number is None:
        return Named(found.entity, item=found.item, field=f"{found.field}/{name}")
    if found.field:
        raise NotFound
    nav = found.item.entity.navs.get(name)
    if nav is None:
        if number is not None:
            raise NotFound
        return Named(found.entity, item=found.item, field=name)
    target = ENTITIES[nav.target]
    if not nav.many and number is not None:
        raise NotFound
    if not nav.many:
        return Named(target, item=follow(found.item, nav))
    scope = nav.match(found.item.row)
    if number is None:
        return Named(target, scope, parent=found.item)
    return Named(target, item=one(target, number, scope))


def _read(segment: str) -> tuple[str, int | None]:
    match = SEGMENT.match(segment)
    held = match["name"] if match else segment
    if held in NOT_HELD:
        raise Refused("not_done", what=held)
    if match is None:
        raise NotFound
    name, text = match["name"], match["id"]
    if text is None:
        return name, None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise NotFound
    return name, int(text)
