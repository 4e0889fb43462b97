"""Sheets on which readers look for the word or topic that does not belong, and the score of the filled sheets.

Chang, Boyd-Graber, Gerrish, Wang & Blei (2009), Reading tea leaves; Hoyle et al. (2021), Is automated topic model
evaluation broken? A topic whose intruder readers do not find means little to readers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.adoption import wilson
from analysis.corpus import Corpus
from analysis.stats.frequency import note
from analysis.stats.topic_labels import filled, passage
from analysis.stats.topics import TopicModel, told, top_features

WORDS, TOPICS = 5, 3


def word_intrusion(model: TopicModel, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One item per topic: its five first words and one of another topic's, in random order.

    The intruder is drawn from the ten first words of the other topics that are no more than middling in this one.

    Returns
    -------
    sheet : DataFrame
        ``item word_1 … word_6 answer``; ``answer`` is to be filled with the number (1 to 6) of the intruder.
    answers : DataFrame
        ``item topic intruder position`` (and ``stability``). Keep it from the readers.
    """
    rng = np.random.default_rng(seed)
    phi = model.topic_feature
    first = top_features(model, 10).groupby("topic", sort=False)["feature"].agg(list)
    sheet: list[tuple] = []
    answers: list[tuple] = []
    for topic in rng.permutation(first.index.to_numpy(dtype=str)):
        others = sorted({f for t, words in first.items() if t != topic for f in words} - set(first[topic]))
        middling = [f for f in others if phi.at[topic, f] <= phi.loc[topic, others].median()]
        if not middling or len(first[topic]) < WORDS:
            continue
        intruder = middling[rng.integers(len(middling))]
        place = int(rng.integers(WORDS + 1))
        words = rng.permutation(first[topic][:WORDS]).tolist()
        words.insert(place, intruder)
        sheet.append((len(sheet) + 1, *words, ""))
        answers.append((len(sheet), topic, intruder, place + 1))
    columns = ["item", *(f"word_{i}" for i in range(1, WORDS + 2)), "answer"]
    said = note("每行六个词，五个同属一个主题；在末列填入不属于它的那个词的序号（1–6）。",
                "Five of the six words are of one topic: give the number (1 to 6) of the one that is not.")  # fmt: skip
    step = {"step": "word_intrusion", "seed": seed}
    key = pd.DataFrame(answers, columns=["item", "topic", "intruder", "position"])
    reason = note("没有一个主题有足够的词。", "No topic has words enough, or others' words to tell from them.")
    table = told(pd.DataFrame(sheet, columns=columns), model, step, notes=[said], reason=reason)
    return table, told(key, model, step, reason=reason)


