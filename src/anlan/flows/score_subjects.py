"""Whose figures there are: areas, units and posts, and who stands beside whom in a league table."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from anlan.places.terms import Level
from anlan.staff.terms import Role
from anlan.store.models import Area, Membership, Unit

PEOPLE_AT_LEAST = 3
"""A post held by fewer people is not scored: its figure would be a person's."""


@dataclass(frozen=True)
class Subject:
    """Whose figure it is, and with whom it stands in one table."""

    kind: str
    code: str
    path: str
    peers: str


@dataclass(frozen=True)
class Subjects:
    """All areas, units and posts that may have figures, by their paths."""

    areas: Mapping[str, Subject]
    units: Mapping[str, Subject]
    posts: Mapping[tuple[str, str], Subject]  # (role, path)


def subjects() -> Subjects:
    """The areas, units and posts as they are today; three queries."""
    rows = Area.objects.values_list("code", "path", "level")
    areas = {path: Subject("area", code, path, _siblings("area", path)) for code, path, _ in rows}
    posts = {
        (role, path): Subject("post", f"{role}:{code}", path, _siblings(f"post:{role}", path))
        for code, path, level in rows
        if level in (Level.CITY, Level.COUNTY)
        for role in Role
    }
    people = _people_in_posts()
    return Subjects(
        areas,
        dict(_units()),
        {post: each for post, each in posts.items() if people[post] >= PEOPLE_AT_LEAST},
    )


def _siblings(kind: str, path: str) -> str:
    above = path.rstrip(".").rpartition(".")[0]
    return f"{kind}:{above}." if above else ""


def _units() -> Iterator[tuple[str, Subject]]:
    """Units of one kind in one county (or the city) stand beside one another."""
    for code, path, kind, area_path in Unit.objects.values_list("code", "path", "kind", "area_path"):
        county = ".".join(area_path.rstrip(".").split(".")[:2])
        yield path, Subject("unit", code, path, f"unit:{kind}:{county}.")


def _people_in_posts() -> Mapping[tuple[str, str], int]:
    """How many people hold a role in each area or below it."""
    held: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = Membership.objects.filter(user__is_active=True, unit__active=True)
    for role, path, user in rows.values_list("role", "area_path", "user_id"):
        for root in paths_above(path):
            held[role, root].add(user)
    return defaultdict(int, {post: len(people) for post, people in held.items()})


def paths_above(path: str) -> Iterator[str]:
    """The path itself and those of the nodes above it: "a.b." gives "a." and "a.b."."""
    codes = path.rstrip(".").split(".")
    for depth in range(1, len(codes) + 1):
        yield ".".join(codes[:depth]) + "."
