"""How right slogans are counted, dated and found, and how fast: against plain search and known dates."""

from __future__ import annotations

import re
import time
import timeit
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from analysis.corpus import Corpus, make_corpus
from analysis.evaluate import catalogue, discovery, ties
from analysis.lexicon import Lexicon, load_lexicon
from analysis.reading import read_corpus
from analysis.reading.bounds import since, until
from analysis.slogans import matches, slogans

DATED = ("national_reports_1954_2025", "provincial_reports", "local_regulations")
# Catalogued under the date of an earlier version: the text is as revised on 2021-01-30.
MISDATED = ("reg_zhejiang_179",)
SPEED_SURFACES = 2000


def run(data: Path, quick: bool) -> None:
    """Print every table; `quick` takes every tenth document and leaves out the messy files."""
    lexicon, corpora = load_lexicon(), corpora_of(data, quick)
    found = {name: slogans(corpus, lexicon) for name, corpus in corpora.items()}
    texts = pd.concat([corpora[name].docs["text"] for name in DATED])
    tables = {
        "Counts against regular expressions": pd.DataFrame(
            {name: _exactness(corpora[name], found[name], lexicon) for name in corpora}
        ).T,
        "Before their first use": pd.concat([_early(name, corpora[name], found[name], lexicon) for name in DATED]),
        "Dates from what texts say": pd.DataFrame({name: _bounds(corpora[name], lexicon) for name in DATED}).T,
        "Speed (million characters a second of processor time)": _speeds(texts, lexicon, quick),
    }
    tables |= {"Discovery": discovery.table(data, quick), "Ties": ties.table(data, quick)}
    for title, table in tables.items():
        print(f"\n{title}\n{table.to_string()}")


def corpora_of(data: Path, quick: bool) -> dict[str, Corpus]:
    """The corpora with the dates of their catalogues, the seed documents and the messy files as Tifa reads them."""
    found = {name: _catalogued(data / "corpora" / name, 10 if quick else 1) for name in DATED}
    folders = {"seeds": data / "seeds"} | ({} if quick else {"messy": data / "corpora" / "messy" / "files"})
    return found | {name: read_corpus(folder) for name, folder in folders.items() if folder.is_dir()}


def _catalogued(folder: Path, step: int) -> Corpus:
    rows = catalogue(folder).iloc[::step]
    day = rows["date"].where(rows["date"] != "", rows["year"]) if "date" in rows else rows["year"]
    return make_corpus(rows[["doc_id", "text"]].assign(author=day))


