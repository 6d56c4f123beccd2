"""What readings need is compiled before they come: `python -m anlan.edge.ingest.compiling`.

The machine code of numba is made once after installation and kept on the disk. That takes some 10 s, which
the first reading would wait for; a process of its own does it, so that the ingest of an idle city stays
small.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

log = logging.getLogger("anlan.ingest")

LAST = "walking.walk_sites-*.nbi"
"""What numba keeps of the function that is compiled last: where it lies on the disk, all does."""
NICE = 19


def compile_aside() -> None:
    """Have a process compile what is not compiled yet, without waiting for it."""
    if is_compiled():
        return
    from anlan.edge.cli.identity import before_exec, own_identity

    log.info("compiling what readings need, once after installation; the first readings may wait for it")
    process = subprocess.Popen(
        [sys.executable, "-m", "anlan.edge.ingest.compiling"],
        preexec_fn=before_exec(own_identity(), signal.SIGKILL),  # not left behind when we are killed
    )
    threading.Thread(target=process.wait, name="compiling", daemon=True).start()


def is_compiled() -> bool:
    """Does the machine code lie on the disk, newer than what it was made of? Without loading numba."""
    import anlan.sensing.rules as rules

    source = Path(rules.__path__[0]) / "walking.py"
    kept = os.environ.get("NUMBA_CACHE_DIR")
    found = Path(kept).rglob(LAST) if kept else (source.parent / "__pycache__").glob(LAST)
    return any(each.stat().st_mtime >= source.stat().st_mtime for each in found)


def compile_all() -> None:
    """Read, believe and judge a handful of readings, so that each compiled function is made."""
    import numpy as np

    from anlan.edge.ingest.scanning import acknowledged, scanned
    from anlan.sensing.name_table import NameTable
    from anlan.sensing.plain_json import read_plain

    names = [b"a.level", b"b.level"]
    payload = b'{"t": "2026-01-01T00:00:00.5+08:00", "v": 1.5}'
    reply = b"$JS.ACK.PLAIN.c.1.1.1.1767225600000000000.0"
    data = np.frombuffer(
        b"".join(b"MSG d.%b 1 %b %d\r\n%b\r\n" % (name, reply, len(payload), payload) for name in names),
        np.uint8,
    )
    rows, _used = scanned(data)
    acknowledged(data, rows)
    spans = rows[:, 2:4] + np.array([2, 0])
    NameTable(names).find(data, spans)
    read_plain(data, rows[:, 7:9])
    _judge_all()


def _judge_all() -> None:
    import numpy as np

    from anlan.sensing.rules.judging import LONG_AGO, judge, judge_sites, spans
    from anlan.sensing.rules.lanes import in_lanes
    from anlan.sensing.rules.states import blank
    from anlan.sensing.rules.terms import Level, Rule, RuleKind
    from anlan.sensing.terms import Colour

    at = np.arange(4, dtype=np.int64) * 60_000_000
    lanes = in_lanes(np.array([1, 1, 2, 2], np.int32), at, np.array([1.0, 5.0, 1.0, 5.0]))
    levels = (Level(Colour.YELLOW, 3.0, 2.0),)
    last = np.full(2, LONG_AGO)
    rule = Rule("level", 1, "kind", "level", RuleKind.THRESHOLD, levels)
    judge(spans([rule]), lanes, last, blank(rule.kind, 2))
    several = {"sensors": 2.0, "window_seconds": 900.0}
    agree = Rule("agree", 1, "kind", "level", RuleKind.AGREEMENT, levels, parameters=several)
    judge_sites(spans([agree]), lanes, last, blank(agree.kind, 2))


if __name__ == "__main__":
    os.nice(NICE)
    compile_all()
