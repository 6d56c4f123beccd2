"""Import 1,000,000 incident rows, beside a raw binary COPY of the same columns under the same keys.
keys.

The rows are those of the New York collisions of `../shared` (made up where that is absent), moved in time and
place so that no two are equal; nine counties made of squares lie under them, so that every row is looked up.
The memory is that of the importing process at its highest, database not included.
"""

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import _figures as figures
from _throwaway import database

SHARED = Path(os.environ.get("ANLAN_SHARED", Path(__file__).parents[1] / "../shared"))
NYC = SHARED / "data/nyc_collisions/nyc_motor_vehicle_collisions.csv"
ROWS = 1_000_000
QUICK_ROWS = 5_000
COLUMNS = "kind, at, area_id, area_path, lng, lat, injured, killed, source, source_key"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rows = QUICK_ROWS if parser.parse_args().quick else ROWS
    with tempfile.TemporaryDirectory() as folder, database():
        file = Path(folder) / "incidents.csv"
        figures.say(f"writing {rows:,} rows")
        write_rows(file, rows)
        make_areas()
        figures.say("importing them")
        seconds = import_file(file, rows)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures.say("copying the same rows raw")
        raw = copy_raw()
        again = import_file(file, 0)
    figures.at_least(
        "import of incidents",
        rows / seconds,
        "rows/s",
        0.25,
        reference="raw binary COPY of the same columns into a table with the same keys",
        reference_value=rows / raw,
    )
    figures.at_most("memory of the import", memory, "MB", 400)
    figures.at_most(
        "the same file again, nothing new",
        again,
        "s",
        2,
        reference="the first import",
        reference_value=seconds,
    )


def write_rows(file: Path, rows: int) -> None:
    """Write the rows of New York again and again, each time a week later and a little to the side."""
    originals = list(originals_or_made_up())
    with file.open("w", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(("date", "time", "lng", "lat", "injured", "killed"))
        for number in range(rows):
            turn, place = divmod(number, len(originals))
            day, *rest = originals[place]
            writer.writerow((day + timedelta(days=7 * turn - 3600), *moved(rest, turn)))


def moved(cells: list[str], turn: int) -> list[str]:
    """The same row a few metres on; every fiftieth turn without a place."""
    clock, lng, lat, *counts = cells
    if turn % 50 == 49:
        return [clock, "", "", *counts]
    return [clock, f"{float(lng) + turn * 1e-5:.6f}", f"{float(lat) + turn * 1e-5:.6f}", *counts]


def originals_or_made_up() -> Iterator[tuple[Any, ...]]:
    """Rows with the date read: from the file, or a seeded sample in its shape."""
    if NYC.exists():
        with NYC.open(newline="") as lines:
            for day, *rest in list(csv.reader(lines, delimiter=";"))[1:]:
                yield (date.fromisoformat(day), *rest)
        return
    rng = random.Random(20200919)
    for _ in range(1601):
        clock = f"{rng.randrange(24)}:{rng.randrange(60):02}"
        lng, lat = rng.uniform(-74.2, -73.7), rng.uniform(40.5, 40.9)
        day = date(2020, 9, 19) + timedelta(days=rng.randrange(6))
        yield (day, clock, f"{lng:.6f}", f"{lat:.6f}", str(rng.randrange(3)), "0")


def make_areas() -> None:
    """Nine counties as squares, three by three, over New York."""
    import shapely

    from anlan.store.models import Area

    for number in range(9):
        west, south = -74.2 + number % 3 * 0.2, 40.4 + number // 3 * 0.2
        square = shapely.MultiPolygon([shapely.box(west, south, west + 0.2, south + 0.2)])
        code = f"99010{number + 1}"
        Area.objects.create(
            code=code, name=code, level="county", path=f"990100.{code}.", boundary=shapely.to_wkb(square)
        )


def import_file(file: Path, expected: int) -> float:
    """Seconds that the import takes, from the file to the commit."""
    from django.utils import timezone

    from anlan.base.tables import Complaints, read_table
    from anlan.flows.import_incidents import IncidentList, import_incidents
    from anlan.outcomes.incident_files import IncidentMapping, read_incidents

    began = time.perf_counter()
    with file.open(encoding="utf-8", newline="") as lines:
        complaints = Complaints()
        table = read_table(file.name, lines, complaints)
        blocks = read_incidents(table, IncidentMapping("America/New_York"), complaints)
        incidents = IncidentList("collision", "bench", blocks, complaints)
        now = timezone.now()
        counts = import_incidents(acting_user=None, incident_list=incidents, started_at=now, now=now)
    seconds = time.perf_counter() - began
    figures.say(f"{seconds:.1f} s: {counts.as_dict()}")
    if counts.added != expected:
        sys.exit(f"expected {expected} new rows")
    return seconds


def copy_raw() -> float:
    """Seconds of a COPY of the stored rows, from memory, into an empty table with the same keys and
    indexes."""
    from django.db import connection, transaction

    with connection.cursor() as outer:
        outer.execute("CREATE TABLE raw_incident (LIKE store_incident INCLUDING ALL)")
        outer.execute(
            "ALTER TABLE raw_incident ADD FOREIGN KEY (area_id) REFERENCES store_area"
            " DEFERRABLE INITIALLY DEFERRED"
        )
        cursor = cast("Any", outer).cursor
        with cursor.copy(f"COPY store_incident ({COLUMNS}) TO STDOUT (FORMAT BINARY)") as copy:
            wire = [bytes(block) for block in copy]
        began = time.perf_counter()
        with (
            transaction.atomic(),
            cursor.copy(f"COPY raw_incident ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            chunk = b"".join(wire)
            for start in range(0, len(chunk), 1 << 20):
                copy.write(chunk[start : start + (1 << 20)])
        seconds = time.perf_counter() - began
    figures.say(f"{seconds:.1f} s")
    return seconds


if __name__ == "__main__":
    main()
