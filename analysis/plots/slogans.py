"""Life lines of slogans: share of documents by year, with the date of first national use."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.labels import label
from analysis.plots.marks import band, whole_years
from analysis.plots.theme import COLOURS, drawing, new_axes, require


@drawing
def adoption(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Share of each year's documents with one slogan, Wilson interval; dashed: first national use known.

    Parameters
    ----------
    df : DataFrame
        What ``adoption(occ, corpus, by="year")`` returns, for one slogan.
    """
    require(df, ["slogan", "group", "share", "share_low", "share_high"], "adoption")
    shown = df.dropna(subset="group").sort_values("group")
    ax = ax or new_axes()
    years = shown["group"].to_numpy(dtype=np.int64)
    low, high = shown["share_low"].to_numpy(), shown["share_high"].to_numpy()
    band(ax, years, shown["share"].to_numpy(), (low, high), COLOURS[0])
    whole_years(ax, years.tolist())
    national = (shown["first_year"] - shown["lag_years"]).dropna()
    if len(national) and years.min() <= national.iloc[0] <= years.max():
        ax.axvline(national.iloc[0], color=COLOURS[4], linewidth=0.8, linestyle=(0, (3, 2)))
    ax.set_ylim(-0.03, 1.03)
    ax.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
    ax.set_ylabel(label("share"))
    return ax
