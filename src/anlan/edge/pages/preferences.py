"""What a reader chose for themselves: ?lang=en|zh-hans and ?theme=light|dark|system, kept in a cookie."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from anlan.edge.pages.map_tiles import basemap_address

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 60 * 60


class Preferences:
    """Middleware; stands before LocaleMiddleware, which reads the language's cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language asked for, and remember it; a cache keeps what each cookie chose apart."""
        chosen = _chosen(request)
        request.COOKIES.update(chosen)
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        for name, value in chosen.items():
            response.set_cookie(
                name, value, max_age=A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
            )
        return response


def _chosen(request: HttpRequest) -> dict[str, str]:
    chosen = {}
    if request.GET.get("lang") in dict(settings.LANGUAGES):
        chosen[settings.LANGUAGE_COOKIE_NAME] = request.GET["lang"]
    if request.GET.get("theme") in (*THEMES, "system"):
        chosen[THEME_COOKIE] = request.GET["theme"]
    return chosen


def page_facts(request: HttpRequest) -> dict[str, object]:
    """Context of every page: the theme chosen ("" follows the system) and whether the data are made up."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": theme if theme in THEMES else "",
        "embedded": getattr(request, "embedded", False),
        "synthetic": settings.ANLAN_SYNTHETIC,
        "city_name": settings.ANLAN_CITY_NAME,
        "basemap": basemap_address(),
        "map_source": settings.ANLAN_MAP_SOURCE or _("Own boundaries, for orientation"),
    }
