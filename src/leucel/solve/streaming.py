"""Ensembles that do not fit in memory: simulated in chunks, reduced while they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.compile import CompiledModel
from leucel.core import SILENT, InputError, Problem, Progress
from leucel.solve.doses import Doses
from leucel.solve.options import SolveOptions
from leucel.solve.simulation import simulate
from leucel.solve.trajectories import Trajectories

Floats = NDArray[np.float64]
Draw = Callable[[int, int], Mapping[str, ArrayLike]]
CHUNK: Final = 20_000


def simulate_chunks(
    model: CompiledModel,
    *,
    subjects: int,
    parameters: Mapping[str, ArrayLike] | Draw | None = None,
    times: ArrayLike,
    doses: Doses | None = None,
    outputs: Sequence[str] | None = None,
    options: SolveOptions | None = None,
    chunk: int = CHUNK,
    progress: Progress = SILENT,
) -> Iterator[tuple[int, Trajectories]]:
    """Simulate subjects in chunks; the numbers are those of `simulate` for all at once.

    Parameters
    ----------
    subjects : number of subjects N.
    parameters : values by name as in `simulate`, or a function of the first subject and the one
        after the last that gives the values of these subjects.
    chunk : subjects at a time, 1 or more.
    model, times, doses, outputs, options, progress : as in `simulate`.

    Yields
    ------
    The number of the first subject, and the trajectories of the chunk.

    Raises
    ------
    InputError
        As `simulate`, and when there is no subject or chunk.

    Examples
    --------
    >>> from leucel.compile import compile_model
    >>> from leucel.model import ModelSpec, Output, Parameter, State
    >>> decay = ModelSpec(
    ...     name="decay",
    ...     parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
    ...     states=(State(name="x", unit="cells", initial="100 [cells]"),),
    ...     odes={"x": "-k*x"},
    ...     outputs=(Output(name="cells", text="x", unit="cells"),),
    ... )
    >>> model = compile_model(decay, backend="reference")
    >>> [first for first, _ in simulate_chunks(model, subjects=5, times=[1.0], chunk=2)]
    [0, 2, 4]
    """
    for name, value in (("subjects", subjects), ("chunk", chunk)):
        if isinstance(value, bool) or value != int(value) or value < 1:
            raise InputError(
                Problem(what=f"{name} is out of range", received=repr(value), allowed="1 or more")
            )
    progress.start(f"simulate {model.spec.name}", subjects)
    for first in range(0, subjects, chunk):
        last = min(first + chunk, subjects)
        if callable(parameters):
            values = parameters(first, last)
        else:
            values = {
                name: _rows(value, subjects, first, last)
                for name, value in (parameters or {}).items()
            }
        result = simulate(
            model,
            parameters=values,
            times=times,
            doses=_doses_of_rows(doses, subjects, first, last),
            outputs=outputs,
            subjects=last - first,
            options=options,
        )
        progress.advance(last - first)
        yield first, result
    progress.finish()


def _rows(value: Any, subjects: int, first: int, last: int) -> Any:
    array = np.asarray(value)
    if array.ndim != 1:
        return value
    if len(array) != subjects:
        raise InputError(
            Problem(
                what="the arrays differ in their number of subjects",
                received=f"{len(array)} and {subjects}",
            )
        )
    return array[first:last]


def _doses_of_rows(doses: Doses | None, subjects: int, first: int, last: int) -> Doses | None:
    if doses is None:
        return None
    records: list[Any] = []
    for record in doses.records:
        cut: dict[str, Any] = {
            part.name: _rows(getattr(record, part.name), subjects, first, last)
            for part in fields(record)
            if isinstance(getattr(record, part.name), np.ndarray)
        }
        records.append(replace(record, **cut))
    return Doses(records=tuple(records))


@final
@dataclass(slots=True)
class StreamedQuantiles:
    """Quantiles over subjects of values of 0 or more, kept as counts in logarithmic bins.

    Memory does not grow with the number of subjects. A quantile is that of the bin's middle, within
    `accuracy` of the sample quantile by rank (no interpolation); what is not a number is left out,
    what lies below `smallest` counts as 0.

    Attributes
    ----------
    accuracy : relative, above 0.
    smallest, largest : what is told apart from 0 and from infinity.

    Examples
    --------
    >>> found = StreamedQuantiles(accuracy=1e-3)
    >>> for part in ([[1.0], [2.0]], [[3.0], [4.0], [5.0]]):
    ...     found.add(part)
    >>> found.quantile(0.5).round(2).tolist()
    [3.0]
    """

    accuracy: float = 5e-3
    smallest: float = 1e-12
    largest: float = 1e30
    _counts: NDArray[np.int64] | None = field(default=None, repr=False)

    @property
    def _width(self) -> float:
        return 2.0 * np.log1p(self.accuracy)

    def add(self, values: ArrayLike) -> None:
        """Count values of some subjects, (N, ...)."""
        array = np.asarray(values, dtype=np.float64)
        columns = array.reshape(len(array), -1)
        bins = 3 + int(np.log(self.largest / self.smallest) / self._width)
        if self._counts is None:
            self._counts = np.zeros((columns.shape[1], bins), dtype=np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            place = np.floor(np.log(columns / self.smallest) / self._width) + 1.0
        place = np.where(columns < self.smallest, 0.0, np.minimum(place, bins - 1))
        for k, column in enumerate(place.T):
            known = column[~np.isnan(column)].astype(np.intp)
            self._counts[k] += np.bincount(known, minlength=bins)

    @property
    def counted(self) -> NDArray[np.int64]:
        """Number of values that were numbers, one for each column."""
        return np.zeros(0, dtype=np.int64) if self._counts is None else self._counts.sum(axis=1)

    def quantile(self, share: float) -> Floats:
        """A quantile of each column, in the order of the axes after the first; share 0 to 1.

        Not a number where nothing was counted, infinity beyond `largest`.
        """
        if self._counts is None:
            return np.zeros(0)
        sums = np.cumsum(self._counts, axis=1)
        rank = np.maximum(np.ceil(share * sums[:, -1]), 1.0)
        place = (sums < rank[:, None]).sum(axis=1)
        middle = self.smallest * np.exp((place - 0.5) * self._width)
        found = np.where(place == 0, 0.0, middle)
        found = np.where(place >= self._counts.shape[1] - 1, np.inf, found)
        return np.where(sums[:, -1] > 0, found, np.nan)
