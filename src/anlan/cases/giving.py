"""To which units a dispatcher may give a case, or a task in it."""

from collections.abc import Iterable

from anlan.places.terms import within


def may_give(*, unit: str, case: str, own: Iterable[str], meant: bool) -> bool:
    """May a unit be given a part in a case by somebody who dispatches in the `own` areas?

    All are paths of areas: where the unit works, where the case lies, where the dispatcher dispatches. Yes
    for a unit that works where the case lies, be it the village or the whole city; for one inside the
    dispatcher's own areas; and for one that is `meant`: by the rules in force, which administrators wrote. A
    unit of another county sees a case only when somebody sends it whose area holds both.
    """
    return meant or within(case, unit) or any(within(unit, root) for root in own)


def meeting(path: str, other: str) -> str:
    """The path of the smallest area that holds two areas; "" when none does."""
    shared = []
    for one, two in zip(path.rstrip(".").split("."), other.rstrip(".").split("."), strict=False):
        if one != two:
            break
        shared.append(one)
    return "".join(f"{code}." for code in shared)
