"""The Californian schools (api) of R's survey 4.1.1: strata, clusters, ratios, domains, proportions."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from anlan.stats import Design
from anlan.stats.surveys import SurveyEstimate

DATA = Path(__file__).parents[2] / "data/stats"
SCHOOLS = {"E": 4421, "H": 755, "M": 1018}


@pytest.fixture(scope="module")
def strat() -> pl.DataFrame:
    return pl.read_csv(DATA / "apistrat.csv")


@pytest.fixture(scope="module")
def clus() -> pl.DataFrame:
    return pl.read_csv(DATA / "apiclus1.csv")


@pytest.fixture(scope="module")
def stratified(strat: pl.DataFrame) -> Design:
    return Design(strat["pw"], strata=strat["stype"], population=strat["fpc"])


@pytest.fixture(scope="module")
def clustered(clus: pl.DataFrame) -> Design:
    return Design(clus["pw"], clusters=clus["dnum"], population=clus["fpc"])


def pair(found: SurveyEstimate) -> tuple[float, float]:
    return found.estimate, found.standard_error


def test_a_stratified_mean(stratified: Design, strat: pl.DataFrame) -> None:
    found = stratified.mean(strat["api00"])
    assert (*pair(found), found.design_effect, found.degrees_of_freedom) == pytest.approx(
        (662.287363159321, 9.408940802785, 1.204457268538, 197), rel=1e-10
    )


def test_a_stratified_total(stratified: Design, strat: pl.DataFrame) -> None:
    assert pair(stratified.total(strat["enroll"])) == pytest.approx(
        (3687177.53243828, 114641.71610078), rel=1e-10
    )


def test_a_stratified_ratio(stratified: Design, strat: pl.DataFrame) -> None:
    found = stratified.ratio(strat["api_stu"], strat["enroll"])
    assert pair(found) == pytest.approx((0.8369568869405, 0.007757103166638), rel=1e-10)


def test_a_stratified_sample_from_an_endless_population(strat: pl.DataFrame) -> None:
    found = Design(strat["pw"], strata=strat["stype"]).mean(strat["api00"])
    assert (*pair(found), found.design_effect) == pytest.approx(
        (662.287363159321, 9.536132296925, 1.237241445022), rel=1e-10
    )


def test_weights_follow_from_the_population_when_they_are_not_given(strat: pl.DataFrame) -> None:
    found = Design(strata=strat["stype"], population=strat["fpc"]).total(strat["enroll"])
    assert pair(found) == pytest.approx((3687177.53243828, 114641.71610078), rel=1e-6)


def test_domains_of_a_clustered_sample(clustered: Design, clus: pl.DataFrame) -> None:
    found = clustered.domains(clus["api00"], clus["stype"])
    assert found["domain"].to_list() == ["E", "H", "M"]
    assert found["estimate"].to_list() == pytest.approx([648.868055555556, 618.571428571429, 631.44])
    assert found["standard_error"].to_list() == pytest.approx(
        [22.362408893832, 38.020249359408, 31.609465227246]
    )


def test_a_clustered_mean(clustered: Design, clus: pl.DataFrame) -> None:
    found = clustered.mean(clus["api00"])
    assert (*pair(found), found.design_effect, found.degrees_of_freedom) == pytest.approx(
        (644.169398907104, 23.542240693781, 9.345869450591, 14), rel=1e-10
    )


def test_a_clustered_total(clustered: Design, clus: pl.DataFrame) -> None:
    assert pair(clustered.total(clus["enroll"])) == pytest.approx(
        (3404940.13452911, 932235.027041215), rel=1e-10
    )


@pytest.mark.parametrize(
    ("method", "limits"),
    [("logit", (0.823798892379, 0.9119000770212)), ("beta", (0.8237022108475, 0.9147044921269))],
)
def test_the_interval_of_a_clustered_proportion(
    clustered: Design, clus: pl.DataFrame, method: str, limits: tuple[float, float]
) -> None:
    found = clustered.proportion(clus["sch_wide"], "Yes", method=method)  # type: ignore[arg-type]
    assert pair(found) == pytest.approx((0.8743169398907, 0.02035947724463), rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx(limits, rel=1e-6)


def test_the_interval_of_a_stratified_proportion(stratified: Design, strat: pl.DataFrame) -> None:
    found = stratified.proportion(strat["sch_wide"], "Yes")
    assert (found.lower, found.upper) == pytest.approx((0.7745396543516, 0.8708148545445), rel=1e-6)


def test_a_difference_within_rows(clustered: Design, clus: pl.DataFrame) -> None:
    found = clustered.mean(clus["api00"] - clus["api99"])
    assert pair(found) == pytest.approx((37.191256830601, 3.085196966899), rel=1e-10)


def test_post_stratification_by_kind_of_school(clustered: Design, clus: pl.DataFrame) -> None:
    # R: svymean and svytotal after postStratify(dclus1, ~stype, ...).
    adjusted = clustered.post_stratify(clus["stype"], SCHOOLS)
    assert pair(adjusted.mean(clus["api00"])) == pytest.approx((642.311, 23.9205), rel=1e-5)
    assert pair(adjusted.total(clus["enroll"])) == pytest.approx((3680893, 406293), rel=1e-5)


def test_raked_errors_are_those_of_what_the_margins_leave_unexplained(
    clustered: Design, clus: pl.DataFrame
) -> None:
    """Deville & Särndal (1992), section 3: residuals by the raked weights, then the design's variance."""
    types, wide = {"E": 4421, "H": 755, "M": 1018}, {"No": 1072, "Yes": 5122}
    design = clustered.rake([(clus["stype"], types), (clus["sch_wide"], wide)], tolerance=1e-9)
    weights = design.weights
    assert weights is not None
    labels = [clus["stype"].to_numpy() == name for name in types] + [clus["sch_wide"].to_numpy() == "Yes"]
    columns, districts = np.column_stack(labels).astype(float), clus["dnum"].to_numpy()
    for found, y in (
        (design.total(clus["enroll"]), clus["enroll"].to_numpy()),
        (design.mean(clus["api00"]), (clus["api00"].to_numpy() - 641.2303209) / weights.sum()),
    ):
        slopes = np.linalg.solve((columns.T * weights) @ columns, (columns.T * weights) @ y)
        left = weights * (y - columns @ slopes)
        units = np.array([left[districts == name].sum() for name in np.unique(districts)])
        n = len(units)
        variance = (1 - n / 757) * n / (n - 1) * ((units - units.mean()) ** 2).sum()
        assert found.standard_error == pytest.approx(variance**0.5, rel=1e-6)


def test_raked_errors_are_near_those_of_leaving_out_each_cluster(
    clustered: Design, clus: pl.DataFrame
) -> None:
    margins = [("stype", {"E": 4421, "H": 755, "M": 1018}), ("sch_wide", {"No": 1072, "Yes": 5122})]
    names, without = clus["dnum"].unique().to_list(), []
    for name in names:
        rest = clus.filter(pl.col("dnum") != name)
        design = Design(weights=rest["pw"]).rake([(rest[column], totals) for column, totals in margins])
        without.append(design.mean(rest["api00"]).estimate)
    n = len(names)
    jackknife = ((1 - n / 757) * (n - 1) / n * ((np.array(without) - np.mean(without)) ** 2).sum()) ** 0.5
    found = clustered.rake([(clus[column], totals) for column, totals in margins]).mean(clus["api00"])
    assert jackknife == pytest.approx(26.87, abs=0.05)
    assert found.standard_error == pytest.approx(jackknife, rel=0.15)
