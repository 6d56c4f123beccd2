"""Periods as files write them: their kind, their order, and the first gap."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.edge.cli.periods import first_gap, placed, unread
from anlan.edge.cli.tables import TableError

FILE = Path("weeks.csv")


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["2026-02-28", "2026-03-01", "2026-03-02"], "day"),
        (["2026/2/28", "2026/3/1"], "day"),
        (["20260228", "20260301"], "day"),
        (["2026-03-06", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"], "day"),
        (["2026-03-02", "2026-03-09", "2026-03-16"], "week"),
        (["2020-W52", "2020-W53", "2021-W1"], "week"),
        (["2020-W51", "2020-W52", "2021-W1"], "week"),
        (["2026-01-31", "2026-02-28"], None),
        (["2025-12-15", "2026-01-15", "2026-02-15"], "month"),
        (["2025-12", "2026-1"], "month"),
        (["202512", "202601"], "month"),
        (["2025-Q4", "2026-Q1"], "quarter"),
        (["9", "10", "11"], "number"),
    ],
)
def test_periods_that_follow_each_other_have_no_gap(texts: list[str], kind: str | None) -> None:
    known = placed(texts, "period", FILE)
    assert known is not None
    assert (known.kind if kind else None, first_gap(known.places)) == (kind, None)


@pytest.mark.parametrize(
    ("texts", "row"),
    [
        (["2026-03-01", "2026-03-02", "2026-03-04"], 2),
        (["2026-03-02", "2026-03-09", "2026-03-23", "2026-03-30"], 2),
        (["2020-W50", "2020-W52", "2021-W01", "2021-W02"], 1),
        (["2019-W52", "2020-W02", "2020-W53"], 1),
        (["2025-11", "2026-01", "2026-02"], 1),
        (["3", "2", "1"], 1),
        (["1", "1", "2"], 1),
    ],
)
def test_the_first_period_that_does_not_follow_is_found(texts: list[str], row: int) -> None:
    known = placed(texts, "period", FILE)
    assert known is not None and first_gap(known.places) == row


@pytest.mark.parametrize("texts", [["a", "b"], ["2026-01", "7"], ["week 1", "week 2"]])
def test_names_and_several_kinds_are_no_periods(texts: list[str]) -> None:
    assert placed(texts, "period", FILE) is None


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "2021-W53", "2021-W0", "2026/0"])
def test_what_is_in_no_calendar_is_named(text: str) -> None:
    first = {"W": "2021-W01", "/": "2026/1"}.get(text[4:].strip("-0123456789"), "2026-01-01"[: len(text)])
    with pytest.raises(TableError, match=f"weeks.csv: row 2, column 'period': '{text}' is in no calendar"):
        placed([first, text], "period", FILE)


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["2026-01", "2026-02", "soon"], "row 3, column 'period': 'soon' cannot stand there; give days"),
        (["soon", "2026-01"], "row 1, column 'period': 'soon' cannot stand there"),
        (["2026-01", "2026-W02"], "row 2, column 'period': '2026-W02' after '2026-01'"),
        (["202601", "7", "8", "soon"], "row 4, column 'period': 'soon' cannot stand there"),
        (["2026-03-01", "2026/3/2", "20260303"], "row 3, column 'period': '20260303' after '2026-03-01'"),
    ],
)
def test_the_first_row_that_is_written_otherwise_is_named(texts: list[str], says: str) -> None:
    assert placed(texts, "period", FILE) is None
    assert says in str(unread(texts, "period", FILE))


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(1, 40), st.integers(8, 60), st.data())
def test_days_left_out_of_any_even_series_are_found(
    first: date, step: int, length: int, data: st.DataObject
) -> None:
    days = [first + timedelta(step * k) for k in range(length)]
    left_out = data.draw(st.integers(2, length - 2))
    whole, gapped = (
        placed([str(day) for day in one], "day", FILE)
        for one in (days, days[:left_out] + days[left_out + 1 :])
    )
    assert whole is not None and gapped is not None
    assert (first_gap(whole.places), first_gap(gapped.places)) == (None, left_out)
