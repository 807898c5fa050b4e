"""Numbers and dates are written as the field writes them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from leucel.report.numbers import (
    MISSING,
    format_count,
    format_date,
    format_given,
    format_given_interval,
    format_interval,
    format_limits,
    format_number,
    format_percent,
    format_plain,
    format_value,
    parse_date,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (96.04, "96.0"),
        (0.24734, "0.247"),
        (295, "295"),
        (999.6, "1,000"),
        (117432.6, "117,000"),
        (-3.14159, "−3.14"),
        (9.9996, "10.0"),
        (2.174e8, "2.17 × 10⁸"),
        (1e6, "1.00 × 10⁶"),
        (3.2e-6, "3.20 × 10⁻⁶"),
        (0.00012, "0.000120"),
        (np.float64(12.345), "12.3"),
        (True, MISSING),
        ("a text", MISSING),
        (float("nan"), MISSING),
        (float("inf"), MISSING),
        (None, MISSING),
    ],
)
def test_three_significant_digits(value: object, written: str) -> None:
    assert format_number(value) == written


def test_percent_has_one_decimal_and_its_interval() -> None:
    assert format_percent(8.333) == "8.3%"
    assert format_interval(96.04, 90.2, 98.9, "%") == "96.0% (90.2 to 98.9)"
    assert format_interval(96.04, 90.2, 98.9, "percent") == "96.0% (90.2 to 98.9)"


def test_an_interval_with_one_limit_missing_is_left_out() -> None:
    assert format_interval(14, None, 25, "day") == "14 days"
    assert format_limits(1.0, float("nan")) == ""
    assert format_interval(None, 1, 2, "%") == MISSING


def test_people_are_whole_and_amounts_are_rounded() -> None:
    assert format_value(31.4, "patients a year") == "31 patients a year"
    assert format_count(138012.4) == "138,012"
    assert format_plain(31250.0, "copies/ug") == "31,200"
    assert format_value(31250.0, "copies/ug") == "31,200 copies/µg"
    assert format_value(1096.0, "day") == "1,096 days"
    assert format_value(1.0, "month") == "1 month"


def test_numbers_from_outside_are_not_rounded() -> None:
    assert format_given(307.5, "days") == "307.5 days"
    assert format_given(200000.0, "persons") == "200,000 persons"
    assert format_given(96.0, "%") == "96.0%"
    assert format_given_interval(14, 9, 25, "day") == "14 days (9 to 25)"
    assert format_given(1e6, "cells/kg") == "1.0 × 10⁶ cells/kg"
    assert format_given(750000.0, "cells/kg") == "7.5 × 10⁵ cells/kg"
    assert format_given(None, "day") == MISSING


@pytest.mark.parametrize(
    ("value", "precision", "written"),
    [
        ("2025-05-09", None, "9 May 2025"),
        ("2023-06", None, "June 2023"),
        ("2022", None, "2022"),
        (2022, None, "2022"),
        ("2022-12-01", "month", "December 2022"),
        ("2022-12-01", "year", "2022"),
        ("2022-12-01", "quarter", "Q4 2022"),
        (date(2025, 11, 27), None, "27 November 2025"),
        ("2025-05-09T00:00:00", None, "9 May 2025"),
        ("sometime", None, "sometime"),
        (None, None, MISSING),
    ],
)
def test_dates_are_as_precise_as_they_are_known(
    value: object, precision: str | None, written: str
) -> None:
    assert format_date(value, precision) == written


@pytest.mark.parametrize("value", ["2025-13-01", "2025-02-30", "9 May 2025", "", 3.5, None, True])
def test_what_is_no_date_is_none(value: object) -> None:
    assert parse_date(value) is None
