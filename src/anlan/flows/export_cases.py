"""A file of the cases that fit filters: asked for, written by the worker, kept for some days, gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from anlan.base.errors import NotFound, Refused
from anlan.flows.follow_ups import later
from anlan.publishing.spreadsheets import write_sheet, write_table
from anlan.staff.terms import Action
from anlan.store import export_files
from anlan.store.models import Export
from anlan.store.readers.exports import CASES, exported_queue
from anlan.store.readers.queue import Filters
from anlan.store.readers.staff import Acting, acting_for

KEPT = timedelta(days=7)
CLAIM = timedelta(minutes=2)
"""A writer says this often at least that it lives; past this another begins anew."""

EVERY = 5000
"""Rows between two words of the writer."""

MOST_AT_ONCE = 3
"""Exports of one person that wait or are being written."""

UNFINISHED = Q(finished_at=None, failed="")


MOST_TRIES = 5
"""A file at which the machine or the program fails so often is given up, and says so."""


class ClaimLost(Exception):
    """Another worker took this export over, or its owner deleted it."""


def _write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    # spreadsheets take a file without a mark for one in the local encoding
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        write_table(out, tuple(CASES.columns), rows)


def _write_xlsx(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("wb") as out:
        write_sheet(out, tuple(CASES.columns), rows)


WRITERS: Mapping[str, Callable[[Path, Iterable[Sequence[object]]], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}


@transaction.atomic
def ask_export(*, acting_user: Acting, kind: str, filters: Filters, now: datetime) -> Export:
    """Ask for a file of the cases of a queue; it is written by the worker.

    Raises Refused("not_permitted", "export_kind_unknown", "exports_waiting").
    """
    if not acting_user.may_somewhere(Action.EXPORT):
        raise Refused("not_permitted", action=Action.EXPORT)
    if kind not in WRITERS:
        raise Refused("export_kind_unknown")
    if Export.objects.filter(UNFINISHED, user=acting_user.user).count() >= MOST_AT_ONCE:
        raise Refused("exports_waiting", most=MOST_AT_ONCE)
    export = Export.objects.create(
        user=acting_user.user, kind=kind, filters=vars(filters) | {"after": ""}, asked_at=now
    )
    later("make_export", export_id=export.pk)
    return export


def make_export(*, acting_user: None, export_id: int, clock: Callable[[], datetime]) -> bool:
    """Write one export that nobody writes, from its beginning; says whether this was the one to do it.

    What the file holds is what its owner may export while it is made. `clock` gives the time: writing goes on
    for minutes. A writer that was killed leaves a part that no page gives away. What fails (a full disk) is
    tried MOST_TRIES times in all and raised each time.
    """
    now, claim = clock(), uuid4()
    free = Export.objects.filter(UNFINISHED, pk=export_id).filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now)
    )
    if not free.update(claim=claim, claimed_until=now + CLAIM, rows=0):
        return False
    export = Export.objects.select_related("user").get(pk=export_id)
    part = export_files.part_path(export.key, claim)
    try:
        WRITERS[export.kind](part, _told(export, _rows(export, now), clock))
    except Refused as refusal:
        _mine(export).update(failed=refusal.reason, kept_until=clock() + KEPT)
    except ClaimLost:
        return False
    except Exception:
        _failed(export, clock())
        raise
    else:
        _finish(export, part, clock())
    finally:
        part.unlink(missing_ok=True)
    return True


def _failed(export: Export, now: datetime) -> None:
    """Count a try that failed; the claim stays until it runs out, so that the next comes after a pause."""
    given_up = {"failed": "write_failed", "kept_until": now + KEPT} if export.tries + 1 >= MOST_TRIES else {}
    _mine(export).update(tries=export.tries + 1, **given_up)


def unfinished(now: datetime) -> list[int]:
    """Exports that nobody writes."""
    free = Export.objects.filter(UNFINISHED).filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    return list(free.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def delete_export(*, acting_user: Acting, export_id: int) -> None:
    """Take away one's own export and its file; a writer stops. Raises NotFound."""
    export = Export.objects.filter(pk=export_id, user=acting_user.user).first()
    if export is None:
        raise NotFound
    export.delete()
    transaction.on_commit(lambda: export_files.remove(export.key, export.kind))


def forget_exports(*, acting_user: None, now: datetime) -> int:
    """Take away exports whose days are over, and what killed writers left. How many exports that were."""
    over = list(Export.objects.filter(kept_until__lt=now))
    for export in over:
        export_files.remove(export.key, export.kind)
        export.delete()
    export_files.sweep_parts(now - timedelta(days=1))
    return len(over)


def _rows(export: Export, now: datetime) -> Iterator[Sequence[object]]:
    try:
        acting = acting_for(export.user)
    except NotFound:
        raise Refused("not_permitted") from None
    if not acting.may_somewhere(Action.EXPORT):
        raise Refused("not_permitted")
    return exported_queue(acting, Filters(**export.filters), now)


def _told(
    export: Export, rows: Iterable[Sequence[object]], clock: Callable[[], datetime]
) -> Iterator[Sequence[object]]:
    """The rows, while the export says how far it is and that it lives; raises ClaimLost."""
    count = 0
    for count, row in enumerate(rows, start=1):
        yield row
        if count % EVERY == 0:
            _say(export, rows=count, claimed_until=clock() + CLAIM)
    _say(export, rows=count, claimed_until=clock() + CLAIM)


def _say(export: Export, **columns: Any) -> None:
    if not _mine(export).update(**columns):
        raise ClaimLost


def _mine(export: Export) -> Any:
    return Export.objects.filter(UNFINISHED, pk=export.pk, claim=export.claim)


@transaction.atomic
def _finish(export: Export, part: Path, now: datetime) -> None:
    """The file takes its place while the row is held, so that the two agree."""
    held = _mine(export).select_for_update().first()
    if held is None:
        return
    held.bytes = export_files.put_in_place(part, export.key, export.kind)
    held.finished_at, held.kept_until = now, now + KEPT
    held.save()
