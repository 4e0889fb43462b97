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
# ## 一地与其余各地 Each region against the rest
#
# 每格列出该地最突出的词。对数比为 1，即频率是其余各地的两倍。橙红圆点：q < 0.05；橙黄方块：q < 0.25；灰三角：证据不足。文档少时灰色居多，这是诚实，不是失败。
#
# *Each panel: the words most particular to the region. A log ratio of 1 is twice the rate elsewhere. Vermilion dot: q < 0.05; orange square: q < 0.25; grey triangle: not enough evidence. With few documents most are grey: that is honesty, not failure.*

# %%
regions = ask.contrasts(study, by=study.space)
options = dict(draw=da.plots.keyness, by=study.space, both=False, top=8, key=False)
study.figure("keyness_by_region", da.plots.panels, regions, **options)

# %% [markdown]
# ## 前后两个时期 Then and now
#
# 最末时期与最初时期相比，哪些词进来了，哪些词退出了？
#
# *Which words came in and which went out between the first and the last period?*

# %%
change = ask.change(study)
study.figure("keyness_periods", da.plots.keyness, change, top=12)

# %%
study.table("keyness_periods_table", change.drop(columns=["p_g2"], errors="ignore"), rows=10)

# %% [markdown]
# ## 回到句子 Back to the sentences
#
# 任何数字都要能读回原文。下面是变化最显著的几个词的语境。
#
# *Every number must lead back to the text: the words that changed most, in context.*

# %%
study.table("contexts", ask.sentences(study, change["feature"].head(4).tolist()), rows=12)
