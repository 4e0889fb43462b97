"""Work spread over the machine's cores: the same results in the same order, however many processes compute them."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any


def spread(
    work: Callable[[Any], Any],
    parts: Sequence[Any],
    *,
    n_jobs: int = 1,
    what: str = "",
    unit: str = "it",
    sizes: Sequence[int] | None = None,
) -> Iterator[Any]:
    """The results of ``work`` over ``parts``, in the order of the parts.

    Where the system forks (Linux), the workers share what ``work`` refers to; elsewhere it is pickled, once for each
    worker, and a script needs its ``if __name__ == "__main__":``. Results travel as pickles: let them be numbers and
    arrays.

    Parameters
    ----------
    work : function of one part
    parts : sequence
    n_jobs : int
        Processes, this one among them; −1 takes as many as there are cores for this one. In a process that may start
        none, as one of Dask's, it works alone.
    what, unit : str
        Of the progress bar, which appears after two seconds, with rate and time left.
    sizes : sequence of int, optional
        Of each part in that unit; by default 1.

    Raises
    ------
    ValueError
        If n_jobs is neither −1 nor at least 1.
    RuntimeError
        If a process was killed or could not begin.
    """
    from tqdm import tqdm

    workers = min(_workers(n_jobs), len(parts) - 1)
    results = _shared(work, parts, workers) if workers > 1 else map(work, parts)
    sizes = [1] * len(parts) if sizes is None else sizes
    with tqdm(desc=what, delay=2, leave=False, total=sum(sizes), unit=unit, unit_scale=True) as bar:
        for result, size in zip(results, sizes, strict=True):
            bar.update(size)
            yield result


def _workers(n_jobs: int) -> int:
    import multiprocessing

    if n_jobs != -1 and n_jobs < 1:
        raise ValueError(f"n_jobs {n_jobs} is no number of processes; give 1 or more, or -1 for every core.")
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    alone = multiprocessing.current_process().daemon
    return 1 if alone else n_jobs if n_jobs > 0 else cores


def _shared(work: Callable[[Any], Any], parts: Sequence[Any], workers: int) -> Iterator[Any]:
    """Who is free takes the next part, this process too; what others made comes in files, for which nobody waits."""
    import multiprocessing
    from multiprocessing.connection import wait

    yield work(parts[0])  # what that loads, forked workers share
    forks = sys.platform == "linux"
    context = multiprocessing.get_context("fork" if forks else "spawn")
    turn, made = context.Value("q", 1), dict[int, Any]()
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder, contextlib.ExitStack() as stack:
        if not forks:  # in a file: a pipe to a process that cannot begin would be full, and wait for ever
            _write(Path(folder) / "work", (work, parts))
        share = partial(_helper, (work, parts) if forks else None, turn, Path(folder))
        pipes = [stack.enter_context(_started(context, share)) for _ in range(workers - 1)]
        for k in range(1, len(parts)):
            while k not in made:
                own = _next(turn)
                if own < len(parts):
                    made[own] = work(parts[own])
                for pipe in wait(pipes, 0 if own < len(parts) else None):
                    if (done := _received(pipe)) is None:
                        pipes.remove(pipe)
                    else:
                        made[done] = _read(Path(folder) / str(done))
                        (Path(folder) / str(done)).unlink()
            yield made.pop(k)


@contextlib.contextmanager
def _started(context: Any, share: Callable[[Any], None]) -> Iterator[Any]:
    """Where a process says what it has done, for as long as that is of use."""
    ours, its = context.Pipe(duplex=False)
    process = context.Process(target=share, args=(its,), daemon=True)
    try:
        with _uninterrupted(), warnings.catch_warnings():
            # Python 3.12 warns of locks that other threads hold; the workers take none of theirs.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            process.start()
        its.close()
        yield ours
    except BaseException:
        if process.pid:
            process.terminate()
            process.join()
        raise
    else:
        process.terminate()  # all is done, even if it has not begun: nobody waits for its end
    finally:
        ours.close()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C comes at the end: what Python does around a fork would swallow it."""
    before = signal.getsignal(signal.SIGINT)
    if before is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    for number in came[:1]:
        signal.raise_signal(number)


def _helper(task: Any, turn: Any, folder: Path, pipe: Any) -> None:
    import multiprocessing

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is told, and ends this one
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # what is shared stays shared: the garbage collector does not touch it
    first: Any = multiprocessing.parent_process()
    failure = None
    try:
        work, parts = task or _read(folder / "work")
        while first.is_alive() and (k := _next(turn)) < len(parts):
            _write(folder / str(k), work(parts[k]))
            pipe.send(k)
    except Exception as error:
        failure = _portable(error)
    if not first.is_alive():  # killed, it could not clear up
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        pipe.send(failure)


def _portable(error: Exception) -> Exception:
    """The error with where it was raised; of one that cannot be sent, what it says."""
    where = "".join(traceback.format_exception(error))
    error.add_note(where)
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(where)


def _next(turn: Any) -> int:
    """The first part that nobody has taken."""
    with turn.get_lock():
        turn.value += 1
        return turn.value - 1


def _received(pipe: Any) -> int | None:
    """The part that another process has done; None after its last one."""
    try:
        done = pipe.recv()
    except EOFError:
        raise _lost() from None
    if isinstance(done, Exception):
        raise done
    part: int | None = done
    return part


def _lost() -> RuntimeError:
    said = "A process was killed, perhaps for want of memory; give fewer n_jobs."
    if sys.platform != "linux":
        said += ' Or it could not begin: a script that uses n_jobs does its work under `if __name__ == "__main__":`.'
    return RuntimeError(said)


def _write(path: Path, value: Any) -> None:
    with open(path, "wb") as file:
        pickle.dump(value, file, protocol=5)


def _read(path: Path) -> Any:
    with open(path, "rb") as file:
        return pickle.load(file)
