"""The tables that ship with the room, read once and checked."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Source, unknown_name

AGE_GROUPS: tuple[str, ...] = (
    *(f"{low}-{low + 4}" for low in range(0, 85, 5)),
    "85+",
)
"""Eighteen 5-year age groups, the open one from 85: the coarsest scheme that all tables share."""

SEER_SOURCE = "seer18_2000_2016"
WPP_2019 = "wpp_2019"
WPP_2024 = "wpp_2024"


@cache
def read_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Rows of a shipped CSV table."""
    text = resources.files("leucel.epidemiology").joinpath("data", name).read_text("utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(text.splitlines()))


def read_only(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The array, protected against writing."""
    values.flags.writeable = False
    return values


@cache
def standard_names() -> tuple[str, ...]:
    """Names of the shipped standard populations."""
    return tuple(name for name in read_rows("standard_populations.csv")[0] if name != "age_group")


@cache
def standard_weights(standard: str) -> NDArray[np.float64]:
    """Weights (18,) of a standard population over `AGE_GROUPS`, summing to 1.

    Parameters
    ----------
    standard : "segi_doll_world", "who_2000_2025", "european_1976" or "european_2013". The published
        WHO weights are rounded and sum to 100,035; every column is renormalized here.

    Raises
    ------
    InputError : unknown standard.

    Examples
    --------
    >>> float(standard_weights("segi_doll_world")[0])
    0.12
    """
    if standard not in standard_names():
        raise InputError(unknown_name(standard, standard_names(), noun="standard population"))
    rows = read_rows("standard_populations.csv")
    weights = np.array([float(row[standard]) for row in rows])
    return read_only(weights / weights.sum())


@cache
def seer_rates() -> NDArray[np.float64]:
    """Myeloma incidence (18,) per person-year over `AGE_GROUPS`: SEER-18, 2000-2016, white.

    Used for the shape of the age curve only; its level is that of one group in one country.
    """
    rows = read_rows("seer18_2000_2016_mm_age_white.csv")
    return read_only(np.array([float(row["cases"]) / float(row["person_years"]) for row in rows]))


def sources() -> dict[str, Source]:
    """Sources of the room's numbers by id."""
    found = {
        source.id: source
        for source in (
            Source(
                id=SEER_SOURCE,
                citation="SEER-18 myeloma incidence by age, 2000-2016, white, both sexes "
                "(SEER*Stat rate table, Data/Myeloma_cancer.csv of samIndeed/Symmetries)",
                url="https://github.com/samIndeed/Symmetries",
                kind="data set",
            ),
            Source(
                id=WPP_2019,
                citation="United Nations, World Population Prospects 2019 (package PPgp/wpp2019), "
                "mid-2022 interpolated; CC BY 3.0 IGO",
                url="https://github.com/PPgp/wpp2019",
                kind="data set",
            ),
            Source(
                id=WPP_2024,
                citation="United Nations, World Population Prospects 2024 (package PPgp/wpp2024), "
                "total 2022 as births divided by the crude birth rate; CC BY 3.0 IGO",
                url="https://github.com/PPgp/wpp2024",
                kind="data set",
            ),
            Source(
                id="ahmad_2001",
                citation="Ahmad et al., Age standardization of rates: a new WHO standard, "
                "GPE discussion paper 31, World Health Organization, 2001",
                kind="report",
            ),
            Source(
                id="raab_2016",
                citation="Raab et al., Br J Haematol 2016, chart review in 7 European countries",
                url="https://heibib.ub.uni-heidelberg.de/search/Record/1565922980",
            ),
            Source(
                id="kumar_2017",
                citation="Kumar et al., Leukemia 2017, IMWG study of refractory myeloma, n = 543",
                url="https://www.nature.com/articles/leu2017138",
            ),
            Source(
                id="mafra_2025",
                citation="Mafra et al., J Natl Cancer Inst 2025;117:907, world myeloma totals 2022",
            ),
            Source(
                id="cancer_research_uk_trend",
                citation="Cancer Research UK, myeloma statistics: projected incidence to 2035",
                url="https://www.cancerresearchuk.org/health-professional/cancer-statistics/"
                "statistics-by-cancer-type/myeloma",
                kind="published figure",
            ),
            Source(
                id="saadeh_2025",
                citation="Saadeh et al., J Clin Oncol 2025;43 (supplement 16), myeloma in the "
                "Middle East and North Africa 1990-2019 (Global Burden of Disease)",
                url="https://clok.uclan.ac.uk/id/eprint/55864/",
            ),
            Source(
                id="chang_chan_2021",
                citation="Chang-Chan et al., Clin Transl Oncol 2021, registries of Girona and "
                "Granada 1994-2016",
                doi="10.1007/s12094-020-02541-1",
            ),
            Source(
                id="polsinelli_2017",
                citation="Polsinelli et al., Orphanet J Rare Dis 2017, prevalence accepted in "
                "European orphan designations 2000-2016",
                doi="10.1186/s13023-017-0567-7",
                url="https://ojrd.biomedcentral.com/articles/10.1186/s13023-017-0567-7",
            ),
        )
    }
    for row in read_rows("published_figures.csv"):
        found[row["source_id"]] = Source(
            id=row["source_id"],
            citation=row["citation"],
            url=row["source_url"],
            kind="published figure",
        )
    for row in read_rows("line_attrition.csv"):
        found[row["source_id"]] = Source(
            id=row["source_id"],
            citation=f"{row['study']}: {row['population']}, n = {row['n_start']}",
            url=row["source_url"],
        )
    for row in read_rows("mm_survival.csv"):
        key = survival_source(row)
        found[key] = Source(id=key, citation=row["source"], url=row["source_url"])
    return found


def survival_source(row: Mapping[str, str]) -> str:
    """Source id of a row of the survival table."""
    words = "".join(c if c.isalnum() else " " for c in row["source"].lower()).split()
    period = "".join(c if c.isalnum() else "_" for c in row["period"].split()[0])
    return "_".join(["survival", *words[:3], period]).strip("_")
