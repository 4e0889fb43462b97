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
# 主题模型把词归成若干主题，再看各地、各年各占多少。模型（NMF，TF-IDF 加权）另以重抽样的文档拟合十次：**稳定性**是主题前十词与各次相合的平均程度，低于三分之一标为不稳定；占比的区间以文档为单位，并**含**模型自身的误差。长文档按段落拟合，再合回文档。
#
# *A topic model (NMF on TF-IDF) sorts words into topics; then: how much of each, by region and by year? It is fitted ten times more to resampled documents: **stability** is how far a topic's ten first words recur; below one third it is marked unstable. Intervals are over documents and **hold** the model's own uncertainty. Long documents are fitted by paragraph and summed up again.*

# %%
import analysis as da
from analysis import topic_questions as ask

study = da.open_study()
model = ask.model(study)

# %% [markdown]
# ## 分几个主题？ How many topics?
#
# 四种量度常不一致，都不能代替阅读；图中不标优胜者。此处的稳定性抽九成文档而不放回，故高于下文各主题的（放回重抽）。
#
# *The four measures seldom agree and none replaces reading; no winner is marked. Stability here is over samples of nine tenths of the documents, and so higher than that of the topics below (drawn with replacement).*

# %%
study.figure("topics_choose_k", da.plots.choose_k, ask.choices(study))

# %% [markdown]
# ## 有哪些主题？ Which topics?
#
# 图中按概率列词，虚框为不稳定的主题；表中另有 FREX、提升度、加权对数发生比。主题的名字由读者来起：读代表段落，参考提法，用 `da.label_topics(model, "labels.csv")` 记下；换种子或语料重拟合后，名字随词走。
#
# *Figure: words by probability, dashed where unstable. Tables: words by FREX, lift and log-odds; the paragraphs most about each topic; formulations that could name it. Names are the reader's: `da.label_topics(model, "labels.csv")` keeps them apart from the fit, and they follow the words when it is fitted again.*

# %%
study.figure("topics", da.plots.panels, ask.words(model), draw=da.plots.top_features, by="topic")

# %%
study.table("topic_words", ask.criteria(model))

# %%
study.table("topic_passages", ask.passages(study, model), rows=24)

# %%
study.table("topic_slogan_names", ask.slogan_names(study, model), rows=36)

# %%
study.figure("topics_map", da.plots.topic_map, ask.places(model))

# %% [markdown]
# ## 各地有何不同？ How do regions differ?
#
# 先是占比与区间，再是各地与其余各地之差。橙红圆点 q < 0.05，橙黄方块 q < 0.25，灰三角证据不足；线伸到图边的，还要更远。
#
# *Shares with intervals; then each region against all the others. Vermilion dot q < 0.05, orange square q < 0.25, grey triangle not enough evidence; a line that reaches the edge ends beyond it.*

# %%
study.figure("topics_by_region", da.plots.panels, ask.shares(model, by=study.space), draw=da.plots.prevalence, by="topic")

# %%
differences = ask.contrasts(model, by=study.space)
study.figure("topics_contrasts", da.plots.contrasts, differences, by=study.space)

# %% [markdown]
# ## 各年有何不同？ How do years differ?
#
# 五个年份起，线是回归 `da.prevalence(model, "region + year")` 的平滑曲线，已扣除各年地区构成之别，空心点是各年实际均值；不足五年则逐年估计；线断之处估不出。表中各地与其余各地、末年与首年相比，彼此扣除。方格是各地各期的百分比，不足三篇的留空。
#
# *From five years on the line is the smooth curve of the regression `da.prevalence(model, "region + year")`, as if every year had the same regions; hollow dots are the years' own means. With fewer years each is estimated by itself; a line stops where nothing can be estimated. Table: regions against the others, the last year against the first, each adjusted for the other. Tiles: percentages by region and year, blank below three documents.*

# %%
by_year = ask.years(study, model)
study.figure("topics_by_year", da.plots.panels, by_year, draw=da.plots.prevalence_trend, by="topic", height=38)

# %%
study.table("topics_effects", ask.effects(study, model), rows=12)

# %%
study.figure("topics_by_region_and_year", da.plots.prevalence_tiles, ask.cells(study, model))

# %% [markdown]
# ## 同一主题，说法有别？ Where is one topic discussed differently?
#
# 末期与首期相比，同一主题内用词之变（可比的词不足的主题不列）；与主题同篇的提法；主题之间的相关（实心正、空心负，灰为 q ≥ 0.05）。区间与 q 均含模型自身的误差。
#
# *A topic's words in the last period against the first (topics without words to compare are left out); formulations in documents with more of it; topics that go together (full circles) or apart (hollow; grey where q ≥ 0.05). Intervals and q hold the model's own uncertainty.*

# %%
study.figure("topic_drift", da.plots.topic_drift, ask.drifting(study, model))

# %%
study.table("topic_slogans", ask.with_slogans(study, model), rows=24)

# %%
study.figure("topic_correlations", da.plots.topic_correlation, ask.correlations(model))

# %% [markdown]
# ## 哪些靠不住？ What is fragile?
#
# 不稳定的主题不宜解读。稳定也不等于有意义：请两位读者填写测验表（`topic_word_intrusion`、`topic_topic_intrusion`；答案另存于 `…_answers`），用 `da.score_intrusion` 评分。
#
# *Do not read unstable topics. Nor is stable the same as meaningful: have two readers fill in the sheets (answers are kept in files of their own) and score them with `da.score_intrusion` (Chang et al. 2009; Hoyle et al. 2021).*

# %%
sheet, answers = ask.word_sheets(model)
study.table("topic_word_intrusion_answers", answers, rows=0)
study.table("topic_word_intrusion", sheet)

# %%
sheet, answers = ask.topic_sheets(study, model)
study.table("topic_topic_intrusion_answers", answers, rows=0)
study.table("topic_topic_intrusion", sheet, rows=4)
