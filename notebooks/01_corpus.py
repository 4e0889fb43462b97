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
# # 01 语料里有什么？ What is in the corpus?
#
# 比较之前先看两件事：每篇文档从哪里来、写于哪一年，以及这两个答案有多可靠。提法从文档本身读出地区与年份，并留下依据；凡不是明文写出的，都列在这里等你过目。
#
# *Before comparing anything: where is each document from, which year, and how sure are we? Region and year are read from the documents themselves, with the evidence kept; whatever was not stated outright is listed here for your eye.*

# %%
import analysis as da

study = da.open_study()
study.corpus

# %% [markdown]
# ## 各地区、各年份有多少文档？ How many documents by region and year?
#
# 格中数字是文档数。空格不是“零次使用”，而是没有文档：后面的图在没有文档的年份断开。
#
# *Numbers are documents. An empty cell is not a zero but an absence: later figures break at years without documents.*

# %%
study.figure("coverage", da.plots.coverage, da.coverage(study.corpus))

# %% [markdown]
# ## 是谁写的？ Who wrote them?
#
# 法院、司法行政、政法委和政府各有一套语言；地区之间的差别，可能其实是机关之间的差别。
#
# *Courts, justice bureaus, political-legal committees and governments each have a language of their own; a difference between regions may be one between institutions.*

# %%
issuers = da.coverage(study.corpus, by=("institution_type", "level"))
study.figure("issuers", da.plots.coverage, issuers)

# %% [markdown]
# ## 地区与年份是怎么知道的？ How do we know region and year?
#
# “明言”是发文机关或日期写在正文里；“推断”由线索得出；“有界”只知道不早于、不晚于某日。
#
# *Explicit: stated by issuer or date; inferred: from cues; bounded: only not before or not after a date.*

# %%
study.table("statuses", da.statuses(study.corpus))

# %% [markdown]
# ## 哪些需要你核对？ Which need your eye?
#
# 最可疑的排在最前。
#
# *Most doubtful first.*

# %%
study.table("review", da.review(study.corpus), rows=15)

# %% [markdown]
# 要改正，在下面写出的 `metadata.csv` 里只填错的、缺的，再把它放到语料文件夹里：填了的以你为准，留空的照旧。填过的文件不会被覆盖。一个文件里有几篇文章而分错了，用 `da.write_splits(文件夹)` 写出 `splits.csv`，照样改。
#
# *To correct, fill in what is wrong or missing in the `metadata.csv` written below and put it beside the documents: what is filled in goes before what was read, the rest stays. A file once filled in is never overwritten. Where articles of one file are told apart wrongly, `da.write_splits(folder)` writes a `splits.csv` to correct in the same way.*

# %%
da.write_metadata(study.corpus)

# %% [markdown]
# ## 哪些文件没有读成，为什么？ What was not read, and why?
#
# 重复的只留一份，坏文件不会中断工作；每个文件都有一行交代。
#
# *Duplicates are kept once, broken files stop nothing; every file has its line.*

# %%
study.table("report", study.report)
