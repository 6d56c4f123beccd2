"""The SQL that brings a published month up to date says what the rule says, and keeps the rows before."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cases.scored_facts import CaseInPeriod, Past, Period, facts_in, revised
from anlan.store.models import ScoredCase, ScoreRun
from anlan.store.revised_cases import revise_cases
from anlan.store.scored_cases import fill_scored_cases
from tests.cast import build_cast
from tests.examples import examples
from tests.store.test_scored_cases import END, MONTH, NAMES, START, roads, store, with_paths

HOURS = st.integers(0, 900)


def rows(**which: object) -> dict[int, dict[str, object]]:
    """The stored facts of each case."""
    found = ScoredCase.objects.filter(**which).values("case_id", *NAMES)
    return {row["case_id"]: {name: row[name] for name in NAMES} for row in found}


def facts(ruled: CaseInPeriod) -> dict[str, object]:
    """The same facts, as the rule gives them."""
    return {name: getattr(ruled, name) for name in NAMES}


@pytest.mark.django_db
def test_a_revision_knows_what_the_rule_knows_and_keeps_what_was_published(db: None) -> None:
    cast = build_cast()

    @settings(max_examples=examples(7))
    @given(st.lists(roads(), min_size=1, max_size=6), HOURS, HOURS)
    def holds(found: list[tuple[Past, list[str]]], hours: int, more: int) -> None:
        with transaction.atomic():
            cut_off = START + timedelta(hours=hours)
            later = cut_off + timedelta(hours=more)
            cases = {store(cast, past).pk: with_paths(cast, past) for past, _ in found}
            run = ScoreRun.objects.create(month=MONTH, cut_off=cut_off, made_at=cut_off)
            fill_scored_cases(run, START, END)
            published = rows()

            changed = revise_cases(run, 1, known=cut_off, cut_off=later, month=(START, END))

            expected = {
                pk: facts(revised(before, facts_in(cases[pk], Period(START, END, later))))
                for pk in published
                if (before := facts_in(cases[pk], Period(START, END, cut_off))) is not None
            }
            assert rows(superseded=None) == expected
            assert rows(revision=0) == published
            assert changed == sum(published[pk] != expected[pk] for pk in published)
            transaction.set_rollback(True)

    holds()
