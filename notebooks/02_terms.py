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
# # 02 各地、各年用什么词？ Which words, where and when?
#
# 词频以**文档**为单位给出区间：一篇长文反复说一个词，不等于这个地区都这样说。词库中的提法先整体识别，其余由 jieba 切分；停用词与数字不列。
#
# *Rates come with intervals over **documents**: one long text repeating a word is not a region using it. Formulations of the lexicon are matched first, jieba cuts the rest; stop-words and numbers are left out.*

# %%
import analysis as da
from analysis import questions as ask

study = da.open_study()
terms = study.terms

# %% [markdown]
# ## 各地最常用的词 The most frequent words by region
#
# 点是每万词频次，线是 95% 区间；空心点没有区间，因为该组只有一篇文档；线伸到图边的，上限还要更远（见表）。区间大片重叠的两地，不要读出差别来。
#
# *Dots: rate per 10,000 words; lines: 95 % interval; hollow: one document, no interval; a line that reaches the edge ends beyond it (see the table). Where intervals overlap widely, read no difference.*

# %%
by_region = da.frequency(terms, by=study.space)
study.figure("terms_by_region", da.plots.panels, by_region, draw=da.plots.frequency, by=study.space)

# %% [markdown]
# 一个词可以很常用，却集中在少数几篇里：频率旁边总要看 DPnorm（近 0 均匀，近 1 集中）与含词文档数。
#
# *A word may be frequent and yet be a few documents' own: beside every rate stand DPnorm (near 0 even, near 1 clumped) and the number of documents with it.*

# %%
study.table("frequencies", da.with_dispersion(by_region, terms))

# %% [markdown]
# ## 各年最常用的词 The most frequent words by year

# %%
by_year = da.frequency(terms, by=study.time)
study.figure("terms_by_year", da.plots.panels, by_year, draw=da.plots.frequency, by=study.time)

# %% [markdown]
# ## 各地特有的词 What is particular to a region: TF-IDF
#
# 只见于少数文档的词在这里加重上前；人人都说的词不加重也不归零，说得极多的仍会在列（要只看差别，见 03）。idf 一律按文档计算，不按地区计算。
#
# *Words of few documents weigh more. Those of all documents weigh neither more nor nothing, so the very frequent stay (for differences alone see 03). The idf is always over documents, never over regions.*

# %%
particular = da.tfidf(terms, by=study.space)
study.figure("tfidf_by_region", da.plots.panels, particular, draw=da.plots.tfidf, by=study.space)

# %%
yearly = da.tfidf(terms, by=study.time)
study.figure("tfidf_by_year", da.plots.panels, yearly, draw=da.plots.tfidf, by=study.time)

# %% [markdown]
# ## 词云 Clouds
#
# 所有词云同一比例：一个词在两朵云里一样大，就是一样常用；颜色只为区分相邻的词。词云只供浏览，结论请看带区间的图。
#
# *One scale for all clouds: equal size, equal rate; colours only tell neighbours apart. Clouds are for browsing; conclusions belong to figures with intervals.*

# %%
study.figure("wordclouds_by_region", da.plots.wordclouds, by_region, by=study.space)

# %% [markdown]
# ## 随年份起落的词 Words that rise and fall
#
# 首尾两个时期之间变化最显著的九个词（检验见 03）。没有文档的年份断开，不当作零；没有区间的零点是该年无人用；阴影伸到图边的，上限还要更远。
#
# *The nine words that changed most surely between the first and the last period (tests in 03). Years without documents are gaps, not zeros; a zero without interval is a year in which nobody used the word; a band that reaches the top ends beyond it.*

# %%
changed = ask.change(study)["feature"].head(9).tolist()
rates = ask.trends(study, changed)
study.figure("term_trends", da.plots.panels, rates, draw=da.plots.trend, by="feature", height=38)

# %% [markdown]
# ## 每年涨落多少？ How much a year?
#
# 常见词中每年变化最有把握的二十个：计数模型的斜率，误差以文档为单位。橙红圆点 q < 0.05，橙黄方块 q < 0.25，灰三角证据不足；线伸到图边的，还要更远。
#
# *The twenty surest yearly changes among common words: slopes of a count model, errors over documents. Vermilion dot q < 0.05, orange square q < 0.25, grey triangle not enough evidence; a line that reaches the edge ends beyond it.*

# %%
slopes = ask.slopes(study)
study.figure("term_slopes", da.plots.slopes, slopes)

# %% [markdown]
# ## 从哪一年起变的？ Since which year?
#
# 竖条越深，用法恰在此处变化的概率越大（0.2 以上写出）。一片浅色，是说不准在哪一年，或者根本没有变：`p_any` 是有过变化的概率。
#
# *The darker a strip, the more probable that the rate changed just there (written from 0.2 on). Pale strips side by side: nobody can say in which year, or it never changed: `p_any` is the probability that it did.*

# %%
study.figure("change_points", da.plots.panels, ask.turns(study, slopes), draw=da.plots.change_points, by="feature", height=38)

# %% [markdown]
# ## 均匀还是集中？ Even or bursty?
#
# DPnorm 接近 0 的词遍布各篇，接近 1 的词集中在少数几篇；后者的“高频”要当心。
#
# *Words with DPnorm near 0 are everywhere, near 1 in a few documents only: beware of their high counts.*

# %%
study.figure("dispersion", da.plots.dispersion, da.dispersion(terms))
