"""Photos: drawn anew in a limited process, safe on the disk before their rows, swept without one."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from anlan.base.errors import Refused
from anlan.cases.terms import PhotoStage
from anlan.flows import redraw_photo
from anlan.flows.store_photos import Picture, store_photos, sweep_photos, take_picture, take_pictures
from anlan.publishing.photos import PhotoRefusal
from anlan.store import photo_files
from anlan.store.models import Case, Photo
from tests.cast import Cast
from tests.conftest import NOON
from tests.publishing import sent_photos
from tests.small_disk import little_room

SCHOOL_RUN = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # sent_photos.TAKEN in Shanghai


@pytest.fixture
def case(cast: Cast) -> Case:
    return Case.objects.create(
        title="护栏断了",
        category=cast.open_water,
        area=cast.village_111,
        area_path=cast.village_111.path,
        stage_since=NOON,
        opened_at=NOON,
    )


def test_a_photo_is_on_the_disk_when_it_is_taken() -> None:
    picture = take_picture(sent_photos.jpeg(), now=NOON)

    kept = photo_files.picture_path(picture.id).read_bytes()
    assert picture == Picture(picture.id, SCHOOL_RUN, picture.sha256, 120, 80, len(kept))
    assert sent_photos.MARKER not in kept + photo_files.thumbnail_path(picture.id).read_bytes()


def test_a_file_that_is_no_photo_is_refused_by_its_number() -> None:
    with pytest.raises(Refused) as no:
        take_pictures([sent_photos.png(), b"GIF89a"], now=NOON)

    assert (no.value.reason, no.value.facts) == (PhotoRefusal.WRONG_TYPE, {"number": 2})


def test_a_photo_for_which_there_is_no_room_is_refused_and_leaves_nothing() -> None:
    before = set(photo_files.folder().rglob("*.*"))

    with little_room(), pytest.raises(Refused) as no:
        take_pictures([sent_photos.png(), sent_photos.noisy()], now=NOON)

    assert (no.value.reason, no.value.facts) == (PhotoRefusal.NO_ROOM, {"number": 2})
    left = set(photo_files.folder().rglob("*.*")) - before
    assert sorted(path.name.partition(".")[2] for path in left) == ["jpg", "small.jpg"]  # of the first one


@pytest.mark.parametrize(
    ("name", "value"), [("MEMORY", "2**20"), ("SECONDS", "0")], ids=["memory", "processor"]
)
def test_a_drawing_process_at_its_limits_is_a_refusal(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "from anlan.flows import photo_drawers; from anlan.publishing import photo_worker as w\n"
        f"import socket; w.{name} = {value}; drawn = w.answer\n"
        "w.answer = lambda source, sink: (sum(range(10**8)), drawn(source, sink))\n"
        "photo_drawers.stand_ready(socket.socket(fileno=0))"
    )
    drawers = redraw_photo.Drawers([sys.executable, "-I", "-c", script])
    monkeypatch.setattr(redraw_photo, "_drawers", drawers)

    with pytest.raises(Refused) as no:
        take_picture(sent_photos.png(), now=NOON)

    drawers.stop()
    assert no.value.reason == PhotoRefusal.TOO_HARD


def test_the_next_photo_is_drawn_though_the_process_that_forks_ended_meanwhile() -> None:
    script = "from anlan.flows import photo_drawers as w; import socket; w.WAITS = 0.001\n"
    script += "w.stand_ready(socket.socket(fileno=0))"
    drawers = redraw_photo.Drawers([sys.executable, "-I", "-c", script])

    drawn = [drawers.draw(sent_photos.png()) for _ in range(3)]

    drawers.stop()
    assert drawn[0] and drawn == drawn[:1] * 3


def test_photos_are_drawn_at_once_each_by_a_process_of_its_own() -> None:
    drawers = redraw_photo.Drawers()
    kinds = [sent_photos.png(), b"", sent_photos.jpeg(), b"GIF89a"]
    with ThreadPoolExecutor(4) as senders:
        drawn = list(senders.map(drawers.draw, kinds))
    heads = [json.loads(each.partition(b"\n")[0]) for each in drawn]

    drawers.stop()
    assert [each.get("refusal", each.get("width")) for each in heads] == [
        120,
        PhotoRefusal.EMPTY,
        120,
        PhotoRefusal.WRONG_TYPE,
    ]


def test_the_drawing_process_writes_no_file_and_sees_no_environment(tmp_path: Path) -> None:
    file = tmp_path / "file"
    script = (
        "import os, signal; from anlan.publishing import photo_worker\n"
        "photo_worker.limit_this_process()\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"handle = os.open({str(file)!r}, os.O_WRONLY | os.O_CREAT)\n"
        "try: os.write(handle, b'x')\n"
        "except OSError: print([name for name in os.environ if not name.startswith('LC_')])"
    )

    said = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, env={}).stdout

    assert (said, file.stat().st_size) == (b"[]\n", 0)


def test_a_photo_that_was_kept_as_webp_is_found_swept_and_removed(case: Case) -> None:
    picture = take_picture(sent_photos.webp(), now=NOON)
    for path in (photo_files.picture_path(picture.id), photo_files.thumbnail_path(picture.id)):
        path.rename(path.with_suffix(".webp"))
    old = (photo_files.picture_path(picture.id), photo_files.thumbnail_path(picture.id))
    assert [path.name for path in old] == [f"{picture.id}.webp", f"{picture.id}.small.webp"]
    for path in old:
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))

    assert sweep_photos(now=NOON + timedelta(days=2)) == 1
    assert not any(path.exists() for path in old)


def test_rows_say_what_the_pictures_are(case: Case) -> None:
    picture = take_picture(sent_photos.webp(), now=NOON)

    store_photos([picture], case=case, stage=PhotoStage.AFTER, now=NOON)

    columns = ("pk", "stage", "made_at", "received_at", "sha256", "width", "height", "bytes")
    assert list(case.photos.values_list(*columns)) == [
        (picture.id, "after", SCHOOL_RUN, NOON, picture.sha256, 120, 80, picture.bytes)
    ]


def test_a_photo_is_part_of_one_case_only(case: Case) -> None:
    picture = take_picture(sent_photos.webp(), now=NOON)
    store_photos([picture], case=case, stage=PhotoStage.BEFORE, now=NOON)

    with pytest.raises(Refused, match="photo_used"):
        store_photos([picture], case=case, stage=PhotoStage.AFTER, now=NOON)


def test_more_than_four_are_refused(case: Case) -> None:
    picture = Picture(uuid4(), NOON, "", 1, 1, 1)

    with pytest.raises(Refused, match="photos_too_many"):
        store_photos([picture] * 5, case=case, stage=PhotoStage.BEFORE, now=NOON)

    assert Photo.objects.count() == 0


def test_files_without_a_row_are_swept_after_a_day(case: Case) -> None:
    in_case, stray, fresh = (take_picture(sent_photos.png(), now=NOON) for _ in range(3))
    store_photos([in_case], case=case, stage=PhotoStage.BEFORE, now=NOON)
    two_days_ago = (NOON - timedelta(days=2)).timestamp()
    half = photo_files.picture_path(in_case.id).with_suffix(".part")
    half.write_bytes(b"half")
    for path in (*(photo_files.thumbnail_path(each.id) for each in (in_case, stray)), half):
        os.utime(path, (two_days_ago, two_days_ago))
    os.utime(photo_files.thumbnail_path(fresh.id), (NOON.timestamp(), NOON.timestamp()))

    assert sweep_photos(now=NOON) == 1

    assert [photo_files.picture_path(each.id).exists() for each in (in_case, stray, fresh)] == [
        True,
        False,
        True,
    ]
    assert not half.exists()
