"""Workers on other machines: here two network namespaces, one of them lost half way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIENT = """
import os, signal, sys, threading, time
from pathlib import Path
import pandas as pd
from distributed import Client
import analysis as da

def tables(shards):
    lexicon = da.load_lexicon()
    counts = da.dfm(da.tokenize(shards, lexicon)).trim(min_docfreq=2)
    occ = da.slogans(shards, lexicon)
    keyness = da.keyness(counts, "macro_region == '西部'", resamples=999)
    return [da.frequency(counts, "region"), da.dispersion(counts), da.tfidf(counts, "region"), keyness, occ,
            da.cooccurrence(occ, shards)]

def lose(client, folder):
    pid = next(pid for address, pid in client.run(os.getpid).items() if "10.77.0.2" in address)
    while not list(folder.glob("_tokens-*/part-*.arrow")):
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)

corpus, folder = da.load_corpus(sys.argv[1]), Path(sys.argv[2])
here = tables(da.write_shards(corpus, folder / "here", shard_chars=8000))
for end in ("both", "one"):
    shards = da.write_shards(corpus, folder / end, shard_chars=8000).on(os.environ["SCHEDULER"])
    with Client(os.environ["SCHEDULER"], timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
        if end == "one":
            threading.Thread(target=lose, args=(client, shards.folder), daemon=True).start()
        for found, wanted in zip(tables(shards), here, strict=True):
            pd.testing.assert_frame_equal(found, wanted, check_exact=True)
            assert found.attrs == wanted.attrs
        print(len(shards.parts), "parts,", len(client.scheduler_info()["workers"]), "workers left")
"""


def _namespaces() -> bool:
    """Whether this user may make network namespaces here."""
    if not (shutil.which("ip") and shutil.which("bash") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return False
    made = subprocess.run(["ip", "netns", "add", f"probe{os.getpid()}"], capture_output=True).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", f"probe{os.getpid()}"]).returncode == 0


@pytest.mark.slow
def test_two_machines_and_one_lost_give_the_same_tables(tmp_path):
    pytest.importorskip("distributed")
    if not _namespaces():
        pytest.skip("Network namespaces need Linux, iproute2 and root.")
    import analysis as da

    da.read_corpus(ROOT / "data" / "sample").save(tmp_path / "corpus")
    client = [sys.executable, "-c", CLIENT, str(tmp_path / "corpus"), str(tmp_path)]
    script = [str(ROOT / "scripts" / "two_machines.sh"), sys.executable, *client]
    done = subprocess.run(script, capture_output=True, text=True, cwd=ROOT, timeout=600)
    assert done.returncode == 0, done.stderr
    assert [line.split(", ")[1] for line in done.stdout.splitlines()] == ["2 workers left", "1 workers left"]
