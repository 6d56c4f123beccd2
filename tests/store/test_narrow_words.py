"""Cases that were stored with wide letters and digits are found as those that are stored now."""

from importlib import import_module

import pytest
from django.db import connection

from anlan.cases.words import tokens_to_store
from anlan.store.models import Case
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new

EARLIER = ["５", "号", "号楼", "楼", "ａｂ１２", "railing"]
"""The tokens of TEXT as they were."""
TEXT = "５号楼 ＡＢ１２ railing"


def tokens_of(case: Case) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(words) FROM store_case WHERE id = %s", [case.pk])
        found: list[str] = cursor.fetchone()[0]
    return sorted(found)


@pytest.mark.django_db
def test_stored_words_become_narrow_and_others_stay(cast: Cast) -> None:
    wide, narrow = new(cast, NOON), new(cast, NOON)
    before = tokens_of(narrow)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE store_case SET words = array_to_tsvector(%s) WHERE id = %s", [EARLIER, wide.pk]
        )
        cursor.execute(import_module("anlan.store.migrations.0056_narrow_words").NARROW)

    assert (tokens_of(wide), tokens_of(narrow)) == (tokens_to_store(TEXT), before)
