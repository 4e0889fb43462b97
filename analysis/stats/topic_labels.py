"""What helps to name topics, and the user's names, which outlive the fit."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.lexicon import Lexicon
from analysis.segments import paragraph_spans, span_of
from analysis.stats.frequency import note
from analysis.stats.topic_draws import TOP
from analysis.stats.topics import TopicModel, told, top_features
from analysis.wording import column_of

LEAST = 0.25  # Jaccard similarity of ten words: four shared


def representative(model: TopicModel, corpus: Corpus, *, n: int = 2) -> pd.DataFrame:
    """The paragraphs most about each topic, one a document, with their source.

    Of the units fitted, those with the largest share of the topic; of a unit that is a whole document, the paragraph
    with most of the topic's weight in its ten first words.

    Parameters
    ----------
    model : TopicModel
    corpus : Corpus
        The texts the model was fitted on.
    n : int
        Paragraphs a topic, 160 characters of each, from its beginning.

    Returns
    -------
    DataFrame
        ``topic rank share example doc_id region year start``, by topic and rank; ties by document.

    Raises
    ------
    KeyError
        If a document of the model is not in the corpus.
    """
    parent = _parents(model)
    rows = []
    for topic in map(str, model.doc_topic):
        ranked = pd.DataFrame({"share": model.doc_topic[topic].round(9), "parent": parent, "row": range(len(parent))})
        ranked = ranked.rename_axis("unit").reset_index().sort_values(["share", "unit"], ascending=[False, True])
        first = ranked.drop_duplicates("parent").head(n)
        for rank, (row, share) in enumerate(zip(first["row"].tolist(), first["share"], strict=True), 1):
            rows.append((topic, rank, share, *passage(model, corpus, row, topic, 160)))
    table = pd.DataFrame(rows, columns=["topic", "rank", "share", "example", "doc_id", "start"])
    about = corpus.docs.loc[table["doc_id"], ["region", "year"]].reset_index(drop=True)
    table = pd.concat([table.drop(columns="start"), about, table[["start"]]], axis=1)
    return told(table, model, {"step": "representative", "n": n})


def passage(model: TopicModel, corpus: Corpus, row: int, topic: str, length: int) -> tuple[str, str, int]:
    """First characters, document and start of a unit fitted; of a whole document, of the paragraph most about a topic.

    Raises
    ------
    KeyError
        If the document is not in the corpus.
    """
    parent = _parents(model)[row]
    if parent not in corpus.docs.index:
        raise KeyError(f"No document {parent!r} in the corpus; give the corpus the model was fitted on.")
    text = corpus.docs["text"][parent]
    spans = paragraph_spans(text)
    if "start" in model.docvars:
        at = int(span_of(spans, np.array([model.docvars["start"].iloc[row]]))[0])
    else:
        words = model.topic_feature.T[topic].nlargest(TOP)
        weight = [sum(w * text.count(str(word), low, high) for word, w in words.items()) for low, high in spans]
        at = int(np.argmax(np.round(weight, 12)))
    low, high = map(int, spans[at])
    shown = " ".join(text[low:high].split())
    return shown if len(shown) <= length else shown[: length - 1] + "…", parent, low


def _parents(model: TopicModel) -> np.ndarray:
    """The document of each unit fitted."""
    return model.docvars.get("parent", model.docvars.index).to_numpy(dtype=object)


def slogan_labels(model: TopicModel, lexicon: Lexicon, *, n: int = 3) -> pd.DataFrame:
    """Formulations of the lexicon that tell a topic from the others: candidates for its name.

    Returns
    -------
    DataFrame
        ``topic rank feature weight`` (and ``stability``): the slogans of largest positive weighted log-odds.
    """
    table = top_features(model, model.topic_feature.shape[1], by="log_odds")
    slogans = table[table["feature"].isin(lexicon.entries.index) & (table["weight"] > 0)]
    found = slogans.groupby("topic", sort=False).head(n).reset_index(drop=True)
    found["rank"] = found.groupby("topic", sort=False).cumcount() + 1
    reason = note("主题的词中没有词库里的提法。", "No formulation among the topics' words.")
    return told(found, model, {"step": "slogan_labels", "n": n}, reason=reason)


def match_labels(model: TopicModel, path: str | Path) -> pd.DataFrame:
    """The user's labels beside the topics whose words are most like those they were given to.

    Topics and labels are paired by the Hungarian algorithm on the Jaccard similarity of ten words.

    Returns
    -------
    DataFrame
        ``label topic likeness words``, in the order of the file. ``topic`` is missing where fewer than four of ten
        words are shared, or where another label fits better: the label then names none.

    Raises
    ------
    ValueError
        If the file has no columns ``label`` and ``words``.
    """
    from scipy.optimize import linear_sum_assignment

    stored = filled(path)
    if missing := [column for column in ("label", "words") if column not in stored]:
        raise ValueError(f"{Path(path).name} has no column {missing}; let label_topics write the sheet.")
    stored = stored[stored["label"].str.strip() != ""].reset_index(drop=True)
    mine = [set(words) for words in _words(model)]
    theirs = [set(words.split("|")) for words in stored["words"]]
    likeness = np.array([[len(a & b) / len(a | b) for b in mine] for a in theirs]).reshape(len(stored), model.k)
    rows, columns = linear_sum_assignment(-likeness)
    table = stored[["label", "words"]].assign(topic=None, likeness=0.0)
    for row, column in zip(rows, columns, strict=True):
        table.loc[row, "likeness"] = likeness[row, column]
        if likeness[row, column] >= LEAST:
            table.loc[row, "topic"] = model.doc_topic.columns[column]
    return table[["label", "topic", "likeness", "words"]]


def filled(path: str | Path) -> pd.DataFrame:
    """A sheet that a reader has filled in, as text: CSV (GB 18030 too) or XLSX (with the labels of either language)."""
    data = Path(path).read_bytes()
    if data.startswith(b"PK"):
        named = pd.read_excel(io.BytesIO(data), dtype=str, keep_default_na=False).rename(columns=column_of)
        return named.replace(r"^(?:主题|topic) (\d+)", r"T\1", regex=True)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def label_topics(model: TopicModel, path: str | Path) -> TopicModel:
    """The model with its topics called by the user's labels, ``"T3 基层治理"``.

    Where there is no file, one is written to be filled in: a row per topic with its ten first words. The file is never
    written again: after another fit its labels go to the topics most like those they were given to. See
    ``match_labels`` for those that find none.
    """
    if not Path(path).exists():
        sheet = pd.DataFrame({"topic": model.doc_topic.columns, "label": "", "words": map("|".join, _words(model))})
        sheet.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
        return model
    found = match_labels(model, path).dropna(subset="topic")
    labels = dict(zip(found["topic"], found["label"].str.strip(), strict=True))
    names = {topic: f"{topic.split()[0]} {label}" for topic, label in labels.items()}
    return replace(
        model,
        doc_topic=model.doc_topic.rename(columns=names), topic_feature=model.topic_feature.rename(index=names),
        stability=None if model.stability is None else model.stability.rename(index=names),
        recipe=(*model.recipe, {"step": "label_topics", "labels": labels}),
    )  # fmt: skip


def _words(model: TopicModel) -> list[list[str]]:
    first = top_features(model, TOP).groupby("topic", sort=False)["feature"].agg(list)
    return [first.get(topic, []) for topic in model.doc_topic]
