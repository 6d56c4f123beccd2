"""A device for readings of a file."""

import pytest

from anlan.base.errors import Refused
from anlan.flows.replay_device import replay_device
from anlan.store.models import Device
from tests.cast import Cast
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_a_device_is_made_once_and_measures_what_its_kind_does(cast: Cast) -> None:
    for _ in range(2):
        code = replay_device(
            acting_user=None, name="river", kind_code="water-level", property_code="", now=NOON
        )
        assert code == "level"
    assert Device.objects.get().name == "river"


@pytest.mark.parametrize(
    ("name", "kind", "measured", "reason"),
    [
        ("a b", "water-level", "", "device_name"),
        ("", "water-level", "", "device_name"),
        ("河", "water-level", "", "device_name"),
        ("x" * 65, "water-level", "", "device_name"),
        ("river", "water-level", "mood", "property_unknown"),
        ("river", "mood", "", "kind_unknown"),
    ],
)
def test_what_cannot_be_played_is_refused(
    cast: Cast, name: str, kind: str, measured: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        replay_device(acting_user=None, name=name, kind_code=kind, property_code=measured, now=NOON)
    assert not Device.objects.exists()
