"""The made-up city's units, and the logins of those who try it."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from anlan.flows.demo import land
from anlan.flows.starting_categories import Kind
from anlan.staff.terms import Role, UnitKind
from anlan.store.copying import copy_rows, reserve_ids
from anlan.store.models import Membership, Unit, User

PASSWORD = "anlan-demo-2026"
"""Of every login of the made-up city, which holds nothing real."""

AGENCIES = (
    ("water", "水利局"),
    ("fire", "消防救援大队"),
    ("traffic", "公路中心"),
    ("emergency", "应急管理局"),
)
COLUMNS = (
    "id",
    "code",
    "name",
    "kind",
    "parent_id",
    "path",
    "area_id",
    "area_path",
    "email",
    "phone",
    "active",
)

Made = tuple[int, str]
"""A unit's id and path."""


@dataclass(frozen=True)
class Staffing:
    """Who is responsible where."""

    desks: dict[str, Made]  # by county code
    verifiers: dict[str, Made]  # by county code: the agency that verifies
    offices: dict[str, Made]  # by township code
    posts: dict[str, Made]
    committees: dict[str, Made]  # by village code
    names: dict[str, str]  # by unit code
    units: dict[str, Made]  # by unit code
    logins: list[dict[str, str]]
    dispatcher: int
    verifier: int

    def responsible(self, kind: Kind, village: land.Ground) -> Made:
        """The unit for a kind of hazard in a village."""
        township = village.code[:9]
        return {
            UnitKind.VILLAGE_COMMITTEE: self.committees[village.code],
            UnitKind.TOWNSHIP_OFFICE: self.offices[township],
            UnitKind.POST: self.posts[township],
        }[kind.unit_kind]

    def suggestion(self, kind: Kind, village: land.Ground) -> dict[str, Any]:
        """Why that unit is suggested, as flows/new_case.py keeps it."""
        code = self.responsible(kind, village)[1].rstrip(".").rpartition(".")[2]
        reason = {"rule": "kind_in_area", "kind": kind.unit_kind.value, "version": 0}
        return reason | {"unit": code, "unit_name": self.names[code]}

    def desk_of(self, village: land.Ground) -> tuple[int | None, int, Role]:
        """The dispatcher who acts in a village: member, unit, role."""
        return self.dispatcher, self.desks[village.code[:6]][0], Role.DISPATCHER

    def verifier_of(self, village: land.Ground) -> tuple[int | None, int, Role]:
        """The verifier who acts in a village: member, unit, role."""
        return self.verifier, self.verifiers[village.code[:6]][0], Role.VERIFIER


def staff(rng: Random, root: land.Ground, areas: dict[str, int]) -> Staffing:
    """Store the units of every area, and one login for each role."""
    made: dict[str, Made] = {}
    rows = list(_units(root, areas, made))
    copy_rows(Unit, COLUMNS, rows)
    county = root.below[0]
    township = county.below[0]
    village = township.below[0]
    people = {
        "city": (Role.DISPATCHER, "desk", root),
        "dispatcher": (Role.DISPATCHER, f"desk-{county.code}", county),
        "desk": (Role.REPORTER_DESK, f"desk-{county.code}", county),
        "handler": (Role.HANDLER, f"office-{township.code}", township),
        "village": (Role.HANDLER, f"committee-{village.code}", village),
        "verifier": (Role.VERIFIER, f"emergency-{county.code}", county),
        "field": (Role.FIELD_WORKER, f"post-{township.code}", township),
        "analyst": (Role.ANALYST, "desk", root),
        "auditor": (Role.AUDITOR, "desk", root),
        "admin": (Role.ADMINISTRATOR, "desk", root),
    }
    users = _people(people, made, areas)
    return Staffing(
        desks=_by_area(made, "desk-"),
        verifiers=_by_area(made, "emergency-"),
        offices=_by_area(made, "office-"),
        posts=_by_area(made, "post-"),
        committees=_by_area(made, "committee-"),
        names={row[1]: row[2] for row in rows},
        units=made,
        logins=[
            {"username": name, "password": PASSWORD, "role": role.value}
            for name, (role, _, _) in people.items()
        ],
        dispatcher=users["dispatcher"],
        verifier=users["verifier"],
    )


def _units(root: land.Ground, areas: dict[str, int], made: dict[str, Made]) -> Iterator[tuple[Any, ...]]:
    """Rows of all units; `made` gets each one's id and path by its code."""
    following = reserve_ids(Unit, 20_000)

    def row(code: str, name: str, kind: UnitKind, parent: str, ground: land.Ground) -> tuple[Any, ...]:
        nonlocal following
        parent_id, parent_path = made.get(parent, (None, ""))
        made[code] = (following, f"{parent_path}{code}.")
        following += 1
        mail = f"{code}@{ground.code}.example"
        return (
            *(*made[code][:1], code, name, kind, parent_id, made[code][1], areas[ground.code], ground.path),
            *(mail, "", True),
        )

    yield row("desk", f"{root.name}指挥中心", UnitKind.DESK, "", root)
    for county in root.below:
        yield row(f"desk-{county.code}", f"{county.name}指挥中心", UnitKind.DESK, "desk", county)
        for code, name in AGENCIES:
            yield row(
                f"{code}-{county.code}",
                f"{county.name}{name}",
                UnitKind.AGENCY,
                f"desk-{county.code}",
                county,
            )
        for township in county.below:
            office = f"office-{township.code}"
            title = "办事处" if township.kind == "街道" else "人民政府"
            yield row(
                office, f"{township.name}{title}", UnitKind.TOWNSHIP_OFFICE, f"desk-{county.code}", township
            )
            yield row(f"post-{township.code}", f"{township.name}两站两员", UnitKind.POST, office, township)
            for village in township.below:
                title = "居委会" if village.kind == "社区" else "村委会"
                yield row(
                    f"committee-{village.code}",
                    f"{village.name}{title}",
                    UnitKind.VILLAGE_COMMITTEE,
                    office,
                    village,
                )


def _people(
    people: dict[str, tuple[Role, str, land.Ground]], made: dict[str, Made], areas: dict[str, int]
) -> dict[str, int]:
    """Store the members; their ids by name."""
    secret = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=name, email=f"{name}@demo.example", password=secret) for name in people
    )
    Membership.objects.bulk_create(
        Membership(
            user=user,
            role=role,
            unit_id=made[unit][0],
            unit_path=made[unit][1],
            area_id=areas[ground.code],
            area_path=ground.path,
        )
        for user, (role, unit, ground) in zip(users, people.values(), strict=True)
    )
    return {user.username: user.pk for user in users}


def _by_area(made: dict[str, Made], start: str) -> dict[str, Made]:
    return {code.removeprefix(start): unit for code, unit in made.items() if code.startswith(start)}
