"""What a table says of itself: what was counted, how, and over how many documents."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.display import counted
from analysis.labels import label, lang, say

_WHAT = {
    "coverage": ("文档数", "Number of documents"),
    "statuses": ("地区与年份的依据", "How region and year are known"),
    "frequency": ("词频（每万词）", "Term frequency (per 10,000 words)"),
    "dispersion": ("词语在文档间的分布（DP 低：均匀）", "Dispersion of terms over documents (low DP: even)"),
    "tfidf": ("TF-IDF（idf 按文档计算）", "TF-IDF (idf over documents)"),
    "class_tfidf": ("c-TF-IDF（以组加权）", "Class-based TF-IDF"),
    "trend": ("词频的年变化率", "Change of term rates per year"),
    "change_points": ("词频的变点", "Change points of term rates"),
    "bursts": ("词语的爆发", "Bursts of terms"),
    "divergence": ("Jensen–Shannon 散度", "Jensen–Shannon divergence"),
    "word_shift": ("各词对 Jensen–Shannon 散度的贡献", "Terms' shares in the Jensen–Shannon divergence"),
    "divergence_matrix": ("两两之间的 Jensen–Shannon 散度", "Jensen–Shannon divergence of every two groups"),
    "multiverse": ("换一种做法，结论还在吗", "Does the finding survive another analysis"),
    "survival": ("各种做法下仍成立的结论", "Findings that survive each analysis"),
    "paper_table": ("关键性：对数比，p 由文档置换得出", "Keyness: log2 ratio of rates, p by permuting documents"),
    "keyness": ("关键性：对数比及区间，p 由文档置换得出", "Keyness: log ratio with interval, p by permuting documents"),
    "slogans": ("提法的全部出现", "Occurrences of slogans"),
    "adoption": ("提法的采用：含该提法的文档占比（Wilson 区间）", "Adoption: share of documents (Wilson interval)"),
    "shares": ("提法的采用：含该提法的文档占比", "Adoption: share of documents"),
    "lags": ("提法的全国首提与首见年份", "First national use of formulations and years first seen"),
    "per_10k_chars": ("提法频次（每万字）", "Rates of formulations (per 10,000 characters)"),
    "discover": ("词库之外的候选提法", "Candidate formulations outside the lexicon"),
    "cooccurrence": (
        "提法共现：按文档与语境长度分层的优势比",
        "Co-occurrence: odds ratio stratified by document and length",
    ),
    "network": ("共现网络的节点", "Nodes of the co-occurrence network"),
    "centrality": (
        "共现网络的节点：中心度及区间（文档自助法）",
        "Nodes of the co-occurrence network: centralities with intervals over documents",
    ),
    "tie_contrast": ("两组间共现强度之差", "Differences of ties between groups"),
    "separating": ("各组占比差别最大的提法", "Formulations whose shares differ most between groups"),
    "kwic": ("语境索引", "Concordance"),
    "top_features": ("各主题的特征词", "Words of each topic"),
    "prevalence": ("主题占比：文档的均值及区间", "Topic prevalence: mean over documents with interval"),
    "choose_k": ("主题数的选择", "Choice of the number of topics"),
    "prevalence_contrast": ("各组与其余各组的主题占比之差", "Topic shares: differences between groups"),
    "adjusted_shares": ("主题占比：回归的调整后占比及区间", "Topic shares adjusted by regression, with intervals"),
    "prevalence_effects": ("调整后主题占比之差", "Differences of adjusted topic shares"),
    "topic_map": ("主题图：用词越近，距离越近；圆面积为占比", "Topics by likeness of their words; area is share"),
    "representative": ("最能代表各主题的段落", "Paragraphs most about each topic"),
    "slogan_labels": ("可用来命名主题的提法", "Formulations that could name the topics"),
    "topic_correlation": ("主题之间的等级相关", "Rank correlation of topics over documents"),
    "topic_slogans": ("与各主题同篇出现的提法", "Formulations in documents with more of a topic"),
    "topic_drift": ("同一主题内用词的变化", "Words of a topic that differ between two sides"),
    "word_intrusion": ("词语入侵测验", "Word intrusion"),
    "topic_intrusion": ("主题入侵测验", "Topic intrusion"),
    "score_intrusion": ("入侵测验的得分", "Score of the intrusion sheets"),
    "review": ("需要人工核对的文档", "Documents that need the reader's eye"),
    "report": ("读入报告：每个文件一行", "Reading report: one row per file"),
}  # fmt: skip


def caption(table: pd.DataFrame, *, notes: bool = True, shows: str = "") -> str:
    """What the table counts, how (with ``notes``), over how many documents; from the provenance it carries.

    A figure that ``shows`` part of a table bears the name of that part as its label.
    """
    recipe = table.attrs.get("recipe", [])
    parts = [_what(recipe[-1], shows)] if recipe else []
    parts += [say(note) for note in table.attrs.get("notes", []) if notes]
    if left_out := table.attrs.get("left_out"):
        zh, en = f"{left_out} 篇因缺分组变量未计入", f"{counted(left_out, 'document')} without the variable left out"
        parts.append(say({"zh": zh, "en": en}))
    if undated := table.attrs.get("undated"):
        zh, en = f"{undated} 篇年份未知，未计入首见", f"{counted(undated, 'document')} without a year not counted"
        parts.append(say({"zh": zh, "en": en}))
    parts.append(corpus_note(recipe))
    parts = [part.rstrip("。.") for part in parts[:-1]] + parts[-1:]
    return (" · " if lang() == "zh" else "; ").join(part for part in parts if part)


def notes_line(table: pd.DataFrame) -> str:
    """The notes on method, as they stand below a paper's table."""
    start, join = say({"zh": "注：", "en": "Notes: "}), say({"zh": "", "en": " "})
    return start + join.join(say(note) for note in table.attrs.get("notes", []))


def _what(step: dict[str, Any], shows: str) -> str:
    zh, en = _WHAT.get(shows) or _WHAT.get(step["step"], ("", ""))
    by = step.get("by") or []
    names = [label(name) for name in ([by] if isinstance(by, str) else by)]
    if zh and names:
        zh, en = f"{zh}，按{'、'.join(names)}", f"{en} by {' and '.join(names)}"
    return say({"zh": zh, "en": en})


def corpus_note(recipe: list[dict[str, Any]]) -> str:
    """Name, size and note of the corpus a recipe starts from."""
    read = next((step for step in recipe if step["step"] == "read"), None)
    if read is None:
        return ""
    size = say({"zh": f"{read['documents']} 篇文档", "en": counted(read["documents"], "document")})
    return say({"zh": "，", "en": ", "}).join(part for part in (read.get(f"note_{lang()}"), size) if part)
