"""However many processes compute them, results are the same and in their order."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from analysis.cores import spread
from analysis.folders import SAMPLE
from analysis.reading import read_corpus

FOLDER = Path(__file__).resolve().parents[1]


def scaled(factor: int, part: int) -> tuple[int, int]:
    if part == 13:
        raise ValueError("part 13")
    return part * factor, os.getpid()


@pytest.mark.parametrize("n_jobs", [1, 2, 3, -1])
@pytest.mark.parametrize("parts", [[], [5], list(range(12))])
def test_results_stand_in_the_order_of_their_parts(n_jobs, parts):
    assert [value for value, _ in spread(partial(scaled, 3), parts, n_jobs=n_jobs)] == [3 * part for part in parts]


def slow(part: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def test_this_process_works_among_the_others():
    assert set(spread(slow, range(5))) == {os.getpid()}
    pids = list(spread(slow, range(30), n_jobs=3))
    assert len(set(pids)) == 3 and pids.count(os.getpid()) > 5


def killed(part: int) -> None:
    time.sleep(0.02)
    if multiprocessing.parent_process():
        os._exit(9)


def test_a_worker_that_is_killed_is_not_waited_for():
    with pytest.raises(RuntimeError, match="killed.*fewer n_jobs"):
        list(spread(killed, range(30), n_jobs=2))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_failure_in_a_worker_is_raised_here(n_jobs):
    with pytest.raises(ValueError, match="part 13"):
        list(spread(partial(scaled, 1), range(10, 16), n_jobs=n_jobs))


@pytest.mark.parametrize("n_jobs", [0, -2])
def test_a_number_of_processes_that_is_none_is_named(n_jobs):
    with pytest.raises(ValueError, match=f"n_jobs {n_jobs} is no number of processes"):
        list(spread(partial(scaled, 1), [1], n_jobs=n_jobs))


def test_two_processes_read_the_same_corpus():
    one, two = read_corpus(SAMPLE), read_corpus(SAMPLE, n_jobs=2)
    for part in ("docs", "report", "removals"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(two, part))
    assert one.recipe == two.recipe


@pytest.mark.skipif(sys.platform != "linux", reason="Here workers are spawned, which no -c allows.")
def test_workers_end_with_a_process_that_is_killed():
    work = "def work(k):\n    print(k, flush=True)\n    time.sleep(0.05)"
    code = f"import time\nfrom analysis.cores import spread\n{work}\nlist(spread(work, range(10_000), n_jobs=2))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=FOLDER) as child:
        for _ in range(9):
            child.stdout.readline()
        child.kill()
        child.communicate(timeout=60)  # ends when nobody can write any more
