"""The process that hears devices: `python -m anlan.edge.ingest`.

It lets devices in, reads what waits in the broker's streams, and stores it batch by batch. Whatever happens
to it, to the broker or to the database, it begins again where the database ended.
"""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

log = logging.getLogger("anlan.ingest")

WAIT = 0.05
"""Seconds in which messages gather after the first."""
MOST = 20_000
"""Messages in one transaction."""
PURGE_EVERY = 60.0
SAY_EVERY = 15.0
LONGEST_PAUSE = 10.0


def main() -> None:
    """Set Django up and hear devices until a signal asks to stop."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    django.setup()
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    _hear_on(stopping)


def _hear_on(stopping: threading.Event) -> None:
    """Hear, and begin again after every fault, a little later each time."""
    pause = 0.2
    while not stopping.is_set():
        began = time.monotonic()
        try:
            _hear(stopping)
        except Exception as error:  # whatever it was: what is not stored is read again
            log.warning("ingest begins again after %s: %s", type(error).__name__, str(error)[:200])
            pause = 0.2 if time.monotonic() - began > 30 else min(pause * 2, LONGEST_PAUSE)
            stopping.wait(pause)
            _leave_database()


def _leave_database() -> None:
    from django.db import connection

    connection.close()


def _hear(stopping: threading.Event) -> None:
    """Connect, let devices in, and store what comes until something breaks."""
    from django.conf import settings

    from anlan.edge.ingest import streams
    from anlan.edge.ingest.hearing import Hearing
    from anlan.edge.ingest.wire import WireError, connected

    broker = json.loads((settings.ANLAN_HOME / "nats" / "secrets.json").read_text())
    host, port = "127.0.0.1", settings.ANLAN_NATS_PORT
    wire = connected(host, port, broker["user"], broker["password"], "ingest")
    gate = connected(host, port, broker["user"], broker["password"], "gate")
    try:
        mqtt = (_reachable(settings.ANLAN_MQTT_HOST), settings.ANLAN_MQTT_PORT)
        streams.make_streams(wire, mqtt, broker["user"], broker["password"])
        hearing = Hearing(wire, MOST)
        doorman = _let_in(gate, broker["seed"], stopping)
        log.info("devices are heard at MQTT port %s", settings.ANLAN_MQTT_PORT)
        purged = said = time.monotonic()
        while not stopping.is_set():
            hearing.store_what_comes(WAIT)
            if not doorman.is_alive():
                raise WireError("devices are not let in any more")
            if time.monotonic() - said > SAY_EVERY:
                hearing.say_that_we_listen()
                said = time.monotonic()
            if time.monotonic() - purged > PURGE_EVERY:
                hearing.forget_stored()
                purged = time.monotonic()
    finally:
        wire.close()
        gate.close()


def _reachable(host: str) -> str:
    """An address of this machine for one to listen on."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _let_in(wire: Any, seed: str, stopping: threading.Event) -> threading.Thread:
    """Answer the broker's questions about devices, in a thread of its own; it ends with its connection."""
    from anlan.edge.ingest.gate import ASKED, Gate

    gate = Gate(seed)
    wire.subscribe(ASKED)

    def answer() -> None:
        from django.db import close_old_connections

        try:
            while not stopping.is_set():
                messages: Sequence[Any] = wire.read(0.5)
                for message in messages:
                    wire.publish(message.reply, gate.answer(message.payload, _is_device))
                close_old_connections()
        except OSError:
            return  # the connection is over: the hearing ends too, and both begin again
        finally:
            _leave_database()

    thread = threading.Thread(target=answer, name="gate", daemon=True)
    thread.start()
    return thread


def _is_device(name: str, password: str) -> bool:
    """Ask the register; a database that is away knows nobody, and the device tries again."""
    from django.db import DatabaseError, InterfaceError

    from anlan.store.readers.series import is_device

    try:
        return is_device(name, password)
    except (DatabaseError, InterfaceError, ValueError) as error:  # a name with NUL is a ValueError
        log.warning("a device could not be asked for: %s", type(error).__name__)
        _leave_database()
        return False


if __name__ == "__main__":
    main()