def topic_intrusion(
    model: TopicModel, corpus: Corpus, *, n: int = 20, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One item per document drawn: a passage, its three largest topics and the one it has least of, in random order.

    Returns
    -------
    sheet : DataFrame
        ``item example topic_1 … topic_4 answer``, topics by their eight first words; ``answer`` is to be filled with
        the number (1 to 4) of the topic that does not belong.
    answers : DataFrame
        ``item doc_id intruder position share_1 … share_4``: the topics' shares, for ``score_intrusion``.

    Raises
    ------
    ValueError
        If the model has fewer than four topics.
    """
    if model.k <= TOPICS:
        raise ValueError(f"Topic intrusion with k={model.k} has no intruder; fit four topics or more.")
    rng = np.random.default_rng(seed)
    words = top_features(model, 8).groupby("topic", sort=False)["feature"].agg(" ".join)
    sheet: list[tuple] = []
    answers: list[tuple] = []
    for row in np.sort(rng.choice(len(model.doc_topic), min(n, len(model.doc_topic)), replace=False)):
        shares = model.doc_topic.iloc[row].round(9)
        order = np.argsort(-shares.to_numpy(), kind="stable")
        shown = rng.permutation([*order[:TOPICS], order[-1]])
        place = int(np.flatnonzero(shown == order[-1])[0]) + 1
        text, doc_id, _ = passage(model, corpus, int(row), str(shares.idxmax()), 300)
        sheet.append((len(sheet) + 1, text, *(words.get(t, "") for t in shares.index[shown]), ""))
        answers.append((len(sheet), doc_id, shares.index[order[-1]], place, *shares.iloc[shown]))
    numbers = range(1, TOPICS + 2)
    said = note("在末列填入与段落最不相干的主题的序号（1–4）。",
                "Give the number (1 to 4) of the topic that has least to do with the passage.")  # fmt: skip
    step = {"step": "topic_intrusion", "n": n, "seed": seed}
    table = pd.DataFrame(sheet, columns=["item", "example", *(f"topic_{i}" for i in numbers), "answer"])
    key = pd.DataFrame(answers, columns=["item", "doc_id", "intruder", "position", *(f"share_{i}" for i in numbers)])
    return told(table, model, step, notes=[said]), told(key, model, step)


def score_intrusion(sheet: pd.DataFrame | str | Path, answers: pd.DataFrame | str | Path) -> pd.DataFrame:
    r"""How many intruders the reader found.

    Parameters
    ----------
    sheet : DataFrame or path of its CSV or XLSX
        With ``answer`` filled in; an empty answer counts as none given.
    answers : DataFrame or path of its CSV or XLSX

    Returns
    -------
    DataFrame
        ``topic items answered found precision low high chance`` over all (no topic), then by topic (word intrusion,
        with its ``stability``): Wilson intervals; ``chance`` is what guessing gives. Topic intrusion has also
        ``log_odds``, the mean of :math:`\log \theta_{intruder} - \log \theta_{chosen}` (0 is best; Chang et al. 2009).

    Raises
    ------
    ValueError
        If the two do not hold the same items, or an answer is not the number of a choice.
    """
    given, key = (_read(table) for table in (sheet, answers))
    if not given.index.equals(key.index):
        raise ValueError("sheet and answers hold different items; give the answers written with this sheet.")
    options = sum(str(c).startswith(("word_", "topic_")) for c in given)
    said = given["answer"].astype("str").str.strip()
    chosen, blank = pd.to_numeric(said, errors="coerce"), given["answer"].isna() | (said == "")
    if (bad := ~blank & ~chosen.isin(range(1, options + 1))).any():
        item = bad.idxmax()
        value = given.at[item, "answer"]
        raise ValueError(f"answer={value!r} of item {item} is not a number from 1 to {options}.")
    seen = pd.DataFrame({"found": chosen == key["position"], "answered": ~blank, "items": 1})
    topics = sorted(key["topic"].unique(), key=_number) if "topic" in key else []
    groups = [("", seen), *((topic, seen[key["topic"] == topic]) for topic in topics)]
    table = pd.DataFrame([{"topic": name, **part.astype(int).sum()} for name, part in groups])
    table["precision"] = table["found"] / table["answered"].where(table["answered"] > 0)
    trials = table["answered"].to_numpy()
    table["low"], table["high"] = wilson(table["found"].to_numpy(), np.maximum(trials, 1))
    table.loc[trials == 0, ["low", "high"]] = np.nan
    table["chance"] = 1 / options
    if "stability" in key:
        table["stability"] = table["topic"].map(key.set_index("topic")["stability"])
    if "share_1" in key:
        shares = key.filter(regex=r"share_\d").to_numpy(dtype=float)
        known = np.flatnonzero(~blank)
        sides = (shares[known, column.iloc[known].astype(int) - 1] for column in (key["position"], chosen))
        intruder, taken = (np.log(side + 1e-6) for side in sides)
        table["log_odds"] = (intruder - taken).mean() if len(known) else np.nan
    table.attrs = {"recipe": [{"step": "score_intrusion"}], "left_out": int(blank.sum()), "notes": []}
    return table[["topic", "items", "answered", "found", *table.columns[4:]]]


def _read(table: pd.DataFrame | str | Path) -> pd.DataFrame:
    table = table if isinstance(table, pd.DataFrame) else filled(table)
    numbers = [str(c) for c in table if c in ("item", "position", "stability") or str(c).startswith("share_")]
    return table.assign(**{c: pd.to_numeric(table[c]) for c in numbers}).set_index("item")


def _number(topic: str) -> tuple[int, str]:
    return int(topic.split()[0][1:]), topic
