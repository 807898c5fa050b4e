"""The dose of each patient of a cohort, and the cells that must be in the bag for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem

WEIGHT_LOW, WEIGHT_HIGH = 25.0, 300.0
"""Adult body weights [kg] outside which a value is reported as doubtful, not refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRule:
    """How many viable CAR+ T cells a patient is given.

    Attributes
    ----------
    per_kg : cells per kg body weight; None for a flat dose.
    flat : cells; None for a dose by weight.
    cap : most cells given, or None.
    low, high : allowed range in the unit of the rule (cells/kg or cells), where it is public.
    source : id of the source of the rule.
    note : anything a reader should know.

    Raises
    ------
    InputError
        Unless exactly one of `per_kg` and `flat` is given and every number is finite and above 0.
    """

    per_kg: float | None = None
    flat: float | None = None
    cap: float | None = None
    low: float | None = None
    high: float | None = None
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if (self.per_kg is None) == (self.flat is None):
            problems.append(
                Problem(
                    what="a dose is either by weight or flat",
                    received=f"per_kg {self.per_kg}, flat {self.flat}",
                    allowed="exactly one of per_kg and flat",
                )
            )
        for name in ("per_kg", "flat", "cap", "low", "high"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                problems.append(
                    Problem(
                        what=f"the {name} of the dose is out of range",
                        received=str(value),
                        allowed="a finite number above 0",
                    )
                )
        if self.low is not None and self.high is not None and self.low > self.high:
            problems.append(
                Problem(
                    what="the range of the dose is turned round",
                    received=f"low {self.low:g}, high {self.high:g}",
                )
            )
        if problems:
            raise InputError(problems)

    @property
    def text(self) -> str:
        """The rule in words.

        Examples
        --------
        >>> DoseRule(per_kg=0.75e6, cap=1e8).text
        '0.75e6 CAR+ T cells/kg, at most 100e6'
        """
        amount = self.per_kg if self.per_kg is not None else (self.flat or 0.0)
        unit = "CAR+ T cells/kg" if self.per_kg is not None else "CAR+ T cells"
        cap = f", at most {_millions(self.cap)}" if self.cap is not None else ""
        return f"{_millions(amount)} {unit}{cap}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortDose:
    """Doses of N patients.

    Attributes
    ----------
    rule : the rule that gave them.
    weights : (N,) kg.
    cells : (N,) viable CAR+ T cells infused.
    cells_per_kg : (N,).
    capped, below_range, above_range, doubtful_weight : (N,) flags.
    car_cells_in_bag : (N,) CAR+ cells needed before freezing, None while viability after thaw or
        recovery is unknown.
    t_cells_in_bag : (N,) T cells needed before freezing, None while the share of CAR+ cells is
        unknown too.
    viability, recovery, car_share : what these used, or None.
    """

    rule: DoseRule
    weights: NDArray[np.float64]
    cells: NDArray[np.float64]
    cells_per_kg: NDArray[np.float64]
    capped: NDArray[np.bool_]
    below_range: NDArray[np.bool_]
    above_range: NDArray[np.bool_]
    doubtful_weight: NDArray[np.bool_]
    car_cells_in_bag: NDArray[np.float64] | None
    t_cells_in_bag: NDArray[np.float64] | None
    viability: float | None
    recovery: float | None
    car_share: float | None

    def to_rows(self) -> list[dict[str, object]]:
        """One row for each quantity: median, quartiles and extremes over the cohort."""
        quantities = (
            ("body weight", "kg", self.weights, ""),
            ("dose", "CAR+ T cells", self.cells, self.rule.source),
            ("dose by weight", "CAR+ T cells/kg", self.cells_per_kg, self.rule.source),
            ("CAR+ T cells before freezing", "cells", self.car_cells_in_bag, ""),
            ("T cells before freezing", "cells", self.t_cells_in_bag, ""),
        )
        return [
            {"quantity": name, "unit": unit, **spread, "source": source}
            for name, unit, values, source in quantities
            if (spread := _spread(values)) is not None
        ]

    def to_summary(self) -> dict[str, object]:
        """Medians, quartiles and extremes, and the number of patients with each flag."""
        return {
            "rule": self.rule.text,
            "source": self.rule.source,
            "patients": int(self.weights.size),
            "weight_kg": _spread(self.weights),
            "cells": _spread(self.cells),
            "cells_per_kg": _spread(self.cells_per_kg),
            "capped": int(self.capped.sum()),
            "below_range": int(self.below_range.sum()),
            "above_range": int(self.above_range.sum()),
            "doubtful_weight": int(self.doubtful_weight.sum()),
            "viability": self.viability,
            "recovery": self.recovery,
            "car_share": self.car_share,
            "car_cells_in_bag": _spread(self.car_cells_in_bag),
            "t_cells_in_bag": _spread(self.t_cells_in_bag),
        }


def dose_cohort(
    rule: DoseRule,
    weights: NDArray[np.float64],
    *,
    viability: float | None = None,
    recovery: float | None = None,
    car_share: float | None = None,
) -> CohortDose:
    """Doses of a cohort from its body weights.

    Parameters
    ----------
    rule : per kg or flat, with an optional cap.
    weights : (N,) body weights [kg].
    viability : share of viable cells after thawing, 0-1, or None when unknown.
    recovery : share of cells recovered after thawing, 0-1, or None when unknown.
    car_share : share of CAR+ cells among the T cells, 0-1, or None when unknown.

    Raises
    ------
    InputError
        For no patient, weights that are not finite and above 0, or shares outside (0, 1].

    Notes
    -----
    Cells needed before freezing are dose / (viability x recovery), T cells in all that number
    divided by the share of CAR+ cells. Nothing is filled in for a share that is unknown.

    Examples
    --------
    >>> weights = np.array([60.0, 80.0])
    >>> dose = dose_cohort(DoseRule(per_kg=1e6), weights, viability=0.8, recovery=0.9)
    >>> (dose.car_cells_in_bag / 1e6).round(1).tolist()
    [83.3, 111.1]
    """
    weights = np.array(weights, dtype=np.float64, ndmin=1)
    _check(weights, viability=viability, recovery=recovery, car_share=car_share)
    if rule.per_kg is not None:
        asked = rule.per_kg * weights
    else:
        asked = np.full_like(weights, rule.flat)
    cells = asked if rule.cap is None else np.minimum(asked, rule.cap)
    per_kg = cells / weights
    in_unit = per_kg if rule.per_kg is not None else cells
    # A dose equal to the limit up to rounding is inside the range.
    slack = 1e-9
    nobody = np.zeros(weights.shape, dtype=np.bool_)
    in_bag = None
    t_cells = None
    if viability is not None and recovery is not None:
        in_bag = _frozen(cells / (viability * recovery))
        if car_share is not None:
            t_cells = _frozen(in_bag / car_share)
    return CohortDose(
        rule=rule,
        weights=_frozen(weights),
        cells=_frozen(cells),
        cells_per_kg=_frozen(per_kg),
        capped=asked > cells,
        below_range=nobody if rule.low is None else in_unit < rule.low * (1 - slack),
        above_range=nobody if rule.high is None else in_unit > rule.high * (1 + slack),
        doubtful_weight=(weights < WEIGHT_LOW) | (weights > WEIGHT_HIGH),
        car_cells_in_bag=in_bag,
        t_cells_in_bag=t_cells,
        viability=viability,
        recovery=recovery,
        car_share=car_share,
    )


def _check(weights: NDArray[np.float64], **shares: float | None) -> None:
    problems: list[Problem] = []
    if weights.ndim != 1 or weights.size == 0:
        problems.append(
            Problem(
                what="a cohort needs at least one patient",
                received=f"weights of shape {weights.shape}",
                allowed="a list of N body weights in kg",
            )
        )
    else:
        bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
        if bad.size:
            problems.append(
                Problem(
                    what=f"{bad.size} body weight(s) cannot be used",
                    received=", ".join(f"{weights[i]} at {i}" for i in bad[:5]),
                    allowed="finite, above 0 kg",
                )
            )
    problems.extend(
        Problem(what=f"{name} is out of range", received=str(value), allowed="above 0, at most 1")
        for name, value in shares.items()
        if value is not None and not 0.0 < value <= 1.0
    )
    if problems:
        raise InputError(problems)


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.array(values)
    values.setflags(write=False)
    return values


def _spread(values: NDArray[np.float64] | None) -> dict[str, float] | None:
    if values is None:
        return None
    low, q1, median, q3, high = np.quantile(values, [0.0, 0.25, 0.5, 0.75, 1.0])
    return {
        "median": float(median),
        "q1": float(q1),
        "q3": float(q3),
        "min": float(low),
        "max": float(high),
    }


def _millions(cells: float) -> str:
    return f"{cells / 1e6:g}e6"
