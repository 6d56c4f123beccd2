"""What a queue offers for many cases at once: boxes to tick, saved searches, files."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.cases import bulk
from anlan.cases.duties import ACTION_FOR
from anlan.edge.pages import case_labels
from anlan.staff.terms import Action
from anlan.store.readers.many import saved_searches
from anlan.store.readers.queue import Filters
from anlan.store.readers.staff import Acting


def steps_for(acting: Acting) -> list[tuple[str, str]]:
    """The steps that this person may take for many cases somewhere, with their names."""
    return [
        (step.value, str(case_labels.STEPS[step]))
        for step in bulk.WORDS_OF
        if acting.may_somewhere(ACTION_FOR[step])
    ]


def many(acting: Acting, query: str, address: Callable[[Filters], str]) -> dict[str, Any]:
    """The context of many/*.html on a queue at the address `query` ("?..."), in one query.

    `address` writes the address of other filters.
    """
    steps = steps_for(acting)
    return {
        "query": query.removeprefix("?"),
        "bulk_steps": steps,
        "pick": _("Choose") if steps else "",
        "most_in_bulk": bulk.MOST,
        "may_export": acting.may_somewhere(Action.EXPORT),
        "searches": [
            (each, f"{reverse('queue')}{address(Filters(**each.filters))}") for each in saved_searches(acting)
        ],
    }
