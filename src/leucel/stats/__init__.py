"""Distributions to draw from, confidence limits, survival curves and comparisons with evidence."""

from leucel.stats.agreement import Agreement, compare_rates, compare_values, two_sided_p
from leucel.stats.continuous import Constant, LogNormal, Normal, TruncatedNormal, Uniform
from leucel.stats.counts import poisson_byar, poisson_exact
from leucel.stats.description import distribution_from_dict, distribution_kinds
from leucel.stats.discrete import Bernoulli, Categorical, ShiftedGeometric
from leucel.stats.distribution import Distribution
from leucel.stats.interval import Interval
from leucel.stats.order_statistics import quantile_interval
from leucel.stats.proportions import clopper_pearson, wilson
from leucel.stats.standardized import dobson_byar, fay_feuer, tiwari
from leucel.stats.summaries import (
    lognormal_from_mean_sd,
    lognormal_from_median_cv,
    lognormal_from_median_quartiles,
    lognormal_from_median_range,
    shifted_geometric_from_median,
    truncated_normal_from_median_range,
)
from leucel.stats.survival import SurvivalCurve, follow_up, kaplan_meier

__all__ = [
    "Agreement",
    "Bernoulli",
    "Categorical",
    "Constant",
    "Distribution",
    "Interval",
    "LogNormal",
    "Normal",
    "ShiftedGeometric",
    "SurvivalCurve",
    "TruncatedNormal",
    "Uniform",
    "clopper_pearson",
    "compare_rates",
    "compare_values",
    "distribution_from_dict",
    "distribution_kinds",
    "dobson_byar",
    "fay_feuer",
    "follow_up",
    "kaplan_meier",
    "lognormal_from_mean_sd",
    "lognormal_from_median_cv",
    "lognormal_from_median_quartiles",
    "lognormal_from_median_range",
    "poisson_byar",
    "poisson_exact",
    "quantile_interval",
    "shifted_geometric_from_median",
    "tiwari",
    "truncated_normal_from_median_range",
    "two_sided_p",
    "wilson",
]
