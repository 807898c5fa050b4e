"""Endpoints of a virtual trial, each with its interval, each beside what was published.

Deaths are not simulated: progression-free survival ends with progression alone, and everybody else
is observed to the horizon.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leucel.core import RandomStream
from leucel.stats import (
    Interval,
    SurvivalCurve,
    clopper_pearson,
    kaplan_meier,
    quantile_interval,
)
from leucel.trials.design import DAYS_PER_MONTH, TrialDesign
from leucel.trials.imwg import Response as Category
from leucel.trials.kinetics import LLOQ_FACTORS, Kinetics
from leucel.trials.lots import TrialLots
from leucel.trials.patients import VirtualPatients
from leucel.trials.published import ENDPOINTS, PublishedEndpoint
from leucel.trials.response import Response

_RATES = {"orr": Category.PR, "vgpr_rate": Category.VGPR, "cr_rate": Category.CR}
_NCA = {"tmax_days": "tmax", "cmax": "cmax", "auc_0_28": "auc_0_28"}
_NORMAL_95 = 1.959963984540054
_LEVEL = 0.95
_AT_LANDMARKS = ("pfs", "detectable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """An endpoint to be measured: name, landmark, statistic, subgroup."""

    endpoint: str
    month: float | None = None
    statistic: Literal["median", "mean"] = "median"
    subgroup: tuple[str, float] | None = None


def query_of(known: PublishedEndpoint) -> Query:
    """What has to be measured to stand beside a published value."""
    return Query(
        endpoint=known.endpoint,
        month=known.month,
        statistic=known.statistic,
        subgroup=known.subgroup,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """One endpoint of the virtual trial.

    Attributes
    ----------
    interval, n, unit, note : as in the row.
    sample : values of the patients behind a median or a mean.
    visits : days on which a time can fall at all; None for what is no time.
    """

    interval: Interval
    n: int
    unit: str
    note: str = ""
    sample: NDArray[np.float64] | None = None
    visits: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """One endpoint beside its published value; rates in percent, None for what does not exist.

    `group` names the patients of a subgroup; it is empty for all patients.
    """

    endpoint: str
    month: float | None
    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    unit: str
    published: float | None
    published_low: float | None
    published_high: float | None
    source: str | None
    used_for: Literal["calibration", "prediction"]
    note: str
    group: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data for JSON; `group` only in the row of a subgroup."""
        row = {name: getattr(self, name) for name in EndpointRow.__dataclass_fields__}
        return row if self.group else {key: row[key] for key in row if key != "group"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observation:
    """What the endpoints are computed from.

    Attributes
    ----------
    patients, kinetics, response : of the same N patients.
    crs : (N,) worst CRS: 0 none, 1 for grade 1 or 2, 3 for grade 3 or more; None without rates.
    months : horizon.
    group : (N,) patients that response endpoints are counted among; None for all.
    lots : of everybody whose cells were collected, those without a product too; None when the
        design makes no lots.
    """

    patients: VirtualPatients
    kinetics: Kinetics
    response: Response
    crs: NDArray[np.int8] | None
    months: float
    group: NDArray[np.bool_] | None = None
    lots: TrialLots | None = None

    @property
    def evaluable(self) -> NDArray[np.bool_]:
        """(N,) patients (of the group) whose response could be simulated and assessed."""
        able = (self.response.status == 0) & self.response.imwg.evaluable
        return able if self.group is None else able & self.group

    def within(self, subgroup: tuple[str, float] | None) -> Observation:
        """The same trial with endpoints counted among (covariate, value) only."""
        if subgroup is None:
            return self
        name, value = subgroup
        return replace(self, group=self.patients[name] == value)

    @property
    def horizon(self) -> float:
        """Last day of observation."""
        return self.months * DAYS_PER_MONTH

    def progression_free(self) -> SurvivalCurve:
        """Kaplan-Meier estimate of progression-free survival, time in months."""
        end = self.response.imwg.progression_day[self.evaluable]
        return _curve(end, self.horizon)

    def response_duration(self) -> SurvivalCurve | None:
        """Kaplan-Meier estimate of the duration of response, in months; None without responders."""
        course = self.response.imwg
        start = course.response_day
        who = self.evaluable & (start <= self.horizon)
        if not who.any():
            return None
        last = np.minimum(course.progression_day[who], self.horizon)
        event = course.progression_day[who] <= self.horizon
        return kaplan_meier((last - start[who]) / DAYS_PER_MONTH, event)


def draw_crs(design: TrialDesign, patients: VirtualPatients, rng: RandomStream) -> Any:
    """Worst CRS of each patient at the published rates, (N,) int8; None without rates."""
    if design.safety is None:
        return None
    size = int(patients.index[-1]) + 1
    u = rng.uniform("crs", subjects=size)[patients.index]
    grade = np.zeros(len(patients), dtype=np.int8)
    grade[u < design.safety.crs_any.number / 100.0] = 1
    grade[u < design.safety.crs_grade3.number / 100.0] = 3
    return grade


def measure(seen: Observation, query: Query) -> Measured | None:
    """One endpoint of the virtual trial; None when it does not exist or the horizon is too short.

    Subgroups are known to endpoints of response; kinetics and safety are those of all patients.
    """
    endpoint, month = query.endpoint, query.month
    if month is not None and month > seen.months:
        return None
    seen = seen.within(query.subgroup)
    if endpoint in _RATES or endpoint == "mrd_negative":
        return _response_rate(seen, endpoint, month)
    if endpoint == "pfs":
        if not seen.evaluable.any():
            return None
        return _landmark(seen.progression_free(), month, int(seen.evaluable.sum()))
    if endpoint == "dor":
        return _duration(seen, month)
    if endpoint == "time_to_response_days":
        days = seen.response.imwg.response_day[seen.evaluable]
        found = _quantile(days[days <= seen.horizon], "day", query.statistic, "of responders")
        return found and replace(found, visits=seen.response.assessment_days)
    if endpoint in _NCA:
        values = seen.kinetics.nca.value(_NCA[endpoint])
        note = "non-compartmental, on the sampling days"
        found = _quantile(values[~np.isnan(values)], ENDPOINTS[endpoint], query.statistic, note)
        times = seen.kinetics.samples if endpoint == "tmax_days" else None
        return found and replace(found, visits=times)
    if endpoint == "persistence_median_days":
        return _persistence(seen)
    if endpoint == "detectable":
        return _detectable(seen, month)
    return _crs(seen, endpoint)


def endpoints(
    seen: Observation, design: TrialDesign
) -> tuple[tuple[EndpointRow, Measured, PublishedEndpoint | None], ...]:
    """All endpoints: each row with what was measured and what was published.

    Every endpoint with a published value has a row for each such value, those of all patients
    first; the others have one row.
    """
    published: dict[Query, list[PublishedEndpoint]] = {}
    for each in design.published:
        published.setdefault(query_of(each), []).append(each)
    rows: list[tuple[EndpointRow, Measured, PublishedEndpoint | None]] = []
    for query in _queries(seen, design, published):
        measured = measure(seen, query)
        if measured is not None:
            rows.extend(
                (_row(query, measured, known), measured, known)
                for known in published.get(query) or [None]
            )
    return tuple(rows)


def _queries(
    seen: Observation, design: TrialDesign, published: Mapping[Query, list[PublishedEndpoint]]
) -> list[Query]:
    months = [month for month in design.landmarks if month <= seen.months]
    queries: list[Query] = []
    for endpoint in ENDPOINTS:
        known = [query for query in published if query.endpoint == endpoint]
        overall = any(query.month is None and query.subgroup is None for query in known)
        own = [] if overall or endpoint in _AT_LANDMARKS else [Query(endpoint=endpoint)]
        if endpoint in (*_AT_LANDMARKS, "dor"):
            own.extend(Query(endpoint=endpoint, month=month) for month in months)
        queries.extend(sorted(dict.fromkeys((*known, *own)), key=_order))
    return queries


def _order(query: Query) -> tuple[bool, bool, float]:
    return query.subgroup is not None, query.month is not None, query.month or 0.0


def _row(query: Query, measured: Measured, known: PublishedEndpoint | None) -> EndpointRow:
    endpoint = query.endpoint
    notes = [measured.note]
    if ENDPOINTS[endpoint] != "%" and measured.unit != "%":
        notes.insert(0, query.statistic)
    group = ""
    if query.subgroup is not None:
        name, level = query.subgroup
        group = (known.population if known else "") or f"{name} = {level:g}"
    if known is not None:
        notes.extend((known.population if not group else "", known.note))
    unreached = not math.isfinite(measured.interval.estimate)
    if unreached:
        notes.append("not reached within the horizon")
    return EndpointRow(
        endpoint=endpoint,
        month=query.month,
        value=_known(measured.interval.estimate),
        ci_low=_known(measured.interval.low),
        ci_high=_known(measured.interval.high),
        n=measured.n,
        unit=measured.unit,
        published=known.value if known else None,
        published_low=known.low if known else None,
        published_high=known.high if known else None,
        source=known.source if known else None,
        used_for=known.used_for if known else "prediction",
        note="; ".join(note for note in notes if note),
        group=group,
    )


def _known(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _response_rate(seen: Observation, endpoint: str, month: float | None) -> Measured | None:
    who = seen.evaluable
    if not who.any():
        return None
    until = seen.horizon if month is None else month * DAYS_PER_MONTH
    if endpoint == "mrd_negative":
        hit = seen.response.mrd_negative_day[who] <= until
    else:
        course = seen.response.imwg
        reached = (course.status >= _RATES[endpoint]) & (course.days <= until)
        hit = np.any(reached[who], axis=1)
    note = "" if month is None else "reached by this month"
    if month is not None and endpoint in _RATES:
        course = seen.response.imwg
        visit = int(np.searchsorted(course.days, until, side="right")) - 1
        still = 100.0 * float((course.status[who, visit] >= _RATES[endpoint]).mean())
        note += f"; {still:.1f}% are in it at the last visit by then"
    return Measured(interval=_share(hit), n=int(hit.size), unit="%", note=note)


def _landmark(curve: SurvivalCurve, month: float | None, n: int) -> Measured | None:
    if month is None:
        estimate, low, high = curve.median, curve.median_low, curve.median_high
        interval = Interval(
            estimate=estimate, low=low, high=high, level=_LEVEL, method="Kaplan-Meier"
        )
        return Measured(interval=interval, n=n, unit="month", note="Kaplan-Meier median")
    estimate, low, high = curve.at(month)
    if math.isnan(estimate):
        return None
    interval = Interval(estimate=estimate, low=low, high=high, level=_LEVEL, method="Kaplan-Meier")
    return Measured(interval=interval.scaled(100.0), n=n, unit="%", note="Kaplan-Meier")


def _duration(seen: Observation, month: float | None) -> Measured | None:
    curve = seen.response_duration()
    if curve is None:
        return None
    found = _landmark(curve, month, int(curve.at_risk[0]))
    if found is None:
        return None
    note = f"{found.note}, responders"
    return Measured(interval=found.interval, n=found.n, unit=found.unit, note=note)


def _quantile(values: NDArray[np.float64], unit: str, statistic: str, note: str) -> Measured | None:
    if values.size == 0:
        return None
    if statistic == "mean":
        mean = float(values.mean())
        error = float(values.std(ddof=1)) / math.sqrt(values.size) if values.size > 1 else math.inf
        interval = Interval(
            estimate=mean,
            low=mean - _NORMAL_95 * error,
            high=mean + _NORMAL_95 * error,
            level=_LEVEL,
            method="normal",
        )
    else:
        interval = quantile_interval(values)
    return Measured(interval=interval, n=values.size, unit=unit, note=note, sample=values)


def _persistence(seen: Observation) -> Measured | None:
    found = seen.kinetics.nca
    days = found.value("persistence")
    known = ~np.isnan(days)
    if not known.any():
        return None
    # Whoever is measurable at the last sample persists longer than anybody can say.
    values = np.where(found.still_measurable, np.inf, days)[known]
    return Measured(
        interval=quantile_interval(values),
        n=values.size,
        unit="day",
        note=f"last sample at or above {seen.kinetics.lloq:g} copies/ug",
        sample=values,
        visits=seen.kinetics.samples,
    )


def _detectable(seen: Observation, month: float | None) -> Measured | None:
    shares = {
        factor: interval
        for (at, factor), interval in seen.kinetics.detectable.items()
        if month is not None and math.isclose(at, month)
    }
    if not shares:
        return None
    others = ", ".join(
        f"{shares[factor].estimate:.1f}% at {factor:g} times the limit"
        for factor in LLOQ_FACTORS
        if factor != 1.0
    )
    n = int((seen.kinetics.status == 0).sum())
    note = f"of all treated, at or above {seen.kinetics.lloq:g} copies/ug; {others}"
    return Measured(interval=shares[1.0], n=n, unit="%", note=note)


def _crs(seen: Observation, endpoint: str) -> Measured | None:
    if seen.crs is None:
        return None
    hit = seen.crs >= (1 if endpoint == "crs_any" else 3)
    note = "drawn at the published rate: no mechanism is modeled"
    return Measured(interval=_share(hit), n=hit.size, unit="%", note=note)


def _share(hit: NDArray[np.bool_]) -> Interval:
    return clopper_pearson(int(hit.sum()), hit.size).scaled(100.0)


def _curve(end: NDArray[np.float64], horizon: float) -> SurvivalCurve:
    return kaplan_meier(np.minimum(end, horizon) / DAYS_PER_MONTH, end <= horizon)
