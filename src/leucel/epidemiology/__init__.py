"""Epidemiology: rates with their scale, standardization, prevalence, and the patient funnel."""

from leucel.epidemiology.areas import AREAS, Area, get_area
from leucel.epidemiology.burden import (
    AreaBurden,
    Assumption,
    BurdenOptions,
    DiseaseBurden,
    assumption_rows,
    estimate_burden,
)
from leucel.epidemiology.cases import CaseEstimate, draw_cases
from leucel.epidemiology.country_table import CountryRow, CountryTable, read_country_table
from leucel.epidemiology.figures import published_figures, rate_from_record
from leucel.epidemiology.funnel import (
    AttritionScenario,
    Funnel,
    FunnelOptions,
    attrition_scenarios,
    follow_funnel,
)
from leucel.epidemiology.growth import (
    PREVALENCE_GROWTH,
    YearlyGrowth,
    middle_of,
    yearly_growth,
    years_between,
)
from leucel.epidemiology.incidence import (
    estimate_incidence,
    incidence_from_asr,
    incidence_from_count,
    incidence_from_crude,
)
from leucel.epidemiology.populations import (
    Population,
    areas_with_population,
    get_population,
    population_totals,
)
from leucel.epidemiology.prevalence import (
    PrevalenceEstimate,
    SurvivalPoints,
    limited_prevalence,
    limited_prevalence_limits,
    prevalence_from_ratio,
    prevalence_from_survival,
)
from leucel.epidemiology.rates import (
    AgeStandardized,
    Crude,
    Measure,
    Rate,
    Scale,
    crude_rate,
    require_crude,
    require_same_scale,
    scale_from_text,
)
from leucel.epidemiology.ratios import (
    COMPLETE_RATIO,
    FIVE_YEAR_RATIO,
    PrevalenceRatio,
    ratio_of_rates,
)
from leucel.epidemiology.standardization import (
    AgeCounts,
    StandardizedRatio,
    age_counts,
    standardize_crude,
    standardize_directly,
    standardize_indirectly,
)
from leucel.epidemiology.survival import (
    SurvivalBasis,
    WeibullSurvival,
    exponential_from_ratio,
    fit_weibull,
)
from leucel.epidemiology.survival_table import published_survival
from leucel.epidemiology.tables import (
    AGE_GROUPS,
    seer_rates,
    sources,
    standard_names,
    standard_weights,
)

__all__ = [
    "AGE_GROUPS",
    "AREAS",
    "COMPLETE_RATIO",
    "FIVE_YEAR_RATIO",
    "PREVALENCE_GROWTH",
    "AgeCounts",
    "AgeStandardized",
    "Area",
    "AreaBurden",
    "Assumption",
    "AttritionScenario",
    "BurdenOptions",
    "CaseEstimate",
    "CountryRow",
    "CountryTable",
    "Crude",
    "DiseaseBurden",
    "Funnel",
    "FunnelOptions",
    "Measure",
    "Population",
    "PrevalenceEstimate",
    "PrevalenceRatio",
    "Rate",
    "Scale",
    "StandardizedRatio",
    "SurvivalBasis",
    "SurvivalPoints",
    "WeibullSurvival",
    "YearlyGrowth",
    "age_counts",
    "areas_with_population",
    "assumption_rows",
    "attrition_scenarios",
    "crude_rate",
    "draw_cases",
    "estimate_burden",
    "estimate_incidence",
    "exponential_from_ratio",
    "fit_weibull",
    "follow_funnel",
    "get_area",
    "get_population",
    "incidence_from_asr",
    "incidence_from_count",
    "incidence_from_crude",
    "limited_prevalence",
    "limited_prevalence_limits",
    "middle_of",
    "population_totals",
    "prevalence_from_ratio",
    "prevalence_from_survival",
    "published_figures",
    "published_survival",
    "rate_from_record",
    "ratio_of_rates",
    "read_country_table",
    "require_crude",
    "require_same_scale",
    "scale_from_text",
    "seer_rates",
    "sources",
    "standard_names",
    "standard_weights",
    "standardize_crude",
    "standardize_directly",
    "standardize_indirectly",
    "yearly_growth",
    "years_between",
]
