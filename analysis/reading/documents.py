"""One file's pieces to drafts: cleaned, split into articles, title and byline taken off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from analysis.reading.articles import Article, split_articles
from analysis.reading.cleaning import Cleaned, clean, finish, strip_site
from analysis.reading.draft import Draft, Parsed, Piece
from analysis.reading.heads import split_head
from analysis.reading.splits import Row, split_as_stated

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def make_drafts(path: str, parsed: Parsed, stated: Sequence[Row] = ()) -> tuple[list[Draft], list[str]]:
    """Drafts of the documents in a file, and notes on it.

    A file of one piece without rows is split where it holds several articles, or as ``stated`` in a splits.csv.
    """
    drafts: list[Draft] = []
    notes: list[str] = []
    for number, piece in enumerate(parsed.pieces, 1):
        cleaned = clean(piece.text)
        whole = len(parsed.pieces) == 1
        articles, said = _articles(cleaned.text, stated) if whole and not piece.key else ([], [])
        notes += said
        if articles:
            for k, article in enumerate(articles, 1):
                done = finish(article.text)
                taken = done.removed + Counter(("repeated paragraph", passage) for passage in article.repeated)
                head = (article.title, article.byline, article.author)
                drafts.append(Draft(f"{path}#{k}", done.text, *head, dict(piece.metadata), taken))
            drafts[0] = replace(drafts[0], removed=drafts[0].removed + piece.removed + cleaned.removed)
        else:
            drafts.append(_from_piece(path if whole else f"{path}#{number}", piece, cleaned))
    kept = [draft for draft in drafts if _HAN.search(draft.text)]
    if len(kept) < len(drafts) and kept:
        notes.append(f"{len(drafts) - len(kept)} of {len(drafts)} without Chinese text")
    return kept, notes


def _articles(text: str, stated: Sequence[Row]) -> tuple[list[Article], list[str]]:
    """As stated where that fits the text, else as inferred, with a note why."""
    if not stated:
        return split_articles(text)
    try:
        articles = split_as_stated(text, stated)
    except ValueError as error:
        articles, notes = split_articles(text)
        return articles, [f"splits.csv does not fit and was left out: {error}", *notes]
    return articles, [f"{len(articles)} articles, as splits.csv says"]


def name_drafts(drafts: Sequence[Draft]) -> list[str]:
    """A unique, stable id for each draft: its key, else the file's stem, else the path where stems clash."""
    names = [draft.key or _stem(PurePosixPath(draft.source).name) for draft in drafts]
    for other in ([_stem(draft.source) for draft in drafts], [draft.source for draft in drafts]):
        twice = {name for name, n in Counter(names).items() if n > 1}
        names = [longer if name in twice else name for name, longer in zip(names, other, strict=True)]
    seen: Counter[str] = Counter()
    for i, name in enumerate(names):
        seen[name] += 1
        names[i] = name if seen[name] == 1 else f"{name}~{seen[name]}"
    return names


def _stem(source: str) -> str:
    """``a/b.txt#2`` → ``a/b#2``."""
    path, mark, number = source.rpartition("#")
    plain = path if mark and number.isdigit() else source
    return re.sub(r"\.[A-Za-z]{2,8}$", "", plain) + (mark + number if plain != source else "")


def _from_piece(source: str, piece: Piece, cleaned: Cleaned) -> Draft:
    said = piece.title or piece.metadata.get("title", "")
    title, sites = strip_site(said)
    head = split_head(cleaned.text, clean(title).text.replace("\n", " ") if title else "")
    title, sites = (head.title, sites) if said else strip_site(head.title)
    done = finish(head.body)
    metadata = {**cleaned.fields, **piece.metadata, **piece.columns}
    author = head.author or done.fields.get("author", "") or metadata.get("author", "")
    removed = piece.removed + cleaned.removed + done.removed + Counter(("site suffix", site) for site in sites)
    key = f"{PurePosixPath(source).stem}#{piece.key}" if piece.key.isdigit() else piece.key
    return Draft(source, done.text, title, head.byline, author, metadata, removed, key, piece.columns)
