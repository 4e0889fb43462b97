"""What a notebook opens: corpus, lexicon, tokens and counts, computed once; and the pages' figures and tables."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.corpus import Corpus, load_corpus
from analysis.dfm import Dfm, dfm
from analysis.folders import cache_folder, corpus_path
from analysis.labels import say
from analysis.lexicon import Lexicon, load_lexicon, load_stopwords
from analysis.output import save_figure, save_table
from analysis.overview import periods
from analysis.reading import read_corpus
from analysis.slogans import slogans
from analysis.tables import caption, paper_rows
from analysis.tokens import Tokens, tokenize

MAX_PANELS = 12
ARRAYS = ("codes", "offsets", "doc_starts", "paragraph_starts", "sentence_starts")


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
        table.attrs = {"recipe": [*self.corpus.recipe, {"step": "report"}]}
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


def open_study(path: str | Path | None = None) -> Study:
    """Read, segment and count a corpus, or take it from the cache.

    Parameters
    ----------
    path : str or Path, optional
        A folder, file or zip; by default $CORPUS, else the bundled sample.

    Returns
    -------
    Study
        Cached under $TIFA_CACHE (default: ``tifa`` in the user's cache folder) by the content of the
        files, the lexicon and the code.

    Raises
    ------
    FileNotFoundError, ValueError
        As ``read_corpus``.
    """
    path = corpus_path(path)
    lexicon = load_lexicon()
    folder = cache_folder() / _key(path, lexicon)
    if (folder / "tokens.json").exists():
        corpus = load_corpus(folder)
        tokens = _load_tokens(folder, corpus)
    else:
        corpus = read_corpus(path, lexicon=lexicon)
        docs = corpus.docs.assign(period=periods(corpus.docs["year"]))
        corpus = Corpus(docs, corpus.report, corpus.recipe)
        tokens = tokenize(corpus, lexicon)
        _keep(corpus, tokens, folder)
    return Study(corpus, lexicon, tokens, dfm(tokens))


def _key(path: Path, lexicon: Lexicon) -> str:
    """Digest of everything the tokens depend on: the files, the lexicon, the package's own text."""
    state = hashlib.sha256(f"{lexicon.digest} {path.resolve().name}".encode())
    package = Path(str(resources.files("analysis")))
    code = [p for p in sorted(package.rglob("*")) if p.suffix in (".py", ".csv", ".txt")]
    beside = [path.parent / name for name in ("metadata.csv", "corpus.toml")]
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path, *beside]
    for base, members in ((package, code), (path if path.is_dir() else path.parent, files)):
        for member in members:
            state.update(member.relative_to(base).as_posix().encode())
            state.update(_content(member))
    return state.hexdigest()[:32]


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError as error:
        return str(error.errno).encode()


def _keep(corpus: Corpus, tokens: Tokens, folder: Path) -> None:
    """Write aside, then move into place at once: another process never sees half a study."""
    aside = Path(tempfile.mkdtemp(prefix="new-", dir=folder.parent))
    corpus.save(aside)
    for name in ARRAYS:
        np.save(aside / f"{name}.npy", getattr(tokens, name), allow_pickle=False)
    said = {"recipe": tokens.recipe, "types": tokens.types.tolist()}
    (aside / "tokens.json").write_text(json.dumps(said), encoding="utf-8")
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)  # another process was first, with the same content


def _load_tokens(folder: Path, corpus: Corpus) -> Tokens:
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    said = json.loads((folder / "tokens.json").read_text(encoding="utf-8"))
    types = np.array(said["types"], dtype=object)
    return Tokens(**arrays, types=types, docvars=corpus.docs.drop(columns="text"), recipe=tuple(said["recipe"]))


def _reason(table: pd.DataFrame) -> str:
    fallback = {"zh": "没有可以显示的内容。", "en": "There is nothing to show."}
    return say(table.attrs.get("reason", fallback))
