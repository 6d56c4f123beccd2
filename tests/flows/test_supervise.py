"""Closed cases and villages are looked at once more; what is found becomes a case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose
from anlan.cases.supervision import Finding, Picks
from anlan.cases.terms import State
from anlan.flows.supervise import Plan, begin_campaign, record_check
from anlan.store.models import Campaign, CampaignCheck, Case
from anlan.store.readers.staff import Acting
from anlan.store.readers.supervision import campaigns, one_campaign
from tests.cast import Cast
from tests.flows.walks import walked_to

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
VILLAGES = Plan(
    name="冬季水边督导",
    picks=Picks.AREAS,
    area_code="990101",
    begins_on=date(2026, 11, 24),
    ends_on=date(2026, 12, 24),
    most=3,
)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def begin(who: Acting, plan: Plan = VILLAGES) -> Campaign:
    return begin_campaign(acting_user=who, plan=plan, now=NOON)


def record(who: Acting, check: CampaignCheck, finding: Finding, words: str = "现场查看") -> CampaignCheck:
    return record_check(
        acting_user=who,
        check_id=check.pk,
        finding=finding,
        words=words,
        category_code="open_water" if finding is Finding.HAZARD else "",
        now=NOON,
    )


def test_villages_are_drawn_from_the_area_and_an_auditor_can_repeat_it(cast: Cast) -> None:
    campaign = begin(cast.carol)

    below = ["990101001201", "990101001202", "990101002201", "990101002202"]
    picked = list(campaign.checks.order_by("order").values_list("area__code", flat=True))
    occasion = Occasion(Purpose.SUPERVISION, campaign.pk, 1)
    assert (campaign.eligible, campaign.digest) == (below, drawing.digest_of(below))
    assert tuple(picked) == drawing.drawn(bytes(campaign.seed.seed), occasion, below, 3)


def test_closed_cases_are_drawn_and_open_ones_are_not(cast: Cast) -> None:
    closed = walked_to(State.CLOSED, cast, NOON)
    walked_to(State.RECTIFIED, cast, NOON)

    campaign = begin(cast.carol, replace(VILLAGES, picks=Picks.CASES))

    assert list(campaign.checks.values_list("case", flat=True)) == [closed.pk]


def test_a_hazard_that_is_found_becomes_a_case_at_its_place(cast: Cast) -> None:
    closed = walked_to(State.CLOSED, cast, NOON)
    check = begin(cast.carol, replace(VILLAGES, picks=Picks.CASES)).checks.get()

    found = record(cast.carol, check, Finding.HAZARD, "护栏又断了").found_case

    assert found is not None
    assert (found.area_id, found.lng, found.state, found.category.code) == (
        closed.area_id,
        closed.lng,
        State.NEW,
        "open_water",
    )
    report = found.reports.get()
    assert (report.words, report.typed_by, report.channel) == ("护栏又断了", cast.carol.user, "field")


def test_what_is_in_order_opens_no_case(cast: Cast) -> None:
    check = begin(cast.carol).checks.first()
    before = Case.objects.count()

    kept = record(cast.carol, check, Finding.IN_ORDER)

    assert (kept.finding, kept.checked_at, kept.checked_by) == ("in_order", NOON, cast.carol.user)
    assert Case.objects.count() == before


def test_a_check_is_recorded_once(cast: Cast) -> None:
    check = begin(cast.carol).checks.first()
    record(cast.carol, check, Finding.HAZARD)

    with pytest.raises(Refused) as no:
        record(cast.carol, check, Finding.HAZARD)

    assert (no.value.reason, Case.objects.count()) == ("checked_already", 1)


def test_nobody_of_the_responsible_unit_checks_its_own_case(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, NOON)
    check = begin(cast.carol, replace(VILLAGES, picks=Picks.CASES)).checks.get()
    unit = cast.committee_111
    cast.carol.user.memberships.create(
        role="handler", unit=unit, unit_path=unit.path, area=cast.village_111, area_path=cast.village_111.path
    )
    inside = Acting(cast.carol.user, tuple(cast.carol.user.memberships.select_related("unit", "area")))

    with pytest.raises(Refused) as no:
        record(inside, check, Finding.IN_ORDER)

    assert no.value.reason == "verifier_inside_unit"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"area_code": "990102"}, "not_permitted"),
        ({"area_code": "000000"}, "area_unknown"),
        ({"picks": Picks.CASES}, "nothing_to_check"),
        ({"most": 0}, "campaign_too_large"),
        ({"picks": Picks.CASES, "category_code": "none"}, "category_unknown"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_and_leaves_nothing(
    cast: Cast, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(Refused) as no:
        begin(cast.carol, replace(VILLAGES, **changes))

    assert (no.value.reason, Campaign.objects.exists()) == (reason, False)


def test_a_campaign_is_seen_in_its_area_and_nowhere_else(cast: Cast) -> None:
    campaign = begin(cast.carol)
    people = {name: getattr(cast, name) for name in ("carol", "liu", "frank", "dan", "ivan", "alice", "bob")}

    assert {name for name, who in people.items() if campaigns(who)} == {"carol", "liu", "frank"}
    with pytest.raises(NotFound):
        one_campaign(cast.dan, campaign.pk)
    with pytest.raises(NotFound):
        record(cast.dan, campaign.checks.first(), Finding.IN_ORDER)


def test_a_list_of_campaigns_counts_what_was_checked_and_found(cast: Cast) -> None:
    first, second, _ = begin(cast.carol).checks.order_by("order")
    record(cast.carol, first, Finding.HAZARD)
    record(cast.carol, second, Finding.IN_ORDER)

    (listed,) = campaigns(cast.carol)
    assert (listed.picked, listed.checked, listed.hazards) == (3, 2, 1)


def test_a_case_closed_more_than_a_year_ago_is_left_alone(cast: Cast) -> None:
    walked_to(State.CLOSED, cast, NOON - timedelta(days=400))

    with pytest.raises(Refused, match="nothing_to_check"):
        begin(cast.carol, replace(VILLAGES, picks=Picks.CASES))


def chosen(*names: str, **changes: object) -> Plan:
    """The plan of a campaign of which a person chose the picks."""
    return replace(VILLAGES, most=0, chosen=names, why="Near the school", **changes)


def test_a_person_may_choose_villages_and_says_why(cast: Cast) -> None:
    campaign = begin(cast.carol, chosen("990101002202", "990101001201", "990101002202"))

    assert list(campaign.checks.order_by("order").values_list("area__code", flat=True)) == [
        "990101002202",
        "990101001201",
    ]
    assert (campaign.most, campaign.seed, campaign.eligible, campaign.chosen_why) == (
        2,
        None,
        [],
        "Near the school",
    )


def test_a_person_may_choose_closed_cases(cast: Cast) -> None:
    first, second = (walked_to(State.CLOSED, cast, NOON) for _ in range(2))

    campaign = begin(cast.carol, chosen(str(second.pk), picks=Picks.CASES))

    assert list(campaign.checks.values_list("case", flat=True)) == [second.pk] != [first.pk]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"why": " "}, "reason_missing"),
        ({"chosen": ("990102001001",)}, "pick_not_eligible"),  # a village of another county
        ({"chosen": ("990101001201", "12")}, "pick_not_eligible"),
        ({"chosen": tuple(str(n) for n in range(501))}, "campaign_too_large"),
        ({"picks": Picks.CASES, "chosen": ("999999",)}, "pick_not_eligible"),
        ({"begins_on": date(2026, 10, 1), "ends_on": date(2026, 11, 23)}, "campaign_over"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_leaves_nothing(
    cast: Cast, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(Refused) as no:
        begin(cast.carol, replace(chosen("990101001201"), **changes))

    assert (no.value.reason, Campaign.objects.exists()) == (reason, False)


@pytest.mark.parametrize(("days", "reason"), [(-1, "campaign_not_begun"), (31, "campaign_over")])
def test_a_check_outside_the_days_of_the_campaign_is_refused(cast: Cast, days: int, reason: str) -> None:
    check = begin(cast.carol).checks.first()

    with pytest.raises(Refused) as no:
        record_check(
            acting_user=cast.carol,
            check_id=check.pk,
            finding=Finding.IN_ORDER,
            words="x",
            category_code="",
            now=NOON + timedelta(days=days),
        )

    check.refresh_from_db()
    assert (no.value.reason, check.finding) == (reason, "")


def test_of_very_many_cases_a_bounded_list_is_kept_that_an_auditor_can_repeat(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [walked_to(State.CLOSED, cast, NOON) for _ in range(7)]
    monkeypatch.setattr("anlan.flows.supervise.DRAWN_FROM", 3)

    campaign = begin(cast.carol, replace(VILLAGES, picks=Picks.CASES, most=2))

    occasion = Occasion(Purpose.SUPERVISION, campaign.pk, 1)
    thinning = drawing.thinned(bytes(campaign.seed.seed), occasion, 7, 3)
    kept = sorted(str(case.pk) for case in cases if thinning.keeps(case.pk))
    assert (campaign.counted, campaign.every, campaign.rest) == (7, 3, thinning.rest)
    assert campaign.eligible == kept
    picked = list(campaign.checks.order_by("order").values_list("case", flat=True))
    assert tuple(map(str, picked)) == drawing.drawn(bytes(campaign.seed.seed), occasion, kept, 2)
