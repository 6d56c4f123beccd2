"""Files of cases: whole or not at all, only what their owner may export, gone after their days."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from anlan.base.errors import NotFound, Refused
from anlan.base.tables import FORMULA_SIGNS
from anlan.cases.terms import State
from anlan.flows import export_cases
from anlan.flows.export_cases import ask_export, delete_export, forget_exports, make_export, unfinished
from anlan.publishing import spreadsheets
from anlan.publishing.spreadsheets import write_sheet
from anlan.store.export_files import export_path
from anlan.store.models import Export
from anlan.store.readers.exports import CASES
from anlan.store.readers.many import export_to_fetch
from anlan.store.readers.queue import Filters
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.walks import HOUR, new, walked_to


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    """Files of exports lie in a folder of the test."""
    settings.ANLAN_HOME = tmp_path
    return tmp_path / "exports"


def noon() -> datetime:
    return NOON


def asked(cast: Cast, kind: str = "csv", **filters: str) -> Export:
    return ask_export(
        acting_user=cast.carol, kind=kind, filters=Filters(**{"view": "all"} | filters), now=NOON
    )


def made(export: Export) -> Export:
    assert make_export(acting_user=None, export_id=export.pk, clock=noon)
    export.refresh_from_db()
    return export


def ids_in(export: Export) -> list[str]:
    with export_path(export.key, export.kind).open(encoding="utf-8-sig", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def test_a_file_holds_the_cases_of_the_queue_in_its_order(cast: Cast) -> None:
    cases = [new(cast, NOON - hours * HOUR) for hours in range(3)]
    ended = walked_to(State.CLOSED, cast, NOON - 100 * HOUR)

    export = made(asked(cast))

    assert ids_in(export) == [str(case.pk) for case in (*cases, ended)]
    assert (export.rows, export.finished_at, export.kept_until) == (4, NOON, NOON + timedelta(days=7))
    assert export.bytes == export_path(export.key, "csv").stat().st_size
    assert ids_in(made(asked(cast, view="open"))) == [str(case.pk) for case in cases[::-1]]


def test_a_sheet_holds_the_same_rows(cast: Cast) -> None:
    case = new(cast, NOON)

    export = made(asked(cast, "xlsx"))

    with closing(load_workbook(export_path(export.key, "xlsx"), read_only=True)) as book:
        rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == tuple(CASES.columns)
    assert [(row[0], row[1], row[9]) for row in rows[1:]] == [(case.pk, "new", NOON.isoformat())]


def test_what_leaves_is_what_its_owner_may_export_when_it_is_made(cast: Cast) -> None:
    new(cast, NOON)
    for change in ({"area_path": cast.county_2.path}, {"role": "verifier"}):
        export = asked(cast)
        cast.carol.user.memberships.update(**change)
        make_export(acting_user=None, export_id=export.pk, clock=noon)
    first, second = Export.objects.order_by("pk")

    assert (ids_in(first), first.failed) == ([], "")
    assert (second.finished_at, second.failed) == (None, "not_permitted")


def test_who_may_not_export_cannot_ask(cast: Cast) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        ask_export(acting_user=cast.bob, kind="csv", filters=Filters(), now=NOON)


def test_three_files_at_once_are_the_most_and_kinds_are_two(cast: Cast) -> None:
    with pytest.raises(Refused, match="export_kind_unknown"):
        asked(cast, "pdf")
    for _ in range(3):
        asked(cast)
    with pytest.raises(Refused, match="exports_waiting"):
        asked(cast)


def killed_after(rows: int) -> Callable[..., Iterator[object]]:
    """Rows that end as when a worker is killed."""

    def cut(*given: object) -> Iterator[object]:
        for count, row in enumerate(export_cases_rows(*given)):
            if count == rows:
                raise KeyboardInterrupt
            yield row

    return cut


export_cases_rows = export_cases.exported_queue


def test_a_killed_writer_leaves_no_file_and_another_begins_anew(
    cast: Cast, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        new(cast, NOON)
    export = asked(cast)
    with monkeypatch.context() as patch:
        patch.setattr(export_cases, "exported_queue", killed_after(2))
        with pytest.raises(KeyboardInterrupt):
            make_export(acting_user=None, export_id=export.pk, clock=noon)

    assert not export_path(export.key, "csv").exists()
    with pytest.raises(NotFound):
        export_to_fetch(cast.carol, export.pk)
    assert [unfinished(NOON), unfinished(NOON + HOUR)] == [[], [export.pk]]
    assert not make_export(acting_user=None, export_id=export.pk, clock=noon)  # the first may yet live
    assert make_export(acting_user=None, export_id=export.pk, clock=lambda: NOON + HOUR)
    assert len(ids_in(export)) == 3
    assert [path.name for path in home.iterdir()] == [f"{export.key}.csv"]


def full_disk(*_: object) -> Iterator[object]:
    """Rows for which there is no room."""
    raise OSError(28, "No space left on device")
    yield


def test_a_file_that_cannot_be_written_is_given_up_after_some_tries_and_says_so(
    cast: Cast, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new(cast, NOON)
    export = asked(cast)
    monkeypatch.setattr(export_cases, "exported_queue", full_disk)
    for hours in range(export_cases.MOST_TRIES):
        at = NOON + hours * HOUR
        assert unfinished(at) == [export.pk]
        with pytest.raises(OSError, match="No space"):
            make_export(acting_user=None, export_id=export.pk, clock=lambda at=at: at)

    export.refresh_from_db()
    assert (export.failed, export.tries, unfinished(NOON + 99 * HOUR)) == ("write_failed", 5, [])
    assert list(home.iterdir()) == []


def test_a_writer_whose_export_was_deleted_leaves_nothing(cast: Cast, home: Path) -> None:
    new(cast, NOON)
    export = asked(cast)
    moments = iter([NOON])

    def clock() -> datetime:
        """Between its beginning and its first word its owner deletes it."""
        at = next(moments, None)
        if at is None:
            Export.objects.filter(pk=export.pk).delete()
        return NOON

    assert not make_export(acting_user=None, export_id=export.pk, clock=clock)
    assert list(home.iterdir()) == []


def test_files_go_when_their_days_are_over_or_their_owner_says_so(
    cast: Cast, home: Path, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    first, second = made(asked(cast)), made(asked(cast))

    with pytest.raises(NotFound):
        delete_export(acting_user=cast.liu, export_id=first.pk)
    with django_capture_on_commit_callbacks(execute=True):
        delete_export(acting_user=cast.carol, export_id=first.pk)
    left = [path.name for path in home.iterdir()]
    gone = [forget_exports(acting_user=None, now=NOON + timedelta(days=days)) for days in (6, 8)]

    assert left == [f"{second.key}.csv"]
    assert gone == [0, 1]
    assert list(home.iterdir()) == []


def test_a_sheet_says_when_it_is_full(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "XLSX_ROWS", 2)
    for _ in range(2):
        new(cast, NOON)

    assert made(asked(cast, "xlsx")).failed == "too_many_for_xlsx"
    assert made(asked(cast, "csv")).rows == 2


@settings(max_examples=examples(15))
@given(
    st.lists(st.text(max_size=12) | st.sampled_from(FORMULA_SIGNS).map(lambda sign: f"{sign}1+1"), min_size=1)
)
def test_no_cell_of_a_sheet_is_a_formula(cells: list[str]) -> None:
    out = io.BytesIO()

    write_sheet(out, ["cells"], [[cell] for cell in cells])

    with ZipFile(out) as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml")
    with closing(load_workbook(out, read_only=True)) as book:
        rows = list(book.active.iter_rows(values_only=True))
    assert not any(str(row[0]).startswith(FORMULA_SIGNS) for row in rows[1:] if row)
