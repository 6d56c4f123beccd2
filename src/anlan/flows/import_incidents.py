"""Somebody brings in a list of incidents: millions of rows, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from django.db import connection, transaction
from psycopg import Cursor

from anlan.base.tables import Complaints
from anlan.base.when_used import when_used
from anlan.flows.import_runs import FileRead, record_run, take_turn
from anlan.outcomes.incident_files import IncidentBlock
from anlan.places.lookup import AreaIndex
from anlan.store import binary_copy
from anlan.store.binary_copy import Same, Varying
from anlan.store.models import Area, User
from anlan.store.readers.places import area_index

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

COPY = """
COPY store_incident (kind, at, area_id, area_path, lng, lat, injured, killed, source, source_key)
FROM STDIN (FORMAT BINARY)
"""
THERE_ALREADY = """
SELECT string_agg(source_key, '') FROM store_incident WHERE source = %s AND source_key = ANY(ARRAY(
    SELECT substr(asked.keys, place * 16 + 1, 16)
    FROM (SELECT %s::bytea AS keys) AS asked, generate_series(0, length(asked.keys) / 16 - 1) AS place
))
"""
# One value goes there and one comes back: 20,000 keys as values of their own take longer to write and read
# than to look up. The planner cannot count this array, so it walks the index of the keys, never the table.

ANY_THERE = "SELECT EXISTS (SELECT FROM store_incident WHERE source = %s)"

type Keys = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class IncidentList:
    """Blocks as they are read; `source` and the row's values say whether a row is there already."""

    kind: str
    source: str
    blocks: Iterable[IncidentBlock]
    complaints: Complaints
    files: Sequence[FileRead] = ()


@dataclass(slots=True)
class IncidentCounts:
    """What became of the rows."""

    rows: int = 0
    added: int = 0
    unchanged: int = 0
    without_place: int = 0
    outside_areas: int = 0
    repeated: int = 0  # equal in all columns to an earlier row of the file; kept as incidents of their own
    time_came_twice: int = 0
    time_never_came: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def import_incidents(
    *, acting_user: User | None, incident_list: IncidentList, started_at: datetime, now: datetime
) -> IncidentCounts:
    """Take all rows that are not there yet; raises RowsRefused with every bad row up to 100."""
    take_turn("incidents")
    counts = _copy(incident_list)
    incident_list.complaints.refuse_if_any()
    record_run(
        "incidents",
        acting_user=acting_user,
        files=incident_list.files,
        started_at=started_at,
        now=now,
        counts=counts.as_dict(),
    )
    return counts


def count_incidents(incident_list: IncidentList) -> IncidentCounts:
    """What an import would do; raises RowsRefused as the import does."""
    storing = _Storing(incident_list)
    for block in incident_list.blocks:
        storing.prepare(block)
    incident_list.complaints.refuse_if_any()
    return storing.counts


def _copy(incident_list: IncidentList) -> IncidentCounts:
    storing = _Storing(incident_list)
    for block in incident_list.blocks:
        if incident_list.complaints.total:
            continue  # nothing will be stored: read on only to say what else is wrong
        wire = storing.prepare(block)
        with connection.cursor() as cursor, cast("Cursor", cursor.cursor).copy(COPY) as copy:
            copy.write(binary_copy.HEADER + wire + binary_copy.TRAILER)
    return storing.counts


