"""The one dictionary of columns: name, unit, type and meaning of everything in leucel's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from leucel.core import InputError, Problem, unknown_name

if TYPE_CHECKING:
    import pandas as pd

ColumnType = Literal["float", "integer", "boolean", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a column holds.

    Attributes
    ----------
    name : its name in every table.
    unit : canonical unit; "" for texts and pure numbers; "unit" when the row's column ``unit``
        says it.
    type : float, integer, boolean or text; a list stands in one text, parted by ";".
    meaning : one sentence.
    """

    name: str
    unit: str
    type: ColumnType
    meaning: str


def _register(rows: Iterable[tuple[str, str, ColumnType, str]]) -> Mapping[str, Column]:
    columns: dict[str, Column] = {}
    for name, unit, kind, meaning in rows:
        if name in columns:
            raise InputError(Problem(what=f"the column {name!r} is registered twice"))
        columns[name] = Column(name=name, unit=unit, type=kind, meaning=meaning)
    return MappingProxyType(columns)


COLUMNS: Mapping[str, Column] = _register(
    (
        # subjects, time and measured values
        ("id", "", "text", "subject"),
        ("subject", "", "integer", "position of a virtual patient in the trial, from 0"),
        ("replicate", "", "integer", "replicate of the whole trial, from 0"),
        ("arm", "", "text", "trial arm or cohort"),
        ("time", "day", "float", "time since infusion"),
        ("month", "month", "float", "time since infusion, in months of 30.4375 days"),
        ("day", "day", "float", "time since infusion, for figures"),
        ("time_months", "month", "float", "time since infusion, in months of 30.4375 days"),
        ("lloq", "copies/ug", "float", "limit of quantification"),
        ("value", "unit", "float", "the number"),
        ("unit", "", "text", "unit of the numbers in this row"),
        ("below_lloq", "", "boolean", "true when the value lies below the limit of quantification"),
        ("parameter", "", "text", "name of a parameter"),
        ("reason", "", "text", "why a value is missing, or how it has to be read"),
        ("output", "", "text", "name of a model output"),
        ("status", "", "text", "how the simulation of this subject ended"),
        # simulated courses
        (
            "transgene",
            "copies/ug",
            "float",
            "transgene copies per microgram of genomic DNA in blood",
        ),
        ("m_protein", "g/L", "float", "serum M-protein"),
        ("m_protein_relative", "", "float", "serum M-protein over its baseline"),
        ("s_bcma", "ng/mL", "float", "soluble BCMA in serum"),
        ("s_bcma_relative", "", "float", "soluble BCMA in serum over its baseline"),
        (
            "best_change_percent",
            "percent",
            "float",
            "lowest M-protein over its baseline, minus 100",
        ),
        ("tumor_relative", "", "float", "myeloma cells in marrow over their baseline"),
        ("tumor_total", "cells", "float", "myeloma cells in marrow"),
        # virtual patients
        ("age", "year", "float", "age at infusion"),
        ("sex", "", "text", "sex: female or male"),
        ("male", "", "boolean", "true for a man"),
        ("weight", "kg", "float", "body weight"),
        ("prior_lines", "", "integer", "lines of therapy before the CAR-T product"),
        ("prior_proteasome_inhibitor", "", "boolean", "has had a proteasome inhibitor"),
        ("prior_immunomodulatory_drug", "", "boolean", "has had an immunomodulatory drug"),
        ("prior_anti_cd38", "", "boolean", "has had an anti-CD38 antibody"),
        ("prior_car_t", "", "boolean", "has had a CAR-T product before"),
        ("high_risk", "", "boolean", "high-risk disease"),
        ("extramedullary", "", "boolean", "extramedullary disease"),
        ("refractory", "", "boolean", "refractory to the last line"),
        ("tumor_0", "cells/L", "float", "myeloma cells per liter of marrow at infusion"),
        ("s_bcma_0", "ng/mL", "float", "soluble BCMA in serum at infusion"),
        ("m_protein_0", "g/L", "float", "serum M-protein at infusion"),
        (
            "fraction_resistant",
            "",
            "float",
            "share of myeloma cells that the CAR-T cells do not see",
        ),
        ("dose", "cells", "float", "CAR+ T cells infused"),
        ("dose_per_kg", "cells/kg", "float", "CAR+ T cells infused per kilogram of body weight"),
        ("eligible", "", "boolean", "meets the criteria of the indication"),
        ("criterion", "", "text", "criterion of the indication"),
        ("text", "", "text", "a criterion in words"),
        # response of one patient
        ("best_response", "", "text", "best confirmed IMWG response"),
        ("response", "", "text", "IMWG response at this time"),
        ("responder", "", "boolean", "partial response or better"),
        ("mrd_negative", "", "boolean", "no residual disease at the stated sensitivity"),
        ("time_to_response", "day", "float", "time from infusion to the first response"),
        ("time_to_best_response", "day", "float", "time from infusion to the best response"),
        (
            "duration_of_response",
            "day",
            "float",
            "time from first response to progression or death",
        ),
        ("time_to_progression", "day", "float", "time from infusion to progression"),
        ("category", "", "text", "IMWG response category"),
        ("progression", "", "boolean", "true when the event was seen, false when censored"),
        ("pfs_time", "day", "float", "time to progression, death or end of observation"),
        ("pfs_event", "", "boolean", "true for progression or death, false for end of observation"),
        ("crs_grade", "", "integer", "worst grade of cytokine release syndrome, 0 for none"),
        # non-compartmental analysis
        ("cmax", "copies/ug", "float", "highest measured transgene level"),
        ("tmax", "day", "float", "time of the highest measured transgene level"),
        ("auc_0_28", "day*copies/ug", "float", "area under the transgene curve to day 28"),
        ("auc_last", "day*copies/ug", "float", "area to the last measurable level"),
        ("auc_inf", "day*copies/ug", "float", "area extrapolated to infinity"),
        ("lambda_z", "1/day", "float", "terminal rate of decline"),
        ("half_life", "day", "float", "terminal half-life"),
        ("clast", "copies/ug", "float", "last measurable transgene level"),
        ("tlast", "day", "float", "time of the last measurable transgene level"),
        ("doubling_time", "day", "float", "doubling time during expansion"),
        ("persistence", "day", "float", "last time with a transgene level above the limit"),
        # summaries
        ("n", "", "integer", "subjects behind the number"),
        ("n_missing", "", "integer", "subjects without a value"),
        ("mean", "unit", "float", "arithmetic mean"),
        ("sd", "unit", "float", "standard deviation"),
        ("cv_percent", "percent", "float", "SD over mean"),
        ("geometric_mean", "unit", "float", "geometric mean"),
        ("geometric_cv_percent", "percent", "float", "geometric coefficient of variation"),
        ("median", "unit", "float", "median"),
        ("minimum", "unit", "float", "smallest value"),
        ("maximum", "unit", "float", "largest value"),
        ("min", "unit", "float", "smallest value"),
        ("max", "unit", "float", "largest value"),
        ("q1", "unit", "float", "lower quartile"),
        ("q3", "unit", "float", "upper quartile"),
        ("count", "", "integer", "subjects counted"),
        ("percent", "percent", "float", "share of all subjects"),
        ("share", "percent", "float", "share of all subjects"),
        ("quantile", "", "float", "probability of a quantile"),
        ("q05", "unit", "float", "5% quantile"),
        ("q25", "unit", "float", "25% quantile"),
        ("q50", "unit", "float", "50% quantile"),
        ("q75", "unit", "float", "75% quantile"),
        ("q95", "unit", "float", "95% quantile"),
        # endpoints beside published values
        ("endpoint", "", "text", "name of the endpoint"),
        ("ci_low", "unit", "float", "lower confidence limit"),
        ("ci_high", "unit", "float", "upper confidence limit"),
        ("published", "unit", "float", "published value"),
        ("published_low", "unit", "float", "lower confidence limit of the published value"),
        ("published_high", "unit", "float", "upper confidence limit of the published value"),
        ("published_n", "", "integer", "subjects behind the published value"),
        ("used_for", "", "text", "calibration or prediction"),
        ("group", "", "text", "patients of a subgroup; empty for all"),
        ("difference", "unit", "float", "simulated minus published"),
        ("z", "", "float", "difference over its standard error"),
        ("intervals_overlap", "", "boolean", "whether simulated and published limits overlap"),
        ("agreement", "", "text", "the comparison in words"),
        # survival curves
        ("survival", "", "float", "share without an event"),
        ("low", "unit", "float", "lower limit"),
        ("high", "unit", "float", "upper limit"),
        ("at_risk", "", "integer", "subjects under observation just before this time"),
        ("events", "", "integer", "events at this time"),
        ("censored", "", "integer", "ends of observation at this time"),
        # population
        ("jurisdiction", "", "text", "country or region, ISO 3166 code or EU"),
        ("year", "", "text", "calendar year, or years from-to"),
        ("age_group", "", "text", "age group"),
        ("measure", "", "text", "what is measured"),
        ("scenario", "", "text", "data set that a funnel follows"),
        ("patients_a_year", "patients/year", "float", "patients reaching a step each year"),
        ("basis", "", "text", "what a number refers to"),
        ("scale", "", "text", "crude, age-standardized or count"),
        ("method", "", "text", "how the number was made"),
        ("population", "persons", "float", "inhabitants"),
        ("population_source", "", "text", "id of the source of the population"),
        ("cases", "patients", "float", "cases"),
        ("rate", "unit", "float", "rate"),
        # designation, routes and milestones
        ("rule_id", "", "text", "id of a rule"),
        ("agency", "", "text", "authority behind a rule"),
        ("authority", "", "text", "authority behind a milestone"),
        ("legal_source", "", "text", "legal text behind a rule"),
        ("url", "", "text", "address of a source"),
        ("effective", "", "text", "when a rule took effect, ISO 8601, as precise as it is known"),
        ("standing", "", "text", "whether a rule is the principal one or a contested one"),
        ("rule_value", "", "text", "what a rule sets: a number or a word"),
        ("threshold", "unit", "float", "limit set by a rule"),
        ("operator", "", "text", "comparison a rule asks for"),
        ("prevalence", "unit", "float", "prevalence put to the test"),
        ("verdict", "", "text", "met, borderline, not met or cannot conclude"),
        (
            "margin_years",
            "year",
            "float",
            "mean disease duration at which the threshold is reached",
        ),
        ("route", "", "text", "way to approval"),
        ("clock", "unit", "float", "length of an official clock"),
        ("clock_unit", "", "text", "unit of a clock: calendar or working days, months"),
        ("start", "", "text", "first day, ISO 8601"),
        ("finish_low", "", "text", "earliest end, ISO 8601"),
        ("finish", "", "text", "expected end, ISO 8601"),
        ("finish_high", "", "text", "latest end, ISO 8601"),
        ("with_designation", "", "boolean", "true when the designation is used"),
        ("date", "", "text", "date, ISO 8601, as precise as it is known"),
        ("precision", "", "text", "precision of a date: day, month, quarter or year"),
        ("event", "", "text", "what happened"),
        ("title", "", "text", "what happened, as a headline"),
        # product and manufacture
        ("part", "", "text", "part of the construct"),
        ("label", "", "text", "name of a part of the construct"),
        ("role", "", "text", "role of a part of the construct"),
        ("location", "", "text", "where a part lies: outside, membrane, inside, cleaved"),
        ("length", "", "integer", "amino acids"),
        ("first_residue", "", "integer", "first amino acid of a part, from 1"),
        ("last_residue", "", "integer", "last amino acid of a part"),
        ("reference", "", "text", "reference domain"),
        ("check", "", "text", "name of a check"),
        ("message", "", "text", "finding of a check"),
        ("positions", "", "text", "places in a sequence"),
        ("quantity", "", "text", "what is summarized"),
        ("weight_kg", "kg", "float", "body weight"),
        ("dose_cells", "cells", "float", "CAR+ T cells infused"),
        ("dose_cells_per_kg", "cells/kg", "float", "CAR+ T cells infused per kilogram"),
        ("capped", "", "boolean", "true when the largest dose was reached"),
        ("below_range", "", "boolean", "true when the dose lies below the approved range"),
        ("above_range", "", "boolean", "true when the dose lies above the approved range"),
        ("car_cells_in_bag", "cells", "float", "CAR+ T cells before freezing"),
        ("t_cells_in_bag", "cells", "float", "T cells before freezing"),
        ("vein_to_vein_days", "day", "float", "time from apheresis to infusion"),
        ("product", "", "text", "name of a product"),
        ("setting", "", "text", "trial or cohort of a record"),
        ("step", "", "text", "step of a process"),
        ("lot", "", "text", "what became of the lot of the product"),
        ("fate", "", "text", "what became of a lot"),
        ("causes", "", "text", "why a lot failed or was out of specification, parted by ;"),
        ("dose_given", "cells", "float", "CAR+ T cells given from the lot; 0 without a product"),
        ("given", "cells", "float", "CAR+ T cells given from the lot; 0 without a product"),
        ("share_of_dose", "", "float", "CAR+ T cells given over those planned"),
        ("lots", "", "integer", "number of lots"),
        ("attribute", "", "text", "quality attribute"),
        ("result", "", "text", "outcome of a check"),
        # evidence
        ("name", "", "text", "name"),
        ("what", "", "text", "what is assumed or known"),
        ("why", "", "text", "reason"),
        ("meaning", "", "text", "meaning"),
        ("source", "", "text", "id of a source"),
        ("sources", "", "text", "ids of sources, parted by ;"),
        ("place", "", "text", "table, figure, page or equation in the source"),
        ("mark", "", "text", "how far the number can be trusted"),
        ("marks", "", "text", "how far the numbers can be trusted, parted by ;"),
        ("kind", "", "text", "how the number came about"),
        ("note", "", "text", "remark"),
    )
)


