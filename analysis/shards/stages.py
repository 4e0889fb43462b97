"""What the public functions do of a sharded corpus: each has the name, the options and the result of the plain one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.blocks import code_digest
from analysis.cache import digest, source_digest
from analysis.corpus import Recipe
from analysis.kwic import kwic as plain_kwic
from analysis.lexicon import Lexicon
from analysis.shards import tasks
from analysis.shards.counts import FEATURES, ShardedDfm, joined, numbers
from analysis.shards.documents import ShardedTokens, Shards
from analysis.shards.parts import OnDisk, kept, read_docvars
from analysis.shards.running import spread
from analysis.slogans import slogans as plain_slogans
from analysis.tokens import recipe_of, user_terms

if TYPE_CHECKING:
    from analysis.stats.contexts import Contexts
    from analysis.stats.topics import TopicModel

SHARDED: dict[str, type[OnDisk]] = {
    "tokenize": Shards, "slogans": Shards, "kwic": Shards, "cooccurrence": Shards, "dfm": ShardedTokens,
    **dict.fromkeys(("frequency", "dispersion", "tfidf", "keyness", "topics"), ShardedDfm),
}  # fmt: skip
WITHOUT_TEXTS = ("adoption", "coverage", "review", "separating", "statuses")  # what is asked of documents as they are


def tokenize(
    corpus: Shards, lexicon: Lexicon | None = None, *, terms: Iterable[str] = (), n_jobs: int = 1
) -> ShardedTokens:
    """Segment all parts; their tokens are kept beside them."""
    own = user_terms(terms)
    key = f"_tokens-{digest(code_digest(own), corpus.digest, lexicon.digest if lexicon else '')}"
    parts = _parts(corpus, corpus.recipe)
    common = {"lexicon": lexicon, "terms": own, "key": key, "n_jobs": n_jobs}
    sizes = spread(tasks.tokenize_part, parts, corpus.scheduler, **common)
    whole: Any = corpus  # of a corpus, its recipe is asked for
    return ShardedTokens(corpus, key, sum(sizes), recipe_of(whole, lexicon, own))


def dfm(tokens: ShardedTokens) -> ShardedDfm:
    """Count all parts; their counts are kept beside them, over features of their own."""
    shards, key = tokens.shards, f"_counts-{digest(source_digest(['dfm.py']), tokens.key)}"
    parts = _parts(shards, tokens.recipe)
    found = spread(tasks.count_part, parts, shards.scheduler, tokens=tokens.key, key=key)
    features = np.array(sorted(set().union(*(names for names, *_ in found))), dtype=object)
    n, docfreq = np.zeros((2, len(features)), dtype=np.int64)
    for names, own, documents in found:
        place = pd.Index(features).get_indexer(names)
        n[place] += own
        docfreq[place] += documents
    recipe = (*tokens.recipe, {"step": "dfm"})
    return ShardedDfm(shards.folder, shards.parts, key, features, n, docfreq, recipe, shards.scheduler)


def _parts(shards: Shards, recipe: Recipe) -> list[tasks.Part]:
    return [tasks.Part(shards.folder, part, recipe) for part in shards.parts]


def slogans(corpus: Shards, lexicon: Lexicon) -> pd.DataFrame:
    """Occurrences in all parts."""
    return _of_texts(plain_slogans, corpus, lexicon=lexicon)


def kwic(corpus: Shards, pattern: str | list[str] | Lexicon, width: int = 20) -> pd.DataFrame:
    """Hits in all parts."""
    return _of_texts(plain_kwic, corpus, pattern=pattern, width=width)


def _of_texts(function: Callable[..., pd.DataFrame], corpus: Shards, **options: Any) -> pd.DataFrame:
    parts = _parts(corpus, corpus.recipe)
    return joined(spread(tasks.on_texts, parts, corpus.scheduler, function=function, options=options))


def cooccurrence(
    occ: pd.DataFrame, corpus: Shards, *, context: Any = "sentence", by: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Contexts are found part by part; their numbers are compared here."""
    from analysis.stats.cooccurrence import cooccurrence as compare

    owner = np.repeat(np.arange(len(corpus.parts)), [len(read_docvars(corpus.folder, part)) for part in corpus.parts])
    where = owner[corpus.docs.index.get_indexer(pd.Index(occ["doc_id"]))] if len(occ) else np.zeros(0)
    items = [(part, occ[where == number]) for number, part in enumerate(_parts(corpus, corpus.recipe))]
    found = spread(tasks.contexts_of_part, items, corpus.scheduler, context=context)
    return compare(_one(found, corpus, tuple(occ.attrs.get("recipe", corpus.recipe))), context=context, by=by)


