"""What a corpus larger than memory costs: the regulations over and over under new names, up to 100 million tokens."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.adoption import adoption
from analysis.corpus import Corpus
from analysis.evaluate.speed import peak
from analysis.lexicon import load_lexicon, load_stopwords
from analysis.reading import read_corpus
from analysis.shards import Shards, stages, write_shards

TOKENS, PER_CHARACTER = 100_000_000, 0.5  # of these texts
COMMON = 10  # regulations with a feature whose keyness is asked for, in one copy of them


def run(data: Path, quick: bool) -> None:
    """Print what every stage takes; a tenth of the tokens if quick."""
    corpus = read_corpus(data / "corpora" / "local_regulations")
    copies = -(-TOKENS // (10 if quick else 1) // int(PER_CHARACTER * corpus.docs["n_chars"].sum()))
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        _stages(corpus, copies, Path(folder) / "shards")


def replicated(corpus: Corpus, copies: int, folder: Path) -> Shards:
    """The documents so many times, each time under new names."""
    bare = corpus.docs.assign(text="")
    docs = pd.concat([bare.set_axis(bare.index + f"@{n:03}").rename_axis("doc_id") for n in range(copies)])
    texts = chain.from_iterable(repeat(corpus.docs["text"], copies))
    return write_shards(replace(corpus, docs=docs), folder, texts=texts)


def _stages(corpus: Corpus, copies: int, folder: Path) -> None:
    lexicon = load_lexicon()
    shards = _timed("write", replicated, corpus, copies, folder)
    tokens = _timed("tokenize", stages.tokenize, shards, lexicon)
    counts = _timed("count", stages.dfm, tokens)
    print(f"{tokens}, {counts.totals.sum()} words, {shards.docs['n_chars'].sum()} characters; {counts}", flush=True)
    for measure in (stages.frequency, stages.dispersion, stages.tfidf):
        _timed(f"{measure.__name__} by region", measure, counts, "region")
    terms = counts.trim(min_docfreq=COMMON * copies).remove(load_stopwords())
    largest = shards.docs["region"].value_counts().sort_index().idxmax()
    table = _timed("keyness of a region", stages.keyness, terms, f"region == '{largest}'")
    print(f"{largest} against the rest: {len(table)} features, {(table['q'] < 0.05).sum()} with q < 0.05", flush=True)
    occ = _timed("slogans", stages.slogans, shards, lexicon)
    _timed("adoption by region", adoption, occ, shards, "region")
    pairs = _timed("co-occurrence", stages.cooccurrence, occ, shards)
    print(f"{len(occ):,} occurrences, {len(pairs):,} pairs", flush=True)


def _timed(stage: str, function: Callable[..., Any], *args: Any) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(*args)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{stage:22} {wall:8.1f} s  {cpu:8.1f} s of processor  {peak():7.0f} MB at most so far", flush=True)
    return result
