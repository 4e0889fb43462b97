"""How likely official writers are to treat a recurrent string as a formulation."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from analysis.dictionary import jieba_engine
from analysis.discovery.strings import NUMERALS

# Log odds that at least two documents quote a string, by logistic regression on the strings of the 31
# provincial reports of 2025 without their quotation marks (`analysis.evaluate.discovery.calibrate`).
COEFFICIENTS = {  # of strings that do not begin with a numeral, of strings that do
    "constant": (-11.46, -5.35), "variety": (0.89, 0.78), "cohesion": (0.38, 0.23), "closed": (0.96, 1.92),
    "carried": (2.72, 2.41), "word_left": (3.13, 1.94), "word_right": (0.58, 3.71), "excess": (0.14, 0.25),
    "single": (2.00, 1.03), "two": (0.00, -1.56), "three": (0.85, -0.40), "length": (-2.24, -4.87),
    "numerals": (1.23, 0.63),
}  # fmt: skip
_NUMERIC = re.compile(rf"[{NUMERALS}]|\d+(?:\+[\dNnXx])+")
_QUANTITY = re.compile(
    rf"[{NUMERALS}〇零第几数]+(?:[年月日号元吨亩户人名次倍级期届位家所座条里平米瓦辆列批些般步是成度起直方切定样种块场台套"
    rf"件株只头处岁周天分时点单旦行致连律般手经如边则部组门片册款至侧章轮段层环系]|公[里斤顷分]|千[瓦米克]|万[吨亩千户人元亿]|[个项大种条]$|个[百月]|些)"
    rf"|每[{NUMERALS}]+[年月日天]|\d+[^+\d]|.*[第几数]"
    rf"|(?:[二三四五六七八九]十|[百千万])[{NUMERALS}]*[个项种]"
)
_FIXED_ALL_THE_SAME = re.compile("一件事|双一流|一单制|[三五]位一体")
_BODY = r"(?:委员会|法院|检察院|办公室|人民政府|常委会|代表大会|[厅局]|银行|大学|公司)$"
_LOOSE_START = "的了和与及等是在对并或也都就而且其之于着过个项们+×要各该本未应须以由经需"
_LOOSE_END = "的了和与及等是在对并或也都就而且其之于着过项们以为把将被让使向从要第不更最各全每再大上下中内后时前外间"


def plausible(strings: pd.DataFrame, names: frozenset[str]) -> pd.DataFrame:
    """Recurrent strings that may be formulations, with ``kind``: numeric, enumeration or fixed.

    Left out are plain quantities (二十个县), numbers without a Chinese character, names of places and
    bodies, dictionary words, other strings of two characters, strings that begin or end with a function
    word, and lists whose parts differ in length.
    """
    phrase = strings["phrase"]
    numeric = phrase.str.match(_NUMERIC)
    listed = phrase.str.contains("、", regex=False)
    quantity = phrase.str.match(_QUANTITY) & ~phrase.str.match(_FIXED_ALL_THE_SAME)
    loose = phrase.str[0].isin(list(_LOOSE_START)) | phrase.str[-1].isin(list(_LOOSE_END))
    parallel = phrase.str.split("、").map(_parallel)
    blank = ~phrase.str.contains(r"[\u4e00-\u9fff]|\+\d", regex=True) | (phrase.str.contains(r"\d") & ~numeric)
    kept = ~(quantity | loose | blank | phrase.isin(names) | (listed & ~parallel))
    kept &= ~(~numeric & (phrase.str.len() == 2)) & ~_is_word(phrase) & ~phrase.str.contains(_BODY, regex=True)
    kinds = np.select([listed, numeric], ["enumeration", "numeric"], "fixed")
    return strings.assign(kind=kinds)[kept].reset_index(drop=True)


def _parallel(parts: list[str]) -> bool:
    """Parts of one length, enough of them or long enough to be no mere list: 法律、法规 is one."""
    size = len(parts[0])
    return {len(part) for part in parts} == {size} and size >= 2 and (len(parts) >= 3 or size >= 4)


def _is_word(phrase: pd.Series) -> pd.Series:
    """In jieba's dictionary, but for what is counted by its form: 三农, 双拥, 一带一路."""
    known = phrase.map(lambda p: jieba_engine().FREQ.get(p, 0) > 0)
    return known & ~phrase.str.match(rf"[二两三四五六七八九十双]|[{NUMERALS}].+[{NUMERALS}]")


def features(strings: pd.DataFrame, n_chars: int) -> pd.DataFrame:
    """What the weight is computed from, one column a coefficient.

    ``excess`` is the log of how much more frequent the string is than its words would make it in general
    language (jieba's dictionary), a word; ``single`` the share of words of one character.
    """
    phrase, length = strings["phrase"], strings["phrase"].str.len()
    words = phrase.map(lambda p: list(jieba_engine().cut(p, HMM=False)))
    count = words.map(len)
    expected = words.map(lambda own: sum(map(_log_share, own)))
    return pd.DataFrame({
        "constant": 1.0,
        "variety": np.log(strings["variety"]),
        "cohesion": strings["cohesion"].clip(0, 14),
        "closed": strings["closed"], "carried": strings["carried"],
        "word_left": strings["word_left"], "word_right": strings["word_right"],
        "excess": (np.log(strings["n"] / n_chars) - expected).clip(-4, 20) / count,
        "single": words.map(lambda own: sum(len(word) == 1 for word in own)) / count,
        "two": length == 2, "three": length == 3, "length": np.log(length),
        "numerals": phrase.str.count(f"[{NUMERALS}]+"),
    }).astype(float)  # fmt: skip


@cache
def _log_share(word: str) -> float:
    """Log of a word's share of general language, by jieba's dictionary."""
    engine = jieba_engine()
    return float(np.log(max(engine.FREQ.get(word, 0), 1) / engine.total))


def weigh(strings: pd.DataFrame, n_chars: int) -> np.ndarray:
    """Estimated probability that official writers quote a string, shape (strings,)."""
    x = features(strings, n_chars)
    numeric = (strings["kind"] == "numeric").to_numpy()
    log_odds = x[list(COEFFICIENTS)].to_numpy() @ np.array(list(COEFFICIENTS.values()))
    return 1 / (1 + np.exp(-np.where(numeric, log_odds[:, 1], log_odds[:, 0])))
