"""Words of columns, variables, values and places, in Chinese or English (``TIFA_LANG=en``)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

_HAN = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 "
    "四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门"
)
_PINYIN = (
    "Beijing Tianjin Hebei Shanxi Inner_Mongolia Liaoning Jilin Heilongjiang Shanghai Jiangsu Zhejiang Anhui Fujian "
    "Jiangxi Shandong Henan Hubei Hunan Guangdong Guangxi Hainan Chongqing Sichuan Guizhou Yunnan Tibet Shaanxi Gansu "
    "Qinghai Ningxia Xinjiang Taiwan Hong_Kong Macao"
)
_REGIONS = dict(zip(_HAN.split(), (name.replace("_", " ") for name in _PINYIN.split()), strict=True))
_RANK = re.compile("(省|(?<=[京津海庆])市|(壮族|回族|维吾尔)?自治区|特别行政区)$")  # 吉林市 is no province

# column or value → (Chinese, English)
_WORDS: dict[str, tuple[str, str]] = {
    "doc_id": ("文档", "document"), "feature": ("词语", "term"), "n": ("频次", "count"),
    "per_10k": ("每万词频次", "per 10,000 words"), "rank": ("位次", "rank"),
    "docfreq": ("含词文档数", "documents with it"),
    "n_docs": ("文档数", "documents"), "low": ("区间下限", "low"), "high": ("区间上限", "high"),
    "dp": ("DP", "DP"), "dp_norm": ("DPnorm", "DPnorm"), "juilland_d": ("Juilland D", "Juilland's D"),
    "dp_nofreq": ("DPnofreq", "DPnofreq"), "class_idf": ("组 idf", "class idf"), "c_tf_idf": ("c-TF-IDF", "c-TF-IDF"),
    "n_years": ("年份数", "years"), "slope": ("斜率（对数）", "slope (log)"), "slope_low": ("斜率下限", "slope low"),
    "slope_high": ("斜率上限", "slope high"), "percent": ("每年变化（%）", "change per year (%)"),
    "percent_low": ("变化下限（%）", "change low (%)"), "percent_high": ("变化上限（%）", "change high (%)"),
    "probability": ("变化概率", "probability of change"), "p_any": ("有变化的概率", "probability of any change"),
    "set_low": ("可信区间起", "credible from"), "set_high": ("可信区间止", "credible to"),
    "jsd": ("JSD（已校正）", "JSD, corrected"), "jsd_pooled": ("JSD（合并）", "JSD, pooled"),
    "jsd_chance": ("JSD（随机）", "JSD by chance"), "docs_a": ("甲文档数", "documents of a"),
    "docs_b": ("乙文档数", "documents of b"),
    "effect": ("对数比 [95 % 区间]", "log2 ratio [95 % interval]"), "docs": ("文档", "documents"),
    "choice": ("做法", "analysis"), "survives": ("成立", "survives"), "found": ("查到的词", "terms found"),
    "log_ratio_least": ("最小对数比", "least log2 ratio"), "log_ratio_greatest": ("最大对数比", "greatest log2 ratio"),
    "q_worst": ("最大 q", "largest q"), "choices": ("做法数", "analyses"),
    "contribution": ("贡献（比特）", "contribution (bits)"), "direction": ("更多见于", "more in"),
    "tf": ("词频 tf", "tf"), "idf": ("idf", "idf"), "tf_idf": ("TF-IDF", "TF-IDF"),
    "n_target": ("目标频次", "target count"), "n_reference": ("参照频次", "reference count"),
    "per_10k_target": ("目标每万词", "target per 10,000"), "per_10k_reference": ("参照每万词", "reference per 10,000"),
    "docs_target": ("目标文档数", "target documents"), "docs_reference": ("参照文档数", "reference documents"),
    "log_ratio": ("对数比（以2为底）", "log2 ratio"), "log_ratio_low": ("对数比下限", "log2 ratio low"),
    "log_ratio_high": ("对数比上限", "log2 ratio high"), "g2": ("G²", "G²"), "p_g2": ("p（G²）", "p (G²)"),
    "log_ratio_conservative": ("对数比（保守）", "log2 ratio, conservative"),
    "percent_diff": ("相差（%）", "% difference"),
    "z_fightin": ("加权对数发生比 z", "weighted log-odds z"), "p": ("p", "p"), "q": ("q", "q"),
    "slogan": ("提法", "formulation"), "group": ("组", "group"), "n_group": ("组内文档", "documents in group"),
    "first_date": ("首见日期", "first seen"), "first_year": ("首见年份", "first year"),
    "lag_years": ("滞后（年）", "lag (years)"), "share": ("占比", "share"), "share_low": ("占比下限", "share low"),
    "share_high": ("占比上限", "share high"), "a": ("甲", "a"), "b": ("乙", "b"), "n_ab": ("共现", "co-occurrences"),
    "n_a": ("甲出现", "count of a"), "n_b": ("乙出现", "count of b"), "n_contexts": ("语境数", "contexts"),
    "npmi": ("NPMI", "NPMI"),
    "log_odds": ("对数优势比", "log odds ratio"), "log_odds_low": ("下限", "low"), "log_odds_high": ("上限", "high"),
    "expected": ("期望共现", "expected"), "expected_target": ("目标期望", "target expected"),
    "expected_reference": ("参照期望", "reference expected"), "n_ab_target": ("目标共现", "target co-occurrences"),
    "n_ab_reference": ("参照共现", "reference co-occurrences"),
    "log_odds_target": ("目标对数优势比", "target log odds ratio"),
    "log_odds_reference": ("参照对数优势比", "reference log odds ratio"), "difference": ("差", "difference"),
    "difference_low": ("差的下限", "difference low"), "difference_high": ("差的上限", "difference high"),
    "seen": ("见于", "seen in"), "both": ("两方", "both"), "target": ("目标", "target"),
    "reference": ("参照", "reference"),
    "change": ("变化", "change"), "stronger": ("更强", "stronger"), "weaker": ("更弱", "weaker"),
    "new": ("新见", "new"),
    "strength": ("强度", "strength"), "strength_low": ("强度下限", "strength low"),
    "strength_high": ("强度上限", "strength high"), "degree_centrality_low": ("度中心度下限", "degree low"),
    "degree_centrality_high": ("度中心度上限", "degree high"), "betweenness_low": ("中介中心度下限", "betweenness low"),
    "betweenness_high": ("中介中心度上限", "betweenness high"),
    "words": ("主题词", "words of the topic"),
    "per_10k_chars": ("每万字", "per 10,000 characters"), "persistence": ("持续率", "persistence"),
    "last_year": ("末见年份", "last year"), "years_since": ("距末见（年）", "years since"),
    "observed_from": ("观察起", "observed from"), "observed_to": ("观察止", "observed to"),
    "left_censored": ("左删失", "left-censored"), "right_censored": ("右删失", "right-censored"),
    "tier": ("档次", "tier"), "top quarter": ("前四分之一", "top quarter"),
    "second quarter": ("第二个四分之一", "second quarter"),
    "third quarter": ("第三个四分之一", "third quarter"), "last quarter": ("后四分之一", "last quarter"),
    "unused": ("未用", "unused"),
    "share_highest": ("最高占比", "highest share"), "n_groups": ("组数", "groups with it"),
    "highest": ("最高者", "highest"), "cramers_v": ("Cramér V", "Cramér's V"),
    "topic": ("主题", "topic"), "weight": ("权重", "weight"), "title": ("标题", "title"), "region": ("地区", "region"),
    "macro_region": ("区域", "macro-region"), "province": ("省份", "province"), "prefecture": ("地市", "prefecture"),
    "county": ("县区", "county"), "year": ("年份", "year"), "period": ("时期", "period"), "level": ("层级", "level"),
    "institution": ("发文机关", "institution"), "institution_type": ("机关类型", "type of institution"),
    "region_evidence": ("地区依据", "region read from"), "region_status": ("地区状态", "region status"),
    "year_evidence": ("年份依据", "year read from"), "year_status": ("年份状态", "year status"),
    "n_chars": ("字数", "characters"), "file": ("文件", "file"), "status": ("状态", "status"),
    "reason": ("说明", "reason"), "n_documents": ("文档数", "documents read"), "encoding": ("编码", "encoding"),
    "removed": ("清理", "removed"), "phrase": ("短语", "phrase"), "kind": ("类型", "kind"), "score": ("得分", "score"),
    "example": ("例句", "example"), "left": ("左", "left"), "match": ("命中", "match"), "right": ("右", "right"),
    "start": ("起", "start"), "end": ("止", "end"), "sentence": ("句", "sentence"),
    "paragraph": ("段", "paragraph"), "nested": ("被套叠", "nested"),
    "within": ("所在名称", "within a name"),
    "variant": ("写法", "variant"), "date_earliest": ("最早", "earliest"),
    "date_latest": ("最晚", "latest"), "date": ("日期", "date"), "source": ("来源", "source"),
    "documents": ("文档", "documents"), "k": ("主题数 k", "topics (k)"), "stability": ("稳定性", "stability"),
    "topic_a": ("主题甲", "topic a"), "topic_b": ("主题乙", "topic b"),
    "stability_a": ("甲的稳定性", "stability of a"), "stability_b": ("乙的稳定性", "stability of b"),
    "unstable": ("不稳定", "unstable"), "stable": ("稳定", "stable"),
    "share_target": ("目标占比", "target share"), "share_reference": ("参照占比", "reference share"),
    "share_with": ("有此提法的占比", "share with it"), "share_without": ("无此提法的占比", "share without it"),
    "n_with": ("有此提法的文档", "documents with it"), "n_without": ("无此提法的文档", "documents without it"),
    "observed": ("实际均值", "observed mean"), "term": ("变量", "term"), "against": ("与之相比", "against"),
    "correlation": ("等级相关", "rank correlation"),
    "item": ("题号", "item"), "answer": ("回答", "answer"),
    "intruder": ("外来者", "intruder"), "position": ("位置", "position"),
    "prob": ("概率", "probability"), "frex": ("FREX", "FREX"), "lift": ("提升度", "lift"),
    "npmi_coherence": ("NPMI 一致性", "NPMI coherence"), "exclusivity": ("排他性", "exclusivity"),
    "heldout": ("留出似然", "held-out likelihood"), "degree_centrality": ("度中心度", "degree centrality"),
    "linked": ("相连", "linked with"), "betweenness": ("中介中心度", "betweenness"),
    "community": ("社群", "community"), "first_national": ("全国首提", "first national use"),
    "东部": ("东部", "East"), "中部": ("中部", "Central"), "西部": ("西部", "West"), "东北": ("东北", "Northeast"),
    "港澳台": ("港澳台", "HK, Macao, Taiwan"), "全国": ("全国", "National"), "national": ("国家级", "national"),
    "court": ("法院", "court"), "procuratorate": ("检察院", "procuratorate"), "justice": ("司法行政", "justice"),
    "political-legal-committee": ("政法委", "political-legal committee"), "government": ("政府", "government"),
    "party": ("党委", "party"), "congress": ("人大", "congress"), "media": ("媒体", "media"),
    "other": ("其他", "other"),
    "given": ("给定", "given"), "explicit": ("明言", "explicit"), "inferred": ("推断", "inferred"),
    "bounded": ("有界", "bounded"), "unknown": ("未知", "unknown"),
    "target_more": ("更多见于", "more in"), "no_documents": ("无文档", "no documents"), "others": ("其余", "the rest"),
    "interval": ("95% 区间（以文档为单位）", "95 % interval over documents"),
    "read": ("读入", "read"), "partly": ("部分读入", "partly read"), "skipped": ("略过", "skipped"),
    "failed": ("未能读入", "failed"), "duplicate": ("重复", "duplicate"), "recipe": ("步骤", "recipe"),
    "dated": ("有首提时间", "dated"), "glossed": ("有英译", "glossed"), "entries": ("条目", "entries"),
    "types": ("常见词", "frequent words"), "totals": ("词次", "words"),
    "numeric": ("数字缩略", "numeric"), "enumeration": ("并列", "enumeration"), "quoted": ("加引号", "quoted"),
    "fixed": ("固定搭配", "fixed"), "ideology": ("理论", "ideology"), "goal": ("目标", "goal"),
    "campaign": ("行动", "campaign"), "motto": ("口号", "motto"), "institution_kind": ("机制", "institution"),
    "items": ("题数", "items"), "answered": ("已答", "answered"), "precision": ("正确率", "precision"),
    "chance": ("猜中率", "by chance"), "likeness": ("相似度", "likeness"), "label": ("名称", "label"),
}  # fmt: skip
_WORDS |= {
    f"{column}_{i}": (f"{zh} {i}", f"{en} {i}") for i in range(1, 7)
    for column, zh, en in (("word", "词语", "word"), ("topic", "选项", "choice"), ("share", "占比", "share"))
}  # fmt: skip
_COLUMN_OF = {text: name for name, words in reversed(_WORDS.items()) for text in words}


def lang() -> str:
    """``"en"`` where TIFA_LANG says so, else ``"zh"``.

    Raises
    ------
    ValueError
        If TIFA_LANG is neither.
    """
    value = os.environ.get("TIFA_LANG") or "zh"
    if value not in ("zh", "en"):
        raise ValueError(f"TIFA_LANG={value!r} is not a language of the labels; use zh or en.")
    return value


def say(text: Mapping[str, str]) -> str:
    """The one of ``{"zh": …, "en": …}`` that is wanted."""
    return text[lang()]


def label(name: Any) -> str:
    """The label of a column or of a docvar's value; a name without one stands as it is."""
    return both(name)[lang() == "en"]


def both(*names: Any, join: tuple[str, str] = (" × ", " × ")) -> tuple[str, str]:
    """The labels of one name or several in Chinese, and in English, for sentences that are written in both."""
    pairs = [_both(str(name)) for name in names]
    return join[0].join(zh for zh, _ in pairs), join[1].join(en for _, en in pairs)


def _both(name: str) -> tuple[str, str]:
    if name in _WORDS:
        return _WORDS[name]
    if topic := re.fullmatch(r"T(\d+( .+)?)", name):
        return f"主题 {topic[1]}", f"topic {topic[1]}"
    return name, _REGIONS.get(_RANK.sub("", name), name)


def column_of(text: str) -> str:
    """The column that a heading stands for, in either language; any other text as it is."""
    return text if text in _WORDS else _COLUMN_OF.get(text, text)
