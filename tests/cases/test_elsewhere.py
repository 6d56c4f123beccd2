"""Which cases go to another city, and what is said of them."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.elsewhere import goes, request_of
from anlan.cases.terms import State


@dataclass
class Case:
    title: str = "Railing"
    address: str = "by the bridge"
    lng: float | None = None
    lat: float | None = None


def test_only_what_a_person_accepted_and_is_not_ended_goes() -> None:
    assert {state for state in State if goes(state)} == {
        *(State.ACCEPTED, State.DISPATCHED, State.IN_PROGRESS, State.RECTIFIED, State.VERIFIED),
        *(State.RETURNED, State.REWORK, State.REOPENED),
    }


@given(words=st.text(max_size=5000), lng=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_a_request_fits_the_specification(words: str, lng: float, lat: float) -> None:
    fields = request_of(Case(lng=lng, lat=lat), words, "荻花村", "W1")

    assert set(fields) == {"service_code", "description", "address_string", "lat", "long"}
    assert 0 < len(fields["description"]) <= 4000
    assert abs(float(fields["lat"]) - lat) < 1e-6 and abs(float(fields["long"]) - lng) < 1e-6


def test_without_a_point_the_address_says_where() -> None:
    fields = request_of(Case(), "", "荻花村", "W1")

    assert (fields["description"], fields["address_string"]) == ("Railing", "荻花村 by the bridge")
    assert "lat" not in fields
