"""What fell silent as one: a whole area or all behind one gateway is one event, not one for each device."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from anlan.places.terms import within
from anlan.sensing.terms import OutageScope

LEAST = 5
"""Fewer devices than this are never an area or a gateway."""
SHARE = 0.8
"""An area or a gateway is silent when so much of it is."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A device that is offline: where it stands, behind which gateway, when last heard."""

    id: int
    name: str
    area_path: str
    gateway: str
    heard: float = 0.0  # seconds


@dataclass(frozen=True, slots=True)
class Group:
    """One silence and who is in it; `key` is the path of the area, or the name of the gateway or device."""

    scope: OutageScope
    key: str
    area_path: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class Watched:
    """How many devices, silent or not, say something about each area and each gateway."""

    areas: Counter[str]
    gateways: Counter[str]


def watched(alive: Iterable[tuple[str, str, float]], silent: Sequence[Silent]) -> Watched:
    """Count the silent, and those alive, given as (area_path, gateway, heard), that prove it.

    A device that speaks once a day says nothing of a power cut an hour ago: one is counted as alive only when
    it was heard after the last of the silent around it.
    """
    areas: Counter[str] = Counter()
    gateways: Counter[str] = Counter()
    last: dict[str, float] = {}
    for device in silent:
        for root in roots(device.area_path):
            areas[root] += 1
            last[root] = max(last.get(root, device.heard), device.heard)
        gateways[device.gateway] += 1
        mark = f"gateway {device.gateway}"
        last[mark] = max(last.get(mark, device.heard), device.heard)
    for path, gateway, heard in alive:
        for root in roots(path):
            areas[root] += root in last and heard > last[root]
        gateways[gateway] += heard > last.get(f"gateway {gateway}", heard)
    return Watched(areas, gateways)


def groups(silent: Sequence[Silent], everyone: Watched) -> list[Group]:
    """Put all that is silent into groups, each device into exactly one: the widest that holds.

    An area that is silent only behind one gateway is that gateway's.
    """
    left = {device.id: device for device in silent}
    found: list[Group] = []
    for root, members in _silent_areas(silent, everyone):
        inside = [device for device in members if device.id in left]
        if not inside:
            continue
        gateways = {device.gateway for device in inside}
        one = next(iter(gateways)) if len(gateways) == 1 else ""
        if one and len(inside) >= SHARE * everyone.gateways[one]:
            found.append(_group(OutageScope.GATEWAY, one, inside))
        else:
            found.append(_group(OutageScope.AREA, root, inside, root))
        for device in inside:
            del left[device.id]
    found += _silent_gateways(left, everyone)
    found += [_group(OutageScope.DEVICE, device.name, [device]) for device in left.values()]
    return found


def roots(path: str) -> Iterator[str]:
    """The areas that hold a path, from the widest to itself."""
    parts = path.split(".")[:-1]
    for depth in range(1, len(parts) + 1):
        yield ".".join(parts[:depth]) + "."


def _silent_areas(silent: Sequence[Silent], everyone: Watched) -> list[tuple[str, list[Silent]]]:
    """Areas that are silent, the widest first, without those inside another."""
    below: dict[str, list[Silent]] = defaultdict(list)
    for device in silent:
        for root in roots(device.area_path):
            below[root].append(device)
    kept: list[str] = []
    for root in sorted(below, key=lambda path: (path.count("."), path)):
        if _is_silent(len(below[root]), everyone.areas[root]) and not any(within(root, up) for up in kept):
            kept.append(root)
    return [(root, below[root]) for root in kept]


def _silent_gateways(left: dict[int, Silent], everyone: Watched) -> list[Group]:
    behind: dict[str, list[Silent]] = defaultdict(list)
    for device in left.values():
        if device.gateway:
            behind[device.gateway].append(device)
    found = []
    for gateway, members in sorted(behind.items()):
        if _is_silent(len(members), everyone.gateways[gateway]):
            found.append(_group(OutageScope.GATEWAY, gateway, members))
            for device in members:
                del left[device.id]
    return found


def _is_silent(silent: int, whole: int) -> bool:
    return silent >= LEAST and silent >= SHARE * whole


def _group(scope: OutageScope, key: str, members: Sequence[Silent], area_path: str = "") -> Group:
    path = area_path or _common([device.area_path for device in members])
    return Group(scope, key, path, tuple(sorted(device.id for device in members)))


def _common(paths: Sequence[str]) -> str:
    """The smallest area that holds all paths."""
    first, last = min(paths), max(paths)
    shared = [root for root in roots(first) if within(last, root)]
    return shared[-1] if shared else first
