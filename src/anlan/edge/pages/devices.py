"""The register of devices: the list, one device with its readings, labels, coverage."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.base.errors import Refused
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.device_words import (
    CAMERA_RULES,
    HAPPENED,
    HEARD,
    LIFECYCLES,
    REASONS,
    SCOPES,
    in_language,
    kind_options,
)
from anlan.edge.pages.labels import SITE_KINDS
from anlan.edge.pages.staff_events import EventInWords, in_words
from anlan.edge.pages.whole_addresses import whole_address
from anlan.publishing.device_labels import Label, sheet_of
from anlan.staff.terms import Action
from anlan.store.readers import devices as readers
from anlan.store.readers.choices import area_choices
from anlan.store.readers.devices import DeviceFilters, Measuring

SPANS = {
    "day": (_("A day"), timedelta(days=1)),
    "week": (_("A week"), timedelta(days=7)),
    "month": (_("30 days"), timedelta(days=30)),
    "year": (_("A year"), timedelta(days=365)),
}
MOST_LABELS = 2400
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
"""How an address says until when."""
EARLIEST = 1970
"""No span ends in this year or before."""


def filters_of(query: QueryDict) -> DeviceFilters:
    """The filters that an address asks for; what it does not understand is left out."""
    texts = {name: query.get(name, "").strip()[:100] for name in vars(DeviceFilters())}
    texts["state"] = texts["state"] if texts["state"] in LIFECYCLES else ""
    texts["heard"] = texts["heard"] if texts["heard"] in HEARD else ""
    return DeviceFilters(**texts)


def address_of(filters: DeviceFilters, after: str = "") -> str:
    """The query that shows the list with `filters`, going on after a name."""
    shown = vars(filters) | {"after": after}
    return "?" + urlencode({name: value for name, value in shown.items() if value})


@login_required
@require_safe
def all_devices(request: HttpRequest) -> HttpResponse:
    """Devices by filters that live in the address."""
    acting, filters = acting_of(request), filters_of(request.GET)
    if not acting.may_somewhere(Action.VIEW_DEVICES):
        raise Refused("not_permitted", action=Action.VIEW_DEVICES)
    page = readers.device_page(acting, filters)
    context = {
        "page": page,
        "filters": filters,
        "filtered": filters != DeviceFilters(),
        "kinds": list(kind_options(readers.kind_names())),
        "states": list(LIFECYCLES.items()),
        "heard": [(state, words, page.heard.get(state, 0)) for state, words in HEARD.items()],
        "areas": area_choices(acting, filters.area),
        "newer": address_of(filters) if filters.after else "",
        "older": address_of(filters, page.next_after) if page.next_after else "",
        "labels": reverse("device_labels") + address_of(filters),
        "many": reverse("manage_devices_many") + address_of(filters),
        "may_manage": acting.may_somewhere(Action.MANAGE_DEVICES),
        "sees_coverage": acting.may_in_area(Action.VIEW_DEVICES),
    }
    return render(request, "device/devices.html", context)


@login_required
@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One device: facts, latest values, readings, history; the same 404 for none and for one not theirs."""
    acting = acting_of(request)
    device = readers.one_device(acting, name)
    measuring = readers.measuring(device)
    code = request.GET.get("property", "")
    chosen = next((each for each in measuring if each.code == code), measuring[0] if measuring else None)
    span = request.GET.get("span", "") if request.GET.get("span", "") in SPANS else "day"
    now = timezone.now()
    window = _window(request.GET, SPANS[span][1], now)
    story = readers.story(device)
    context = {
        "device": device,
        "measuring": measuring,
        "chosen": chosen,
        "points": readers.history(chosen.id, window.first, window.last) if chosen else [],
        "plot_words": _plot_words(chosen),
        "window": window,
        "until": _said(window.last),
        "older": window.older(readers.oldest_day(chosen.id)) if chosen else "",
        "newer": window.newer(now),
        "now": now,
        "span": span,
        "spans": [(key, words) for key, (words, _) in SPANS.items()],
        "events": _events(story),
        "outages": [(str(SCOPES[each.scope]), each) for each in story.outages],
        "not_believed": [(REASONS.get(reason, reason), count) for reason, count in story.not_believed],
        "credential": story.credential,
        "may_manage": acting.may(Action.MANAGE_DEVICES, device),
        "muted": device.muted_until is not None and device.muted_until > now,
        "camera_rules": CAMERA_RULES,
    }
    return render(request, "device/device.html", context)


