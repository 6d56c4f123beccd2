"""An archive made while the city works, put into an empty installation: the same counts and hashes."""

import gzip
import io
import json
import signal
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from anlan.edge.cli import prepare
from anlan.edge.cli.archive import Manifest, add, close, unpack
from anlan.edge.cli.postgres import Cluster
from anlan.edge.cli.problems import Problem
from tests.edge.cli.cities import City, add_areas, entered, manifest_of

pytestmark = pytest.mark.usefixtures("reachable")

NO_TABLES = "template1"


@dataclass(frozen=True)
class Kept:
    """A city that tests only look at, with two photos, and the archive that was made of it."""

    city: City
    archive: Path
    photos: tuple[UUID, UUID]

    @property
    def manifest(self) -> dict[str, object]:
        """What the archive says it holds."""
        return manifest_of(self.archive)


@pytest.fixture(scope="module")
def kept(reachable: None, server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A city with areas and photos, and its archive."""
    place = tmp_path_factory.mktemp("kept")
    city = City(server, place / "kept city 老城")
    photos = with_photos(city)
    city.do("backup", place / "a.tar")
    return Kept(city, place / "a.tar", photos)


@pytest.fixture(scope="module")
def restored(kept: Kept, server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[City, str]:
    """The city that came out of the archive, and what a terminal showed meanwhile."""
    city = City(server, tmp_path_factory.mktemp("restored") / "new city 新城", NO_TABLES)
    return city, city.do("restore", kept.archive, FORCE_COLOR="1")


@pytest.fixture
def bare(server: Cluster, tmp_path: Path) -> City:
    """Give an installation whose database has no tables yet."""
    return City(server, tmp_path / "new city 新城", NO_TABLES)


@contextmanager
def writing(city: City) -> Iterator[list[int]]:
    """Go on adding areas until the block ends; the numbers of those added."""
    stop, added = threading.Event(), []

    def write() -> None:
        with city.connect() as connection:
            number = 1000
            while not stop.is_set() and number < 9000:
                add_areas(connection, range(number, number + 1))
                added.append(number)
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield added
    finally:
        stop.set()
        writer.join()


def test_a_backup_under_load_restores_to_what_its_manifest_says(
    city: City, empty: City, tmp_path: Path
) -> None:
    archive, again = tmp_path / "a.tar", tmp_path / "b.tar"
    city.put_in(50)
    with writing(city) as added:
        city.do("backup", archive)
    empty.do("restore", archive)
    empty.do("backup", again)
    first, second = manifest_of(archive), manifest_of(again)
    assert (first["tables"], bool(added)) == (second["tables"], True)


def test_a_made_up_city_is_restored_as_the_page_says_and_the_doctor_finds_it_well(
    city: City, bare: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/operate.md; a file that is named without its folder lies where the command is typed."""
    monkeypatch.chdir(tmp_path)
    city.do("demo", "--cases", "20", "--townships", "9", "--villages", "9")
    city.do("backup", "anlan.tar")
    bare.do("restore", "anlan.tar")
    bare.run("doctor")  # fails where something is wrong


def test_a_terminal_shows_how_far_it_is_and_a_log_does_not(
    kept: Kept, restored: tuple[City, str], tmp_path: Path
) -> None:
    shown = kept.city.do("backup", tmp_path / "a.tar", FORCE_COLOR="1") + restored[1]
    plain = kept.city.do("backup", tmp_path / "b.tar")
    parts = ("Writing the database", "Counting and hashing", "Unpacking", "Loading the database", "Comparing")
    assert [part in shown for part in parts] == [True] * len(parts)
    assert len(plain.splitlines()) == 1


def test_a_script_that_breaks_off_leaves_the_database_empty(kept: Kept, bare: City, tmp_path: Path) -> None:
    """The dump is cut and the manifest names the cut one: only PostgreSQL can tell."""
    unpack(kept.archive, tmp_path / "out")
    manifest = Manifest(**kept.manifest | {"files": {}})  # type: ignore[arg-type]
    dump = tmp_path / "out" / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-20_000])
    with tarfile.open(tmp_path / "cut.tar", "w") as tar:
        add(tar, dump, "database.dump", manifest)
        close(tar, manifest)
    said = bare.do("restore", tmp_path / "cut.tar", expected=1)
    with bare.connect() as connection:
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        assert left.fetchone() == (0,)
    assert "The database could not be loaded; nothing was restored: pg_restore: error:" in said


