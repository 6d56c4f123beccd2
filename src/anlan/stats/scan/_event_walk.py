"""Walks the circles of one centre event by event, in double precision.

A best cylinder begins on an event, ends on one (a prospective one ends with the last period), and its
outermost places hold an event.
"""

from typing import NamedTuple

from anlan.stats._compiling import inner
from anlan.stats.scan._likelihood import ratio_high
from anlan.stats.scan._needs import bin_of
from anlan.stats.scan.terms import Floats, Integers


class ByCell(NamedTuple):
    """Events of many replications by cell, which is `replication * n + place`.

    Those of a cell lie at `starts[cell]:starts[cell + 1]`: their periods, and how many each stands for.
    """

    starts: Integers
    periods: Integers
    numbers: Integers


@inner
def _insert(day: Integers, held: Integers, came: Integers, k: int, time: int, number: int, rank: int) -> int:
    """Let `number` events of a period enter the sorted `day`, `held` and `came`; how many days there are."""
    at = k
    while at > 0 and day[at - 1] > time:
        at -= 1
    if at > 0 and day[at - 1] == time:
        held[at - 1] += number
        came[at - 1] = rank
        return k
    for x in range(k, at, -1):
        day[x], held[x], came[x] = day[x - 1], held[x - 1], came[x - 1]
    day[at], held[at], came[at] = time, number, rank
    return k + 1


@inner
def _best_to_the_end(
    day: Integers,
    held: Integers,
    came: Integers,
    rank: int,
    before: Floats,
    needs: Integers,
    total: float,
    best: float,
) -> float:
    """The best ratio among `best` and times from an event to the end that hold one that came at `rank`."""
    inside, new = 0, False
    for i in range(day.size - 1, -1, -1):
        inside += held[i]
        new |= came[i] == rank
        expected = before[before.size - 1] - before[day[i]]
        if new and inside >= needs[bin_of(expected, needs.size - 1)]:
            best = max(best, ratio_high(inside, expected, total))
    return best


@inner
def _best_anywhere(
    day: Integers,
    held: Integers,
    came: Integers,
    rank: int,
    before: Floats,
    window: int,
    needs: Integers,
    total: float,
    best: float,
) -> float:
    """The same for times from one event to another: those that hold the new one at `p`, and none before."""
    last = -1
    for p in range(day.size):
        if came[p] != rank:
            continue
        upto = 0
        for i in range(p, last, -1):
            if day[p] - day[i] >= window:
                break
            upto += held[i]
            inside = upto - held[p]
            for j in range(p, day.size):
                if day[j] - day[i] >= window:
                    break
                inside += held[j]
                expected = before[day[j] + 1] - before[day[i]]
                if inside >= needs[bin_of(expected, needs.size - 1)]:
                    best = max(best, ratio_high(inside, expected, total))
        last = p
    return best


@inner
def walk_events(
    places: Integers,
    finished: Integers,
    stops: Integers,
    marks: Integers,
    table: Floats,
    events: ByCell,
    r: int,
    n: int,
    prospective: bool,
    window: int,
    days: Integers,
    needs: Integers,
    total: float,
    best: float,
) -> float:
    """The best ratio among `best` and the circles of one centre for replication `r`, where `marks` are set.

    `stops` are the ranks that end the circles looked at together; `days` (3, periods) is working memory.
    """
    starts, periods, numbers = events
    day, held, came = days[0], days[1], days[2]
    k, group, last, newest = 0, 0, stops.size - 1, -1
    while not marks[last]:
        last -= 1
    for rank in range(stops[last] + 1):
        cell = r * n + places[rank]
        for x in range(starts[cell], starts[cell + 1]):
            newest = finished[rank]
            k = _insert(day, held, came, k, periods[x], numbers[x], newest)
        if newest != rank:
            continue
        while rank > stops[group]:
            group += 1
        if marks[group] and prospective:
            best = _best_to_the_end(day[:k], held[:k], came[:k], rank, table[rank], needs, total, best)
        elif marks[group]:
            best = _best_anywhere(day[:k], held[:k], came[:k], rank, table[rank], window, needs, total, best)
    return best
