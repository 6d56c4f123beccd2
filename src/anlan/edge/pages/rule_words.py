"""Rules of dispatch, and why one sent a case somewhere, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from anlan.cases.rule_lint import Finding, Flaw, Gravity
from anlan.cases.rule_tables import hours_text
from anlan.cases.rules import Rule, Target
from anlan.edge.pages import labels
from anlan.edge.pages.case_labels import SEVERITIES, category_name
from anlan.store.readers.routing import all_categories, area_names, unit_names

DAYS: tuple[Promise, ...] = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))

CONDITIONS: Mapping[str, Promise] = {
    "categories": _("category"),
    "areas": _("area"),
    "site_kinds": _("site kind"),
    "severities": _("severity"),
    "window": _("time"),
    "words": _("words"),
}

GRAVITIES: Mapping[Gravity, Promise] = {
    Gravity.ERROR: _("Error"),
    Gravity.WARNING: _("Warning"),
    Gravity.NOTE: _("Note"),
}

FLAWS: Mapping[Flaw, Promise] = {
    Flaw.UNIT_UNKNOWN: _("There is no unit %(code)s."),
    Flaw.UNIT_CLOSED: _("The unit %(code)s is closed; its work went to: %(successor)s."),
    Flaw.CATEGORY_UNKNOWN: _("There is no category %(code)s."),
    Flaw.AREA_UNKNOWN: _("There is no area %(code)s."),
    Flaw.AREA_ENDED: _("The area %(code)s is no longer in use."),
    Flaw.NEVER_REACHED: _("Never reached: the rules before it (%(by)s) take all that it could."),
    Flaw.FINDS_NOBODY: _("Finds no unit in %(count)s areas, such as %(areas)s. There the category decides."),
    Flaw.NO_UNIT: _("%(category)s: no unit at all in %(count)s areas, such as %(areas)s."),
    Flaw.OVERLAP: _("Overlaps with rule %(before)s: what fits both goes by the earlier one."),
}


@dataclass(frozen=True)
class RuleLine:
    """A rule on a page."""

    number: int
    name: str
    conditions: list[tuple[Promise, str]]
    target: str


class Names:
    """What codes in rules are called, in the language of the page; three queries."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = list(rules)
        self.categories = {each.code: category_name(each) for each in all_categories()}
        self.areas = area_names({code for rule in rules for code in rule.areas})
        self.units = unit_names({rule.target.unit for rule in rules if rule.target.unit})

    def line(self, number: int, rule: Rule) -> RuleLine:
        """A rule in words."""
        said = {
            "categories": [self.categories.get(code, code) for code in rule.categories],
            "areas": [self.areas.get(code, code) for code in rule.areas],
            "site_kinds": [str(labels.SITE_KINDS[kind]) for kind in rule.site_kinds],
            "severities": [str(SEVERITIES[severity]) for severity in rule.severities],
            "window": window_words(rule),
            "words": [f"“{word}”" for word in rule.words],
        }
        conditions = [
            (CONDITIONS[name], gettext(", ").join(values)) for name, values in said.items() if values
        ]
        return RuleLine(number, rule.name, conditions, target_words(rule.target, self.units))


def lines_of(rules: Sequence[Rule]) -> list[RuleLine]:
    """Rules in words, numbered."""
    names = Names(rules)
    return [names.line(number, rule) for number, rule in enumerate(rules, start=1)]


def window_words(rule: Rule) -> list[str]:
    """Days and hours of a rule."""
    if rule.window is None:
        return []
    days = [str(DAYS[day - 1]) for day in sorted(rule.window.days)]
    return [*days, *filter(None, [hours_text(rule.window)])]


def target_words(target: Target, units: Mapping[str, str]) -> str:
    """To whom a rule sends."""
    words = _unit_words(target, units)
    if not target.role:
        return words
    role = str(labels.ROLES[target.role])
    if not words:
        return gettext("the nearest unit with somebody as: %(role)s") % {"role": role}
    return gettext("%(unit)s, with somebody as: %(role)s") % {"unit": words, "role": role}


def _unit_words(target: Target, units: Mapping[str, str]) -> str:
    if target.unit:
        return units.get(target.unit, target.unit)
    level = str(labels.LEVELS[target.level]) if target.level else ""
    if target.kind:
        kind = str(labels.UNIT_KINDS[target.kind])
        if not level:
            return gettext("the nearest: %(kind)s") % {"kind": kind}
        return gettext("the nearest from %(level)s up: %(kind)s") % {"level": level, "kind": kind}
    if target.role:
        return gettext("the nearest unit from %(level)s up") % {"level": level} if level else ""
    return gettext("the unit named as responsible at the level: %(level)s") % {"level": level}


def route_words(reason: Mapping[str, Any]) -> str:
    """Why a unit was suggested, in a sentence; "" when none was."""
    if reason.get("rule") == "numbered":
        return _by_rule(reason)
    sentence = _by_default(reason)
    if sentence and reason.get("found_nobody"):
        nobody = gettext("Rule %(number)s holds but finds no unit.") % {"number": reason["found_nobody"]}
        return f"{nobody} {sentence}"
    return sentence


def _by_default(reason: Mapping[str, Any]) -> str:
    if reason.get("rule") == "named_by_category":
        return gettext("The category names this unit.")
    if reason.get("rule") == "kind_in_area":
        return gettext("The nearest unit of the kind “%(kind)s” whose area holds the place.") % {
            "kind": labels.UNIT_KINDS[reason["kind"]]
        }
    return ""


def _by_rule(reason: Mapping[str, Any]) -> str:
    english = (get_language() or "").startswith("en")
    found: Mapping[str, str] = reason.get("found", {})
    said = {
        "categories": reason.get("category_en" if english else "category_zh", ""),
        "areas": reason.get("area_name", ""),
        "site_kinds": str(labels.SITE_KINDS.get(found.get("site_kinds", ""), "")),
        "severities": str(SEVERITIES.get(found.get("severities", ""), "")),
        "window": found.get("window", "").replace("T", " ")[:16],
        "words": f"“{found.get('words', '')}”",
    }
    held = gettext(", ").join(f"{CONDITIONS[name]} {said[name]}" for name in found)
    facts = {"number": reason["number"], "name": reason.get("name", ""), "held": held or gettext("always")}
    return gettext("Rule %(number)s: %(name)s (%(held)s)") % facts


def finding_words(finding: Finding, categories: Mapping[str, str], areas: Mapping[str, str]) -> str:
    """What was found, in a sentence."""
    facts = dict(finding.facts)
    if "areas" in facts:
        codes = [path.rstrip(".").rpartition(".")[2] for path in facts["areas"]]
        facts["areas"] = gettext(", ").join(areas.get(code, code) for code in codes)
    if "category" in facts:
        facts["category"] = categories.get(facts["category"], facts["category"])
    if "by" in facts:
        facts["by"] = gettext(", ").join(str(number) for number in facts["by"])
    if facts.get("successor") == "":
        facts["successor"] = gettext("nobody")
    return str(FLAWS[finding.flaw]) % facts