class _Storing:
    """Turns blocks into rows for the database: where they lie, and under which key they are stored once."""

    def __init__(self, incident_list: IncidentList) -> None:
        self.kind = incident_list.kind
        self.source = incident_list.source
        self.counts = IncidentCounts()
        self.index = area_index()
        self.areas = _areas(self.index)
        self.keys = RowKeys(self.kind)
        with connection.cursor() as cursor:
            cursor.execute(ANY_THERE, [self.source])
            self.some_are_there = bool(cursor.fetchone()[0])

    def prepare(self, block: IncidentBlock) -> bytes:
        """The wire bytes of the rows that are new."""
        found = self.index.find(block.lng, block.lat)
        keys, repeated = self.keys.of(block)
        new = self._new(keys)
        self._count(block, found.area, new, repeated)
        groups, group = _groups(found.area, block.lng)
        return b"".join(
            self._pack(block, keys, int(area), bool(placed), np.flatnonzero(new & (group == number)))
            for number, (area, placed) in enumerate(groups)
        )

    def _new(self, keys: Keys) -> NDArray[np.bool_]:
        """Which keys are not stored yet; asks the database only when it has any row of this source."""
        if not self.some_are_there:
            return np.ones(len(keys), dtype=bool)
        with connection.cursor() as cursor:
            cursor.execute(THERE_ALREADY, [self.source, keys.tobytes()])
            there = np.frombuffer(bytes(cursor.fetchone()[0] or b""), dtype="S16")
        return ~np.isin(keys.view("S16"), there)

    def _count(
        self, block: IncidentBlock, area: NDArray[np.int64], new: NDArray[np.bool_], repeated: int
    ) -> None:
        counts = self.counts
        counts.rows += len(new)
        counts.added += int(new.sum())
        counts.unchanged += int((~new).sum())
        counts.without_place += block.without_place
        counts.outside_areas += int((area < 0).sum()) - block.without_place
        counts.repeated += repeated
        counts.time_came_twice += int(block.zoned.twice.sum())
        counts.time_never_came += int(block.zoned.never.sum())

    def _pack(
        self, block: IncidentBlock, keys: Keys, area: int, placed: bool, which: NDArray[np.int64]
    ) -> bytes:
        """Rows of one area that all have a place or all have none: their columns have fixed widths."""
        area_id, path = self.areas[area]
        columns = (
            binary_copy.text(self.kind),
            binary_copy.timestamps(block.at[which]),
            area_id,
            path,
            Varying(block.lng[which]) if placed else Same(None),
            Varying(block.lat[which]) if placed else Same(None),
            Varying(block.injured[which]),
            Varying(block.killed[which]),
            binary_copy.text(self.source),
            Varying(keys[which]),
        )
        return binary_copy.pack(columns, len(which))


class RowKeys:
    """A key of 16 bytes for each row of a file.

    It is a digest of the row's values, so a row keeps its key in another file. Rows that are equal in all
    values are different incidents all the same (two collisions at one crossing in one minute): the second one
    has the digest of its values and "2".
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind.encode()
        self._seen = np.empty(0, dtype=np.uint64)
        self._times: dict[bytes, int] = {}

    def of(self, block: IncidentBlock) -> tuple[Keys, int]:
        """The keys of a block's rows, shape (n,), and how many rows were equal to an earlier one."""
        values, width = _values(block)
        digests = [
            blake2b(values[start : start + width], digest_size=16, person=self._kind[:16]).digest()
            for start in range(0, len(values), width)
        ]
        keys = np.frombuffer(b"".join(digests), dtype="V16").copy()
        repeated = self._repeated(keys)
        for place in repeated:
            digest = digests[place]
            self._times[digest] = self._times.get(digest, 1) + 1
            again = blake2b(digest + str(self._times[digest]).encode(), digest_size=16).digest()
            keys[place] = np.void(again)
        return keys, len(repeated)

    def _repeated(self, keys: Keys) -> NDArray[np.int64]:
        """Rows whose values came before; 8 bytes of a digest are kept for each row read so far."""
        heads = keys.view(np.uint64)[::2]
        _, first = np.unique(heads, return_index=True)
        again = np.ones(len(heads), dtype=bool)
        again[first] = False
        again |= _in_sorted(heads, self._seen)
        self._seen = np.concatenate([self._seen, heads])
        self._seen.sort(kind="stable")
        return np.flatnonzero(again)


def _values(block: IncidentBlock) -> tuple[bytes, int]:
    """The values of a block's rows one after the other, and how many bytes a row has."""
    columns = (block.at, block.lng, block.lat, block.injured, block.killed)
    packed = np.rec.fromarrays(columns, dtype="<i8,<f8,<f8,<i4,<i4")
    return packed.tobytes(), packed.itemsize


def _in_sorted(values: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    places = np.searchsorted(ordered, values).clip(max=len(ordered) - 1)
    return np.asarray(ordered[places] == values)


def _groups(area: NDArray[np.int64], lng: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The kinds of rows, each an area and whether there is a place, and the kind of each row."""
    pairs = np.column_stack([area, ~np.isnan(lng)])
    groups, group = np.unique(pairs, axis=0, return_inverse=True)
    return groups, group


def _areas(index: AreaIndex) -> dict[int, tuple[Same, Same]]:
    """Place in the index -> area_id and area_path on the wire; -1 is no area."""
    stored = {area.code: area for area in Area.objects.filter(code__in=index.codes).only("code", "path")}
    found = {-1: (Same(None), binary_copy.text(""))}
    for place, code in enumerate(index.codes):
        area = stored[code]
        found[place] = (Same(area.pk.to_bytes(8)), binary_copy.text(area.path))
    return found
