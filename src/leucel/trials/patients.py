"""Virtual patients: their covariates, drawn one by one from stated distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, unknown_name

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VirtualPatients:
    """N virtual patients.

    Attributes
    ----------
    index : (N,) number of each patient among all that were screened; it addresses the patient's
        random numbers, so that a patient stays the same however many are drawn.
    values : covariates by name, each (N,), in the units of the column dictionary; truth values are
        0 and 1.
    units : unit of each covariate.
    screened : how many were drawn to find N that meet the criteria.
    excluded : how many failed each criterion.
    """

    index: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]
    units: Mapping[str, str]
    screened: int
    excluded: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        if name not in self.values:
            raise InputError(unknown_name(name, list(self.values), noun="covariate"))
        return self.values[name]

    def taking(self, chosen: NDArray[np.bool_]) -> VirtualPatients:
        """Those patients for whom `chosen` (N,) is true; their numbers stay the same."""
        return replace(
            self,
            index=self.index[chosen],
            values={name: values[chosen] for name, values in self.values.items()},
        )

    def to_frame(self) -> pd.DataFrame:
        """One row for each patient: subject and the covariates that the column dictionary knows."""
        import pandas as pd

        from leucel.data import COLUMNS

        columns: dict[str, object] = {"subject": self.index}
        for name, values in self.values.items():
            if name in COLUMNS:
                columns[name] = _typed(values, COLUMNS[name].type)
        return pd.DataFrame(columns)


def _typed(values: NDArray[np.float64], kind: str) -> object:
    if kind == "boolean":
        return values > 0.5
    return values.astype(np.int64) if kind == "integer" else values
