"""Who the city and its database run as; a whole city of an ordinary user: `test_nothing_lost.py`."""

import os
from pathlib import Path

import pytest

from anlan.edge.cli import identity
from anlan.edge.cli.identity import Identity, database_user
from anlan.edge.cli.postgres import Cluster, DatabaseProblem, start
from tests.edge.cli.serving import free_port, serving


def test_a_home_that_an_ordinary_user_may_not_write_is_said_in_one_sentence(
    folder: Path, ordinary: Identity
) -> None:
    folder.chmod(0o500)
    with serving(folder / "city", free_port(), user=ordinary) as city:
        said = city.communicate(timeout=30)[0]
    assert said.startswith(f"anlan: {folder / 'city'} cannot be written (Permission denied)")


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