def with_photos(city: City) -> tuple[UUID, UUID]:
    """Put in an area and two photos, one of a case and one that waits for a person.

    A row needs a case, which needs half of the city; the backup reads ids alone.
    """
    city.put_in(1)
    photo, waiting = city.add_photo(), city.add_photo()
    with city.connect() as connection:
        connection.execute("DROP TABLE store_heldreport CASCADE")
        connection.execute("CREATE TABLE store_heldreport (pictures uuid[])")
        connection.execute("INSERT INTO store_heldreport VALUES (ARRAY[%s, %s]::uuid[])", [waiting, photo])
        connection.execute("DROP TABLE store_photo CASCADE")
        connection.execute("CREATE TABLE store_photo (id uuid PRIMARY KEY)")
        connection.execute("INSERT INTO store_photo VALUES (%s)", [photo])
    return photo, waiting


def file_of(photo: UUID) -> str:
    """The file of a photo, below the home."""
    return f"photos/{photo.hex[:2]}/{photo}.webp"


def test_photos_come_back_byte_for_byte(kept: Kept, restored: tuple[City, str]) -> None:
    for each in kept.photos:
        name = file_of(each)
        assert (restored[0].home / name).read_bytes() == (kept.city.home / name).read_bytes()


def test_the_database_knows_how_large_the_tables_of_a_restored_city_are(
    kept: Kept, restored: tuple[City, str]
) -> None:
    with restored[0].connect() as connection:
        known = connection.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relname = ANY(%s)",
            [list(kept.manifest["tables"])],  # type: ignore[call-overload]
        ).fetchall()
    rows = {table: content[0] for table, content in kept.manifest["tables"].items()}  # type: ignore[attr-defined]
    assert {table: count for table, count in known if rows[table]} == {
        table: count for table, count in rows.items() if count
    }


def test_a_photo_without_a_row_stays_out(city: City, tmp_path: Path) -> None:
    city.add_photo()
    city.do("backup", tmp_path / "a.tar")
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert tar.getnames() == ["database.dump", "manifest.json"]


def test_an_installation_that_holds_something_is_left_alone(kept: Kept) -> None:
    said = kept.city.do("restore", kept.archive, expected=1)
    assert "is not empty; nothing was changed." in said


COMMAND = "from anlan.edge.cli.commands import main; main()"
AFTER_THE_LOAD = "_compare"
BEFORE_THE_PHOTOS = "_put_photos"
AFTER_THE_PHOTOS = "migrate"


@pytest.mark.parametrize("moment", [AFTER_THE_LOAD, BEFORE_THE_PHOTOS, AFTER_THE_PHOTOS])
def test_a_restore_that_is_killed_never_passes_for_whole_and_is_done_again(
    moment: str, kept: Kept, bare: City, tmp_path: Path
) -> None:
    killed_at(moment, bare, kept.archive)

    assert "was broken off" in bare.do("backup", tmp_path / "b.tar", expected=1)
    assert "was broken off" in bare.do("demo", expected=1)
    assert "was broken off" in bare.python("-c", COMMAND, "doctor").stdout
    assert "was broken off" in prepared(bare)["refused"]

    bare.do("restore", kept.archive)
    assert (bare.home / file_of(kept.photos[0])).exists()
    assert "refused" not in prepared(bare)
    bare.do("backup", tmp_path / "b.tar")
    assert kept.manifest["tables"] == manifest_of(tmp_path / "b.tar")["tables"]
    assert "is not empty" in bare.do("restore", kept.archive, expected=1)