def counted(texts: pd.Series, found: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """By form (meanings of one form together): ``all all_search maximal maximal_search``, one surface or not."""
    form_of = {meaning: form for form, several in lexicon.meanings.items() for meaning in several}
    owner = lexicon.surfaces.map(lambda slogan: form_of.get(slogan, slogan))
    forms = found["slogan"].map(lambda slogan: form_of.get(slogan, slogan))
    everything = "\n\0".join(texts)
    present = owner[[surface in everything for surface in owner.index]]
    written = {form: list(own.index) for form, own in present.groupby(present)}
    rows = pd.DataFrame(index=sorted(set(owner)))
    rows["all"] = forms.value_counts()
    rows["all_search"] = pd.Series({form: _count(own, everything) for form, own in written.items()})
    rows["maximal"] = forms[~found["nested"]].value_counts()
    rows["maximal_search"] = pd.Series(Counter(owner[hit] for hit in leftmost_longest(everything, list(present.index))))
    rows = rows.fillna(0).astype(int)
    rows["literal"] = [set(own.index) == {form, f"“{form}”"} for form, own in owner.groupby(owner)]
    return rows


def differences(rows: pd.DataFrame) -> int:
    """Occurrences that `slogans` and search disagree on, nested and maximal."""
    pairs = (("all", "all_search"), ("maximal", "maximal_search"))
    return int(sum((rows[ours] - rows[theirs]).abs().sum() for ours, theirs in pairs))


def _count(surfaces: list[str], text: str) -> int:
    """Occurrences by a regular expression of these surfaces, the longest first."""
    pattern = "|".join(map(re.escape, sorted(surfaces, key=len, reverse=True)))
    return sum(1 for _ in re.finditer(pattern, text))


def leftmost_longest(text: str, surfaces: list[str]) -> Iterator[str]:
    """A reader's way: at each character the longest surface that begins there, then on behind it."""
    heads: dict[str, list[str]] = {}
    for surface in sorted(surfaces, key=len, reverse=True):
        heads.setdefault(surface[:2], []).append(surface)
    at = 0
    while at < len(text):
        for surface in heads.get(text[at : at + 2], ()):
            if text.startswith(surface, at):
                yield surface
                at += len(surface)
                break
        else:
            at += 1


def _exactness(corpus: Corpus, found: pd.DataFrame, lexicon: Lexicon) -> dict[str, float]:
    rows = counted(corpus.docs["text"], found, lexicon)
    literal = rows[rows["literal"]]
    return {
        "documents": len(corpus), "characters": int(corpus.docs["text"].str.len().sum()),
        "forms met": int((rows["all"] > 0).sum()), "of them literal": int((literal["all"] > 0).sum()),
        "all": int(rows["all"].sum()), "maximal": int(rows["maximal"].sum()),
        "differences": differences(rows), "of them literal ": differences(literal),
        "nested %": round(100 * found["nested"].mean(), 2),
        "quoted %": round(100 * found["variant"].str.contains("“", regex=False).mean(), 2),
    }  # fmt: skip


def _early(name: str, corpus: Corpus, found: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """Pairs of a document and a dated slogan in it, and those where the document is the older, by confidence."""
    met = found[["doc_id", "slogan", "variant"]].drop_duplicates(["doc_id", "slogan"])
    met = met[~met["doc_id"].isin(MISDATED)].join(lexicon.entries[["first_date", "confidence"]], on="slogan")
    met = met[met["first_date"] != ""]
    day = met["doc_id"].map(corpus.docs["author"])
    shortest = pd.concat([day.str.len(), met["first_date"].str.len()], axis=1).min(axis=1)
    early = pd.Series(
        [d[:n] < first[:n] for d, first, n in zip(day, met["first_date"], shortest, strict=True)], met.index, dtype=bool
    )
    groups = met.assign(early=early, which=met["slogan"].where(early)).groupby("confidence")
    rows = groups.agg(pairs=("early", "size"), early=("early", "sum"), slogans=("which", "nunique"))
    rows["which"] = groups["which"].apply(lambda s: " ".join(sorted(set(s.dropna()))[:5]))
    return rows.reindex(["high", "medium", "low"]).set_index(pd.Index([name] * 3), append=True).swaplevel()


def _bounds(corpus: Corpus, lexicon: Lexicon) -> dict[str, float]:
    """How often the bounds that a text's formulations and dates set hold its true date, and how near they are."""
    docs = corpus.docs[~corpus.docs.index.isin(MISDATED)]
    days = docs["author"].astype(str)
    low = [since(text, lexicon)[0] for text in docs["text"]]
    high = [until(text, lexicon, None)[0] for text in docs["text"]]
    lower = [(day, first) for day, first in zip(days, low, strict=True) if first]
    below = [(int(day[:4]) - int(first[:4]), first[: len(day)] <= day) for day, first in lower]
    above = [day <= last[: len(day)] for day, last in zip(days, high, strict=True) if last]
    return {
        "documents": len(docs), "with lower": len(below), "right ": sum(right for _, right in below),
        "median years short": float(pd.Series([gap for gap, _ in below], dtype=float).median()),
        "with upper": len(above), "right": sum(above),
    }  # fmt: skip


def _speeds(texts: pd.Series, lexicon: Lexicon, quick: bool) -> pd.DataFrame:
    """Matching, and the whole occurrence table, beside a regular expression of the same surfaces."""
    surfaces = lexicon.surfaces.index[:: len(lexicon.surfaces) // SPEED_SURFACES][:SPEED_SURFACES].tolist()
    few = texts.iloc[:: max(1, len(texts) // 5)]
    corpus = make_corpus(pd.DataFrame({"doc_id": texts.index, "text": texts.to_numpy()}))
    ways: dict[str, tuple[Callable[[], object], pd.Series]] = {
        f"Tifa: matches, {len(surfaces)} surfaces": (lambda: list(matches(texts, surfaces)), texts),
        f"Tifa: matches, all {len(lexicon.surfaces)}": (lambda: list(matches(texts, lexicon.surfaces.index)), texts),
        "Tifa: slogans, the whole table": (lambda: slogans(corpus, lexicon), texts),
        f"re alternation, {len(surfaces)} surfaces": (lambda: _count(surfaces, "\n".join(few)), few),
    }
    return pd.DataFrame({name: _timed(work, over, 1 if quick else 3) for name, (work, over) in ways.items()}).T


def _timed(work: Callable[[], object], texts: pd.Series, times: int) -> dict[str, float]:
    """The best of several runs after a first one that builds what can be kept."""
    work()
    seconds = min(timeit.repeat(work, "gc.enable()", time.process_time, times, number=1))
    n = float(texts.str.len().sum()) / 1e6
    return {"million characters": round(n, 2), "per second": round(n / seconds, 2)}
