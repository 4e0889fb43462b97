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
from analysis import questions as ask

study = da.open_study()
occ = study.occurrences

# %% [markdown]
# ## 生命线 Life lines
#
# 各年文档中含有该提法的比例（Wilson 区间）。虚线是词库所记的全国首提年份，落在图中年份之内才画出。
#
# *Share of each year's documents with the formulation (Wilson interval). Dashed: its first national use known to the lexicon, where within the years shown.*

# %%
lives = ask.lives(study, ask.leading(study, 20))
options = dict(draw=da.plots.adoption, by="slogan", ncols=4, height=30)
study.figure("slogan_lives", da.plots.panels, lives, **options)

# %% [markdown]
# ## 谁在说？ Who says it?
#
# 只列各地差别最大的提法；相似的行排在一起。数字是百分比，每地文档不多时一篇就是十几个百分点。
#
# *The formulations that differ most between regions; like rows stand together. With few documents per region, one document is worth many percentage points.*

# %%
study.figure("slogans_by_region", da.plots.adoption_map, ask.regional(study))

# %% [markdown]
# ## 地图上的提法 Formulations on the map
#
# 差别最大的四个提法，各省所占比例。只画方格，不画边界；空格是没有文档。
#
# *The four that differ most, share by province: tiles without borders; an empty tile has no documents.*

# %%
four = ask.regional(study, n=4)
study.figure("slogan_tiles", da.plots.panels, four, draw=da.plots.tilemap, by="slogan", ncols=2, height=78)

# %% [markdown]
# ## 先后与滞后 First seen, and how late
#
# 各地首见年份与全国首提之间的年数。语料以前、以外的使用看不见：“首见”只是此处首见。
#
# *Years between first national use and first sight in each region. Uses before or outside this corpus are not seen.*

# %%
adopted = da.adoption(occ, study.corpus, by=study.space)
lagging = adopted.dropna(subset="lag_years").sort_values(["lag_years", "slogan"], ascending=[False, True])
study.table("adoption", lagging)

# %% [markdown]
# ## 词库之外 Outside the lexicon
#
# 引号里的短语若反复出现而词库不识，多半是地方提法。挑出可用的，存成自己的词库：`da.load_lexicon("mine.csv")`。
#
# *Quoted phrases the lexicon does not know are often local formulations. Keep the good ones in a file of your own.*

# %%
study.table("candidates", da.discover(study.corpus, study.lexicon), rows=15)
