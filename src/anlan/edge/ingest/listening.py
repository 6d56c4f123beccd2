"""Hear one broker until something breaks: let devices in, store what comes, cut off whose password ended."""

import json
import logging
import threading
import time
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from anlan.edge.ingest import doorman, streams
from anlan.edge.ingest.hearing import Hearing
from anlan.edge.ingest.storing import Storing
from anlan.edge.ingest.wire import Wire, WireError, connected

log = logging.getLogger("anlan.ingest")

BEAT = 0.15
"""Seconds from one batch to the next, in which messages gather; the first after a silence does not wait."""
PURGE_EVERY = 60.0
SAY_EVERY = 15.0


def hear_readings(stopping: threading.Event) -> None:
    """Hear single readings, over MQTT and NATS. Raises OSError, Conflict, DatabaseError."""
    said = _secrets()
    port = settings.ANLAN_NATS_PORT
    wire = connected("127.0.0.1", port, said["user"], said["password"], "ingest")
    try:
        _hear(wire, ("127.0.0.1", port), streams.make_streams(wire), stopping)
    finally:
        wire.close()


def hear_frames(stopping: threading.Event, share: int = 0) -> None:
    """Hear frames of gateways, or one share of them. Raises OSError, Conflict, DatabaseError."""
    said = _secrets()
    servers = settings.ANLAN_FRAMES_SERVERS
    ours = (_reachable(settings.ANLAN_FRAMES_HOST), settings.ANLAN_FRAMES_PORT)
    wire, where = first_that_answers(servers or (ours,), said["user"], said["password"])
    try:
        mine = streams.streams_of_frames(wire, share, settings.ANLAN_FRAMES_SHARES)
        for name, facts in mine.items():
            streams.make_stream(wire, name, 3 if len(servers) >= 3 else 1, facts)
        _hear(wire, where, tuple(mine), stopping)
    finally:
        wire.close()


def first_that_answers(
    servers: Sequence[tuple[str, int]], user: str, password: str
) -> tuple[Wire, tuple[str, int]]:
    """A connection to the first server of a cluster that takes one, and which it is. Raises OSError."""
    for server in servers[:-1]:
        try:
            return connected(*server, user, password, "ingest"), server
        except OSError as error:
            log.warning("%s:%s does not answer: %s", *server, error)
    return connected(*servers[-1], user, password, "ingest"), servers[-1]


def _hear(wire: Wire, where: tuple[str, int], names: Sequence[str], stopping: threading.Event) -> None:
    with Storing() as aside:
        hearing = Hearing(wire, names, aside)
        with doorman.at_the_door(where, _secrets(), stopping) as door:
            log.info("devices are heard: %s", ", ".join(names))
            _store_on(hearing, door, aside, stopping)


def _store_on(hearing: Hearing, door: threading.Thread, aside: Storing, stopping: threading.Event) -> None:
    purged = said = time.monotonic()
    while not stopping.is_set():
        hearing.store_what_comes(BEAT)
        if not (door.is_alive() or stopping.is_set()):
            raise WireError("devices are not let in any more")
        if time.monotonic() - said > SAY_EVERY:
            hearing.say_that_we_listen()
            connection.close()
            aside.give_back_connections()
            said = time.monotonic()
        if time.monotonic() - purged > PURGE_EVERY:
            hearing.forget_stored()
            purged = time.monotonic()
    hearing.finish()


def _secrets() -> dict[str, str]:
    found: dict[str, str] = json.loads((settings.ANLAN_HOME / "nats" / "secrets.json").read_text())
    return found


def _reachable(host: str) -> str:
    """An address of this machine for one to listen on."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
