"""What the commands of statistics refuse, they refuse in the language of the terminal."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from anlan.edge.cli.commands import app

POINTS = "id,lng,lat\n甲,121.4,28.7\n"
MONTHS = "month,count\n2026-01,3\n2026-13,4\n"


def told(folder: Path, arguments: list[str], **texts: str) -> str:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    paths = [str(folder / f"{name}.csv") for name in texts]
    done = CliRunner().invoke(app, [arguments[0], *paths, *arguments[1:]], env={"LC_ALL": "zh_CN.UTF-8"})
    assert done.exit_code == 1 and "Traceback" not in done.output
    return done.stderr.replace(f"{folder}/", "").strip()


@pytest.mark.parametrize(
    ("arguments", "texts", "says"),
    [
        (
            ["surveil"],
            {"a": "period,count\n2026-W01,3\n2026-W54,3\n"},
            "a.csv：第 2 行 'period' 列： '2026-W54' 在日历上不存在；"
            "日写作 2026-03-31，周写作 2026-W13，月写作 2026-03",
        ),
        (
            ["effect", "--change", "2026-01"],
            {"a": MONTHS},
            "a.csv：第 2 行 'month' 列： '2026-13' 在日历上不存在；"
            "日写作 2026-03-31，周写作 2026-W13，月写作 2026-03",
        ),
        (
            ["rates"],
            {"a": "place,count,exposure\n甲,两起,10\n"},
            "a.csv：第 1 行 'count' 列： '两起' 不能出现在这里；应为事件数，即 0 至一万亿的整数",
        ),
        (
            ["survey", "--mean", "y"],
            {"a": 'y\n1\n""\n'},
            "a.csv：第 2 行 'y' 列： 单元格为空；应为数字，如 121.43",
        ),
        (
            ["scan"],
            {"a": POINTS, "b": "id,date,count\n甲,2026-03-01,1\n甲,三月,1\n"},
            "b.csv：第 2 行 'date' 列： '三月' 不能出现在这里；应为"
            "日（2026-03-31）、周（2026-W13）、月（2026-03）、季（2026-Q1）或整数",
        ),
        (
            ["surveil"],
            {"a": "period,count\n2026-01,3\n2026-02,3\n"},
            "--steps 为 52，但各期是月；请用 --steps 12",
        ),
    ],
)
def test_a_wrong_file_is_told_in_chinese(
    tmp_path: Path, arguments: list[str], texts: dict[str, str], says: str
) -> None:
    assert told(tmp_path, arguments, **texts) == f"anlan: {says}"
