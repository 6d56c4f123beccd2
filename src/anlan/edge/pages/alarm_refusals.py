"""Why a rule about alarms said no."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ALARM_REFUSALS: dict[str, Promise] = {
    "alarm_step_not_allowed": _("This is not possible in the state the alarm is in now. Look at it again."),
    "doing_missing": _("Say what is being done, such as: on the way there."),
    "template_field_unknown": _("%(field)s is filled by no alarm. The fields are %(known)s."),
    "cause_missing": _("Say what it was."),
    "false_alarm_unanswered": _("Say whether it was a false alarm."),
    "silence_without_end": _("A silence needs an end."),
    "silence_ends_first": _("A silence ends after it begins."),
    "silence_too_long": _("A silence lasts at most %(days)s days. Ask again when it is over."),
    "silence_over": _("The silence is over already."),
    "policy_without_township": _("The township always hears. Say after how many minutes."),
    "policy_minutes_negative": _("Minutes are 0 or more."),
    "rule_without_level": _("A rule has at least one level, with two numbers."),
    "rule_level_twice": _("A rule has each level once, from the mildest to the worst."),
    "rule_levels_crossed": _("A worse level begins further out than a milder one."),
    "rule_clear_beyond": _("A level ends where it began or nearer to normal, never further out."),
    "rule_level_negative": _("Levels of this kind of rule are 0 or more."),
    "rule_wait_too_long": _("A rule waits at most %(hours)s hours."),
    "rule_parameter": _("Give a number from %(least)s to %(most)s for %(name)s."),
    "rule_too_early": _("A new version begins now or later, and after the version before it."),
    "rule_not_live": _("Only a rule that is live has a copy beside it."),
    "rule_is_copy": _("This copy runs in the shadow of another rule. Put it in force on its own page."),
    "rule_rests": _("This rule rests: it has nothing to show."),
    "alarm_has_case": _("The alarm is a case already."),
    "shift_ends_first": _("A shift ends after it begins."),
    "shift_too_long": _("A shift lasts at most %(days)s days."),
    "shift_over": _("The shift is over already."),
    "shift_twice": _("This person is on the roster for that time already."),
    "not_on_staff_here": _("Nobody called %(name)s has a role for this area or one over it."),
    "policy_out_of_order": _("A level above never hears before the one below."),
}
