"""`anlan survey`: from a file of answers to estimates by the way they were drawn."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from anlan.edge.cli.commands import app

DATA = Path(__file__).parents[2] / "data/stats"
STRATIFIED = [DATA / "apistrat.csv", "--weights", "pw", "--strata", "stype", "--population", "fpc"]
CLUSTERED = [DATA / "apiclus1.csv", "--weights", "pw", "--clusters", "dnum", "--population", "fpc"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["survey", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "estimate", "standard_error"),
    [
        ([*STRATIFIED, "--mean", "api00"], 662.287363, 9.408941),
        ([*STRATIFIED, "--total", "enroll"], 3687177.53, 114641.716),
        ([*STRATIFIED, "--ratio", "api_stu/enroll"], 0.836957, 0.007757),
        ([*STRATIFIED, "--proportion", "sch_wide=Yes"], 0.827948, 0.024345),
        ([*CLUSTERED, "--mean", "api00"], 644.169399, 23.542241),
    ],
)
def test_the_schools_of_california_are_estimated_as_by_r(
    arguments: list[object], estimate: float, standard_error: float
) -> None:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    (found,) = json.loads(done.stdout)
    assert (found["estimate"], found["standard_error"]) == pytest.approx((estimate, standard_error), rel=1e-4)


def test_groups_get_a_row_each(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run(*STRATIFIED, "--mean", "api00", "--by", "stype", "--report", page)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["stype", "E", "H", "M"]
    assert page.read_text().count("<svg") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([*STRATIFIED], "give exactly one of --mean, --total, --ratio, --proportion"),
        ([*STRATIFIED, "--mean", "api00", "--total", "api00"], "give exactly one of"),
        ([*STRATIFIED, "--ratio", "api00"], "--ratio is 'api00'; write it as y/x"),
        ([*STRATIFIED, "--proportion", "stype=Q"], "column 'stype' never holds 'Q'; it holds 'E', 'H', 'M'"),
        ([*STRATIFIED, "--mean", "stype"], "row 1, column 'stype': 'E' cannot stand there"),
        ([*STRATIFIED, "--mean", "height"], "no column 'height'"),
        (["missing.csv", "--mean", "y"], "no such file"),
        ([DATA / "apistrat.csv", "--strata", "api00", "--mean", "api99"], "hold a single sampled unit"),
    ],
)
def test_bad_input_is_told_where_and_what_would_be_right(arguments: list[object], says: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, says in done.stderr, "Traceback" in done.output) == (1, True, False), done.output


def test_groups_that_are_named_like_a_column_of_the_answer_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    path.write_text("level,y\nlow,1\nhigh,2\nlow,3\nhigh,5\n")
    done = run(path, "--mean", "y", "--by", "level")
    assert done.exit_code == 1 and "--by is 'level', which is a column of the answer" in done.stderr
