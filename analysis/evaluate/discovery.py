"""How much of what is known to be a formulation discovery finds: in the seed documents, and without quotation marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, make_corpus
from analysis.discovery.discover import discover
from analysis.discovery.patterns import quoted
from analysis.discovery.strings import recurrent_strings
from analysis.discovery.weights import COEFFICIENTS, features, plausible
from analysis.evaluate import catalogue
from analysis.lexicon import Lexicon, load_lexicon
from analysis.reading import read_corpus

MARKS = re.compile('[“”‘’「」『』"]')
FIRST = 1000
LISTED = Path(__file__).resolve().parents[2] / "tests" / "data" / "seed_formulations.csv"
EMPTY = pd.DataFrame({"slogan": ["（无）"]})


def table(data: Path, quick: bool) -> pd.DataFrame:
    """Recall of discovery, alone and with the lexicon, one row a measurement; `quick` omits the two years together.

    ``known`` phrases: in the seeds those listed by hand (``tests/data/seed_formulations.csv``, beside the
    checkout); in the reports those quoted in at least so many, all quotation marks then removed.
    ``alone``: share found by discovery with an empty lexicon, in its first 1,000 candidates for the
    reports; ``longer``: also counting those in a longer candidate with 90 % of their documents;
    ``with_lexicon``: found by discovery with the lexicon, or in it; ``lexicon``: in it; ``precision``: share of
    the candidates listed by hand, ``precision_sure`` of those not known by their form alone.
    """
    lexicon = load_lexicon()
    rows = {"seeds": _seeds(data, lexicon)} if LISTED.is_file() else {}
    reports = _reports(data / "corpora" / "provincial_reports")
    parts = {f"{year}": reports.subset(f"year == {year}") for year in (2025, 2026)}
    parts |= {} if quick else {"both years": reports}
    for name, corpus in parts.items():
        rows |= {f"reports of {name}, quoted in {k}": row for k, row in _unmarked(corpus, lexicon, (3, 6)).items()}
    return pd.DataFrame(rows).T


def calibrate(data: Path) -> pd.DataFrame:
    """Fit `weights.COEFFICIENTS` again: on the reports of 2025 without their quotation marks.

    A string counts as a formulation if two reports quote it. Coefficients are those of standardised features
    (L2, C = 1), given back in the features' own units; one column for strings that begin with a numeral.
    """
    from sklearn.linear_model import LogisticRegression

    texts = _reports(data / "corpora" / "provincial_reports").subset("year == 2025").docs["text"]
    plain = [MARKS.sub("", text) for text in texts]
    strings = plausible(recurrent_strings(plain, 3), frozenset())
    x = features(strings, sum(map(len, plain)))[list(COEFFICIENTS)].drop(columns="constant")
    marked = _documents_quoting(texts)
    y, numeric = strings["phrase"].map(marked).fillna(0).ge(2), strings["kind"] == "numeric"
    columns = {}
    for name, rows in (("other", ~numeric), ("numeric", numeric)):
        scale = x[rows].std(ddof=0).replace(0, 1)
        model = LogisticRegression(C=1, max_iter=5000).fit(x[rows] / scale, y[rows])
        columns[name] = pd.Series(
            {"constant": model.intercept_[0], **dict(zip(x, model.coef_[0] / scale, strict=True))}
        )
    return pd.DataFrame(columns).round(2)


def _seeds(data: Path, lexicon: Lexicon) -> dict[str, float]:
    known = set(pd.read_csv(LISTED)["phrase"])
    corpus = read_corpus(data / "seeds")
    alone = discover(corpus, Lexicon(EMPTY))
    both = discover(corpus, lexicon)
    surfaces = set(lexicon.surfaces.index)
    sure = alone[alone["weight"] > 0.1]
    return {
        "known": len(known), "lexicon": _share(known, surfaces), "alone": _share(known, alone["phrase"]),
        "with_lexicon": _share(known, surfaces | set(both["phrase"])),
        "candidates": len(alone), "precision": _share(alone["phrase"], known),
        "candidates_sure": len(sure), "precision_sure": _share(sure["phrase"], known),
    }  # fmt: skip


def _unmarked(corpus: Corpus, lexicon: Lexicon, least: Sequence[int]) -> dict[int, dict[str, float]]:
    """The same measures for phrases quoted in at least so many reports, by that number."""
    marked = _documents_quoting(corpus.docs["text"])
    plain = replace(corpus, docs=corpus.docs.assign(text=corpus.docs["text"].str.replace(MARKS, "", regex=True)))
    alone = discover(plain, Lexicon(EMPTY))[:FIRST]
    both = set(discover(plain, lexicon)["phrase"][:FIRST])
    surfaces = set(lexicon.surfaces.index)
    rows = {}
    for k in least:
        known = sorted(phrase for phrase, n in marked.items() if n >= k)
        rows[k] = {
            "known": len(known), "lexicon": _share(known, surfaces), "alone": _share(known, alone["phrase"]),
            "longer": _share([_inside(phrase, alone, plain) for phrase in known], [True]),
            "with_lexicon": _share(known, surfaces | both), "candidates": len(alone),
        }  # fmt: skip
    return rows


def _inside(phrase: str, candidates: pd.DataFrame, corpus: Corpus) -> bool:
    """Whether it is a candidate, or in one with 90 % of its documents."""
    n_docs = corpus.docs["text"].str.contains(phrase, regex=False).sum()
    holding = candidates[candidates["phrase"].str.contains(phrase, regex=False)]
    return bool((holding["phrase"] == phrase).any() or (holding["n_docs"] >= 0.9 * n_docs).any())


def _documents_quoting(texts: Iterable[str]) -> Counter[str]:
    return Counter(phrase for text in texts for phrase in quoted([text]))


def _share(phrases: Iterable[object], found: Iterable[object]) -> float:
    found = set(found)
    return round(float(np.mean([phrase in found for phrase in phrases])), 3)


def _reports(folder: Path) -> Corpus:
    rows = catalogue(folder)
    return make_corpus(rows[["doc_id", "text"]].assign(year=rows["year"].astype(int)))
