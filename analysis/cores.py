"""Work spread over the machine's cores: the same results in the same order, however many processes compute them."""

from __future__ import annotations

import gc
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_work: Callable[[Any], Any] = lambda part: part  # noqa: E731 (what a worker process does, set when it starts)


def spread(
    work: Callable[[Any], Any],
    parts: Sequence[Any],
    *,
    n_jobs: int = 1,
    what: str = "",
    unit: str = "it",
    sizes: Sequence[int] | None = None,
    chunk: int = 1,
) -> Iterator[Any]:
    """The results of ``work`` over ``parts``, in the order of the parts.

    Where the system forks (Linux), the workers share what ``work`` refers to; elsewhere it is pickled, once for each
    worker, and a script needs its ``if __name__ == "__main__":``. Parts and results travel as pickles: let them be
    numbers and arrays.

    Parameters
    ----------
    work : function of one part
    parts : sequence
    n_jobs : int
        Processes; 1 works in this one, −1 takes as many as there are cores.
    what, unit : str
        Of the progress bar, which appears after two seconds, with rate and time left.
    sizes : sequence of int, optional
        Of each part in that unit; by default 1.
    chunk : int
        Parts sent to a worker at a time.

    Raises
    ------
    ValueError
        If n_jobs is neither −1 nor at least 1.
    """
    from tqdm import tqdm

    workers = min(_workers(n_jobs), len(parts) - 1)
    sizes = [1] * len(parts) if sizes is None else sizes
    scale = {"total": sum(sizes), "unit": unit, "unit_scale": True}
    with tqdm(desc=what, delay=2, leave=False, **scale) as bar:
        for result, size in zip(_results(work, parts, workers, chunk), sizes, strict=True):
            bar.update(size)
            yield result


def _workers(n_jobs: int) -> int:
    if n_jobs != -1 and n_jobs < 1:
        raise ValueError(f"n_jobs {n_jobs} is no number of processes; give 1 or more, or -1 for every core.")
    return n_jobs if n_jobs > 0 else os.cpu_count() or 1


def _results(work: Callable[[Any], Any], parts: Sequence[Any], workers: int, chunk: int) -> Iterator[Any]:
    if workers < 2:
        yield from map(work, parts)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    yield work(parts[0])  # what that loads, forked workers share
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(workers, context, _begin, (work,)) as pool:
        with warnings.catch_warnings():
            # Python 3.12 warns of locks that other threads hold; the workers take none of theirs.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            results = pool.map(_run, parts[1:], chunksize=chunk)
        yield from results


def _begin(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # what is shared stays shared: the garbage collector does not touch it


def _end_with_parent() -> None:
    """A process that is killed cannot end its workers: they would wait for it for ever."""
    import multiprocessing

    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _run(part: Any) -> Any:
    return _work(part)
