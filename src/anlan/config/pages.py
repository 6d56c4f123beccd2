"""Django's settings for what a browser gets: templates, languages, assets, and what a page may load."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from anlan.edge.phrases import compiled

BASE_DIR = Path(__file__).resolve().parents[3]
EDGE = BASE_DIR / "src" / "anlan" / "edge"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [EDGE / "pages" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "anlan.edge.pages.folded.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anlan.edge.pages.preferences.page_facts",
                "anlan.edge.pages.acting.member_facts",
            ],
            "libraries": {
                "anlan": "anlan.edge.pages.templatetags.anlan",
                "cases": "anlan.edge.pages.templatetags.cases",
                "case_rows": "anlan.edge.pages.templatetags.case_rows",
                "devices": "anlan.edge.pages.templatetags.devices",
                "scores": "anlan.edge.pages.templatetags.scores",
                "places": "anlan.edge.pages.templatetags.places",
            },
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES: list[tuple[str, Any]] = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = compiled()
LANGUAGE_COOKIE_NAME = "lang"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "build" / "web"]


def policy(basemap: str) -> dict[str, Any]:
    """What a page may load: files of our own, pictures that it holds in memory, and tiles of `basemap`.

    A picture in memory is a photo before it is sent, or a tile.
    """
    tiles = [f"https://{urlsplit(basemap).netloc}"] if basemap.startswith("https://") else []
    return {
        "default-src": [CSP.NONE],
        "script-src": [CSP.SELF],
        "style-src": [CSP.SELF],
        "img-src": [CSP.SELF, "data:", "blob:", *tiles],
        "connect-src": [CSP.SELF, *tiles],
        "worker-src": [CSP.SELF],
        "font-src": [CSP.SELF],
        "manifest-src": [CSP.SELF],
        "form-action": [CSP.SELF],
        "base-uri": [CSP.NONE],
        "frame-ancestors": [CSP.NONE],
    }
