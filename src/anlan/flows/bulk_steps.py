"""One step for many cases: a preview, a yes, and each case through the flow of its step, on its own."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases import bulk, states
from anlan.cases.bulk import CHANGED, DONE, FAILED, REFUSED, WAITING
from anlan.cases.terms import Severity, Step
from anlan.flows import close_case, dispatch_case, handle_case, park_case, triage_case
from anlan.flows.follow_ups import later
from anlan.store.models import BulkRow, BulkRun, Case, Unit
from anlan.store.readers.staff import Acting, acting_for

log = logging.getLogger(__name__)

PART = 25
"""Cases that are done at once: in the answer to a page, and between two looks at the person's rights."""

type Taken = Callable[[BulkRow, Mapping[str, Any]], Mapping[str, Any]]
"""What a step needs beside case and version, from the row and the words of the run."""

FLOWS: Mapping[Step, tuple[Callable[..., object], Taken]] = {
    Step.ACCEPT: (triage_case.accept_case, lambda row, _: {"severity": Severity(row.case.severity)}),
    Step.REJECT: (triage_case.reject_case, lambda _, words: {"reason": words["reason"]}),
    Step.DISPATCH: (
        dispatch_case.dispatch_case,
        lambda row, words: {
            "unit_code": words.get("unit_code") or bulk.suggested_unit(row.case),
            "reason": words.get("reason", ""),
        },
    ),
    Step.RECALL: (dispatch_case.recall_case, lambda _, words: {"reason": words["reason"]}),
    Step.CANCEL: (dispatch_case.cancel_case, lambda _, words: {"reason": words["reason"]}),
    Step.START: (handle_case.start_case, lambda *_: {}),
    Step.PARK: (
        park_case.park_case,
        lambda _, words: {
            "reason": words["reason"],
            "review_at": datetime.fromisoformat(words["review_at"]),
        },
    ),
    Step.RESUME: (park_case.resume_case, lambda *_: {}),
    Step.CLOSE: (close_case.close_case, lambda *_: {}),
}


@transaction.atomic
def prepare_bulk(*, acting_user: Acting, step: Step, cases: QuerySet[Case], now: datetime) -> BulkRun:
    """Keep which of `cases` can take `step`, and why the others cannot; nothing happens to them yet.

    `cases` are some that the person may see; beyond bulk.MOST they are counted and left out.
    Raises Refused("not_in_bulk", "nothing_chosen").
    """
    if step not in bulk.WORDS_OF:
        raise Refused("not_in_bulk")
    found = list(cases.only(*COLUMNS)[: bulk.MOST])
    if not found:
        raise Refused("nothing_chosen")
    more = cases.order_by().count() - len(found) if len(found) == bulk.MOST else 0
    run = BulkRun.objects.create(user=acting_user.user, step=step, made_at=now, left_over=more)
    BulkRow.objects.bulk_create(
        BulkRow(
            run=run, case=case, version=case.version, why=bulk.why_not(step, case, acting_user.memberships)
        )
        for case in found
    )
    return run


COLUMNS = (
    "state",
    "former_state",
    "unit_path",
    "area_path",
    "rectified_at",
    "rectified_by_id",
    "route_reason",
    "version",
    "drawn_verifiers",
)


@transaction.atomic
def confirm_bulk(*, acting_user: Acting, run_id: int, words: Mapping[str, str], now: datetime) -> BulkRun:
    """Say yes to a preview; the work is queued. Said twice, it is the same yes.

    `words` holds what the step asks (bulk.WORDS_OF), with `review_at`, a moment, in the place of `review_on`.
    Raises NotFound for a run of somebody else, Refused("reason_missing", "review_not_ahead", "unit_unknown").
    """
    run = BulkRun.objects.select_for_update().filter(pk=run_id, user=acting_user.user).first()
    if run is None:
        raise NotFound
    if run.confirmed_at is not None:
        return run
    states.check_reason(Step(run.step), words.get("reason", ""))
    if "review_at" in words and datetime.fromisoformat(words["review_at"]) <= now:
        raise Refused("review_not_ahead")
    unit = words.get("unit_code", "")
    if unit and not Unit.objects.filter(code=unit, active=True).exists():
        raise Refused("unit_unknown", code=unit)
    run.words, run.confirmed_at = dict(words), now
    run.save()
    blocked = run.rows.exclude(why="")
    (blocked.exclude(why="no_unit_suggested") if unit else blocked).update(outcome=REFUSED)
    later("run_bulk", run_id=run.pk)
    return run


def run_bulk_part(*, acting_user: None, run_id: int, now: datetime) -> bool:
    """Take the step for the next PART cases of a confirmed run, each in a transaction of its own.

    The person acts with the rights they have now. Says whether there is more to do that no other worker has
    in hand. A worker that was killed leaves a case either done and written down, or untouched; two at once
    take different cases. A case at which the program itself fails is written down as such; the rest
    goes on.
    """
    run = BulkRun.objects.select_related("user").get(pk=run_id)
    acting = _acting(run)
    waiting = run.rows.filter(outcome=WAITING).order_by("pk")
    if run.confirmed_at is None:
        return False
    taken = [_take_one(run, pk, acting, now) for pk in list(waiting.values_list("pk", flat=True)[:PART])]
    if waiting.exists():
        return any(taken)
    BulkRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=now)
    return False


def unfinished(confirmed_before: datetime) -> Iterable[int]:
    """Runs that were said yes to some time ago and have not ended: their worker may have been killed."""
    runs = BulkRun.objects.filter(finished_at=None, confirmed_at__lt=confirmed_before)
    return runs.order_by("confirmed_at").values_list("pk", flat=True)


def forget_bulk(*, acting_user: None, before: datetime) -> int:
    """Forget runs made before; the history of the cases stays. How many that were."""
    return BulkRun.objects.filter(made_at__lt=before).delete()[1].get("store.BulkRun", 0)


def _acting(run: BulkRun) -> Acting:
    """The person as they are now; one who left has no rights."""
    try:
        return acting_for(run.user)
    except NotFound:
        return Acting(run.user, ())


@transaction.atomic
def _take_one(run: BulkRun, pk: int, acting: Acting, now: datetime) -> bool:
    """The step and what became of it, together; False when another worker has the case."""
    rows = BulkRow.objects.select_for_update(of=("self",), skip_locked=True).select_related("case")
    row = rows.filter(pk=pk, outcome=WAITING).first()
    if row is None:
        return False
    flow, taken = FLOWS[Step(run.step)]
    row.outcome, row.why, row.facts = DONE, "", {}
    try:
        with transaction.atomic():
            case = {"case_id": row.case_id, "version": row.version}
            flow(acting_user=acting, now=now, **case, **taken(row, run.words))
    except Conflict:
        row.outcome = CHANGED
    except NotFound:
        row.outcome, row.why = REFUSED, "not_permitted"
    except Refused as refusal:
        row.outcome, row.why = REFUSED, refusal.reason
        row.facts = {name: str(fact) for name, fact in refusal.facts.items()}
    except Exception:  # whatever a flow raises must not be met again for ever, nor hold up the other cases
        log.exception("a bulk step failed at a case")
        row.outcome = FAILED
    row.save()
    return True
