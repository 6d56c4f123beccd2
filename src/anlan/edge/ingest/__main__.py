"""The process that hears devices: `python -m anlan.edge.ingest [--without-frames | --share NUMBER]`.

It lets devices in, reads what waits in the brokers' streams, and stores it batch by batch. Whatever happens
to it, to a broker or to the database, it begins again where the database ended.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from anlan.edge.ingest import FRAMES_STUCK, READINGS_STUCK
from anlan.edge.ingest.wire import BrokerStuck
from anlan.edge.operations.connections import give_back_quickly

log = logging.getLogger("anlan.ingest")

LONGEST_PAUSE = 10.0


def main() -> None:
    """Set Django up and hear devices until a signal asks to stop."""
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    django.setup()
    give_back_quickly(settings)
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)

    from anlan.edge.ingest.compiling import compile_aside
    from anlan.edge.ingest.listening import hear_frames, hear_readings

    if "--share" in sys.argv:
        share = int(sys.argv[sys.argv.index("--share") + 1])
        _hear_on(partial(hear_frames, share=share), f"frames, share {share}", FRAMES_STUCK, stopping)
        return
    compile_aside()
    facts = (hear_frames, "frames", FRAMES_STUCK, stopping)
    frames = threading.Thread(target=_hear_on, args=facts, name="frames")
    if "--without-frames" not in sys.argv:
        frames.start()
    _hear_on(hear_readings, "readings", READINGS_STUCK, stopping)
    if frames.ident is not None:
        frames.join()


def _hear_on(
    hear: Callable[[threading.Event], None], what: str, when_stuck: int, stopping: threading.Event
) -> None:
    """Hear, and begin again after every fault, a little later each time.

    Ends the process with the code `when_stuck` when the broker has to be started again.
    """
    pause = 0.2
    while not stopping.is_set():
        began = time.monotonic()
        try:
            hear(stopping)
        except BrokerStuck as error:
            log.error("the broker of %s cannot write, and has to be started again: %s", what, error)
            os._exit(when_stuck)  # at once, as by a kill: what is not stored is read again
        except Exception as error:  # whatever it was: what is not stored is read again
            log.warning(
                "ingest of %s begins again after %s: %s", what, type(error).__name__, str(error)[:200]
            )
            pause = 0.2 if time.monotonic() - began > 30 else min(pause * 2, LONGEST_PAUSE)
            stopping.wait(pause)
        finally:
            _leave_database()


def _leave_database() -> None:
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    main()
