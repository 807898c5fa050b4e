"""Non-compartmental analysis of ensembles that do not fit in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem
from leucel.data import profiles_from_matrix
from leucel.nca.analysis import nca
from leucel.nca.parameters import Reason, registered
from leucel.nca.results import NcaResults
from leucel.nca.rules import NcaRules

if TYPE_CHECKING:
    from leucel.solve import Trajectories

# Subjects analyzed at once: the analysis holds some twenty arrays of courses.
_BLOCK: Final = 2000


@final
class NcaReducer:
    """NCA parameters of an output for each subject, taken from the courses as they come.

    A reducer of `leucel.solve.reduce_chunks`: eight bytes for each subject and parameter are kept.
    Values below zero, rounding of an integration, are not measurable, as zero is.

    Parameters
    ----------
    output : name of the output.
    lloq, rules, partial : as in `nca`.

    Examples
    --------
    >>> from leucel.compile import compile_model
    >>> from leucel.model import ModelSpec, Output, Parameter
    >>> from leucel.solve import reduce_chunks
    >>> line = ModelSpec(
    ...     name="line",
    ...     parameters=(Parameter(name="k", value=0.1),),
    ...     outputs=(Output(name="c", text="100*exp(-k*t)", unit="copies/ug"),),
    ... )
    >>> found = NcaReducer("c", lloq=1.0)
    >>> model = compile_model(line, backend="reference")
    >>> reduce_chunks(model, [found], subjects=2, times=range(30))
    >>> found.results().value("half_life").round(3).tolist()
    [6.931, 6.931]
    """

    def __init__(
        self,
        output: str,
        *,
        lloq: float | None = None,
        rules: NcaRules | None = None,
        partial: Sequence[tuple[float, float]] = ((0.0, 28.0),),
    ) -> None:
        self._output, self._lloq = output, lloq
        self._rules, self._partial = rules or NcaRules(), tuple(partial)
        self._names = tuple(p.name for p in registered(self._partial))
        self._values: list[NDArray[np.float64]] = []
        self._reasons: list[NDArray[np.int8]] = []
        self._units = ("day", "")
        # What is wrong with the limit or the areas is said before anything is simulated.
        nca(
            profiles_from_matrix([0.0, 1.0], [[1.0, 1.0]]),
            lloq=lloq,
            rules=self._rules,
            partial=self._partial,
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """The output that is analyzed."""
        return (self._output,)

    def add(self, part: Trajectories) -> None:
        """Analyze the next subjects; one that failed has no parameters."""
        courses = part.output(self._output)
        self._units = (self._units[0], part.unit(self._output))
        times, first = np.unique(part.times, return_index=True)
        for start in range(0, len(courses), _BLOCK):
            self._add_block(times, courses[start : start + _BLOCK, first])

    def _add_block(self, times: NDArray[np.float64], courses: NDArray[np.float64]) -> None:
        values = np.full((len(self._names), len(courses)), np.nan)
        reasons = np.full(values.shape, int(Reason.NO_MEASURABLE_VALUE), dtype=np.int8)
        whole = np.flatnonzero(np.isfinite(courses).all(axis=1))
        if len(whole):
            profiles = profiles_from_matrix(times, np.maximum(courses[whole], 0.0), lloq=self._lloq)
            found = nca(profiles, lloq=self._lloq, rules=self._rules, partial=self._partial)
            for k, name in enumerate(self._names):
                values[k, whole] = found.value(name)
                reasons[k, whole] = found.reason_codes(name)
        self._values.append(values)
        self._reasons.append(reasons)

    def results(self) -> NcaResults:
        """Parameters of all subjects that have come.

        Raises
        ------
        InputError
            When none has.
        """
        if not self._values:
            raise InputError(Problem(what="no subject has been analyzed yet"))
        values = np.concatenate(self._values, axis=1)
        reasons = np.concatenate(self._reasons, axis=1)
        time, value = self._units
        parameters = registered(self._partial)
        return NcaResults(
            subjects=tuple(map(str, range(values.shape[1]))),
            parameters=parameters,
            units={each.name: each.unit(time=time, value=value) for each in parameters},
            rules=self._rules,
            lloq=self._lloq,
            _values=dict(zip(self._names, values, strict=True)),
            _reasons={n: r.astype(np.int64) for n, r in zip(self._names, reasons, strict=True)},
        )
