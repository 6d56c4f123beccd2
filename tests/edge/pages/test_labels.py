"""Every word of staff and places has a name that people read."""

import pytest

from anlan.edge.pages import labels
from anlan.places.terms import Crs, Level, SiteKind
from anlan.staff.terms import Action, Role, UnitKind


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (Role, labels.ROLES),
        (UnitKind, labels.UNIT_KINDS),
        (Action, labels.ACTIONS),
        (Level, labels.LEVELS),
        (SiteKind, labels.SITE_KINDS),
        (Crs, labels.SYSTEMS),
    ],
)
def test_no_word_lacks_its_name_and_no_two_share_one(words, named) -> None:
    assert set(named) == set(words)
    assert len({str(label) for label in named.values()}) == len(named)
