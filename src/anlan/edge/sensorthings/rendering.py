"""Entities as JSON, with their links."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from anlan.base.errors import Refused
from anlan.store.readers.sensorthings.pages import Item, Options, Page

type Json = dict[str, Any]
READING = ("id", "phenomenonTime", "resultTime", "result")
"""The components of an Observation in a data array."""


def entity_json(item: Item, base: str, options: Options) -> Json:
    """One entity: id, links, properties, what is expanded; `base` is the address of the root with a slash."""
    link = self_link(item, base)
    whole: Json = {
        "@iot.id": item.id,
        "@iot.selfLink": link,
        **item.entity.show(item.row),
        **{f"{name}@iot.navigationLink": f"{link}/{name}" for name in item.entity.navs},
    }
    kept = _selected(whole, item, options)
    for name, inner in options.expand:
        kept |= _expanded(name, item.expanded.get(name), f"{link}/{name}", base, inner)
    return kept


def self_link(item: Item, base: str) -> str:
    """The address of one entity."""
    return f"{base}{item.entity.plural}({item.id})"


def page_json(page: Page, base: str, address: str, raw: Mapping[str, str]) -> Json:
    """A page of entities; `raw` holds the options as they were given, for the link to the next page."""
    out: Json = {}
    if page.count is not None:
        out["@iot.count"] = page.count
    if page.more:
        out["@iot.nextLink"] = f"{address}?{_query(_next(page, raw))}"
    out["value"] = [entity_json(item, base, page.options) for item in page.items]
    return out


def refs_json(page: Page, base: str, address: str, raw: Mapping[str, str]) -> Json:
    """A page of addresses alone."""
    out = page_json(page, base, address, raw)
    return out | {"value": [{"@iot.selfLink": self_link(item, base)} for item in page.items]}


def data_array_json(page: Page, base: str, address: str, raw: Mapping[str, str]) -> Json:
    """Readings as rows of values below their Datastream: a fraction of the size."""
    asked = page.options.select or READING
    if unknown := set(asked) - set(READING):
        raise Refused("path_unknown", path=min(unknown))
    components = [name for name in READING if name in asked]
    by_stream: dict[int, list[list[Any]]] = {}
    for item in page.items:
        shown = {"id": item.id, **item.entity.show(item.row)}
        by_stream.setdefault(item.row["series_"], []).append([shown[name] for name in components])
    out = page_json(page, base, address, raw)
    return out | {
        "value": [
            {
                "Datastream@iot.navigationLink": f"{base}Datastreams({series})",
                "components": components,
                "dataArray@iot.count": len(rows),
                "dataArray": rows,
            }
            for series, rows in by_stream.items()
        ]
    }


def _selected(whole: Json, item: Item, options: Options) -> Json:
    if not options.select:
        return whole
    names = {"id": "@iot.id"}
    known = {key.partition("@iot.navigationLink")[0]: key for key in whole if not key.startswith("@")}
    for name in options.select:
        if name not in names and name not in known:
            raise Refused("path_unknown", path=name)
    kept = {names.get(name) or known[name] for name in options.select}
    return {key: value for key, value in whole.items() if key in kept or key == "@iot.selfLink"}


def _expanded(name: str, found: Page | Item | None, address: str, base: str, options: Options) -> Json:
    if found is None:
        return {name: None}
    if isinstance(found, Item):
        return {name: entity_json(found, base, options)}
    out: Json = {name: [entity_json(each, base, options) for each in found.items]}
    if found.count is not None:
        out[f"{name}@iot.count"] = found.count
    if found.more:
        raw = dict(options.given) | {"$skip": str(options.skip + len(found.items))}
        out[f"{name}@iot.nextLink"] = f"{address}?{_query(raw)}"
    return out


def _next(page: Page, raw: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in raw.items() if name not in ("$skip", "$skiptoken")}
    if page.next_token:
        return given | {"$skiptoken": page.next_token}
    return given | {"$skip": str(page.options.skip + len(page.items))}


def _query(pairs: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe="/,:'()$")}" for name, value in pairs.items())
