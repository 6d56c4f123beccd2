"""Django's settings, all of them read from the environment or fixed here."""

from pathlib import Path

USE_TZ = True
SECRET_KEY = "replaced-below"
INSTALLED_APPS: list[str] = []
BASE_DIR = Path(__file__).resolve().parents[3]
