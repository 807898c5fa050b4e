"""Access forecast: patients reached by a therapy, with and without an earlier approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem, RandomStream
from leucel.epidemiology.access_assumptions import AccessArea, AccessAssumptions, range_of
from leucel.epidemiology.cases import draw_cases
from leucel.epidemiology.growth import years_between
from leucel.epidemiology.prevalence import draw_triangular

_MONTH = 1.0 / 12.0
_DAYS_A_YEAR = 365.25
_QUANTILES = (0.025, 0.975)
# A share of 1 would need an infinite rate of treatment.
_MOST_REACHED = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """Patients reached until the horizon in one area, or in all ("all").

    Values come with 95% limits over all assumptions together; life-years are None without
    `gain_years`.
    """

    area: str
    usual: tuple[float, float, float]
    earlier: tuple[float, float, float]
    more: tuple[float, float, float]
    life_years: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoBar:
    """Additional patients when one assumption goes to the ends of its range."""

    name: str
    unit: str
    low_value: float
    high_value: float
    at_low: float
    at_high: float
    base: float

    @property
    def width(self) -> float:
        """Length of the bar, patients."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessForecast:
    """Result of the forecast.

    Attributes
    ----------
    horizon : last day.
    rows : one an area, then all together.
    tornado : one bar an assumption, the widest first.
    assumptions : the numbers used.
    """

    horizon: date
    rows: tuple[AccessRow, ...]
    tornado: tuple[TornadoBar, ...]
    assumptions: AccessAssumptions = field(default_factory=AccessAssumptions)

    def to_summary(self) -> dict[str, Any]:
        """JSON-ready summary: `access`, `tornado` and `assumptions`."""
        keys = ("value", "low", "high")
        return {
            "horizon": self.horizon.isoformat(),
            "access": [
                {
                    "area": row.area,
                    "usual": dict(zip(keys, row.usual, strict=True)),
                    "earlier": dict(zip(keys, row.earlier, strict=True)),
                    "more": dict(zip(keys, row.more, strict=True)),
                    "life_years": dict(zip(keys, row.life_years, strict=True))
                    if row.life_years
                    else None,
                }
                for row in self.rows
            ],
            "tornado": [
                {
                    "parameter": bar.name,
                    "unit": bar.unit,
                    "low": bar.low_value,
                    "high": bar.high_value,
                    "more_at_low": bar.at_low,
                    "more_at_high": bar.at_high,
                    "more": bar.base,
                }
                for bar in self.tornado
            ],
            "assumptions": [
                {
                    "what": name,
                    "value": item.value,
                    "low": item.low,
                    "high": item.high,
                    "unit": item.unit,
                    "why": item.note,
                    "source": item.source,
                    "mark": item.mark.value,
                }
                for name, item in self.assumptions.items().items()
            ],
        }


def forecast_access(
    areas: Sequence[AccessArea],
    *,
    horizon: date,
    rng: RandomStream,
    assumptions: AccessAssumptions | None = None,
    draws: int = 1000,
) -> AccessForecast:
    """Patients reached until a day, with the usual and with the earlier approvals.

    Eligible patients form a pool: patients newly past three lines come in, the treated and the dead
    leave. Once access is complete the therapy reaches `reached_share` of those who come in.

    Parameters
    ----------
    areas : countries with their cases and both days of approval.
    horizon : day up to which patients are counted.
    rng : random stream of the run.
    draws : of all assumptions together, triangular over their ranges.

    Raises
    ------
    InputError : no areas, an area twice, a horizon before an approval.

    Examples
    --------
    >>> from leucel.core import RandomStream
    >>> from leucel.epidemiology import incidence_from_count
    >>> area = AccessArea(cases=incidence_from_count("SA", 300), approval=date(2026, 12, 17),
    ...                   earlier=date(2026, 4, 28))
    >>> found = forecast_access([area], horizon=date(2031, 1, 1), rng=RandomStream(1), draws=200)
    >>> row = found.rows[-1]
    >>> 0 < row.more[0] < row.usual[0] < row.earlier[0]
    True
    """
    _check(areas, horizon)
    given = assumptions or AccessAssumptions()
    base = {name: np.array([item.number]) for name, item in given.items().items()}
    central = np.array([[area.cases.cases for area in areas]])
    drawn = {
        name: draw_triangular(rng.uniform(f"access/{name}", subjects=draws), *range_of(item))
        for name, item in given.items().items()
    }
    cases = np.stack([draw_cases(area.cases, rng, draws=draws) for area in areas], axis=1)
    point, spread = (
        tuple(_patients(areas, some, numbers, horizon, earlier) for earlier in (False, True))
        for some, numbers in ((central, base), (cases, drawn))
    )
    names = [area.cases.area for area in areas] + ["all"]
    rows = [
        _row(name, index, point, spread, base.get("gain_years"), drawn.get("gain_years"))
        for index, name in enumerate(names)
    ]
    return AccessForecast(
        horizon=horizon,
        rows=tuple(rows),
        tornado=_tornado(areas, given, base, central, horizon),
        assumptions=given,
    )


