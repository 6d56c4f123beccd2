"""Django's settings, all of them read from the environment or fixed here."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[3]
USE_TZ = True
SECRET_KEY = "replaced-below"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "anlan.store",
]
AUTH_USER_MODEL = "store.User"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres"}}
