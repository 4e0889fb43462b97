"""Figures: each function draws the table that the statistic of the same name returned."""

from analysis.plots.clouds import wordclouds
from analysis.plots.grids import adoption_map, coverage, tilemap
from analysis.plots.keyness import keyness
from analysis.plots.network import cooccurrence, cooccurrence_panels
from analysis.plots.panels import panels
from analysis.plots.slogans import adoption
from analysis.plots.terms import dispersion, frequency, tfidf, trend
from analysis.plots.theme import ONE_COLUMN, TWO_COLUMN, font_path, style
from analysis.plots.topics import choose_k, prevalence, prevalence_trend, top_features

__all__ = [
    "ONE_COLUMN", "TWO_COLUMN", "adoption", "adoption_map", "choose_k", "cooccurrence", "cooccurrence_panels",
    "coverage", "dispersion", "font_path", "frequency", "keyness", "panels", "prevalence", "prevalence_trend", "style",
    "tfidf", "tilemap", "top_features", "trend", "wordclouds",
]  # fmt: skip
