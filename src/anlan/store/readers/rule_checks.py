"""What a draft of rules is checked against: the city, and the last cases. Each a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from anlan.base.errors import NotFound
from anlan.cases.routing import area_at, suggest
from anlan.cases.rule_lint import Ground
from anlan.cases.rule_tables import KnownCodes
from anlan.cases.rules import Hazard, Rule
from anlan.places.terms import Level
from anlan.store.models import Area, Case, Category, Report, RoutingVersion, Unit
from anlan.store.readers.queue import visible
from anlan.store.readers.routing import Ruleset, all_categories, default_of, rules_in_force, whole_directory
from anlan.store.readers.staff import Acting

DRY_RUN_CASES = 10_000
type Version = RoutingVersion
"""A version or the draft, as pages read it."""

FACTS = ("pk", "category__code", "category__parent__code", "area_path", "site__kind", "severity", "opened_at")


def ground() -> Ground:
    """The city as rules are checked against it, in four queries."""
    areas = list(Area.objects.order_by("path").values_list("code", "path", "in_use"))
    above = {path[: path.rstrip(".").rfind(".") + 1] for _, path, in_use in areas if in_use}
    categories = all_categories()
    with_kinds = {each.parent_id for each in categories if each.active}  # nobody reports what is none of them
    return Ground(
        families={each.code: each.parent.code if each.parent else "" for each in categories},
        paths={code: path for code, path, _ in areas},
        ended=frozenset(code for code, _, in_use in areas if not in_use),
        places=[path for _, path, in_use in areas if in_use and path not in above],
        defaults={
            each.code: default_of(each) for each in categories if each.active and each.pk not in with_kinds
        },
        directory=whole_directory(),
    )


def known_codes() -> KnownCodes:
    """The codes that a table of rules may name, in three queries."""
    return KnownCodes(
        categories=frozenset(Category.objects.values_list("code", flat=True)),
        areas=frozenset(Area.objects.values_list("code", flat=True)),
        units=frozenset(Unit.objects.values_list("code", flat=True)),
    )


def dry_run(rules: Sequence[Rule], now: datetime, most: int = DRY_RUN_CASES) -> dict[str, Any]:
    """What would change for the last cases if `rules` were in force: the moves from unit to unit, the largest
    first, by category and county, with the ids of the cases; in six queries.
    """
    before = rules_in_force(now)
    after = Ruleset(before.number + 1, tuple(rules))
    rows = list(Case.objects.order_by("-opened_at", "-pk").values_list(*FACTS)[:most])
    said = _words([row[0] for row in rows]) if before.reads_words or after.reads_words else {}
    defaults = {each.code: default_of(each) for each in all_categories()}
    directory = whole_directory()
    moves: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for row in rows:
        hazard = _hazard(row, said.get(row[0], ""))
        default = defaults[hazard.category]
        units = [suggest(hazard, each.rules, default, directory) for each in (before, after)]
        old, new = (found.unit_code if found else "" for found in units)
        if old != new:
            moves[old, new, hazard.category, _county(hazard.area_path)].append(row[0])
    ranked = sorted(moves.items(), key=lambda item: (-len(item[1]), item[0]))
    return {
        "looked_at": len(rows),
        "moves": [dict(zip(MOVE, (*key, cases), strict=True)) for key, cases in ranked],
    }


MOVE = ("from", "to", "category", "area", "cases")


def _hazard(row: tuple[Any, ...], words: str) -> Hazard:
    _, category, family, area_path, site_kind, severity, opened_at = row
    at = timezone.localtime(opened_at)
    return Hazard(category, area_path, at, family or "", site_kind or "", severity, words)


def _words(cases: Sequence[int]) -> dict[int, str]:
    """Title and reports of each case."""
    said = dict(Case.objects.filter(pk__in=cases).values_list("pk", "title"))
    for case, words in Report.objects.filter(case__in=cases).order_by("pk").values_list("case_id", "words"):
        said[case] += f" {words}"
    return said


def _county(area_path: str) -> str:
    """The county of a place, for a table that can be read; the city's own places stand for themselves."""
    return area_at(area_path, Level.COUNTY) or area_path.rstrip(".").rpartition(".")[2]


def cases_of_move(acting: Acting, ids: Sequence[int]) -> QuerySet[Case]:
    """The cases behind a cell of a dry run that this person may see, the newest first."""
    found = visible(acting).filter(pk__in=ids[:DRY_RUN_CASES]).select_related("category__parent", "area")
    return found.defer("area__boundary").order_by(F("opened_at").desc(), "-pk")


def draft() -> RoutingVersion | None:
    """The draft, if there is one."""
    return RoutingVersion.objects.filter(put_in_force_at=None).select_related("drafted_by").first()


def versions() -> list[RoutingVersion]:
    """All versions that were put in force, the newest first, without their rules."""
    found = RoutingVersion.objects.filter(put_in_force_at__isnull=False).select_related("put_in_force_by")
    return list(found.defer("rules", "check_report", "dry_run").order_by("-number"))


def one_version(number: int) -> RoutingVersion:
    """A version that was put in force. Raises NotFound."""
    found = RoutingVersion.objects.filter(number=number, put_in_force_at__isnull=False).first()
    if found is None:
        raise NotFound
    return found
