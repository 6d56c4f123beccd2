"""`anlan backup`: database and photos in one file, made while the city works."""

import re
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from anlan.edge.cli import archive, postgres
from anlan.edge.cli.archive import Manifest
from anlan.edge.cli.installation import opened, refuse_half_restored
from anlan.edge.cli.problems import Problem, in_words
from anlan.edge.cli.progress import Advance, bar, tracked
from anlan.edge.cli.speaking import gettext as _

_WRONG = re.compile(r"^\w+: (error|detail|hint): |FATAL|No space left")
_BEGINS = re.compile(r'dumping contents of table "?(?:\w+"?\."?)?(\w+)')


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="The archive to write; default: in ANLAN_HOME/backups.")
    ] = None,
) -> None:
    """Write database and photos into one archive; people may go on working."""
    from anlan.store.readers import whole

    with opened() as settings:
        refuse_half_restored()
        target = file or _default(settings.ANLAN_HOME)
        if target.exists():
            raise Problem(_("%(file)s is there already: name another file.") % {"file": target})
        manifest = _write(settings, target)
        empty = whole.is_untouched()
    rows = sum(int(content[0]) for content in manifest.tables.values())
    photos = sum(".small." in name for name in manifest.files)
    size = target.stat().st_size
    print(
        _("%(file)s: %(rows)s rows of %(tables)s tables, %(photos)s photos, %(size)s bytes")
        % {
            "file": target,
            "rows": f"{rows:,}",
            "tables": len(manifest.tables),
            "photos": f"{photos:,}",
            "size": f"{size:,}",
        }
    )
    if empty:
        print(
            _("Nobody works in the installation in %(folder)s yet: is ANLAN_HOME the one of your city?")
            % {"folder": settings.ANLAN_HOME}
        )


def connection_words(settings: Any) -> tuple[str, dict[str, str]]:
    """Return how PostgreSQL's programs reach the database: words, and an environment with the password."""
    from psycopg.conninfo import make_conninfo

    facts = settings.DATABASES["default"]
    options = {name: value for name, value in facts["OPTIONS"].items() if name != "pool"}
    named = {"dbname": facts["NAME"], "user": facts["USER"], "host": facts["HOST"], "port": facts.get("PORT")}
    words = make_conninfo("", **{name: value for name, value in {**named, **options}.items() if value})
    return words, {**postgres.environment(), "PGPASSWORD": facts.get("PASSWORD", "")}


def _default(home: Path) -> Path:
    return home / "backups" / f"anlan-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"


def _write(settings: Any, target: Path) -> Manifest:
    """Write the archive beside its place and move it there when it is whole."""
    part = target.with_name(target.name + ".part")
    dump = target.with_name(target.name + ".dump")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in (part, dump):
            file.touch(mode=0o600)
        manifest, photos = _look_and_dump(settings, dump)
        with tarfile.open(part, "w") as tar:
            archive.add(tar, dump, archive.DUMP, manifest)
            _add_photos(tar, settings.MEDIA_ROOT, photos, manifest)
            archive.close(tar, manifest)
        part.replace(target)
    except OSError as error:
        raise Problem(
            _("%(file)s could not be written: %(error)s.") % {"file": target, "error": in_words(error)}
        ) from error
    finally:
        for file in (part, dump):
            with suppress(NotADirectoryError):
                file.unlink(missing_ok=True)
    return manifest


def _look_and_dump(settings: Any, dump: Path) -> tuple[Manifest, list[str]]:
    """Dump the database and write down what it holds, both as of one moment; with the files of its photos."""
    from anlan.store.readers import installation, whole

    kind = settings.ANLAN_KIND.read_text() if settings.ANLAN_KIND.exists() else "own"
    with whole.one_moment() as moment:
        _dump(settings, dump, moment)
        names = whole.tables()
        manifest = Manifest(
            release=version("anlan"),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            kind=kind,
            server_version=installation.server_version(),
            migrations=whole.applied_migrations(),
            tables=whole.contents(tracked(names, _("Counting and hashing"), len(names))),
        )
        return manifest, [*_files(whole.photo_ids(), whole.covered_ids())]


def _files(photos: Iterable[UUID], covered: Iterable[UUID]) -> Iterator[str]:
    """The files of these photos, below their folder."""
    from anlan.store import photo_files

    for ids, *paths in (
        (photos, photo_files.picture_path, photo_files.thumbnail_path),
        (covered, photo_files.covered_path, photo_files.covered_thumbnail_path),
    ):
        yield from (str(path(each).relative_to(photo_files.folder())) for each in ids for path in paths)


def _dump(settings: Any, dump: Path, moment: str) -> None:
    """Let pg_dump write the database as of `moment`."""
    from anlan.store.readers import whole

    sizes = whole.bytes_of_tables()
    words, environment = connection_words(settings)
    command: list[str | Path] = [
        postgres.program("pg_dump"),
        *("-Fc", "--no-owner", "--verbose", f"--snapshot={moment}", f"--dbname={words}", "-f", dump),
    ]
    with (
        bar(_("Writing the database"), sum(sizes.values())) as advance,
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as dumping,
    ):
        assert dumping.stderr is not None
        said = [line for line in dumping.stderr if not _told(line, sizes, advance)]
    if dumping.returncode != 0:
        wrong = " ".join(line.strip() for line in said if _WRONG.search(line))
        raise Problem(_("The database could not be dumped: %(error)s") % {"error": wrong})


def _told(line: str, sizes: Mapping[str, int], advance: Advance) -> bool:
    """Whether a line of pg_dump only says where it is; a table that it begins counts as done."""
    begins = _BEGINS.search(line)
    if begins:
        advance(sizes.get(begins[1], 0))
    return begins is not None


def _add_photos(tar: tarfile.TarFile, folder: Path, photos: list[str], manifest: Manifest) -> None:
    """Put the photos of that moment into the archive; one that was erased since then stays erased."""
    for name in tracked(photos, _("Adding the photos"), len(photos)):
        try:
            archive.add(tar, folder / name, f"photos/{name}", manifest)
        except FileNotFoundError:
            manifest.erased_meanwhile.append(name)
