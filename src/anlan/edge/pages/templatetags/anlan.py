"""Tags of the pages: {% load anlan %}."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from anlan.base.when_used import when_used
from anlan.edge.pages import deadlines, times
from anlan.edge.pages.assets import asset_url
from anlan.edge.pages.figures import Figure
from anlan.edge.pages.states import STATE_LOOKS

if TYPE_CHECKING:
    import h3
else:
    h3 = when_used("h3")

register = template.Library()

CELL_RESOLUTION = 9


@register.simple_tag
def asset(source: str) -> str:
    """{% asset "src/main.ts" %}: the address of a built file."""
    return asset_url(source)


@register.simple_tag
def fixed(name: str) -> SafeString:
    """{% fixed "parts/words.html" %}: a part of phrases and signs alone, the same for everybody.

    It is drawn once in each language, and gets no context: nothing of a request can be in it.
    """
    return _fixed(name, get_language())


@lru_cache(maxsize=50)
def _fixed(name: str, language: str | None) -> SafeString:
    return render_to_string(name)


@register.filter
def figure(number: object) -> object:
    """{{ total|figure }}: a count that may grow, its digits grouped; words stay as they are."""
    return Figure(number + 0) if isinstance(number, int) else number  # + 0: a lazy one is asked for now


@register.filter
def listed(words: Iterable[object]) -> str:
    """{{ years|listed }}: several things in a row, with the sign that the language puts between them."""
    return gettext(", ").join(map(str, words))


@register.simple_tag
def gap() -> str:
    """{% gap %}: what stands between two sentences; after the full stop of Chinese, nothing."""
    return "" if (get_language() or "").startswith("zh") else " "


@register.simple_tag
def colon() -> str:
    """{% colon %}: what stands between a word and what is said of it; in Chinese the wide sign alone."""
    return "：" if (get_language() or "").startswith("zh") else ": "


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """{% icon "clock" %}: a sign of the sprite, always beside a word."""
    return _sign(f"i-{name}", f"i {extra}".strip())


@register.simple_tag
def sign(name: str) -> SafeString:
    """{% sign "s-new" %}: a sign of the sprite by its whole name, sized by what it stands in."""
    return _sign(name, "")


def _sign(name: str, classes: str) -> SafeString:
    return _svg(asset_url("src/icons.svg"), name, classes)


@lru_cache(maxsize=500)
def _svg(sprite: str, name: str, classes: str) -> SafeString:
    """A page has a hundred signs, and few different ones."""
    return format_html(
        '<svg{} aria-hidden="true"><use href="{}#{}"/></svg>',
        format_html(' class="{}"', classes) if classes else "",
        sprite,
        name,
    )


BAR = (
    '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="t" width="100" height="6"/><rect class="f" width="{}" height="6"/>'
    '<path class="k" d="M{} 0V6M99.5 0V6"/></svg>'
)


def drawn(look: deadlines.DeadlineLook) -> SafeString:
    """A deadline: words, a bar with ticks where it turns amber and where it ends, and what by when."""
    bar = "" if look.share is None else BAR.format(look.share, look.tick)
    words = f"<b>{icon(look.icon)}{escape(look.words)}</b>{bar}<small>{escape(look.small)}</small>"
    return SafeString(f'<div class="due {look.tone}">{words}</div>')


@register.simple_tag
def state(value: str, words: object = "") -> SafeString:
    """{% state case.state %}: sign and word of a state; other words such as "Rework, once" may be given."""
    look = STATE_LOOKS[str(value)]
    classes = f"state {look.tone}".strip()
    return SafeString(
        f'<span class="{classes}">{_sign(look.sign, "")}{escape(str(words or look.word))}</span>'
    )


@register.filter
def beside[A, B](cells: Iterable[A], columns: Iterable[B]) -> list[tuple[A, B]]:
    """{% for cell, column in row.cells|beside:columns %}: each cell with its column."""
    return list(zip(cells, columns, strict=False))


@register.simple_tag
def options(pairs: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """{% options pairs chosen %}: an <option> for each pair of a value and its words."""
    drawn_options = (
        f'<option value="{escape(value)}"{" selected" * (value == chosen)}>{escape(words)}</option>'
        for value, words in pairs
    )
    return SafeString("".join(drawn_options))


@register.filter
def state_word(value: str) -> str:
    """{{ case.state|state_word }}: the bare word, for a title or an option."""
    return str(STATE_LOOKS[str(value)].word)


@register.filter
def state_sign(value: str) -> str:
    """{{ event.state_after|state_sign }}: the sign's name, such as "s-new"."""
    return STATE_LOOKS[str(value)].sign


@register.filter
def state_tone(value: str) -> str:
    """{{ event.state_after|state_tone }}: "", "turn", "done" or "off"."""
    return STATE_LOOKS[str(value)].tone


