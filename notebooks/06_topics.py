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
# # 06 谈些什么？ What are they about?
#
# 主题模型把词归成若干主题，再看各地、各年各占多少。模型（NMF，TF-IDF 加权）由种子决定，可以重复；占比的区间以文档为单位，**不**包含模型本身的不确定性。长文档按段落拟合，再合回文档。
#
# *A topic model (NMF on TF-IDF, deterministic) sorts words into topics; then: how much of each, by region and by year? Intervals are over documents and do **not** include the model's own uncertainty. Long documents are fitted by paragraph and summed up again.*

# %%
import analysis as da
from analysis import questions as ask

study = da.open_study()
model = ask.model(study)

# %% [markdown]
# ## 有哪些主题？ Which topics?
#
# 图中按概率列词；表中按 FREX 列词，即既常见于该主题、又少见于其他主题的词。主题的名字要由读者来起。
#
# *Figure: words by probability. Table: words by FREX, frequent in the topic and rare in others. Naming topics is the reader's work.*

# %%
study.figure("topics", da.plots.panels, ask.words(model), draw=da.plots.top_features, by="topic")

# %%
study.table("topic_words_frex", ask.words(model, by="frex"), rows=30)

# %% [markdown]
# ## 各地谈什么？ Topics by region

# %%
by_region = ask.shares(model, by=study.space)
study.figure("topics_by_region", da.plots.panels, by_region, draw=da.plots.prevalence, by="topic")

# %% [markdown]
# ## 各年谈什么？ Topics by year
#
# *A lone dot is a year between gaps; a bar without band is its interval.*

# %%
by_year = ask.shares(model, by="year")
study.figure("topics_by_year", da.plots.panels, by_year, draw=da.plots.prevalence_trend, by="topic", height=38)

# %%
study.table("topic_shares", by_region)
