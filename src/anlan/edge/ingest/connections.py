"""Connections of devices at the broker: whose password ended is cut off at once.

Asked and cut through the broker's system account (`$SYS.REQ.SERVER.ID.CONNZ` and `KICK`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from anlan.edge.ingest.wire import Wire

AT_ONCE = 1000


def cut_off(wire: Wire, since_when: Callable[[Iterable[str]], Mapping[str, datetime]]) -> int:
    """End the connections of devices that may not sign in any more; how many.

    `since_when(names)` gives for those that may sign in when their password was made: who connected before
    that did so with another. `wire` is signed in to the system account.
    """
    ended = 0
    server = wire.info["server_id"]
    for connections in _pages(wire, server):
        in_force = since_when(name for name, _began, _cid in connections)
        for name, began, cid in connections:
            made = in_force.get(name)
            if made is None or began < made:
                wire.request(f"$SYS.REQ.SERVER.{server}.KICK", {"cid": cid})
                ended += 1
    return ended


def _pages(wire: Wire, server: str) -> Iterable[list[tuple[str, datetime, int]]]:
    """Name, when it connected, and number of each connection that the gate let in, many at a time."""
    offset = 0
    while True:
        asked = {"auth": True, "limit": AT_ONCE, "offset": offset, "sort": "cid"}
        data = wire.request(f"$SYS.REQ.SERVER.{server}.CONNZ", asked).get("data", {})
        found: list[dict[str, Any]] = data.get("connections") or []
        yield [
            (str(each["authorized_user"]), _moment(each["start"]), int(each["cid"]))
            for each in found
            if each.get("authorized_user") and each.get("issuer_key")
        ]
        offset += len(found)
        if len(found) < AT_ONCE:
            return


def _moment(text: str) -> datetime:
    """A moment of the broker, which counts in nanoseconds."""
    head, _dot, tail = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{head}.{tail[:6].ljust(6, '0')}+00:00")
