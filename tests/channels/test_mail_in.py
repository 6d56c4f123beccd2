"""Mailboxes: mails are read without a trace, removed once they are stored, moved when a person must look."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.channels import NotTaken
from anlan.channels.mail_in import Waiting, opened
from anlan.channels.mail_in.folder import SETTLED
from tests.channels.imap_server import Store, serving, serving_unvouched

LONG_AGO = 1_700_000_000


@pytest.fixture
def server() -> Iterator[tuple[Store, str]]:
    with serving() as both:
        yield both


def put(folder: Path, name: str, raw: bytes = b"Subject: x\n\nx", age: float = 100) -> Path:
    """A file that nobody has written for some seconds."""
    file = folder / name
    file.write_bytes(raw)
    os.utime(file, (LONG_AGO - age, LONG_AGO - age))
    return file


def test_a_server_s_mails_are_read_and_stay_unread_for_everybody_else(server: tuple[Store, str]) -> None:
    store, address = server
    store.add(b"Subject: one\r\n\r\nwords")
    store.add(b"Subject: two\r\n\r\n" + "断了".encode())

    with opened(address) as mailbox:
        assert mailbox.waiting() == [Waiting("1", 21), Waiting("2", 22)]
        assert mailbox.read("2").endswith("断了".encode())
        assert mailbox.name == "hazards@127.0.0.1/INBOX"
    assert store.seen == set()


def test_a_server_s_mail_is_removed_or_moved_into_a_folder_that_is_made_when_needed(
    server: tuple[Store, str],
) -> None:
    store, address = server
    for raw in (b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n", b"Subject: three\r\n\r\n"):
        store.add(raw)

    with opened(address) as mailbox:
        mailbox.remove("1")
        mailbox.put_into("aside", "2")
        mailbox.put_into("ignored", "3")
        assert mailbox.waiting() == []

    assert list(store.folders["anlan-aside"].values()) == [b"Subject: two\r\n\r\n"]
    assert list(store.folders["anlan-ignored"].values()) == [b"Subject: three\r\n\r\n"]


@pytest.mark.parametrize("wrong", ["secret@", "/INBOX", "127.0.0.1"])
def test_a_server_that_lets_nobody_in_says_so_without_the_password(
    server: tuple[Store, str], wrong: str
) -> None:
    right = {"secret@": "hunter2@", "/INBOX": "/none", "127.0.0.1": "127.0.0.9"}[wrong]
    address = server[1].replace(wrong, right)

    with pytest.raises(NotTaken, match=r"^the mail server: ") as said, opened(address):
        pass
    assert "hunter2" not in str(said.value)


def test_no_password_goes_to_a_server_that_cannot_prove_its_name(tmp_path: Path) -> None:
    with (
        serving_unvouched(tmp_path) as address,
        pytest.raises(NotTaken, match="SSLCertVerificationError"),
        opened(address),
    ):
        pass


def test_a_maildir_is_read_from_what_was_delivered(tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    put(tmp_path / "new", "2.host", age=1)
    put(tmp_path / "new", "1.host", b"Subject: first\n\n", age=2)
    put(tmp_path / "tmp", "3.host")

    with opened(f"folder://{tmp_path}") as mailbox:
        assert mailbox.waiting() == [Waiting("new/1.host", 16), Waiting("new/2.host", 13)]
        assert mailbox.read("new/1.host") == b"Subject: first\n\n"
        mailbox.remove("new/1.host")
        mailbox.remove("new/1.host")
        mailbox.put_into("aside", "new/2.host")
        assert mailbox.waiting() == []
    assert (tmp_path / "anlan-aside" / "2.host").exists()


def test_a_drop_folder_gives_files_that_nobody_writes_any_more(tmp_path: Path) -> None:
    put(tmp_path, "a.eml")
    put(tmp_path, "notes.txt")
    (tmp_path / "b.eml").write_bytes(b"half a ma")

    with opened(f"folder://{tmp_path}") as mailbox:
        assert [each.place for each in mailbox.waiting()] == ["a.eml"]
        os.utime(tmp_path / "b.eml", (LONG_AGO, LONG_AGO))
        assert [each.place for each in mailbox.waiting()] == ["a.eml", "b.eml"]
    assert SETTLED > 1


def test_a_file_set_aside_never_takes_the_place_of_another(tmp_path: Path) -> None:
    with opened(f"folder://{tmp_path}") as mailbox:
        for raw in (b"one", b"two"):
            put(tmp_path, "a.eml", raw)
            mailbox.put_into("aside", "a.eml")

    kept = sorted(each.read_bytes() for each in (tmp_path / "anlan-aside").iterdir())
    assert kept == [b"one", b"two"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotTaken, match="no such folder"), opened(f"folder://{tmp_path}/none"):
        pass
