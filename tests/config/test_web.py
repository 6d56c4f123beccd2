"""A web process by itself: it answers, and ends in order when it is asked to."""

import os
import signal
import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

from tests.edge.cli.serving import free_port
from tests.waiting import wait_until


def test_a_web_process_answers_and_ends_well_when_asked() -> None:
    port = free_port()
    given = os.environ | {"ANLAN_PORT": str(port), "ANLAN_HOST": "127.0.0.1"}
    command = [sys.executable, "-m", "anlan.config.web"]
    with subprocess.Popen(command, env=given, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: answers(port), 60)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]

    assert (process.returncode, said) == (0, "")


def answers(port: int) -> bool:
    """Whether it says that it is well."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False
