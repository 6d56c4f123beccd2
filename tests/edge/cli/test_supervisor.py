"""Processes that run are kept running; what died starts again, later each time."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from anlan.edge.cli import supervisor as supervisors
from anlan.edge.cli.supervisor import Child, Supervisor, keep_running, program, woken_by_signals


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    keeper = Supervisor()
    yield keeper
    keeper.stop()


def sleeper(name: str = "sleeper") -> Child:
    """Return a child that does nothing for a long time."""
    return program(name, ["sleep", "600"], {"PATH": os.defpath}, subprocess.DEVNULL)


def wait_for_death(child: Child) -> None:
    """Kill a child and wait until it is gone, not yet noted."""
    assert child.process is not None
    child.process.kill()
    child.process.wait()


def test_a_child_that_died_starts_again(supervisor: Supervisor) -> None:
    child = sleeper()
    supervisor.add(child)
    first = child.process
    wait_for_death(child)
    supervisor.look()
    child.not_before = 0
    supervisor.look()
    assert (child.process is not None, child.process is first) == (True, False)


def test_a_child_that_ends_with_a_code_has_the_one_it_asks_for_started_again(supervisor: Supervisor) -> None:
    stuck = sleeper("stuck")
    asking = program("asking", ["sh", "-c", "exit 75"], {"PATH": os.defpath}, subprocess.DEVNULL)
    asking.asks_for = {75: stuck}
    supervisor.add(stuck)
    first = stuck.process
    supervisor.add(asking)
    assert asking.process is not None
    asking.process.wait()

    supervisor.look()  # notes the one, and ends the other
    supervisor.look()
    stuck.not_before = 0
    supervisor.look()

    assert (stuck.process is not None, stuck.process is first) == (True, False)


def test_a_child_that_keeps_dying_waits_longer_each_time(supervisor: Supervisor) -> None:
    child = sleeper()
    supervisor.add(child)
    waits = []
    for _ in range(9):
        wait_for_death(child)
        supervisor.look()
        waits.append(round(child.not_before - time.monotonic(), 1))
        child.not_before = 0
        supervisor.look()
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_child_that_lived_long_starts_again_at_once(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisors, "WELL_AFTER", -1.0)
    child = sleeper()
    child.deaths = 7
    supervisor.add(child)
    wait_for_death(child)
    supervisor.look()
    assert child.deaths == 1


def test_a_child_that_cannot_start_does_not_end_the_supervisor(supervisor: Supervisor) -> None:
    child = sleeper()
    supervisor.add(child)
    wait_for_death(child)
    supervisor.look()
    child.start, child.not_before = lambda: subprocess.Popen(["/no/such/program"]), 0
    supervisor.look()
    assert (child.process, child.deaths) == (None, 2)


def test_children_stop_in_the_opposite_order(supervisor: Supervisor) -> None:
    stopped: list[str] = []

    def noting(name: str) -> Callable[[supervisors.Process], None]:
        return lambda process: (stopped.append(name), supervisors.end(process))[1]

    for name in ("database", "web", "worker"):
        child = sleeper(name)
        child.stop = noting(name)
        supervisor.add(child)
    supervisor.stop()
    assert stopped == ["worker", "web", "database"]


def test_what_a_dead_child_left_is_ended(supervisor: Supervisor) -> None:
    script = ["sh", "-c", "sleep 600 & echo $!; wait"]
    child = program("parent", script, {"PATH": os.defpath}, subprocess.DEVNULL)
    child.start = lambda: supervisors.started(script, {"PATH": os.defpath}, subprocess.PIPE)
    supervisor.add(child)
    assert child.process is not None
    assert child.process.stdout is not None
    grandchild = int(child.process.stdout.readline())
    child.process.stdout.close()
    left = os.pidfd_open(grandchild)
    wait_for_death(child)
    supervisor.look()
    ended = supervisors.select.select([left], [], [], 10)[0]
    os.close(left)
    assert ended == [left]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_keeping(supervisor: Supervisor, sent: signal.Signals) -> None:
    with woken_by_signals(supervisor) as wait:
        os.kill(os.getpid(), sent)
        keep_running(supervisor, wait)
    assert supervisor.stopping


def test_the_death_of_a_child_wakes_the_keeper(supervisor: Supervisor) -> None:
    with woken_by_signals(supervisor) as wait:
        began = time.monotonic()
        subprocess.run(["true"], check=True)
        wait(60)
    assert time.monotonic() - began < 50
