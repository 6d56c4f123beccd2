"""A table as a file: sent in, with what is wrong said at the field, row by row; and given out again."""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Refused
from anlan.base.tables import Complaints, encoding_of
from anlan.edge.pages.refusals import refusal_text
from anlan.publishing.spreadsheets import write_table

MOST_BYTES = 2_000_000

type Read = Callable[[str, Iterable[str], Complaints], object]
"""Reads the lines of a file with this name; what is wrong goes to the complaints, or is refused."""


def table_field(help_text: Any) -> forms.FileField:
    """A table as a file."""
    return forms.FileField(label=_("Table (CSV)"), help_text=help_text)


def read_upload(form: forms.Form, field: str, read: Read) -> None:
    """Read the file of a field; every bad cell is said there with its row and column."""
    file = form.cleaned_data.get(field)
    if file is None:
        return
    if file.size > MOST_BYTES:
        form.add_error(field, gettext("The file is too large: at most 2 MB."))
        return
    complaints, content = Complaints(), file.read()
    try:
        text = content.decode(encoding_of(file.name, lambda: [content]))
        read(file.name, io.StringIO(text, newline=""), complaints)
    except Refused as refusal:
        form.add_error(field, refusal_text(refusal))
    for bad in complaints.rows:
        facts = {"row": bad.row, "column": bad.column, "value": bad.value}
        where = gettext("Row %(row)s, column %(column)s, “%(value)s”:") % facts
        form.add_error(field, f"{where} {gettext(bad.right) % bad.facts}")
    if complaints.total > len(complaints.rows):
        more = complaints.total - len(complaints.rows)
        form.add_error(field, gettext("and %(more)s more") % {"more": more})


def table_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table for a spreadsheet, which takes a file without a mark for one in the local encoding."""
    out = io.StringIO(newline="")
    write_table(out, columns, rows)
    response = HttpResponse(f"\ufeff{out.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
