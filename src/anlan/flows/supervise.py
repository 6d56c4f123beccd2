"""A level above draws or chooses cases or areas for extra checks; what is found becomes a case."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Mod
from django.utils import timezone

from anlan.base.errors import NotFound, Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose, Thinning
from anlan.cases.supervision import (
    DRAWN_FROM,
    LOOK_BACK,
    Finding,
    Picks,
    check_campaign,
    check_chosen,
    check_finding,
    check_period,
)
from anlan.cases.terms import Channel, State
from anlan.cases.verification import check_verifier
from anlan.flows.draw_verifiers import current_seed
from anlan.flows.submit_report import Told, submit_report
from anlan.places.terms import Level
from anlan.staff.permissions import deciding
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Campaign, CampaignCheck, Case, Category
from anlan.store.readers.staff import Acting, scope_q


@dataclass(frozen=True)
class Eligible:
    """The closed cases, or the villages, that a campaign may look at, and the column that names them."""

    rows: QuerySet[Any]
    name: str

    def among(self, names: tuple[str, ...]) -> list[str]:
        """The names of those that are among `names`."""
        return self._names(self.rows.filter(**{f"{self.name}__in": names}))

    def kept(self, thinning: Thinning) -> list[str]:
        """The names of those whose id is kept."""
        return self._names(self.rows.annotate(left=Mod("pk", thinning.every)).filter(left=thinning.rest))

    def _names(self, rows: QuerySet[Any]) -> list[str]:
        return [str(each) for each in rows.values_list(self.name, flat=True)]


def _eligible(picks: Picks, area: Area, category: Category | None, now: datetime) -> Eligible:
    if picks is Picks.AREAS:
        villages = Area.objects.filter(path__startswith=area.path, level=Level.VILLAGE, in_use=True)
        return Eligible(villages, "code")
    closed = Case.objects.filter(
        area_path__startswith=area.path, state=State.CLOSED, closed_at__gte=now - LOOK_BACK
    )
    if category is not None:
        closed = closed.filter(category__in=[category, *category.children.all()])
    return Eligible(closed, "pk")


@dataclass(frozen=True)
class Plan:
    """What a campaign looks at, where, when, and how many; or which, and why, when a person chose them."""

    name: str
    picks: Picks
    area_code: str
    begins_on: date
    ends_on: date
    most: int = 0
    category_code: str = ""
    chosen: tuple[str, ...] = ()  # ids of cases or codes of villages; none: they are drawn
    why: str = ""


@transaction.atomic
def begin_campaign(*, acting_user: Acting, plan: Plan, now: datetime) -> Campaign:
    """Draw up to `plan.most` closed cases, or villages, and keep all that repeats it; or take the chosen.

    Raises Refused("area_unknown", "category_unknown", "not_permitted", "nothing_to_check", "reason_missing",
    "pick_not_eligible", "campaign_ends_before", "campaign_over", "campaign_too_large").
    """
    most = len(plan.chosen) or plan.most
    check_campaign(plan.begins_on, plan.ends_on, most, timezone.localdate(now))
    area = Area.objects.filter(code=plan.area_code, in_use=True).first()
    if area is None:
        raise Refused("area_unknown", code=plan.area_code)
    membership = deciding(acting_user.memberships, Action.SUPERVISE, Spot(area.path))
    if membership is None:
        raise Refused("not_permitted", action=Action.SUPERVISE)
    category = _category(plan.category_code)
    eligible = _eligible(plan.picks, area, category, now)
    campaign = Campaign.objects.create(
        name=plan.name,
        picks=plan.picks,
        area=area,
        area_path=area.path,
        category=category,
        begins_on=plan.begins_on,
        ends_on=plan.ends_on,
        most=most,
        unit=membership.unit,
        made_by=acting_user.user,
        made_at=now,
    )
    picked = _choose(campaign, eligible, plan) if plan.chosen else _draw(campaign, eligible, now)
    campaign.save()
    _keep_checks(campaign, picked)
    return campaign


def _choose(campaign: Campaign, eligible: Eligible, plan: Plan) -> tuple[str, ...]:
    """The chosen ones, in the order in which they were named, each once."""
    chosen = tuple(dict.fromkeys(plan.chosen))
    check_chosen(chosen, eligible.among(chosen), plan.why)
    campaign.most, campaign.chosen_why = len(chosen), plan.why.strip()
    return chosen


def _draw(campaign: Campaign, eligible: Eligible, now: datetime) -> tuple[str, ...]:
    """Draw from the eligible, and set what repeats it. Raises Refused("nothing_to_check")."""
    campaign.seed = current_seed(now)
    seed, occasion = bytes(campaign.seed.seed), Occasion(Purpose.SUPERVISION, campaign.pk, 1)
    campaign.counted = eligible.rows.count()
    if not campaign.counted:
        raise Refused("nothing_to_check")
    thinning = drawing.thinned(seed, occasion, campaign.counted, DRAWN_FROM)
    campaign.every, campaign.rest = thinning.every, thinning.rest
    campaign.eligible = sorted(eligible.kept(thinning))
    campaign.digest = drawing.digest_of(campaign.eligible)
    return drawing.drawn(seed, occasion, campaign.eligible, campaign.most)


@transaction.atomic
def record_check(
    *, acting_user: Acting, check_id: int, finding: Finding, words: str, category_code: str, now: datetime
) -> CampaignCheck:
    """Keep what was found at one picked case or area; a hazard becomes a case of `category_code`.

    Raises NotFound, Refused("not_permitted", "verifier_inside_unit", "checked_already", "words_missing",
    "campaign_not_begun", "campaign_over", "category_unknown").
    """
    check = (
        CampaignCheck.objects.select_for_update(of=("self",))
        .select_related("campaign", "case", "area")
        .filter(scope_q(acting_user, Action.SUPERVISE, area="campaign__area_path", unit=None), pk=check_id)
        .first()
    )
    if check is None:
        raise NotFound
    if check.case is not None:
        check_verifier(check.case, acting_user.memberships)
    check_finding(finding, words, done=bool(check.finding))
    check_period(check.campaign.begins_on, check.campaign.ends_on, timezone.localdate(now))
    if finding is Finding.HAZARD:
        check.found_case_id = _opened(acting_user, check, words, category_code, now)
    check.finding, check.words = finding, words.strip()
    check.checked_at, check.checked_by = now, acting_user.user
    check.save()
    return check


def _keep_checks(campaign: Campaign, picked: tuple[str, ...]) -> None:
    """A row for each that was drawn, in the order of the draw."""
    if campaign.picks == Picks.AREAS:
        areas = dict(Area.objects.filter(code__in=picked).values_list("code", "pk"))
        rows = [CampaignCheck(order=n, area_id=areas[code]) for n, code in enumerate(picked)]
    else:
        places = dict(Case.objects.filter(pk__in=picked).values_list("pk", "area"))
        rows = [
            CampaignCheck(order=n, case_id=int(pk), area_id=places[int(pk)]) for n, pk in enumerate(picked)
        ]
    for row in rows:
        row.campaign = campaign
    CampaignCheck.objects.bulk_create(rows)


def _opened(acting_user: Acting, check: CampaignCheck, words: str, category_code: str, now: datetime) -> int:
    """The case that a finding becomes; at the place of the case that was looked at, if one was."""
    seen = check.case
    told = Told(
        category_code=category_code or (seen.category.code if seen is not None else ""),
        words=words.strip(),
        area_code=check.area.code,
        address=seen.address if seen is not None else "",
        lng=seen.lng if seen is not None else None,
        lat=seen.lat if seen is not None else None,
    )
    receipt = submit_report(
        acting_user=acting_user,
        token=f"supervision {check.pk}",
        told=told,
        now=now,
        channel=Channel.FIELD,
    )
    return receipt.case_id


def _category(code: str) -> Category | None:
    if not code:
        return None
    category = Category.objects.filter(code=code, active=True).first()
    if category is None:
        raise Refused("category_unknown", code=code)
    return category
