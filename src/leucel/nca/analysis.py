"""Non-compartmental analysis of all profiles at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem
from leucel.data import Profiles
from leucel.nca.areas import areas_between
from leucel.nca.curves import Curves, build_curves
from leucel.nca.parameters import Reason, partial_area, registered
from leucel.nca.results import NcaResults
from leucel.nca.rules import NcaRules
from leucel.nca.slopes import SlopeFit, fit_expansion, fit_terminal

_Column = tuple[NDArray[np.float64], NDArray[np.int64]]


def nca(
    profiles: Profiles,
    *,
    lloq: float | None = None,
    rules: NcaRules | None = None,
    partial: Sequence[tuple[float, float]] = ((0.0, 28.0),),
) -> NcaResults:
    """Compute the parameters of the register for every subject.

    Parameters
    ----------
    profiles : values over time since the dose; samples before time 0 are left out.
    lloq : limit of quantification in the unit of the values; smaller values are below it, beside
        those that the profiles mark. Without it, values of 0 are not measurable.
    rules : choices of the analysis.
    partial : (start, end) of further areas, in the time unit of the profiles; each gives a
        parameter ``auc_<start>_<end>``.

    Returns
    -------
    NcaResults
        Missing values are NaN with a reason.

    Raises
    ------
    InputError
        For a limit that is no positive number or an area that ends before it starts.

    References
    ----------
    Gabrielsson and Weiner 2012, doi:10.1007/978-1-62703-050-2_16; terminal fit as in Phoenix
    WinNonlin.

    Examples
    --------
    >>> from leucel.data import profiles_from_matrix
    >>> days = [0, 2, 4, 6, 8, 10, 14, 21, 28]
    >>> courses = [[5, 40, 320, 2560, 9000, 8000, 4000, 1200, 360]]
    >>> found = nca(profiles_from_matrix(days, courses), lloq=50)
    >>> found.value("tmax").tolist(), found.value("half_life").round(2).tolist()
    ([8.0], [4.02])
    """
    rules = rules or NcaRules()
    _demand(lloq, partial)
    curves = build_curves(profiles, lloq, rules)
    level = np.where(curves.measurable, curves.value, -np.inf)
    peak = np.argmax(level, axis=1)
    terminal = fit_terminal(curves, peak, rules)
    expansion = fit_expansion(curves, peak, rules)
    columns = {
        **_points(curves, peak),
        **_whole_areas(curves, terminal, rules),
        **_rates(terminal, expansion),
    }
    for start, end in partial:
        columns[partial_area(start, end).name] = _partial(curves, terminal, rules, start, end)
    nothing = ~curves.any_measurable
    for name, (values, reasons) in columns.items():
        columns[name] = (
            np.where(nothing, np.nan, values),
            np.where(nothing, Reason.NO_MEASURABLE_VALUE, reasons),
        )
    parameters = registered(partial)
    return NcaResults(
        subjects=profiles.subjects,
        parameters=parameters,
        units={
            each.name: each.unit(time=profiles.time_unit, value=profiles.value_unit)
            for each in parameters
        },
        rules=rules,
        lloq=lloq,
        _values={name: values for name, (values, _) in columns.items()},
        _reasons={name: reasons for name, (_, reasons) in columns.items()},
    )


def _demand(lloq: float | None, partial: Sequence[tuple[float, float]]) -> None:
    problems: list[Problem] = []
    if lloq is not None and not (math.isfinite(lloq) and lloq > 0):
        problems.append(
            Problem(
                what="the limit of quantification is out of range",
                allowed="a number above 0, or None",
                received=repr(lloq),
            )
        )
    problems.extend(
        Problem(
            what="an area has unusable limits",
            allowed="a start from 0 up and a later, finite end",
            received=f"{start} to {end}",
        )
        for start, end in partial
        if not (math.isfinite(end) and 0 <= start < end)
    )
    if problems:
        raise InputError(problems)


def _plain(values: NDArray[np.float64]) -> _Column:
    return values, np.zeros(values.size, dtype=np.int64)


def _points(curves: Curves, peak: NDArray[np.intp]) -> dict[str, _Column]:
    rows = np.arange(peak.size)
    last = curves.last_where(curves.measurable)
    tlast = curves.time[rows, last]
    persistence = np.where(curves.still_measurable, Reason.STILL_MEASURABLE, Reason.NONE)
    return {
        "cmax": _plain(curves.value[rows, peak]),
        "tmax": _plain(curves.time[rows, peak]),
        "clast": _plain(curves.value[rows, last]),
        "tlast": _plain(tlast),
        "persistence": (tlast, persistence.astype(np.int64)),
    }


def _whole_areas(curves: Curves, terminal: SlopeFit, rules: NcaRules) -> dict[str, _Column]:
    rows = np.arange(curves.time.shape[0])
    last = curves.last_where(curves.measurable)
    tlast, clast = curves.time[rows, last], curves.value[rows, last]
    to_last = areas_between(curves, np.zeros(rows.size), tlast, rules)
    to_last = np.where(curves.has_start, to_last, np.nan)
    tail = clast / terminal.rate
    whole = to_last + tail
    no_start = np.where(curves.has_start, Reason.NONE, Reason.NO_START_VALUE)
    no_whole = np.where(np.isnan(terminal.rate), Reason.NO_TERMINAL_RATE, no_start)
    return {
        "auc_last": (to_last, no_start),
        "auc_inf": (whole, no_whole),
        "auc_extrapolated": (100.0 * tail / whole, no_whole),
    }


def _rates(terminal: SlopeFit, expansion: SlopeFit) -> dict[str, _Column]:
    log_2 = math.log(2.0)
    missing = np.where(np.isnan(terminal.rate), Reason.NO_TERMINAL_RATE, Reason.NONE)
    return {
        "lambda_z": (terminal.rate, terminal.reason),
        "lambda_z_points": (terminal.points, terminal.reason),
        "lambda_z_r2_adjusted": (terminal.r2_adjusted, terminal.reason),
        "half_life": (log_2 / terminal.rate, missing),
        "doubling_time": (log_2 / expansion.rate, expansion.reason),
    }


def _partial(
    curves: Curves, terminal: SlopeFit, rules: NcaRules, start: float, end: float
) -> _Column:
    """Area from `start` to `end`; beyond the last point by the rule `beyond_last`."""
    rows = np.arange(curves.time.shape[0])
    area = areas_between(curves, np.full(rows.size, start), np.full(rows.size, end), rules)
    last = curves.last_where(curves.present)
    final_time, final_value = curves.time[rows, last], curves.value[rows, last]
    # A course that ends in values counted as zero stays at zero.
    open_end = (final_time < end) & curves.measurable[rows, last]
    rate = terminal.rate
    begin = np.maximum(start, final_time)
    with np.errstate(over="ignore", invalid="ignore"):
        tail = (
            final_value
            / rate
            * np.exp(-rate * (begin - final_time))
            * -np.expm1(-rate * (end - begin))
        )
    extrapolates = rules.beyond_last == "extrapolate"
    value = np.where(open_end, area + tail if extrapolates else np.nan, area)
    beyond = (
        np.where(np.isnan(rate), Reason.NO_TERMINAL_RATE, Reason.EXTRAPOLATED)
        if extrapolates
        else np.full(rows.size, Reason.ENDS_TOO_EARLY)
    )
    reason = np.where(open_end, beyond, Reason.NONE)
    unknown_start = ~curves.has_start & (curves.time[:, 0] > start)
    return (
        np.where(unknown_start, np.nan, value),
        np.where(unknown_start, Reason.NO_START_VALUE, reason),
    )
