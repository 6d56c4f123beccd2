"""Archives of cities in which people work: taken under their load, and by earlier releases."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from anlan.edge.cli.postgres import Cluster
from anlan.publishing.receipts import derived_code
from anlan.store import migrations
from anlan.store.photo_files import KINDS
from tests.edge.cli.cities import City, manifest_of
from tests.edge.cli.older_postgres import release, running_16
from tests.edge.cli.serving import free_port, serving, wait_for
from tests.examples import THOROUGH
from tests.publishing import sent_photos
from tests.waiting import wait_until

ARCHIVES = Path(__file__).parents[2] / "data" / "archives"
"""A made-up city, 63 cases, 8 photos; each archive is named after the last migration that its code had.

Three reports came over the page, with tokens that the test knows; one was taken back, one case is closed.
0004 was made by the code of 24 November 2026. Code of 1 December brought it up to 0055 and wrote that
archive: what migrations that nobody changes any more did to the first one is done in the second.
"""

SEALED = "0040"
"""The migration from which on second factors are sealed, with a key that no archive holds."""

EARLIER = ("0055", "0004") if THOROUGH else ("0055",)

MIGRATIONS = Path(migrations.__file__).parent

ALL_AT_ONCE = "store.0001_tables_at_once"
"""Counts as done where all that it replaces are."""

BREATH = 0.5
"""Seconds; reports sent without a pause would only make the archive wait."""


UNLIMITED = {
    f"ANLAN_{each}": "1000000"
    for each in (
        *("SENDINGS_PER_HOUR", "REPORTS_PER_HOUR", "REPORTS_PER_DAY"),
        *("PLAIN_REPORTS_PER_HOUR", "PLAIN_REPORTS_PER_DAY"),
    )
}


@dataclass
class Load:
    """Residents who send reports with photos, one after the other, and take a breath between them."""

    address: str
    category: str
    area: str
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    first_ones: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)

    def send(self, name: str) -> None:
        """Send reports until it is enough; those that got a receipt are `taken`."""
        city = urllib3.PoolManager()
        for number in range(100_000):
            if self.enough.wait(BREATH):
                return
            words = f"{name} saw hazard {number} 护栏断了"
            form = {"token": f"a-token-of-{name}-{number:06d}", "category": self.category, "area": self.area}
            photo = ("a.jpg", sent_photos.jpeg(), "image/jpeg")
            answer = city.request(
                "POST", f"{self.address}/report/", fields=form | {"words": words, "photos": photo}
            )
            if b'id="code"' in answer.data:
                self.taken.append(words)
            else:
                self.refused.append(f"{words}: {answer.status} {said_on(answer.data.decode())}")
            if len(self.taken) >= 4:
                self.first_ones.set()


def said_on(page: str) -> str:
    """The words of a page's main part."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())[:500]


@contextmanager
def working(city: City) -> Iterator[Load]:
    """Serve the city, with two residents at work until the block ends."""
    port = free_port()
    more = {"DATABASE_URL": city.url, **UNLIMITED, "ANLAN_LOG_LEVEL": "warning"}
    ((category,),) = rows(
        city, "SELECT code FROM store_category WHERE active AND parent_id IS NULL ORDER BY id LIMIT 1"
    )
    ((area,),) = rows(city, "SELECT code FROM store_area WHERE level = 'village' ORDER BY code LIMIT 1")
    with serving(city.home, port, **more) as process:
        wait_for(process, "anlan runs at")
        load = Load(f"http://127.0.0.1:{port}", category, area)
        residents = [threading.Thread(target=load.send, args=(name,)) for name in ("alice", "bob")]
        for resident in residents:
            resident.start()
        try:
            assert load.first_ones.wait(60), load.refused
            yield load
        finally:
            load.enough.set()
            for resident in residents:
                resident.join()


def rows(city: City, query: str) -> list[tuple[Any, ...]]:
    """Ask the database of a city."""
    with city.connect() as connection:
        return connection.execute(query.encode()).fetchall()


TABLES = (
    "SELECT table_name, column_name, column_default, is_nullable, data_type, character_maximum_length "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT relname, relkind::text, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "AND relkind <> 'S'",
)
"""Releases of PostgreSQL differ in whether NOT NULL is a constraint; a column says it either way."""


CAST = re.compile(r"::(character varying|text)(\[\])?|[()]")


def tables_of(city: City) -> list[list[str]]:
    """What the database is made of, down to its triggers and the settings of its tables.

    Without casts between kinds of text and their brackets, which a dump writes in other places.
    """
    return [sorted(CAST.sub("", str(row)) for row in rows(city, query)) for query in TABLES]


def show_one_to_the_public(city: City) -> str:
    """Have a photo covered, as the desk does; the name of its files."""
    covered = uuid4()
    for ending in (".covered.webp", ".covered-small.webp"):
        file = city.home / "photos" / covered.hex[:2] / f"{covered}{ending}"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(ending.encode())
    with city.connect() as connection:
        connection.execute("DELETE FROM store_publicphoto")
        connection.execute(
            "INSERT INTO store_publicphoto (photo_id, state, look_failed, found, boxes, covered_id) "
            "SELECT id, 'cleared', false, '[]', '[]', %s FROM store_photo LIMIT 1",
            [covered],
        )
    return str(covered)


def photos_of(manifest: dict[str, Any]) -> dict[str, str]:
    """The files of photos that an archive holds, with their hashes."""
    return {name: digest for name, digest in manifest["files"].items() if name.startswith("photos/")}


