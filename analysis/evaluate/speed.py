"""How fast Tifa is beside a plain pipeline (jieba, scikit-learn, Counter, itertools): the same tables, on one core."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import memo
from analysis.corpus import load_corpus, make_corpus
from analysis.dfm import dfm
from analysis.lexicon import load_lexicon
from analysis.segmenter import Vocabulary, segment
from analysis.slogans import matches, slogans
from analysis.stats.contexts import find_contexts
from analysis.stats.frequency import frequency
from analysis.stats.tfidf import tfidf
from analysis.study import open_study
from analysis.tokens import tokenize

CORPORA = ("provincial_reports", "local_regulations")
DRAWS, WORDS = 200, 300  # samples of documents; words whose common sentences are counted
SIZES = (100_000, 1_000_000, 10_000_000)  # tokens; for more than memory holds: evaluate shards
PER_CHARACTER = 0.54  # tokens of these texts
ENDS, CLOSERS = frozenset("。！？!?"), frozenset("”’」』）)》")
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
Pipeline = Iterator[tuple[str, Callable[[], Any]]]  # of its stages, each with what makes its result comparable
Times = dict[str, tuple[float, ...]]  # of each stage: seconds of processor, of the clock; peak memory in MB


def run(data: Path, quick: bool) -> None:
    """Print both pipelines on real corpora, then how Tifa's cost grows with documents repeated under new names."""
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        os.environ |= ONE_CORE | {"TIFA_CACHE": folder, "TIFA_RECOMPUTE": ""}
        for name in CORPORA[: 1 if quick else None]:
            docs = open_study(data / "corpora" / name).corpus.docs
            _compare(docs[docs["region"].notna()], name, data / "corpora" / name)
        sizes = SIZES[: 1 if quick else None]
        _print("Tifa as the corpus grows: documents repeated under new names", [_grown(docs, size) for size in sizes])


def _compare(docs: pd.DataFrame, name: str, path: Path) -> None:
    megabytes = _megabytes(docs["text"])
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        make_corpus(docs.reset_index()).save(folder)
        plain, tifa, warm, _, kept = (_measured(name, folder, str(path)) for name in (*PIPELINES, "kept"))
        _agree(Path(folder))
    both = [stage for stage in plain if stage not in ("start", "slogans")]
    rows = [_row(stage, plain[stage], tifa[stage], megabytes) for stage in [*both, "slogans"]]
    rows.append(_row("all but slogans", _sum(plain, both), _sum(tifa, both), megabytes))
    rows.append(_row("open the cached study", _sum(plain, both[:2]), warm["words"], megabytes))
    for stage, again in (("with it, tables made anew", warm), ("with it, tables kept too", kept)):
        rows.append(_row(stage, _sum(plain, both), _sum(again, [s for s in both if s in again]), megabytes))
    for stage, again in (("start of the process", tifa), ("start, with a cached study", warm)):
        rows.append(_row(stage, plain["start"], again["start"], np.nan))
    _print(f"{name}: {len(docs)} documents, {megabytes:.1f} MB", rows)


def _row(stage: str, plain: tuple[float, ...], tifa: tuple[float, ...], megabytes: float) -> dict[str, object]:
    return {
        "stage": stage, "plain s": plain[0], "Tifa s": tifa[0], "ratio": plain[0] / tifa[0],
        "plain MB/s": megabytes / plain[0], "Tifa MB/s": megabytes / tifa[0],
        "plain wall s": plain[1], "Tifa wall s": tifa[1], "plain peak MB": plain[2], "Tifa peak MB": tifa[2],
    }  # fmt: skip


