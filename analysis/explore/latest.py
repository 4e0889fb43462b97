"""Answers one at a time in a thread of their own, where only the latest question counts."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PATIENCE = 0.4


class Latest:
    """A place to put questions; a new one makes those before it stale, whose answers are never shown.

    Answers are shown on the kernel's own thread, where drawing is safe. Without an event loop (plain
    Python) everything happens at once. ``failed`` is given what is raised, so that nothing is lost in a log.
    """

    def __init__(self, failed: Callable[[Exception], Any]) -> None:
        self._turn, self._failed = 0, failed
        self._pool = ThreadPoolExecutor(1)
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def ask(
        self, work: Callable[[Callable[[], bool]], Any], show: Callable[[Any], Any], slow: Callable[[], Any] = bool
    ) -> None:
        """Work out an answer, given a function that says when to stop, and show it if it is still wanted.

        ``slow`` is called when there is none after ``PATIENCE`` seconds.
        """
        self.stop()
        turn = self._turn
        run = functools.partial(self._run, work, show, lambda: turn != self._turn)
        if self._loop is None:
            return run()
        self._pool.submit(run)
        self._loop.call_later(PATIENCE, lambda: slow() if turn == self._turn else None)

    def stop(self) -> None:
        """Whatever is asked is no longer wanted, or answered."""
        self._turn += 1

    def on_loop(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function that has the call made on the kernel's own thread."""

        def safely(*given: Any) -> None:
            try:
                call(*given)
            except Exception as error:
                self._failed(error)

        loop = self._loop
        return safely if loop is None else lambda *given: loop.call_soon_threadsafe(safely, *given)

    def _run(self, work: Callable[..., Any], show: Callable[[Any], Any], stale: Callable[[], bool]) -> None:
        if stale():
            return
        try:
            outcome = functools.partial(show, work(stale))
        except Exception as error:
            outcome = functools.partial(self._failed, error)

        def end() -> None:
            if not stale():
                self.stop()
                outcome()

        self.on_loop(end)()
