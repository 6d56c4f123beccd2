"""What anlan does not do, whoever asks for it: docs/what-anlan-does-not-do.md for residents."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Limit:
    """What somebody asks for, why it is not there, and the safer way to the same end."""

    asked: Promise
    answer: Promise
    instead: Promise


LIMITS: Sequence[Limit] = (
    Limit(
        _("Let the cameras recognise faces, gaits or number plates"),
        _("No. No picture of a camera comes in, and nothing here can hold such a mark of a person."),
        _("A camera is kept as an asset: where it is, whose, what for, whether it is on."),
    ),
    Limit(
        _("Give residents, tenants or former offenders a risk score"),
        _("No. There is no score and no label for a person."),
        _("Places, things and areas are scored: ponds, charging sheds, junctions. They can be made safe."),
    ),
    Limit(
        _("Keep a list of persons to watch, and where they go"),
        _("No. There is no such list, and no trace of anybody's ways."),
        _("A list of places where harm comes again and again, and of what was done there."),
    ),
    Limit(
        _("Show where every tagged e-bike was"),
        _("No. A tag is looked at only after its owner reported the thing stolen; the rest is dropped."),
        _("The owner reports it stolen; from then on readers say where it was seen."),
    ),
    Limit(
        _("Use the phone numbers of reporters for the next campaign"),
        _("No. A number is used for that report only and erased 90 days after the case ends."),
        _("Campaigns go where the hazards are, and are told on public pages."),
    ),
    Limit(
        _("Follow field workers by satellite all day"),
        _("No. A position is stored only as part of a record that the worker sends."),
        _("What counts is places visited and hazards removed, checked by another unit."),
    ),
    Limit(
        _("Publish every single incident with its address"),
        _("No. Small numbers can point to a person or a home."),
        _("Numbers by area and time, withheld where they are too small, each with how sure it is."),
    ),
)


@require_safe
def what_we_do_not_do(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "report/limits.html", {"limits": LIMITS})


urlpatterns = [path("what-we-do-not-do", what_we_do_not_do, name="what_we_do_not_do")]
