"""{% load case_rows %}: rows of lists of cases, drawn without a template: a queue has 25 of them.

What a row shows depends on the row, the language and the time, and on nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anlan.edge.pages.case_labels import joined_name
from anlan.edge.pages.templatetags.anlan import map_item, state
from anlan.edge.pages.templatetags.cases import case_due, interim, stage_word, tone_at
from anlan.store.readers.case_rows import CaseRow

register = template.Library()

ROW = """\
<tr role="row" id="case-{pk}" data-version="{version}" {place}><td role="cell" class="when">{due}</td>
<td role="cell" class="what{ticked}">{box}<a class="t" href="{address}">{title}</a><br>\
<span class="code">{number}</span> <span class="s q">· {category}</span></td>
<td role="cell" class="how">{state}</td>
<td role="cell" class="where">{area}</td>
<td role="cell" class="who">{unit}</td>
<td role="cell" class="r n many{one}" data-l="{reports}">{report_count}</td>{button}</tr>
"""
BOX = (
    '<label class="tick"><input type="checkbox" name="case" value="{}"><span class="vh">{} {}</span></label>'
)
STEP = '<a class="btn main sm" href="{}#panel">{}<span class="vh"> {}</span></a>'


@register.simple_tag
def case_rows(rows: Iterable[CaseRow], now: datetime, act: bool, pick: str = "") -> SafeString:
    """{% case_rows cases now act pick %}: table rows; with `act`, each ends with the button of its next step.

    With `pick`, the words of a box to tick, each begins with one.
    """
    phrases = {"reports": _("Reports"), "suggested": _("suggested"), "none": _("none yet"), "pick": pick}
    phrases = {name: escape(words) for name, words in phrases.items()}
    before, after = reverse("case", args=[0]).split("0")
    return SafeString("".join(_row(row, now, f"{before}{row.pk}{after}", phrases, act) for row in rows))


def _row(row: CaseRow, now: datetime, address: str, phrases: Mapping[str, str], act: bool) -> str:
    return ROW.format(
        pk=row.pk,
        version=row.version,
        place=map_item(lng=row.lng, lat=row.lat, tone=tone_at(row, now)),
        due=case_due(row, now),
        ticked=" ticked" if phrases["pick"] else "",
        box=BOX.format(row.pk, phrases["pick"], escape(row.title)) if phrases["pick"] else "",
        address=address,
        title=escape(row.title),
        number=row.number,
        category=escape(joined_name(row.name_zh, row.name_en, row.family_zh, row.family_en)),
        state=f"{state(row.state)}{interim(row, now)}",
        area=escape(row.area_name),
        unit=_unit(row, phrases),
        one="" if row.report_count > 1 else " one",
        reports=phrases["reports"],
        report_count=row.report_count,
        button=f'<td role="cell" class="go">{_button(row, address)}</td>' if act else "",
    )


def _unit(row: CaseRow, phrases: Mapping[str, str]) -> str:
    """The unit it was sent to, else the one suggested."""
    if row.unit_name:
        return escape(row.unit_name) + _tasks(row)
    if row.suggested_unit:
        return f'<span class="q">{phrases["suggested"]}</span> {escape(row.suggested_unit)}'
    return f'<span class="q">{phrases["none"]}</span>'


def _tasks(row: CaseRow) -> str:
    """How many tasks other units have in it."""
    if not row.open_tasks:
        return ""
    words = ngettext("and 1 task", "and %(n)s tasks", row.open_tasks) % {"n": row.open_tasks}
    return f'<br><span class="s q">{escape(words)}</span>'


def _button(row: CaseRow, address: str) -> str:
    if not row.stage:
        return ""
    return STEP.format(address, escape(capfirst(stage_word(row.stage))), escape(row.title))
