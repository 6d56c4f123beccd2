"""Sites between two imports: added, corrected, closed."""

from dataclasses import replace

import pytest

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.flows.manage_sites import SiteFacts, add_site, change_site
from anlan.store.models import Site, StaffEvent, Unit
from anlan.store.readers.managed import touched_by_changing_site
from tests.cast import Cast
from tests.conftest import NOON

POND = SiteFacts(
    kind="pond",
    name="荻花塘",
    area_code="990101001201",
    unit_code="committee-111",
    lng=121.2401,
    lat=28.6002,
    crs="wgs84",
)


def add(acting, facts: SiteFacts, code: str = "pond-2") -> Site:
    return add_site(acting_user=acting, code=code, facts=facts, now=NOON)


def change(acting, facts: SiteFacts, seen: str | None = None) -> Site:
    return change_site(acting_user=acting, code="pond-111", facts=facts, seen=seen, now=NOON)


def test_a_new_site_takes_the_paths_of_its_area_and_unit(cast: Cast) -> None:
    site = add(cast.carol, POND)

    assert (site.area_path, site.unit_path) == (cast.village_111.path, cast.committee_111.path)


def test_a_point_from_a_shifted_map_is_put_right_and_its_system_kept(cast: Cast) -> None:
    site = add(cast.carol, replace(POND, crs="gcj02"))

    assert site.source_crs == "gcj02"
    assert site.lng == pytest.approx(121.2357, abs=2e-3) and site.lng != POND.lng


def test_a_correction_is_kept_field_by_field_and_the_point_stays(cast: Cast) -> None:
    change(cast.ivan, replace(POND, name="荻花塘（东）"))

    assert [event.changes for event in StaffEvent.objects.all()] == [{"name": ["荻花塘", "荻花塘（东）"]}]


def test_the_same_again_writes_nothing(cast: Cast) -> None:
    change(cast.ivan, POND)

    assert not StaffEvent.objects.exists()


def test_closing_is_refused_when_other_cases_are_open_than_were_shown(cast: Cast) -> None:
    seen = touched_by_changing_site(cast.pond_111, area="", unit="", in_use=False).mark

    with pytest.raises(Conflict):
        change(cast.ivan, replace(POND, in_use=False), seen="open_cases_stay_at_site=5")
    assert not change(cast.ivan, replace(POND, in_use=False), seen).in_use


@pytest.mark.parametrize("name", ["dan", "alice", "bob", "heidi", "frank", "nobody"])
def test_sites_elsewhere_are_not_found(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        change(getattr(cast, name), POND)
    with pytest.raises(NotFound):
        add(getattr(cast, name), POND)


def test_a_site_is_not_moved_out_of_the_own_area(cast: Cast) -> None:
    with pytest.raises(NotFound):
        change(cast.ivan, replace(POND, area_code="990101002201"))


def test_a_code_belongs_to_one_site(cast: Cast) -> None:
    with pytest.raises(Refused, match="code_taken"):
        add(cast.carol, POND, code="pond-111")


def test_a_closed_unit_is_not_made_responsible_but_may_stay(cast: Cast) -> None:
    Unit.objects.filter(code="committee-111").update(active=False)  # before work was handed on at a closing

    assert change(cast.carol, replace(POND, name="x")).name == "x"
    with pytest.raises(Refused, match="unit_closed"):
        add(cast.carol, POND)
