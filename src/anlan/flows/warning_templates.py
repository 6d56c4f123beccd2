"""Administrators of the city say what warnings begin with: new versions of templates."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import record
from anlan.sensing.terms import Colour
from anlan.sensing.warning_templates import Words, check_words, content_of
from anlan.staff.terms import Action
from anlan.store.models import DeviceKind, WarningTemplate, WarningTemplateVersion
from anlan.store.readers.staff import Acting


@transaction.atomic
def change_template(
    *, acting_user: Acting, kind_code: str, colour: Colour, words: Words, why: str, now: datetime
) -> WarningTemplateVersion:
    """Put a new version in force for a kind of device ("" for any) in a colour; warnings stay as they are.

    Raises NotFound, Refused("not_permitted"), Refused("template_field_unknown").
    """
    if not acting_user.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)
    check_words(words)
    kind = DeviceKind.objects.filter(code=kind_code).first()
    if kind_code and kind is None:
        raise NotFound
    row, is_new = WarningTemplate.objects.select_for_update(of=("self",)).get_or_create(
        device_kind=kind, colour=colour
    )
    if not is_new:
        row.version += 1
        row.save(update_fields=["version"])
    version = WarningTemplateVersion.objects.create(
        template=row,
        version=row.version,
        content=content_of(words),
        made_at=now,
        made_by=acting_user.user,
        why=why.strip()[:500],
    )
    subject = f"warning-template:{kind_code or '*'}/{colour}"
    record(acting_user.user, "changed", subject, {"version": (row.version - 1, row.version)}, now)
    return version
