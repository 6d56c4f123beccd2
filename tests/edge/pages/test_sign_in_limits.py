"""Tries to sign in are counted for all web processes together, and no address of anybody is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests.cast import build_cast

ROOT = Path(__file__).parents[3]
PASSWORD = "长长的口令 and some words"
IN_ANOTHER_PROCESS = """
import django; django.setup()
from django.test import Client
for _ in range(5):
    Client().post("/account/login/", {"login": "carol", "password": "wrong"}, REMOTE_ADDR="203.0.113.7")
"""


def try_in_another_process() -> None:
    """Try five wrong passwords in a process of its own, on the database of this test."""
    facts = connection.settings_dict
    url = f"postgresql://{facts['USER']}@/{facts['NAME']}?host={facts['HOST']}"
    given = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "anlan.config.settings"}
    given["ANLAN_SECRET_KEY"], given["ANLAN_ALLOWED_HOSTS"] = "k" * 32, "testserver"
    subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS], cwd=ROOT, env=given, check=True)


@pytest.mark.django_db(transaction=True)
def test_wrong_passwords_tried_at_another_process_count_here(settings) -> None:
    settings.SECRET_KEY = "k" * 32  # as all processes of a city have one
    carol = build_cast().carol.user
    carol.set_password(PASSWORD)
    carol.save()

    try_in_another_process()
    answer = Client(headers={"accept-language": "en"}).post(
        "/account/login/", {"login": "carol", "password": PASSWORD}
    )

    assert answer.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]


@pytest.mark.django_db
def test_what_is_counted_keeps_no_address_and_no_name() -> None:
    form = {"login": "carol@lanchuan.example", "password": "wrong"}
    Client().post("/account/login/", form, REMOTE_ADDR="203.0.113.7")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, decode(value, 'base64') FROM store_shared_cache")
        kept = str(cursor.fetchall())
    assert kept != "[]"
    assert [word for word in ("203.0.113.7", "carol") if word in kept] == []
