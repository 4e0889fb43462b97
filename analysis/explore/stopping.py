"""Work that can be stopped."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

STEP = 0.03  # seconds between two looks
_idle: list[ThreadPoolExecutor] = []  # of one thread each


class Stopped(Exception):
    """The user stopped a long answer."""


def watched(work: Callable[[], Any], stop: Callable[[], bool] | None) -> None:
    """Do some work; with ``stop``, in a thread beside: raise in it, and here, once ``stop()`` is true.

    A library's loop is not broken off: the thread ends with the Python line it is in, and nobody waits for it. One
    that was not stopped works again: it has its memory at hand, which a new thread would have to be given.
    """
    if stop is None:
        work()
        return
    begun: list[int] = []

    def run() -> None:
        begun.append(threading.get_ident())
        work()

    thread = _idle.pop() if _idle else ThreadPoolExecutor(1)
    done = thread.submit(run)
    while wait([done], STEP).not_done:
        if stop():
            for ident in begun:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(Stopped))
            thread.shutdown(wait=False, cancel_futures=True)
            raise Stopped
    _idle.append(thread)
    done.result()
