"""The mailbox is cleared of what was stored, and of nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.channels.mail_in import folder as folders
from anlan.flows import read_mailbox as flow
from anlan.flows.read_mailbox import read_mailbox
from anlan.store.models import InMail, MailboxState, Report
from tests.cast import Cast
from tests.channels.imap_server import serving
from tests.conftest import NOON
from tests.flows.mails import composed

pytestmark = pytest.mark.django_db


def test_a_server_is_read_each_mail_goes_where_it_belongs_and_once(cast: Cast) -> None:
    with serving() as (store, address):
        for raw in (composed().as_bytes(), composed(Auto_Submitted="auto-replied").as_bytes(), b"\xff\xfe"):
            store.add(raw.replace(b"\n", b"\r\n"))
        done = [read_mailbox(acting_user=None, address=address, now=NOON) for _ in range(2)]

    assert done == [3, 0]
    assert {name: len(mails) for name, mails in store.folders.items()} == {
        **{"INBOX": 0, "anlan-aside": 1, "anlan-ignored": 1},
    }
    assert (Report.objects.count(), InMail.objects.count()) == (1, 3)
    assert MailboxState.objects.get().read_at == NOON


class Killed(BaseException):
    """As by kill -9: nothing catches it."""


def test_killed_between_stored_and_cleared_the_mail_is_cleared_later_and_stored_once(
    cast: Cast, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any) -> None:
        raise Killed

    (tmp_path / "a.eml").write_bytes(composed().as_bytes())
    monkeypatch.setattr(folders, "SETTLED", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(folders.Folder, "remove", killed)
        with pytest.raises(Killed):
            read_mailbox(acting_user=None, address=f"folder://{tmp_path}", now=NOON)
    assert (tmp_path / "a.eml").exists() and Report.objects.count() == 1

    at_once = read_mailbox(acting_user=None, address=f"folder://{tmp_path}", now=NOON)
    later = read_mailbox(acting_user=None, address=f"folder://{tmp_path}", now=NOON + flow.LEASE)

    assert (at_once, later) == (0, 1)
    assert not (tmp_path / "a.eml").exists() and Report.objects.count() == 1


def test_a_mail_that_is_too_large_is_never_read(
    cast: Cast, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "SETTLED", 0.0)
    monkeypatch.setattr(flow, "MAX_BYTES", 10)
    (tmp_path / "a.eml").write_bytes(composed().as_bytes())

    read_mailbox(acting_user=None, address=f"folder://{tmp_path}", now=NOON)

    assert InMail.objects.get().why == "too_large"
    assert (tmp_path / "anlan-aside" / "a.eml").exists()


def test_since_when_the_mailbox_cannot_be_read_is_kept_until_it_can(cast: Cast, tmp_path: Any) -> None:
    later = NOON + timedelta(hours=1)
    for now in (NOON, later):
        read_mailbox(acting_user=None, address=f"folder://{tmp_path}/none", now=now)
    state = MailboxState.objects.get()
    assert (state.failed_at, state.error) == (NOON, "no such folder")

    read_mailbox(acting_user=None, address=f"folder://{tmp_path}", now=later)

    state = MailboxState.objects.get()
    assert (state.failed_at, state.error, state.read_at) == (None, "", later)
