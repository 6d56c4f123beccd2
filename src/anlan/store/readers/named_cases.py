"""Other cases that the page of a case names: each only to who may see it."""

from collections.abc import Collection, Iterable

from anlan.cases.words import case_id_in
from anlan.store.models import CaseEvent
from anlan.store.readers.cases import CaseView
from anlan.store.readers.proof import Proof
from anlan.store.readers.queue import visible
from anlan.store.readers.staff import Acting

NAMING = frozenset({"joined", "join_undone", "split_from", "split_off", "split_undone"})
"""Events whose reason begins with the number of another case."""


def named_and_seen(acting: Acting, view: CaseView, proof: Proof) -> frozenset[int]:
    """The ids of those cases named by a case's page that this person may see; one query."""
    named = {each.pk for each in view.joined} | {link.case_id for link in proof.came_back}
    named |= {number for event in view.events if (number := _number(event)) is not None}
    named |= {view.case.merged_into_id} if view.case.merged_into_id else set()
    named |= {proof.recurrence.earlier_id} if proof.recurrence else set()
    named |= {proof.split.into_id} if proof.split else set()
    return frozenset(visible(acting).filter(pk__in=named).values_list("pk", flat=True))


def leave_out_unseen(events: Iterable[CaseEvent], seen: Collection[int]) -> None:
    """Take the numbers of cases that are not among `seen` out of the reasons of `events`, as shown."""
    for event in events:
        number = _number(event)
        if number is not None and number not in seen:
            event.reason = event.reason.partition(" ")[2]


def _number(event: CaseEvent) -> int | None:
    """The id of the other case that an event names first."""
    return case_id_in(event.reason.partition(" ")[0]) if event.step in NAMING else None
