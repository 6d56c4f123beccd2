"""Django's settings, all of them read from the environment or fixed here."""

from pathlib import Path

from anlan.config.pages import (
    LANGUAGE_CODE,
    LANGUAGE_COOKIE_NAME,
    LANGUAGES,
    LOCALE_PATHS,
    SECURE_CSP,
    STATIC_URL,
    STATICFILES_DIRS,
    TEMPLATES,
)

__all__ = [
    "LANGUAGES",
    "LANGUAGE_CODE",
    "LANGUAGE_COOKIE_NAME",
    "LOCALE_PATHS",
    "SECURE_CSP",
    "STATICFILES_DIRS",
    "STATIC_URL",
    "TEMPLATES",
]

BASE_DIR = Path(__file__).resolve().parents[3]
USE_TZ = True
SECRET_KEY = "replaced-below"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "anlan.store",
]
AUTH_USER_MODEL = "store.User"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres"}}
MIDDLEWARE = [
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anlan.edge.pages.preferences.Preferences",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "anlan.edge.pages.kit"
