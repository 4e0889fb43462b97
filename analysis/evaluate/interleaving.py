"""How well files of several interleaved articles are taken apart, on files made from real documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import kendalltau

from analysis.evaluate import catalogue
from analysis.reading.articles import split_articles
from analysis.reading.cleaning import clean
from analysis.reading.heads import is_heading, split_head

_NAMES = ["林海波", "包青山", "周文远", "郑国栋", "许立新", "何志明", "罗建平", "高远"]
_TITLES = [
    "以实干推动高质量发展", "凝心聚力开新局", "在服务大局中展现担当", "奋力书写新时代答卷", "聚焦主责主业提升工作质效",
    "稳中求进谱新篇", "坚定信心再出发", "为民服务办实事",
]  # fmt: skip


@dataclass(frozen=True)
class _Source:
    """An article to be printed: its place and office, its title, its paragraphs."""

    issuer: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class _Fragment:
    """A paragraph, or a part of one, as it stands in the made file; ``of`` its article, ``at`` its place there."""

    text: str
    of: int
    at: int
    cut: bool = False


_File = list["_Fragment | str"]


def table(data: Path, quick: bool = False, *, kinds: Sequence[str] = ()) -> pd.DataFrame:
    """Take apart made-up interleavings of real documents and compare with what was put in.

    Stretches of 8–20 paragraphs of 2–5 documents are laid out in six ways: one after the other; two and
    three columns of runs of 2–6 paragraphs, a sentence cut at six column ends of ten; the same with columns
    out of order; with three paragraphs printed again in another article; and continued on another page
    (下转, 上接).  The articles have a byline and a title that names no place, or the document's own title alone.
    Twelve files of each kind, two when `quick`.

    ``paragraph_accuracy`` is the share of paragraphs in the article they are from (articles found are matched with
    true ones so that most agree); ``kendall_tau`` that of the order of those, the mean over articles;
    ``doubtful`` the share named as doubtful, and ``doubtful_wrong`` the share of the wrong ones among them named.
    """
    rows = []
    for source, documents in _sources(data).items():
        for kind in kinds or _KINDS:
            for bylines in (True, False):
                scores = [_trial(documents, kind, bylines, seed) for seed in range(2 if quick else 12)]
                rows.append({"source": source, "kind": kind, "bylines": bylines, **_pooled(scores)})
    return pd.DataFrame(rows)


def _sources(data: Path) -> dict[str, list[_Source]]:
    """Reports of different provinces, and of one issuer in different years."""
    found: dict[str, list[_Source]] = {}
    for source, folder in (("provinces", "provincial_reports"), ("one issuer", "national_reports_1954_2025")):
        for row in catalogue(data / "corpora" / folder).sort_values("doc_id").to_dict("records"):
            body = split_head(clean(row["text"]).text, row["title"]).body
            office = f"{row['province']}人民政府党组书记、省长" if row["province"] else "国务院总理"
            lines = tuple(line for line in body.split("\n") if len(line) > 8)
            found.setdefault(source, []).append(_Source(office, row["title"], lines))
    return found


def make_file(documents: Sequence[_Source], kind: str, bylines: bool, seed: int) -> _File:
    """One file of 2–5 of the documents, laid out as ``kind`` says; titles and bylines are plain strings."""
    random = Random(f"{kind} {bylines} {seed}")
    count = {"two columns": 2, "a passage twice": 2, "three columns": 3}.get(kind, random.randint(2, 5))
    chosen = _different(documents, count, random)
    names, titles = random.sample(_NAMES, count), random.sample(_TITLES, count)
    heads = [
        [titles[k], f"{names[k]} {source.issuer}"] if bylines else [source.title] for k, source in enumerate(chosen)
    ]
    bodies = []
    for paragraphs in (source.paragraphs for source in chosen):
        size = min(random.randint(8, 20), len(paragraphs))
        start = random.randint(0, len(paragraphs) - size)
        bodies.append(list(paragraphs[start : start + size]))
    return _KINDS[kind](heads, bodies, random)


def _different(documents: Sequence[_Source], count: int, random: Random) -> list[_Source]:
    chosen: list[_Source] = []
    for source in random.sample(list(documents), len(documents)):
        if source.issuer == "国务院总理" or all(source.issuer != other.issuer for other in chosen):
            chosen.append(source)
    return chosen[:count]


def _runs(body: Sequence[str], of: int, random: Random, *, cut: float = 0.6) -> list[_File]:
    """Runs of 2–6 paragraphs; at the end of six in ten the last one is cut within a sentence."""
    parts: list[_File] = [[]]
    room = random.randint(2, 6)
    at = 0
    for n, paragraph in enumerate(body):
        full = len(parts[-1]) + 1 >= room and n + 1 < len(body)
        where = _cut_place(paragraph, random) if full and random.random() < cut else 0
        parts[-1].append(_Fragment(paragraph[:where] if where else paragraph, of, at, bool(where)))
        at += 1
        if full:
            parts.append([_Fragment(paragraph[where:], of, at)] if where else [])
            at += bool(where)
            room = random.randint(2, 6)
    return [part for part in parts if part]


def _cut_place(paragraph: str, random: Random) -> int:
    """Somewhere in a long sentence, between two characters, as a column ends."""
    inside = [m.end() for m in re.finditer(r"[一-鿿](?=[一-鿿])", paragraph) if 70 < m.end() < len(paragraph) - 8]
    return random.choice(inside) if inside and not is_heading(paragraph) else 0


def _one_after_the_other(heads: list[list[str]], bodies: list[list[str]], random: Random) -> _File:
    made: _File = []
    for k, body in enumerate(bodies):
        made += [*heads[k], *(_Fragment(paragraph, k, n) for n, paragraph in enumerate(body))]
    return made


def _columns(heads: list[list[str]], bodies: list[list[str]], random: Random, *, out_of_order: bool = False) -> _File:
    """Columns in turn; out of order, one of every article's moves elsewhere, its head before its first paragraph."""
    parts = []
    for k, body in enumerate(bodies):
        first, *rest = _runs(body, k, random)
        mine: list[_File] = [[*heads[k], *first], *rest]
        if out_of_order:
            mine.insert(random.randrange(len(mine)), mine.pop(random.randrange(len(mine))))
        parts.append(mine)
    return [item for turn in zip_longest(*parts, fillvalue=()) for part in turn for item in part]


