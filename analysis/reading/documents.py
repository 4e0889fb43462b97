"""One file's pieces to drafts: cleaned, split into articles, title and byline taken off."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from analysis.reading.articles import Article, split_articles
from analysis.reading.cleaning import Cleaned, clean, finish, strip_site
from analysis.reading.draft import Draft
from analysis.reading.heads import Head, split_head
from analysis.reading.pieces import Parsed, Piece

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def make_drafts(path: str, parsed: Parsed) -> tuple[list[Draft], list[str]]:
    """Drafts of the documents in a file, and notes on it.

    A file of one piece without rows is split where it holds several articles.
    """
    drafts: list[Draft] = []
    notes: list[str] = []
    for number, piece in enumerate(parsed.pieces, 1):
        cleaned = clean(piece.text)
        articles, said = split_articles(cleaned.text) if len(parsed.pieces) == 1 and not piece.key else ([], [])
        notes += said
        if articles:
            drafts += [_from_article(f"{path}#{k}", piece, article) for k, article in enumerate(articles, 1)]
            drafts[0] = _with_removed(drafts[0], cleaned.removed)
        else:
            source = f"{path}#{number}" if len(parsed.pieces) > 1 else path
            drafts.append(_from_piece(source, piece, cleaned))
    kept = [draft for draft in drafts if _HAN.search(draft.text)]
    if len(kept) < len(drafts) and kept:
        notes.append(f"{len(drafts) - len(kept)} of {len(drafts)} without Chinese text")
    return kept, notes


def name_drafts(drafts: list[Draft], keys: list[str]) -> list[str]:
    """A unique, stable id for each draft: its key, else the file's stem, else the path where stems clash."""
    stems = [key or _stem(PurePosixPath(draft.source).name) for draft, key in zip(drafts, keys, strict=True)]
    paths = [_stem(draft.source) for draft in drafts]
    names = stems
    for other in (paths, [draft.source for draft in drafts]):
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
    head = split_head(cleaned.text, clean(title).text.replace("\n", " "))
    if not piece.title and not said:
        shorter, sites = strip_site(head.title)
        head = head._replace(title=shorter)
    done = finish(head.body)
    metadata = {**cleaned.fields, **piece.metadata, **piece.columns}
    author = head.author or done.fields.get("author", "") or metadata.get("author", "")
    removed = cleaned.removed + done.removed + Counter({"site suffix": sites})
    return _draft(source, head, done.text, (author, metadata, removed))


def _from_article(source: str, piece: Piece, article: Article) -> Draft:
    done = finish(article.text)
    removed = done.removed + Counter({"repeated paragraph": article.repeated})
    head = Head(article.title, article.byline, article.author, "")
    return _draft(source, head, done.text, (article.author, dict(piece.metadata), removed))


def _draft(source: str, head: Head, text: str, rest: tuple[str, dict[str, str], Counter[str]]) -> Draft:
    author, metadata, removed = rest
    return Draft(source, text, head.title, head.byline, author, metadata, dict(+removed))


def _with_removed(draft: Draft, removed: Counter[str]) -> Draft:
    return Draft(
        draft.source, draft.text, draft.title, draft.byline, draft.author, draft.metadata,
        dict(Counter(draft.removed) + removed),
    )  # fmt: skip
