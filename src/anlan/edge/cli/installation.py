"""An installation as the command line sees it: where it lies, and its database when it is not running."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anlan.edge.cli import home, postgres
from anlan.edge.cli.postgres import Cluster
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _


def read_settings() -> Any:
    """Return Django's settings; a wrong value of the environment stops here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018  # the first look reads them
    return settings


def cluster(settings: Any) -> Cluster | None:
    """Return the cluster below the home; None when DATABASE_URL names another."""
    if settings.ANLAN_POSTGRES is None:
        return None
    log = settings.ANLAN_HOME / "logs" / "postgres.log"
    return Cluster(settings.ANLAN_POSTGRES, settings.ANLAN_SOCKETS, log)


@contextmanager
def opened() -> Iterator[Any]:
    """Set Django up for a command; start the database for its time when nobody has.

    Yields:
        Django's settings.
    """
    settings = read_settings()
    # a command needs one connection, and the words of the server when there is none
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    ours = cluster(settings)
    runs = home.is_held(settings.ANLAN_HOME)
    if not runs:
        home.make(settings.ANLAN_HOME)
    if runs or ours is None:
        set_up()
        yield settings
        return
    with home.held(settings.ANLAN_HOME, "no address: a command"), postgres.running(ours):
        set_up()
        yield settings


@contextmanager
def ready() -> Iterator[Any]:
    """Set Django up for a command that works on the city's data: the database there, and of this release.

    Yields:
        Django's settings.
    """
    with opened() as settings:
        refuse_half_restored()
        migrate()
        yield settings


def refuse_half_restored() -> None:
    """Refuse to work on what a restore left that never came to its end.

    Raises:
        Problem: rows or photos may be missing; the words say what to do.
    """
    if (words := half_restored()) is not None:
        raise Problem(words)


def half_restored() -> str | None:
    """What to say of an installation whose restore never came to its end; else None."""
    from anlan.store.readers import whole

    if (photos := whole.restore_begun()) is None:
        return None
    return _(
        "A restore into this installation (photos in %(folder)s) was broken off: it is not whole, and no "
        "city runs from it. Run `anlan restore` with the archive again: it begins anew."
    ) % {"folder": photos}


def migrate() -> None:
    """Bring the database to this release, where it is not."""
    from django.core.management import call_command

    from anlan.store.readers import installation

    if installation.migrations_missing():
        with _collecting_seldom():
            call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for garbage seldom: Django builds all models anew for each step, a great many objects that stay.

    A quarter of the time of a long chain of migrations went into looking; seldom costs 90 MB of memory.
    """
    before = gc.get_threshold()
    gc.set_threshold(20_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def set_up() -> None:
    """Load the applications."""
    import django

    django.setup()


def log_file(settings: Any) -> Path:
    """Return the file for the logs of a city that runs on a terminal; a long one is put aside first."""
    file: Path = settings.ANLAN_HOME / "logs" / "city.log"
    if file.exists() and file.stat().st_size > 10_000_000:
        file.replace(file.with_name("city.log.old"))
    return file
