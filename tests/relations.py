"""Somebody in a role who stands in a relation to the case that the tests speak of.

The case lies in village_111 and belongs to its committee. Who stands elsewhere is of the other county.
"""

from anlan.staff.terms import Relation, Role
from anlan.store.models import Case, Membership, User
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast


def somebody(cast: Cast, role: Role, relation: Relation) -> Acting:
    """A member with one role, who is of the case's unit, of its area, or of neither."""
    unit = cast.committee_111 if relation is Relation.OWN_UNIT else cast.committee_211
    area = cast.township_11 if relation is Relation.OWN_AREA else cast.village_211
    user = User.objects.create(username=f"{role}-{relation}")
    Membership.objects.create(
        user=user, role=role, unit=unit, unit_path=unit.path, area=area, area_path=area.path
    )
    return acting_for(user)


def given_to_the_committee(cast: Cast, case: Case) -> Case:
    """The case, of the committee of village_111 whatever its state."""
    Case.objects.filter(pk=case.pk).update(unit=cast.committee_111, unit_path=cast.committee_111.path)
    return Case.objects.get(pk=case.pk)