def check_columns(frame: pd.DataFrame) -> None:
    """Check that a table uses registered columns with their types.

    Raises
    ------
    InputError
        With every column that is unknown (with near misses), stands twice, or has another type.

    Examples
    --------
    >>> import pandas as pd
    >>> check_columns(pd.DataFrame({"id": ["a"], "time": [0.0]}))
    """
    problems: list[Problem] = []
    names = [str(name) for name in frame.columns]
    for position, name in enumerate(names):
        if name in names[:position]:
            problems.append(Problem(what=f"the column {name!r} stands twice in a table"))
        elif name not in COLUMNS:
            problems.append(unknown_name(name, tuple(COLUMNS), noun="column"))
        elif not _fits(frame.iloc[:, position], COLUMNS[name].type):
            problems.append(
                Problem(
                    what=f"the column {name!r} has the wrong type",
                    allowed=COLUMNS[name].type,
                    received=str(frame.dtypes.iloc[position]),
                )
            )
    if problems:
        raise InputError(problems)


def _fits(column: pd.Series, kind: ColumnType) -> bool:
    import pandas as pd
    from pandas.api import types

    present = column.dropna()
    if kind == "float":
        return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)
    if kind == "integer":
        return types.is_integer_dtype(column) or (
            types.is_numeric_dtype(column) and bool((present == present.round()).all())
        )
    if kind == "boolean":
        return types.is_bool_dtype(column) or all(isinstance(each, bool) for each in present)
    return isinstance(column.dtype, pd.CategoricalDtype) or all(
        isinstance(each, str) for each in present
    )
