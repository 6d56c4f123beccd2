"""What every import leaves behind: one row that says what was brought in, when, and what was odd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from anlan.base.tables import BadRow
from anlan.store.models import ImportRun, User

LOCKS = {"areas": 7001, "sites": 7002, "open311": 7003, "incidents": 7004, "devices": 7005}
"""Numbers of our locks in PostgreSQL: two imports of one kind run one after the other."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was imported: its name without the folder, and its digest."""

    name: str
    sha256: str


def take_turn(kind: str) -> None:
    """Wait until no other import of this kind runs; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCKS[kind]])


def record_run(
    kind: str,
    *,
    acting_user: User | None,
    files: Sequence[FileRead],
    started_at: datetime,
    now: datetime,
    counts: Mapping[str, int],
    odd: Sequence[BadRow] = (),
) -> ImportRun:
    """Write down one run of an importer."""
    return ImportRun.objects.create(
        kind=kind,
        file_name=", ".join(file.name for file in files)[:200],
        file_sha256=files[0].sha256 if len(files) == 1 else "",
        started_at=started_at,
        ended_at=now,
        actor=acting_user,
        counts=dict(counts),
        odd_rows=[_stored(bad) for bad in odd],
    )


def _stored(bad: BadRow) -> dict[str, object]:
    return {
        "file": bad.file,
        "row": bad.row,
        "column": bad.column,
        "value": bad.value,
        "right": bad.right % bad.facts,
    }