def _passage_twice(heads: list[list[str]], bodies: list[list[str]], random: Random) -> _File:
    made = _columns(heads, bodies, random)
    own = [item.text for item in made if isinstance(item, _Fragment) and item.of == 0]
    start = random.randrange(len(own) - 3)
    other = max(i for i, item in enumerate(made) if isinstance(item, _Fragment) and item.of == 1)
    return made[:other] + own[start : start + 3] + made[other:]


def _continued(heads: list[list[str]], bodies: list[list[str]], random: Random) -> _File:
    fronts: _File = []
    backs: _File = []
    for k, body in enumerate(bodies):
        whole = [_Fragment(paragraph, k, n) for n, paragraph in enumerate(body)]
        at = random.randint(3, len(whole) - 3)
        fronts += [*heads[k], *whole[:at], f"（下转第{k + 2}版）"]
        backs += ["（上接第1版）", *whole[at:]]
    return fronts + backs


_KINDS: dict[str, Callable[[list[list[str]], list[list[str]], Random], _File]] = {
    "one after the other": _one_after_the_other,
    "two columns": _columns,
    "three columns": _columns,
    "columns out of order": partial(_columns, out_of_order=True),
    "a passage twice": _passage_twice,
    "continued elsewhere": _continued,
}


def _trial(documents: Sequence[_Source], kind: str, bylines: bool, seed: int) -> dict[str, float]:
    made = make_file(documents, kind, bylines, seed)
    text = clean("\n".join(item if isinstance(item, str) else item.text for item in made)).text
    articles, notes = split_articles(text)
    texts = [_bare(article.text) for article in articles] or [_bare(text)]
    return _score([item for item in made if isinstance(item, _Fragment)], texts, "\n".join(notes))


def _score(fragments: Sequence[_Fragment], texts: Sequence[str], notes: str) -> dict[str, float]:
    inside = np.array([[_bare(f.text) in text for text in texts] for f in fragments], dtype=float)
    of = np.array([f.of for f in fragments])
    agree = np.array([inside[of == k].sum(axis=0) for k in range(of.max() + 1)])
    match = dict(zip(*linear_sum_assignment(-agree), strict=True))
    right = np.array([f.of in match and inside[i, match[f.of]] > 0 for i, f in enumerate(fragments)])
    tails = [(a, b) for a in fragments if a.cut for b in fragments if (b.of, b.at) == (a.of, a.at + 1)]
    joined = sum(any(_bare(a.text + b.text) in text for text in texts) for a, b in tails)
    named = np.array([f.text[:8] in notes for f in fragments])
    return {
        "paragraphs": len(fragments), "right": right.sum(), "documents_true": len(agree), "documents_found": len(texts),
        "all": len(agree) == len(texts), "tau": np.nanmean([_tau(fragments, right, k, texts, match) for k in match]),
        "cut": len(tails), "joined": joined, "doubtful": named.sum(), "doubtful_wrong": (named & ~right).sum(),
    }  # fmt: skip


def _tau(fragments: Sequence[_Fragment], right: np.ndarray, k: int, texts: Sequence[str], match: dict) -> float:
    mine = sorted((f for i, f in enumerate(fragments) if f.of == k and right[i]), key=lambda f: f.at)
    places = [texts[match[k]].index(_bare(f.text)) for f in mine]
    return float(kendalltau(range(len(mine)), places).statistic) if len(mine) > 1 else np.nan


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _pooled(scores: Sequence[dict[str, float]]) -> dict[str, float]:
    total = pd.DataFrame(scores).sum()
    wrong = total["paragraphs"] - total["right"]
    return {
        "files": len(scores), "paragraphs": int(total["paragraphs"]),
        "paragraph_accuracy": total["right"] / total["paragraphs"],
        "documents_true": int(total["documents_true"]), "documents_found": int(total["documents_found"]),
        "files_with_all_documents": total["all"] / len(scores), "kendall_tau": total["tau"] / len(scores),
        "cut_sentences": int(total["cut"]), "cut_sentences_joined": int(total["joined"]),
        "doubtful": total["doubtful"] / total["paragraphs"],
        "doubtful_wrong": total["doubtful_wrong"] / wrong if wrong else np.nan,
    }  # fmt: skip
