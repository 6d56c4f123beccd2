"""`anlan rules score`: how good a rule is on labelled files, by the Numenta Anomaly Benchmark."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _

if TYPE_CHECKING:
    from anlan.sensing.rules.scoring import Labelled
    from anlan.sensing.rules.terms import Rule

app = typer.Typer(no_args_is_help=True, help="Compare rules of alarms on labelled files.")


@app.callback()
def rules() -> None:
    """Compare rules of alarms on labelled files."""


RIGHT = '{"kind": "threshold", "levels": [["red", 5, 4.5]]}'
"""A rule that can be judged: each level has its colour, where it begins and where it ends."""


@app.command()
def score(
    labels: Annotated[Path, typer.Argument(help="JSON: {file: [[first, last], ...]}, windows of times.")],
    folder: Annotated[Path, typer.Argument(help="Where the files lie: CSV with timestamp and value.")],
    rule: Annotated[Path, typer.Option(help="JSON of the rule: kind, levels, and what its kind needs.")],
    hold_down: Annotated[int, typer.Option(min=0, help="Readings after a detection without another.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a rule on labelled files: 0 is who detects nothing, 100 who detects all at once."""
    from anlan.sensing.rules.scoring import PROFILES
    from anlan.sensing.rules.scoring import score as scored

    judged = _rule(rule)
    files = [_labelled(folder / name, windows, judged, hold_down) for name, windows in _labels(labels)]
    found = [scored(files, profile) for profile in PROFILES]
    if as_json:
        names = ("profile", "score", "detected", "false", "missed")
        typer.echo(json.dumps({"scores": [{name: getattr(each, name) for name in names} for each in found]}))
        return
    for each in found:
        said = "-" if each.score is None else f"{each.score:.2f}"
        facts = {"score": said, "detected": each.detected, "false": each.false, "missed": each.missed}
        typer.echo(
            f"{each.profile}: "
            + _("%(score)s (%(detected)s detected, %(missed)s missed, %(false)s false)") % facts
        )


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise Problem(_("%(file)s cannot be read: %(why)s") % {"file": file, "why": error}) from None


def _labels(file: Path) -> list[tuple[str, list[list[str]]]]:
    found = _read(file)
    if not isinstance(found, dict) or not all(map(_are_windows, found.values())):
        raise Problem(_("%(file)s is no JSON of {file: [[first, last], ...]}.") % {"file": file})
    return sorted(found.items())


def _are_windows(found: object) -> bool:
    return isinstance(found, list) and all(
        isinstance(each, list) and len(each) == 2 and all(isinstance(time, str) for time in each)
        for each in found
    )


def _rule(file: Path) -> "Rule":
    from anlan.base.errors import Refused
    from anlan.sensing.rules.keeping import check_rule, rule_of
    from anlan.sensing.rules.terms import RuleKind

    said = _read(file)
    try:
        kind = RuleKind(said["kind"])
        found = rule_of(said, code="score", version=1, device_kind="", property="", kind=kind)
        check_rule(found)
    except (KeyError, TypeError, ValueError, Refused) as no:
        why = no.reason if isinstance(no, Refused) else f"{type(no).__name__}: {no}"
        facts = {"file": file, "why": why, "right": RIGHT}
        raise Problem(_("%(file)s is no rule such as %(right)s: %(why)s") % facts) from None
    return found


def _labelled(file: Path, windows: list[list[str]], rule: "Rule", hold_down: int) -> "Labelled":
    """Walk the rule over one file."""
    import numpy as np

    from anlan.sensing.rules.scoring import Labelled, held_down
    from anlan.sensing.rules.trying import try_rule

    at, value = _readings(file)
    series, ones = np.ones(len(at), np.int32), np.ones(len(at))
    found = try_rule(rule, series, at, value, series, 300 * ones, int(at[-1]) if len(at) else 0)
    began = [each.at for each in found if each.severity and each.values["before"] is None]
    places = np.searchsorted(at, began).tolist()
    bounds = [(_micros(file, first), _micros(file, last)) for first, last in windows]
    spans = [
        (int(np.searchsorted(at, first)), int(np.searchsorted(at, last, side="right")) - 1)
        for first, last in bounds
    ]
    return Labelled(len(at), spans, held_down(places, hold_down))


def _readings(file: Path) -> Any:
    """Times in microseconds and values, in the order of time."""
    import numpy as np

    try:
        with file.open(newline="") as opened:
            lines = list(csv.reader(opened))[1:]
        rows = sorted((_micros(file, line[0]), float(line[1])) for line in lines)
    except (OSError, ValueError, IndexError) as error:
        raise Problem(_("%(file)s cannot be read: %(why)s") % {"file": file, "why": error}) from None
    return np.array([at for at, _value in rows], np.int64), np.array([value for _at, value in rows])


def _micros(file: Path, said: str) -> int:
    """A time; those of the benchmark's files say no zone, and are taken as UTC."""
    try:
        at = datetime.fromisoformat(said.strip())
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000)
    except ValueError:
        facts = {"file": file, "said": said}
        raise Problem(_("%(file)s: %(said)s is no time, such as 2014-04-01 00:05:00.") % facts) from None
