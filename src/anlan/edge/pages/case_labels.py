"""What the words of cases are called on pages."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from anlan.cases.escalation import Rung
from anlan.cases.limits import TimeUnit
from anlan.cases.task_states import TaskState, TaskStep
from anlan.cases.terms import CHECK, TOTAL, Channel, PhotoStage, Severity, Stage, Step, VerificationKind
from anlan.edge.pages.states import STATE_LOOKS

SEVERITIES: Mapping[str, Promise] = {
    Severity.MINOR: _("Minor"),
    Severity.MODERATE: _("Moderate"),
    Severity.SERIOUS: _("Serious"),
    Severity.SEVERE: _("Severe"),
}

STEPS: Mapping[str, Promise] = {
    Step.ACCEPT: _("Accept"),
    Step.REJECT: _("Reject"),
    Step.MERGE: _("Join with another case"),
    Step.UNMERGE: _("Undo the join"),
    Step.DISPATCH: _("Dispatch"),
    Step.RECALL: _("Recall"),
    Step.START: _("Take in hand"),
    Step.RETURN: _("Return: not our duty"),
    Step.RECTIFY: _("Report as rectified"),
    Step.PASS: _("The hazard is gone"),
    Step.FAIL: _("The hazard is still there"),
    Step.CLOSE: _("Close"),
    Step.REOPEN: _("Reopen"),
    Step.NOT_FIXED: _("Not fixed"),
    Step.PARK: _("Park"),
    Step.RESUME: _("Let the clock go on"),
    Step.CANCEL: _("Cancel: no hazard"),
}
"""What a button says."""

HAPPENED: Mapping[str, Promise] = {
    "reported": _("Reported"),
    "let_in": _("Was held until a person looked, and let in"),
    "imported": _("Brought in from another system"),
    "note": _("Note"),
    "handed_over": _("Sent to another city"),
    "heard_elsewhere": _("The other city says"),
    "closed_elsewhere": _("The other city has closed it"),
    "moved": _("Moved to the area that followed its own"),
    "escalated": _("Told one rung up: near its deadline or overdue"),
    "escalated_higher": _("Nobody hears on that rung: told the next one up"),
    "escalated_to_nobody": _("Nobody hears: no rung above has a mailbox or a dispatcher"),
    "checked": _("Report checked"),
    "sensor_named": _("A sensor watches the case"),
    "closing_waits": _("Verified; closed when the tasks of other units are verified too"),
    "joined": _("Another case was joined"),
    "join_undone": _("A join was undone"),
    "added": _("The reporter added something"),
    "withdrawn": _("The reporter took the report back"),
    "wrote": _("The desk wrote to the reporter"),
    "answer_noted": _("The reporter answered"),
    "answer_too_late": _("The reporter says not fixed, too late to open the case"),
    "answer_repeated": _("The reporter says not fixed once more"),
    "drawn_again": _("Verifiers were drawn anew"),
    "interim": _("Made safe for now"),
    "interim_overdue": _("Not made safe in time"),
    "recurrence_undone": _("No return of an earlier case"),
    "second_check_drawn": _("Drawn for a second check"),
    "second_check_passed": _("The second check agrees"),
    "split_from": _("Split off from another case"),
    "split_off": _("Reports were split off"),
    "split_undone": _("A split was undone"),
    "contact_given": _("The reporter gave a way to be reached"),
    "contact_erased": _("The reporter's contact was erased"),
    "task_given": _("Task given to another unit"),
    "task_start": _("Task taken in hand"),
    "task_rectify": _("Task reported as done"),
    "task_pass": _("Task verified"),
    "task_fail": _("Task not done, back to its unit"),
    "task_withdraw": _("Task withdrawn"),
    "task_drawn_again": _("Verifiers of a task were drawn anew"),
    "extension_asked": _("The unit asks for more time"),
    "extension_granted": _("More time was granted"),
    "extension_declined": _("More time was declined"),
    "calendar_changed": _("The calendar of the city changed, and with it the end"),
    "unit_dissolved": _("Moved to the unit that followed"),
    Step.ACCEPT: _("Accepted"),
    Step.REJECT: _("Rejected"),
    Step.MERGE: _("Joined with another case"),
    Step.UNMERGE: _("Join undone"),
    Step.DISPATCH: _("Dispatched"),
    Step.RECALL: _("Recalled by the desk"),
    Step.START: _("Taken in hand"),
    Step.RETURN: _("Returned by the unit"),
    Step.RECTIFY: _("Rectified"),
    Step.PASS: _("Verification passed"),
    Step.FAIL: _("Verification failed, back for rework"),
    Step.CLOSE: _("Closed"),
    Step.REOPEN: _("Reopened"),
    Step.NOT_FIXED: _("Not fixed: back to the unit as rework"),
    Step.PARK: _("Parked"),
    Step.RESUME: _("Clock goes on"),
    Step.CANCEL: _("Cancelled"),
}
"""What a timeline says of an event."""

TASK_STATES: Mapping[str, Promise] = {
    TaskState.GIVEN: _("given"),
    TaskState.IN_PROGRESS: _("in hand"),
    TaskState.RECTIFIED: _("to be verified"),
    TaskState.VERIFIED: _("verified"),
    TaskState.WITHDRAWN: _("withdrawn"),
}

TASK_STEPS: Mapping[str, Promise] = {
    TaskStep.START: _("Take the task in hand"),
    TaskStep.RECTIFY: _("Report the task as done"),
    TaskStep.PASS: _("The task is done"),
    TaskStep.FAIL: _("The task is not done"),
    TaskStep.WITHDRAW: _("Withdraw the task"),
}

STAGES: Mapping[str, Promise] = {
    Stage.ACCEPT: _("accept"),
    Stage.DISPATCH: _("dispatch"),
    Stage.HANDLE: _("rectify"),
    Stage.VERIFY: _("verify"),
    Stage.CLOSE: _("close"),
}

LIMITED: Mapping[str, Promise] = {**STAGES, CHECK: _("check the report"), TOTAL: _("the whole case")}
"""What a limit can be set for."""

CLOCKS: Mapping[str, Promise] = {
    **LIMITED,
    "task_handle": _("do the task"),
    "task_verify": _("verify the task"),
}
"""What a clock runs for."""

RUNGS: Mapping[int, Promise] = {
    Rung.NOBODY: _("nobody"),
    Rung.HANDLER: _("the handlers of the unit"),
    Rung.UNIT_HEAD: _("the head of the unit"),
    Rung.TOWNSHIP: _("the township"),
    Rung.COUNTY: _("the county"),
    Rung.CITY: _("the city"),
}
"""Who hears of a clock that is near its end or over it."""

TIME_UNITS: Mapping[str, Promise] = {
    TimeUnit.EMERGENCY_HOURS: _("emergency hours, day and night"),
    TimeUnit.WORKING_HOURS: _("working hours"),
    TimeUnit.WORKING_DAYS: _("working days"),
    TimeUnit.DAYS: _("days of the calendar"),
}

WAITING: Mapping[str, Promise] = {
    Stage.ACCEPT: _("New: accept or reject"),
    Stage.DISPATCH: _("Accepted: send to a unit"),
    Stage.HANDLE: _("Your unit: remove the hazard"),
    Stage.VERIFY: _("Rectified: verify on site"),
    Stage.CLOSE: _("Verified: close"),
}
"""What a person's own work waits for."""

