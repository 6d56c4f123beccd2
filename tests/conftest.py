"""Fixtures for all tests: a home, a PostgreSQL for those that ask for a database, and the cast."""

import gc
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.test.client import ClientMixin
from pytest_django.plugin import DjangoDbBlocker

from anlan.edge.cli.postgres import ROLE, running
from tests.cast import cast as cast
from tests.cast import cast_of_file as cast_of_file
from tests.cast import cast_once as cast_once
from tests.cast import kept_cast as kept_cast
from tests.examples import examples
from tests.migrated import migrated_cluster

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


# what commands print is compared in English, whatever the terminal speaks
os.environ["LC_ALL"] = "C.UTF-8"
# a busy machine is no fault of the code: speed is measured in benchmarks/
hypothesis.settings.register_profile("house", deadline=None, max_examples=examples(50))
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """Give a folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-test-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database of tests is there before Django asks for it; it goes with its folder."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(short_folder: Path) -> Iterator[None]:
    """Start PostgreSQL in a folder of its own, once for each test process; tests have no other database."""
    from django.conf import settings
    from django.db import connections

    cluster = migrated_cluster(short_folder)
    ours = {
        "NAME": ROLE,
        "USER": ROLE,
        "HOST": str(cluster.sockets),
        "PORT": "",
        "PASSWORD": "",
        "OPTIONS": {},
    }
    with running(cluster):
        with psycopg.connect(dbname=ROLE, user="postgres", host=ours["HOST"]) as superuser:
            superuser.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")
        for facts in (settings.DATABASES["default"], connections.databases["default"]):
            facts.update(ours)
            facts.setdefault("TEST", {})["NAME"] = ROLE
        yield
        connections.close_all()


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that fixtures of a file store once: each test is rolled back to them, and they at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def kept(scene: object) -> bytes:
    """What a scene of `kept_rows` hands out; each test unpickles a copy.

    Its rows are checked now: what waits for the end of a transaction would be checked after each test.
    """
    connection.check_constraints()
    return pickle.dumps(scene)


EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
            AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('LOCK TABLE %1$I; DELETE FROM %1$I', name);
    END LOOP;
END $$
"""
"""Takes all rows away but those that tell of the tables. No trigger looks: histories refuse to lose a row."""


@pytest.fixture(autouse=True, scope="session")
def quick_flush() -> None:
    """A test that is not rolled back leaves few rows: Django would make all tables anew to be rid of them."""

    def empty(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(EMPTY)

    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what was imported, which it would look through many times."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let it look once through all that was used, and not as often as pytest does in the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def quick_hashes() -> None:
    """Passwords are slow to try on purpose; that need not be waited for where tests sign in."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True, scope="session")
def quick_sessions() -> None:
    """A browser that is signed in without a form needs a session, and not all that Django does about it."""
    from django.conf import settings
    from django.contrib import auth

    from anlan.edge.pages.session_engine import SessionStore

    def force_login(browser: Client, user: AbstractBaseUser) -> None:
        session = SessionStore()
        session[auth.SESSION_KEY] = str(user.pk)
        session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        browser.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)

    ClientMixin.force_login = force_login  # type: ignore[assignment, method-assign]


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep photos and mail of the tests out of the home of the checkout."""
    from django.conf import settings

    settings.ANLAN_HOME = tmp_path_factory.mktemp("home")
    settings.MEDIA_ROOT = settings.ANLAN_HOME / "photos"
    (settings.ANLAN_HOME / "factor-key").write_text("a-key-for-the-second-factors-of-tests")
    settings.ANLAN_POSTGRES = None
    settings.ANLAN_OWN_NETWORKS = [ip_network("127.0.0.0/8")]  # where other systems of tests listen
    settings.ANLAN_PAGES_KEPT = 0  # a test looks right after what it did
    settings.ANLAN_QUICKEST_REPORT = 0  # a test fills in a form faster than a person can
    settings.WHITENOISE_AUTOREFRESH = True  # each test client would list all static files first
    return settings.ANLAN_HOME
