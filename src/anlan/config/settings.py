"""Django's settings: what the environment gives (`environment.py`) and what is the same everywhere.

Reading them makes no folder of the city and no key: `anlan serve` does.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anlan.config import environment
from anlan.config.accounts import (
    ACCOUNT_ADAPTER,
    ACCOUNT_EMAIL_VERIFICATION,
    ACCOUNT_FORMS,
    ACCOUNT_LOGIN_METHODS,
    ACCOUNT_RATE_LIMITS,
    ACCOUNT_SESSION_REMEMBER,
    ACCOUNT_SIGNUP_FIELDS,
    AUTHENTICATION_BACKENDS,
    LOGIN_REDIRECT_URL,
    LOGIN_URL,
    LOGOUT_REDIRECT_URL,
    MFA_ADAPTER,
    MFA_ALLOW_UNVERIFIED_EMAIL,
    MFA_FORMS,
    MFA_PASSKEY_LOGIN_ENABLED,
    MFA_SUPPORTED_TYPES,
    MFA_TOTP_ISSUER,
    MFA_TOTP_TOLERANCE,
    SESSION_COOKIE_AGE,
    SESSION_ENGINE,
    USERSESSIONS_TRACK_ACTIVITY,
)
from anlan.config.pages import (
    LANGUAGE_COOKIE_NAME,
    LANGUAGES,
    LOCALE_PATHS,
    STATIC_URL,
    STATICFILES_DIRS,
    TEMPLATES,
    policy,
)
from anlan.edge.phrases import own_languages

__all__ = [
    "ACCOUNT_ADAPTER",
    "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_FORMS",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_SESSION_REMEMBER",
    "ACCOUNT_SIGNUP_FIELDS",
    "AUTHENTICATION_BACKENDS",
    "LANGUAGES",
    "LANGUAGE_COOKIE_NAME",
    "LOCALE_PATHS",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "LOGOUT_REDIRECT_URL",
    "MFA_ADAPTER",
    "MFA_ALLOW_UNVERIFIED_EMAIL",
    "MFA_FORMS",
    "MFA_PASSKEY_LOGIN_ENABLED",
    "MFA_SUPPORTED_TYPES",
    "MFA_TOTP_ISSUER",
    "MFA_TOTP_TOLERANCE",
    "SESSION_COOKIE_AGE",
    "SESSION_ENGINE",
    "STATICFILES_DIRS",
    "STATIC_URL",
    "TEMPLATES",
    "USERSESSIONS_TRACK_ACTIVITY",
]

BASE_DIR = Path(__file__).resolve().parents[3]

# Where things are

ANLAN_HOME = BASE_DIR / environment.read(environment.HOME, os.environ)
ANLAN_HOST = environment.read(environment.HOST, os.environ)
ANLAN_PORT = environment.read(environment.PORT, os.environ)
ANLAN_PUBLIC_URL = environment.read(environment.PUBLIC_URL, os.environ)
ANLAN_KIND = ANLAN_HOME / "kind"  # written at the first start: "demo" or "own"
ANLAN_SYNTHETIC = ANLAN_KIND.exists() and ANLAN_KIND.read_text() == "demo"
ANLAN_WEB_PROCESSES = environment.read(environment.WEB_PROCESSES, os.environ)
ANLAN_SENDINGS_PER_HOUR = environment.read(environment.SENDINGS_PER_HOUR, os.environ)
ANLAN_REPORTS_PER_HOUR = environment.read(environment.REPORTS_PER_HOUR, os.environ)
ANLAN_REPORTS_PER_DAY = environment.read(environment.REPORTS_PER_DAY, os.environ)
ANLAN_PLAIN_REPORTS_PER_HOUR = environment.read(environment.PLAIN_REPORTS_PER_HOUR, os.environ)
ANLAN_PLAIN_REPORTS_PER_DAY = environment.read(environment.PLAIN_REPORTS_PER_DAY, os.environ)
ANLAN_QUICKEST_REPORT = environment.read(environment.QUICKEST_REPORT, os.environ)
ANLAN_PAGES_KEPT = environment.read(environment.PAGES_KEPT, os.environ)
ANLAN_OWN_NETWORKS = environment.read(environment.OWN_NETWORKS, os.environ)
ANLAN_EMBEDDED_BY = environment.read(environment.EMBEDDED_BY, os.environ)
ANLAN_SLOW_QUERY_MS = environment.read(environment.SLOW_QUERY_MS, os.environ)
ANLAN_LOG_LEVEL = environment.read(environment.LOG_LEVEL, os.environ)
# for how many days readings are kept one by one
ANLAN_READINGS_DAYS = environment.read(environment.READINGS_DAYS, os.environ)
ANLAN_FACTOR_KEY = environment.read(environment.FACTOR_KEY, os.environ)
ANLAN_PHOTO_DAYS = environment.read(environment.PHOTO_DAYS, os.environ)
ANLAN_EVIDENCE_DAYS = environment.read(environment.EVIDENCE_DAYS, os.environ)
ANLAN_VERIFIER_POOL = environment.read(environment.VERIFIER_POOL, os.environ)
ANLAN_JURISDICTION_ID = environment.read(environment.JURISDICTION_ID, os.environ)
ANLAN_OPEN311_POSTS_PER_HOUR = environment.read(environment.OPEN311_POSTS_PER_HOUR, os.environ)
ANLAN_SENSING = environment.read(environment.SENSING, os.environ)
ANLAN_NATS_PORT = environment.read(environment.NATS_PORT, os.environ)
ANLAN_MQTT_HOST = environment.read(environment.MQTT_HOST, os.environ)
ANLAN_MQTT_PORT = environment.read(environment.MQTT_PORT, os.environ)
ANLAN_BROKER_SYNC = environment.read(environment.BROKER_SYNC, os.environ)
ANLAN_FRAMES_HOST = environment.read(environment.FRAMES_HOST, os.environ)
ANLAN_FRAMES_PORT = environment.read(environment.FRAMES_PORT, os.environ)
ANLAN_FRAMES_SERVERS = environment.read(environment.FRAMES_SERVERS, os.environ)
ANLAN_FRAMES_SHARES = environment.read(environment.FRAMES_SHARES, os.environ)
ANLAN_DEVICE_RATE = environment.read(environment.DEVICE_RATE, os.environ)
ANLAN_PUBLIC_CELL_HOMES = environment.read(environment.PUBLIC_CELL_HOMES, os.environ)
ANLAN_SECOND_CHECK_PERCENT = environment.read(environment.SECOND_CHECK_PERCENT, os.environ)
ANLAN_CALENDAR = environment.read(environment.CALENDAR, os.environ)
ANLAN_CITY_NAME = environment.read(environment.CITY_NAME, os.environ)
ANLAN_BASEMAP = environment.read(environment.BASEMAP, os.environ)
ANLAN_DATA_LICENCE = environment.read(environment.DATA_LICENCE, os.environ)
ANLAN_MAP_SOURCE = environment.read(environment.MAP_SOURCE, os.environ)
MEDIA_ROOT = ANLAN_HOME / "photos"

# The database: our own below ANLAN_HOME, or the one of DATABASE_URL. A socket's path may have about 100
# bytes, so our own has its socket in a short folder named after the home.

_OWN_DATABASE = not os.environ.get("DATABASE_URL")
_HOME_MARK = hashlib.sha256(os.fsencode(ANLAN_HOME.resolve())).hexdigest()[:12]
ANLAN_SOCKETS = Path("/tmp") / f"anlan-{_HOME_MARK}"
ANLAN_POSTGRES = ANLAN_HOME / "postgres" if _OWN_DATABASE else None
_OWN: dict[str, Any] = {"NAME": "anlan", "USER": "anlan", "HOST": str(ANLAN_SOCKETS)}
_GIVEN = environment.read(environment.DATABASE_URL, os.environ) or _OWN
# what nobody used is given back, one every three seconds: an idle city holds none for its pages
_POOL = {"min_size": 0, "max_size": 8, "timeout": 10, "max_idle": 3}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_GIVEN,
        "OPTIONS": {"pool": _POOL, "connect_timeout": 5} | _GIVEN.get("OPTIONS", {}),
    },
}

# What all web processes share for minutes: how often somebody tried to sign in

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "store_shared_cache",
        "KEY_FUNCTION": "anlan.config.cache_keys.hashed",
    }
}

# Applications: one line an entry

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "anlan.store",
]
MIDDLEWARE = [
    "anlan.edge.operations.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anlan.edge.pages.preferences.Preferences",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "anlan.edge.answers.Answers",
    "allauth.account.middleware.AccountMiddleware",
    "anlan.edge.pages.second_factor.SecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "anlan.config.urls"
ASGI_APPLICATION = "anlan.config.asgi.application"
AUTH_USER_MODEL = "store.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# Jobs

PROCRASTINATE_IMPORT_PATHS = [
    "anlan.edge.jobs.alarms",
    "anlan.edge.jobs.answers",
    "anlan.edge.jobs.areas",
    "anlan.edge.jobs.calendars",
    "anlan.edge.jobs.clocks",
    "anlan.edge.jobs.devices",
    "anlan.edge.jobs.feeds",
    "anlan.edge.jobs.left_over",
    "anlan.edge.jobs.mail",
    "anlan.edge.jobs.many",
    "anlan.edge.jobs.notices",
    "anlan.edge.jobs.other_cities",
    "anlan.edge.jobs.photos",
    "anlan.edge.jobs.public",
    "anlan.edge.jobs.reports",
    "anlan.edge.jobs.scores",
    "anlan.edge.jobs.warnings",
]

# Language and time: those of anlan, and those that the city added in its home

LANGUAGES = LANGUAGES + own_languages(ANLAN_HOME / "locale")
LOCALE_PATHS = [*LOCALE_PATHS, ANLAN_HOME / "locale"]
USE_TZ = True
TIME_ZONE = environment.read(environment.TIME_ZONE, os.environ)
LANGUAGE_CODE = environment.read(environment.LANGUAGE, os.environ)

# Static files: Vite builds into build/web, `make setup` collects them with those of the applications

STATIC_ROOT = BASE_DIR / "build" / "static"
WHITENOISE_IMMUTABLE_FILE_TEST = f"^{STATIC_URL}assets/"  # what Vite built carries a hash in its name
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# Logs: lines of JSON on the output of the process

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "anlan.edge.operations.logs.JsonLines"}},
    "handlers": {
        "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
    },
    "root": {"handlers": ["out"], "level": ANLAN_LOG_LEVEL.upper()},
    "loggers": {"procrastinate": {"level": "WARNING"}, "_granian": {"level": "WARNING"}},
}
LOGGING_CONFIG = "logging.config.dictConfig"

# Security


def _key() -> str:
    """Return the key given, else the one kept in the home, else one that is good for this process alone."""
    kept = ANLAN_HOME / "secret-key"
    given = environment.read(environment.SECRET_KEY, os.environ)
    return given or (kept.read_text().strip() if kept.exists() else secrets.token_urlsafe(50))


SECRET_KEY = _key()
_HTTPS = ANLAN_PUBLIC_URL.startswith("https://")
_PUBLIC_NAME = urlsplit(ANLAN_PUBLIC_URL).hostname
ALLOWED_HOSTS = environment.read(environment.ALLOWED_HOSTS, os.environ) + (
    [_PUBLIC_NAME] if _PUBLIC_NAME else []
)
CSRF_TRUSTED_ORIGINS = [ANLAN_PUBLIC_URL] if ANLAN_PUBLIC_URL else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_CSP = policy(ANLAN_BASEMAP)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS  # browsers give passkeys to localhost without https
ALLAUTH_TRUSTED_PROXY_COUNT = int(_HTTPS)  # whose word counts for where a request comes from

# Mail and short messages

_MAILER = environment.read(environment.EMAIL_URL, os.environ)
if _MAILER["OPTIONS"].get("file_path") == "":
    _MAILER["OPTIONS"]["file_path"] = str(ANLAN_HOME / "mail")
MAILERS = {"default": _MAILER}
ANLAN_MAIL_IN = environment.read(environment.MAIL_IN, os.environ)
ANLAN_MAIL_ADDRESS = environment.read(environment.MAIL_ADDRESS, os.environ)
_SMS = environment.read(environment.SMS_URL, os.environ)
ANLAN_SMS_URL = f"file:{ANLAN_HOME / 'sms'}" if _SMS == "file:" else _SMS
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.read(environment.EMAIL_FROM, os.environ)

# Photos: up to four of 20 MB; the rest of a form is small

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 8
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = [
    "anlan.edge.pages.photo_uploads.UpToAPhoto",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "anlan.edge.pages.photo_uploads.WhileThereIsRoom",
]
FILE_UPLOAD_PERMISSIONS = 0o600