def _grown(docs: pd.DataFrame, size: int) -> dict[str, object]:
    """Seconds of each stage on about so many tokens."""
    ends = np.cumsum(np.tile(docs["n_chars"], -(-size // int(PER_CHARACTER * docs["n_chars"].sum()))))
    rows = np.arange(np.searchsorted(ends, size / PER_CHARACTER) + 1)
    grown = docs.iloc[rows % len(docs)].set_axis([f"d{row:07}" for row in rows]).rename_axis("doc_id")
    megabytes = _megabytes(grown["text"])
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        make_corpus(grown.reset_index()).save(folder)
        times = _measured("tifa", folder)
    stages = [stage for stage in times if stage != "start"]
    processor, clock, largest = _sum(times, stages)
    return {
        "tokens": f"{size:,}", "documents": len(grown), "MB": megabytes, **{s: times[s][0] for s in stages},
        "all s": processor, "wall s": clock, "MB/s": megabytes / processor, "peak MB": largest,
    }  # fmt: skip


def _megabytes(texts: Iterable[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def _sum(times: Times, stages: Iterable[str]) -> tuple[float, ...]:
    processor, clock, peak = zip(*(times[stage] for stage in stages), strict=True)
    return sum(processor), sum(clock), max(peak)


def _print(title: str, rows: list[dict[str, object]]) -> None:
    """A table in Markdown."""
    cells = [[f"{v:.3g}" if isinstance(v, float) and v < 100 else f"{v:,.0f}" if isinstance(v, float) else str(v)
              for v in row.values()] for row in rows]  # fmt: skip
    lines = [list(rows[0]), ["---"] * len(rows[0]), *cells]
    print(f"\n{title}\n", *(f"| {' | '.join(line)} |" for line in lines), sep="\n", flush=True)


def _measured(pipeline: str, *arguments: str) -> Times:
    """A pipeline's stages in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __name__, pipeline, *arguments], stdout=subprocess.PIPE, check=True
    )
    return {stage: tuple(numbers) for stage, numbers in json.loads(done.stdout).items()}


def _agree(folder: Path) -> None:
    """That both pipelines made the same tables."""
    plain, tifa = (np.load(folder / f"{name}.npz") for name in ("plain", "tifa"))
    different = [key for key in plain if not np.allclose(plain[key], tifa[key], rtol=1e-9, atol=0)]
    if different:
        raise AssertionError(f"The two pipelines differ in {different}.")


def _plain(folder: str, _path: str = "") -> Pipeline:
    """What a good script does."""
    import jieba
    from sklearn.feature_extraction.text import CountVectorizer

    docs = load_corpus(folder).docs
    jieba.setLogLevel("WARNING")
    pattern = re.compile("|".join(map(re.escape, sorted(load_lexicon().surfaces.index, key=len, reverse=True))))
    jieba.dt.tmp_dir = os.environ["TIFA_CACHE"]
    jieba.initialize()
    yield "start", tuple
    tokens = [jieba.lcut(text) for text in docs["text"]]
    yield "words", lambda: _digest(tokens)
    vectorizer = CountVectorizer(analyzer=lambda words: [w for w in words if any(c.isalnum() for c in w)])
    counts = vectorizer.fit_transform(tokens)
    features = vectorizer.get_feature_names_out()
    yield "counts", lambda: _csr(counts)
    yield from _plain_by_region(docs["region"].astype(str).tolist(), tokens, counts, features)
    chosen = _chosen(features, counts)
    names = set(features[chosen])
    sentences = (sorted(inside & names) for words in tokens for inside in _sentences(words))
    ties = Counter(pair for inside in sentences for pair in combinations(inside, 2))
    yield "common sentences", lambda: [n for _, n in sorted(ties.items())]
    rng, rates = np.random.default_rng(0), []
    for _ in range(DRAWS):
        sums = np.asarray(counts[rng.integers(0, len(docs), len(docs))].sum(axis=0)).ravel()
        rates.append(sums[chosen] / sums.sum())
    interval = np.quantile(rates, [0.025, 0.975], axis=0)
    yield "bootstrap", lambda: interval
    found = [[match.span() for match in pattern.finditer(text)] for text in docs["text"]]
    yield "slogans", lambda: [place for spans in found for place in spans]


def _plain_by_region(regions: list[str], tokens: list[list[str]], counts: Any, features: np.ndarray) -> Pipeline:
    from sklearn.feature_extraction.text import TfidfTransformer

    grouped: dict[str, Counter[str]] = {region: Counter() for region in sorted(set(regions))}
    for region, words in zip(regions, tokens, strict=True):
        grouped[region].update(w for w in words if any(c.isalnum() for c in w))
    ranks = {region: counter.most_common() for region, counter in grouped.items()}
    yield "frequency by region", lambda: [n for r in ranks for _, n in sorted(ranks[r])]
    transformer = TfidfTransformer().fit(counts)
    weights = {}
    for region in grouped:
        row = transformer.transform(np.asarray(counts[np.flatnonzero(np.array(regions) == region)].sum(axis=0)))
        weights[region] = sorted(zip(features[row.indices], row.data, strict=True), key=lambda pair: -pair[1])
    yield "tf-idf by region", lambda: [w for r in weights for _, w in sorted(weights[r])]


def _sentences(words: list[str]) -> Iterator[set[str]]:
    """The words of each sentence: it ends with its line, or with 。！？ and the marks that close it."""
    sentence: set[str] = set()
    line, ended = 0, False
    for word in words:
        if word == "\n" or (ended and word not in ENDS and word not in CLOSERS):
            yield sentence
            sentence = set()
        line = 0 if word == "\n" else line + 1
        ended = line > 1 and (word in ENDS or (ended and word in CLOSERS))
        sentence.add(word)
    yield sentence


def _tifa(folder: str, _path: str = "") -> Pipeline:
    """What Tifa does."""
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: F401 (what is imported counts as start)

    corpus, lexicon = load_corpus(folder), load_lexicon()
    list(matches({}, lexicon.surfaces.index))
    segment("法院工作", Vocabulary())
    yield "start", tuple
    tokens = tokenize(corpus)
    yield "words", lambda: _digest(tokens[doc_id] for doc_id in tokens.docvars.index)
    counts = dfm(tokens)
    yield "counts", lambda: _csr(counts.counts)
    yield from _tables(tokens, counts)
    occ = slogans(corpus, lexicon)
    yield "slogans", lambda: occ.loc[~occ["nested"], ["start", "end"]]


def _warm(_folder: str, path: str) -> Pipeline:
    """What Tifa does with a study it has opened before."""
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: F401

    open_study(path)  # what a process does once: imports, the lexicon, digests of the code
    memo.code()
    yield "start", tuple
    study = open_study(path)
    yield "words", tuple
    yield from _tables(study.tokens, study.dfm)


def _tables(tokens: Any, counts: Any) -> Pipeline:
    used = frequency(counts, by="region")
    yield "frequency by region", lambda: _sorted(used)["n"]
    weighed = tfidf(counts, by="region")
    yield "tf-idf by region", lambda: _sorted(weighed)["tf_idf"]
    chosen = _chosen(counts.features, counts.counts)
    ties = _ties(tokens, counts.features[chosen])
    yield "common sentences", lambda: ties
    rng, n = np.random.default_rng(0), len(counts)
    draws = np.array([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(DRAWS)], dtype=float)
    rates = (draws @ counts.counts[:, chosen].toarray().astype(float)) / (draws @ counts.totals)[:, None]
    interval = np.quantile(rates, [0.025, 0.975], axis=0)
    yield "bootstrap", lambda: interval


@memo.memoised
def _ties(tokens: Any, words: np.ndarray) -> np.ndarray:
    from scipy import sparse

    kept = set(words)
    presence = find_contexts(tokens.remove([t for t in tokens.types if t not in kept]), None, "sentence").presence
    return sparse.triu(presence.T @ presence, k=1).tocsr().data


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"region": "str"}).sort_values(["region", "feature"])


def _chosen(features: np.ndarray, counts: Any) -> np.ndarray:
    """The most frequent words of two letters or more."""
    order = np.lexsort((features, -np.asarray(counts.sum(axis=0)).ravel()))
    return np.sort([k for k in order.tolist() if len(features[k]) > 1 and features[k].isalpha()][:WORDS])


def _digest(documents: Iterable[list[str]]) -> np.ndarray:
    state = hashlib.sha256()
    for words in documents:
        state.update("\n".join(words).encode())
    return np.frombuffer(state.digest(), dtype=np.uint8)


def _csr(counts: Any) -> np.ndarray:
    counts = counts.sorted_indices()
    return np.concatenate([counts.indptr, counts.indices, counts.data])


PIPELINES: dict[str, Callable[[str, str], Pipeline]] = {"plain": _plain, "tifa": _tifa, "warm": _warm, "kept": _warm}


def peak() -> float:
    """Largest memory so far, MB; on Linux not from getrusage, which counts the process that started this one too."""
    if (status := Path("/proc/self/status")).exists():
        return int(re.findall(r"VmHWM:\s*(\d+)", status.read_text())[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def main(name: str, folder: str, path: str = "") -> None:
    """Run a pipeline, keep its tables and print its stages' times and peak memory as JSON."""
    times: Times = {}
    tables: dict[str, Any] = {}
    if name != "kept":
        os.environ["TIFA_RECOMPUTE"] = "1"
    pipeline = PIPELINES[name](folder, path)
    start = time.process_time(), time.perf_counter()
    for stage, table in pipeline:
        now = time.process_time(), time.perf_counter()
        times[stage] = (now[0] - start[0], now[1] - start[1], peak())
        tables[stage] = np.asarray(table())
        start = time.process_time(), time.perf_counter()
    np.savez(Path(folder) / f"{name}.npz", **tables)
    print(json.dumps(times))


if __name__ == "__main__":
    main(*sys.argv[1:])
