"""A unit appeals against a case's part in one of its figures; a unit above decides; both figures are kept."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.indices import Index
from anlan.flows.follow_ups import later
from anlan.flows.score_subjects import paths_above
from anlan.outcomes.appeals import check_decider, check_reason
from anlan.outcomes.score_definitions import definition_for
from anlan.staff.permissions import allowing
from anlan.staff.terms import Action, Spot
from anlan.store.models import Score, ScoreAppeal, ScoredCase, ScoreRun, Unit
from anlan.store.readers.figures import Figure, scored_cases
from anlan.store.readers.staff import Acting, scope_q


@transaction.atomic
def appeal_score(
    *, acting_user: Acting, month: date, index: str, unit_code: str, case_id: int, reason: str, now: datetime
) -> ScoreAppeal:
    """Say that a case should not count in a figure of the unit, and why.

    Raises Refused("appeal_reason_missing", "case_not_counted", "nobody_above", "appealed_already",
    "not_permitted"), NotFound.
    """
    unit = Unit.objects.filter(code=unit_code).select_related("parent").first()
    run = ScoreRun.objects.filter(month=month).first()
    if unit is None or run is None or index not in set(Index):
        raise NotFound
    place = Spot(unit.area_path, unit.path)
    if not acting_user.may(Action.VIEW_SCORES, place):
        raise NotFound
    if not acting_user.may(Action.APPEAL, place):
        raise Refused("not_permitted", action=Action.APPEAL)
    check_reason(reason)
    if unit.parent is None:
        raise Refused("nobody_above")
    if not scored_cases(Figure(month, index, "unit", unit_code)).filter(case_id=case_id).exists():
        raise Refused("case_not_counted")
    try:
        with transaction.atomic():
            return ScoreAppeal.objects.create(
                run=run,
                case_id=case_id,
                index=index,
                unit=unit,
                unit_path=unit.path,
                area_path=unit.area_path,
                reason=reason.strip(),
                made_at=now,
                made_by=acting_user.user,
            )
    except IntegrityError:
        raise Refused("appealed_already") from None


@transaction.atomic
def decide_appeal(
    *, acting_user: Acting, appeal_id: int, accepted: bool, answer: str, now: datetime
) -> ScoreAppeal:
    """Accept an appeal, which leaves the case out of the index, or refuse it; the answer says why.

    Raises Refused("appeal_reason_missing", "decider_not_above", "appeal_of_ones_own", "not_permitted"),
    NotFound, Conflict.
    """
    appeal = (
        ScoreAppeal.objects.select_for_update(of=("self",))
        .select_related("run")
        .filter(scope_q(acting_user, Action.VIEW_SCORES), pk=appeal_id)
        .first()
    )
    if appeal is None:
        raise NotFound
    roles = [*allowing(acting_user.memberships, Action.DECIDE_APPEAL, appeal)]
    if not roles:
        raise Refused("not_permitted", action=Action.DECIDE_APPEAL)
    check_decider(appeal.unit_path, [role.unit_path for role in roles])
    if appeal.made_by_id == acting_user.user.pk:
        raise Refused("appeal_of_ones_own")
    check_reason(answer)
    if appeal.accepted is not None:
        raise Conflict
    appeal.accepted, appeal.answer = accepted, answer.strip()
    appeal.decided_at, appeal.decided_by = now, acting_user.user
    appeal.before = appeal.after = _figure(appeal)
    if accepted:
        _leave_out(appeal)
        appeal.after = _figure(appeal)
        later("recount_figures", appeal_id=appeal.pk)
    appeal.save()
    return appeal


def _figure(appeal: ScoreAppeal) -> list[int]:
    """Numerator and denominator of the unit's figure as its cases are now."""
    figure = Figure(appeal.run.month, appeal.index, "unit", appeal.unit.code)
    met = Figure(appeal.run.month, appeal.index, "unit", appeal.unit.code, "met")
    return [scored_cases(met).count(), scored_cases(figure).count()]


def _leave_out(appeal: ScoreAppeal) -> None:
    row = ScoredCase.objects.select_for_update().get(run=appeal.run, case_id=appeal.case_id, superseded=None)
    if appeal.index not in row.left_out:
        row.left_out = [*row.left_out, appeal.index]
        row.save(update_fields=["left_out"])


@transaction.atomic
def recount_figures(*, acting_user: None, appeal_id: int) -> int:
    """Replace the figures that held the case of an accepted appeal; how many. The old rows stay.

    Done twice it changes nothing more: a figure that is right already is left alone.
    """
    appeal = ScoreAppeal.objects.select_related("run").get(pk=appeal_id)
    row = ScoredCase.objects.get(run=appeal.run, case_id=appeal.case_id, superseded=None)
    formula = definition_for(Index(appeal.index), appeal.run.month).formula
    in_units = Q(kind="unit", path__in=[*paths_above(getattr(row, formula.holder))])
    in_areas = Q(kind__in=("area", "post"), path__in=[*paths_above(row.area_path)])
    old = Score.objects.select_for_update().filter(
        in_units | in_areas, run=appeal.run, index=appeal.index, replaced=False
    )
    return sum(_replace(score, appeal.run.month) for score in old)


def _replace(score: Score, month: date) -> bool:
    met, counted = (
        scored_cases(Figure(month, score.index, score.kind, score.code, part)).count()
        for part in ("met", "counted")
    )
    if (met, counted) == (score.numerator, score.denominator):
        return False
    score.replaced = True
    score.save(update_fields=["replaced"])
    if counted:
        from anlan.stats import binomial_interval  # scipy: only the worker does this

        found = binomial_interval(met, counted)
        score.pk, score.replaced = None, False
        score.numerator, score.denominator = met, counted
        score.lower, score.upper = float(found.lower), float(found.upper)
        score.save(force_insert=True)
    return True
