"""Confidence limits beside numbers from outside: manuals of other programs and trial reports."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from leucel.stats import (
    clopper_pearson,
    dobson_byar,
    fay_feuer,
    poisson_byar,
    poisson_exact,
    tiwari,
)

# Births with Down's syndrome in Michigan, 1950-1964, by age of the mother (Fay and Feuer 1997,
# table II), for birth order 5 and more and for birth order 1; manual of the R package dsrTest.
STANDARD = [319933, 931318, 786511, 488235, 237863, 61313]
FIFTH_CASES = [0, 8, 63, 112, 262, 295]
FIFTH_BIRTHS = [327, 30666, 123419, 149919, 104088, 34392]
FIRST_CASES = [107, 141, 60, 40, 39, 25]
FIRST_BIRTHS = [230061, 329449, 114920, 39487, 14208, 3052]
# Deaths of the United States in 1940 on the population of 1960; manual of the R package epitools.
US_DEATHS = [45, 201, 320, 670, 1126, 3160, 9723, 17935, 22179, 13461, 2238]
US_1940 = [906897, 3794573, 10003544, 10629526, 9465330, 8249558, 7294330, 5022499, 2920220]
US_1940 += [1019504, 142532]
US_1960 = [1784033, 7065148, 15658730, 10482916, 9939972, 10563872, 9114202, 6850263, 4702482]
US_1960 += [1874619, 330915]
# Five printed decimals.
PRINTED_5 = 1e-5
PRINTED_4 = 1e-4
# One printed decimal of a percentage.
PERCENT = 0.05


def test_fay_feuer_for_births_of_order_five_and_more() -> None:
    rate = fay_feuer(FIFTH_CASES, FIFTH_BIRTHS, STANDARD)
    assert (rate.estimate, rate.low, rate.high) == pytest.approx(
        (75.52901, 67.70212, 188.30017), abs=PRINTED_5
    )


def test_fay_feuer_for_births_of_order_one() -> None:
    rate = fay_feuer(FIRST_CASES, FIRST_BIRTHS, STANDARD)
    assert (rate.estimate, rate.low, rate.high) == pytest.approx(
        (92.30453, 80.44175, 105.76335), abs=PRINTED_4
    )


def test_fay_feuer_for_deaths_of_1940() -> None:
    rate = fay_feuer(US_DEATHS, US_1940, US_1960)
    assert (rate.estimate, rate.low, rate.high) == pytest.approx(
        (139.25054, 138.21413, 140.29376), abs=PRINTED_4
    )
    crude = poisson_exact(sum(US_DEATHS)).scaled(1e5 / sum(US_1940))
    assert crude.estimate == pytest.approx(119.52864, abs=PRINTED_4)


def test_the_other_limits_of_standardized_rates_agree_where_counts_are_large() -> None:
    """Seventy thousand deaths: all three methods approach the normal limits."""
    gamma = fay_feuer(US_DEATHS, US_1940, US_1960)
    for method in (tiwari, dobson_byar):
        other = method(US_DEATHS, US_1940, US_1960)
        assert other.low == pytest.approx(gamma.low, rel=1e-4)
        assert other.high == pytest.approx(gamma.high, rel=1e-4)


@pytest.mark.parametrize(
    ("method", "count", "low", "high"),
    [
        (poisson_exact, 0, 0.0, 3.6889),
        (poisson_exact, 295, 262.2934, 330.6574),
        (poisson_byar, 295, 262.2924, 330.6582),
        (poisson_exact, 10, 4.7954, 18.3904),
        (poisson_byar, 10, 4.7874, 18.3915),
    ],
)
def test_limits_of_counts(method: Callable, count: int, low: float, high: float) -> None:
    limits = method(count)
    assert (limits.low, limits.high) == pytest.approx((low, high), abs=PRINTED_4)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # CRB-401 by dose (Raje 2019, doi:10.1056/NEJMoa1817226), limits as printed, in percent.
        (1, 3, 1, 91),
        (6, 8, 35, 97),
        (3, 3, 29, 100),
        (28, 33, 68, 95),
        # Ide-cel label population, n = 100: 72% (62-81), sCR 28% (19-38).
        (72, 100, 62, 81),
        (28, 100, 19, 38),
    ],
)
def test_exact_limits_of_response_rates_in_trial_reports(
    successes: int, n: int, low: float, high: float
) -> None:
    found = clopper_pearson(successes, n).scaled(100.0)
    # Limits printed without decimals.
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.51)


def test_exact_limits_of_cartitude_1() -> None:
    """ORR 95/97, printed 97.9% (92.7-99.7); sCR 80/97, printed 82.5% (73.4-89.4) (Martin 2023)."""
    for successes, low, high in ((95, 92.7, 99.7), (80, 73.4, 89.4)):
        found = clopper_pearson(successes, 97).scaled(100.0)
        assert (found.low, found.high) == pytest.approx((low, high), abs=PERCENT)


@pytest.mark.shared
def test_the_targets_in_the_evidence_folder_are_the_ones_above(
    shared: Callable[[str], Path],
) -> None:
    """The numbers of this file are those of the collection; a change there must be seen here."""
    path = shared("evidence/epidemiology/verification_targets.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = {float(number) for row in rows for number in re.findall(r"\d+\.\d+", row["expected"])}
    assert {75.52901, 67.70212, 188.30017, 92.30453, 139.25054, 262.2934, 4.7874} <= numbers
