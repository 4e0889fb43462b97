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


class Unsendable(Exception):
    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")
        self.found = lambda: one  # no pickle, even where tblib, which distributed brings, helps errors into theirs


def refused(part: int) -> None:
    time.sleep(0.02)
    if multiprocessing.parent_process():
        raise Unsendable(1, 2)


def test_a_failure_that_cannot_be_sent_is_told():
    with pytest.raises(RuntimeError, match="in refused\n(.*\n)*.*Unsendable: 1 and 2"):
        list(spread(refused, range(30), n_jobs=2))


def inner(part: int) -> int:
    return sum(spread(abs, range(part), n_jobs=2))


def test_a_process_that_may_start_none_works_alone():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(inner, [4, 5]) == [6, 10]


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
def test_workers_end_with_a_process_that_is_killed_and_clear_up(tmp_path):
    work = "def work(k):\n    print(k, flush=True)\n    time.sleep(0.05)"
    code = f"import time\nfrom analysis.cores import spread\n{work}\nlist(spread(work, range(10_000), n_jobs=2))"
    where = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=FOLDER, env=where) as child:
        for _ in range(9):
            child.stdout.readline()
        child.kill()
        child.communicate(timeout=60)  # ends when nobody can write any more
    assert not list(tmp_path.iterdir())


PRESSED = """
import multiprocessing, os, signal
from analysis.cores import spread

os.register_at_fork(before=lambda: os.kill(os.getpid(), signal.SIGINT))
for _ in range(2):
    try:
        print(list(spread(abs, range(50), n_jobs=3)))
    except KeyboardInterrupt:
        print("interrupted", multiprocessing.active_children())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere nothing is forked.")
def test_ctrl_c_while_a_process_is_forked_is_not_lost():
    done = subprocess.run([sys.executable, "-c", PRESSED], capture_output=True, text=True, cwd=FOLDER, timeout=60)
    assert (done.stdout, done.stderr) == ("interrupted []\n" * 2, "")


SPAWNING = """
import sys, time, types
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from analysis import cores

cores.sys = types.SimpleNamespace(platform="darwin")

def work(ballast, helped, part):
    if parent_process():
        helped.touch()
    if not helped.exists():
        time.sleep(0.05)
    return part

def main():  # what is done before anybody could help, and what is not
    assert list(cores.spread(partial(pow, 2), range(5), n_jobs=2)) == [1, 2, 4, 8, 16]
    assert list(cores.spread(partial(work, 'x' * 1_000_000, Path(sys.argv[1])), range(999), n_jobs=2))[-1] == 998

GUARD:
    main()
"""


def spawning(tmp_path: Path, guard: str) -> subprocess.CompletedProcess:
    (tmp_path / "script.py").write_text(SPAWNING.replace("GUARD", guard), encoding="utf-8")
    where = {**os.environ, "PYTHONPATH": str(FOLDER), "PYTHONWARNINGS": "error", "TQDM_DISABLE": "1"}
    command = [sys.executable, tmp_path / "script.py", tmp_path / "helped"]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, env=where)


def test_where_processes_are_spawned_they_help_and_end_in_silence(tmp_path):
    done = spawning(tmp_path, 'if __name__ == "__main__"')
    assert (done.returncode, done.stderr) == (0, "") and (tmp_path / "helped").exists()


def test_a_spawning_script_without_its_guard_is_told_so(tmp_path):
    done = spawning(tmp_path, "if True")
    assert done.returncode == 1 and 'under `if __name__ == "__main__":`' in done.stderr
