"""What a dry run says would change, against a plain reckoning over a made-up city."""

import random
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import given, settings

from anlan.cases.rule_tables import kept
from anlan.cases.rules import Rule
from anlan.store.models import Case, Category, Report, Responsibility, RoutingVersion, Unit
from anlan.store.readers.rule_checks import dry_run
from tests.cases.made_rules import RULES, WORDS
from tests.cast import Cast, build_cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.plain_routing import City

CASES, LOOKED_AT = 300, 250
IN_FORCE = dict.fromkeys(("drafted_at", "put_in_force_at", "in_force_from"), NOON)
MADE = random.Random(252)


def filled(cast: Cast) -> None:
    """Cases of all kinds, at all places and hours; some units closed, some named."""
    categories = list(Category.objects.exclude(parent=None))
    places = [
        getattr(cast, name) for name in cast.__dataclass_fields__ if name.startswith(("village", "town"))
    ]
    cases = Case.objects.bulk_create(
        _case(cast, MADE.choice(categories), MADE.choice(places)) for _ in range(CASES)
    )
    Report.objects.bulk_create(
        Report(
            case=case,
            channel="web",
            category=case.category,
            area=case.area,
            words=f"看 {MADE.choice(WORDS)} 坏",
            received_at=NOON,
        )
        for case in cases
        if MADE.random() < 0.5
    )
    Unit.objects.filter(pk=cast.committee_111.pk).update(active=False, successor=cast.office_11)
    Unit.objects.filter(pk=cast.water_bureau_1.pk).update(active=False, successor=cast.committee_112)
    Responsibility.objects.create(area=cast.county_1, category=cast.fire, unit=cast.water_bureau_1)
    Responsibility.objects.create(area=cast.township_21, category=cast.open_water, unit=cast.office_21)
    Responsibility.objects.create(area=cast.city, category=cast.charging, unit=cast.city_desk)


def _case(cast: Cast, category: Category, area: object) -> Case:
    at = NOON - MADE.randrange(9 * 24 * 60) * timedelta(minutes=1)
    return Case(
        state="new",
        stage="accept",
        stage_since=at,
        due_at=at,
        near_at=at,
        opened_at=at,
        category=category,
        severity=MADE.choice(["minor", "moderate", "serious", "severe"]),
        area=area,
        area_path=area.path,
        site=MADE.choice([None, cast.pond_111, cast.school_211]),
        title=f"Broken {MADE.choice(WORDS).upper()}",
    )


@pytest.mark.django_db
def test_the_moves_of_a_dry_run_are_those_of_a_plain_reckoning(db: None) -> None:
    filled(build_cast())
    city = City(django_settings.TIME_ZONE, LOOKED_AT)

    @settings(max_examples=examples(25))
    @given(RULES, RULES)
    def holds(before: list[Rule], after: list[Rule]) -> None:
        with transaction.atomic():
            RoutingVersion.objects.create(number=1, rules=list(map(kept, before)), **IN_FORCE)
            tried = dry_run(after, NOON, LOOKED_AT)
            transaction.set_rollback(True)
        said = {(m["from"], m["to"], m["category"], m["area"]): m["cases"] for m in tried["moves"]}
        assert said == city.moves(list(map(kept, before)), list(map(kept, after)))
        sizes = [len(move["cases"]) for move in tried["moves"]]
        assert (tried["looked_at"], sizes) == (LOOKED_AT, sorted(sizes, reverse=True))

    holds()
