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
# # 04 提法的时间与空间 Formulations in time and space
#
# 提法是官方话语的单位。这里在原文字符上匹配词库，不靠分词；长提法里套着的短提法也计数（`nested`），“最大读法”则每处只算最长的一个。
#
# *The fixed formulation is the unit of official discourse. The lexicon is matched on characters, not on segmented words; short ones inside long ones are counted too (`nested`), while the maximal reading takes the longest at each place.*

# %%
import analysis as da
from analysis import slogan_questions as ask

study = da.open_study()

# %% [markdown]
# ## 生命线 Life lines
#
# 各年文档中含有该提法的比例（Wilson 区间）。虚线是词库所记的全国首提年份，落在图中年份之内才画出。
#
# *Share of each year's documents with the formulation (Wilson interval). Dashed: its first national use known to the lexicon, where within the years shown.*

# %%
options = dict(draw=da.plots.adoption, by="slogan", ncols=4, height=30)
study.figure("slogan_lives", da.plots.panels, ask.lives(study), **options)

# %% [markdown]
# ## 谁在说？ Who says it?
#
# 各地差别最大的提法；相似的行、相似的列排在一起。数字是百分比，空白为零；每地文档不多时一篇就是十几个百分点。
#
# *The formulations that differ most between regions; like rows and like columns stand together; blank is none. With few documents per region, one document is worth many percentage points.*

# %%
study.figure("slogans_by_region", da.plots.adoption_map, ask.regional(study))

# %% [markdown]
# 下表可入论文：最能区分各地的十个提法。p 由长度相近的文档在各地之间置换得出，因为长文档在哪里都装得下更多提法。
#
# *For the paper: the ten formulations that separate regions most. p permutes documents of similar length between regions, as a long document holds more formulations wherever it is from.*

# %%
study.table("slogans_apart", ask.apart(study))

# %% [markdown]
# ## 地图上的逐年变化 Year by year on the map
#
# 半数地区都用、又随时间变化最大的那个提法，各省含有它的文档占比。只画方格，不画边界；空格是没有文档。
#
# *Of the formulations that half the regions use, the one that time changes most: share by province. Tiles without borders; an empty tile has no documents.*

# %%
study.figure("slogan_tiles", da.plots.tilemaps, ask.tiles(study), by=study.time)

# %% [markdown]
# ## 先后与滞后 Early and late
#
# 只看全国首提落在语料年份之内的提法，先后才谈得上。空心点：该地文档从那一年才开始，首见未必是首用（左删失）。右侧：已见于几地；其余到语料末年尚未见（右删失）。
#
# *Only formulations first used nationally within the years of the corpus can be taken up early or late. Hollow: the region's documents begin that year, so first seen need not be first used (left-censored). At the right: regions seen with it; the others had not used it by the end (right-censored).*

# %%
study.figure("slogan_lags", da.plots.lags, ask.births(study))

# %% [markdown]
# 全表：首见、滞后、占比、每万字次数、持续率、末见、删失，以及语料自身的四分档（不是《人民日报》语温）。
#
# *In full: first seen, lag, share, rate per 10,000 characters, persistence, last seen, censoring, and quarters of this corpus's own (not the People's Daily heat scale).*

# %%
study.table("adoption", ask.uptake(study))

# %% [markdown]
# ## 词库之外 Outside the lexicon
#
# 词库不识的引语、带数的说法和反复出现的字串，有些是地方提法，也有些不是；得分是估计有几篇把它当提法用。读例句，挑出可用的行存成自己的词库：`da.add_to_lexicon(选中的, "mine.csv")`，再用 `da.load_lexicon("mine.csv")`。
#
# *Quoted, numbered and recurrent strings the lexicon does not know: some are local formulations, some are not. The score is the number of documents expected to use it as one. Read the examples and keep the good rows: `da.add_to_lexicon(accepted, "mine.csv")`, then `da.load_lexicon("mine.csv")`.*

# %%
study.table("candidates", da.discover(study.corpus, study.lexicon), rows=15)