@register.simple_tag
def due(
    *,
    since: datetime,
    at: datetime,
    stage: str,
    near_at: datetime | None = None,
    now: datetime | None = None,
) -> SafeString:
    """{% due since=clock.began_at near_at=clock.near_at at=clock.due_at stage=clock.stage %}: it runs."""
    moment_now = now or timezone.now()
    look = deadlines.running(since=since, near_at=near_at, at=at, stage=str(stage), now=moment_now)
    return drawn(look)


@register.simple_tag
def due_stopped(
    review_at: datetime | None = None, reason: str = "", now: datetime | None = None
) -> SafeString:
    """{% due_stopped case.review_at case.park_reason %}: the stopped clock of a parked case."""
    return drawn(deadlines.stopped(review_at=review_at, reason=reason, now=now or timezone.now()))


@register.simple_tag
def due_ended(*, in_time: bool, at: datetime, now: datetime | None = None) -> SafeString:
    """{% due_ended in_time=case.in_time at=case.ended_at %}: the work has ended."""
    return drawn(deadlines.ended(in_time=in_time, at=at, now=now or timezone.now()))


@register.simple_tag
def map_item(
    *,
    lng: float | None,
    lat: float | None,
    tone: str = "ok",
    cell: bool = False,
    ring: Iterable[tuple[float, float]] | None = None,
    count: int | None = None,
) -> SafeString:
    """{% map_item lng=case.lng lat=case.lat tone=tone cell=case.approximate %}: where an item of a list is.

    For the opening tag of a list item or row beside a map; nothing without a place. A `cell` hides the point
    in the H3 cell around it (about 200 m across); a `ring` is the outline of the cell that is shown.
    A `count` is written beside its pin, for an item that stands for so many.
    """
    if lng is None or lat is None:
        return SafeString("")
    outline = " ".join(f"{x:.5f},{y:.5f}" for x, y in ring or ())
    if cell:
        place = h3.latlng_to_cell(lat, lng, CELL_RESOLUTION)
        lat, lng = h3.cell_to_latlng(place)
        outline = " ".join(f"{x:.5f},{y:.5f}" for y, x in h3.cell_to_boundary(place))
    many = "" if count is None else f' data-count="{count}"'
    around = f' data-cell="{outline}"' if outline else ""
    return SafeString(f'data-lng="{lng:.6f}" data-lat="{lat:.6f}" data-tone="{escape(tone)}"{around}{many}')


@register.simple_tag
def when(at: datetime | None, now: datetime | None = None) -> SafeString | str:
    """{% when event.at %}: a <time> that reads "today 08:55" or "10-12 17:30"."""
    if at is None:
        return ""
    words = times.moment(at, now or timezone.now())
    return format_html(
        '<time datetime="{}">{}</time>', timezone.localtime(at).isoformat("T", "minutes"), words
    )


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, words: str, but: str = "") -> SafeString | str:
    """{% nav_link "queue" _("Cases") %}: a link of the main navigation, or nothing without such a page.

    `but`: a page below it that has a link of its own.
    """
    try:
        address = _address(name, get_script_prefix())
    except NoReverseMatch:
        return ""
    request = context.get("request")
    path = request.path if isinstance(request, HttpRequest) else ""
    here = _is_under(path, address) and not (but and _is_under(path, _address(but, get_script_prefix())))
    return format_html(
        '<a href="{}"{}>{}</a>', address, SafeString(' aria-current="page"') if here else "", words
    )


@lru_cache(maxsize=100)
def _address(name: str, _prefix: str) -> str:
    """The address of a page, looked up once below each prefix. Raises NoReverseMatch."""
    return reverse(name)


def _is_under(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(address))


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: object) -> str:
    """{% with_query page=2 %}: this page's address, its query changed; None or "" takes away."""
    request = context["request"]
    kept = [(key, value) for key, values in request.GET.lists() if key not in changes for value in values]
    query = urlencode(kept + [(key, str(value)) for key, value in changes.items() if value not in (None, "")])
    return f"{request.path}?{query}" if query else request.path


@register.simple_tag(takes_context=True)
def language_link(context: Context) -> SafeString:
    """{% language_link %}: this page in each of the other languages."""
    now = get_language()
    others = [(code, name) for code, name in settings.LANGUAGES if code != now]
    return format_html_join("", _LANGUAGE, (_language(context, code, str(name)) for code, name in others))


_LANGUAGE = '<a class="s nw" href="{}" lang="{}" hreflang="{}">{}</a>'
OWN_NAMES = {"zh-hans": ("zh-CN", "中文"), "en": ("en", "English")}
"""What a browser calls a language of ours, and what its speakers do."""


def _language(context: Context, code: str, name: str) -> tuple[str, str, str, str]:
    tag, words = OWN_NAMES.get(code, (code, name))
    address = with_query(context, lang=code) if "request" in context else f"?lang={code}"
    return address, tag, tag, words