def test_a_broken_restore_is_no_leave_to_erase_the_photos_of_another_home(kept: Kept, bare: City) -> None:
    killed_at(BEFORE_THE_PHOTOS, bare, kept.archive)
    bare.home = kept.city.home
    assert "is not empty" in bare.do("restore", kept.archive, expected=1)


def killed_at(moment: str, city: City, archive: Path) -> None:
    """Restore in a process that the system kills when it comes to `moment`."""
    script = (
        "import os, signal\n"
        "from anlan.edge.cli import commands, restore\n"
        f"restore.{moment} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"commands.app(['restore', {str(archive)!r}])\n"
    )
    done = city.python("-c", script)
    assert done.returncode == -signal.SIGKILL, done.stderr


def prepared(city: City) -> dict[str, str]:
    """What the start of a city says of its database."""
    said = io.StringIO()
    with entered(city.home, city.server.sockets, city.name), redirect_stdout(said):
        prepare.main()
    facts: dict[str, str] = json.loads(said.getvalue())
    return facts


def test_a_backup_of_a_later_release_is_refused(city: City, bare: City, tmp_path: Path) -> None:
    with city.connect() as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_later', now())"
        )
    city.do("backup", tmp_path / "a.tar")
    said = bare.do("restore", tmp_path / "a.tar", expected=1)
    assert "made by a later release" in said
    assert "store.9999_later" in said


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda content: b"not a tar", "is damaged or no backup of anlan"),
        (lambda content: content[: len(content) // 3], "is damaged|has no manifest|cut off"),
        (
            lambda content: content.replace(b"PGDMP", b"PGDMX", 1),
            r"damaged: database\.dump is not what was put in",
        ),
        (lambda content: content[:300], r"damaged or no backup of anlan \(it is no tar file\)\.$"),
        (lambda content: gzip.compress(content)[:-2000], "is damaged or no backup of anlan"),
        (lambda content: content.replace(b'"release"', b'"rulease"'), "its manifest cannot be read"),
        (lambda content: content.replace(b'"kind": "own"', b'"kind": "oun"'), "its manifest cannot be read"),
        (lambda content: content.replace(b'"tables": {', b'"tables": ['), "its manifest cannot be read"),
        (lambda content: content.replace(b'"made_at"', b'"made\xffat"'), "its manifest cannot be read"),
        (lambda content: content.replace(b'"format": 1', b'"format": 9'), "this release reads 1"),
    ],
    ids=[
        *("another file", "cut off", "one byte changed", "a piece", "compressed and cut off"),
        *("another name", "another kind", "another shape", "no text", "another format"),
    ],
)
def test_an_archive_that_is_not_as_it_was_made_is_refused(
    spoil: object, words: str, kept: Kept, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt.tar"
    spoilt.write_bytes(spoil(kept.archive.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Problem, match=words):
        unpack(spoilt, tmp_path / "out")


def test_an_archive_with_a_path_of_its_own_choice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "evil", "../evil")
    with pytest.raises(Problem, match=r"no backup of anlan: it holds '\.\./evil'"):
        unpack(tmp_path / "evil.tar", tmp_path / "out")


def test_a_backup_of_the_wrong_home_is_noticed(city: City, tmp_path: Path) -> None:
    asked = "is ANLAN_HOME the one of your city?"
    assert asked in city.do("backup", tmp_path / "a.tar")
    city.put_in(1)
    assert asked not in city.do("backup", tmp_path / "b.tar")


def test_a_place_that_is_no_folder_is_said(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = kept.city.do("backup", tmp_path / "file" / "a.tar", expected=1)
    assert "Not a directory" in said or "File exists" in said
    assert "Traceback" not in said


def test_a_file_that_is_there_is_not_written_over(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("dear to me")
    kept.city.do("backup", tmp_path / "a.tar", expected=1)
    assert (tmp_path / "a.tar").read_text() == "dear to me"
