"""Versions of definitions: the past keeps its own."""

from dataclasses import replace
from datetime import date

import pytest

from anlan.base.errors import Refused
from anlan.cases.indices import FORMULAS, Guard, Index
from anlan.outcomes.score_definitions import DEFINITIONS, definition_for, definitions_for

ON_TIME = definition_for(Index.ON_TIME, date(2026, 11, 1))
CHANGED = replace(ON_TIME, version=2, effective=date(2026, 12, 1), denominator="something else")


def test_every_index_and_guard_has_a_definition() -> None:
    assert set(definitions_for(date(2026, 11, 1))) == {*Index, *Guard}


@pytest.mark.parametrize(("month", "version"), [(11, 1), (12, 2)])
def test_a_new_version_holds_from_its_month_on_and_not_before(month: int, version: int) -> None:
    found = definition_for(Index.ON_TIME, date(2026, month, 1), [*DEFINITIONS, CHANGED])

    assert found.version == version


def test_a_month_before_all_versions_has_no_definition() -> None:
    with pytest.raises(Refused, match="no_definition"):
        definition_for(Index.ON_TIME, date(2019, 12, 1))


def test_versions_rise_with_their_dates_and_each_begins_with_a_month() -> None:
    for index in (*Index, *Guard):
        versions = [each for each in DEFINITIONS if each.index == index]
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        assert sorted({each.effective for each in versions}) == [each.effective for each in versions]
        assert {each.effective.day for each in versions} == {1}
        assert versions[-1].formula == FORMULAS[index]
