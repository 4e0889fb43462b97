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
from analysis import slogan_questions as ask

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

# %% [markdown]
# 观测共现与期望共现（同篇、同长度句子之内随机排列）并列；最令人意外的在前。
#
# *Observed beside expected meetings (were formulations shuffled among like sentences of one document); the most surprising first.*

# %%
study.table("ties", ties)

# %% [markdown]
# ## 谁居中？ Who is central?
#
# 区间由重抽文档得出：区间宽，说明名次全靠少数几篇。网络另存为 GEXF 与 GraphML，可在 Gephi 中打开。
#
# *Intervals by resampling documents: a wide one hangs on a few. The network is also saved as GEXF and GraphML for Gephi.*

# %%
study.table("network_nodes", ask.nodes(study))

# %%
saved = da.save_network(ties, "network")

# %% [markdown]
# ## 各区域 By region
#
# 各幅共用一个圆，同一提法总在同一位置；灰字是该区域没有连线的提法。彩线是与其余区域相比有变化的联系：q 由长度相近的文档在组间置换得出；“新见”只说在别处未见，不是检验。
#
# *All panels share one circle: a formulation is always in the same place; grey names have no tie there. Coloured ties differ from the other regions: q permutes documents of similar length between groups; “new” only says not seen elsewhere, and is no test.*

# %%
by_region = ask.ties(study, by="macro_region")
study.figure("network_by_region", da.plots.cooccurrence_panels, by_region, by="macro_region")

# %% [markdown]
# ## 各时期 By period
#
# 每一时期与前一时期相比。
#
# *Each period against the one before.*

# %%
by_period = ask.ties(study, by="period")
study.figure("network_by_period", da.plots.cooccurrence_panels, by_period, by="period")

# %% [markdown]
# ## 变化的大小 How much changed
#
# 对数优势比之差与区间；一方无从共现的，只列不比。
#
# *Differences of log odds with intervals; where a pair could not meet on one side it is listed, not compared.*

# %%
study.table("tie_changes", ask.changes(study, "macro_region"))
