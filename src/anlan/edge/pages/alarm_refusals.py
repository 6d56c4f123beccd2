"""Why a rule about alarms said no."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ALARM_REFUSALS: dict[str, Promise] = {
    "alarm_step_not_allowed": _("This is not possible in the state the alarm is in now. Look at it again."),
    "doing_missing": _("Say what is being done, such as: on the way there."),
    "cause_missing": _("Say what it was."),
    "false_alarm_unanswered": _("Say whether it was a false alarm."),
    "silence_without_end": _("A silence needs an end."),
    "silence_ends_first": _("A silence ends after it begins."),
    "silence_too_long": _("A silence lasts at most %(days)s days. Ask again when it is over."),
    "silence_over": _("The silence is over already."),
    "policy_without_township": _("The township always hears. Say after how many minutes."),
    "policy_minutes_negative": _("Minutes are 0 or more."),
    "policy_out_of_order": _("A level above never hears before the one below."),
}
