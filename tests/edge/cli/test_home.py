"""The home: made once, held by one, and plain words when it cannot be."""

import fcntl
import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from anlan.edge.cli import home
from anlan.edge.cli.problems import Problem


def test_a_new_home_has_its_folders_and_a_key(tmp_path: Path) -> None:
    home.make(tmp_path / "city")
    names = ["factor-key", "logs", "photos", "secret-key"]
    assert sorted(path.name for path in (tmp_path / "city").iterdir()) == names


@pytest.mark.parametrize("name", home.KEYS)
def test_a_key_stays_the_same(name: str, tmp_path: Path) -> None:
    home.make(tmp_path)
    key = (tmp_path / name).read_text()
    home.make(tmp_path)
    assert (tmp_path / name).read_text() == key


@pytest.mark.parametrize("name", home.KEYS)
def test_a_key_is_for_its_owner_alone(name: str, tmp_path: Path) -> None:
    home.make(tmp_path)
    assert oct((tmp_path / name).stat().st_mode & 0o777) == "0o600"


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home.shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    with pytest.raises(Problem, match=r"is full: 5 MB are free, 300 MB are needed\. Free some space"):
        home.make(tmp_path)


def test_a_home_that_is_a_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "city").write_text("")
    with pytest.raises(Problem, match=r"cannot be written \(.*\): correct its rights, or set ANLAN_HOME\."):
        home.make(tmp_path / "city")


def test_a_second_supervisor_hears_where_the_first_runs(tmp_path: Path) -> None:
    with (
        home.held(tmp_path, "http://127.0.0.1:8000/"),
        pytest.raises(Problem) as caught,
        home.held(tmp_path, "x"),
    ):
        pass
    assert str(caught.value).startswith(
        f"This city already runs at http://127.0.0.1:8000/ (process {os.getpid()}"
    )


def test_a_home_is_free_again_after_its_holder(tmp_path: Path) -> None:
    with home.held(tmp_path, "x"):
        while_held = home.is_held(tmp_path)
    assert (while_held, home.is_held(tmp_path)) == (True, False)


def test_several_may_look_at_once_and_none_of_them_is_taken_for_a_supervisor(tmp_path: Path) -> None:
    with home.held(tmp_path, "x"):
        pass
    with home.held_file(tmp_path / "serve.lock") as look, home.held_file(tmp_path / "serve.lock") as start:
        fcntl.flock(look, fcntl.LOCK_SH)
        while_looked_at = (home.is_held(tmp_path), home.take(start))
        fcntl.flock(look, fcntl.LOCK_UN)
        after_that = home.take(start)
    assert (while_looked_at, after_that) == ((False, home.Hold.LOOKED_AT), home.Hold.TAKEN)


def test_a_taken_port_is_said_with_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            Problem, match=rf"Port {port} of 127\.0\.0\.1 is taken .* `make run PORT={port + 10}`"
        ):
            home.check_port("127.0.0.1", port)


def test_a_free_port_is_taken_without_a_word() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    home.check_port("127.0.0.1", port)