def _one(found: list[Contexts], corpus: Shards, recipe: Recipe) -> Contexts:
    """Contexts after each other, over the features of all."""
    from scipy import sparse

    from analysis.stats.contexts import Contexts

    features = np.unique(np.concatenate([part.features for part in found]))
    place = [np.searchsorted(features, part.features) for part in found]
    presence = [
        sparse.csr_matrix((part.data, own[part.indices], part.indptr), shape=(part.shape[0], len(features)))
        for part, own in zip((contexts.presence for contexts in found), place, strict=True)
    ]
    before = np.cumsum([0, *(len(part.docvars) for part in found)])
    document = np.concatenate([part.document + n for part, n in zip(found, before[:-1], strict=True)])
    length = np.concatenate([part.length for part in found])
    return Contexts(sparse.vstack(presence, format="csr"), features, document, length, corpus.docs, recipe)


def frequency(dfm: ShardedDfm, by: str | Sequence[str] | None = None, **options: Any) -> pd.DataFrame:
    """Each feature by itself; then their ranks."""
    from analysis.stats import frequency as plain

    table = joined(dfm.over_blocks(plain.frequency, by=by, **options))
    order, rank = plain.ranked(*numbers(table, dfm.features), table["n"].to_numpy())
    return table.assign(rank=rank).iloc[order].reset_index(drop=True)


def dispersion(dfm: ShardedDfm, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Each feature by itself; then their order."""
    from analysis.stats.dispersion import dispersion as measure

    table = joined(dfm.over_blocks(measure, by=by))
    group, feature = numbers(table, dfm.features)
    return table.iloc[np.lexsort((feature, -table["n"].to_numpy(), group))].reset_index(drop=True)


def tfidf(dfm: ShardedDfm, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    """A document's weights are scaled over all its features: on all counts."""
    from analysis.stats.tfidf import tfidf as measure

    return measure(dfm.whole(), by)


def keyness(
    dfm: ShardedDfm,
    target: str,
    reference: str | None = None,
    *,
    strata: str | Sequence[str] | None = "auto",
    unit: str = "doc_id",
    resamples: int = 9999,
    seed: int = 0,
    n_jobs: int = 1,
) -> pd.DataFrame:
    """Each feature by itself, resamples and all; then q and the order."""
    from analysis.stats import keyness as plain
    from analysis.stats.design import design
    from analysis.stats.permutation import block_width, count_splits
    from analysis.stats.resampling import benjamini_hochberg

    plan = design(dfm.nothing(), target, reference, strata=strata, unit=unit)
    n_splits = min(count_splits(plan.strata, plan.smaller), resamples)
    own = block_width((n_splits, len(plan.strata)))  # blocks of whole blocks: the same sums in the same order
    seen = dfm.take_features(_seen(dfm, plan.rows), dfm.recipe)
    table = joined(seen.over_blocks(
        plain.keyness, width=own * max(1, FEATURES // own), target=target, reference=reference, strata=strata,
        unit=unit, resamples=resamples, seed=seed, n_jobs=n_jobs,
    ))  # fmt: skip
    table = table.iloc[np.argsort(numbers(table, dfm.features)[1])]
    return plain.in_order(table.assign(q=benjamini_hochberg(table["p"].to_numpy())))


def topics(dfm: ShardedDfm, k: int, *, method: str = "nmf", seed: int = 0) -> TopicModel:
    """Online, a batch of documents at a time."""
    from analysis.shards.topics import topics as fit

    return fit(dfm, k, method=method, seed=seed)


def _seen(dfm: ShardedDfm, rows: np.ndarray) -> np.ndarray:
    """Numbers of the features that these documents have."""
    chosen = np.zeros(len(dfm), dtype=np.int64)
    chosen[rows] = 1
    cuts = np.cumsum([len(kept(file)["totals"]) for file in dfm.files])[:-1]
    items = list(zip(dfm.files, np.split(chosen, cuts), strict=True))
    seen = set().union(*spread(tasks.seen_in_part, items, dfm.scheduler))
    return np.flatnonzero([feature in seen for feature in dfm.features])
