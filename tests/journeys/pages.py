"""Every page that somebody can open: one line each. A page that is not in this table is not looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.journeys.city import City


@dataclass(frozen=True)
class PageLine:
    """A name for its pictures, its address ({name} is the id of that case), who opens it, and its status."""

    name: str
    address: str
    who: str = ""
    status: int = 200
    with_map: bool = False

    def address_in(self, city: City) -> str:
        """The address in a running city."""
        ids: Mapping[str, int] = city.cases
        return self.address.format_map({name.replace("-", "_"): pk for name, pk in ids.items()})


PAGES = (
    PageLine("kit", "/kit", with_map=True),
    PageLine("not-found", "/no-such-page", status=404),
    PageLine("queue", "/cases/?view=open", "carol", with_map=True),
    PageLine("queue-empty", "/cases/?words=zzz", "carol"),
    PageLine("my-work", "/work/", "carol"),
    PageLine("my-work-empty", "/work/", "heidi"),
    PageLine("case-new", "/cases/{new}/", "carol", with_map=True),
    PageLine("case-to-verify", "/cases/{rectified}/", "bob", with_map=True),
    PageLine("case-in-progress", "/cases/{in_progress}/", "alice", with_map=True),
    PageLine("case-closed", "/cases/{closed}/", "carol", with_map=True),
    PageLine("case-parked", "/cases/{parked}/", "carol", with_map=True),
    PageLine("overview-city", "/areas/overview/", "liu"),
    PageLine("overview-county", "/areas/overview/990101/", "carol"),
    PageLine("case-elsewhere", "/cases/{new}/", "dan", 404),
)
