"""Tables of a sharded corpus on a SLURM cluster: ``python scripts/slurm.py SHARDS OUT --jobs 8 --memory 8GB``.

Each job is one Dask worker with one core. What your site asks for besides (account, partition, network interface,
modules to load) stands in Dask's own settings, ``~/.config/dask/jobqueue.yaml``, under ``jobqueue: slurm:``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dask_jobqueue import SLURMCluster
from distributed import Client

import analysis as da


def tables(folder: str, out: Path, by: str, target: str | None, client: Client) -> None:
    """Write what is frequent, key and said in each group as CSV."""
    shards, lexicon = da.open_shards(folder, scheduler=client), da.load_lexicon()
    terms = da.dfm(da.tokenize(shards, lexicon)).remove(da.load_stopwords()).trim(min_docfreq=5)
    occ = da.slogans(shards, lexicon)
    found = {"frequency": da.frequency(terms, by), "adoption": da.adoption(occ, shards, by=by)}
    found["cooccurrence"] = da.cooccurrence(occ, shards)
    if target:
        found["keyness"] = da.keyness(terms, target)
    out.mkdir(parents=True, exist_ok=True)
    for name, table in found.items():
        table.to_csv(out / f"{name}.csv", index=False, encoding="utf-8-sig")
        print(f"{name}: {len(table)} rows")


def main() -> None:
    """Ask SLURM for the workers, wait for the first, and work with as many as come."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shards", help="written by read_corpus(path, shards=…), on a file system all nodes see")
    parser.add_argument("out", type=Path, help="folder for the tables")
    parser.add_argument("--by", default="region", help="docvar to compare by; default: %(default)s")
    parser.add_argument("--target", help="docvars query for keyness, e.g. \"region == '吉林'\"")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--memory", default="8GB", help="of each job")
    parser.add_argument("--walltime", default="02:00:00")
    options = parser.parse_args()
    with SLURMCluster(cores=1, processes=1, memory=options.memory, walltime=options.walltime) as cluster:
        cluster.scale(jobs=options.jobs)
        with Client(cluster) as client:
            client.wait_for_workers(1)
            tables(options.shards, options.out, options.by, options.target, client)


if __name__ == "__main__":
    main()
