"""Administrators of the city draft rules of dispatch, check and try them, and put them in force."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.rule_lint import Finding, Flaw, Gravity, lint
from anlan.cases.rule_tables import kept
from anlan.cases.rules import Rule
from anlan.flows.staff_history import record, take_turns
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import RoutingVersion
from anlan.store.readers import rule_checks
from anlan.store.readers.managed import city_path
from anlan.store.readers.routing import rules_in_force, rules_of
from anlan.store.readers.staff import Acting

MOST_RULES = 500


@transaction.atomic
def begin_draft(*, acting_user: Acting, now: datetime) -> RoutingVersion:
    """Begin a draft with the rules in force. Raises NotFound, Refused("draft_exists")."""
    take_turns()
    _check_may(acting_user)
    if rule_checks.draft() is not None:
        raise Refused("draft_exists")
    last = RoutingVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    version = RoutingVersion.objects.create(
        number=last + 1,
        rules=[kept(rule) for rule in rules_in_force(now).rules],
        drafted_at=now,
        drafted_by=acting_user.user,
    )
    record(acting_user.user, "drafted", _subject(version), {"rules": (None, len(version.rules))}, now)
    return version


@transaction.atomic
def drop_draft(*, acting_user: Acting, revision: int, now: datetime) -> None:
    """Throw the draft away. Raises NotFound, Conflict."""
    version = _draft(acting_user, revision)
    record(acting_user.user, "dropped", _subject(version), {"rules": (len(version.rules), None)}, now)
    version.delete()


def add_rule(*, acting_user: Acting, revision: int, rule: Rule, number: int, now: datetime) -> RoutingVersion:
    """Put a rule into the draft as number `number`. Raises NotFound, Conflict, Refused("too_many_rules")."""
    return _edit(acting_user, revision, lambda rules: [*rules[: number - 1], rule, *rules[number - 1 :]], now)


def change_rule(
    *, acting_user: Acting, revision: int, rule: Rule, number: int, now: datetime
) -> RoutingVersion:
    """Put `rule` in the place of number `number`. Raises NotFound, Conflict."""
    return _edit(acting_user, revision, lambda rules: [*rules[: number - 1], rule, *rules[number:]], now)


def remove_rule(*, acting_user: Acting, revision: int, number: int, now: datetime) -> RoutingVersion:
    """Take number `number` out of the draft. Raises NotFound, Conflict."""
    return _edit(acting_user, revision, lambda rules: [*rules[: number - 1], *rules[number:]], now)


def move_rule(*, acting_user: Acting, revision: int, number: int, to: int, now: datetime) -> RoutingVersion:
    """Let number `number` become number `to`. Raises NotFound, Conflict."""

    def moved(rules: list[Rule]) -> list[Rule]:
        rest = [*rules[: number - 1], *rules[number:]]
        return [*rest[: to - 1], *rules[number - 1 : number], *rest[to - 1 :]]

    return _edit(acting_user, revision, moved, now)


def replace_rules(
    *, acting_user: Acting, revision: int, rules: Sequence[Rule], now: datetime
) -> RoutingVersion:
    """Put a whole table in the place of the draft's rules. Raises NotFound, Conflict, Refused."""
    return _edit(acting_user, revision, lambda _: list(rules), now)


@transaction.atomic
def check_draft(*, acting_user: Acting, revision: int, now: datetime) -> Sequence[Finding]:
    """Look for what is wrong with the draft, and keep the report with it. Raises NotFound, Conflict."""
    version = _draft(acting_user, revision)
    findings = lint(rules_of(version), rule_checks.ground())
    said = [[each.flaw, each.number, dict(each.facts)] for each in findings]
    version.check_report = {"revision": revision, "at": now.isoformat(), "findings": said}
    version.save(update_fields=["check_report"])
    return findings


@transaction.atomic
def try_draft(*, acting_user: Acting, revision: int, now: datetime) -> RoutingVersion:
    """Try the draft on the last cases, and keep what would change. Raises NotFound, Conflict."""
    version = _draft(acting_user, revision)
    tried = rule_checks.dry_run(rules_of(version), now)
    version.dry_run = {"revision": revision, "at": now.isoformat()} | tried
    version.save(update_fields=["dry_run"])
    return version


@transaction.atomic
def put_in_force(*, acting_user: Acting, revision: int, from_day: date, now: datetime) -> RoutingVersion:
    """Put the draft in force from a day on; from today means from now on. No open case moves by it.

    Raises NotFound, Conflict, Refused("draft_not_checked", "draft_has_errors", "draft_not_tried",
    "day_is_past").
    """
    version = _draft(acting_user, revision)
    _check_ready(version)
    today = timezone.localdate(now)
    if from_day < today:
        raise Refused("day_is_past")
    midnight = timezone.make_aware(datetime.combine(from_day, time()))
    version.in_force_from = now if from_day == today else midnight
    version.put_in_force_at, version.put_in_force_by = now, acting_user.user
    version.save()
    changes = {"rules": (None, len(version.rules)), "in_force_from": (None, version.in_force_from)}
    record(acting_user.user, "put_in_force", _subject(version), changes, now)
    return version


def _check_ready(version: RoutingVersion) -> None:
    report, tried = version.check_report or {}, version.dry_run or {}
    if report.get("revision") != version.revision:
        raise Refused("draft_not_checked")
    if any(each.gravity is Gravity.ERROR for each in findings_of(version)):
        raise Refused("draft_has_errors")
    if tried.get("revision") != version.revision:
        raise Refused("draft_not_tried")


def findings_of(version: RoutingVersion) -> list[Finding]:
    """What the last check of a version found."""
    kept_findings = (version.check_report or {}).get("findings", [])
    return [Finding(Flaw(flaw), number, facts) for flaw, number, facts in kept_findings]


@transaction.atomic
def _edit(
    acting: Acting, revision: int, edit: Callable[[list[Rule]], list[Rule]], now: datetime
) -> RoutingVersion:
    version = _draft(acting, revision)
    before = list(rules_of(version))
    after = edit(before)
    if len(after) > MOST_RULES:
        raise Refused("too_many_rules", most=MOST_RULES)
    changes = _changes(before, after)
    if changes:
        version.rules = [kept(rule) for rule in after]
        version.revision += 1
        version.save(update_fields=["rules", "revision"])
        record(acting.user, "changed", _subject(version), changes, now)
    return version


def _changes(before: list[Rule], after: list[Rule]) -> dict[str, tuple[Any, Any]]:
    """Which numbers say something else now."""
    longest = max(len(before), len(after))
    pairs = [
        (before[place : place + 1], after[place : place + 1], f"rule {place + 1}") for place in range(longest)
    ]
    return {name: (_said(old), _said(new)) for old, new, name in pairs if old != new}


def _said(rules: list[Rule]) -> str | None:
    """A rule as history keeps it: the cells that it has."""
    if not rules:
        return None
    return ", ".join(f"{name}={value}" for name, value in kept(rules[0]).items() if value)


def _draft(acting: Acting, revision: int) -> RoutingVersion:
    """The draft, locked, as this person read it."""
    take_turns()
    _check_may(acting)
    version = RoutingVersion.objects.select_for_update().filter(put_in_force_at=None).first()
    if version is None:
        raise NotFound
    if version.revision != revision:
        raise Conflict(version.revision - revision)
    return version


def _check_may(acting: Acting) -> None:
    """Rules belong to the whole city."""
    check_reach(acting.memberships, Action.MANAGE_ROUTING, Spot(city_path()))


def _subject(version: RoutingVersion) -> str:
    return f"routing:{version.number}"
