"""Tifa: discourse analysis of Chinese official documents, by region and by year."""

from __future__ import annotations

import importlib
from typing import Any

# A function named like its module must be bound here, after the import that binds the module.
from analysis.adoption import adoption, tiers
from analysis.corpus import Corpus, load_corpus, make_corpus
from analysis.dfm import Dfm, dfm
from analysis.explore import explore
from analysis.kwic import kwic
from analysis.lexicon import Lexicon, load_lexicon, load_stopwords
from analysis.overview import coverage, periods, review, statuses, write_metadata
from analysis.shards import Shards, open_shards, sharded, write_shards
from analysis.slogans import slogans
from analysis.tokens import Tokens, tokenize

slogans, tokenize, dfm, kwic = sharded(slogans), sharded(tokenize), sharded(dfm), sharded(kwic)
adoption, tiers, explore, periods = sharded(adoption), sharded(tiers), sharded(explore), sharded(periods)
coverage, review, statuses = sharded(coverage), sharded(review), sharded(statuses)
load_corpus, load_lexicon, make_corpus = sharded(load_corpus), sharded(load_lexicon), sharded(make_corpus)
open_shards, write_metadata, write_shards = sharded(open_shards), sharded(write_metadata), sharded(write_shards)

# Imported when first asked for: these need scipy, scikit-learn, parsers or matplotlib.
_LATER = {
    "discover": "discovery.discover", "add_to_lexicon": "discovery.accept",
    "read_corpus": "shards.reading", "open_study": "study", "Study": "study", "frequency": "stats.frequency",
    "dispersion": "stats.dispersion", "tfidf": "stats.tfidf", "keyness": "stats.keyness",
    "paper_table": "paper", "multiverse": "robustness", "survival": "robustness",
    "with_dispersion": "stats.dispersion", "class_tfidf": "stats.tfidf", "trend": "stats.trend",
    "change_points": "stats.change_points", "bursts": "stats.bursts", "divergence": "stats.divergence",
    "word_shift": "stats.divergence", "divergence_matrix": "stats.divergence",
    "cooccurrence": "stats.cooccurrence", "network": "stats.network", "centrality": "stats.network",
    "backbone": "stats.network", "write_network": "stats.network", "tie_contrast": "stats.tie_contrast",
    "separating": "stats.separating",
    "topics": "stats.topics", "write_splits": "reading.splits",
    "top_features": "stats.topics", "prevalence": "stats.prevalence", "choose_k": "stats.choose_k",
    "prevalence_contrast": "stats.prevalence", "prevalence_effects": "stats.topic_regression",
    "topic_correlation": "stats.topic_links", "topic_slogans": "stats.topic_links", "topic_drift": "stats.topic_drift",
    "representative": "stats.topic_labels", "slogan_labels": "stats.topic_labels",
    "label_topics": "stats.topic_labels", "match_labels": "stats.topic_labels",
    "word_intrusion": "stats.topic_intrusion", "topic_intrusion": "stats.topic_intrusion",
    "score_intrusion": "stats.topic_intrusion",
    "subset": "explore.choices", "pattern_frequency": "explore.strings", "mentions": "explore.strings",
    "save_table": "output", "save_figure": "output", "save_network": "output",
}  # fmt: skip

__version__ = "0.1.0"
__all__ = [
    "Corpus", "Dfm", "Lexicon", "Shards", "Tokens", "adoption", "coverage", "dfm",
    "explore", "kwic", "load_corpus", "load_lexicon", "load_stopwords", "make_corpus", "open_shards", "periods",
    "plots", "review", "slogans", "statuses", "tiers", "tokenize", "write_metadata", "write_shards",
    *_LATER,
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "plots":
        return importlib.import_module("analysis.plots")
    if name not in _LATER:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    value = sharded(getattr(importlib.import_module(f"analysis.{_LATER[name]}"), name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
