"""`anlan warning check` and `anlan warning make`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anlan.edge.cli.commands import app
from tests.sensing.cap.messages import GOOD, good

ENGLISH = {"LC_ALL": "en"}


@pytest.fixture
def message(tmp_path: Path) -> Path:
    file = tmp_path / "good.xml"
    file.write_text(good())
    return file


def run(*words: str, given: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["warning", *words], input=given, env=ENGLISH)
    return done.exit_code, done.output


def test_a_good_message_has_no_faults(message: Path) -> None:
    assert run("check", str(message)) == (0, "No fault found.\n")
    assert run("check", str(message), "--json") == (0, '{"faults": []}\n')


def test_every_fault_is_printed_with_its_path_and_the_exit_is_1(message: Path) -> None:
    message.write_text(good().replace("Expected", "Soon").replace("Public", "Restricted"))

    code, printed = run("check", str(message), "--json")

    assert code == 1
    assert [each["path"] for each in json.loads(printed)["faults"]] == [
        *("/alert/info[1]/urgency", "/alert/restriction")
    ]
    assert run("check", str(message))[1].startswith("/alert/info[1]/urgency: must be one of Immediate")


def test_a_file_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["warning", "check", str(tmp_path / "none.xml")], env=ENGLISH)

    assert "cannot be read" in str(done.exception)


def test_what_make_writes_check_finds_good(tmp_path: Path) -> None:
    fields, file = tmp_path / "fields.json", tmp_path / "out.xml"
    fields.write_text(json.dumps(GOOD))

    assert run("make", str(fields), "-o", str(file)) == (0, "")
    assert run("check", str(file))[0] == 0


def test_make_reads_standard_input_and_fills_in_what_a_message_of_today_needs() -> None:
    fields = {name: value for name, value in GOOD.items() if name not in ("identifier", "sent")}
    fields["info"] = [{**GOOD["info"][0], "expires": "2999-01-01T00:00:00+08:00"}]

    code, printed = run("make", "-", given=json.dumps(fields))

    assert code == 0 and printed.startswith("<?xml") and "<identifier>" in printed


def test_wrong_fields_are_all_named_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    fields = GOOD | {"status": "Live", "info": [{**GOOD["info"][0], "colour": "green"}]}

    code, printed = run("make", "-", "--json", "-o", str(file), given=json.dumps(fields))

    assert code == 1 and not file.exists()
    assert {each["path"] for each in json.loads(printed)["faults"]} >= {
        "/alert/status",
        "/alert/info[1]/colour",
    }


@pytest.mark.parametrize("given", ["", "[]", "{", "null"])
def test_what_is_no_object_of_fields_is_said(given: str) -> None:
    done = CliRunner().invoke(app, ["warning", "make", "-"], input=given, env=ENGLISH)

    assert (done.exit_code == 1 and "JSON" in str(done.exception)) or "object" in str(done.exception)