def broken_photos(city: City) -> list[tuple[Any, ...]]:
    """Photos that the database knows and whose files are missing or of another content."""

    def is_whole(photo: Any, sha256: str) -> bool:
        folder = city.home / "photos" / photo.hex[:2]
        (picture,) = (path for kind in KINDS if (path := folder / f"{photo}{kind}").exists())
        has_small = (folder / f"{photo}.small{picture.suffix}").exists()
        return has_small and hashlib.sha256(picture.read_bytes()).hexdigest() == sha256

    return [row for row in rows(city, "SELECT id, sha256 FROM store_photo") if not is_whole(*row)]


@pytest.mark.parametrize("last", EARLIER)
@pytest.mark.usefixtures("reachable")
def test_an_earlier_archive_becomes_a_city_of_this_release_whose_work_is_backed_up_and_restored(
    last: str, server: Cluster, empty: City, tmp_path: Path, short_folder: Path
) -> None:
    """Brought up and at work in the oldest PostgreSQL that is promised; restored into our own.

    It goes through each migration it lacks; a city that begins gets the tables that come of all at once.
    """
    archive = ARCHIVES / f"{last}.tar"
    with running_16(short_folder) as sixteen:
        city = City(sixteen, tmp_path / "earlier city 老城", "template1")
        said = city.do("restore", archive)
        city.do("backup", tmp_path / "again.tar")
        _is_the_earlier_city_in_this_release(manifest_of(archive), manifest_of(tmp_path / "again.tar"), last)
        assert ("second factors were sealed under another key" in said) == (last >= SEALED)
        assert broken_photos(city) == []
        _looks_as_if_it_had_always_been_of_this_release(city)
        assert tables_of(city) == tables_of(empty)
        _is_backed_up_while_people_work(city, empty, tmp_path)
        assert (release(sixteen), release(server)) == (16, 18)


def _is_the_earlier_city_in_this_release(before: dict[str, Any], after: dict[str, Any], last: str) -> None:
    """Nothing of it was lost, and the migrations after its last were made up for."""
    same = ("case", "report", "reportaddition", "photo", "contact", "erasure", "area", "user", "unit", "site")
    for table in (f"store_{name}" for name in same):
        assert before["tables"][table][0] == after["tables"][table][0] > 0, table
    later = [path.stem for path in sorted(MIGRATIONS.glob("0*.py")) if path.stem[:4] > last]
    made_up = set(after["migrations"]) - set(before["migrations"]) - {ALL_AT_ONCE}
    assert sorted(made_up) == [f"store.{name}" for name in later]


def _is_backed_up_while_people_work(city: City, empty: City, place: Path) -> None:
    """What was acknowledged before the archive was begun is in it, and in the city that comes out of it."""
    covered = show_one_to_the_public(city)
    with working(city) as load:
        _is_followed_by_its_old_code(city, load.address)
        before, marks = list(load.taken), len(load.taken)
        city.run("backup", place / "a.tar")
        during = len(load.taken) - marks
        wait_until(lambda: len(load.taken) > marks + during or load.refused)
        after = len(load.taken) - marks - during
    empty.do("restore", place / "a.tar")
    empty.do("backup", place / "b.tar")

    first, second = manifest_of(place / "a.tar"), manifest_of(place / "b.tar")
    kept = {words for (words,) in rows(empty, "SELECT words FROM store_report")}
    assert (load.refused, during > 0, after > 0) == ([], True, True)
    assert set(before) <= kept
    assert first["tables"] == second["tables"]
    assert photos_of(first) == photos_of(second)
    assert len([name for name in photos_of(second) if covered in name]) == 2
    assert (broken_photos(empty), len(rows(empty, "SELECT FROM store_photo")) >= len(before)) == ([], True)
    assert len(rows(city, "SELECT FROM store_report WHERE words LIKE '%saw hazard%'")) == len(load.taken)


def _looks_as_if_it_had_always_been_of_this_release(city: City) -> None:
    """What later releases added is there for what came before them."""
    nothing = {
        "open case without a clock": "SELECT FROM store_case c WHERE stage <> '' AND NOT EXISTS (SELECT FROM "
        "store_stageclock k WHERE k.case_id = c.id AND k.stage = c.stage AND k.ended_at IS NULL)",
        "case that nobody outside may know of": "SELECT FROM store_case c WHERE NOT EXISTS (SELECT FROM "
        "store_publiccase p WHERE p.case_id = c.id)",
        "seed that is not sealed": "SELECT FROM mfa_authenticator "
        "WHERE data ->> 'secret' NOT LIKE 'sealed:%'",
        "photo without its day": "SELECT FROM store_photo p JOIN store_case c ON c.id = p.case_id "
        "WHERE (c.state = 'closed') <> (p.erase_after IS NOT NULL)",
        "photo that was taken back and is kept": "SELECT FROM store_photo p JOIN store_report r "
        "ON r.id = p.report_id WHERE r.withdrawn_at IS NOT NULL AND p.keep_days > 0",
    }
    assert {what: len(rows(city, query)) for what, query in nothing.items()} == dict.fromkeys(nothing, 0)


def _is_followed_by_its_old_code(city: City, address: str) -> None:
    """A receipt that a resident of the early release wrote down shows the report today."""
    ((salt,),) = rows(city, "SELECT salt FROM store_sitewidesalt")
    code = derived_code(bytes(salt), "kept-archive-report-one")
    page = urllib3.request(
        "POST", f"{address}/receipt/", fields={"code": code}, headers={"Cookie": "lang=en"}
    ).data.decode()
    assert "The rail at the pond is broken 护栏断了" in page
    assert "Removed and checked." in page
