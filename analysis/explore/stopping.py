"""Work that tells how far it is and can be stopped."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

STEP = 0.03  # seconds between two looks
HALF = 4.0  # seconds in which half of what is left of the bar is filled: how long is left is not known


class Stopped(Exception):
    """The user stopped a long answer."""


def watched(
    work: Callable[[], Any], *, progress: Callable[[float], None] | None, stop: Callable[[], bool] | None
) -> None:
    """Do some work in a thread of its own; raise in it, and here, once ``stop()`` is true.

    Between two looks a library's loop may run on: the work ends with the Python line it is in.
    """
    if progress is None and stop is None:
        work()
        return
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # handed to the one who waits
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    looks = 0
    while thread.is_alive():
        thread.join(STEP)
        looks += 1
        if stop is not None and stop():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stopped))
            thread.join()
            raise Stopped
        if progress is not None:
            progress(1 - 0.5 ** (looks * STEP / HALF))
    if failed:
        raise failed[0]
