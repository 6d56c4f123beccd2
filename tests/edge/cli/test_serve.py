"""The whole city under one process, as the one who types it sees it; more: `test_nothing_lost.py`."""

import json
import os
import re
import socket
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

import pytest
from django.utils.translation import override

from anlan.edge.cli.city import LOGINS, _say_where
from anlan.edge.pages.labels import ROLES
from anlan.staff.terms import Role
from tests.edge.cli.cities import City
from tests.edge.cli.serving import (
    address_in_mails,
    all_ended,
    children_of,
    free_port,
    serving,
    wait_for,
    worker_of,
)
from tests.waiting import wait_until


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give the name of a home, with spaces and Chinese characters."""
    return tmp_path / "台州市 安全"


def test_web_processes_at_a_database_of_ones_own_show_figures_as_one_go_before_jobs_and_end_with_us(
    city: City,
) -> None:
    port = free_port()
    asked = 30
    named = {"ANLAN_PUBLIC_URL": "https://anlan.example", "ANLAN_ALLOWED_HOSTS": "127.0.0.1"}
    with serving(city.home, port, DATABASE_URL=city.url, ANLAN_WEB_PROCESSES="2", **named) as process:
        wait_for(process, "anlan runs at")
        for _ in range(asked):
            with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            figures = answer.read().decode()
        links_lead_to = address_in_mails(process)
        worker = worker_of(process)
        wait_until(lambda: os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, 0))
        below = children_of(process.pid)
        process.kill()
        process.wait()

    counted = re.findall(r'anlan_request_seconds_count\{[^}]*route="healthz"[^}]*\} ([0-9.]+)', figures)
    assert [float(count) for count in counted] == [asked]
    assert links_lead_to == named["ANLAN_PUBLIC_URL"]
    assert (all_ended(below), (city.home / "postgres").exists()) == (True, False)


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "C.UTF-8"])
def test_a_made_up_city_is_shown_with_its_address_and_a_login_for_each_role_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    logins = [{"username": f"u-{role}", "password": "pass-word", "role": role} for role in Role]
    (tmp_path / LOGINS).write_text(json.dumps(logins))
    _say_where(SimpleNamespace(ANLAN_HOME=tmp_path), "http://127.0.0.1:8000/", "")
    first, *lines = capsys.readouterr().out.splitlines()

    with override("zh-hans" if language.startswith("zh") else "en"):
        words = [str(ROLES[role]) for role in Role]
    assert "http://127.0.0.1:8000/" in first
    assert [line.split(maxsplit=2) for line in lines] == [
        [f"u-{role}", "pass-word", called] for role, called in zip(Role, words, strict=True)
    ]


def test_a_taken_port_stops_the_start_with_one_sentence(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(home, port) as process:
            assert process.communicate(timeout=30)[0] == (
                f"anlan: Port {port} of 127.0.0.1 is taken by another program: choose another, "
                f"for example `make run PORT={port + 10}`.\n"
            )


def test_a_wrong_setting_stops_the_start_with_one_sentence(home: Path) -> None:
    with serving(home, free_port(), ANLAN_TIME_ZONE="Taizhou") as process:
        assert process.communicate(timeout=30)[0] == (
            "anlan: ANLAN_TIME_ZONE is 'Taizhou': it must be a name of the IANA database, "
            "for example Asia/Shanghai\n"
        )
