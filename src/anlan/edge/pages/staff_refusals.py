"""Why a rule about staff and places said no, in a sentence that says what would be right."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAFF_REFUSALS: dict[str, Promise] = {
    "city_code_wrong": _("%(code)s is not the code of a city: 6 digits that end with 00, such as 331000."),
    "unit_code_wrong": _("Small letters, digits, - and _ only, such as fire-331081012"),
    "language_unknown": _("This language is not there. Choose one of the list."),
    "tree_too_deep": _("The unit would stand too deep in the tree. Give it a unit further up."),
    "unit_below_itself": _("A unit cannot stand below itself. Choose a unit outside its own tree."),
    "unit_outside_parent": _(
        "A unit works inside the area of the unit above it. Choose another area or unit."
    ),
    "unit_has_units": _("%(count)s units below it are active. Move or close them first."),
    "unit_closed": _("This unit is closed. Choose an active one, or open it first."),
    "categories_there": _("There are categories already. Change those, or add more."),
    "code_taken": _("The code %(code)s is taken. Choose another."),
    "username_taken": _("The user name %(username)s is taken. Choose another."),
    "email_taken": _("Another member has this e-mail address. Each address belongs to one account."),
    "area_beyond_own": _("You cannot give a role for an area that you do not administer."),
    "unit_beyond_own": _("You cannot give a role in a unit that reaches beyond the area you administer."),
    "own_roles": _("Nobody changes their own roles or account here. Ask another administrator."),
    "account_reaches_further": _(
        "This member has roles outside your area. Ask an administrator of the city."
    ),
    "last_administrator": _("The city would have no administrator. Give somebody else the role first."),
    "role_twice": _("The member has this role already."),
    "link_unusable": _("This link no longer works. Ask an administrator for a new one."),
    "area_code_wrong": _("%(code)s is not an area code: 6, 9 or 12 digits, such as 331081012."),
    "area_without_parent": _(
        "The area it lies in, %(code)s, is not there or no longer in use. Add that first."
    ),
    "area_has_areas": _("%(count)s areas below it are in use. End them first."),
    "area_not_empty": _("Units, sites or open cases are still there. Name the area that follows it."),
    "area_ended": _("This area is no longer in use. Choose the one that followed it."),
    "area_ends_before": _("It cannot end before it began, on %(began)s."),
    "area_is_root": _("The city itself cannot end."),
    "successor_wrong": _("The area that follows must be in use, and another one."),
    "questions_too_many": _("Up to %(most)s questions: nobody answers more. Ask one of them no more first."),
    "values_missing": _("A list needs what can be chosen: a line each."),
    "values_wrong": _(
        "Line %(line)s: write key, Chinese and English with | between them, such as: dark | 不亮 | Dark. "
        "A key has letters, digits, - _ and . only, and stands once; up to %(most)s lines."
    ),
    "category_too_deep": _("Categories have two levels: choose one of the first level, or none."),
    "category_has_active": _("%(count)s categories below it are active. Close them first."),
    "category_family_closed": _("The category above it is closed. Open that first."),
    "draft_exists": _("There is a draft already. Go on with that one, or throw it away."),
    "draft_not_checked": _("Check the draft as it stands now first."),
    "draft_has_errors": _("The check found errors. Correct them and check again."),
    "draft_not_tried": _("Try the draft as it stands now on past cases first."),
    "day_is_past": _("Rules come into force today or later."),
    "too_many_rules": _("A list has at most %(most)s rules."),
    "successor_needed": _("The unit has open work or duties. Name the unit that follows it."),
    "successor_is_itself": _("A unit does not follow itself. Choose another."),
    "work_left_to_nobody": _(
        "%(count)s open cases or tasks of %(unit)s would have nobody to act on them. "
        "Give somebody else the role, or send them on, first."
    ),
    "level_not_named": _("Units are named for townships, counties and the city. Choose the township."),
    "limits_wrong": _("Each time limit is 1 to 8760 hours."),
    "notice_kind_unknown": _("Choose from the list what you want to be told."),
    "phone_missing": _("Give a mobile phone for short messages, or choose none of them."),
    "email_missing": _("Your account has no e-mail address. Ask an administrator of your unit to add one."),
    "quiet_hours_half": _("Quiet hours need both a beginning and an end, or neither."),
    "name_taken": _("%(name)s is there already. Choose another name."),
    "area_unknown": _("There is no area %(code)s in use. Choose another."),
    "nothing_to_check": _("There is no closed case and no village of this kind here. Choose a larger area."),
    "campaign_ends_before": _("The campaign ends before it begins. Correct one of the dates."),
    "campaign_over": _("The campaign ended on %(day)s. What is found later is reported as a new case."),
    "campaign_not_begun": _("The campaign begins on %(day)s. Record the check from then on."),
    "pick_not_eligible": _(
        "Of these there is no case closed within a year, or no village, in this area and category: %(picks)s."
    ),
    "campaign_too_large": _("A campaign looks at 1 to %(most)s cases or villages."),
    "checked_already": _("Somebody recorded this check already. Look at what was found."),
}
