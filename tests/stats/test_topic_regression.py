import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.interpolate import CubicSpline

from analysis.evaluate.topic_regression import coverage, made_model
from analysis.stats import topic_regression
from analysis.stats.prevalence import prevalence, prevalence_contrast
from analysis.stats.topic_design import natural_spline
from analysis.stats.topic_regression import prevalence_effects


def planted(n=150, seed=0, draws=8):
    """甲 has 0.2 more of the first topic than the others, which rises by 0.03 a year from 2015 to 2024."""
    rng = np.random.default_rng(seed)
    region, year = rng.choice(list("甲乙丙"), n, p=[0.5, 0.3, 0.2]), rng.integers(2015, 2025, n)
    first = 0.2 + 0.2 * (region == "甲") + 0.03 * (year - 2015) + rng.normal(0, 0.05, n)
    shares = np.column_stack([first, 0.6 * (1 - first), 0.4 * (1 - first)])
    moved = np.clip(shares + rng.normal(0, 0.02, (draws, 1, 3)) + rng.normal(0, 0.02, (draws, n, 3)), 0.001, 1)
    moved /= moved.sum(axis=2, keepdims=True)
    return made_model(shares, draws=moved, region=region, year=pd.array(year, dtype="Int64"))


# Against authorities


@pytest.mark.parametrize("df", [3, 5])
def test_the_spline_spans_natural_cubic_splines(df):
    x = np.arange(2001, 2024, dtype=float)
    knots = np.quantile(x, np.linspace(0, 1, df + 1))
    basis = np.column_stack([np.ones(len(x)), natural_spline(x, df)])
    assert np.linalg.matrix_rank(basis) == df + 1
    for values in np.eye(df + 1):
        curve = CubicSpline(knots, values, bc_type="natural")(x)
        assert basis @ np.linalg.lstsq(basis, curve, rcond=None)[0] == pytest.approx(curve, abs=1e-9)


def test_one_variable_gives_the_means_of_its_groups_and_nearly_their_intervals():
    model = planted()
    groups, regression = prevalence(model, "region"), prevalence(model, "~ region")
    assert regression["share"].tolist() == pytest.approx(groups["share"].tolist())
    assert regression["n_docs"].tolist() == groups["n_docs"].tolist()
    assert regression[["low", "high"]].to_numpy() == pytest.approx(groups[["low", "high"]].to_numpy(), abs=0.005)


def test_the_difference_of_two_groups_is_nearly_welchs():
    model = replace(planted(), draws=None)
    two = model.docvars.assign(side=np.where(model.docvars["region"] == "甲", "甲", "他"))
    effects = prevalence_effects(replace(model, docvars=two), "~side").query("side == '甲'").set_index("topic")
    welch = prevalence_contrast(model, "region == '甲'").set_index("topic")
    for column in ("difference", "low", "high"):
        assert effects[column].to_numpy() == pytest.approx(welch.loc[effects.index, column].to_numpy(), abs=0.004)


def test_without_steadying_the_variance_is_hc2_of_statsmodels(monkeypatch):
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    monkeypatch.setattr(topic_regression, "BORROWED", 0)
    model = replace(planted(), draws=None)
    table = prevalence(model, "region + year", confidence=0.5)
    spline = natural_spline(np.arange(10.0), 3)
    year, region = model.docvars["year"].to_numpy(dtype=int) - 2015, model.docvars["region"]
    levels = sorted(region.unique())
    design = np.column_stack([*(region == level for level in levels), spline[year]])
    for topic in model.doc_topic:
        fit = api.OLS(model.doc_topic[topic].to_numpy(), design.astype(float)).fit(cov_type="HC2")
        for at, level in enumerate(levels):
            average = np.concatenate([np.eye(3)[at], spline[year].mean(axis=0)])
            row = table[(table["region"] == level) & (table["topic"] == topic)].iloc[0]
            predicted = fit.t_test(average)
            assert row["share"] == pytest.approx(predicted.effect.item())
            width = np.arcsin(np.sqrt(row["high"])) - np.arcsin(np.sqrt(row["low"]))
            error = predicted.sd.item() / np.sqrt(row["share"] * (1 - row["share"]))
            assert width == pytest.approx(stats.t.ppf(0.75, model.docvars.shape[0] - 6) * error, rel=0.03)


