"""Rules from the draft to being in force, and what they do to cases."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.notices import Audience
from anlan.cases.rule_lint import Flaw
from anlan.cases.rules import Rule, Target
from anlan.cases.terms import State
from anlan.flows import manage_routing as flows
from anlan.flows.dispatch_case import dispatch_case
from anlan.flows.handle_case import return_case
from anlan.store.models import Case, Category, RoutingVersion, StaffEvent
from anlan.store.readers.cases import case_view
from anlan.store.readers.receivers import members_told
from anlan.store.readers.routing import rules_in_force
from anlan.store.readers.rule_checks import cases_of_move, ground
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to

DAY = timedelta(days=1)
BUREAU = Rule(Target(unit="water-1"), name="临水", categories=("water",), areas=("990101",), words=("护栏",))
OFFICE = Rule(Target(kind="township_office", level="township"), categories=("water",))


def drafted(cast: Cast, *rules: Rule) -> RoutingVersion:
    version = flows.begin_draft(acting_user=cast.grace, now=NOON)
    return flows.replace_rules(acting_user=cast.grace, revision=version.revision, rules=rules, now=NOON)


def ready(cast: Cast, *rules: Rule) -> RoutingVersion:
    version = drafted(cast, *rules)
    flows.check_draft(acting_user=cast.grace, revision=version.revision, now=NOON)
    return flows.try_draft(acting_user=cast.grace, revision=version.revision, now=NOON)


def in_force(cast: Cast, *rules: Rule, days: int = 0) -> RoutingVersion:
    """Rules that are in force `days` after noon."""
    version = ready(cast, *rules)
    return flows.put_in_force(
        acting_user=cast.grace, revision=version.revision, from_day=NOON.date() + days * DAY, now=NOON
    )


def test_a_case_says_which_rule_sent_it_where_and_why(cast: Cast) -> None:
    in_force(cast, BUREAU)

    assert new(cast, NOON).route_reason == {
        "rule": "numbered",
        "number": 1,
        "name": "临水",
        "found": {"categories": "water", "areas": "990101", "words": "护栏"},
        "version": 1,
        "unit": "water-1",
        "unit_name": "望潮县水利局",
        "category_zh": "水边",
        "category_en": "By the water",
        "area_name": "望潮县",
    }


def test_rules_are_in_force_from_their_day_on_and_the_old_ones_until_then(cast: Cast) -> None:
    in_force(cast, BUREAU)
    in_force(cast, OFFICE, days=2)

    numbers = [rules_in_force(NOON + days * DAY).number for days in (-1, 0, 1, 2)]
    assert numbers == [0, 1, 1, 2]


def test_a_draft_begins_with_the_rules_in_force_and_there_is_one(cast: Cast) -> None:
    in_force(cast, BUREAU)
    draft = flows.begin_draft(acting_user=cast.grace, now=NOON)

    assert (draft.number, [cells["name"] for cells in draft.rules]) == (2, ["临水"])
    with pytest.raises(Refused, match="draft_exists"):
        flows.begin_draft(acting_user=cast.grace, now=NOON)


def test_rules_are_put_in_moved_changed_and_taken_out(cast: Cast) -> None:
    draft = drafted(cast, BUREAU, OFFICE)
    call = {"acting_user": cast.grace, "now": NOON}
    third = Rule(Target(unit="desk"), name="third")

    flows.add_rule(rule=third, number=3, revision=1, **call)
    flows.move_rule(number=3, to=1, revision=2, **call)
    flows.change_rule(number=2, rule=Rule(Target(unit="desk"), name="second"), revision=3, **call)
    flows.remove_rule(number=3, revision=4, **call)

    draft.refresh_from_db()
    assert ([cells["name"] for cells in draft.rules], draft.revision) == (["third", "second"], 5)
    assert StaffEvent.objects.filter(subject="routing:1", action="changed").count() == 5


def test_of_two_who_edit_the_second_is_told(cast: Cast) -> None:
    drafted(cast, BUREAU)

    with pytest.raises(Conflict):
        flows.remove_rule(acting_user=cast.grace, revision=0, number=1, now=NOON)


def test_a_draft_is_checked_and_tried_as_it_stands_before_it_is_put_in_force(cast: Cast) -> None:
    version = drafted(cast, BUREAU)
    call = {"acting_user": cast.grace, "revision": version.revision, "now": NOON}
    reasons = []
    for step in (None, flows.check_draft, flows.try_draft):
        if step:
            step(**call)
        try:
            flows.put_in_force(from_day=NOON.date() - DAY, **call)
        except Refused as refusal:
            reasons.append(refusal.reason)

    assert reasons == ["draft_not_checked", "draft_not_tried", "day_is_past"]


def test_a_draft_with_a_unit_that_is_not_there_is_not_put_in_force(cast: Cast) -> None:
    version = ready(cast, Rule(Target(unit="no-such")))

    assert flows.findings_of(version)[0].flaw is Flaw.UNIT_UNKNOWN
    with pytest.raises(Refused, match="draft_has_errors"):
        flows.put_in_force(acting_user=cast.grace, revision=version.revision, from_day=NOON.date(), now=NOON)


def test_rules_that_were_put_in_force_stay_as_they_are(cast: Cast) -> None:
    version = in_force(cast, BUREAU)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RoutingVersion.objects.filter(pk=version.pk).update(rules=[])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        version.delete()


def test_new_rules_move_no_open_case_and_the_dispatcher_reads_what_they_would_say(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    in_force(cast, BUREAU)

    view = case_view(cast.carol, case.pk, NOON)
    assert (view.case.unit.code, view.case.route_reason["unit"]) == ("committee-111", "committee-111")
    assert view.now_says["unit"] == "water-1"
    assert case_view(cast.alice, case.pk, NOON).now_says == {}


def test_a_wrong_dispatch_is_counted_and_keeps_the_reason_of_the_first_route(cast: Cast) -> None:
    in_force(cast, BUREAU)
    case = walked_to(State.ACCEPTED, cast, NOON)
    call = {"case_id": case.pk, "now": NOON}
    dispatch_case(acting_user=cast.carol, version=1, unit_code="committee-111", reason="村里更近", **call)
    return_case(acting_user=cast.alice, version=2, reason="这段归水利局", **call)

    stored = Case.objects.get(pk=case.pk)
    assert (stored.return_count, stored.unit) == (1, None)
    first = case_view(cast.carol, case.pk, NOON).wrong_routes[0]
    assert (first.unit, first.route["number"], first.note, first.why) == (
        "荻花村村委会",
        1,
        "村里更近",
        "这段归水利局",
    )


def test_the_dry_run_counts_what_would_change_with_the_cases_behind_it(cast: Cast) -> None:
    one, two = new(cast, NOON), new(cast, NOON + DAY, "护栏松了")
    new(cast, NOON, "水草太多")

    tried = ready(cast, BUREAU).dry_run

    assert tried["looked_at"] == 3
    assert tried["moves"] == [
        {
            "from": "committee-111",
            "to": "water-1",
            "category": "open_water",
            "area": "990101",
            "cases": [two.pk, one.pk],
        }
    ]
    assert [case.pk for case in cases_of_move(cast.carol, [one.pk, two.pk])] == [two.pk, one.pk]
    assert list(cases_of_move(cast.grace, [one.pk, two.pk])) == []  # administrators see no case


def test_a_dry_run_asks_as_often_for_one_case_as_for_many(cast: Cast) -> None:
    version = drafted(cast, BUREAU)
    counts = []
    for _ in range(2):
        for _ in range(3):
            new(cast, NOON)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            flows.try_draft(acting_user=cast.grace, revision=version.revision, now=NOON)
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["mia", "liu", "frank"])
def test_rules_of_the_city_are_changed_by_its_administrators_only(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        flows.begin_draft(acting_user=getattr(cast, who), now=NOON)


def test_a_rule_that_sends_to_a_role_finds_the_unit_that_has_it_and_tells_who_has_it(cast: Cast) -> None:
    in_force(cast, Rule(Target(role="field_worker"), categories=("water",)))
    case = walked_to(State.ACCEPTED, cast, NOON)
    assert (case.route_reason["unit"], case.route_reason["role"]) == ("fire-11", "field_worker")

    case = dispatch_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=NOON + DAY, unit_code="fire-11"
    )
    assert [user.username for user in members_told(case, Audience.UNIT)] == ["ken"]
    reason = case.events.get(step="dispatch").changes["route"][1]
    assert reason["role"] == "field_worker"


def test_a_rule_for_a_role_that_a_unit_has_not_is_found_by_the_check(cast: Cast) -> None:
    version = drafted(cast, Rule(Target(unit="water-1", role="handler"), categories=("water",)))
    found = flows.check_draft(acting_user=cast.grace, revision=version.revision, now=NOON)

    assert [(each.flaw, each.number) for each in found if each.number == 1] == [(Flaw.FINDS_NOBODY, 1)]


def test_a_family_without_kinds_takes_reports_and_so_is_looked_at_too(cast: Cast) -> None:
    Category.objects.create(
        code="ice", name_zh="结冰", name_en="Ice", unit_kind="agency", unit_level="county"
    )

    assert "ice" in ground().defaults
    assert cast.open_water.parent is not None and cast.open_water.parent.code not in ground().defaults
