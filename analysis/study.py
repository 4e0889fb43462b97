"""What a notebook opens: corpus, lexicon, tokens and counts, computed once; and the pages' figures and tables."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy import sparse

from analysis import blocks, cache, memo
from analysis.captions import caption
from analysis.corpus import INDEX, Corpus, from_table
from analysis.dfm import Dfm, dfm
from analysis.folders import corpus_path
from analysis.labels import say
from analysis.lexicon import Lexicon, load_lexicon, load_stopwords
from analysis.output import save_figure, save_table
from analysis.overview import periods
from analysis.reading import code_digest, read_corpus
from analysis.reading.files import SETTINGS
from analysis.slogans import slogans
from analysis.tables import paper_rows
from analysis.tokens import Tokens, recipe_of

MAX_PANELS = 12
_code = functools.lru_cache(maxsize=4)(code_digest)


@dataclass(frozen=True, eq=False)
class Study:
    """A corpus ready for questions.

    Attributes
    ----------
    corpus : Corpus
        With the docvar ``period``: up to three spans of years with about equally many documents.
    lexicon : Lexicon
    tokens : Tokens
    dfm : Dfm
        All words.
    """

    corpus: Corpus
    lexicon: Lexicon
    tokens: Tokens
    dfm: Dfm

    @functools.cached_property
    def terms(self) -> Dfm:
        """Words worth comparing: without stop-words, numbers and single documents' words (where there are several)."""
        numbers = [f for f in self.dfm.features if not any("\u4e00" <= c <= "\u9fff" for c in f)]
        kept = self.dfm.remove([*load_stopwords(), *numbers])
        return kept.trim(min_docfreq=2) if len(self.corpus) > 3 else kept

    @functools.cached_property
    def occurrences(self) -> pd.DataFrame:
        """Every occurrence of every slogan, nested ones too."""
        return slogans(self.corpus, self.lexicon)

    @property
    def space(self) -> str:
        """``region`` where that gives at most twelve panels, else ``macro_region``."""
        return "region" if self.corpus.docs["region"].nunique() <= MAX_PANELS else "macro_region"

    @property
    def time(self) -> str:
        """``year`` where that gives at most twelve panels, else ``period``."""
        return "year" if self.corpus.docs["year"].nunique() <= MAX_PANELS else "period"

    @functools.cached_property
    def report(self) -> pd.DataFrame:
        """What became of every file, those that were not simply read first."""
        report = self.corpus.report
        table = report.assign(plain=report["status"] == "read").sort_values(["plain", "file"]).drop(columns="plain")
        table.attrs = {"recipe": [*self.corpus.recipe, {"step": "report"}], "left_out": 0, "notes": []}
        if table.empty:
            table.attrs["reason"] = {"zh": "语料不是从文件读入的。", "en": "The corpus was not read from files."}
        return table

    @functools.cached_property
    def topic_units(self) -> Dfm:
        """What topics are fitted on: documents, or paragraphs where documents are long (median over 3,000 letters)."""
        long = self.corpus.docs["n_chars"].median() > 3000
        counts = dfm(self.tokens.paragraphs()) if long else self.dfm
        return counts.select(list(self.terms.features)).trim(min_docfreq=min(3, max(1, len(counts) // 4)))

    def figure(self, name: str, plot: Callable[..., Any], table: pd.DataFrame, /, **options: Any) -> Any:
        """Draw a table, save figure and table, and show the figure; an empty table gives the sentence that says why."""
        from IPython.display import Image, Markdown

        if table.empty:
            return Markdown(f"*{_reason(table)}*")
        made = plot(table, **options)
        paths = save_figure(getattr(made, "figure", None) or made, name, data=table)
        png = next(path for path in paths if path.suffix == ".png")
        return Image(filename=str(png), width=int(made.figure.get_figwidth() * 120), alt=caption(table))

    def table(self, name: str, table: pd.DataFrame, rows: int = 12) -> Any:
        """Save a table and show its first rows as a paper prints them, with its caption."""
        from IPython.display import Markdown

        if table.empty:
            return Markdown(f"*{_reason(table)}*")
        save_table(table, name)
        shown = paper_rows(table).head(rows)
        words = [n for n, c in zip(shown, table, strict=True) if c != "left" and not is_numeric_dtype(table[c])]
        style = shown.style.hide(axis="index").set_caption(caption(table))
        return style.set_properties(subset=words, **{"text-align": "left"})


def open_study(path: str | Path | None = None, *, lexicon: Lexicon | None = None, n_jobs: int = 1) -> Study:
    """Read, segment and count a corpus, or take from the cache what was read, segmented and counted before.

    Parameters
    ----------
    path : str or Path, optional
        A folder, file or zip; by default $CORPUS, else the bundled sample.
    lexicon : Lexicon, optional
        The built-in one by default; of one that changed, only what it cuts otherwise is cut again.
    n_jobs : int
        Processes that read and segment what is new, −1 for every core; the study does not depend on it.

    Returns
    -------
    Study
        Kept under $TIFA_CACHE (default: ``tifa`` in the user's cache folder) by content: the corpus by its files,
        the tokens by each text and the slogans in it. ``python -m analysis cache`` says how much there is.

    Raises
    ------
    FileNotFoundError, ValueError
        As ``read_corpus``.
    """
    path, lexicon = corpus_path(path), lexicon or load_lexicon()
    if (path / INDEX).exists():
        raise ValueError(f"{path} holds a sharded corpus; open it with open_shards(), and see docs/clusters.md.")
    key, corpus = _read(path, lexicon, n_jobs)
    return Study(corpus, lexicon, *_count(corpus, lexicon, key, n_jobs))


def _read(path: Path, lexicon: Lexicon, n_jobs: int) -> tuple[str, Corpus]:
    """The corpus, mapped into memory, and the digest of all it was made from."""
    key = _key(path, lexicon)
    table = cache.read(cache.place("corpora", key))
    if table is None:
        made = read_corpus(path, lexicon=lexicon, n_jobs=n_jobs, keep=True)
        table = cache.write(cache.place("corpora", key), made.to_table())
    corpus = from_table(table)
    return key, replace(corpus, docs=corpus.docs.assign(period=periods(corpus.docs["year"])))


def _key(path: Path, lexicon: Lexicon) -> str:
    folder = path if path.is_dir() else path.parent
    below = (os.path.join(at, name) for at, _, names in os.walk(path) for name in names)
    named = below if path.is_dir() else [str(path), *(str(folder / name) for name in SETTINGS)]
    files = sorted(filter(os.path.isfile, named))  # a named pipe would be waited for
    parts = [part for file in files for part in (file.removeprefix(f"{folder}{os.sep}"), cache.content(file))]
    return cache.digest(path.resolve().name, _code(lexicon), *parts)


def _count(corpus: Corpus, lexicon: Lexicon, key: str, n_jobs: int) -> tuple[Tokens, Dfm]:
    """Tokens and their counts; these are kept too, under the corpus's digest, with the name of the tokens' block."""
    code = blocks.code_digest() + cache.source_digest(["dfm.py", "study.py"])
    path = cache.place("studies", cache.digest(key, lexicon.digest, code))
    table, steps = cache.read(path), recipe_of(corpus, lexicon)
    if table is not None:
        arrays, said = cache.unpack(table)
        tokens = blocks.open_tokens(said["tokens"], corpus, steps)
        if tokens is not None:
            return tokens, _counts(path.stem, arrays, tokens)
    name, tokens = blocks.kept_tokens(corpus, lexicon, n_jobs=n_jobs)
    counts = dfm(tokens)
    matrix = {name: getattr(counts.counts, name) for name in ("data", "indices", "indptr")}
    features = np.searchsorted(tokens.types, counts.features)
    packed = cache.pack({**matrix, "totals": counts.totals, "features": features}, {"tokens": name})
    return tokens, _counts(path.stem, cache.unpack(cache.write(path, packed))[0], tokens)


def _counts(name: str, arrays: dict[str, np.ndarray], tokens: Tokens) -> Dfm:
    shape = (len(tokens), len(arrays["features"]))
    matrix = sparse.csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape, copy=False)
    features, ones = tokens.types[arrays["features"]], np.ones(len(tokens), dtype=np.int64)
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}
    memo.named(name, {**parts, "totals": arrays["totals"], "features": features})
    return Dfm(matrix, features, tokens.docvars, arrays["totals"], ones, (*tokens.recipe, {"step": "dfm"}))


def _reason(table: pd.DataFrame) -> str:
    fallback = {"zh": "没有可以显示的内容。", "en": "There is nothing to show."}
    return say(table.attrs.get("reason", fallback))
