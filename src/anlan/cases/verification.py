"""Who may say that a hazard is gone, and on what evidence."""

from collections.abc import Iterable

from anlan.base.errors import Refused
from anlan.cases.terms import CaseFacts, Evidence


def check_verifier(case: CaseFacts, verifier_unit_paths: Iterable[str]) -> None:
    """Raise Refused("verifier_inside_unit") when the verifier belongs to the responsible unit or below it.

    `verifier_unit_paths` are those of all units the verifier belongs to, in whatever role: somebody who is a
    verifier at the county and a handler in the responsible unit stays inside it.
    """
    if case.unit_path and any(path.startswith(case.unit_path) for path in verifier_unit_paths):
        raise Refused("verifier_inside_unit", unit=case.unit_path)


def check_evidence(case: CaseFacts, evidence: Iterable[Evidence]) -> None:
    """Raise Refused unless the place was seen after the rectification.

    Reasons: "nothing_to_verify", "evidence_missing", "evidence_too_old".
    """
    if case.rectified_at is None:
        raise Refused("nothing_to_verify")
    made = [piece.made_at for piece in evidence]
    if not made:
        raise Refused("evidence_missing")
    if not any(at > case.rectified_at for at in made):
        raise Refused("evidence_too_old", rectified_at=case.rectified_at)
