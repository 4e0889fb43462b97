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
# # 05 提法与谁同行？ What do formulations travel with?
#
# 同一句话里并列的提法构成一张网。为了不让长文档使一切都“共现”，优势比与检验都**按文档与句长分层**：只问在同一篇、长度相近的句子里，两个提法是否比偶然更常同句。
#
# *Formulations in one sentence form a network. So that long documents do not make everything co-occur, odds ratios and tests are **stratified by document and sentence length**: among like sentences of one document, do two formulations meet more often than chance?*

# %%
import analysis as da
from analysis import questions as ask

study = da.open_study()

# %% [markdown]
# ## 整个语料 The whole corpus
#
# 提法排在圆上，同社群相邻、同色；线越粗共现越多，黑线 q < 0.05，灰线证据不足。
#
# *Formulations on a circle, communities side by side in one colour; thicker: more often together; black: q < 0.05; grey: not enough evidence.*

# %%
ties = ask.ties(study)
study.figure("network", da.plots.cooccurrence, ties)

# %%
study.table("network_nodes", ask.nodes(study, ties))

# %% [markdown]
# ## 各区域 By region
#
# 各幅共用一个圆，同一提法总在同一位置；灰字是该区域没有连线的提法。
#
# *All panels share one circle: a formulation is always in the same place; grey names have no tie there.*

# %%
by_region = ask.ties(study, by="macro_region")
study.figure("network_by_region", da.plots.cooccurrence_panels, by_region, by="macro_region")

# %% [markdown]
# ## 各时期 By period

# %%
by_period = ask.ties(study, by="period")
study.figure("network_by_period", da.plots.cooccurrence_panels, by_period, by="period")

# %% [markdown]
# ## 最强的联系 The strongest ties

# %%
study.table("ties", ties)
