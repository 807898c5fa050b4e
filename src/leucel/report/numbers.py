"""Numbers and dates as the field writes them."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from leucel.report.inputs import number

MISSING = "not known"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_COUNTED = frozenset(
    {"persons", "patients", "cases", "people"}
    | {"persons a year", "patients a year", "cases a year"}
)
_TIMES = frozenset({"day", "days", "month", "months", "d", "mo", "working days", "calendar days"})
# From here on numbers of cells are written as powers of ten.
_MANY_CELLS = 1e5
_UNITS = {
    "percent": "%",
    "copies/ug": "copies/µg",
    "copies/ug gDNA": "copies/µg gDNA",
    "copy/ug": "copies/µg",
    "day*copies/ug": "day·copies/µg",
    "copies/ug*day": "day·copies/µg",
    "copy*day/ug": "day·copies/µg",
    "1/day": "day⁻¹",
    "per_10000": "per 10,000",
    "per 10000": "per 10,000",
    "per_100000": "per 100,000",
    "per 100000": "per 100,000",
}


def format_number(value: Any, *, digits: int = 3, whole: bool = True) -> str:
    """A number with three significant digits and separated thousands.

    Whole numbers below a million are written out unless `whole` is false; very large and very small
    numbers as powers of ten.

    Examples
    --------
    >>> [format_number(x) for x in (96.04, 0.2473, 295, 117432.6, 2.17e8, 3.2e-6, None)]
    ['96.0', '0.247', '295', '117,000', '2.17 × 10⁸', '3.20 × 10⁻⁶', 'not known']
    """
    x = number(value)
    if x is None:
        return MISSING
    if x == 0:
        return "0"
    if x == int(x) and (abs(x) < 1000 or (whole and abs(x) < 1e6)):
        return _minus(f"{int(x):,}")
    exponent = math.floor(math.log10(abs(x)))
    x = round(x, digits - 1 - exponent)
    exponent = math.floor(math.log10(abs(x)))
    if exponent >= 6 or exponent < -4:
        power = str(exponent).translate(_SUPERSCRIPTS)
        return _minus(f"{x / 10.0**exponent:.{digits - 1}f} × 10{power}")
    return _minus(f"{x:,.{max(0, digits - 1 - exponent)}f}")


def format_count(value: Any) -> str:
    """A count of people or cells as a whole number with separated thousands."""
    x = number(value)
    return MISSING if x is None else _minus(f"{round(x):,}")


def format_percent(value: Any) -> str:
    """A percentage with one decimal.

    Examples
    --------
    >>> format_percent(96.04)
    '96.0%'
    """
    x = number(value)
    return MISSING if x is None else _minus(f"{x:.1f}%")


def format_unit(unit: Any) -> str:
    """A unit as readers write it; `%` for percent, an empty text for a pure number."""
    text = "" if unit is None else str(unit)
    return _UNITS.get(text, text)


def format_plain(value: Any, unit: Any = "") -> str:
    """A value without its unit, written as the unit asks: counts whole, percent with one decimal.

    Examples
    --------
    >>> format_plain(31260.0, "copies/ug"), format_plain(31260.0, "patients")
    ('31,300', '31,260')
    """
    name = format_unit(unit)
    x = number(value)
    if x is None:
        return MISSING
    if name == "%":
        return format_percent(x)[:-1]
    if name in _COUNTED:
        return format_count(x)
    if "cell" in name and abs(x) >= _MANY_CELLS:
        return _power(x, 2, short=False)
    return format_number(x, whole=name in _TIMES)


def format_value(value: Any, unit: Any = "") -> str:
    """A value with its unit: `96.0%`, `14 days`, `0.350 per 10,000`."""
    if number(value) is None:
        return MISSING
    name = format_unit(unit)
    text = format_plain(value, unit)
    return f"{text}%" if name == "%" else f"{text} {plural(name, text)}".strip()


def format_given(value: Any, unit: Any = "") -> str:
    """A number from outside as its source wrote it, not rounded.

    Examples
    --------
    >>> format_given(307.5, "days"), format_given(1.8, "per 100,000"), format_given(1e6, "cells/kg")
    ('307.5 days', '1.8 per 100,000', '1.0 × 10⁶ cells/kg')
    """
    x = number(value)
    name = format_unit(unit)
    if x is None or name == "%":
        return format_value(value, unit)
    text = _power(x, 5) if "cell" in name and abs(x) >= _MANY_CELLS else _as_given(x)
    return f"{text} {plural(name, text)}".strip()


def format_limits(low: Any, high: Any, unit: Any = "") -> str:
    """Two limits without their unit: `90.2 to 98.9`; empty when one is missing."""
    if number(low) is None or number(high) is None:
        return ""
    return f"{format_plain(low, unit)} to {format_plain(high, unit)}"


def format_interval(value: Any, low: Any, high: Any, unit: Any = "") -> str:
    """A value with its interval.

    Examples
    --------
    >>> format_interval(96.04, 90.2, 98.9, "percent")
    '96.0% (90.2 to 98.9)'
    >>> format_interval(14.23, 9, 25, "days")
    '14.2 days (9 to 25)'
    """
    text = format_value(value, unit)
    limits = format_limits(low, high, unit)
    return f"{text} ({limits})" if limits and text != MISSING else text


def format_given_interval(value: Any, low: Any, high: Any, unit: Any = "") -> str:
    """A number from outside with its limits, as its source wrote them."""
    text = format_given(value, unit)
    if number(low) is None or number(high) is None or text == MISSING:
        return text
    if format_unit(unit) == "%":
        return f"{text} ({format_limits(low, high, unit)})"
    return f"{text} ({_as_given(float(low))} to {_as_given(float(high))})"


def parse_date(value: Any) -> tuple[date, str] | None:
    """A date and how precise its writing is: `day`, `month` or `year`; None when it is no date.

    Examples
    --------
    >>> parse_date("2023-06")
    (datetime.date(2023, 6, 1), 'month')
    """
    if isinstance(value, datetime):
        return value.date(), "day"
    if isinstance(value, date):
        return value, "day"
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    parts = value.strip()[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        padded = [*numbers, 1, 1][:3]
        return date(*padded), ("year", "month", "day")[len(numbers) - 1]
    except (ValueError, IndexError, TypeError):
        return None


def format_date(value: Any, precision: str | None = None) -> str:
    """A date as `9 May 2025`, `June 2023` or `2022`, as precisely as it is known.

    Examples
    --------
    >>> format_date("2025-05-09"), format_date("2023-06"), format_date("2022-12-01", "month")
    ('9 May 2025', 'June 2023', 'December 2022')
    """
    parsed = parse_date(value)
    if parsed is None:
        return MISSING if value in (None, "") else str(value)
    day, written = parsed
    precision = precision or written
    if precision == "year":
        return str(day.year)
    if precision == "quarter":
        return f"Q{(day.month + 2) // 3} {day.year}"
    if precision == "month":
        return f"{_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def plural(unit: str, written: str) -> str:
    """A unit of time in the plural unless the number is one; other units as they are."""
    return f"{unit}s" if unit in {"day", "month", "year"} and written != "1" else unit


def _as_given(x: float) -> str:
    if x != 0 and not 1e-4 <= abs(x) < 1e6:
        return _power(x, 5)
    return _minus(f"{x:,.10g}")


def _power(x: float, decimals: int, *, short: bool = True) -> str:
    """A number times a power of ten."""
    exponent = math.floor(math.log10(abs(x)))
    lead = x / 10.0**exponent
    text = _short(lead, decimals) if short else f"{lead:.{decimals}f}"
    return _minus(f"{text} × 10{str(exponent).translate(_SUPERSCRIPTS)}")


def _short(x: float, decimals: int) -> str:
    """A decimal without trailing zeros but with at least one place: `1.0`, `2.17`."""
    text = f"{x:.{decimals}f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text