def _check(areas: Sequence[AccessArea], horizon: date) -> None:
    codes = [area.cases.area for area in areas]
    problems: list[Problem] = []
    if not codes or len(set(codes)) < len(codes):
        problems.append(
            Problem(
                what="a forecast needs areas, each of them once",
                received=", ".join(codes) or "none",
            )
        )
    problems += [
        Problem(
            what=f"the horizon lies before the approval in {area.cases.area}",
            received=f"{horizon.isoformat()} before {area.approval.isoformat()}",
        )
        for area in areas
        if horizon < area.approval
    ]
    if problems:
        raise InputError(problems)


def _patients(
    areas: Sequence[AccessArea],
    cases: NDArray[np.float64],
    numbers: Mapping[str, NDArray[np.float64]],
    horizon: date,
    earlier: bool,
) -> NDArray[np.float64]:
    """Patients (R, areas + 1) reached until the horizon; the last column is the sum."""
    column = {name: values[:, None] for name, values in numbers.items()}
    start = min(area.earlier for area in areas)
    begins = [area.earlier if earlier else area.approval for area in areas]
    approval = np.array([(day - start).days / _DAYS_A_YEAR for day in begins])
    lag = np.array([years_between(area.cases.year, start) for area in areas])
    share = np.ones_like(column["treated_share"])
    for name in ("treated_share", "reach_line_4", "class_exposure", "eligible_share"):
        share = share * column[name]
    mean = column["median_survival_months"] / 12.0 / np.log(2.0)
    reached = np.minimum(column["reached_share"], _MOST_REACHED)
    full_rate = reached / (1.0 - reached) / mean
    ramp = np.maximum(column["ramp_years"], _MONTH)
    slots = column.get("slots_a_year")
    growth = 1.0 + column["case_growth"]
    pool = cases * growth**lag * share * mean
    treated = np.zeros_like(pool)
    whole = (horizon - start).days / _DAYS_A_YEAR
    steps = max(1, round(whole / _MONTH))
    width = whole / steps
    for step in range(steps):
        when = (step + 0.5) * width
        flow = cases * growth ** (lag + when) * share
        rate = full_rate * np.clip((when - approval) / ramp, 0.0, 1.0)
        leaving = rate + 1.0 / mean
        # Exact for rates that stand still within the month.
        gone = (pool - flow / leaving) * -np.expm1(-leaving * width) + flow * width
        demand = gone * rate / leaving
        given = demand
        if slots is not None:
            wanted = demand.sum(axis=1, keepdims=True)
            cut = np.minimum(1.0, slots * width / np.maximum(wanted, 1e-300))
            given = demand * cut
        # Those who found no slot stay in the pool.
        pool = pool + flow * width - (gone - demand) - given
        treated += given
    return np.concatenate([treated, treated.sum(axis=1, keepdims=True)], axis=1)


def _row(
    name: str,
    index: int,
    point: Sequence[NDArray[np.float64]],
    spread: Sequence[NDArray[np.float64]],
    gain: NDArray[np.float64] | None,
    gains: NDArray[np.float64] | None,
) -> AccessRow:
    usual, earlier = (values[:, index] for values in point)
    usual_draws, earlier_draws = (values[:, index] for values in spread)
    more, more_draws = earlier - usual, earlier_draws - usual_draws
    years = None
    if gain is not None and gains is not None:
        years = _limits(more * gain, more_draws * gains)
    return AccessRow(
        area=name,
        usual=_limits(usual, usual_draws),
        earlier=_limits(earlier, earlier_draws),
        more=_limits(more, more_draws),
        life_years=years,
    )


def _limits(value: NDArray[np.float64], draws: NDArray[np.float64]) -> tuple[float, float, float]:
    low, high = np.quantile(draws, _QUANTILES)
    return float(value[0]), float(low), float(high)


def _tornado(
    areas: Sequence[AccessArea],
    given: AccessAssumptions,
    base: Mapping[str, NDArray[np.float64]],
    central: NDArray[np.float64],
    horizon: date,
) -> tuple[TornadoBar, ...]:
    def more(numbers: Mapping[str, NDArray[np.float64]], cases: NDArray[np.float64]) -> float:
        usual, earlier = (
            _patients(areas, cases, numbers, horizon, first)[0, -1] for first in (False, True)
        )
        return float(earlier - usual)

    middle = more(base, central)
    bars: list[TornadoBar] = []
    for name, item in given.items().items():
        low, _, high = range_of(item)
        if name == "gain_years" or low == high:
            continue
        ends = [more({**base, name: np.array([value])}, central) for value in (low, high)]
        bars.append(
            TornadoBar(
                name=name,
                unit=item.unit,
                low_value=low,
                high_value=high,
                at_low=ends[0],
                at_high=ends[1],
                base=middle,
            )
        )
    limits = [np.array([[getattr(area.cases, side) for area in areas]]) for side in ("low", "high")]
    ends = [more(base, cases) for cases in limits]
    bars.append(
        TornadoBar(
            name="cases_a_year",
            unit="persons",
            low_value=float(limits[0].sum()),
            high_value=float(limits[1].sum()),
            at_low=ends[0],
            at_high=ends[1],
            base=middle,
        )
    )
    return tuple(sorted(bars, key=lambda bar: -bar.width))
