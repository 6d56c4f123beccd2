"""The filters of public pages, as they live in the address."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from anlan.base.errors import NotFound
from anlan.publishing.public_states import OPEN
from anlan.publishing.terms import PublicState
from anlan.store.readers.public_areas import PublicArea, PublicKind, area_with, public_kinds, site_with
from anlan.store.readers.public_cases import PublicFilters

NAMES = ("area", "category", "state", "since", "until", "site")
OPEN_WORD = "open"


@dataclass(frozen=True)
class Asked:
    """What an address asks for, and what it means; what is not understood is left out."""

    typed: dict[str, str]
    filters: PublicFilters
    area: PublicArea | None
    kinds: list[PublicKind]

    def query(self, **changes: str) -> str:
        """The query that asks for the same, with some of it changed; "" takes a filter away."""
        said = self.typed | changes
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def is_filtered(self) -> bool:
        """Is there any filter?"""
        return bool(self.typed)


def asked_by(query: QueryDict) -> Asked:
    """Read an address. At most four queries."""
    typed = {name: query.get(name, "").replace("\x00", "").strip()[:64] for name in NAMES}
    kinds = public_kinds()
    filters, area = PublicFilters(), None
    if typed["area"]:
        area, typed["area"] = _area(typed["area"])
        filters = replace(filters, area_path=area.path if area else "")
    kind = next((each for each in kinds if each.code == typed["category"]), None)
    typed["category"] = kind.code if kind else ""
    states = _states(typed["state"])
    typed["state"] = typed["state"] if states else ""
    since, until = (_month(typed[name]) for name in ("since", "until"))
    typed["since"], typed["until"] = (f"{day:%Y-%m}" if day else "" for day in (since, until))
    site = _site(typed["site"])
    typed["site"] = typed["site"] if site else ""
    found = replace(
        filters, categories=kind.ids if kind else (), states=states, since=since, until=until, site=site
    )
    return Asked({name: value for name, value in typed.items() if value}, found, area, kinds)


def _area(code: str) -> tuple[PublicArea | None, str]:
    try:
        return area_with(code), code
    except NotFound:
        return None, ""


def _site(code: str) -> int | None:
    if not code:
        return None
    try:
        return site_with(code).pk
    except NotFound:
        return None


def _states(word: str) -> tuple[PublicState, ...]:
    if word == OPEN_WORD:
        return tuple(sorted(OPEN))
    return (PublicState(word),) if word in set(PublicState) - {PublicState.JOINED} else ()


def _month(word: str) -> date | None:
    """The first day of a month such as 2026-11."""
    try:
        return date.fromisoformat(f"{word}-01") if word else None
    except ValueError:
        return None
