"""`anlan check-draws`: repeat the draws of verifiers for a case, as an auditor does."""

import json
from typing import Annotated

import typer

from anlan.edge.cli.installation import opened
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext

WORDS = {
    "": "agrees",
    "seed_not_committed": "the seed is not the one the city committed itself to",
    "list_changed": "the list of the eligible was changed after the draw",
    "drawn_inside_unit": "somebody of the responsible unit was on the list",
    "result_differs": "repeated, the draw gives another result",
}
"""What came of a repetition, by the reason of cases/drawing.py."""


def check_draws(
    case: Annotated[str, typer.Argument(help="Number of the case, such as CX-2026-018042.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON with all that repeats the draws.")] = False,
) -> None:
    """Repeat every draw for a case from its list and the seed; ends with 1 when one does not agree."""
    digits = case.strip().rpartition("-")[2]
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise Problem(
            gettext("%(text)r is no number of a case: write it as CX-2026-018042.") % {"text": case}
        )
    with opened():
        from anlan.store.readers.proof import checked_draws

        rows = checked_draws(int(digits))
    if not rows:
        raise Problem(gettext("Nothing was drawn for %(case)s.") % {"case": case})
    answers = [
        {
            "purpose": each.draw.purpose,
            "round": each.draw.round,
            "at": each.draw.at.isoformat(),
            "unit": each.draw.unit_path,
            "eligible": each.draw.eligible,
            "most": each.draw.most,
            "percent": each.draw.percent,
            "result": each.draw.result,
            "digest": each.draw.digest,
            "commitment": each.draw.commitment,
            "seed": each.seed,
            "agrees": not each.wrong,
            "answer": WORDS[each.wrong],
        }
        for each in rows
    ]
    print(json.dumps(answers, ensure_ascii=False) if as_json else "\n".join(map(_line, answers)))
    if any(each.wrong for each in rows):
        raise typer.Exit(1)


def _line(answer: dict[str, object]) -> str:
    drawn = answer["result"] if isinstance(answer["result"], list) else []
    eligible = answer["eligible"] if isinstance(answer["eligible"], list) else []
    said = f"{len(drawn)} of {len(eligible)} drawn: {', '.join(drawn) or 'nobody'}"
    return f"{answer['purpose']} round {answer['round']}: {said}; {answer['answer']}"
