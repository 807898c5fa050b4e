"""What an analysis gives: values, units, reasons, and their summary over subjects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, unknown_name
from leucel.nca.parameters import NcaParameter, Reason
from leucel.nca.rules import NcaRules

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class NcaRow:
    """One parameter of one subject; `value` is None when `reason` says why it is missing."""

    id: str
    parameter: str
    value: float | None
    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NcaSummary:
    """One parameter over all subjects that have it; a statistic that needs more is None."""

    parameter: str
    unit: str
    n: int
    n_missing: int
    mean: float | None
    sd: float | None
    cv_percent: float | None
    geometric_mean: float | None
    geometric_cv_percent: float | None
    median: float | None
    q05: float | None
    q95: float | None
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NcaResults:
    """Parameters of N subjects.

    Attributes
    ----------
    subjects : (N,) ids.
    parameters : the register that was computed, in the order of the tables.
    units : unit of each parameter.
    rules, lloq : what was applied.
    """

    subjects: tuple[str, ...]
    parameters: tuple[NcaParameter, ...]
    units: Mapping[str, str]
    rules: NcaRules
    lloq: float | None
    _values: Mapping[str, NDArray[np.float64]]
    _reasons: Mapping[str, NDArray[np.int64]]

    def value(self, parameter: str) -> NDArray[np.float64]:
        """(N,) values of a parameter; NaN where `reason` says why it is missing."""
        return self._values[self._known(parameter)]

    def reason(self, parameter: str) -> tuple[str, ...]:
        """(N,) why a value is missing or how it has to be read; "" for a plain value."""
        return tuple(Reason(int(c)).sentence for c in self._reasons[self._known(parameter)])

    def reason_codes(self, parameter: str) -> NDArray[np.int64]:
        """(N,) the same as codes of `Reason`."""
        return self._reasons[self._known(parameter)]

    @property
    def still_measurable(self) -> NDArray[np.bool_]:
        """(N,) true where persistence is only known to be at least its value."""
        return self._reasons["persistence"] == Reason.STILL_MEASURABLE

    def rows(self) -> Iterator[NcaRow]:
        """Every parameter of every subject, by subject."""
        for position, subject in enumerate(self.subjects):
            for parameter in self.parameters:
                value = float(self._values[parameter.name][position])
                yield NcaRow(
                    id=subject,
                    parameter=parameter.name,
                    value=None if math.isnan(value) else value,
                    unit=self.units[parameter.name],
                    reason=Reason(int(self._reasons[parameter.name][position])).sentence,
                )

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table with the columns id, parameter, value, unit, reason."""
        import pandas as pd

        names = [parameter.name for parameter in self.parameters]
        n = len(self.subjects)
        sentences = np.asarray([reason.sentence for reason in Reason], dtype=object)
        codes = np.stack([self._reasons[name] for name in names], axis=1)
        return pd.DataFrame(
            {
                "id": np.repeat(np.asarray(self.subjects, dtype=object), len(names)),
                "parameter": np.tile(np.asarray(names, dtype=object), n),
                "value": np.stack([self._values[name] for name in names], axis=1).ravel(),
                "unit": np.tile(np.asarray([self.units[name] for name in names], dtype=object), n),
                "reason": sentences[codes.ravel()],
            }
        )

    def summary(self) -> tuple[NcaSummary, ...]:
        """Every parameter over the subjects."""
        return tuple(
            _summarize(parameter.name, self.units[parameter.name], self._values[parameter.name])
            for parameter in self.parameters
        )

    def to_summary(self) -> dict[str, Any]:
        """Rules and summary as plain data for JSON."""
        return {
            "n": len(self.subjects),
            "lloq": self.lloq,
            "rules": self.rules.describe(),
            "parameters": [
                {name: getattr(row, name) for name in NcaSummary.__dataclass_fields__}
                for row in self.summary()
            ],
        }

    def _known(self, parameter: str) -> str:
        if parameter not in self._values:
            raise InputError(unknown_name(parameter, tuple(self._values), noun="parameter"))
        return parameter


def _summarize(name: str, unit: str, values: NDArray[np.float64]) -> NcaSummary:
    known = values[~np.isnan(values)]
    n = known.size
    mean = float(known.mean()) if n else None
    sd = float(known.std(ddof=1)) if n > 1 else None
    positive = n > 0 and bool(np.all(known > 0))
    logs = np.log(known) if positive else known
    geometric_cv = (
        100.0 * math.sqrt(math.expm1(float(logs.var(ddof=1)))) if positive and n > 1 else None
    )
    q05, q50, q95 = (float(q) for q in np.quantile(known, [0.05, 0.5, 0.95])) if n else (None,) * 3
    return NcaSummary(
        parameter=name,
        unit=unit,
        n=n,
        n_missing=values.size - n,
        mean=mean,
        sd=sd,
        cv_percent=100.0 * sd / mean if sd is not None and mean else None,
        geometric_mean=math.exp(float(logs.mean())) if positive else None,
        geometric_cv_percent=geometric_cv,
        median=q50,
        q05=q05,
        q95=q95,
        minimum=float(known.min()) if n else None,
        maximum=float(known.max()) if n else None,
    )
