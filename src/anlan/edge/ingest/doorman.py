"""Who comes in and who must go: answers the broker's questions about devices, and cuts off whose password
ended, in a thread of its own."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from anlan.edge.ingest.connections import cut_off
from anlan.edge.ingest.gate import ASKED, Gate
from anlan.edge.ingest.wire import Wire, connected
from anlan.store.readers.series import is_device, passwords_made
from anlan.store.register_news import RegisterNews

log = logging.getLogger("anlan.ingest")

NEWS = RegisterNews()
"""One for the doors of all brokers: a connection of its own costs PostgreSQL a process."""

LOOK_EVERY = 60.0
"""Seconds after which all connections are looked at, though nothing was heard of a change."""


@contextmanager
def at_the_door(
    where: tuple[str, int], said: Mapping[str, str], stopping: threading.Event
) -> Iterator[threading.Thread]:
    """Let devices in while inside; the thread that does it ends with its connections."""
    with (
        closing(connected(*where, said["user"], said["password"], "gate")) as gate,
        closing(connected(*where, "sys", said["password"], "gate")) as system,
    ):
        gate.subscribe(ASKED)
        thread = threading.Thread(
            target=_stand, args=(gate, system, Gate(said["seed"]), stopping), name="gate", daemon=True
        )
        thread.start()
        try:
            yield thread
        finally:
            gate.close()
            system.close()
            thread.join(5)


def _stand(gate: Wire, system: Wire, keeper: Gate, stopping: threading.Event) -> None:
    seen, looked = -1, 0.0
    try:
        while not stopping.is_set():
            for message in gate.read(0.2):
                gate.publish(message.reply, keeper.answer(message.payload, _may_come_in))
            changes = NEWS.changes()
            if changes != seen or time.monotonic() - looked > LOOK_EVERY:
                _cut_off(system)
                seen, looked = changes, time.monotonic()
            close_old_connections()
    except OSError:
        return  # a connection is over: the hearing ends too, and all begin again
    finally:
        NEWS.close()  # another door listens again, and looks at once
        connection.close()


def _cut_off(system: Wire) -> None:
    try:
        ended = cut_off(system, passwords_made)
    except (DatabaseError, InterfaceError) as error:  # looked at again soon
        log.warning("connections could not be looked at: %s", type(error).__name__)
        connection.close()
        return
    if ended:
        log.warning("%s connections of devices were cut off: their passwords ended", ended)


def _may_come_in(name: str, password: str) -> bool:
    """Ask the register; a database that is away knows nobody, and the device tries again."""
    try:
        return is_device(name, password)
    except (DatabaseError, InterfaceError, ValueError) as error:  # a name with NUL is a ValueError
        log.warning("a device could not be asked for: %s", type(error).__name__)
        connection.close()
        return False
