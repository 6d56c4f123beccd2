"""A level above picks cases or areas for extra checks; what is found becomes a case."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose
from anlan.cases.supervision import LOOK_BACK, Finding, Picks, check_campaign, check_finding
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
class Plan:
    """What a campaign looks at, where, when, and how many."""

    name: str
    picks: Picks
    area_code: str
    begins_on: date
    ends_on: date
    most: int
    category_code: str = ""


@transaction.atomic
def begin_campaign(*, acting_user: Acting, plan: Plan, now: datetime) -> Campaign:
    """Draw up to `plan.most` closed cases, or villages, and keep all that repeats the draw.

    Raises Refused("area_unknown", "category_unknown", "not_permitted", "nothing_to_check",
    "campaign_ends_before", "campaign_too_large").
    """
    check_campaign(plan.begins_on, plan.ends_on, plan.most)
    area = Area.objects.filter(code=plan.area_code, in_use=True).first()
    if area is None:
        raise Refused("area_unknown", code=plan.area_code)
    membership = deciding(acting_user.memberships, Action.SUPERVISE, Spot(area.path))
    if membership is None:
        raise Refused("not_permitted", action=Action.SUPERVISE)
    eligible = sorted(_eligible(plan, area, _category(plan.category_code), now))
    if not eligible:
        raise Refused("nothing_to_check")
    seed = current_seed(now)
    campaign = Campaign.objects.create(
        name=plan.name,
        picks=plan.picks,
        area=area,
        area_path=area.path,
        category=_category(plan.category_code),
        begins_on=plan.begins_on,
        ends_on=plan.ends_on,
        most=plan.most,
        unit=membership.unit,
        made_by=acting_user.user,
        made_at=now,
        seed=seed,
        eligible=eligible,
        digest=drawing.digest_of(eligible),
    )
    occasion = Occasion(Purpose.SUPERVISION, campaign.pk, 1)
    _keep_checks(campaign, drawing.drawn(bytes(seed.seed), occasion, eligible, plan.most))
    return campaign


@transaction.atomic
def record_check(
    *, acting_user: Acting, check_id: int, finding: Finding, words: str, category_code: str, now: datetime
) -> CampaignCheck:
    """Keep what was found at one picked case or area; a hazard becomes a case of `category_code`.

    Raises NotFound, Refused("not_permitted", "verifier_inside_unit", "checked_already", "words_missing",
    "category_unknown").
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
    if finding is Finding.HAZARD:
        check.found_case_id = _opened(acting_user, check, words, category_code, now)
    check.finding, check.words = finding, words.strip()
    check.checked_at, check.checked_by = now, acting_user.user
    check.save()
    return check


def _eligible(plan: Plan, area: Area, category: Category | None, now: datetime) -> list[str]:
    """The ids of closed cases, or the codes of villages, that the campaign may draw."""
    if plan.picks is Picks.AREAS:
        villages = Area.objects.filter(path__startswith=area.path, level=Level.VILLAGE, in_use=True)
        return list(villages.values_list("code", flat=True))
    closed = Case.objects.filter(
        area_path__startswith=area.path, state=State.CLOSED, closed_at__gte=now - LOOK_BACK
    )
    if category is not None:
        closed = closed.filter(category__in=[category, *category.children.all()])
    return [str(pk) for pk in closed.values_list("pk", flat=True)]


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
