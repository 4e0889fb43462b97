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
# # 07 动手探索 Explore
#
# 先运行下面一格（点它，按 Shift+Enter）；下次打开笔记本，再运行一次。点省份，拖年份，选层级与机关；再选看什么：词语、提法、显著词、共现、主题。图与表随选随变。**点表中一行，读原句；点一句，读全文；“保存图和表”存入 `figures/`；“复制代码”给出重做同一图、表的几行 Python。**
#
# *Run the cell below first (click it, press Shift+Enter), and again whenever you reopen the notebook. Pick provinces, drag the years, choose levels and institutions; then what to look at. **Click a row to read its sentences, a sentence to read its document; "Save figure and table" keeps both in `figures/`; "Copy code" gives the Python that makes the same figure and table.***

# %%
import analysis as da

study = da.open_study()
da.explore(study)
