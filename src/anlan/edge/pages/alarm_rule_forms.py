"""The form of a rule: its levels, its waits, what its kind needs, and since when it holds."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages import labels
from anlan.edge.pages.alarm_rule_words import BY_VALUE, MODES, SIDES
from anlan.edge.pages.device_words import in_language
from anlan.edge.pages.manage_fields import CodeField
from anlan.edge.pages.staff_fields import name_field
from anlan.flows.alarm_words import SEVERITIES
from anlan.flows.manage_rules import Names
from anlan.sensing.rules.judging import PARAMETERS
from anlan.sensing.rules.keeping import BOUNDS
from anlan.sensing.rules.terms import SEVERITIES as ORDER
from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode, Side
from anlan.sensing.terms import Colour
from anlan.store.readers.rule_views import area_path_of, areas_of_city, hazards

CODE = r"\A[a-z0-9][a-z0-9-]{0,63}\Z"
NAMES = {
    "over_seconds": _("Change over how many seconds"),
    "tolerance": _("Moves smaller than this count as none"),
    "learn": _("Readings to learn from first"),
    "slack": _("Slack, in standard deviations"),
    "sensors": _("How many sensors must agree"),
    "window_seconds": _("A reading counts for how many seconds"),
}
START = {
    "over_seconds": 3600,
    "tolerance": 0,
    "learn": 100,
    "slack": 0.5,
    "sensors": 2,
    "window_seconds": 900,
}
MOST_DAYS = 90


def hazard_choices() -> list[tuple[str, str]]:
    """The categories that a case can have."""
    return [(code, in_language(zh, en)) for code, zh, en in hazards()]


class WhyForm(forms.Form):
    """Why a copy takes the place of a rule."""

    why = forms.CharField(label=_("Why"), max_length=500)


class RuleForm(forms.Form):
    """A rule, or a new version of one; of the levels only those that are filled in."""

    name_zh = name_field(_("Name in Chinese"), longest=100)
    name_en = name_field(_("Name in English"), longest=100)
    hold_seconds = forms.FloatField(
        label=_("Abnormal for how many seconds before it counts"), min_value=0, initial=0
    )
    clear_seconds = forms.FloatField(
        label=_("Normal for how many seconds before it is over"), min_value=0, initial=0
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=lambda: labels.options(MODES), initial=RuleMode.SHADOW)
    opens_case = forms.ChoiceField(
        label=_("Its alarms become cases of this category"),
        required=False,
        choices=lambda: [("", gettext("No case by itself")), *hazard_choices()],
    )
    area = CodeField(_("Only in this area"), areas_of_city, required=False)
    days = forms.IntegerField(
        label=_("Try it on the readings of how many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=7,
    )

    def __init__(
        self, kind: RuleKind, measurable: Sequence[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if measurable:
            self.fields["code"] = forms.RegexField(
                CODE, label=_("Code"), help_text=_("Small letters, digits and -. It stays as it is.")
            )
            self.fields["measured"] = forms.ChoiceField(label=_("What it judges"), choices=measurable)
        else:
            self.fields["since"] = forms.DateTimeField(
                label=_("In force from"), required=False, help_text=_("Left empty: from now on."),
                widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
            )  # fmt: skip
            self.fields["why"] = forms.CharField(label=_("Why"), max_length=500)
        for colour in reversed(ORDER):
            severity = {"severity": SEVERITIES[colour]}
            begins, ends = gettext("%(severity)s from") % severity, gettext("normal again at")
            self.fields[f"at_{colour}"] = forms.FloatField(label=begins, required=False)
            self.fields[f"clear_{colour}"] = forms.FloatField(label=ends, required=False)
        if kind in BY_VALUE or kind in (RuleKind.RATE, RuleKind.BASELINE, RuleKind.CUSUM):
            self.fields["side"] = forms.ChoiceField(label=_("Side"), choices=lambda: labels.options(SIDES))
        for name in self._parameters():
            least, most = BOUNDS[name]
            self.fields[name] = forms.FloatField(
                label=str(NAMES[name]), min_value=least, max_value=most, initial=START[name]
            )
        first = ("code", "measured", "name_zh", "name_en", "side", *self._parameters())
        self.order_fields(
            (*first, "hold_seconds", "clear_seconds", "mode", "opens_case", "area", "since", "why")
        )

    def _parameters(self) -> list[str]:
        return [name for name in PARAMETERS.get(self.kind, ()) if name is not None]

    def levels(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each severity, the worst first: from where, until where."""
        for colour in reversed(ORDER):
            yield self[f"at_{colour}"], self[f"clear_{colour}"]

    def plain(self) -> Iterator[forms.BoundField]:
        """All other fields."""
        yield from (
            each
            for each in self
            if not each.name.startswith(("at_", "clear_")) or each.name == "clear_seconds"
        )

    def clean(self) -> dict[str, Any]:
        """A level has both numbers or none."""
        typed = super().clean() or {}
        for colour in ORDER:
            at, clear = typed.get(f"at_{colour}"), typed.get(f"clear_{colour}")
            if (at is None) is not (clear is None):
                self.add_error(f"at_{colour}", gettext("Say both: from where on, and until where."))
        return typed

    def names(self) -> Names:
        """What the rule is called, and which cases it opens."""
        typed = self.cleaned_data
        return Names(typed["name_zh"], typed["name_en"], typed["opens_case"])

    def rule(self, code: str, device_kind: str, measured: str) -> Rule:
        """The rule that the form says."""
        typed = self.cleaned_data
        levels = [
            Level(Colour(colour), typed[f"at_{colour}"], typed[f"clear_{colour}"])
            for colour in ORDER
            if typed.get(f"at_{colour}") is not None
        ]
        return Rule(
            code=code or typed["code"],
            version=1,
            device_kind=device_kind,
            property=measured,
            kind=self.kind,
            levels=tuple(levels),
            side=Side(typed.get("side") or Side.ABOVE),
            hold_seconds=typed["hold_seconds"],
            clear_seconds=typed["clear_seconds"],
            parameters={name: typed[name] for name in self._parameters()},
            area_path=area_path_of(typed["area"]),
            mode=RuleMode(typed["mode"]),
        )


def initial_of(row: Any, rule: Rule) -> dict[str, Any]:
    """What the form of a new version begins with: the newest one."""
    levels = {f"at_{each.severity}": each.at for each in rule.levels}
    levels |= {f"clear_{each.severity}": each.clear for each in rule.levels}
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "side": rule.side,
        "hold_seconds": rule.hold_seconds,
        "clear_seconds": rule.clear_seconds,
        "mode": rule.mode,
        "opens_case": row.opens_case.code if row.opens_case else "",
        "area": row.area.code if row.area else "",
        **rule.parameters,
        **levels,
    }
