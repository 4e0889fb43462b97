"""Answers one at a time in a thread of their own, where only the latest question counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Latest:
    """A place to put questions; a new one makes those before it stale, whose answers are never shown.

    Answers are shown on the kernel's own thread, where drawing is safe. Without an event loop (plain
    Python) everything happens at once.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._pool = ThreadPoolExecutor(1)
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def ask(self, work: Callable[[Callable[[], bool]], Any], show: Callable[[Any], None]) -> None:
        """Work out an answer, given a function that says when to stop; show it, or the exception, if still wanted."""
        self.stop()
        turn = self._turn
        if self._loop is None:
            show(_outcome(work, lambda: False))
        else:
            self._pool.submit(self._run, work, show, lambda: turn != self._turn)

    def stop(self) -> None:
        """Whatever is asked is no longer wanted."""
        self._turn += 1

    def on_loop(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function that has the call made on the kernel's own thread."""
        loop = self._loop
        return call if loop is None else lambda *given: loop.call_soon_threadsafe(call, *given)

    def _run(self, work: Callable[..., Any], show: Callable[[Any], None], stale: Callable[[], bool]) -> None:
        if not stale():
            outcome = _outcome(work, stale)
            self.on_loop(lambda: None if stale() else show(outcome))()


def _outcome(work: Callable[..., Any], stale: Callable[[], bool]) -> Any:
    try:
        return work(stale)
    except Exception as error:  # shown to the reader in place of the answer
        return error
