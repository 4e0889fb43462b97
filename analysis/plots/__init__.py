"""Figures: each function draws the table that the statistic of the same name returned."""

from analysis.plots.clouds import wordclouds
from analysis.plots.divergence import divergence_matrix, word_shift
from analysis.plots.grids import adoption_map, coverage, tilemap, tilemaps
from analysis.plots.groups import by_group, heat
from analysis.plots.keyness import keyness
from analysis.plots.network import cooccurrence, cooccurrence_panels
from analysis.plots.panels import panels
from analysis.plots.slogans import adoption, lags
from analysis.plots.slopes import change_points, slopes
from analysis.plots.terms import dispersion, frequency, tfidf, trend
from analysis.plots.theme import ONE_COLUMN, TWO_COLUMN, font_path, style
from analysis.plots.topic_map import topic_map
from analysis.plots.topics import (
    choose_k,
    contrasts,
    prevalence,
    prevalence_tiles,
    prevalence_trend,
    top_features,
    topic_correlation,
    topic_drift,
)

__all__ = [
    "ONE_COLUMN", "TWO_COLUMN", "adoption", "adoption_map", "by_group", "change_points", "choose_k", "contrasts",
    "cooccurrence", "cooccurrence_panels", "coverage", "dispersion", "divergence_matrix", "font_path", "frequency",
    "heat", "keyness", "lags", "panels", "prevalence", "prevalence_tiles", "prevalence_trend", "slopes", "style",
    "tfidf", "tilemap", "tilemaps", "top_features", "topic_correlation", "topic_drift", "topic_map", "trend",
    "word_shift", "wordclouds",
]  # fmt: skip