@dataclass(frozen=True)
class Window:
    """The span of time that a page of a device looks at, and the addresses of those beside it."""

    first: datetime
    last: datetime

    def older(self, oldest: datetime | None) -> str:
        """Where the span before it ends; "" where nothing is older."""
        return _said(self.first) if oldest is not None and oldest < self.first else ""

    def newer(self, now: datetime) -> str:
        """Where the span after it ends; "" for the newest, which ends now."""
        return _said(min(self.last + (self.last - self.first), now)) if self.last < now else ""


def _window(query: QueryDict, span: timedelta, now: datetime) -> Window:
    """The span until the moment in the address; until now without one, or with one that is none."""
    try:
        until = datetime.strptime(query.get("until", ""), MOMENT).replace(tzinfo=UTC)
    except ValueError:
        until = now
    until = min(until, now) if until.year > EARLIEST else now
    return Window(until - span, until)


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(MOMENT)


def _plot_words(chosen: Measuring | None) -> str:
    if chosen is None:
        return ""
    return f"{in_language(chosen.name_zh, chosen.name_en)} ({chosen.unit})"


def _events(story: readers.DeviceStory) -> list[EventInWords]:
    class Row:
        """An event as pages of history read it."""

        def __init__(self, event: object) -> None:
            self.at: datetime = event.at  # type: ignore[attr-defined]
            self.action = str(HAPPENED.get(event.action, event.action))  # type: ignore[attr-defined]
            self.subject = ""
            self.actor = event.actor  # type: ignore[attr-defined]
            self.changes = event.changes  # type: ignore[attr-defined]

    return in_words(map(Row, story.events), with_subject=False)


@login_required
@require_safe
def labels(request: HttpRequest) -> HttpResponse:
    """Labels with QR codes of the devices in the list, to print and stick on."""
    acting, filters = acting_of(request), filters_of(request.GET)
    found = readers.chosen_devices(acting, filters).select_related("area").defer("area__boundary")
    rows = list(found.order_by("name")[: MOST_LABELS + 1])
    if len(rows) > MOST_LABELS:
        raise Refused("too_many_labels", most=MOST_LABELS)
    sheet = sheet_of(
        [
            Label(
                device.name,
                device.title,
                device.area.name,
                whole_address(request, reverse("device", args=[device.name])),
            )
            for device in rows
        ],
        gettext("Labels of devices"),
    )
    answer = HttpResponse(sheet, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return answer


@login_required
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Which share of sites has a working device, by area and night."""
    acting = acting_of(request)
    view = readers.coverage(acting, request.GET.get("area", "")[:12])
    known = {str(kind): str(words) for kind, words in SITE_KINDS.items()}
    known["camera_online"] = gettext("Cameras online")
    figures = [(key, words) for key, words in known.items() if key in view.nights]
    context = {
        "view": view,
        "figures": figures,
        "rows": [(row.area, [row.figures.get(key) for key, _ in figures]) for row in view.rows],
        "areas": area_choices(acting, view.area.code),
        "nights": [(words, view.nights[key][-30:]) for key, words in figures],
    }
    return render(request, "device/coverage.html", context)


urlpatterns = [
    path("devices/", all_devices, name="devices"),
    path("devices/labels.pdf", labels, name="device_labels"),
    path("devices/coverage/", coverage, name="device_coverage"),
    path("devices/<str:name>/", show, name="device"),
]
