"""Questions of proof: how a case was verified, who was drawn for it, what reporters said, what came back."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.base.errors import Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose
from anlan.cases.joining import Kind
from anlan.cases.terms import State
from anlan.store.models import (
    Case,
    CaseJoin,
    Draw,
    DrawSeed,
    Extension,
    Membership,
    Recurrence,
    ResidentAnswer,
    SecondCheck,
    Verification,
)
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class Proof:
    """What the page of a case says of its proof; people are named by unit and role."""

    verifications: Sequence[Verification]
    drawn_units: Sequence[str]
    yes: int
    no: int
    unanswered: int  # no answer is not a yes
    second_check: SecondCheck | None
    recurrence: Recurrence | None
    came_back: Sequence[Recurrence]
    join: CaseJoin | None  # by which it ended
    split: CaseJoin | None  # by which it began
    extensions: Sequence[Extension]  # newest first

    @property
    def waiting_extension(self) -> bool:
        """Does a unit wait for an answer?"""
        return any(each.answered_at is None and each.clock.ended_at is None for each in self.extensions)


def proof_of(case: Case) -> Proof:
    """The proof of one case; nine queries."""
    answers = list(ResidentAnswer.objects.filter(report__case=case).values_list("satisfied", flat=True))
    posts = Membership.objects.filter(pk__in=case.drawn_verifiers).select_related("unit")
    joins = {
        join.kind: join
        for join in CaseJoin.objects.filter(joined=case, undone_at=None).select_related("into")
    }
    links = Recurrence.objects.filter(undone_at=None)
    return Proof(
        verifications=list(
            Verification.objects.filter(case=case).select_related("unit", "event").order_by("-at")
        ),
        drawn_units=sorted(post.unit.name for post in posts) if case.drawn_verifiers else [],
        yes=sum(answers),
        no=len(answers) - sum(answers),
        unanswered=case.reports.filter(withdrawn_at=None, answer=None).count(),
        second_check=SecondCheck.objects.filter(case=case).order_by("-pk").first(),
        recurrence=links.filter(case=case).select_related("earlier", "place").first(),
        came_back=list(links.filter(earlier=case).select_related("case")),
        join=joins.get(Kind.JOIN),
        split=joins.get(Kind.SPLIT),
        extensions=list(Extension.objects.filter(case=case).select_related("clock").order_by("-pk")),
    )


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
