"""Work that can be stopped."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

STEP = 0.03  # seconds between two looks


class Stopped(Exception):
    """The user stopped a long answer."""


def watched(work: Callable[[], Any], stop: Callable[[], bool] | None) -> None:
    """Do some work; with ``stop``, in a thread of its own: raise in it, and here, once ``stop()`` is true.

    A library's loop is not broken off: the thread ends with the Python line it is in, and nobody waits for it.
    """
    if stop is None:
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
    while thread.is_alive():
        thread.join(STEP)
        if stop():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stopped))
            raise Stopped
    if failed:
        raise failed[0]
