# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 差别是真的吗？ Are the differences real?
#
# 同一个词在两组文档里频率不同，可能只因为其中一篇碰巧多说了几次。这里的 p 值由**置换文档**得出：把文档在两组间随机调换，看观察到的差别有多罕见；q 值控制错误发现率。G² 也列出，只供参照。
#
# *A word may differ between two groups because one document happens to repeat it. Here p comes from **permuting documents** between the groups, and q controls the false discovery rate; G² is reported for reference only.*

# %%
import analysis as da
from analysis import questions as ask

study = da.open_study()

# %% [markdown]
# ## 两地之间，同年相比 Two regions, in the same years
#
# 吉林与辽宁（语料没有这两地时，取文档最多的两地）。只在同一年份之内比较：一地文档集中于某几年时，年份的差别就不会冒充地区的差别。
#
# *Jilin and Liaoning (or the two regions with most documents), compared within the same years only: where one region's documents are mostly of certain years, a difference of years cannot pose as one of regions.*

# %%
two = ask.neighbours(study)
study.figure("keyness_two_regions", da.plots.keyness, two, top=10)

# %% [markdown]
# ## 两地相距多远？ How far apart?
#
# Jensen–Shannon 散度：0 比特为用词相同，1 比特为毫无共同之处。随机分组也会有距离（jsd_chance），扣除后才是 jsd；它不大于 0，两地就不比随机分组更远，下图各词的份额也只是碰巧。
#
# *Jensen–Shannon divergence: 0 bits is the same words, 1 bit none in common. Even random halves are apart (jsd_chance); jsd is what remains. Where that is 0 or less, the two are no further apart than chance, and so are the words below.*

# %%
study.table("divergence", ask.distance(study))

# %%
study.figure("word_shift", da.plots.word_shift, ask.shift(study))

# %% [markdown]
# 各地两两相比，相近的排在一起；不超过随机水平的记为 0，带点的 p < 0.05（未作多重校正）。
#
# *Every two regions, like ones together; 0: no more than chance; a dot: p < 0.05, not corrected for the number of pairs.*

# %%
matrix = da.divergence_matrix(study.terms, by="region")
study.figure("divergence_matrix", da.plots.divergence_matrix, matrix)

# %% [markdown]
# ## 一地与其余各地 Each region against the rest
#
# 每格列出该地最突出的词（同年之内比较）。对数比为 1，即频率是其余各地的两倍。橙红圆点：q < 0.05；橙黄方块：q < 0.25；灰三角：证据不足。文档少时灰色居多，这是诚实，不是失败。
#
# *Each panel: the words most particular to the region, within the same years. A log ratio of 1 is twice the rate elsewhere. Vermilion dot: q < 0.05; orange square: q < 0.25; grey triangle: not enough evidence. With few documents most are grey: that is honesty, not failure.*

# %%
regions = ask.contrasts(study, by=study.space)
options = dict(draw=da.plots.keyness, by=study.space, both=False, top=8)
study.figure("keyness_by_region", da.plots.panels, regions, **options)

# %% [markdown]
# ## 前后两个时期，同地相比 Then and now, within regions
#
# 最末时期与最初时期相比，哪些词进来了，哪些词退出了？只在同一地区之内比较，免得文档来源的变化冒充用词的变化。
#
# *Which words came in and which went out between the first and the last period? Compared within regions, so that a change in whose documents there are cannot pose as a change of words.*

# %%
change = ask.change(study)
study.figure("keyness_periods", da.plots.keyness, change, top=12)

# %%
study.table("keyness_periods_table", change.drop(columns=["p_g2"], errors="ignore"), rows=10)

# %% [markdown]
# ## 换一种做法，还成立吗？ Robust or fragile?
#
# 同一比较换几种做法再做一遍：不用词库、不分词、不去停用词、去掉最长的一篇、逐一去掉每个地区。成立 = 方向相同，q 仍低于原来达到的水平。
#
# *The same comparison under other choices: without the lexicon, without words, with stop-words, without the longest document, without each region. Survives: same direction, and q still below the level it met at first.*

# %%
many = ask.robust(study, change)
study.table("multiverse_choices", ask.summed(many, "choice"), rows=40)

# %%
study.table("multiverse_terms", ask.summed(many, "feature"), rows=20)

# %% [markdown]
# ## 论文用表 A table for the paper
#
# 效应与区间、频次、文档数、q 值、例句各一栏；注文说明方法与出处。`figures/tables/` 里有 LaTeX 与 Word 版，正好一页宽；`TIFA_LANG=en` 给出英文版。
#
# *Effect with interval, counts, documents, q and an example; the notes give method and reference. LaTeX and Word versions, as wide as a page, are in `figures/tables/`; `TIFA_LANG=en` gives English.*

# %%
study.table("paper_table", ask.printed(study, change), rows=20)

# %% [markdown]
# ## 回到句子 Back to the sentences
#
# 任何数字都要能读回原文。下面是变化最显著的几个词的语境。
#
# *Every number must lead back to the text: the words that changed most, in context.*

# %%
study.table("contexts", ask.sentences(study, change["feature"].head(4).tolist()), rows=12)
