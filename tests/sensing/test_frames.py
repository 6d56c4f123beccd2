"""Frames: what is encoded is decoded, the encoder in C writes the same bytes, and rubbish is told apart."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.sensing.frames import decode, encode

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["pond-1.level", "pond-1.battery"]
START = 1_700_000_000_000_000
GOLDEN = bytes.fromhex(
    "414e4c4601080002000300"
    "1b00060a24181e4000"
    "706f6e642d312e6c6576656c0a706f6e642d312e62617474657279"
    "000000010000"
    "0000000000000000000005dc"
    "3ff8000000000000" + "4055c00000000000" + "3ff851eb851eb852"
    "9494600b"
)
PROGRAM = """
#include <stdio.h>
#include "anlan_frame.h"
int main(void) {
    static uint8_t out[20000];
    const char *names[] = {"pond-1.level", "pond-1.battery"};
    struct anlan_reading readings[500];
    int width, count; long long at; unsigned name; double value;
    if (scanf("%d %d", &width, &count) != 2) return 1;
    for (int n = 0; n < count; n++) {
        if (scanf("%u %lld %la", &name, &at, &value) != 3) return 1;
        readings[n] = (struct anlan_reading){(uint16_t)name, at, value};
    }
    size_t length = anlan_frame(out, sizeof out, names, 2, readings, (size_t)count, width);
    return fwrite(out, 1, length, stdout) == length && length ? 0 : 1;
}
"""
READINGS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(START, START + 49 * 86_400 * 1_000_000),
        st.floats(width=32, allow_nan=False),
    ),
    min_size=1,
    max_size=500,
)


@given(READINGS, st.sampled_from([8, 4]))
def test_what_is_encoded_is_decoded_to_the_millisecond(
    readings: list[tuple[int, int, float]], width: int
) -> None:
    name, at, value = map(list, zip(*readings, strict=True))

    found = decode(encode(NAMES, name, at, value, width))

    assert found.names == b"pond-1.level\npond-1.battery"
    assert found.name.tolist() == name
    assert found.at.tolist() == [each // 1000 * 1000 for each in at]
    assert found.value.tolist() == value


@given(st.integers(-START, START), st.integers(0, 10**9))
def test_a_reading_has_the_same_time_whichever_readings_it_is_sent_with(at: int, before: int) -> None:
    alone, among = (
        decode(encode(NAMES, [0], [at], [1])),
        decode(encode(NAMES, [0, 0], [at - before, at], [1, 1])),
    )

    assert alone.at[0] == among.at[-1]


@given(
    st.binary(max_size=60)
    | st.binary(max_size=60).filter(lambda tail: tail != GOLDEN[-1:]).map(lambda tail: GOLDEN[:-1] + tail)
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="frame_wrong"):
        decode(data)


@given(st.integers(0, len(GOLDEN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    frame = bytearray(encode(NAMES, [0, 1, 0], [START, START, START + 1_500_000], [1.5, 87, 1.52]))
    frame[place] ^= change

    with pytest.raises(Refused, match="frame_wrong"):
        decode(bytes(frame))


def test_the_bytes_are_those_of_the_page() -> None:
    frame = encode(NAMES, [0, 1, 0], [START, START, START + 1_500_000], [1.5, 87, 1.52])

    assert frame == GOLDEN


@pytest.mark.parametrize(
    ("at", "names"),
    [([], NAMES), ([START] * 501, NAMES), ([START], []), ([START, START + 50 * 86_400_000_000], NAMES)],
    ids=["nothing", "too many", "no names", "too long"],
)
def test_what_no_frame_holds_is_refused_by_the_encoder(at: list[int], names: list[str]) -> None:
    with pytest.raises(Refused, match="frame_size"):
        encode(names, [0] * len(at), at, [0.0] * len(at))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder in C, compiled with all warnings as errors."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler here: the golden bytes hold the format")
    folder = tmp_path_factory.mktemp("frame")
    (folder / "main.c").write_text(PROGRAM)
    source = ROOT / "docs" / "frame"
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", f"-I{source}"]
    program = folder / "encode"
    subprocess.run([compiler, *flags, folder / "main.c", source / "anlan_frame.c", "-o", program], check=True)
    return program


@pytest.mark.parametrize("width", [8, 4])
@pytest.mark.parametrize("count", [1, 3, 500])
def test_the_encoder_in_c_writes_the_same_bytes(encoder: Path, width: int, count: int) -> None:
    rng = np.random.default_rng(count)
    name = rng.integers(0, 2, count).tolist()
    at = (rng.integers(-20, 20) * 86_400_000_000 + rng.integers(0, 40 * 86_400_000_000, count)).tolist()
    value = [*rng.normal(0, 1e3, count - 1).tolist(), -0.0]
    lines = "\n".join(f"{n} {t} {v.hex()}" for n, t, v in zip(name, at, value, strict=True))

    done = subprocess.run(
        [encoder], input=f"{width} {count}\n{lines}".encode(), capture_output=True, check=True
    )

    assert done.stdout == encode(NAMES, name, at, value, width)
