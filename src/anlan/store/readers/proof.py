"""Questions of proof: how a case was verified, who was drawn for it, what reporters said, what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from anlan.base.errors import Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose
from anlan.cases.joining import Kind
from anlan.cases.terms import State
from anlan.store.models import (
    Case,
    CaseJoin,
    CaseSensor,
    CaseTask,
    Draw,
    DrawSeed,
    Extension,
    Recurrence,
    SecondCheck,
    Series,
    Verification,
)
from anlan.store.readers.case_parts import About
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class Proof:
    """What the page of a case says of its proof; people are named by unit and role."""

    verifications: Sequence[Verification]
    drawn_units: Sequence[str]
    posts: Mapping[int, str]  # of all who were drawn, for tasks too: membership, name of its unit
    yes: int
    no: int
    unanswered: int  # no answer is not a yes
    second_check: SecondCheck | None
    recurrence: Recurrence | None
    came_back: Sequence[Recurrence]
    join: CaseJoin | None  # by which it ended
    split: CaseJoin | None  # by which it began
    extensions: Sequence[Extension]  # of the case's own stage, newest first
    sensors: Sequence[CaseSensor]  # that show when the hazard is gone
    task_extensions: Sequence[Extension]  # of the tasks of other units, newest first

    @property
    def waiting_extension(self) -> bool:
        """Does a unit wait for an answer?"""
        return any(each.answered_at is None and each.clock.ended_at is None for each in self.extensions)

    def extensions_of(self, task_id: int) -> list[Extension]:
        """What the unit of a task asked for, newest first."""
        return [each for each in self.task_extensions if each.clock.task_id == task_id]

    def units_drawn_for(self, task: CaseTask) -> list[str]:
        """The units of those who were drawn to verify a task."""
        return sorted(self.posts[post] for post in task.drawn_verifiers if post in self.posts)


def proof_of(about: About) -> Proof:
    """The proof of one case and its tasks, out of what was read of it."""
    said = [told.satisfied for told in about.reports]
    joins = {join.kind: join for join in about.joins}
    extensions = [each for each in about.extensions if each.clock.task_id is None]
    return Proof(
        verifications=about.verifications,
        drawn_units=sorted(about.posts[post] for post in about.case.drawn_verifiers if post in about.posts),
        posts=about.posts,
        yes=said.count(True),
        no=said.count(False),
        unanswered=sum(told.satisfied is None and told.report.withdrawn_at is None for told in about.reports),
        second_check=about.check,
        recurrence=about.recurrence,
        came_back=about.came_back,
        join=joins.get(Kind.JOIN),
        split=joins.get(Kind.SPLIT),
        extensions=extensions,
        sensors=about.sensors,
        task_extensions=[each for each in about.extensions if each.clock.task_id is not None],
    )


def series_near(case: Case) -> list[Series]:
    """The series of sensors at the site of a case, else in its area: what may watch it; at most 100."""
    here = Q(device__site=case.site_id) if case.site_id else Q(device__area_path__startswith=case.area_path)
    found = Series.objects.filter(here, device__is_camera=False, device__removed_on=None)
    return list(found.select_related("device", "property").order_by("device__name", "property__code")[:100])


@dataclass(frozen=True)
class CheckedDraw:
    """A draw, repeated from what was kept of it; `wrong` is a reason as in Refused, "" when it agrees."""

    draw: Draw
    seed: str
    wrong: str


def checked_draws(case_id: int) -> list[CheckedDraw]:
    """All draws for a case, oldest first, each repeated; one query."""
    draws = Draw.objects.filter(case=case_id).select_related("seed", "case").order_by("pk")
    return [CheckedDraw(draw, bytes(draw.seed.seed).hex(), _wrong(draw)) for draw in draws]


def _wrong(draw: Draw) -> str:
    seed, occasion = bytes(draw.seed.seed), Occasion(Purpose(draw.purpose), draw.case_id, draw.round)
    if draw.percent is not None and drawing.is_picked(seed, occasion, draw.percent) != (draw.most > 0):
        return "result_differs"
    try:
        drawing.check(
            seed,
            occasion,
            eligible=draw.eligible,
            digest=draw.digest,
            committed=draw.commitment,
            result=draw.result,
            most=draw.most,
            unit_path=draw.unit_path,
        )
    except Refused as refusal:
        return refusal.reason
    return ""


def commitments() -> list[DrawSeed]:
    """The seeds of the city's draws without the seeds themselves, newest first."""
    return list(DrawSeed.objects.defer("seed").order_by("-pk"))


def second_checks_for(acting: Acting) -> list[SecondCheck]:
    """The second looks for which this person was drawn, the most urgent first; at most 50."""
    held = [membership.pk for membership in acting.memberships]
    checks = SecondCheck.objects.filter(done_at=None, case__state=State.CLOSED, pool__overlap=held)
    return list(
        checks.select_related("case__area").defer("case__area__boundary").order_by("due_at", "pk")[:50]
    )
