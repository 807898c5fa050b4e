"""From the multiplicity of infection to copies per cell, and the law that fits a set of lots.

Nominal vector particles for each cell are not copies: in a closed system 5 to 10 particles per cell
act like 0.46 (37% CAR+ cells). The mean copies L of a susceptible cell rise with the multiplicity
and level off, L = Lmax MOI / (K + MOI); for a K far above the data this is a straight line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from leucel.core import InputError, Problem
from leucel.product.vector import (
    Transduction,
    negative_binomial_transduction,
    poisson_transduction,
    zero_inflated_transduction,
)

LAWS = ("poisson", "zero-inflated poisson", "negative binomial")
"""Laws that `fit_lots` compares."""

_LEAST_POINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptake:
    """Copies taken up by a susceptible cell as a function of the multiplicity of infection.

    Attributes
    ----------
    most : Lmax, mean copies at the plateau.
    half : K, multiplicity at half of it.
    susceptible : share of cells that can take up the vector, 0-1.
    residual : SD of the observed shares around the curve, 0-1; None unless it was fitted.
    """

    most: float
    half: float
    susceptible: float = 1.0
    residual: float | None = None

    def __post_init__(self) -> None:
        if not (self.most > 0 and self.half > 0 and 0 < self.susceptible <= 1):
            raise InputError(
                Problem(
                    what="the uptake is out of range",
                    received=f"most {self.most:g}, half {self.half:g}, susceptible "
                    f"{self.susceptible:g}",
                    allowed="most and half above 0, susceptible above 0 and at most 1",
                )
            )

    def copies(self, moi: float) -> float:
        """Mean copies of a susceptible cell."""
        return self.most * moi / (self.half + moi)

    def transduction(self, moi: float) -> Transduction:
        """The law of copies at a multiplicity of infection.

        Examples
        --------
        >>> law = Uptake(most=2.0, half=10.0, susceptible=0.6).transduction(10.0)
        >>> round(law.car_share, 3), round(law.copies_per_car_cell, 2)
        (0.379, 1.58)
        """
        if not (moi > 0 and math.isfinite(moi)):
            raise InputError(
                Problem(
                    what="the multiplicity of infection is out of range",
                    received=str(moi),
                    allowed="a finite number above 0",
                )
            )
        return zero_inflated_transduction(susceptible=self.susceptible, mean=self.copies(moi))

    def moi_for(self, car_share: float) -> float:
        """The multiplicity of infection that gives a share of CAR+ cells.

        Raises
        ------
        InputError
            When the plateau lies below that share.

        Examples
        --------
        >>> round(Uptake(most=2.0, half=10.0).moi_for(0.5), 2)
        5.3
        """
        most = self.susceptible * -math.expm1(-self.most)
        if not 0.0 < car_share < most:
            raise InputError(
                Problem(
                    what="no multiplicity of infection gives this share of CAR+ cells",
                    received=f"{car_share:.0%}",
                    allowed=f"above 0 and below {most:.1%}, the plateau",
                )
            )
        copies = -math.log1p(-car_share / self.susceptible)
        return self.half * copies / (self.most - copies)


def fit_uptake(moi: ArrayLike, car_share: ArrayLike, *, susceptible: float = 1.0) -> Uptake:
    """Fit the plateau and the half-saturation to shares of CAR+ cells at several multiplicities.

    Parameters
    ----------
    moi : (N,) multiplicities of infection, at least three different ones.
    car_share : (N,) shares of CAR+ cells, 0-1.
    susceptible : share of susceptible cells; shares alone cannot tell it from the plateau, so it is
        given (from `fit_lots`), not fitted.

    Raises
    ------
    InputError
        For values out of range or too few multiplicities.

    Examples
    --------
    >>> truth = Uptake(most=1.5, half=4.0)
    >>> moi = [1.0, 2.0, 5.0, 10.0]
    >>> fitted = fit_uptake(moi, [truth.transduction(x).car_share for x in moi])
    >>> round(fitted.most, 3), round(fitted.half, 3)
    (1.5, 4.0)
    """
    from scipy.optimize import least_squares

    x, y = np.asarray(moi, dtype=float), np.asarray(car_share, dtype=float)
    problems: list[Problem] = []
    if x.shape != y.shape or np.unique(x).size < _LEAST_POINTS:
        problems.append(
            Problem(
                what="an uptake curve needs shares at several multiplicities of infection",
                received=f"{x.size} multiplicities, {y.size} shares",
                allowed=f"as many shares, at {_LEAST_POINTS} or more different multiplicities",
            )
        )
    if not np.all(x > 0) or not np.all((y > 0) & (y < susceptible)):
        problems.append(
            Problem(
                what="an uptake curve has values out of range",
                allowed=f"multiplicities above 0, shares above 0 and below {susceptible:g}",
                fix="a share above the susceptible share needs a larger `susceptible`",
            )
        )
    if problems:
        raise InputError(problems)

    def shares(theta: NDArray[np.float64]) -> NDArray[np.float64]:
        most, half = np.exp(theta)
        return susceptible * -np.expm1(-most * x / (half + x))

    start = np.log([max(0.5, -2 * math.log1p(-float(y.max()) / susceptible)), float(np.median(x))])
    found = least_squares(lambda theta: shares(theta) - y, start, xtol=1e-12, ftol=1e-12)
    most, half = np.exp(found.x)
    freedom = max(1, x.size - 2)
    return Uptake(
        most=float(most),
        half=float(half),
        susceptible=susceptible,
        residual=float(np.sqrt(np.sum(found.fun**2) / freedom)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFit:
    """One law fitted to a set of lots.

    Attributes
    ----------
    law : one of `LAWS`.
    shape : the number shared by all lots: susceptible share s or dispersion k; None for Poisson.
    low, high : 95% limits of `shape` by the profile of the sum of squares; None where the data set
        no limit on that side.
    error : root mean square error of ln(copies per transduced cell).
    lots : the law at each lot.
    """

    law: str
    shape: float | None
    low: float | None
    high: float | None
    error: float
    lots: tuple[Transduction, ...]


def fit_lots(car_share: ArrayLike, copies_per_car_cell: ArrayLike) -> tuple[LotFit, ...]:
    """Compare the laws on lots with a share of CAR+ cells and a copy number, best first.

    Each lot keeps its own share exactly; the shape (susceptible share or dispersion) is common to
    all lots and fitted to the logarithm of their copy numbers.

    Parameters
    ----------
    car_share : (N,) shares of CAR+ cells, 0-1.
    copies_per_car_cell : (N,) mean copies per transduced cell, 1 or more.

    Raises
    ------
    InputError
        For values out of range or different lengths.

    Examples
    --------
    >>> fits = fit_lots([0.26], [1.45])
    >>> best = fits[0]
    >>> best.law, round(best.shape, 2), round(next(f for f in fits if f.law == "poisson").error, 2)
    ('zero-inflated poisson', 0.47, 0.22)
    """
    shares, copies = np.asarray(car_share, dtype=float), np.asarray(copies_per_car_cell, float)
    if (
        shares.ndim != 1
        or shares.size == 0
        or shares.shape != copies.shape
        or not np.all((shares > 0) & (shares < 1) & (copies >= 1) & np.isfinite(copies))
    ):
        raise InputError(
            Problem(
                what="the lots cannot be used",
                allowed="one share above 0 and below 1 and one copy number of 1 or more per "
                "transduced cell for each lot",
                fix="divide a copy number over all cells by the share first",
            )
        )
    plain = tuple(poisson_transduction(car_share=float(share)) for share in shares)
    fits = [_fit("poisson", None, None, None, plain, copies)]
    top = float(shares.max())
    # The shape is searched on a scale without walls: s between the highest share and 1, k on logs.
    fits.append(_search("zero-inflated poisson", shares, copies, (top + (1 - top) * 1e-6, 1.0)))
    fits.append(_search("negative binomial", shares, copies, (1e-2, 1e3)))
    # One lot is met by both shapes; the law that the published lot speaks for comes first then.
    order = (LAWS[1], LAWS[2], LAWS[0])
    return tuple(sorted(fits, key=lambda fit: (round(fit.error, 6), order.index(fit.law))))


def law_at_share(law: str, car_share: float, shape: float) -> Transduction:
    """The law with this share of CAR+ cells and this shape.

    Examples
    --------
    >>> round(law_at_share("negative binomial", 0.5, 1.0).copies_per_cell, 3)
    1.0
    """
    if law == "zero-inflated poisson":
        mean = -math.log1p(-car_share / shape) if car_share < shape else math.inf
        return zero_inflated_transduction(susceptible=shape, mean=min(mean, 100.0))
    mean = shape * math.expm1(-math.log1p(-car_share) / shape)
    return negative_binomial_transduction(mean=min(mean, 100.0), dispersion=shape)


def _search(
    law: str, shares: NDArray[np.float64], copies: NDArray[np.float64], limits: tuple[float, float]
) -> LotFit:
    from scipy.optimize import minimize_scalar

    low, high = math.log(limits[0]), math.log(limits[1])

    def laws(log_shape: float) -> tuple[Transduction, ...]:
        shape = math.exp(min(log_shape, high))
        return tuple(law_at_share(law, float(share), min(shape, limits[1])) for share in shares)

    def squares(log_shape: float) -> float:
        return _squares(laws(log_shape), copies)

    # A coarse grid first: the sum of squares is flat at both ends.
    grid = np.linspace(low, high, 61)
    values = [squares(float(x)) for x in grid]
    i = int(np.argmin(values))
    around = (float(grid[max(0, i - 1)]), float(grid[min(grid.size - 1, i + 1)]))
    found: Any = minimize_scalar(squares, bounds=around, method="bounded", options={"xatol": 1e-10})
    best = float(found.x) if found.fun <= values[i] else float(grid[i])
    limit_low = limit_high = None
    freedom = shares.size - 1
    if freedom > 0:
        top = squares(best) * (1 + float(fdtri(1, freedom, 0.95)) / freedom)
        if squares(low) > top:
            limit_low = math.exp(_crossing(squares, top, low, best))
        if squares(high) > top:
            limit_high = math.exp(_crossing(squares, top, best, high))
    return _fit(law, math.exp(best), limit_low, limit_high, laws(best), copies)


def _crossing(squares: Callable[[float], float], level: float, low: float, high: float) -> float:
    from scipy.optimize import root_scalar

    return float(root_scalar(lambda x: squares(x) - level, bracket=(low, high)).root)


def _fit(
    law: str,
    shape: float | None,
    low: float | None,
    high: float | None,
    lots: Sequence[Transduction],
    copies: NDArray[np.float64],
) -> LotFit:
    error = math.sqrt(_squares(lots, copies) / len(lots))
    return LotFit(law=law, shape=shape, low=low, high=high, error=error, lots=tuple(lots))


def _squares(lots: Sequence[Transduction], copies: NDArray[np.float64]) -> float:
    ours = np.array([lot.copies_per_car_cell for lot in lots])
    return float(np.sum(np.log(ours / copies) ** 2))