R = """
library(splines)
all <- read.csv("shares.csv"); all$region <- factor(all$region)
years <- sort(unique(all$year)); knots <- quantile(years, c(1, 2) / 3)
fits <- split(all, all$fit)
rows <- list()
for (topic in grep("^T", names(all), value = TRUE)) {
  each <- lapply(fits, function(d) {
    f <- lm(reformulate("region + ns(year, knots = knots, Boundary.knots = range(years))", topic), d)
    average <- function(column, value) {
      d[[column]] <- value
      if (column == "region") d$region <- factor(d$region, levels = levels(all$region))
      colMeans(model.matrix(delete.response(terms(f)), d))
    }
    at <- c(lapply(levels(all$region), function(l) average("region", l)), lapply(years, function(y) average("year", y)))
    t(sapply(at, function(a) c(sum(a * coef(f)), a %*% vcov(f) %*% a)))
  })
  estimates <- sapply(each, function(e) e[, 1]); within <- rowMeans(sapply(each, function(e) e[, 2]))
  between <- apply(estimates[, -1], 1, var); m <- ncol(estimates) - 1
  rows[[topic]] <- data.frame(topic, level = c(levels(all$region), years), share = rowMeans(estimates),
                              se = sqrt(within + (1 + 1 / m) * between))
}
write.csv(do.call(rbind, rows), "predicted.csv", row.names = FALSE)
"""


def test_composition_in_r_gives_the_same_predictions_and_errors_of_like_size(tmp_path):
    """What stm's ``estimateEffect`` does, in plain R: ``lm`` and ``splines::ns`` for each draw, put together."""
    if not (rscript := shutil.which("Rscript")):
        pytest.skip("Rscript is not installed")
    model = planted()
    fits = [model.doc_topic.to_numpy(), *model.draws]
    docvars = model.docvars.assign(year=model.docvars["year"].astype(int))
    frames = [docvars.assign(**dict(zip(model.doc_topic, fit.T, strict=True)), fit=m) for m, fit in enumerate(fits)]
    pd.concat(frames).to_csv(tmp_path / "shares.csv", index=False, encoding="utf-8")
    (tmp_path / "effects.R").write_text(R, encoding="utf-8")
    subprocess.run([rscript, "--vanilla", "effects.R"], cwd=tmp_path, check=True, env={"LC_ALL": "C.UTF-8"}, timeout=60)
    theirs = pd.read_csv(tmp_path / "predicted.csv", dtype={"level": str}).set_index(["level", "topic"])
    ours = prevalence(model, "region + year")
    ours["level"] = ours["region"].astype("object").fillna(ours["year"].astype("str")).astype("str")
    ours = ours.set_index(["level", "topic"])
    assert len(ours) == len(theirs) == 13 * 3
    assert ours["share"].to_numpy() == pytest.approx(theirs.loc[ours.index, "share"].to_numpy(), abs=1e-9)
    error = (ours["high"] - ours["low"]) / 2 / stats.t.ppf(0.975, 20)
    assert (error / theirs.loc[ours.index, "se"]).between(0.7, 1.5).all()


# Properties


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(2010, 2020)), min_size=12, max_size=40))
def test_topics_sum_to_one_at_every_level(rows):
    shares = np.random.default_rng(len(rows)).dirichlet([3, 3, 3], len(rows))
    model = made_model(shares, region=[r for r, _ in rows], year=[y for _, y in rows])
    table = prevalence(model, "region * year")
    if not table.empty:
        known = table.groupby(["term", "region", "year"], dropna=False)["share"].agg(["sum", "count"])
        assert known.loc[known["count"] == 3, "sum"].to_numpy() == pytest.approx(1)
        limits = table.dropna(subset="low")
        assert (limits["low"] <= limits["share"] + 1e-9).all() and (limits["share"] <= limits["high"] + 1e-9).all()


def test_planted_effects_are_found_where_they_are():
    effects = prevalence_effects(planted(seed=1), "region + year").query("topic == 'T1'")
    rise = effects[effects["term"] == "year"].iloc[0]
    assert (rise["year"], rise["against"]) == (2024, "2015") and rise["low"] < 0.27 < rise["high"]
    first = effects[effects["region"] == "甲"].iloc[0]
    assert first["against"] == "others" and first["low"] < 0.2 < first["high"] and first["q"] < 0.01


def test_the_models_own_uncertainty_widens_the_intervals():
    model = planted()
    wide, narrow = (prevalence(m, "region + year") for m in (model, replace(model, draws=None)))
    assert ((wide["high"] - wide["low"]) > (narrow["high"] - narrow["low"])).all()
    assert "8 refits" in wide.attrs["notes"][1]["en"]
    assert "not in the intervals" in narrow.attrs["notes"][1]["en"]


def test_intervals_cover_and_nothing_is_called_where_nothing_differs():
    seen = coverage(60, 6, 30)
    assert seen["regions_held"] > 0.92 and seen["years_held"] > 0.92
    assert seen["null_q"] < 0.05


# What is said, left blank or refused


