"""What a simulation gives: outputs over time, and how each subject ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.compile import Method
from leucel.core import InputError, SolveError, Status, unknown_name

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trajectories:
    """Outputs of N subjects at T times.

    Attributes
    ----------
    times : output times [time unit of the model], (T,).
    names, units : of the outputs that were kept, (O,).
    values : (N, O, T); NaN from the moment at which a subject failed. At the time of a dose or an
        event the value after it is given.
    status : `leucel.core.Status` of each subject as a number, (N,); an output that is not a number
        makes it `NON_FINITE` as well.
    steps : steps tried for each subject, (N,).
    methods : `leucel.compile.Method` that each subject ended with as a number, (N,).
    event_times : time of the first occurrence of each event by name, (N,), infinity when it did
        not happen.
    """

    times: NDArray[np.float64]
    names: tuple[str, ...]
    units: tuple[str, ...]
    values: NDArray[np.float64] = field(repr=False)
    status: NDArray[np.int32] = field(repr=False)
    steps: NDArray[np.int32] = field(repr=False)
    methods: NDArray[np.int32] = field(repr=False)
    event_times: Mapping[str, NDArray[np.float64]] = field(repr=False)

    @property
    def subjects(self) -> int:
        """Number of subjects N."""
        return len(self.status)

    @property
    def failed(self) -> NDArray[np.bool_]:
        """True for each subject that did not reach the last time, (N,)."""
        return self.status != int(Status.OK)

    def output(self, name: str) -> NDArray[np.float64]:
        """One output over time, (N, T).

        Raises
        ------
        InputError
            When it was not kept or does not exist.
        """
        return self.values[:, self._index(name), :]

    def unit(self, name: str) -> str:
        """Unit of one output."""
        return self.units[self._index(name)]

    def _index(self, name: str) -> int:
        if name not in self.names:
            raise InputError(unknown_name(name, self.names, noun="output of this simulation"))
        return self.names.index(name)

    def count_by_status(self) -> dict[Status, int]:
        """How many subjects ended in each way; ways that did not occur are left out."""
        found, counts = np.unique(self.status, return_counts=True)
        return {Status(int(s)): int(n) for s, n in zip(found, counts, strict=True)}

    def count_by_method(self) -> dict[Method, int]:
        """How many subjects ended with each method; methods that did not occur are left out."""
        found, counts = np.unique(self.methods, return_counts=True)
        return {Method(int(m)): int(n) for m, n in zip(found, counts, strict=True)}

    def require_ok(self) -> Trajectories:
        """Return these trajectories, or raise when a subject failed.

        Raises
        ------
        SolveError
            Naming the first subject that failed, and how many did.
        """
        if self.failed.any():
            first = int(np.argmax(self.failed))
            sentence = Status(int(self.status[first])).sentence
            raise SolveError(
                f"{int(self.failed.sum())} of {self.subjects} subjects were not simulated to the "
                f"end; subject {first}: {sentence}"
            )
        return self

    def to_frame(self, *, first: int = 0) -> pd.DataFrame:
        """Long form: subject, time, output, unit, value, status.

        Parameters
        ----------
        first : number of the first subject, where these are a part of an ensemble.
        """
        import pandas as pd

        n, o, t = self.values.shape
        statuses = list(Status)
        codes = [statuses.index(Status(int(s))) for s in self.status]

        def texts(names: Sequence[str], numbers: ArrayLike) -> pd.Categorical:
            kinds = list(dict.fromkeys(names))
            places = np.array([kinds.index(name) for name in names])
            return pd.Categorical.from_codes(places[np.asarray(numbers)], categories=kinds)

        which = np.tile(np.repeat(np.arange(o), t), n)
        return pd.DataFrame(
            {
                "subject": np.repeat(np.arange(first, first + n), o * t),
                "time": np.tile(self.times, n * o),
                "output": texts(self.names, which),
                "unit": texts(self.units, which),
                "value": self.values.reshape(-1),
                "status": texts([s.name for s in statuses], np.repeat(codes, o * t)),
            }
        )