VIEWS: Mapping[str, Promise] = {
    "mine": _("Waiting for me"),
    "to_accept": _("To accept"),
    "to_dispatch": _("To dispatch"),
    "near": _("Due soon"),
    "late": _("Overdue"),
    "not_safe": _("To make safe"),
    "to_verify": _("To verify"),
    "parked": _("Parked"),
    "open": _("All open"),
}

CHANNELS: Mapping[str, Promise] = {
    Channel.WEB: _("web page"),
    Channel.DESK: _("typed at the desk"),
    Channel.FIELD: _("field worker"),
    Channel.SENSOR: _("sensor"),
    Channel.OPEN311: _("Open311"),
    Channel.IMPORT: _("import"),
    Channel.MAIL: _("e-mail"),
}

VERIFICATION_KINDS: Mapping[str, Promise] = {
    VerificationKind.ON_SITE: _("checked on site"),
    VerificationKind.RESIDENT: _("by the reporter's word"),
    VerificationKind.SENSOR: _("sensor back to normal"),
}

PHOTO_STAGES: Mapping[str, Promise] = {
    PhotoStage.BEFORE: _("Before"),
    PhotoStage.AFTER: _("After"),
    PhotoStage.VERIFICATION: _("Verification"),
}

SOURCES: Mapping[str, Promise] = {
    "resident": _("resident"),
    "sensor": _("sensor"),
    "split": _("split of a case"),
    "system": _("system"),
}


def happened(step: str) -> str:
    """What an event is called; an unknown one by its own name."""
    return str(HAPPENED.get(step, step))


def state_word(state: str) -> str:
    """What a state is called."""
    return str(STATE_LOOKS[state].word)


class Named(Protocol):
    """A category: its names, and the family it belongs to."""

    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def category_name(category: Named, family: Named | None = None) -> str:
    """A category's name in the language of the page, with its family's before it."""
    names = [each for each in (family, category) if each is not None]
    english = (get_language() or "").startswith("en")
    return " · ".join(each.name_en if english else each.name_zh for each in names)


def joined_name(zh: str, en: str, family_zh: str | None, family_en: str | None) -> str:
    """As `category_name`, from the names alone."""
    english = (get_language() or "").startswith("en")
    return " · ".join(filter(None, (family_en, en) if english else (family_zh, zh)))


def changed_meanwhile(steps: list[str]) -> str:
    """The sentence for somebody who acted on an old reading."""
    return gettext(
        "Somebody was first: %(changes)s. Look at the case as it stands now; what you typed is kept."
    ) % {"changes": gettext(", ").join(happened(step) for step in steps)}
