"""Standardized rates and intervals beside worked examples of others and formulas written again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from leucel.epidemiology import standardize_indirectly
from leucel.stats import dobson_byar, fay_feuer, poisson_byar, poisson_exact, tiwari, wilson

# Four printed decimals of a rate; the person-years behind it are printed with less.
PRINTED = 5e-4
# Two formulas of the same numbers in double precision; chi-square quantiles agree to 1e-9.
SAME = 1e-8
Z = 1.959963984540054


# Rates per 1,000 person-years in five 10-year age groups on the US 1970 standard million (20 to
# 64); example of direct standardization by E. Frome, csm.ornl.gov/~frome/ES/ex-direct.html.
STANDARD_1970 = [146881, 110905, 118580, 103720, 42403]


@pytest.mark.parametrize(
    ("events", "rates", "adjusted", "error"),
    [
        ([3, 9, 7, 2, 1], [36.1228, 17.2003, 15.6352, 5.7322, 10.5584], 19.3490, 6.2478),
        ([0, 0, 0, 10, 2], [1.0, 1.0, 1.0, 28.6608, 21.1169], 7.4032, 2.1692),
    ],
)
def test_a_worked_example_of_direct_standardization(
    events: list[int], rates: list[float], adjusted: float, error: float
) -> None:
    """The standard error follows from the Dobson-Byar limits: the width over that of the count."""
    time = [max(count, 1) / rate for count, rate in zip(events, rates, strict=True)]
    found = dobson_byar(events, time, STANDARD_1970, per=1.0)
    assert found.estimate == pytest.approx(adjusted, abs=PRINTED)
    total = sum(events)
    count = poisson_byar(total)
    spread = (found.high - found.estimate) * math.sqrt(total) / (count.high - total)
    assert spread == pytest.approx(error, abs=PRINTED)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (1, 0.0253, 5.5716),
        (2, 0.2422, 7.2247),
        (3, 0.6187, 8.7673),
        (4, 1.0899, 10.2416),
        (5, 1.6235, 11.6683),
        (6, 2.2019, 13.0595),
        (7, 2.8144, 14.4227),
        (8, 3.4538, 15.7632),
        (9, 4.1154, 17.0848),
        (20, 12.2165, 30.8884),
    ],
)
def test_exact_limits_of_tabulated_counts(count: int, low: float, high: float) -> None:
    """Garwood's limits as tables of the Poisson distribution print them, four decimals."""
    found = poisson_exact(count)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_four_proportions_of_newcombe(successes: int, n: int, low: float, high: float) -> None:
    """Newcombe, Stat Med 1998;17:857, table I, method 3 (Wilson without correction)."""
    found = wilson(successes, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


tables = (
    st.integers(2, 12)
    .flatmap(
        lambda size: st.tuples(
            st.lists(st.integers(0, 400), min_size=size, max_size=size),
            st.lists(st.floats(50.0, 1e6), min_size=size, max_size=size),
            st.lists(st.floats(1.0, 1e5), min_size=size, max_size=size),
        )
    )
    .filter(lambda table: sum(table[0]) > 0)
)


def written_again(
    cases: list[int], time: list[float], standard: list[float]
) -> dict[str, tuple[float, float]]:
    """The three pairs of limits per person-year, straight from the papers."""
    x, n, w = (np.asarray(values, dtype=float) for values in (cases, time, standard))
    ratio = w / w.sum() / n
    y, v = float(ratio @ x), float(ratio**2 @ x)
    lower = v / (2 * y) * chi2.ppf(0.025, 2 * y**2 / v)
    m = float(ratio.max())
    fay = (v + m**2) / (2 * (y + m)) * chi2.ppf(0.975, 2 * (y + m) ** 2 / (v + m**2))
    ty, tv = y + float(ratio.mean()), v + float((ratio**2).mean())
    tiw = tv / (2 * ty) * chi2.ppf(0.975, 2 * ty**2 / tv)
    total = float(x.sum())
    byar = (
        total * (1 - 1 / (9 * total) - Z / (3 * math.sqrt(total))) ** 3,
        (total + 1) * (1 - 1 / (9 * (total + 1)) + Z / (3 * math.sqrt(total + 1))) ** 3,
    )
    dobson = tuple(y + math.sqrt(v / total) * (end - total) for end in byar)
    return {"fay_feuer": (lower, fay), "tiwari": (lower, tiw), "dobson_byar": dobson}


@given(tables)
def test_limits_of_standardized_rates_written_again(
    table: tuple[list[int], list[float], list[float]],
) -> None:
    cases, time, standard = table
    expected = written_again(cases, time, standard)
    for method in (fay_feuer, tiwari, dobson_byar):
        found = method(cases, time, standard, per=1.0)
        low, high = expected[method.__name__]
        assert found.high == pytest.approx(high, rel=SAME)
        assert found.low == pytest.approx(max(low, 0.0), rel=SAME, abs=SAME * found.estimate)


def test_a_lower_dobson_limit_is_never_below_zero() -> None:
    """Two events and uneven weights: 0.020 - 0.0117 x 1.77 is below zero."""
    assert written_again([1, 1], [50.0, 50.0], [1.0, 4.0])["dobson_byar"][0] < 0
    assert dobson_byar([1, 1], [50.0, 50.0], [1.0, 4.0], per=1.0).low == 0.0


@given(tables)
def test_tiwari_is_never_wider_than_fay_and_feuer(
    table: tuple[list[int], list[float], list[float]],
) -> None:
    narrow, wide = tiwari(*table, per=1.0), fay_feuer(*table, per=1.0)
    assert narrow.low == pytest.approx(wide.low, rel=SAME)
    assert narrow.high <= wide.high * (1 + SAME)


@given(st.integers(1, 5000))
def test_byar_written_again_and_close_to_the_exact_limits(count: int) -> None:
    found, exact = poisson_byar(count), poisson_exact(count)
    low = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3
    assert (found.low, found.high) == pytest.approx((max(low, 0.0), high), rel=SAME, abs=1e-12)
    assert found.low == pytest.approx(exact.low, abs=0.02)
    assert found.high == pytest.approx(exact.high, abs=0.02)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_solves_its_quadratic(successes: int, more: int) -> None:
    """Both limits are roots of (p - q)^2 = z^2 q (1 - q) / n."""
    n = successes + more
    p, found = successes / n, wilson(successes, n)
    for root in (found.low, found.high):
        assert (p - root) ** 2 == pytest.approx(Z**2 * root * (1 - root) / n, abs=1e-9)


def test_an_indirect_example_of_a_manual() -> None:
    """Deaths of 1940 against the rates of 1960, data of the manual of the R package epitools.

    The expected deaths are the product of the two columns of the manual, summed by hand.
    """
    deaths_1960 = [141, 926, 1253, 1080, 1869, 4891, 14956, 30888, 41725, 26501, 5928]
    people_1960 = [1784033, 7065148, 15658730, 10482916, 9939972, 10563872, 9114202, 6850263]
    people_1960 += [4702482, 1874619, 330915]
    people_1940 = [906897, 3794573, 10003544, 10629526, 9465330, 8249558, 7294330, 5022499]
    people_1940 += [2920220, 1019504, 142532]
    deaths_1940 = 45 + 201 + 320 + 670 + 1126 + 3160 + 9723 + 17935 + 22179 + 13461 + 2238
    rates = [d / n for d, n in zip(deaths_1960, people_1960, strict=True)]
    found = standardize_indirectly(deaths_1940, people_1940, rates)
    expected = sum(r * n for r, n in zip(rates, people_1940, strict=True))
    assert found.expected == pytest.approx(expected, rel=1e-12)
    limits = poisson_exact(deaths_1940)
    assert found.ratio == pytest.approx(deaths_1940 / expected, rel=1e-12)
    assert (found.low, found.high) == pytest.approx(
        (limits.low / expected, limits.high / expected), rel=1e-12
    )
    # The normal limits on the log scale that the package prints, for 71,058 deaths.
    width = Z / math.sqrt(deaths_1940)
    assert found.low == pytest.approx(found.ratio * math.exp(-width), rel=1e-4)
    assert found.high == pytest.approx(found.ratio * math.exp(width), rel=1e-4)
