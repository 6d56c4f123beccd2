"""Keep a few processes running: start them, start again what died, stop all of them in order.

No threads: signals wake one loop. A child leads a process group of its own, so that Ctrl-C reaches this
process alone and what a dead child left can be ended; and it hears when this process dies.
"""

import logging
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from anlan.edge.cli.identity import before_exec, own_identity

log = logging.getLogger("anlan.supervisor")

LONGEST_WAIT = 30.0
WELL_AFTER = 60.0
"""A child that lived for so many seconds starts again at once; one that dies sooner waits longer each
time."""

Process = subprocess.Popen[bytes]


@dataclass
class Child:
    """One process that shall run, how it starts and how it stops.

    `asks_for` has others that are started anew when this one ends with a code: it found them unable to work.
    """

    name: str
    start: Callable[[], Process]
    stop: Callable[[Process], None]
    process: Process | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0
    asks_for: "dict[int, Child]" = field(default_factory=dict)


@dataclass
class Supervisor:
    """The children in the order of their start; they stop in the opposite order."""

    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def add(self, child: Child) -> None:
        """Start a child and keep it running from now on."""
        _start(child)
        self.children.append(child)

    def look(self) -> None:
        """Note who died, and start again who has waited long enough."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                _note_death(child)
            if child.process is None and time.monotonic() >= child.not_before:
                _start_again(child)

    def stop(self) -> None:
        """Stop all children, the last started first."""
        for child in reversed(self.children):
            if child.process is not None:
                child.stop(child.process)
                _end_group(child.process)


def started(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    output: IO[bytes] | int | None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> Process:
    """Start `command`, which gets `death_signal` when we die; it prints to `output`, or where we print."""
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output == subprocess.PIPE else output,
        start_new_session=True,
        preexec_fn=before_exec(own_identity(), death_signal),
    )


def program(
    name: str,
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    output: IO[bytes] | None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Return a child that runs `command`."""
    return Child(name, lambda: started(command, environment, output, death_signal), end)


def end(process: Process, seconds: float = 10) -> None:
    """Ask a process to end, and make it after `seconds`."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def woken_by_signals(supervisor: Supervisor) -> Iterator[Callable[[float], None]]:
    """Give a function that sleeps until a signal comes or its seconds are over."""
    woken, waker = socket.socketpair()
    for end_of_pair in (woken, waker):
        end_of_pair.setblocking(False)

    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        supervisor.stopping = True

    def wait(seconds: float) -> None:
        if select.select([woken], [], [], seconds)[0]:
            woken.recv(100)

    handlers = {signal.SIGINT: stop_soon, signal.SIGTERM: stop_soon, signal.SIGHUP: stop_soon}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    wakeup = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    try:
        yield wait
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        woken.close()
        waker.close()


def keep_running(supervisor: Supervisor, wait: Callable[[float], None]) -> None:
    """Look after the children until a signal asks to stop."""
    while not supervisor.stopping:
        supervisor.look()
        wait(_seconds_to_next_start(supervisor))


def _seconds_to_next_start(supervisor: Supervisor) -> float:
    """Return how long nothing is due, a minute at most."""
    due = [child.not_before - time.monotonic() for child in supervisor.children if child.process is None]
    return max(0.0, min([60.0, *due]))


def _start(child: Child) -> None:
    child.process = child.start()
    child.started = time.monotonic()


def _start_again(child: Child) -> None:
    """Start a child that died; a start that fails counts as another death."""
    try:
        _start(child)
    except Exception as error:
        log.error("%s could not be started: %s", child.name, error)
        _wait_longer(child)
    else:
        log.warning("%s started again", child.name)


def _note_death(child: Child) -> None:
    """Sweep what the dead child left, and say when it starts again."""
    assert child.process is not None
    _end_group(child.process)
    if time.monotonic() - child.started > WELL_AFTER:
        child.deaths = 0
    log.error("%s ended by itself with code %s", child.name, child.process.returncode)
    other = child.asks_for.get(child.process.returncode)
    child.process = None
    if other is not None and other.process is not None:
        log.error("%s asks that %s be started again", child.name, other.name)
        other.stop(other.process)
    _wait_longer(child)


def _wait_longer(child: Child) -> None:
    """Double the wait with each death: 0.5, 1, 2 ... seconds."""
    child.not_before = time.monotonic() + min(LONGEST_WAIT, 0.5 * 2**child.deaths)
    child.deaths += 1


def _end_group(process: Process) -> None:
    """End what is left of the group that a dead child led."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
