"""The city as an ordinary user, whoever runs the tests: root becomes one, and an ordinary user is one."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from anlan.edge.cli import identity
from anlan.edge.cli.identity import Identity, able_to_enter, before_exec, database_user, own_identity
from anlan.edge.cli.postgres import Cluster, DatabaseProblem, start
from tests.edge.cli.serving import ANLAN, DEAF, children_of, free_port, serving, wait_for


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder in a place that every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="anlan-", dir="/tmp"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def ordinary(folder: Path) -> Identity:
    """Give an ordinary user who owns the folder: the one who runs the tests, or nobody when that is root.

    The packages may lie in a folder of root that is closed to others, which this user may enter and no more.
    """
    who = own_identity()
    if who.uid == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = Identity(nobody.pw_uid, nobody.pw_gid)
    able = able_to_enter(who, folder, Path(sys.executable))
    assert able is not None and able.uid != 0
    return able


def users_of(pids: list[int]) -> set[int]:
    """The users as whom processes run."""
    return {Path(f"/proc/{pid}").stat().st_uid for pid in pids}


def test_an_ordinary_user_runs_the_whole_city_and_keeps_a_copy_of_it(
    folder: Path, ordinary: Identity
) -> None:
    port, home = free_port(), folder / "city"
    with serving(home, port, user=ordinary) as city:
        wait_for(city, "anlan runs at")
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        below = users_of(children_of(city.pid))
        run_as(ordinary, home, "backup", folder / "a.tar")
        city.send_signal(signal.SIGINT)
        assert city.wait(30) == 0
    owners = {path.stat().st_uid for path in (home, home / "postgres", home / "secret-key", folder / "a.tar")}
    assert (below, owners) == ({ordinary.uid}, {ordinary.uid})


def test_a_home_that_an_ordinary_user_may_not_write_is_said_in_one_sentence(
    folder: Path, ordinary: Identity
) -> None:
    folder.chmod(0o500)
    with serving(folder / "city", free_port(), user=ordinary) as city:
        said = city.communicate(timeout=30)[0]
    assert said.startswith(f"anlan: {folder / 'city'} cannot be written (Permission denied)")


def run_as(user: Identity, home: Path, *words: str | Path) -> None:
    """Run a command of the city that `serving` runs, as `user`."""
    given = {**os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": "", **DEAF}
    command, become = [ANLAN, *words], before_exec(user, signal.SIGTERM)
    done = subprocess.run(command, env=given, preexec_fn=become, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def no_user_for_the_database(ordinary: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand on a machine of root alone, without one of the users that could run the database."""
    monkeypatch.setattr(identity, "USERS", ("nobody-of-that-name",))
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.usefixtures("no_user_for_the_database")
def test_a_machine_without_a_user_for_the_database_is_said_in_one_sentence(tmp_path: Path) -> None:
    assert database_user(tmp_path / "postgres") is None
    with pytest.raises(DatabaseProblem, match=r"this machine has no user postgres / nobody for it: add one"):
        start(Cluster(tmp_path / "postgres", tmp_path / "sockets", tmp_path / "log"))


@pytest.mark.usefixtures("no_user_for_the_database")
def test_a_folder_of_another_user_goes_on_with_that_user(folder: Path, ordinary: Identity) -> None:
    assert database_user(folder) == Identity(ordinary.uid, ordinary.gid)
