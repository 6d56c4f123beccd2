"""What the doctor says of an installation that is well, and of each thing that can be wrong with one."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from anlan.edge.cli import checks
from anlan.edge.cli.checks import Verdict
from anlan.store.readers import installation, whole
from tests.cast import Cast
from tests.flows.walks import new

ANLAN = Path(sys.executable).with_name("anlan")


def doctor(home: Path, **environment: str) -> tuple[int, str]:
    """Run the command; its code and what it said."""
    given = {**os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": "", **environment}
    done = subprocess.run([ANLAN, "doctor"], env=given, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def wrong_words(findings: checks.Findings) -> list[str]:
    """Return what is wrong."""
    return [finding.words for finding in findings if finding.verdict is Verdict.WRONG]


def test_a_place_without_a_city_is_no_fault(tmp_path: Path) -> None:
    _, said = doctor(tmp_path / "none")
    assert "note   The city is not running: `anlan serve` starts it." in said.splitlines()


def test_a_wrong_setting_is_named_before_anything_else(tmp_path: Path) -> None:
    assert doctor(tmp_path, ANLAN_PORT="http") == (
        1,
        "wrong  ANLAN_PORT is 'http': it must be a whole number from 1 to 65535, for example 8010\n",
    )


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    code, said = doctor(tmp_path, DATABASE_URL="postgresql://anlan@127.0.0.1:1/anlan")
    assert (code, "wrong  The database does not answer: connection failed" in said) == (1, True)


@pytest.mark.django_db
def test_a_database_of_this_release_is_well(settings: Any) -> None:
    assert [finding.verdict for finding in checks.database(settings)] == [Verdict.WELL, Verdict.WELL]


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [
        ("server_version", 150004, "PostgreSQL is 15.4; anlan needs 16 or later."),
        ("migrations_missing", 2, "The database lacks 2 migrations of this release: restart the city."),
        (
            "server_time",
            datetime(2020, 1, 1, tzinfo=UTC),
            "The clocks of database and city differ by",
        ),
    ],
)
@pytest.mark.django_db
def test_a_database_that_does_not_fit_is_said(
    figure: str, value: object, words: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, figure, lambda: value)
    (found,) = wrong_words(checks.database(settings))
    assert found.startswith(words)


@pytest.mark.django_db
def test_photos_without_files_are_counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "photo_ids", lambda: [uuid4(), uuid4()])
    (found,) = wrong_words(checks.photos(settings))
    assert found.startswith("2 of 2 photos have no file")


@pytest.mark.django_db
def test_a_worker_that_never_gave_a_sign_is_wrong(settings: Any) -> None:
    assert wrong_words(checks.worker(settings)) == [
        "The worker gives no sign: mail and timers wait. Restart the city."
    ]


@pytest.mark.django_db
def test_an_empty_queue_needs_no_word(settings: Any) -> None:
    assert list(checks.jobs(settings)) == []


def test_a_full_disk_is_wrong(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ANLAN_HOME = settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: SimpleNamespace(free=9_000_000))
    (found,) = wrong_words(checks.folders(settings))
    assert found.startswith("9 MB are free on the disk")


def test_a_clock_before_the_release_is_wrong(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "RELEASED", datetime(2999, 1, 1, tzinfo=UTC))
    (found,) = wrong_words(checks.clock(settings))
    assert found.endswith("which is before this release: set it.")


@pytest.mark.django_db
def test_a_clock_behind_what_is_recorded_is_wrong(cast: Cast, settings: Any) -> None:
    new(cast, datetime.now(UTC) - timedelta(hours=1))
    before = wrong_words(checks.history(settings))
    new(cast, datetime.now(UTC) + timedelta(hours=1))
    (found,) = wrong_words(checks.history(settings))
    assert (before, "which is later: the clock is behind now, or was ahead then" in found) == ([], True)


@pytest.mark.parametrize(("seconds", "wrongs"), [(50.0, 0), (70.0, 1)])
def test_a_worker_is_dead_once_its_last_sign_is_a_minute_old(
    seconds: float, wrongs: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "worker_silence", lambda: seconds)
    assert len(wrong_words(checks.worker(settings))) == wrongs


def test_missing_packages_are_named(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "PACKAGES", ("django", "no-such-package"))
    assert wrong_words(checks.programs(settings)) == [
        "Packages are missing: no-such-package. Run `make setup`."
    ]


def test_missing_scripts_are_wrong(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert wrong_words(checks.web_assets(settings)) == ["Scripts and styles are not built: run `make setup`."]
