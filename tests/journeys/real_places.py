"""Staff for a city that was just set up with its real areas: a dispatcher, a committee, a verifier."""

import json
import sys

import django

VILLAGE = "331002001003"
COUNTY = "331002"
COMMITTEE = f"committee-{VILLAGE}"
PEOPLE = {
    "sent-by": ("dispatcher", "desk", "331000"),
    "done-by": ("handler", COMMITTEE, VILLAGE),
    "seen-by": ("verifier", "water", COUNTY),
}
"""User name: role, unit, area."""


def main() -> None:
    """Add them as the first administrator would, and print their sessions as JSON."""
    django.setup()
    from django.utils import timezone

    from anlan.flows.manage_members import NewRole, invite_member
    from anlan.flows.manage_units import UnitFacts, add_unit
    from anlan.store.models import User
    from anlan.store.readers.staff import acting_for
    from tests.journeys.load import session_of

    now, first = timezone.now(), acting_for(User.objects.get())
    for code, name, kind, area in (
        (COMMITTEE, "城隍浦社区居委会", "village_committee", VILLAGE),
        ("water", "椒江区水利局", "agency", COUNTY),
    ):
        add_unit(
            acting_user=first,
            code=code,
            facts=UnitFacts(name, kind),
            parent_code="desk",
            area_code=area,
            now=now,
        )
    sessions = {}
    for name, place in PEOPLE.items():
        member, _link = invite_member(
            acting_user=first, username=name, full_name="", email="", role=NewRole(*place), now=now
        )
        sessions[name] = session_of(member)
    json.dump(sessions, sys.stdout)


if __name__ == "__main__":
    main()
