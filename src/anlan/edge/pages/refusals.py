"""Why a rule said no, in a sentence that says what would be right."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Refused
from anlan.edge.pages.alarm_refusals import ALARM_REFUSALS
from anlan.edge.pages.score_words import SCORE_REFUSALS
from anlan.edge.pages.staff_refusals import STAFF_REFUSALS
from anlan.edge.table_refusals import TABLE_REFUSALS, listed
from anlan.edge.time_refusals import TIME_REFUSALS

REFUSALS: dict[str, Promise] = {
    "task_needs_lead": _("Dispatch the case to a leading unit first."),
    "task_of_lead": _("This unit leads the case already. Choose another."),
    "task_twice": _("%(unit)s has an open task in this case already."),
    "task_step_not_allowed": _("This is not possible in the state the task is in now."),
    "tasks_open": _("%(count)s tasks of other units are not verified yet. Close the case after them."),
    "check_not_here": _("The report was checked already, or is not new any more."),
    "write_failed": _("The file could not be written, again and again. Tell whoever runs the system."),
    "case_has_ended": _("The case has ended."),
    "step_not_allowed": _("This is not possible in the state the case is in now."),
    "former_state_unknown": _("The case does not say where it stood before. Ask an administrator."),
    "reason_missing": _("Say why."),
    "no_address": _("No e-mail address of this reporter is kept any more."),
    "factor_unreadable": _(
        "Your second factor cannot be read: the installation has another key than the one that sealed it. "
        "Ask an administrator to remove it, then set up a new one."
    ),
    "not_permitted": _("Your role does not allow this here."),
    "verifier_inside_unit": _("You belong to the unit that rectified. Somebody from outside must verify."),
    "verifier_rectified": _("You rectified it yourself. Somebody else must verify."),
    "not_drawn": _("Other verifiers were drawn for this case. The desk can have them drawn anew."),
    "redraw_by_another": _(
        "You had verifiers drawn anew for this rectification already. Another person of the desk can."
    ),
    "redrawn_often": _(
        "Verifiers were drawn anew %(most)s times for this rectification. Those drawn now look; an auditor "
        "sees every draw and its reason."
    ),
    "nothing_to_draw": _("Verifiers are drawn for a case that waits for its verification."),
    "sensor_unknown": _("There is no such sensor. Choose one of the list."),
    "bounds_missing": _("Say from or up to which value nothing is wrong."),
    "no_sensor": _("No sensor watches this case."),
    "reading_not_settled": _("%(device)s has not been normal for long enough yet."),
    "reading_stale": _("%(device)s has fallen silent: its last reading says nothing of now."),
    "reading_not_normal": _("The sensor is not back to normal."),
    "seed_not_committed": _("The seed is not the one the city committed itself to."),
    "list_changed": _("The list of the eligible was changed after the draw."),
    "drawn_inside_unit": _("Somebody of the responsible unit was on the list."),
    "result_differs": _("Repeated, the draw gives another result."),
    "no_second_check": _("No second check is asked for here."),
    "interim_not_asked": _("No interim measure is asked for here."),
    "interim_done": _("An interim measure was reported already."),
    "extension_not_here": _("More time is asked for while the unit's clock runs."),
    "extension_asked": _("More time was asked for already; the desk has not answered yet."),
    "extension_too_short": _("The end would be past already. Ask for more."),
    "no_extension": _("Nobody asks for more time here."),
    "own_extension": _("You asked for it yourself. Somebody else must answer."),
    "no_recurrence": _("The case is not linked to an earlier one."),
    "split_nothing": _("Choose the reports that are another hazard."),
    "split_everything": _("At least one report must stay with this case."),
    "split_not_of_case": _("A report is no longer with this case. Look at it again and choose anew."),
    "split_needs_open_case": _("Only an open case can be split."),
    "nothing_to_undo": _("There is nothing to undo."),
    "undo_later_first": _("What came later rests on it: undo that of %(cases)s first."),
    "nothing_to_verify": _("The unit has not rectified it yet."),
    "evidence_missing": _("Add a photo taken after the rectification."),
    "evidence_too_old": _("The photo was taken before the rectification. Take a new one on site."),
    "camera_needs": _(
        "A camera needs its purpose, its legal basis and for how many days recordings are kept."
    ),
    "unit_stays": _("The unit stays %(unit)s: readings of another unit are another property."),
    "range_is_nothing": _("The lowest must lie below the highest."),
    "device_removed": _("The device was removed."),
    "warning_step_not_allowed": _("This is not possible in the state the warning is in now."),
    "warning_has_follower": _(
        "Another message about this warning is being written already. Go on with that."
    ),
    "warning_faulty": _("The message would be faulty: %(faults)s"),
    "second_person_missing": _("Red and orange need a second person: hand it in first."),
    "signs_own": _("You wrote some of it. Somebody else must sign."),
    "drill_stays_drill": _("It follows a message with the status %(status)s, and keeps that status."),
    "drill_running": _("A drill runs here: nothing leaves as the real thing. End the drill first."),
    "status_not_typed": _("Type %(status)s to say that you mean it."),
    "shape_malformed": _(
        "A shape has at least 3 corners, each latitude,longitude, with spaces between them."
    ),
    "shape_outside": _("The shape must lie inside %(area)s."),
    "expires_too_early": _("It must end later than now and later than it begins."),
    "no_credential": _("The device has no password in force."),
    "mute_in_past": _("This time is over already."),
    "nothing_to_change": _("Say what to change."),
    "too_many_devices": _("At most %(most)s devices at once. Narrow the list."),
    "too_many_labels": _("At most %(most)s labels at once. Narrow the list."),
    "words_missing": _("Say what was done."),
    "picture_missing": _("Add at least one photo of the place now."),
    "category_unknown": _("This category is no longer in use. Choose another."),
    "unit_elsewhere": _(
        "%(unit)s works elsewhere. The dispatchers of %(area)s, which holds both places, can send it there."
    ),
    "unit_unknown": _("This unit is no longer active. Choose another."),
    "reason_for_other_unit": _("%(suggested)s was suggested. Say why another unit should act."),
    "review_not_ahead": _("The review date must be later than today."),
    "join_with_itself": _("A case cannot be joined with itself."),
    "join_needs_open_case": _("%(number)s has ended. Join with an open case."),
    "not_in_bulk": _("Choose what to do with the cases."),
    "nothing_chosen": _("Choose the cases first, or all that fit the filters."),
    "no_unit_suggested": _("No unit was suggested for it. Choose one for all."),
    "search_name_missing": _("Give the search a name."),
    "search_name_taken": _("You have a search named “%(name)s” already. Choose another name."),
    "too_many_searches": _("You have %(most)s saved searches. Delete one first."),
    "export_kind_unknown": _("Choose CSV or XLSX."),
    "exports_waiting": _("%(most)s of your files are still being written. Wait for one, or delete it."),
    "too_many_for_xlsx": _("These are more than the %(most)s rows that an XLSX sheet holds. Take CSV."),
}


def refusal_text(refusal: Refused) -> str:
    """The sentence for a refusal; one without a sentence is named, never hidden."""
    books = (REFUSALS, ALARM_REFUSALS, STAFF_REFUSALS, TIME_REFUSALS, SCORE_REFUSALS)
    found = next((book[refusal.reason] for book in books if refusal.reason in book), None)
    sentence = str(found) if found else gettext(TABLE_REFUSALS.get(refusal.reason, refusal.reason))
    return sentence % listed(refusal.facts, gettext)
