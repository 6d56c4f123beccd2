"""`anlan restore`: an archive into an empty installation, checked, and brought to this release."""

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from anlan.edge.cli import archive, home
from anlan.edge.cli.archive import Manifest
from anlan.edge.cli.backup import connection_words
from anlan.edge.cli.factors import unreadable_words
from anlan.edge.cli.installation import migrate, opened, read_settings
from anlan.edge.cli.loading import load
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.progress import bar, tracked
from anlan.edge.cli.speaking import gettext as _


def restore(
    file: Annotated[
        Path, typer.Argument(help="An archive that `anlan backup` wrote.", exists=True, dir_okay=False)
    ],
) -> None:
    """Put an archive into an empty installation; an archive of an earlier release is brought to this one."""
    settings = read_settings()
    home.make(settings.ANLAN_HOME)
    if home.is_held(settings.ANLAN_HOME):
        raise Problem(_("The city is running: stop it first."))
    unpacked = settings.ANLAN_HOME / "restore.new"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir(mode=0o700)
    try:
        with opened():
            _refuse_used(settings)
            with bar(_("Unpacking and checking"), file.stat().st_size) as advance:
                manifest = archive.unpack(file, unpacked, advance)
            _put_in(settings, unpacked, manifest)
            total, closed = _sealed_factors()
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    print(
        _("Restored %(rows)s rows of %(tables)s tables and %(files)s files of photos.")
        % {
            "rows": f"{_rows(manifest):,}",
            "tables": len(manifest.tables),
            "files": f"{len(manifest.files) - 1:,}",
        }
    )
    if closed:
        print(unreadable_words(len(closed), total))


def _sealed_factors() -> tuple[int, list[Any]]:
    from anlan.store.readers.second_factors import sealed_factors

    return sealed_factors()


def _refuse_used(settings: Any) -> None:
    """Refuse an installation that holds something else than what a restore left that never ended."""
    from anlan.store.readers import whole

    left = whole.restore_begun()
    has_rows = left is None and not whole.is_untouched()
    has_photos = left != str(settings.MEDIA_ROOT) and any(settings.MEDIA_ROOT.glob("??/*"))
    if has_rows or has_photos:
        raise Problem(
            _(
                "The installation in %(folder)s is not empty; nothing was changed. Restore into a new one: "
                "set ANLAN_HOME (and DATABASE_URL, if you use it) to a new place."
            )
            % {"folder": settings.ANLAN_HOME}
        )


def _put_in(settings: Any, unpacked: Path, manifest: Manifest) -> None:
    """Load the database, compare it with the manifest, add the photos, and migrate.

    Whoever is killed on the way leaves the mark of a restore that began: no city starts from it, and the
    next restore begins anew.
    """
    from anlan.store.readers import whole

    _refuse_later_release(manifest, whole.known_migrations())
    whole.begin_restore(str(settings.MEDIA_ROOT))
    try:
        _load(settings, unpacked / archive.DUMP, manifest)
        tables = tracked(whole.tables(), _("Comparing with the manifest"), len(manifest.tables))
        _compare(manifest, whole.contents(tables))
    except Problem:
        whole.drop_everything()
        raise
    _put_photos(unpacked / "photos", settings.MEDIA_ROOT)
    home.write(settings.ANLAN_KIND, manifest.kind)
    migrate()
    whole.count_rows(whole.tables())
    whole.end_restore()


def _put_photos(unpacked: Path, place: Path) -> None:
    """Put the photos of the archive in the place of what lies there; there may be none."""
    unpacked.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(place)
    unpacked.replace(place)


def _refuse_later_release(manifest: Manifest, known: set[str]) -> None:
    """Refuse an archive whose tables this release does not know yet."""
    if later := sorted(set(manifest.migrations) - known):
        raise Problem(
            _(
                "The archive was made by a later release (%(release)s, which has %(name)s): install that "
                "release or a later one, then restore."
            )
            % {"release": manifest.release, "name": later[0]}
        )


def _load(settings: Any, dump: Path, manifest: Manifest) -> None:
    """Fill the empty database, all of it or nothing."""
    words, environment = connection_words(settings)
    with bar(_("Loading the database"), _rows(manifest)) as advance:
        load(words, environment, dump, advance)


def _rows(manifest: Manifest) -> int:
    return sum(int(content[0]) for content in manifest.tables.values())


def _compare(manifest: Manifest, found: dict[str, list[int | str]]) -> None:
    """Refuse a database that does not hold what the archive was made from."""
    for table in sorted({*manifest.tables, *found}):
        if manifest.tables.get(table) != found.get(table):
            raise Problem(
                _(
                    "The table %(table)s came out different: rows and hash %(found)s, in the manifest "
                    "%(named)s. Nothing was restored."
                )
                % {"table": table, "found": found.get(table), "named": manifest.tables.get(table)}
            )
