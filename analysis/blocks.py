"""Tokens kept between runs by the content of each document: what was cut once is not cut again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from analysis import cache, memo
from analysis.corpus import Corpus, Recipe
from analysis.tokens import Tokens, cut, gather, recipe_of, user_terms

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

# Of the code, what words depend on; the slogans found in a text are in its key.
CODE = ("dictionary.py", "gathering.py", "segment*.py", "slogans.py", "tokens.py", "unknown_words.py", "word_graph.py")
_NUMBERS = ("codes", "offsets", "doc_starts", "paragraph_starts", "sentence_starts")


def kept_tokens(
    corpus: Corpus, lexicon: Lexicon | None = None, *, terms: Iterable[str] = (), n_jobs: int = 1
) -> tuple[str, Tokens]:
    """As ``tokenize``, but only what no earlier run has cut is cut; memory-mapped, 8 bytes a token.

    Each stretch of documents is kept when it is cut, so that a run that is killed loses the one in work. When all are
    there, they become one block and the blocks that are wholly in it go: a corpus that grows is kept once.

    Returns
    -------
    name : str
        Of the block, for `open_tokens`.
    tokens : Tokens
    """
    own = user_terms(terms)
    recipe, tables = recipe_of(corpus, lexicon, own), _tables(own)
    places = {key: (k, row) for k, table in enumerate(tables) for row, key in enumerate(_keys(table))}
    keys: list[str] = []
    for new, path in cut(corpus, lexicon, own, n_jobs=n_jobs, known=places, then=partial(_keep, own)):
        keys += new
        if path and (table := cache.read(path)) is None:  # another process, which is done, deleted it
            return kept_tokens(corpus, lexicon, terms=own, n_jobs=n_jobs)
        if path:
            places |= {key: (len(tables), row) for row, key in enumerate(_keys(table))}
            tables.append(table)
    name = cache.digest("corpus", *keys)  # of a lone document too: its own block is not yet in order of words
    tokens = open_tokens(name, corpus, recipe, terms=own)
    if tokens is None:
        chosen = [places[key] for key in keys]
        blocks = {k: _tokens(tables[k]) for k in sorted({k for k, _ in chosen})}
        made = gather(blocks, chosen, corpus, recipe)
        cache.write(_path(name, own), _table(made, keys))
        tokens = open_tokens(name, corpus, recipe, terms=own) or made
        _drop(set(keys), name, own)
    return name, tokens


def _keep(terms: Sequence[str], block: Tokens) -> Path | None:
    """Write a block, and say where; nothing of one that is empty."""
    names = block.docvars.index.tolist()
    path = _path(cache.digest(*names), terms)
    if names:
        cache.write(path, _table(block, names))
    return path if names else None


def open_tokens(name: str, corpus: Corpus, recipe: Recipe, *, terms: Sequence[str] = ()) -> Tokens | None:
    """The tokens of a corpus from the block of this name, or None where it is gone."""
    table = cache.read(_path(name, terms))
    if table is None:
        return None
    tokens = _tokens(table, corpus, recipe)
    memo.named(f"{code_digest(terms)} {name}", {n: getattr(tokens, n) for n in (*_NUMBERS, "types")})
    return tokens


def code_digest(terms: Sequence[str] = ()) -> str:
    """Digest of all that words depend on besides texts and slogans: code, jieba, terms."""
    return cache.digest(cache.source_digest(CODE, ("jieba",)), *terms)


def _path(name: str, terms: Sequence[str]) -> Path:
    return cache.place("tokens", f"{code_digest(terms)}/{name}")


def _tables(terms: Sequence[str]) -> list[pa.Table]:
    """Every block there is, the largest first."""
    read = [cache.read(path) for path in sorted(_path("", terms).parent.glob("*.arrow"))]
    tables = [table for table in read if table is not None]
    return sorted(tables, key=lambda table: -len(_keys(table)))


def _keys(table: pa.Table) -> list[str]:
    return table["keys"].chunk(0).values.to_pylist()


def _table(tokens: Tokens, keys: list[str]) -> pa.Table:
    numbers = {name: getattr(tokens, name) for name in _NUMBERS}
    return cache.pack(numbers | {"types": tokens.types.tolist(), "keys": keys})


def _tokens(table: pa.Table, corpus: Corpus | None = None, recipe: Recipe = ()) -> Tokens:
    arrays, _ = cache.unpack(table)
    keys = arrays.pop("keys")
    docvars = pd.DataFrame(index=keys) if corpus is None else corpus.docs.drop(columns="text")
    return Tokens(**arrays, docvars=docvars, recipe=recipe)


def _drop(keys: set[str], name: str, terms: Sequence[str]) -> None:
    """Delete the blocks all of whose documents are in the one of this name."""
    for path in sorted(_path(name, terms).parent.glob("*.arrow")):
        table = cache.read(path) if path.stem != name else None
        if table is not None and keys.issuperset(_keys(table)):
            del table
            with contextlib.suppress(OSError):  # another process has it open, or was first
                path.unlink()
