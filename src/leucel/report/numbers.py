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


def format_number(value: Any, *, digits: int = 3) -> str:
    """A number with three significant digits and separated thousands.

    Whole numbers below a million are written out; very large and very small numbers as powers of ten.

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
    if x == int(x) and abs(x) < 1e6:
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


def format_value(value: Any, unit: Any = "") -> str:
    """A value with its unit: `96.0%`, `14 days`, `0.350 per 10,000`."""
    name = format_unit(unit)
    if name == "%":
        return format_percent(value)
    if number(value) is None:
        return MISSING
    text = format_count(value) if name in {"persons", "patients", "cases"} else format_number(value)
    return f"{text} {name}".strip()


def format_limits(low: Any, high: Any, unit: Any = "") -> str:
    """Two limits without their unit: `90.2 to 98.9`; empty when one is missing."""
    if number(low) is None or number(high) is None:
        return ""
    name = format_unit(unit)
    if name == "%":
        return f"{format_percent(low)[:-1]} to {format_percent(high)[:-1]}"
    write = format_count if name in {"persons", "patients", "cases"} else format_number
    return f"{write(low)} to {write(high)}"


def format_interval(value: Any, low: Any, high: Any, unit: Any = "") -> str:
    """A value with its interval.

    Examples
    --------
    >>> format_interval(96.04, 90.2, 98.9, "percent")
    '96.0% (90.2 to 98.9)'
    >>> format_interval(14, 9, 25, "days")
    '14 days (9 to 25)'
    """
    text = format_value(value, unit)
    limits = format_limits(low, high, unit)
    return f"{text} ({limits})" if limits and text != MISSING else text


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
        padded = (numbers + [1, 1])[:3]
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


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text
