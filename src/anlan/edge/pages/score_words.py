"""What scores are called on pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.cases.indices import Better

SCORE_REFUSALS: Mapping[str, Promise] = {
    "appeal_reason_missing": _("Say why."),
    "case_not_counted": _("This case does not count in this figure of the unit. Open the list of its cases."),
    "nobody_above": _("No unit stands above this one, so nobody could decide."),
    "appealed_already": _("The unit has appealed this case in this index already."),
    "decider_not_above": _("Only a unit above the one that appeals decides."),
    "appeal_of_ones_own": _("Whoever appeals does not decide. Somebody else of a unit above does."),
    "weights_do_not_add": _("The weights add to %(total)s. They must add to 1."),
    "weight_not_positive": _("Every weight must be above 0. Leave an index out by leaving its field empty."),
    "weight_not_a_number": _("A weight is a number such as 0.25."),
    "index_has_no_direction": _("This index describes; it has no better or worse, so it cannot be weighed."),
    "no_definition": _("There is no definition of this index for that month."),
}

BETTER: Mapping[str, Promise] = {
    Better.HIGHER: _("better when higher"),
    Better.LOWER: _("better when lower"),
    Better.NEITHER: _("neither better nor worse"),
}

GROUPS: Mapping[str, Promise] = {
    "good": _("Better than chance explains"),
    "look": _("Worth a look: worse than chance explains"),
    "different": _("Different by more than chance explains"),
    "within": _("Within the limits of chance: not ranked, by name"),
    "no_data": _("No data"),
}

BANDS: Mapping[int, Promise] = {
    -2: _("below the 99.8 % limits"),
    -1: _("below the 95 % limits"),
    0: _("within the limits"),
    1: _("above the 95 % limits"),
    2: _("above the 99.8 % limits"),
}