def test_smooth_from_five_years_else_one_level_each():
    notes = prevalence(planted(), "region + year").attrs["notes"]
    assert "year: natural cubic spline with 3 degrees of freedom (10 values)." in [n["en"] for n in notes]
    assert "年份：自然三次样条，自由度 3（10 个取值）。" in [n["zh"] for n in notes]
    model = planted()
    few = replace(model, docvars=model.docvars.assign(year=model.docvars["year"] // 3))
    assert "year: 4 levels, each estimated." in [n["en"] for n in prevalence(few, "region + year").attrs["notes"]]


def test_what_no_document_tells_is_blank_and_said():
    model = planted(draws=2)
    side = np.where((model.docvars["region"] == "丙") | (np.arange(150) % 2 == 0), "一", "二")
    table = prevalence(replace(model, docvars=model.docvars.assign(side=side)), "region * side")
    assert table.loc[(table["term"] == "region") & (table["region"] == "丙"), "share"].isna().all()
    assert table.loc[table["term"] == "region:side", "share"].notna().all()
    assert table.loc[table["term"] == "region:side", ["region", "side"]].drop_duplicates().shape == (5, 2)
    assert "Blank: 6" in table.attrs["notes"][-2]["en"]
    effects = prevalence_effects(replace(model, docvars=model.docvars.assign(side=side)), "region * side")
    assert effects["difference"].isna().any()
    assert effects.attrs["notes"][-2]["en"].endswith("that the documents cannot tell.")


def test_products_of_fewer_than_three_documents_are_blank_and_said():
    model = planted(draws=2)
    side = np.where(np.isin(np.arange(150), np.flatnonzero(model.docvars["region"] == "丙")[:2]), "一", "二")
    model = replace(model, docvars=model.docvars.assign(side=side))
    for table, value in ((prevalence(model, "region * side"), "share"),
                         (prevalence_effects(model, "region * side"), "difference")):  # fmt: skip
        cells = table[table["term"] == "region:side"]
        assert cells[value].isna().equals(cells["n_docs"] < 3) and cells[value].isna().sum() == 3
        assert "fewer than 3 documents are left blank" in table.attrs["notes"][-1]["en"]
    years = prevalence(model, "side * year")
    assert years.query("term == 'side:year' and side == '一'")["share"].isna().all()
    assert years.query("term == 'side:year' and side == '二'")["share"].notna().all()


def test_predictions_beyond_nought_are_blank_and_said():
    """A region known only from a year that has much of the topic elsewhere: the line goes below 0."""
    region, year = np.repeat(list("甲乙"), 20), np.tile(np.repeat([2015, 2016], 10), 2)
    first = 0.02 + 0.5 * ((region == "甲") & (year == 2016)) + np.random.default_rng(0).uniform(0, 0.01, 40)
    known = (region == "甲") | (year == 2016)
    model = made_model(np.column_stack([first, 1 - first])[known], region=region[known], year=year[known])
    table = prevalence(model, "region + year")
    assert table.query("region == '乙'")[["share", "low", "high"]].isna().all(axis=None)
    assert "predicted beyond 0 and 1" in str(table.attrs["notes"])


def test_a_product_has_each_groups_own_years():
    model = planted(draws=2)
    early = model.docvars["year"].where(model.docvars["region"] != "乙", model.docvars["year"].clip(upper=2019))
    table = prevalence(replace(model, docvars=model.docvars.assign(year=early)), "region * year")
    years = table[table["term"] == "region:year"].groupby("region")["year"].agg(["min", "max"])
    assert years.loc["乙"].tolist() == [2015, 2019] and years.loc["甲"].tolist() == [2015, 2024]
    effects = prevalence_effects(replace(model, docvars=model.docvars.assign(year=early)), "region * year")
    assert effects.query("term == 'region:year' and region == '乙'")["year"].unique().tolist() == [2019]


def test_documents_without_a_value_are_left_out_and_counted():
    model = planted()
    region = model.docvars["region"].where(np.arange(150) >= 10)
    table = prevalence(replace(model, docvars=model.docvars.assign(region=region)), "region + year")
    assert table.attrs["left_out"] == 10
    assert table[table["term"] == "region"].drop_duplicates("region")["n_docs"].sum() == 140


def test_errors():
    model = planted()
    with pytest.raises(KeyError, match="No docvar 'regoin'; did you mean 'region'"):
        prevalence(model, "regoin + year")
    with pytest.raises(ValueError, match="by='region \\+' is not a formula; join docvars by"):
        prevalence(model, "region +")
    with pytest.raises(ValueError, match="confidence=95 is not between 0 and 1"):
        prevalence(model, "region + year", confidence=95)


def test_no_known_document_and_none_to_spare_give_a_reason():
    shares = np.column_stack([[0.2, 0.4, 0.6], [0.8, 0.6, 0.4]])
    for region in ([None] * 3, list("甲乙丙")):
        for table in (f(made_model(shares, region=region), "~ region") for f in (prevalence, prevalence_effects)):
            assert table.empty and "Too few documents" in table.attrs["reason"]["en"]
            assert {"term", "region", "topic", "n_docs"} <= set(table)
