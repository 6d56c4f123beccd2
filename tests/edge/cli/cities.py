"""Installations for tests of backup and restore: a home, and a database on a second server."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import connection
from django.test import override_settings
from typer.testing import CliRunner

from anlan.edge.cli.archive import MANIFEST
from anlan.edge.cli.commands import app
from anlan.edge.cli.postgres import ROLE, Cluster
from anlan.edge.cli.problems import sentence
from tests.edge.cli.serving import ANLAN


class City:
    """An installation: a home, and a database of its own on the second server."""

    def __init__(self, server: Cluster, home: Path, template: str = ROLE) -> None:
        self.home, self.server = home, server
        self.name = f"city_{uuid4().hex[:8]}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {self.name} TEMPLATE {template} STRATEGY file_copy".encode())

    @property
    def url(self) -> str:
        """Where the database is, as DATABASE_URL says it."""
        return f"postgresql://{ROLE}@/{self.name}?host={self.server.sockets}"

    def connect(self, name: str = "") -> psycopg.Connection:
        """Open a connection to the database of the city."""
        facts = {"host": str(self.server.sockets), "user": ROLE, "dbname": name or self.name}
        return psycopg.connect(**facts, autocommit=True)  # type: ignore[arg-type]

    def run(self, *words: str | Path) -> None:
        """Run a command of `anlan` for this city, in a process of its own."""
        done = self._process(ANLAN, *words)
        assert done.returncode == 0, done.stdout + done.stderr

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python for this city, to whatever end."""
        return self._process(sys.executable, *words)

    def _process(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        given = {**os.environ, "ANLAN_HOME": str(self.home), "DATABASE_URL": self.url}
        return subprocess.run(words, env=given, capture_output=True, text=True, check=False)

    def do(self, *words: str | Path, expected: int = 0, **environment: str) -> str:
        """Run a command of `anlan` for this city, in this process; what it printed."""
        with entered(self.home, self.server.sockets, self.name):
            result = CliRunner().invoke(app, list(map(str, words)), env=environment)
        wrong = result.exception
        said = sentence(wrong) if isinstance(wrong, Exception) else ""
        if said is None and wrong is not None:
            raise wrong
        assert result.exit_code == expected, result.output
        return f"{result.output}{said}"

    def put_in(self, number: int) -> None:
        """Put areas in, one of them with quotation marks and Chinese characters."""
        with self.connect() as connection:
            add_areas(connection, range(number))

    def add_photo(self, case: int | None = None) -> UUID:
        """Put the files of a photo on the disk; the database of this test has no cases for it."""
        photo = uuid4()
        for ending in (".webp", ".small.webp"):
            path = self.home / "photos" / photo.hex[:2] / f"{photo}{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(photo.bytes + ending.encode())
        return photo


@contextmanager
def entered(home: Path, sockets: Path, name: str = ROLE) -> Iterator[None]:
    """Let this process have the home and the database of a city."""
    connection.close()
    known = (connection.settings_dict, settings.DATABASES["default"])
    before = [dict(facts) for facts in known]
    files = {"MEDIA_ROOT": home / "photos", "ANLAN_KIND": home / "kind"}
    with override_settings(ANLAN_HOME=home, **files):
        for facts in known:
            facts.update(NAME=name, USER=ROLE, HOST=str(sockets), OPTIONS={})
        try:
            yield
        finally:
            connection.close()
            for facts, kept in zip(known, before, strict=True):
                facts.update(kept)


def add_areas(connection: psycopg.Connection, numbers: range) -> None:
    """Insert areas with the columns that every release has, and defaults for those that are required."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = 'store_area' AND is_nullable = 'NO' AND column_name <> 'id'"
    ).fetchall()
    filler = {"boolean": "true", "integer": "0", "smallint": "0", "date": "'2020-01-01'", "jsonb": "'{}'"}
    for number in numbers:
        values = [filler.get(kind, f"'{number:04d}安\"'") for _, kind in columns]
        names = ", ".join(name for name, _ in columns)
        connection.execute(f"INSERT INTO store_area ({names}) VALUES ({', '.join(values)})".encode())


def manifest_of(archive: Path) -> dict[str, object]:
    """Return what the archive says it holds."""
    with tarfile.open(archive) as tar:
        content = tar.extractfile(MANIFEST)
        assert content is not None
        facts: dict[str, object] = json.load(content)
    return facts
