"""The table a paper prints: effect with interval, counts, q and an example for a few features."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.docvars import select_rows
from analysis.labels import label, lang, say, term

WIDTHS = {"feature": 0.14, "effect": 0.2, "n": 0.09, "docs": 0.08, "q": 0.07, "example": 0.27}
METHOD = {
    "zh": "对数比：频率之比以 2 为底的对数（Hardie 2014）及以文档为单位的 95 % 区间；频次、文档数为“目标 : 参照”；"
    "p 由文档置换得出（Phipson & Smyth 2010），q 经 Benjamini–Hochberg（1995）校正。",
    "en": "Log2 ratio of rates (Hardie 2014) with 95 % interval over documents; counts and documents are target : "
    "reference; p from permuting documents (Phipson & Smyth 2010), q after Benjamini & Hochberg (1995).",
}


def paper_table(keyness: pd.DataFrame, corpus: Corpus, *, n: int = 10, width: int = 10) -> pd.DataFrame:
    """A keyness table as a paper prints it, in the language of the labels (``TIFA_LANG``).

    Parameters
    ----------
    keyness : DataFrame
        What ``keyness()`` returns, or rows of it.
    corpus : Corpus
        Where the examples are from: the first document of the side with more that has the feature as it stands.
    n : int
        Features of each side, those with the smallest q first.
    width : int
        Characters of the example on either side of the feature.

    Returns
    -------
    DataFrame
        ``feature effect n docs q example``: the target's features first. ``save_table`` sets it to the width of
        a page, with the notes on method below.

    Raises
    ------
    ValueError
        If the table is not one of ``keyness()``.
    """
    steps = [step for step in keyness.attrs.get("recipe", []) if step["step"] == "keyness"]
    if not steps:
        raise ValueError("paper_table prints what keyness() returns; this table has no such step in attrs['recipe'].")
    sides = _texts(corpus, steps[-1]["target"], steps[-1]["reference"])
    more = keyness["log_ratio"] > 0
    shown = pd.concat([keyness[more].head(n), keyness[~more].head(n)])
    rows = [_row(values, sides[int(values["log_ratio"] <= 0)], width) for values in shown.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(WIDTHS))
    who = keyness.attrs.get("sides") or {side: steps[-1][side] or label("others") for side in ("target", "reference")}
    named = {
        "zh": f"目标：{label(who['target'])}；参照：{label(who['reference'])}。",
        "en": f"Target: {label(who['target'])}; reference: {label(who['reference'])}.",
    }
    table.attrs = keyness.attrs | {
        "recipe": [*keyness.attrs["recipe"], {"step": "paper_table", "n": n}],
        "notes": [named, METHOD, *keyness.attrs.get("notes", [])[:-1]], "widths": WIDTHS,
    }  # fmt: skip
    return table


def _texts(corpus: Corpus, target: str, reference: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The documents of the target and of the reference, by name."""
    docs = corpus.docs.sort_index()
    chosen = select_rows(docs, target)
    return docs[chosen], docs[select_rows(docs, reference) if reference else ~chosen]


def _row(values: dict[Hashable, Any], docs: pd.DataFrame, width: int) -> tuple[object, ...]:
    effect = f"{values['log_ratio']:.2f}"
    if np.isfinite(values["log_ratio_low"]):
        effect += f" [{values['log_ratio_low']:.2f}, {values['log_ratio_high']:.2f}]"
    effect = effect.replace("-", "−")
    pairs = [f"{values[f'{what}_target']} : {values[f'{what}_reference']}" for what in ("n", "docs")]
    gloss = term(values["feature"], 60, 1)
    name = values["feature"] if gloss == values["feature"] or lang() == "zh" else f"{values['feature']} ({gloss})"
    return name, effect, *pairs, float(values["q"]), _example(docs, values["feature"], width)


def _example(docs: pd.DataFrame, feature: str, width: int) -> str:
    for text, region, year in zip(docs["text"], docs["region"], docs["year"], strict=True):
        at = text.find(feature)
        if at < 0:
            continue
        end = at + len(feature)
        before, after = text[max(0, at - width) : at].split("\n")[-1], text[end : end + width].split("\n")[0]
        known = [str(label(value)) for value in (region, year) if not pd.isna(value)]
        where = say({"zh": f"（{' '.join(known)}）", "en": f" ({', '.join(known)})"}) if known else ""
        return f"…{before}【{feature}】{after}…{where}"
    return "—"
